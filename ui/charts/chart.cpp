// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart.h"

#include <fmt/format.h>

#include <QBuffer>
#include <QFileDialog>
#include <QLocale>
#include <QMenu>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "ui/charts/series_colours.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int kTitleHeight = 30;
constexpr int kPale = 70;  ///< opacity of what was measured, under its running mean
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// Digits grouped by thousands, as few places as tell the ticks apart.
QString tickText(double value, double step) {
  const double size = std::abs(value);
  if (size != 0 && (size < 1e-4 || size >= 1e9)) return QString::number(value, 'g', 3);
  const int places =
      step > 0 ? std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 6) : 0;
  return QLocale(QLocale::English).toString(size < step * 1e-6 ? 0.0 : value, 'f', places);
}

class GroupingTicker : public QCPAxisTicker {
 protected:
  double getTickStep(const QCPRange& range) override {
    step_ = QCPAxisTicker::getTickStep(range);
    return step_;
  }
  QString getTickLabel(double tick, const QLocale&, QChar, int) override {
    return tickText(tick, step_);
  }

 private:
  double step_ = 1;
};

class PowerTicker : public QCPAxisTickerLog {
 protected:
  QString getTickLabel(double tick, const QLocale&, QChar, int) override {
    return QString::number(tick, 'g', 4);
  }
};

struct CsvColumn {
  std::string name;
  LineData data;
};

std::string quoted(const std::string& field) {
  if (field.find_first_of(",\"\n") == std::string::npos) return field;
  std::string out = "\"";
  for (const char c : field) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string csvOf(const std::string& keyName, const std::vector<CsvColumn>& columns) {
  std::string out = quoted(keyName);
  std::vector<double> keys;
  for (const CsvColumn& column : columns) {
    out += ',' + quoted(column.name);
    keys.insert(keys.end(), column.data.x().begin(), column.data.x().end());
  }
  out += '\n';
  std::vector<std::size_t> next(columns.size(), 0);
  std::sort(keys.begin(), keys.end());
  for (std::size_t i = 0; i < keys.size();) {
    const double key = keys[i];
    // Points that share an x stand in rows below each other.
    bool any = false;
    out += fmt::format("{}", key);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      out += ',';
      const LineData& data = columns[c].data;
      if (next[c] >= data.size() || data.x()[next[c]] != key) continue;
      const double value = data.y()[next[c]++];
      any = true;
      ++i;
      if (std::isfinite(value)) out += fmt::format("{}", value);
    }
    out += '\n';
    if (!any) break;
  }
  return out;
}

}  // namespace

/// Title, read-out and cross-hair: a layer of its own, so that a moving pointer repaints nothing
/// else.
class Chart::Overlay : public QCPLayerable {
 public:
  explicit Overlay(Chart* chart) : QCPLayerable(chart, QStringLiteral("over")), chart_(chart) {}

 protected:
  void applyDefaultAntialiasingHint(QCPPainter* painter) const override {
    painter->setAntialiasing(true);
  }

  void draw(QCPPainter* painter) override {
    const ThemeColours& theme = colours();
    const QRect area = chart_->axisRect()->rect();
    const QRect whole = chart_->viewport();
    drawTitle(painter, QRect(whole.left() + metric::margin, whole.top(),
                             whole.width() - 2 * metric::margin, kTitleHeight));
    if (chart_->isEmpty() && !chart_->message_.isEmpty()) {
      painter->setFont(textFont());
      painter->setPen(theme.dim);
      painter->drawText(whole.adjusted(24, kTitleHeight, -24, -12),
                        Qt::AlignCenter | Qt::TextWordWrap, chart_->message_);
    }
    drawReferences(painter, area);
    if (chart_->cursor_ && !chart_->isEmpty()) drawCursor(painter, area);
    if (chart_->hasFocus()) {
      painter->setPen(QPen(theme.accent, 1));
      painter->setBrush(Qt::NoBrush);
      painter->drawRoundedRect(QRectF(whole).adjusted(0.5, 0.5, -0.5, -0.5), metric::radius,
                               metric::radius);
    }
  }

