// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <functional>
#include <vector>

#include "ui/charts/chart_panel.h"

namespace boxwright::ui {

/// Counts on a square of fields, dark to bright, each of which can be chosen. GUI thread.
class HeatMap : public ChartPanel {
  Q_OBJECT
 public:
  explicit HeatMap(const QString& title, QWidget* parent = nullptr);

  /// Row by row, `side` a row; `text` and `tag` of a field by its column and row.
  using Namer = std::function<QString(int column, int row)>;
  void setFields(std::vector<std::size_t> counts, int side, Namer text, Namer tag);
  QPoint placeOf(int field) const;

 protected:
  int partCount() const override { return static_cast<int>(counts_.size()); }
  QString partTag(int part) const override;
  QString partText(int part) const override { return text_(part % side_, part / side_); }
  int rowLength() const override { return side_; }
  int partAt(const QPoint& point) const override;
  void showMarks() override;

 private:
  class Field;
  /// The square in the body.
  QRect square() const;
  void paint(QWidget& body);

  Field* body_;
  std::vector<std::size_t> counts_;
  int side_ = 1;
  Namer text_, tag_;
};

}  // namespace boxwright::ui
