// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "ui/annotate/label_editor.h"
#include "ui/annotate/tool.h"
#include "ui/picture_canvas.h"

namespace boxwright::ui {

enum class ToolKind { Draw, Select, Pan };

/// The picture in view with its labels, and the tool that changes them. Space+drag, the middle
/// button and the pan tool move the view; Esc breaks off, then goes back to selecting, then selects
/// nothing.
class AnnotateCanvas : public PictureCanvas {
  Q_OBJECT
 public:
  explicit AnnotateCanvas(LabelEditor& editor, QWidget* parent = nullptr);
  ~AnnotateCanvas() override;

  void setTool(ToolKind kind);
  ToolKind tool() const { return kind_; }
  /// Breaks off what the pointer has begun; false where nothing was.
  bool cancelGesture();
  /// Ends what the keyboard has begun.
  void finishKeys();

  /// Draws a box with a heavier line because it is pointed at elsewhere.
  void setHovered(std::optional<std::uint32_t> id);
  std::optional<std::uint32_t> hovered() const { return hovered_; }

  /// What a model found; dashed, apart from the labels.
  void setPredictions(std::vector<CanvasBox> predictions);
  const std::vector<CanvasBox>& predictions() const { return predictions_; }
  /// Moves the view to where the rectangle can be seen, unless it can be seen well.
  void bringIntoView(const Rect& rect);

  /// -100 to 100, 0 as it is. Only what is painted changes.
  void setBrightness(int brightness);
  void setContrast(int contrast);
  int brightness() const { return brightness_; }
  int contrast() const { return contrast_; }

  // For the tools.
  /// Ids of the boxes at the widget's point, the smallest first.
  std::vector<std::uint32_t> pileAt(const QPointF& widgetPoint) const;
  /// Selects the smallest box there; the next of the pile where it was picked there just before.
  void pick(const ToolPoint& point);
  /// Picks the smallest of predictions() there, or none: where no label is.
  void pickPrediction(const ToolPoint& point);
  /// Shows boxes elsewhere than they are, until the next edit or showLabels.
  void preview(const LabelEditor::Places& places);
  /// The boxes as they are.
  void showLabels();
  /// A pixel of the screen is more than one of the picture: places are whole pixels.
  bool roundsToPixels() const { return zoom() < 1; }

 Q_SIGNALS:
  void toolChanged(boxwright::ui::ToolKind kind);
  void hoverChanged();
  void predictionPicked(std::optional<std::uint32_t> id);

 protected:
  void paintPicture(QPainter& painter) override;
  void paintOver(QPainter& painter) override;
  void setCursorFor(const QPointF& widgetPoint) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void keyReleaseEvent(QKeyEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  /// What the painted picture was made of.
  struct Painted {
    qint64 picture = 0;
    QSize size;
    double ratio = 1, zoom = 0;
    QPointF offset;
    int brightness = 0, contrast = 0;
    QColor ground;
    bool operator==(const Painted&) const = default;
  };

  ToolPoint at(const QPointF& widgetPoint, Qt::KeyboardModifiers modifiers) const;
  void markSelected();
  void hoverAt(const QPointF& widgetPoint);
  Tool* active() const { return tool_.get(); }

  LabelEditor& editor_;
  ToolKind kind_ = ToolKind::Select;
  std::unique_ptr<Tool> tool_;  ///< null for Pan
  bool pressed_ = false;        ///< the left button, for the tool
  std::optional<ToolPoint> pointer_;
  std::optional<std::uint32_t> hovered_;
  std::vector<CanvasBox> predictions_;
  QPointF picked_;  ///< where a box was picked last, in the picture
  int brightness_ = 0, contrast_ = 0;
  Painted painted_;
  QImage cache_;
};

/// "1 RBC": the digit of the class, which the first ten have, and its name.
QString labelOf(int classId, const LabelEditor& editor);

}  // namespace boxwright::ui