 private:
  void drawTitle(QCPPainter* painter, const QRect& row) {
    const ThemeColours& theme = colours();
    const QFont titleFont = textFont(TextSize::Body, true);
    painter->setFont(titleFont);
    painter->setPen(theme.text);
    const int titleWidth = QFontMetrics(titleFont).horizontalAdvance(chart_->title_);
    painter->drawText(row, Qt::AlignLeft | Qt::AlignVCenter, chart_->title_);

    const QFont font = textFont(TextSize::Small);
    const QFontMetrics metrics(font);
    painter->setFont(font);
    const std::vector<Entry> entries = chart_->entries();
    const auto widthOf = [&](bool values) {
      int width = 0;
      for (const Entry& entry : entries) {
        width += metrics.horizontalAdvance(entry.name) + 12;
        if (values && !entry.value.isEmpty()) width += metrics.horizontalAdvance(entry.value) + 5;
      }
      return width;
    };
    const int room = row.width() - titleWidth - 16;
    const bool values = widthOf(true) <= room;
    int x = row.right() + 1 - widthOf(values) + 12;
    x = std::max(x, row.left() + titleWidth + 16);
    for (const Entry& entry : entries) {
      const int nameWidth = metrics.horizontalAdvance(entry.name);
      if (x + nameWidth > row.right() + 1) break;
      painter->setPen(entry.colour);
      painter->drawText(QRect(x, row.top(), nameWidth + 2, row.height()),
                        Qt::AlignLeft | Qt::AlignVCenter, entry.name);
      x += nameWidth;
      if (values && !entry.value.isEmpty()) {
        x += 5;
        const int width = metrics.horizontalAdvance(entry.value);
        painter->setPen(theme.text);
        painter->drawText(QRect(x, row.top(), width + 2, row.height()),
                          Qt::AlignLeft | Qt::AlignVCenter, entry.value);
        x += width;
      }
      x += 12;
    }
  }

  void drawReferences(QCPPainter* painter, const QRect& area) {
    const ThemeColours& theme = colours();
    const QFont font = textFont(TextSize::Small);
    const QFontMetrics metrics(font);
    painter->setFont(font);
    for (const Reference& reference : chart_->references_) {
      const QPointF at(chart_->xAxis->coordToPixel(reference.x),
                       chart_->yAxis->coordToPixel(reference.y));
      if (!QRectF(area).adjusted(-2, -2, 2, 2).contains(at)) continue;
      painter->setPen(QPen(theme.dim, 1.4));
      painter->setBrush(theme.canvas);
      painter->drawEllipse(at, 3.5, 3.5);
      const int width = metrics.horizontalAdvance(reference.caption);
      const bool left = at.x() + 8 + width > area.right();
      painter->drawText(QPointF(left ? at.x() - 8 - width : at.x() + 8, at.y() + 14),
                        reference.caption);
    }
  }

  void drawCursor(QCPPainter* painter, const QRect& area) {
    const ThemeColours& theme = colours();
    const double x = chart_->xAxis->coordToPixel(*chart_->cursor_);
    if (x < area.left() || x > area.right()) return;
    painter->setPen(QPen(theme.dim, 1));
    const double column = std::floor(x) + 0.5;
    painter->drawLine(QPointF(column, area.top()), QPointF(column, area.bottom()));
    painter->setPen(Qt::NoPen);
    for (const Line& line : chart_->lines_) {
      if (!line.style.line) continue;
      const LineData& data = line.main();
      const std::optional<std::size_t> point = data.nearest(*chart_->cursor_);
      if (!point) continue;
      const QPointF at(chart_->xAxis->coordToPixel(data.x()[*point]),
                       chart_->yAxis->coordToPixel(data.y()[*point]));
      if (!QRectF(area).contains(at)) continue;
      painter->setBrush(chart_->colourOf(line));
      painter->drawEllipse(at, 3, 3);
    }
    const QFont font = textFont(TextSize::Small);
    const QString text = chart_->keyText(*chart_->cursor_);
    const int width = QFontMetrics(font).horizontalAdvance(text) + 12;
    QRectF plate(x - width / 2.0, area.bottom() + 3, width, 18);
    plate.moveLeft(std::clamp(plate.left(), 2.0, std::max(2.0, chart_->width() - width - 2.0)));
    painter->setBrush(theme.raised);
    painter->setPen(QPen(theme.line, 1));
    painter->drawRoundedRect(plate, 3, 3);
    painter->setPen(theme.text);
    painter->setFont(font);
    painter->drawText(plate, Qt::AlignCenter, text);
  }

  Chart* chart_;
};

