// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QObject>

namespace boxwright::ui {

class Chart;

/// Charts over one time axis: zoom, pan, reset and cross-hair of one happen in all. GUI thread;
/// does not own the charts.
class ChartGroup : public QObject {
  Q_OBJECT
 public:
  explicit ChartGroup(QObject* parent = nullptr);

  void add(Chart* chart);
  const QList<Chart*>& charts() const { return charts_; }
  /// Points have come: gives all charts the common extent and repaints them.
  void refresh();
  void resetView();

 private:
  QList<Chart*> charts_;
};

}  // namespace boxwright::ui
