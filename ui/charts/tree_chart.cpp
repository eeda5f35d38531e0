// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/tree_chart.h"

#include <QKeyEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "ui/charts/accuracy_colour.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int legendHeight = 20;
constexpr int tallestRow = 28;    ///< but the last, which has the rest
constexpr int leastForText = 15;  ///< of a node's height, and of the width of upright words

/// What falls into one pixel's width.
struct Column {
  double sum = 0;
  int measured = 0, all = 0;

  void add(float score) {
    ++all;
    if (!std::isfinite(score)) return;
    sum += static_cast<double>(score);
    ++measured;
  }
  QColor colour() const { return measured > 0 ? accuracyColour(sum / measured) : colours().line; }
};

}  // namespace

class TreeChart::Field : public QWidget {
 public:
  explicit Field(TreeChart& chart) : chart_(chart) { setMinimumSize(160, 72); }

 protected:
  void paintEvent(QPaintEvent*) override { chart_.paint(); }
  void resizeEvent(QResizeEvent*) override { chart_.redraw(); }

 private:
  TreeChart& chart_;
};

TreeChart::TreeChart(const QString& title, QWidget* parent)
    : ChartPanel(title, parent), field_(new Field(*this)) {
  setObjectName(QStringLiteral("treeChart"));
  setBody(field_);
  connect(this, &ChartPanel::chosen, this, [this](const QString& tag) { zoomTo(tag.toInt()); });
  connect(&Theme::instance(), &Theme::changed, this, &TreeChart::redraw);
}

void TreeChart::setTree(std::shared_ptr<const ClassTree> tree,
                        std::shared_ptr<const ClassNames> names) {
  layout_ = tree && !tree->empty() ? std::make_unique<TreeLayout>(std::move(tree)) : nullptr;
  names_ = std::move(names);
  shown_ = -1;
  scores_.assign(static_cast<std::size_t>(partCount()), std::numeric_limits<float>::quiet_NaN());
  text_ = nullptr;
  mark(-1);
  redraw();
}

void TreeChart::setScores(std::vector<float> scores, Namer text) {
  scores_ = std::move(scores);
  scores_.resize(static_cast<std::size_t>(partCount()), std::numeric_limits<float>::quiet_NaN());
  text_ = std::move(text);
  mark(marked());
  redraw();
}

void TreeChart::zoomTo(int node) {
  shown_ = node;
  redraw();
  if (node >= 0) mark(node);
}

QString TreeChart::partTag(int part) const {
  const ClassTree& tree = layout_->tree();
  // What fills the width already leads a step back; a leaf is shown among its like.
  const int node = part == shown_ || tree.isLeaf(part) ? tree.parentOf(part) : part;
  return node == shown_ ? QString() : QString::number(node);
}

int TreeChart::treeHeight() const {
  return std::max(1, field_->height() - legendHeight);
}

int TreeChart::rowHeight() const {
  // The last row, where there is more than one, has the room of two.
  const int parts = rows() > 1 ? rows() + 1 : 1;
  return rows() > 1 ? std::clamp(treeHeight() / parts, 1, tallestRow) : treeHeight();
}

QRectF TreeChart::rectOf(int node) const {
  const double first = shown_ < 0 ? 0 : layout_->first(shown_);
  const double end = shown_ < 0 ? layout_->leaves() : layout_->end(shown_);
  const double step = field_->width() / (end - first);
  const double left = std::max(0.0, (layout_->first(node) - first) * step);
  const double right = std::min(double(field_->width()), (layout_->end(node) - first) * step);
  const int row = layout_->depth(node), last = rows() - 1;
  const int top = row * rowHeight();
  const bool toBottom = layout_->tree().isLeaf(node) || row >= last;
  const int bottom = toBottom ? treeHeight() : top + rowHeight();
  return {left, double(top), right - left, double(bottom - top)};
}

bool TreeChart::isInView(int node) const {
  if (shown_ < 0) return true;
  return layout_->end(node) > layout_->first(shown_) && layout_->first(node) < layout_->end(shown_);
}

