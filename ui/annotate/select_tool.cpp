// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/annotate/select_tool.h"

#include <QKeyEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/annotate/annotate_canvas.h"
#include "ui/box_painter.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr double handleReach = 6;  ///< pixels of the screen
constexpr int handleSide = 7;
constexpr double roomForMiddles = 30;  ///< a shorter side has handles at its ends only

bool adds(Qt::KeyboardModifiers modifiers) {
  return modifiers & (Qt::ControlModifier | Qt::ShiftModifier);
}

bool isMiddle(Handle handle) {
  return handle == Handle::Top || handle == Handle::Right || handle == Handle::Bottom ||
         handle == Handle::Left;
}

bool hasRoom(Handle handle, const QRectF& r) {
  const bool across = handle == Handle::Top || handle == Handle::Bottom;
  return !isMiddle(handle) || (across ? r.width() : r.height()) >= roomForMiddles;
}

Qt::CursorShape cursorOf(Handle handle) {
  switch (handle) {
    case Handle::TopLeft:
    case Handle::BottomRight:
      return Qt::SizeFDiagCursor;
    case Handle::TopRight:
    case Handle::BottomLeft:
      return Qt::SizeBDiagCursor;
    case Handle::Top:
    case Handle::Bottom:
      return Qt::SizeVerCursor;
    default:
      return Qt::SizeHorCursor;
  }
}

}  // namespace

const Box* SelectTool::single() const {
  return editor_.selected().size() == 1 ? editor_.box(editor_.selected().front()) : nullptr;
}

std::optional<Handle> SelectTool::handleAt(const ToolPoint& point) const {
  const Box* box = single();
  if (!box) return {};
  const QRectF r(canvas_.toWidget({box->rect.left, box->rect.top}),
                 canvas_.toWidget({box->rect.right, box->rect.bottom}));
  // The middle of a small box is for moving it.
  const double inX = std::min(handleReach, r.width() / 4);
  const double inY = std::min(handleReach, r.height() / 4);
  for (int i = 0; i < handleCount; ++i) {
    const auto handle = static_cast<Handle>(i);
    if (!hasRoom(handle, r)) continue;
    const QPointF d = point.screen - canvas_.toWidget(handlePoint(box->rect, handle));
    if (std::abs(d.x()) > handleReach || std::abs(d.y()) > handleReach) continue;
    const double left = point.screen.x() - r.left(), right = r.right() - point.screen.x();
    const double top = point.screen.y() - r.top(), bottom = r.bottom() - point.screen.y();
    if (std::min(left, right) > inX && std::min(top, bottom) > inY) continue;
    return handle;
  }
  return {};
}

void SelectTool::press(const ToolPoint& point) {
  finishKeys();
  from_ = point;
  if (const auto handle = handleAt(point); handle && !adds(point.modifiers)) {
    handle_ = *handle;
    grip_ = point.picture - handlePoint(single()->rect, handle_);
    placeAgain();
    state_ = State::Resizing;
    return;
  }
  const std::vector<std::uint32_t> pile = canvas_.pileAt(point.screen);
  if (pile.empty()) {
    before_ = adds(point.modifiers) ? editor_.selected() : std::vector<std::uint32_t>();
    editor_.select(before_);
    canvas_.pickPrediction(point);
    band_ = {};
    state_ = State::Band;
    return;
  }
  if (adds(point.modifiers)) {
    editor_.toggle(pile.front());
    return;
  }
  wasSelected_ = std::any_of(pile.begin(), pile.end(),
                             [this](std::uint32_t id) { return editor_.isSelected(id); });
  if (!wasSelected_) canvas_.pick(point);
  placeAgain();
  state_ = State::Pressed;
}

void SelectTool::placeAgain() {
  start_.clear();
  for (const Box& box : editor_.boxes()) {
    if (editor_.isSelected(box.id)) start_.emplace_back(box.id, box.rect);
  }
  now_ = start_;
  nudged_ = {};
}

void SelectTool::moveBy(QPointF by) {
  std::vector<Rect> rects;
  for (const auto& entry : start_)
    rects.push_back(entry.second);
  by = moveWithin(rects, by, editor_.size());
  for (std::size_t i = 0; i < start_.size(); ++i)
    now_[i].second = moved(start_[i].second, by);
  canvas_.preview(now_);
}

void SelectTool::move(const ToolPoint& point) {
  if (state_ == State::Pressed && !sameClick(point.screen, from_.screen)) state_ = State::Moving;
  if (state_ == State::Moving) {
    QPointF by = point.picture - from_.picture;
    if (canvas_.roundsToPixels()) by = {std::round(by.x()), std::round(by.y())};
    moveBy(by);
  } else if (state_ == State::Resizing && !start_.empty()) {
    if (sameClick(point.screen, from_.screen)) return;
    now_[0].second = resized(start_[0].second, handle_, point.picture - grip_, editor_.size(),
                             canvas_.roundsToPixels());
    canvas_.preview(now_);
  } else if (state_ == State::Band) {
    takeBand(point);
  }
}

