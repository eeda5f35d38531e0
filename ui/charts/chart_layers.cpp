// SPDX-License-Identifier: GPL-3.0-or-later
// What a Chart draws itself, over and under QCustomPlot's lines.
#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "ui/charts/chart.h"
#include "ui/theme.h"

namespace boxwright::ui {

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

void Chart::addLayers() {
  addLayer(QStringLiteral("over"));
  layer(QStringLiteral("over"))->setMode(QCPLayer::lmBuffered);
  new Envelopes(this, true);
  new Envelopes(this, false);
  new Overlay(this);
  new EndLabels(this);
}

}  // namespace boxwright::ui
