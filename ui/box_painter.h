// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPointF>
#include <QRectF>
#include <QString>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/geometry/box.h"

class QPainter;

namespace boxwright::ui {

class ClassPalette;

/// A box to draw over the picture.
struct CanvasBox {
  std::uint32_t id = 0;
  Rect rect;  ///< pixels of the picture
  int classId = 0;
  QString label;           ///< "RBC" or "RBC 0.87"
  bool strong = false;     ///< with a heavier line, over the others, and labelled in any crowd
  bool predicted = false;  ///< by a model: dashed, whatever its class
};

/// Where a picture lies on the screen.
struct PictureView {
  QRectF screen;  ///< what of the widget can be seen
  double zoom = 1;
  QPointF offset;  ///< of the picture's corner

  QRectF toScreen(const Rect& r) const {
    return {QPointF(r.left, r.top) * zoom + offset, QPointF(r.right, r.bottom) * zoom + offset};
  }
};

/// Draws boxes as lines of one pixel (strong ones: two) at any zoom with a dark outline, from class
/// 10 on dashed; their labels on plates outside where there is room. What is out of sight costs
/// nothing; of more than 60 in sight, and of small ones, only the strong have labels; more than
/// 1,000 have no outlines.
void paintBoxes(QPainter& painter, const PictureView& view, const std::vector<CanvasBox>& boxes,
                const ClassPalette& palette, std::optional<std::uint32_t> highlighted = {});

}  // namespace boxwright::ui
