// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <qcustomplot.h>

#include <QColor>
#include <QString>
#include <optional>
#include <vector>

#include "ui/charts/chart_panel.h"

namespace boxwright::ui {

/// Counts as bars, upright or lying, each of which can be chosen. Labels that would run into each
/// other are left out. GUI thread.
class BarChart : public ChartPanel {
  Q_OBJECT
 public:
  struct Bar {
    QString label;  ///< beside the bar or, with labels between bars, of where it begins
    QString text;   ///< what it stands for, with its count: "12 to 16 px: 34 boxes"
    QString tag;    ///< empty: cannot be chosen
    double value = 0;
    std::optional<QColor> colour = {};
  };
  enum class Form { Upright, Lying };

  BarChart(const QString& title, Form form, QWidget* parent = nullptr);

  /// `end`: where the last bar ends; given, labels stand between the bars.
  void setBars(std::vector<Bar> bars, std::optional<QString> end = {});
  const std::vector<Bar>& bars() const { return bars_; }
  /// The middle of a bar at half its height, in the panel's coordinates.
  QPoint placeOf(int bar) const;

 protected:
  int partCount() const override { return static_cast<int>(bars_.size()); }
  QString partTag(int part) const override { return bars_[static_cast<std::size_t>(part)].tag; }
  QString partText(int part) const override { return bars_[static_cast<std::size_t>(part)].text; }
  int partAt(const QPoint& point) const override;
  void showMarks() override;

 private:
  void placeLabels();
  QCPAxis* keys() const { return form_ == Form::Upright ? plot_->xAxis : plot_->yAxis; }
  QCPAxis* values() const { return form_ == Form::Upright ? plot_->yAxis : plot_->xAxis; }

  Form form_;
  QCustomPlot* plot_;
  std::vector<Bar> bars_;
  std::optional<QString> end_;
  std::vector<QCPBars*> drawn_;
};

}  // namespace boxwright::ui
