// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractScrollArea>
#include <QStringList>
#include <cstddef>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "ui/class_palette.h"

namespace boxwright::ui {

/// What was taken for what: a row a true class, a column a predicted one, the last of both is
/// background; shaded by the share of the row. A click or Enter picks a cell, arrow keys move.
/// Large matrices scroll under their headers; only visible cells are painted.
class ConfusionView : public QAbstractScrollArea {
  Q_OBJECT
 public:
  using Matrix = std::vector<std::vector<std::size_t>>;
  using Cell = std::pair<int, int>;  ///< row, column

  explicit ConfusionView(QWidget* parent = nullptr);

  /// `names` and `shownClasses` (for colours) one less than the rows: background has its own.
  /// `right` are cells beside the diagonal that are no mistakes either.
  void setMatrix(Matrix matrix, const QStringList& names, const std::vector<int>& shownClasses,
                 std::set<Cell> right = {});
  void setClassPalette(ClassPalette palette);
  void setPicked(std::optional<Cell> cell);
  const Matrix& matrix() const { return matrix_; }
  const std::optional<Cell>& pickedCell() const { return picked_; }
  Cell current() const { return current_; }
  /// In viewport coordinates.
  QRect cellRect(Cell cell) const;
  QString cellText(Cell cell) const;

 Q_SIGNALS:
  void picked(int truth, int predicted);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  bool viewportEvent(QEvent* event) override;

 private:
  int count() const { return static_cast<int>(matrix_.size()); }
  void measure();
  std::optional<Cell> cellAt(const QPoint& point) const;
  void moveTo(Cell cell);
  void paintCell(QPainter& painter, Cell cell);
  void paintHeaders(QPainter& painter);
  QString name(int index) const;
  bool isRight(Cell cell) const { return cell.first == cell.second || right_.contains(cell); }

  Matrix matrix_;
  std::vector<std::size_t> rowSums_;
  QStringList names_;
  std::vector<int> shown_;
  std::set<Cell> right_;
  ClassPalette palette_;
  Cell current_{0, 0};
  std::optional<Cell> picked_;
  QSize cell_{40, 28};
  int left_ = 90, top_ = 24;  ///< of the headers
  bool upright_ = false;      ///< names of columns are written upwards
};

}  // namespace boxwright::ui
