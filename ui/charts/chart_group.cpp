// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_group.h"

#include <algorithm>
#include <optional>

#include "ui/charts/chart.h"

namespace boxwright::ui {

ChartGroup::ChartGroup(QObject* parent) : QObject(parent) {}

void ChartGroup::add(Chart* chart) {
  charts_.append(chart);
  connect(chart, &QObject::destroyed, this,
          [this](QObject* gone) { charts_.removeIf([gone](Chart* c) { return c == gone; }); });
  connect(chart, &Chart::cursorMoved, this, [this](std::optional<double> x) {
    for (Chart* other : charts_)
      other->setCursor(x);
  });
  connect(chart, &Chart::keyRangeMoved, this, [this, chart](double from, double to) {
    for (Chart* other : charts_) {
      if (other != chart) other->setKeyRange(from, to);
    }
  });
  connect(chart, &Chart::viewReset, this, [this, chart] {
    for (Chart* other : charts_) {
      if (other != chart) other->resetView();
    }
  });
}

void ChartGroup::refresh() {
  std::optional<QCPRange> extent;
  for (const Chart* chart : charts_) {
    const std::optional<QCPRange> own = chart->keyExtent();
    if (!own) continue;
    extent =
        extent ? QCPRange(std::min(extent->lower, own->lower), std::max(extent->upper, own->upper))
               : *own;
  }
  for (Chart* chart : charts_) {
    chart->setSharedExtent(extent);
    chart->refresh();
  }
}

void ChartGroup::resetView() {
  for (Chart* chart : charts_)
    chart->resetView();
}

}  // namespace boxwright::ui
