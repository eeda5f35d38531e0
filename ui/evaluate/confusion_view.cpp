// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/confusion_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>

#include "ui/class_palette.h"
#include "ui/number_text.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int leastWidth = 34, mostWidth = 96;
constexpr int leastHeight = 24, mostHeight = 44;
constexpr int uprightHeight = 76;  ///< of the header when its names are written upwards
constexpr int mostName = 104;

}  // namespace

ConfusionView::ConfusionView(QWidget* parent) : QAbstractScrollArea(parent) {
  setObjectName(QStringLiteral("confusion"));
  setAccessibleName(tr("Confusion matrix"));
  setFrameShape(QFrame::NoFrame);
  setFocusPolicy(Qt::StrongFocus);
  connect(&Theme::instance(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

QString ConfusionView::name(int index) const {
  return index < names_.size() ? names_[index] : tr("background");
}

void ConfusionView::setMatrix(Matrix matrix, const QStringList& names,
                              const std::vector<int>& shownClasses, std::set<Cell> right) {
  matrix_ = std::move(matrix);
  names_ = names;
  shown_ = shownClasses;
  right_ = std::move(right);
  rowSums_.clear();
  for (const auto& row : matrix_) {
    std::size_t sum = 0;
    for (const std::size_t value : row)
      sum += value;
    rowSums_.push_back(sum);
  }
  current_ = {std::clamp(current_.first, 0, std::max(0, count() - 1)),
              std::clamp(current_.second, 0, std::max(0, count() - 1))};
  measure();
  viewport()->update();
}

void ConfusionView::setClassPalette(ClassPalette palette) {
  palette_ = std::move(palette);
  viewport()->update();
}

void ConfusionView::setPicked(std::optional<Cell> cell) {
  picked_ = cell;
  viewport()->update();
}

void ConfusionView::measure() {
  const int n = std::max(1, count());
  const QFontMetrics metrics(textFont(TextSize::Small));
  int widest = 0;
  for (int i = 0; i < count(); ++i)
    widest = std::max(widest, metrics.horizontalAdvance(name(i)));
  left_ = std::min(widest, mostName) + 30;
  const int across = (viewport()->width() - left_) / n;
  upright_ = across < std::min(widest, mostName) + 8 && across < 56;
  top_ = 20 + (upright_ ? std::min(widest + 12, uprightHeight) : 20);
  cell_ = {std::clamp(across, leastWidth, mostWidth),
           std::clamp((viewport()->height() - top_) / n, leastHeight, mostHeight)};
  const auto range = [n](QScrollBar* bar, int side, int room) {
    bar->setRange(0, std::max(0, n * side - room));
    bar->setPageStep(std::max(1, room));
    bar->setSingleStep(side);
  };
  range(horizontalScrollBar(), cell_.width(), viewport()->width() - left_);
  range(verticalScrollBar(), cell_.height(), viewport()->height() - top_);
}

QRect ConfusionView::cellRect(Cell cell) const {
  return {left_ + cell.second * cell_.width() - horizontalScrollBar()->value(),
          top_ + cell.first * cell_.height() - verticalScrollBar()->value(), cell_.width(),
          cell_.height()};
}

std::optional<ConfusionView::Cell> ConfusionView::cellAt(const QPoint& point) const {
  if (point.x() < left_ || point.y() < top_) return std::nullopt;
  const Cell cell((point.y() - top_ + verticalScrollBar()->value()) / cell_.height(),
                  (point.x() - left_ + horizontalScrollBar()->value()) / cell_.width());
  if (cell.first >= count() || cell.second >= count()) return std::nullopt;
  return cell;
}

QString ConfusionView::cellText(Cell cell) const {
  const std::size_t value =
      matrix_[static_cast<std::size_t>(cell.first)][static_cast<std::size_t>(cell.second)];
  const std::size_t sum = rowSums_[static_cast<std::size_t>(cell.first)];
  const QString truth = name(cell.first), predicted = name(cell.second);
  const auto background = static_cast<int>(names_.size());  // a classifier's has none
  QString text;
  if (cell.first == background) {
    text = tr("%L1 finds of %2 where there is no free one").arg(value).arg(predicted);
  } else if (cell.second == background) {
    text = tr("%L1 of %L2 %3 missed").arg(value).arg(sum).arg(truth);
  } else if (cell.first == cell.second) {
    text = tr("%L1 of %L2 %3 found").arg(value).arg(sum).arg(truth);
  } else if (isRight(cell)) {
    text = tr("%L1 of %L2 %3 found as %4").arg(value).arg(sum).arg(truth, predicted);
  } else {
    text = tr("%L1 of %L2 %3 taken for %4").arg(value).arg(sum).arg(truth, predicted);
  }
  if (sum > 0)
    text += tr(" (%1 % of the row)").arg(numberText(100.0 * double(value) / double(sum), 1));
  return text;
}

void ConfusionView::paintCell(QPainter& painter, Cell cell) {
  const ThemeColours& c = colours();
  const std::size_t value =
      matrix_[static_cast<std::size_t>(cell.first)][static_cast<std::size_t>(cell.second)];
  const std::size_t sum = rowSums_[static_cast<std::size_t>(cell.first)];
  const QRect rect = cellRect(cell).adjusted(0, 0, -1, -1);
  painter.fillRect(rect, c.panel);
  if (value > 0) {
    // No darker than that the count on it can be read.
    QColor shade = isRight(cell) ? c.good : c.bad;
    shade.setAlphaF(static_cast<float>(0.06 + 0.34 * double(value) / double(sum)));
    painter.fillRect(rect, shade);
  }
  if (cell.first == names_.size() && cell.second == names_.size())
    return;  // nothing taken for nothing is no number
  painter.setPen(value > 0 ? c.text : c.dim);
  painter.drawText(rect, Qt::AlignCenter, QLocale().toString(static_cast<qulonglong>(value)));
  if (picked_ == cell) {
    painter.setPen(QPen(c.text, 1));
    painter.drawRect(rect.adjusted(0, 0, -1, -1));
  }
  if (cell == current_ && hasFocus()) {
    painter.setPen(QPen(c.accent, 2));
    painter.drawRect(rect.adjusted(1, 1, -1, -1));
  }
}

void ConfusionView::paintHeaders(QPainter& painter) {
  const ThemeColours& c = colours();
  const int width = viewport()->width(), height = viewport()->height();
  const QFontMetrics metrics(painter.font());
  const auto swatchAt = [&](int index, const QPointF& centre) {
    if (index >= static_cast<int>(shown_.size())) return;
    painter.fillRect(QRectF(centre.x() - 4, centre.y() - 4, 8, 8),
                     palette_(shown_[static_cast<std::size_t>(index)]));
  };
  painter.fillRect(0, 0, width, top_, c.canvas);
  painter.fillRect(0, top_, left_, height - top_, c.canvas);
  painter.setClipRect(0, top_, left_, height - top_);
  for (int row = 0; row < count(); ++row) {
    const QRect cell = cellRect({row, 0});
    if (cell.bottom() < top_ || cell.top() > height) continue;
    const QRect rect(4, cell.top(), left_ - 22, cell.height());
    painter.setPen(c.text);
    painter.drawText(rect, Qt::AlignRight | Qt::AlignVCenter,
                     metrics.elidedText(name(row), Qt::ElideRight, rect.width()));
    swatchAt(row, QPointF(left_ - 10, cell.center().y()));
  }
  painter.setClipRect(left_, 0, width - left_, top_);
  for (int column = 0; column < count(); ++column) {
    const QRect cell = cellRect({0, column});
    if (cell.right() < left_ || cell.left() > width) continue;
    painter.setPen(c.text);
    if (upright_) {
      painter.save();
      painter.translate(cell.center().x(), top_ - 4);
      painter.rotate(-90);
      const QRect rect(0, -10, top_ - 26, 20);
      painter.drawText(rect, Qt::AlignLeft | Qt::AlignVCenter,
                       metrics.elidedText(name(column), Qt::ElideRight, rect.width()));
      painter.restore();
    } else {
      const QRect rect(cell.left(), 20, cell.width() - 2, 20);
      painter.drawText(rect, Qt::AlignCenter,
                       metrics.elidedText(name(column), Qt::ElideRight, rect.width()));
    }
  }
  painter.setClipping(false);
  painter.setPen(c.dim);
  painter.drawText(QRect(left_, 0, width - left_ - 4, 20), Qt::AlignLeft | Qt::AlignVCenter,
                   tr("taken for \u2192"));
  painter.drawText(QRect(4, top_ - 20, left_ - 8, 20), Qt::AlignRight | Qt::AlignVCenter,
                   tr("truth \u2193"));
}

void ConfusionView::paintEvent(QPaintEvent*) {
  QPainter painter(viewport());
  painter.fillRect(viewport()->rect(), colours().canvas);
  if (matrix_.empty()) return;
  painter.setFont(numberFont(TextSize::Small));
  const auto first = [](int offset, int side) { return offset / side; };
  const auto last = [this](int offset, int room, int side) {
    return std::min(count() - 1, (offset + std::max(0, room)) / side);
  };
  const int x = horizontalScrollBar()->value(), y = verticalScrollBar()->value();
  for (int row = first(y, cell_.height());
       row <= last(y, viewport()->height() - top_, cell_.height()); ++row) {
    for (int column = first(x, cell_.width());
         column <= last(x, viewport()->width() - left_, cell_.width()); ++column) {
      paintCell(painter, {row, column});
    }
  }
  painter.setFont(textFont(TextSize::Small));
  paintHeaders(painter);
}

void ConfusionView::resizeEvent(QResizeEvent* event) {
  QAbstractScrollArea::resizeEvent(event);
  measure();
}

void ConfusionView::moveTo(Cell cell) {
  current_ = {std::clamp(cell.first, 0, count() - 1), std::clamp(cell.second, 0, count() - 1)};
  const QRect rect = cellRect(current_);
  if (rect.left() < left_)
    horizontalScrollBar()->setValue(horizontalScrollBar()->value() + rect.left() - left_);
  if (rect.right() > viewport()->width()) {
    horizontalScrollBar()->setValue(horizontalScrollBar()->value() + rect.right() -
                                    viewport()->width() + 1);
  }
  if (rect.top() < top_)
    verticalScrollBar()->setValue(verticalScrollBar()->value() + rect.top() - top_);
  if (rect.bottom() > viewport()->height()) {
    verticalScrollBar()->setValue(verticalScrollBar()->value() + rect.bottom() -
                                  viewport()->height() + 1);
  }
  setAccessibleDescription(cellText(current_));
  viewport()->update();
}

void ConfusionView::mousePressEvent(QMouseEvent* event) {
  const auto cell = cellAt(event->position().toPoint());
  if (event->button() != Qt::LeftButton || !cell) return;
  moveTo(*cell);
  Q_EMIT picked(cell->first, cell->second);
}

void ConfusionView::keyPressEvent(QKeyEvent* event) {
  if (matrix_.empty()) return QAbstractScrollArea::keyPressEvent(event);
  const auto [row, column] = current_;
  switch (event->key()) {
    case Qt::Key_Left:
      return moveTo({row, column - 1});
    case Qt::Key_Right:
      return moveTo({row, column + 1});
    case Qt::Key_Up:
      return moveTo({row - 1, column});
    case Qt::Key_Down:
      return moveTo({row + 1, column});
    case Qt::Key_Home:
      return moveTo({row, 0});
    case Qt::Key_End:
      return moveTo({row, count() - 1});
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
      Q_EMIT picked(row, column);
      return;
    default:
      return QAbstractScrollArea::keyPressEvent(event);
  }
}

bool ConfusionView::viewportEvent(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    auto* help = static_cast<QHelpEvent*>(event);
    const auto cell = cellAt(help->pos());
    QToolTip::showText(help->globalPos(), cell ? cellText(*cell) : QString(), viewport());
    return true;
  }
  return QAbstractScrollArea::viewportEvent(event);
}

}  // namespace boxwright::ui
