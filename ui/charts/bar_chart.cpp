// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/bar_chart.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/charts/axis_ticker.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr double barWidth = 0.8;

}  // namespace

BarChart::BarChart(const QString& title, Form form, QWidget* parent)
    : ChartPanel(title, parent), form_(form), plot_(new QCustomPlot) {
  plot_->setAutoAddPlottableToLegend(false);
  plot_->setInteractions({});
  plot_->setMinimumSize(160, 140);
  plot_->plotLayout()->setAutoMargins(QCP::msNone);
  plot_->axisRect()->setAutoMargins(QCP::msLeft | QCP::msBottom);
  plot_->axisRect()->setMinimumMargins(QMargins(8, 4, 8, 20));
  for (QCPAxis* axis : {plot_->xAxis, plot_->yAxis}) {
    axis->setSubTicks(false);
    axis->setTickLength(0, 0);
    axis->setTickLabelPadding(4);
    axis->setBasePen(Qt::NoPen);
    axis->setTickPen(Qt::NoPen);
  }
  values()->setTicker(axisTicker(false));
  keys()->grid()->setVisible(false);
  if (form_ == Form::Lying) keys()->setRangeReversed(true);
  connect(plot_, &QCustomPlot::beforeReplot, this, &BarChart::placeLabels);
  setBody(plot_);
  showMarks();
}

void BarChart::setBars(std::vector<Bar> bars, std::optional<QString> end) {
  bars_ = std::move(bars);
  end_ = std::move(end);
  plot_->clearPlottables();
  drawn_.clear();
  double most = 0;
  for (std::size_t i = 0; i < bars_.size(); ++i) {
    auto* drawn = new QCPBars(keys(), values());
    drawn->setData({static_cast<double>(i)}, {bars_[i].value});
    drawn->setWidth(end_ ? 1 - 0.06 : barWidth);
    drawn->setPen(Qt::NoPen);
    drawn_.push_back(drawn);
    most = std::max(most, bars_[i].value);
  }
  keys()->setRange(-0.6, std::max<double>(0, static_cast<double>(bars_.size()) - 0.4));
  values()->setRange(0, most > 0 ? most * 1.04 : 1);
  mark(-1);
}

QPoint BarChart::placeOf(int bar) const {
  const double key = keys()->coordToPixel(bar);
  const double value = values()->coordToPixel(bars_[static_cast<std::size_t>(bar)].value / 2);
  const QPointF point = form_ == Form::Upright ? QPointF(key, value) : QPointF(value, key);
  return plot_->mapTo(this, point.toPoint());
}

int BarChart::partAt(const QPoint& point) const {
  const QPoint inside = plot_->mapFrom(this, point);
  if (!plot_->rect().contains(inside) || bars_.empty()) return -1;
  // The whole height counts, so that a bar of 1 beside one of 10,000 can be hit.
  const double key = keys()->pixelToCoord(form_ == Form::Upright ? inside.x() : inside.y());
  const int bar = static_cast<int>(std::lround(key));
  return bar >= 0 && bar < partCount() && std::abs(key - bar) <= 0.5 ? bar : -1;
}

void BarChart::placeLabels() {
  QSharedPointer<QCPAxisTickerText> ticker(new QCPAxisTickerText);
  const QFontMetrics metrics(textFont(TextSize::Small));
  const double step = std::abs(keys()->coordToPixel(1) - keys()->coordToPixel(0));
  double next = -1e9;  // pixel from which on there is room
  const auto add = [&](double key, const QString& label) {
    const double room = form_ == Form::Upright ? metrics.horizontalAdvance(label) + 8.0
                                               : static_cast<double>(metrics.height());
    const double middle = key * step;
    if (middle - room / 2 < next) return;
    next = middle + room / 2;
    ticker->addTick(key, label);
  };
  const double shift = end_ ? -0.5 : 0;
  for (std::size_t i = 0; i < bars_.size(); ++i) {
    const QString label = form_ == Form::Lying
                              ? metrics.elidedText(bars_[i].label, Qt::ElideRight, 120)
                              : bars_[i].label;
    add(static_cast<double>(i) + shift, label);
  }
  if (end_ && !bars_.empty()) add(static_cast<double>(bars_.size()) - 0.5, *end_);
  keys()->setTicker(ticker);
}

void BarChart::showMarks() {
  const ThemeColours& c = colours();
  plot_->setBackground(c.canvas);
  for (QCPAxis* axis : {plot_->xAxis, plot_->yAxis}) {
    axis->setTickLabelColor(c.dim);
    axis->setTickLabelFont(textFont(TextSize::Small));
    axis->grid()->setPen(QPen(c.line, 1));
    axis->grid()->setZeroLinePen(Qt::NoPen);
  }
  for (std::size_t i = 0; i < drawn_.size(); ++i) {
    const bool on = !bars_[i].tag.isEmpty() && bars_[i].tag == chosenTag();
    QColor colour = bars_[i].colour.value_or(c.dim);
    if (on && !bars_[i].colour) colour = c.accent;
    if (!on) colour.setAlpha(static_cast<int>(i) == marked() ? 255 : 190);
    drawn_[i]->setBrush(colour);
    drawn_[i]->setPen(on ? QPen(c.text, 1.5) : QPen(Qt::NoPen));
  }
  plot_->replot(QCustomPlot::rpQueuedReplot);
}

}  // namespace boxwright::ui
