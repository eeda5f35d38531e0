// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QColor>
#include <QListView>
#include <optional>
#include <vector>

namespace boxwright::ui {

/// A row of the inspector: a name, a count, a bar of its share, and the filter it stands for.
struct CountRow {
  QString name;
  qulonglong count = 0;
  std::optional<QColor> colour;
  QString key, value;  ///< of the filter

  bool operator==(const CountRow&) const = default;
};

/// Names with counts and bars (classes, splits, states); a click or Enter switches the row's filter
/// condition on and off. Only visible rows are drawn, so thousands of classes are fine.
class CountList : public QListView {
  Q_OBJECT
 public:
  explicit CountList(const QString& accessibleName, QWidget* parent = nullptr);

  void setRows(std::vector<CountRow> rows);
  const std::vector<CountRow>& rows() const;
  /// The text whose conditions are shown as switched on.
  void setFilterText(const QString& text);
  /// Height for up to `rows` rows without scrolling.
  void setMostRows(int rows);

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 Q_SIGNALS:
  void toggled(const QString& key, const QString& value);

 private:
  class Model;
  class Delegate;

  Model* model_;
  QString filter_;
  int mostRows_ = 8;
};

}  // namespace boxwright::ui
