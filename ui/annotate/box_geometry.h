// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>
#include <QSizeF>
#include <optional>
#include <vector>

#include "core/geometry/box.h"

namespace boxwright::ui {

/// What of a box is dragged to change its size; in the order in which they are looked for.
enum class Handle {
  TopLeft,
  TopRight,
  BottomRight,
  BottomLeft,
  Top,
  Right,
  Bottom,
  Left,
};
inline constexpr int handleCount = 8;

/// In the picture.
QPointF handlePoint(const Rect& rect, Handle handle);

/// The least width and height that is given to a box, picture pixels: not every layout of labels
/// can hold a box of one pixel (core/data/README.md).
inline constexpr double smallestSide = 2;

/// The rectangle between two points, cut at the edges of a picture of `size`, at least smallestSide
/// wide and high; nothing where it does not touch the picture. `whole` puts its edges on whole
/// pixels.
std::optional<Rect> drawnRect(QPointF from, QPointF to, QSizeF size, bool whole);

/// As much of `by` as keeps all of the rectangles in the picture; those that stick out already may
/// not go further.
QPointF moveWithin(const std::vector<Rect>& rects, QPointF by, QSizeF size);

Rect moved(const Rect& rect, QPointF by);

/// `rect` put into the picture: moved where it sticks out, smaller where the picture is.
Rect fitted(const Rect& rect, QSizeF size);

/// With one handle dragged to a point; it may go past the opposite side.
Rect resized(const Rect& rect, Handle handle, QPointF to, QSizeF size, bool whole);

}  // namespace boxwright::ui
