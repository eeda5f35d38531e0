// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/heat_map.h"

#include <QImage>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/theme.h"

namespace boxwright::ui {

class HeatMap::Field : public QWidget {
 public:
  explicit Field(HeatMap& map) : map_(map) { setMinimumSize(140, 140); }

 protected:
  void paintEvent(QPaintEvent*) override { map_.paint(*this); }

 private:
  HeatMap& map_;
};

HeatMap::HeatMap(const QString& title, QWidget* parent)
    : ChartPanel(title, parent), body_(new Field(*this)) {
  setBody(body_);
}

void HeatMap::setFields(std::vector<std::size_t> counts, int side, Namer text, Namer tag) {
  counts_ = std::move(counts);
  side_ = side;
  text_ = std::move(text);
  tag_ = std::move(tag);
  mark(-1);
}

QString HeatMap::partTag(int part) const {
  return counts_[static_cast<std::size_t>(part)] > 0 ? tag_(part % side_, part / side_) : QString();
}

QRect HeatMap::square() const {
  const int side = std::min(body_->width(), body_->height()) / side_ * side_;
  return {(body_->width() - side) / 2, (body_->height() - side) / 2, side, side};
}

QPoint HeatMap::placeOf(int field) const {
  const QRect all = square();
  const int step = all.width() / side_;
  return body_->mapTo(this, all.topLeft() + QPoint(field % side_ * step + step / 2,
                                                   field / side_ * step + step / 2));
}

int HeatMap::partAt(const QPoint& point) const {
  const QRect all = square();
  const QPoint inside = body_->mapFrom(this, point);
  if (!all.contains(inside) || counts_.empty()) return -1;
  const int step = std::max(1, all.width() / side_);
  return (inside.y() - all.top()) / step * side_ + (inside.x() - all.left()) / step;
}

void HeatMap::showMarks() {
  body_->update();
}

void HeatMap::paint(QWidget& body) {
  QPainter painter(&body);
  const ThemeColours& c = colours();
  const QRect all = square();
  painter.fillRect(all, c.panel);
  if (counts_.empty()) return;
  const auto most = static_cast<double>(*std::max_element(counts_.begin(), counts_.end()));
  const int step = all.width() / side_;
  const auto rectOf = [&](int field) {
    return QRect(all.left() + field % side_ * step, all.top() + field / side_ * step, step, step);
  };
  for (int i = 0; i < partCount(); ++i) {
    const auto count = static_cast<double>(counts_[static_cast<std::size_t>(i)]);
    if (count == 0) continue;
    QColor colour = c.accent;
    // The root: what is there once is seen beside what is there a thousand times.
    colour.setAlphaF(0.12 + 0.88 * std::sqrt(count / most));
    painter.fillRect(rectOf(i), colour);
  }
  painter.setBrush(Qt::NoBrush);
  painter.setPen(c.line);
  painter.drawRect(all.adjusted(0, 0, -1, -1));
  const auto frame = [&](int field, const QColor& colour) {
    painter.setPen(QPen(colour, 1.5));
    painter.drawRect(QRectF(rectOf(field)).adjusted(0.5, 0.5, -0.5, -0.5));
  };
  if (!chosenTag().isEmpty()) {
    for (int i = 0; i < partCount(); ++i) {
      if (partTag(i) == chosenTag()) frame(i, c.text);
    }
  }
  if (marked() >= 0) frame(marked(), c.text);
}

}  // namespace boxwright::ui
