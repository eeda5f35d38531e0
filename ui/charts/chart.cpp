// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart.h"

#include <QLocale>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "ui/charts/axis_ticker.h"
#include "ui/theme.h"

namespace boxwright::ui {

Chart::Chart(QWidget* parent)
    : QCustomPlot(parent), saving_(tr("Saving the chart"), QStringLiteral("train")) {
  setAutoAddPlottableToLegend(false);
  setInteractions({});
  setPlottingHint(QCP::phImmediateRefresh, false);
  setPlottingHint(QCP::phCacheLabels, true);
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setMinimumSize(180, 120);
  setContextMenuPolicy(Qt::DefaultContextMenu);
  plotLayout()->setAutoMargins(QCP::msNone);
  axisRect()->setAutoMargins(QCP::msLeft | QCP::msBottom);
  axisRect()->setMinimumMargins(QMargins(46, kTitleHeight, 14, 24));
  addLayers();
  for (QCPAxis* axis : {xAxis, yAxis}) {
    axis->setTicker(axisTicker(false));
    axis->setSubTicks(false);
    axis->setTickLength(0, 0);
    axis->setTickLabelPadding(6);
    axis->setLabelPadding(4);
  }
  connect(this, &QCustomPlot::beforeReplot, this, &Chart::prepare);
  connect(&Theme::instance(), &Theme::changed, this, [this] {
    applyTheme();
    refresh();
  });
  connect(&saving_, &Job::failed, this, &Chart::failed);
  applyTheme();
}

void Chart::setTitle(const QString& title) {
  title_ = title;
  setAccessibleName(title);
  refresh();
}

void Chart::setAxisNames(const QString& x, const QString& y) {
  keyName_ = x;
  xAxis->setLabel(x);
  yAxis->setLabel(y);
  refresh();
}

void Chart::setValueBounds(std::optional<double> low, std::optional<double> high) {
  low_ = low;
  high_ = high;
  refresh();
}

void Chart::setFreeValueAxis(bool free) {
  freeValueAxis_ = free;
}

void Chart::setDirectLabels(bool on) {
  directLabels_ = on;
  refresh();
}

void Chart::setMessage(const QString& text) {
  message_ = text;
  refresh();
}

int Chart::addLine(const LineStyle& style) {
  Line line;
  line.style = style;
  line.series = std::make_shared<LineSeries>(style.smooth);
  if (style.smooth) {
    line.smoothGraph = addGraph();
    line.rawGraph = addGraph();
    line.rawGraph->setLayer(QStringLiteral("grid"));  // the pale one under all the others
  } else {
    line.rawGraph = addGraph();
  }
  lines_.push_back(std::move(line));
  styleLine(lines_.back());
  return lineCount() - 1;
}

void Chart::clearLines() {
  lines_.clear();
  references_.clear();
  clearGraphs();
  refresh();
}

void Chart::clearPoints() {
  for (Line& line : lines_)
    line.series = std::make_shared<LineSeries>(line.style.smooth);
  refresh();
}

void Chart::append(int index, double x, double y) {
  lines_[index].series->append(x, y);
}

void Chart::setSeries(int index, std::shared_ptr<LineSeries> series) {
  lines_[index].series = std::move(series);
  styleLine(lines_[index]);
  refresh();
}

void Chart::setPoints(int index, const std::vector<double>& xs, const std::vector<double>& ys) {
  Line& line = lines_[index];
  line.series = std::make_shared<LineSeries>(line.style.smooth);
  const std::size_t count = std::min(xs.size(), ys.size());
  if (line.style.line || std::is_sorted(xs.begin(), xs.end())) {
    for (std::size_t i = 0; i < count; ++i)
      append(index, xs[i], ys[i]);
  } else {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return xs[a] < xs[b]; });
    for (const std::size_t i : order)
      append(index, xs[i], ys[i]);
  }
  styleLine(line);
  refresh();
}

bool Chart::isEmpty() const {
  return std::all_of(lines_.begin(), lines_.end(),
                     [](const Line& line) { return line.series->raw.empty(); });
}

void Chart::addReference(double x, double y, const QString& caption) {
  references_.push_back({x, y, caption});
  refresh();
}

void Chart::setCursor(std::optional<double> x) {
  if (x == cursor_) return;
  cursor_ = x;
  showCursor();
}

void Chart::showCursor() {
  if (isVisible()) layer(QStringLiteral("over"))->replot();
}