void SelectTool::takeBand(const ToolPoint& point) {
  band_ = QRectF(from_.picture, point.picture).normalized();
  std::vector<std::uint32_t> ids = before_;
  for (const Box& box : editor_.boxes()) {
    const Rect& r = box.rect;
    // Wholly in it: what it only touches lies behind or around what is meant.
    if (r.left >= band_.left() && r.right <= band_.right() && r.top >= band_.top() &&
        r.bottom <= band_.bottom()) {
      ids.push_back(box.id);
    }
  }
  editor_.select(std::move(ids));
  canvas_.update();
}

void SelectTool::release(const ToolPoint& point) {
  const State was = state_;
  state_ = State::Idle;
  canvas_.update();
  if (was == State::Moving) {
    editor_.move(now_);
    canvas_.showLabels();  // where they were, if that was not allowed
  } else if (was == State::Resizing && !now_.empty()) {
    editor_.resize(now_[0].first, now_[0].second);
    canvas_.showLabels();
  } else if (was == State::Pressed && wasSelected_) {
    canvas_.pick(point);
  }
}

bool SelectTool::keyPressed(const QKeyEvent& event) {
  const double step = event.modifiers() & Qt::ShiftModifier ? 10 : 1;
  QPointF by;
  switch (event.key()) {
    case Qt::Key_Left:
      by = {-step, 0};
      break;
    case Qt::Key_Right:
      by = {step, 0};
      break;
    case Qt::Key_Up:
      by = {0, -step};
      break;
    case Qt::Key_Down:
      by = {0, step};
      break;
    default:
      return false;
  }
  if (editor_.selected().empty()) return false;
  if (state_ != State::Idle && state_ != State::Nudging) return true;
  if (state_ == State::Idle) placeAgain();
  state_ = State::Nudging;
  nudged_ += by;
  moveBy(nudged_);
  return true;
}

void SelectTool::keyReleased(const QKeyEvent& event) {
  const int key = event.key();
  const bool arrow =
      key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Up || key == Qt::Key_Down;
  if (arrow && !event.isAutoRepeat()) finishKeys();
}

void SelectTool::finishKeys() {
  if (state_ != State::Nudging) return;
  state_ = State::Idle;
  editor_.move(now_);
  canvas_.showLabels();
}

bool SelectTool::cancel() {
  if (state_ == State::Idle) return false;
  const bool band = state_ == State::Band;
  state_ = State::Idle;
  if (band) {
    editor_.select(before_);
    canvas_.update();
  } else {
    canvas_.showLabels();
  }
  return true;
}

Qt::CursorShape SelectTool::cursor(const ToolPoint& point) const {
  if (state_ == State::Resizing) return cursorOf(handle_);
  if (const auto handle = handleAt(point)) return cursorOf(*handle);
  for (const std::uint32_t id : canvas_.pileAt(point.screen)) {
    if (editor_.isSelected(id)) return Qt::SizeAllCursor;
  }
  return canvas_.boxAt(point.screen) ? Qt::PointingHandCursor : Qt::ArrowCursor;
}

void SelectTool::paint(QPainter& painter, const PictureView& view, const ToolPoint*) const {
  const ThemeColours& c = colours();
  if (state_ == State::Band && !band_.isEmpty()) {
    const QRectF r(canvas_.toWidget(band_.topLeft()), canvas_.toWidget(band_.bottomRight()));
    QColor ground = c.accent;
    ground.setAlpha(40);
    painter.setPen(QPen(c.accent, 1));
    painter.setBrush(ground);
    painter.drawRect(r.toRect());
  }
  const Box* box = single();
  if (!box) return;
  const bool dragged = state_ != State::Idle && now_.size() == 1 && now_[0].first == box->id;
  const Rect rect = dragged ? now_[0].second : box->rect;
  const QRectF r = view.toScreen(rect);
  for (int i = 0; i < handleCount; ++i) {
    const auto handle = static_cast<Handle>(i);
    if (!hasRoom(handle, r)) continue;
    const QPointF at = canvas_.toWidget(handlePoint(rect, handle));
    const QRect square(static_cast<int>(std::floor(at.x())) - handleSide / 2,
                       static_cast<int>(std::floor(at.y())) - handleSide / 2, handleSide,
                       handleSide);
    painter.fillRect(square, QColor(20, 20, 20));
    painter.fillRect(square.adjusted(1, 1, -1, -1), QColor(Qt::white));
  }
}

}  // namespace boxwright::ui
