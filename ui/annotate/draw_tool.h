// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "core/geometry/box.h"
#include "ui/annotate/tool.h"

namespace boxwright::ui {

/// Draws boxes of the current class by a drag or by two clicks, over and inside others: it takes
/// hold of none. Ctrl+click selects.
class DrawTool : public Tool {
 public:
  using Tool::Tool;

  void press(const ToolPoint& point) override;
  void move(const ToolPoint& point) override;
  void release(const ToolPoint& point) override;
  bool cancel() override;
  Qt::CursorShape cursor(const ToolPoint&) const override { return Qt::CrossCursor; }
  void paint(QPainter& painter, const PictureView& view, const ToolPoint* pointer) const override;

 private:
  enum class State { Idle, Dragging, Anchored, Closing };

  std::optional<Rect> rectTo(const ToolPoint& point) const;
  void paintChip(QPainter& painter, const PictureView& view, const ToolPoint& pointer) const;

  State state_ = State::Idle;
  ToolPoint anchor_;
};

}  // namespace boxwright::ui