QString Chart::keyText(double key) const {
  const QLocale locale(QLocale::English);
  const double step = xAxis->range().size() / std::max(1, axisRect()->width());
  const bool whole = std::all_of(lines_.begin(), lines_.end(), [](const Line& line) {
    return line.series->raw.empty() ||
           line.series->raw.x().back() == std::floor(line.series->raw.x().back());
  });
  if (whole && !freeValueAxis_) return locale.toString(std::round(key), 'f', 0);
  return tickText(key, std::pow(10, std::floor(std::log10(std::max(step, 1e-12)))));
}

QString Chart::valueText(double value) const {
  if (!std::isfinite(value)) return QStringLiteral("–");
  const double size = std::abs(value);
  if (size != 0 && (size < std::pow(10, -digits_) || size >= 1e7)) {
    return QString::number(value, 'g', 3);
  }
  return QLocale(QLocale::English).toString(value, 'f', size >= 1000 ? 0 : digits_);
}

std::vector<Chart::Entry> Chart::entries() const {
  std::vector<Entry> out;
  if (isEmpty()) return out;
  for (const Line& line : lines_) {
    if (!line.style.line || line.style.name.isEmpty()) continue;
    Entry entry{line.style.name, {}, colourOf(line)};
    if (!line.series->raw.empty()) {
      // Under the cross-hair what was measured there, else the newest running mean.
      const LineData& source = cursor_ ? line.series->raw : line.main();
      const auto point = source.nearest(cursor_ ? *cursor_ : source.x().back());
      if (point) entry.value = valueText(source.y()[*point]);
    }
    out.push_back(std::move(entry));
  }
  return out;
}

QString Chart::readOut() const {
  QStringList parts;
  for (const Entry& entry : entries())
    parts.append(entry.name + QLatin1Char(' ') + entry.value);
  return parts.join(QStringLiteral("  "));
}

bool Chart::labelsAtEnds() const {
  if (!directLabels_ || isEmpty()) return false;
  const auto named = std::count_if(lines_.begin(), lines_.end(), [](const Line& line) {
    return line.style.line && !line.style.name.isEmpty();
  });
  return named >= 2 && named <= 3;
}

std::optional<QCPRange> Chart::keyExtent() const {
  std::optional<QCPRange> extent;
  for (const Line& line : lines_) {
    if (line.series->raw.empty()) continue;
    const double first = line.series->raw.x().front(), last = line.series->raw.x().back();
    extent = extent ? QCPRange(std::min(extent->lower, first), std::max(extent->upper, last))
                    : QCPRange(first, last);
  }
  return extent;
}

void Chart::setSharedExtent(std::optional<QCPRange> extent) {
  sharedExtent_ = extent;
}

std::optional<QCPRange> Chart::wholeKeyRange() const {
  std::optional<QCPRange> extent = sharedExtent_ ? sharedExtent_ : keyExtent();
  if (!extent) return std::nullopt;
  if (!(extent->size() > 0)) extent = QCPRange(extent->lower - 0.5, extent->upper + 0.5);
  if (freeValueAxis_) {
    for (const Reference& reference : references_)
      extent->expand(reference.x);
    const double margin = extent->size() * 0.04;
    if (xAxis->scaleType() == QCPAxis::stLogarithmic) {
      return QCPRange(std::max(extent->lower, 1e-9) / 1.1, extent->upper * 1.1);
    }
    return QCPRange(extent->lower - margin, extent->upper + margin);
  }
  return extent;
}

void Chart::resetView() {
  zoomed_ = false;
  refresh();
}

void Chart::setKeyRange(double from, double to) {
  if (!(to > from)) return;
  zoomed_ = true;
  xAxis->setRange(from, to);
  refresh();
}

void Chart::setLogarithmic(bool on) {
  if (on == logarithmic_) return;
  logarithmic_ = on;
  QList<QCPAxis*> axes{yAxis};
  if (freeValueAxis_) axes.append(xAxis);
  for (QCPAxis* axis : axes) {
    axis->setScaleType(on ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    axis->setTicker(axisTicker(on));
  }
  if (freeValueAxis_) zoomed_ = false;
  refresh();
}

void Chart::refresh() {
  if (isVisible()) replot(QCustomPlot::rpQueuedReplot);
}

void Chart::showEvent(QShowEvent* event) {
  QCustomPlot::showEvent(event);
  replot(QCustomPlot::rpQueuedReplot);
}

}  // namespace boxwright::ui
