// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>
#include <Qt>

class QKeyEvent;
class QPainter;

namespace boxwright::ui {

class AnnotateCanvas;
class LabelEditor;
struct PictureView;

/// Where the pointer is, on the screen and in the picture.
struct ToolPoint {
  QPointF screen, picture;
  Qt::KeyboardModifiers modifiers;
};

/// What the left button does on the canvas: a small state machine whose gestures each end in one
/// edit, or in none. Owned by the canvas, which hands it the events that are not for the view.
class Tool {
 public:
  Tool(AnnotateCanvas& canvas, LabelEditor& editor) : canvas_(canvas), editor_(editor) {}
  virtual ~Tool() = default;
  Tool(const Tool&) = delete;
  Tool& operator=(const Tool&) = delete;

  virtual void press(const ToolPoint& point) = 0;
  virtual void move(const ToolPoint& point) = 0;
  virtual void release(const ToolPoint& point) = 0;
  /// True where the key was for the tool.
  virtual bool keyPressed(const QKeyEvent&) { return false; }
  virtual void keyReleased(const QKeyEvent&) {}
  /// Breaks off what has been begun; false where nothing was.
  virtual bool cancel() = 0;
  /// Ends what the keyboard has begun and not let go of.
  virtual void finishKeys() {}
  virtual Qt::CursorShape cursor(const ToolPoint& point) const = 0;
  /// Over the boxes; `pointer` is null while it is not on the canvas.
  virtual void paint(QPainter&, const PictureView&, const ToolPoint*) const {}

 protected:
  AnnotateCanvas& canvas_;
  LabelEditor& editor_;
};

/// A drag shorter than this is a click, in pixels of the screen.
inline constexpr double clickReach = 3;
/// Whether two points of the screen are one for a click.
bool sameClick(QPointF a, QPointF b);

}  // namespace boxwright::ui
