// SPDX-License-Identifier: GPL-3.0-or-later
// How a Chart's lines become what QCustomPlot strokes: colours, reduction to the pixels, the
// ranges.
#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/charts/chart.h"
#include "ui/charts/series_colours.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

}  // namespace

QColor Chart::colourOf(const Line& line) const {
  return line.style.fixed ? *line.style.fixed
                          : seriesColour(line.style.colour, Theme::instance().dark());
}

void Chart::styleLine(Line& line) {
  const QColor colour = colourOf(line);
  QColor pale = colour;
  pale.setAlpha(kPale);
  QPen pen(colour, line.style.width);
  pen.setJoinStyle(Qt::RoundJoin);
  if (line.style.dashed) pen.setStyle(Qt::DashLine);
  QCPGraph* main = line.smoothGraph ? line.smoothGraph : line.rawGraph;
  main->setPen(pen);
  if (line.smoothGraph) line.rawGraph->setPen(QPen(pale, 1));
  for (QCPGraph* graph : {line.smoothGraph, line.rawGraph}) {
    if (!graph) continue;
    graph->setAdaptiveSampling(true);
    graph->setAntialiased(true);
    graph->setLineStyle(line.style.line ? QCPGraph::lsLine : QCPGraph::lsNone);
  }
  if (!line.style.markers && line.style.line) {
    main->setScatterStyle(QCPScatterStyle::ssNone);
  } else if (line.series->raw.size() > 1500) {
    // A small picture of the dot: many of them are drawn several times faster than circles.
    const int side = static_cast<int>(std::ceil(line.style.dot)) + 1;
    QPixmap dot(side, side);
    dot.fill(Qt::transparent);
    QPainter painter(&dot);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawEllipse(QPointF(side / 2.0, side / 2.0), line.style.dot / 2, line.style.dot / 2);
    painter.end();
    main->setScatterStyle(QCPScatterStyle(dot));
  } else {
    main->setScatterStyle(
        QCPScatterStyle(QCPScatterStyle::ssDisc, QPen(Qt::NoPen), colour, line.style.dot));
  }
}

void Chart::applyTheme() {
  const ThemeColours& theme = colours();
  setBackground(theme.canvas);
  for (QCPAxis* axis : {xAxis, yAxis}) {
    axis->setBasePen(Qt::NoPen);
    axis->setTickPen(Qt::NoPen);
    axis->setTickLabelColor(theme.dim);
    axis->setLabelColor(theme.dim);
    axis->setTickLabelFont(textFont(TextSize::Small));
    axis->setLabelFont(textFont(TextSize::Small));
    QColor grid = theme.line;
    axis->grid()->setPen(QPen(grid, 1));
    axis->grid()->setZeroLinePen(Qt::NoPen);
    axis->grid()->setAntialiased(false);
  }
  xAxis->grid()->setVisible(freeValueAxis_);
  for (Line& line : lines_)
    styleLine(line);
}

void Chart::fit(const QCPRange& keys) {
  // What the running means span always shows; of the pale lines as much as does not flatten them.
  double low = std::numeric_limits<double>::infinity(), high = -low;
  double rawLow = low, rawHigh = high;
  const auto widen = [](const Drawn& drawn, double& from, double& to) {
    from = std::min(from, drawn.low);
    to = std::max(to, drawn.high);
  };
  for (const Line& line : lines_) {
    if (line.smoothGraph) {
      widen(line.meanDrawn, low, high);
      widen(line.rawDrawn, rawLow, rawHigh);
    } else {
      widen(line.rawDrawn, low, high);
    }
  }
  if (freeValueAxis_ || !references_.empty()) {
    for (const Reference& reference : references_) {
      if (!keys.contains(reference.x)) continue;
      low = std::min(low, reference.y);
      high = std::max(high, reference.y);
    }
  }
  if (low_) low = std::min(low, *low_);
  if (high_) high = std::max(high, *high_);
  if (!(low <= high)) return;
  if (rawLow <= rawHigh) {
    const double span = std::max(high - low, std::abs(high) * 0.05);
    low = std::min(low, std::max(rawLow, low - 0.25 * span));
    high = std::max(high, std::min(rawHigh, high + 0.25 * span));
  }
  if (logarithmic_) {
    low = std::max(low, high * 1e-6);
    yAxis->setRange(low / 1.15, high * 1.15);
    return;
  }
  double margin = (high - low) * 0.06;
  if (!(margin > 0)) margin = std::max(std::abs(high) * 0.1, 1e-9);
  const bool fromZero = low >= 0 && low < 0.35 * high;
  const double bottom = low_ && low == *low_ ? low : (fromZero ? 0 : low - margin);
  const double top = high_ && high == *high_ ? high + margin * 0.2 : high + margin;
  yAxis->setRange(bottom, top);
}

