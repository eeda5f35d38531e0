// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>

#include "ui/annotate/box_geometry.h"
#include "ui/annotate/label_editor.h"
#include "ui/annotate/tool.h"

namespace boxwright::ui {

/// Selects, moves and resizes boxes: the smallest under the pointer first, the next of the pile by
/// another click in the same place; the arrow keys move by pixels.
class SelectTool : public Tool {
 public:
  using Tool::Tool;

  void press(const ToolPoint& point) override;
  void move(const ToolPoint& point) override;
  void release(const ToolPoint& point) override;
  bool keyPressed(const QKeyEvent& event) override;
  void keyReleased(const QKeyEvent& event) override;
  bool cancel() override;
  void finishKeys() override;
  Qt::CursorShape cursor(const ToolPoint& point) const override;
  void paint(QPainter& painter, const PictureView& view, const ToolPoint* pointer) const override;

 private:
  enum class State { Idle, Pressed, Moving, Resizing, Band, Nudging };

  /// The selected box where it is the only one, with its place as it was.
  const Box* single() const;
  std::optional<Handle> handleAt(const ToolPoint& point) const;
  void moveBy(QPointF by);
  void placeAgain();
  void takeBand(const ToolPoint& point);

  State state_ = State::Idle;
  ToolPoint from_;
  bool wasSelected_ = false;  ///< what was pressed on
  Handle handle_ = Handle::TopLeft;
  QPointF grip_;  ///< from the handle's point to where it was taken hold of
  QPointF nudged_;
  QRectF band_;                        ///< in the picture
  std::vector<std::uint32_t> before_;  ///< selected when the band began
  LabelEditor::Places start_, now_;    ///< of what is dragged
};

}  // namespace boxwright::ui