/// Lines whose points are dense, as a column of pixels from the lowest to the highest value: the
/// same picture as thousands of strokes at a hundredth of their cost.
class Chart::Envelopes : public QCPLayerable {
 public:
  Envelopes(Chart* chart, bool pale)
      : QCPLayerable(chart, pale ? QStringLiteral("grid") : QStringLiteral("main")),
        chart_(chart),
        pale_(pale) {}

 protected:
  void applyDefaultAntialiasingHint(QCPPainter* painter) const override {
    painter->setAntialiasing(false);
  }

  QRect clipRect() const override { return chart_->axisRect()->rect(); }

  void draw(QCPPainter* painter) override {
    for (const Line& line : chart_->lines_) {
      QColor colour = chart_->colourOf(line);
      if (pale_) {
        if (!line.smoothGraph) continue;
        colour.setAlpha(kPale);
        drawColumns(painter, line.rawDrawn, colour, 1);
      } else {
        drawColumns(painter, line.smoothGraph ? line.meanDrawn : line.rawDrawn, colour,
                    line.style.width);
      }
    }
  }

 private:
  void drawColumns(QCPPainter* painter, const Drawn& drawn, const QColor& colour, double width) {
    const QRect area = chart_->axisRect()->rect();
    double left = area.left();
    for (const auto& [low, high] : drawn.columns) {
      if (low <= high) {
        const double top = chart_->yAxis->coordToPixel(high) - width / 2;
        const double bottom = chart_->yAxis->coordToPixel(low) + width / 2;
        painter->fillRect(QRectF(left, std::floor(top), 1, std::max(1.0, std::ceil(bottom - top))),
                          colour);
      }
      left += 1;
    }
  }

  Chart* chart_;
  bool pale_;
};

/// The names of up to three lines at their right ends, pushed apart where they would meet.
class Chart::EndLabels : public QCPLayerable {
 public:
  explicit EndLabels(Chart* chart) : QCPLayerable(chart, QStringLiteral("main")), chart_(chart) {}

 protected:
  void applyDefaultAntialiasingHint(QCPPainter* painter) const override {
    painter->setAntialiasing(true);
  }

  void draw(QCPPainter* painter) override {
    if (!chart_->labelsAtEnds()) return;
    const QRect area = chart_->axisRect()->rect();
    struct Label {
      double y;
      const Line* line;
    };
    std::vector<Label> labels;
    for (const Line& line : chart_->lines_) {
      if (line.style.name.isEmpty()) continue;
      const LineData& data = line.main();
      const std::optional<std::size_t> point = data.nearest(chart_->xAxis->range().upper);
      if (!point) continue;
      labels.push_back({chart_->yAxis->coordToPixel(data.y()[*point]), &line});
    }
    std::sort(labels.begin(), labels.end(),
              [](const Label& a, const Label& b) { return a.y < b.y; });
    constexpr double kApart = 14;
    for (std::size_t i = 1; i < labels.size(); ++i) {
      labels[i].y = std::max(labels[i].y, labels[i - 1].y + kApart);
    }
    double lowest = area.bottom() - 2;
    for (std::size_t i = labels.size(); i-- > 0;) {
      labels[i].y = std::min(labels[i].y, lowest);
      lowest = labels[i].y - kApart;
    }
    painter->setFont(textFont(TextSize::Small));
    for (const Label& label : labels) {
      painter->setPen(chart_->colourOf(*label.line));
      painter->drawText(QRectF(area.right() + 6, label.y - 9, chart_->width(), 18),
                        Qt::AlignLeft | Qt::AlignVCenter, label.line->style.name);
    }
  }

 private:
  Chart* chart_;
};

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
  addLayer(QStringLiteral("over"));
  layer(QStringLiteral("over"))->setMode(QCPLayer::lmBuffered);
  new Envelopes(this, true);
  new Envelopes(this, false);
  new Overlay(this);
  new EndLabels(this);
  for (QCPAxis* axis : {xAxis, yAxis}) {
    axis->setTicker(QSharedPointer<QCPAxisTicker>(new GroupingTicker));
    axis->ticker()->setTickCount(5);
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
    axis->setTicker(QSharedPointer<QCPAxisTicker>(on ? static_cast<QCPAxisTicker*>(new PowerTicker)
                                                     : new GroupingTicker));
    axis->ticker()->setTickCount(5);
  }
  if (freeValueAxis_) zoomed_ = false;
  refresh();
}

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

void Chart::refresh() {
  if (isVisible()) replot(QCustomPlot::rpQueuedReplot);
}

