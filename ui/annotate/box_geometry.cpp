// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/annotate/box_geometry.h"

#include <algorithm>
#include <cmath>

namespace boxwright::ui {
namespace {

/// One axis of drawnRect.
bool span(double from, double to, double size, bool whole, double& low, double& high) {
  low = std::min(from, to);
  high = std::max(from, to);
  if (high < 0 || low > size) return false;
  low = std::clamp(low, 0.0, size);
  high = std::clamp(high, 0.0, size);
  if (whole) {
    low = std::round(low);
    high = std::round(high);
  }
  if (high - low < smallestSide) {
    // From the pixel that was pointed at.
    low = std::clamp(std::floor(low), 0.0, std::max(0.0, size - smallestSide));
    high = std::min(size, low + smallestSide);
  }
  return true;
}

bool movesLeft(Handle h) {
  return h == Handle::TopLeft || h == Handle::Left || h == Handle::BottomLeft;
}
bool movesRight(Handle h) {
  return h == Handle::TopRight || h == Handle::Right || h == Handle::BottomRight;
}
bool movesTop(Handle h) {
  return h == Handle::TopLeft || h == Handle::Top || h == Handle::TopRight;
}
bool movesBottom(Handle h) {
  return h == Handle::BottomLeft || h == Handle::Bottom || h == Handle::BottomRight;
}

/// One edge goes to `to`, `fixed` stays.
void dragEdge(double fixed, double to, double size, bool whole, double& low, double& high) {
  to = std::clamp(whole ? std::round(to) : to, 0.0, size);
  if (std::abs(to - fixed) < smallestSide) {
    to = to < fixed || fixed + smallestSide > size ? fixed - smallestSide : fixed + smallestSide;
  }
  low = std::min(fixed, to);
  high = std::max(fixed, to);
}

double limited(double by, double low, double high, double size) {
  return std::clamp(by, std::min(0.0, -low), std::max(0.0, size - high));
}

}  // namespace

QPointF handlePoint(const Rect& r, Handle handle) {
  const double x = movesLeft(handle) ? r.left : movesRight(handle) ? r.right : r.centreX();
  const double y = movesTop(handle) ? r.top : movesBottom(handle) ? r.bottom : r.centreY();
  return {x, y};
}

std::optional<Rect> drawnRect(QPointF from, QPointF to, QSizeF size, bool whole) {
  Rect r;
  if (!span(from.x(), to.x(), size.width(), whole, r.left, r.right)) return {};
  if (!span(from.y(), to.y(), size.height(), whole, r.top, r.bottom)) return {};
  return r;
}

QPointF moveWithin(const std::vector<Rect>& rects, QPointF by, QSizeF size) {
  for (const Rect& r : rects) {
    by.setX(limited(by.x(), r.left, r.right, size.width()));
    by.setY(limited(by.y(), r.top, r.bottom, size.height()));
  }
  return by;
}

Rect moved(const Rect& r, QPointF by) {
  return {r.left + by.x(), r.top + by.y(), r.right + by.x(), r.bottom + by.y()};
}

Rect fitted(const Rect& r, QSizeF size) {
  const double width = std::min(r.width(), size.width());
  const double height = std::min(r.height(), size.height());
  Rect out;
  out.left = std::clamp(r.left, 0.0, size.width() - width);
  out.top = std::clamp(r.top, 0.0, size.height() - height);
  // What fits already keeps its numbers to the last digit.
  out.right = out.left == r.left && width == r.width() ? r.right : out.left + width;
  out.bottom = out.top == r.top && height == r.height() ? r.bottom : out.top + height;
  return out;
}

Rect resized(const Rect& rect, Handle handle, QPointF to, QSizeF size, bool whole) {
  Rect r = rect;
  if (movesLeft(handle)) dragEdge(rect.right, to.x(), size.width(), whole, r.left, r.right);
  if (movesRight(handle)) dragEdge(rect.left, to.x(), size.width(), whole, r.left, r.right);
  if (movesTop(handle)) dragEdge(rect.bottom, to.y(), size.height(), whole, r.top, r.bottom);
  if (movesBottom(handle)) dragEdge(rect.top, to.y(), size.height(), whole, r.top, r.bottom);
  return r;
}

}  // namespace boxwright::ui