void Chart::reduceInto(const LineData& source, bool all, Drawn& out) const {
  const QCPRange keys = xAxis->range();
  out = {{},
         {},
         std::numeric_limits<double>::infinity(),
         -std::numeric_limits<double>::infinity(),
         {}};
  if (all) {
    out.xs = source.x();
    out.ys = source.y();
  } else {
    source.reduce(keys.lower, keys.upper, std::max(64, axisRect()->width()), out.xs, out.ys);
  }
  for (std::size_t i = 0; i < out.xs.size(); ++i) {
    double& y = out.ys[i];
    if (logarithmic_ && !(y > 0)) y = kNone;
    if (!std::isfinite(y) || !keys.contains(out.xs[i])) continue;
    out.low = std::min(out.low, y);
    out.high = std::max(out.high, y);
  }
}

void Chart::handOver(QCPGraph* graph, Drawn& out, bool all) const {
  const QCPRange keys = xAxis->range();
  // Smoothed strokes cost by their length: beyond this many pixels the line becomes an envelope.
  constexpr double kMostTravel = 6000;
  double travel = 0;
  if (!all) {
    const QCPRange values = yAxis->range();
    double before = kNone;
    for (const double y : out.ys) {
      const double pixel =
          std::isfinite(y) ? yAxis->coordToPixel(std::clamp(y, values.lower, values.upper)) : kNone;
      if (std::isfinite(pixel) && std::isfinite(before)) travel += std::abs(pixel - before);
      before = pixel;
    }
  }
  QVector<QCPGraphData> points;
  if (travel > kMostTravel) {
    const int columns = std::max(64, axisRect()->width());
    constexpr double kFar = std::numeric_limits<double>::infinity();
    out.columns.assign(static_cast<std::size_t>(columns), {kFar, -kFar});
    const auto widen = [&](double place, double y) {
      if (!(place >= 0 && place < columns)) return;
      auto& [low, high] = out.columns[static_cast<std::size_t>(place)];
      low = std::min(low, y);
      high = std::max(high, y);
    };
    const auto placeOf = [&](std::size_t i) {
      return (out.xs[i] - keys.lower) / keys.size() * columns;
    };
    for (std::size_t i = 0; i < out.xs.size(); ++i) {
      if (!std::isfinite(out.ys[i])) continue;
      widen(placeOf(i), out.ys[i]);
      if (i == 0 || !std::isfinite(out.ys[i - 1])) continue;
      // The stroke from the point before, where it crosses the borders of columns.
      const double from = placeOf(i - 1), to = placeOf(i);
      for (double border = std::max(0.0, std::floor(from) + 1);
           border <= std::min(to, static_cast<double>(columns)); border += 1) {
        const double share = to > from ? (border - from) / (to - from) : 1;
        const double y = out.ys[i - 1] + share * (out.ys[i] - out.ys[i - 1]);
        widen(border - 0.5, y);
        widen(border, y);
      }
    }
  } else {
    points.resize(static_cast<qsizetype>(out.xs.size()));
    for (std::size_t i = 0; i < out.xs.size(); ++i)
      points[static_cast<qsizetype>(i)] = QCPGraphData(out.xs[i], out.ys[i]);
  }
  graph->data()->set(points, true);
  out.xs.clear();
  out.ys.clear();
}

void Chart::prepare() {
  const bool empty = isEmpty();
  const std::optional<QCPRange> whole = wholeKeyRange();
  if (!zoomed_ && whole) xAxis->setRange(*whole);
  for (QCPAxis* axis : {xAxis, yAxis})
    axis->setVisible(!empty);
  xAxis->grid()->setVisible(freeValueAxis_ && !empty);

  const QCPRange keys = xAxis->range();
  for (Line& line : lines_) {
    reduceInto(line.series->raw, !line.style.line, line.rawDrawn);
    if (line.smoothGraph) reduceInto(line.main(), false, line.meanDrawn);
  }
  if (!empty && !(freeValueAxis_ && zoomed_)) fit(keys);
  for (Line& line : lines_) {
    handOver(line.rawGraph, line.rawDrawn, !line.style.line);
    if (line.smoothGraph) handOver(line.smoothGraph, line.meanDrawn, false);
  }

  int right = 14;
  if (labelsAtEnds()) {
    const QFontMetrics metrics(textFont(TextSize::Small));
    for (const Line& line : lines_) {
      right = std::max(right, metrics.horizontalAdvance(line.style.name) + 14);
    }
  }
  axisRect()->setMinimumMargins(QMargins(46, kTitleHeight, right, 24));
  axisRect()->setMargins(
      QMargins(axisRect()->margins().left(), kTitleHeight, right, axisRect()->margins().bottom()));
}

}  // namespace boxwright::ui