void Chart::showEvent(QShowEvent* event) {
  QCustomPlot::showEvent(event);
  replot(QCustomPlot::rpQueuedReplot);
}

void Chart::userMoved() {
  zoomed_ = true;
  refresh();
  Q_EMIT keyRangeMoved(xAxis->range().lower, xAxis->range().upper);
}

void Chart::zoomKeys(double factor, double about) {
  QCPRange range = xAxis->range();
  if (xAxis->scaleType() == QCPAxis::stLogarithmic) {
    range = QCPRange(about * std::pow(range.lower / about, factor),
                     about * std::pow(range.upper / about, factor));
  } else {
    range =
        QCPRange(about + (range.lower - about) * factor, about + (range.upper - about) * factor);
  }
  if (const std::optional<QCPRange> whole = wholeKeyRange(); whole && !freeValueAxis_) {
    range.lower = std::max(range.lower, whole->lower);
    range.upper = std::min(range.upper, whole->upper);
    if (range.size() < whole->size() * 1e-6 || range.size() < 1e-6) return;
    if (range.lower <= whole->lower && range.upper >= whole->upper) {
      resetView();
      Q_EMIT viewReset();
      return;
    }
  }
  if (!QCPRange::validRange(range)) return;
  xAxis->setRange(range);
  userMoved();
}

void Chart::panKeys(double by) {
  QCPRange range = xAxis->range();
  if (const std::optional<QCPRange> whole = wholeKeyRange(); whole && !freeValueAxis_) {
    by = std::clamp(by, std::min(0.0, whole->lower - range.lower),
                    std::max(0.0, whole->upper - range.upper));
  }
  if (by == 0) return;
  xAxis->setRange(range.lower + by, range.upper + by);
  userMoved();
}

void Chart::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  pressed_ = event->position();
  keysAtPress_ = xAxis->range();
  valuesAtPress_ = yAxis->range();
  dragged_ = false;
}

void Chart::mouseMoveEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  if (pressed_ && (event->buttons() & Qt::LeftButton)) {
    if (!dragged_ && (at - *pressed_).manhattanLength() < 4) return;
    dragged_ = true;
    if (!isEmpty()) {
      const auto moved = [](QCPAxis* axis, const QCPRange& start, double from, double to) {
        axis->setRange(start);
        const double a = axis->pixelToCoord(from), b = axis->pixelToCoord(to);
        if (axis->scaleType() == QCPAxis::stLogarithmic) {
          axis->setRange(start.lower * a / b, start.upper * a / b);
        } else {
          axis->setRange(start.lower + a - b, start.upper + a - b);
        }
      };
      if (freeValueAxis_) {
        moved(xAxis, keysAtPress_, pressed_->x(), at.x());
        moved(yAxis, valuesAtPress_, pressed_->y(), at.y());
        userMoved();
      } else if (zoomed_) {
        xAxis->setRange(keysAtPress_);
        panKeys(xAxis->pixelToCoord(pressed_->x()) - xAxis->pixelToCoord(at.x()));
      }
    }
    return;
  }
  const bool inside = axisRect()->rect().contains(at.toPoint()) && !isEmpty() && !freeValueAxis_;
  const std::optional<double> x =
      inside ? std::optional<double>(xAxis->pixelToCoord(at.x())) : std::nullopt;
  if (x == cursor_) return;
  setCursor(x);
  Q_EMIT cursorMoved(x);
}

void Chart::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || !pressed_) return;
  pressed_.reset();
  if (!dragged_ && axisRect()->rect().contains(event->position().toPoint())) {
    Q_EMIT clicked(xAxis->pixelToCoord(event->position().x()),
                   yAxis->pixelToCoord(event->position().y()));
  }
}

void Chart::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  pressed_.reset();
  resetView();
  Q_EMIT viewReset();
}

void Chart::wheelEvent(QWheelEvent* event) {
  event->accept();
  if (isEmpty() || event->angleDelta().isNull()) return;
  const QPointF at = event->position();
  const double delta = event->angleDelta().y() != 0 ? event->angleDelta().y() : 0;
  if (delta == 0) {
    panKeys(-event->angleDelta().x() / 1200.0 * xAxis->range().size());
    return;
  }
  const double factor = std::pow(0.85, delta / 120.0);
  if (freeValueAxis_) yAxis->scaleRange(factor, yAxis->pixelToCoord(at.y()));
  zoomKeys(factor, xAxis->pixelToCoord(at.x()));
}