QRect TreeChart::placeOf(int node) const {
  if (!layout_ || !isInView(node)) return {};
  const QRectF rect = rectOf(node);
  const int left = static_cast<int>(std::floor(rect.left()));
  const QRect whole(left, static_cast<int>(rect.top()),
                    std::max(1, static_cast<int>(std::lround(rect.right())) - left),
                    static_cast<int>(rect.height()));
  return whole.translated(field_->mapTo(this, QPoint(0, 0)));
}

int TreeChart::partAt(const QPoint& point) const {
  const QPoint inside = field_->mapFrom(this, point);
  if (!layout_ || !QRect(0, 0, field_->width(), treeHeight()).contains(inside)) return -1;
  const int first = shown_ < 0 ? 0 : layout_->first(shown_);
  const int end = shown_ < 0 ? layout_->leaves() : layout_->end(shown_);
  const int leaf = first + static_cast<int>((inside.x() + 0.5) * (end - first) / field_->width());
  const int row = std::min(inside.y() / rowHeight(), rows() - 1);
  return layout_->nodeOver(std::min(leaf, end - 1), row);
}

void TreeChart::redraw() {
  drawn_ = {};
  field_->update();
}

void TreeChart::showMarks() {
  field_->update();
}

void TreeChart::paint() {
  QPainter painter(field_);
  const qreal ratio = field_->devicePixelRatioF();
  if (drawn_.isNull() || drawn_.devicePixelRatio() != ratio) {
    drawn_ = QImage(field_->size() * ratio, QImage::Format_ARGB32_Premultiplied);
    drawn_.setDevicePixelRatio(ratio);
    drawn_.fill(colours().canvas);
    QPainter onImage(&drawn_);
    if (layout_) draw(onImage);
  }
  painter.drawImage(0, 0, drawn_);
  if (!layout_ || marked() < 0 || !isInView(marked())) return;
  const QRect rect = placeOf(marked()).translated(field_->mapFrom(this, QPoint(0, 0)));
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(colours().canvas, 1));
  painter.drawRect(rect.adjusted(-1, -1, 0, 0));
  painter.setPen(QPen(colours().text, 2));
  painter.drawRect(QRectF(rect).adjusted(1, 1, -1, -1));
}

void TreeChart::draw(QPainter& painter) const {
  painter.setFont(textFont(TextSize::Small));
  for (int depth = 0; depth < rows(); ++depth)
    drawRow(painter, depth);
  drawLegend(painter);
}

void TreeChart::drawRow(QPainter& painter, int depth) const {
  const auto width = static_cast<std::size_t>(std::max(1, field_->width()));
  std::vector<Column> all(width), leaves(width);
  std::vector<int> wide;
  bool narrow = false;
  for (const int node : layout_->row(depth)) {
    if (!isInView(node)) continue;
    const QRectF rect = rectOf(node);
    if (rect.width() >= 1) {
      wide.push_back(node);
      continue;
    }
    narrow = true;
    const auto column = std::min(width - 1, static_cast<std::size_t>(rect.center().x()));
    const float score = scores_[static_cast<std::size_t>(node)];
    all[column].add(score);
    if (layout_->tree().isLeaf(node) || depth + 1 == rows()) leaves[column].add(score);
  }
  const int top = depth * rowHeight();
  for (std::size_t x = 0; narrow && x < width; ++x) {
    const int left = static_cast<int>(x);
    if (leaves[x].all > 0) painter.fillRect(left, top, 1, treeHeight() - top, leaves[x].colour());
    if (all[x].all > 0 && depth + 1 < rows())
      painter.fillRect(left, top, 1, rowHeight(), all[x].colour());
  }
  for (const int node : wide) {
    const QRectF rect = rectOf(node);
    const int left = static_cast<int>(std::lround(rect.left()));
    drawNode(painter, node,
             {left, static_cast<int>(rect.top()),
              std::max(1, static_cast<int>(std::lround(rect.right())) - left),
              static_cast<int>(rect.height())});
  }
}