void Chart::leaveEvent(QEvent* event) {
  QCustomPlot::leaveEvent(event);
  if (!cursor_) return;
  setCursor(std::nullopt);
  Q_EMIT cursorMoved(std::nullopt);
}

void Chart::keyPressEvent(QKeyEvent* event) {
  const double middle = xAxis->range().center();
  switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      return zoomKeys(0.7, middle);
    case Qt::Key_Minus:
      return zoomKeys(1 / 0.7, middle);
    case Qt::Key_Left:
      return panKeys(-0.1 * xAxis->range().size());
    case Qt::Key_Right:
      return panKeys(0.1 * xAxis->range().size());
    case Qt::Key_Home:
    case Qt::Key_0:
      resetView();
      Q_EMIT viewReset();
      return;
    default:
      QCustomPlot::keyPressEvent(event);
  }
}

void Chart::focusInEvent(QFocusEvent* event) {
  QCustomPlot::focusInEvent(event);
  showCursor();
}

void Chart::focusOutEvent(QFocusEvent* event) {
  QCustomPlot::focusOutEvent(event);
  showCursor();
}

QMenu* Chart::makeMenu(QWidget* parent) {
  auto* menu = new QMenu(parent);
  menu->addAction(tr("Save as &PNG…"), this, &Chart::saveImageAs);
  menu->addAction(tr("Save points as &CSV…"), this, &Chart::saveCsvAs);
  menu->addSeparator();
  QAction* log = menu->addAction(freeValueAxis_ ? tr("&Logarithmic axes") : tr("&Logarithmic axis"),
                                 this, &Chart::setLogarithmic);
  log->setCheckable(true);
  log->setChecked(logarithmic_);
  QAction* all = menu->addAction(tr("&Show all"), this, [this] {
    resetView();
    Q_EMIT viewReset();
  });
  all->setEnabled(zoomed_);
  return menu;
}

void Chart::contextMenuEvent(QContextMenuEvent* event) {
  QMenu* menu = makeMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->popup(event->globalPos());
}

std::string Chart::csv() const {
  std::vector<CsvColumn> columns;
  for (const Line& line : lines_)
    columns.push_back({line.style.name.toStdString(), line.series->raw});
  return csvOf(keyName_.isEmpty() ? "x" : keyName_.toStdString(), columns);
}

void Chart::saveImageAs() {
  auto* dialog = new QFileDialog(this, tr("Save the chart"), title_ + QStringLiteral(".png"),
                                 tr("PNG picture (*.png)"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setDefaultSuffix(QStringLiteral("png"));
  connect(dialog, &QFileDialog::fileSelected, this, &Chart::saveImage);
  dialog->open();
}

void Chart::saveCsvAs() {
  auto* dialog = new QFileDialog(this, tr("Save the chart's points"),
                                 title_ + QStringLiteral(".csv"), tr("Table (*.csv)"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setDefaultSuffix(QStringLiteral("csv"));
  connect(dialog, &QFileDialog::fileSelected, this, &Chart::saveCsv);
  dialog->open();
}

void Chart::saveImage(const QString& file) {
  const std::optional<double> cursor = std::exchange(cursor_, std::nullopt);
  const QImage picture = toPixmap(0, 0, 2.0).toImage();
  cursor_ = cursor;
  saving_.start(
      [picture, file](std::stop_token, JobProgress&) {
        QBuffer bytes;
        bytes.open(QIODevice::WriteOnly);
        if (!picture.save(&bytes, "PNG")) {
          throw Error("the chart could not be made a PNG", file.toStdString());
        }
        writeFileAtomically(
            pathFromUtf8(file.toStdString()),
            std::string_view(bytes.data().constData(), static_cast<std::size_t>(bytes.size())));
      },
      [] {});
  refresh();
}

void Chart::saveCsv(const QString& file) {
  std::vector<CsvColumn> columns;
  for (const Line& line : lines_)
    columns.push_back({line.style.name.toStdString(), line.series->raw});
  saving_.start(
      [columns = std::move(columns), name = keyName_.isEmpty() ? "x" : keyName_.toStdString(),
       file](std::stop_token, JobProgress&) {
        writeFileAtomically(pathFromUtf8(file.toStdString()), csvOf(name, columns));
      },
      [] {});
}

}  // namespace boxwright::ui