void TreeChart::drawNode(QPainter& painter, int node, const QRect& rect) const {
  const float score = scores_[static_cast<std::size_t>(node)];
  const QColor ground =
      std::isfinite(score) ? accuracyColour(static_cast<double>(score)) : colours().line;
  const int gap = rect.width() >= 4 ? 1 : 0;
  painter.fillRect(rect.adjusted(0, 0, -gap, rect.height() >= 6 ? -1 : 0), ground);
  if (rect.height() < leastForText || rect.width() < leastForText) return;
  const QString name = QString::fromStdString((*names_)[static_cast<std::size_t>(node)]);
  const QString share =
      std::isfinite(score) ? QStringLiteral("%1 %").arg(std::lround(100 * score)) : QString();
  const QString both = share.isEmpty() ? name : name + QStringLiteral("  ") + share;
  const QFontMetrics metrics = painter.fontMetrics();
  const int room = rect.width() - 8;
  painter.setPen(wordsOn(ground));
  // Upright where that shows more of it.
  if (metrics.horizontalAdvance(name) > room && rect.height() > rect.width()) {
    const int length = rect.height() - 8;
    painter.save();
    painter.translate(rect.left(), rect.bottom() - 4);
    painter.rotate(-90);
    painter.drawText(QRect(0, 0, length, rect.width() - 1), Qt::AlignRight | Qt::AlignVCenter,
                     metrics.elidedText(metrics.horizontalAdvance(both) + 2 < length ? both : name,
                                        Qt::ElideRight, length));
    painter.restore();
    return;
  }
  if (room < 16) return;
  const bool twoLines = rect.height() >= 2 * leastForText + 8 && !share.isEmpty();
  const bool oneHasBoth = !twoLines && metrics.horizontalAdvance(both) + 2 < room;
  QRect line(rect.left() + 4, rect.top(), room, std::min(rect.height(), tallestRow) - 1);
  painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
                   metrics.elidedText(oneHasBoth ? both : name, Qt::ElideRight, room));
  if (!twoLines) return;
  line.translate(0, leastForText);
  if (metrics.horizontalAdvance(share) <= room)
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, share);
}

void TreeChart::drawLegend(QPainter& painter) const {
  const int top = field_->height() - 13;
  const QFontMetrics metrics = painter.fontMetrics();
  int x = 0;
  const auto say = [&](const QString& text) {
    painter.setPen(colours().dim);
    const int width = metrics.horizontalAdvance(text);
    painter.drawText(QRect(x, top - 3, width, 16), Qt::AlignLeft | Qt::AlignVCenter, text);
    x += width + 6;
  };
  say(tr("0"));
  for (int i = 0; i < 96; ++i)
    painter.fillRect(x + i, top, 1, 10, accuracyColour(i / 95.0));
  x += 102;
  say(tr("100 %"));
  x += 12;
  painter.fillRect(x, top, 10, 10, colours().line);
  x += 16;
  say(tr("not measured"));
  if (shown_ < 0) return;
  x += 12;
  say(tr("Esc: a step back"));
}

void TreeChart::keyPressEvent(QKeyEvent* event) {
  if (!layout_) return ChartPanel::keyPressEvent(event);
  const ClassTree& tree = layout_->tree();
  const int at = marked() >= 0 && isInView(marked()) ? marked() : std::max(0, shown_);
  const auto go = [this](int node) {
    if (isInView(node)) mark(node);
  };
  switch (event->key()) {
    case Qt::Key_Left:
      return go(layout_->beside(at, -1));
    case Qt::Key_Right:
      return go(layout_->beside(at, 1));
    case Qt::Key_Up:
      if (tree.parentOf(at) >= 0) go(tree.parentOf(at));
      return;
    case Qt::Key_Down: {
      const ClassTree::Group* const children = tree.childrenOf(at);
      for (int node = children ? children->first : 0; children && node < children->end(); ++node) {
        if (!isInView(node)) continue;
        mark(node);
        break;
      }
      return;
    }
    case Qt::Key_Escape:
      if (shown_ < 0) return ChartPanel::keyPressEvent(event);
      return zoomTo(tree.parentOf(shown_));
    default:
      return ChartPanel::keyPressEvent(event);
  }
}

void TreeChart::focusInEvent(QFocusEvent* event) {
  ChartPanel::focusInEvent(event);
  if (shown_ >= 0 && marked() >= 0 && !isInView(marked())) mark(shown_);
}

}  // namespace boxwright::ui
