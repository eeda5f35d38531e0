// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QPointF>
#include <QRectF>
#include <QString>
#include <QTransform>
#include <QWidget>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/image/image.h"
#include "ui/box_painter.h"
#include "ui/class_palette.h"

namespace boxwright::ui {

/// The picture as Qt paints it (RGB32, deep copy). Any thread; do it off the GUI thread.
QImage toQImage(const Image& image);

/// A picture with its halvings, so that painting it small stays cheap. Build it off the GUI thread.
struct PicturePyramid {
  QSize fullSize;              ///< the upright picture's own pixels, which boxes are given in
  std::vector<QImage> levels;  ///< each half the one before; the first may be smaller than fullSize

  bool empty() const { return levels.empty(); }
};
PicturePyramid makePyramid(QImage picture, QSize fullSize = {});

/// Shows a picture or video frame with boxes: 1 px lines of fixed screen size with a dark outline,
/// label plates outside where there is room. Wheel (or Ctrl+wheel) zooms at the pointer, drag or
/// Space+drag pans, F fits, 1 shows pixels as they are, + and - zoom. Keeps the viewport when
/// the next picture has the same size. One painted layer; the smallest box under the pointer wins.
/// AnnotateCanvas derives from it and changes the boxes.
class PictureCanvas : public QWidget {
  Q_OBJECT
 public:
  explicit PictureCanvas(QWidget* parent = nullptr);

  void setPicture(PicturePyramid picture);
  void setBoxes(std::vector<CanvasBox> boxes);
  const std::vector<CanvasBox>& boxes() const { return boxes_; }
  /// The usual colours until told otherwise.
  void setClassPalette(ClassPalette palette);
  const ClassPalette& classPalette() const { return classPalette_; }
  void clear();
  bool hasPicture() const { return !picture_.empty(); }
  QSize pictureSize() const { return picture_.fullSize; }
  /// A sentence in the middle while there is no picture.
  void setMessage(const QString& text);

  void setHighlighted(std::optional<std::uint32_t> id);
  std::optional<std::uint32_t> highlighted() const { return highlighted_; }
  void setBoxesVisible(bool visible);
  bool boxesVisible() const { return boxesVisible_; }

  void fit();
  /// 1 shows one picture pixel on one screen pixel.
  void setZoom(double zoom);
  void zoomBy(double factor);
  double zoom() const { return zoom_; }
  /// Makes the rectangle fill at most about a third of the view, at most at 8 times.
  void showRect(const Rect& rect);

  QPointF toPicture(const QPointF& widgetPoint) const;
  QPointF toWidget(const QPointF& picturePoint) const;
  /// Id of the smallest box at the widget's point.
  std::optional<std::uint32_t> boxAt(const QPointF& widgetPoint) const;

 Q_SIGNALS:
  void zoomChanged(double zoom);
  /// Picture pixels; outside the picture: nothing to show.
  void pointerMoved(const QPointF& picturePoint, bool inside);
  void boxClicked(quint32 id);
  void emptyClicked();

 protected:
  /// The picture as far as it is in view; paintOver comes after the boxes.
  virtual void paintPicture(QPainter& painter);
  virtual void paintOver(QPainter&) {}
  virtual void setCursorFor(const QPointF& widgetPoint);
  /// Another one for another picture.
  qint64 pictureKey() const { return picture_.empty() ? 0 : picture_.levels.front().cacheKey(); }
  PictureView view() const { return {QRectF(rect()), zoom_, offset_}; }
  /// The view is being dragged, or will be by the next drag.
  bool isPanning() const { return dragging_; }
  bool isSpaceHeld() const { return spaceHeld_; }
  std::vector<CanvasBox>& shownBoxes() { return boxes_; }

  void paintEvent(QPaintEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void keyReleaseEvent(QKeyEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void zoomAt(const QPointF& widgetPoint, double zoom);
  void keepInView();
  double fitZoom() const;

  PicturePyramid picture_;
  std::vector<CanvasBox> boxes_;
  ClassPalette classPalette_;
  std::optional<std::uint32_t> highlighted_;
  bool boxesVisible_ = true;
  QString message_;
  double zoom_ = 1;
  QPointF offset_;  ///< widget position of the picture's corner
  bool fitted_ = true;
  bool spaceHeld_ = false;
  bool dragging_ = false;
  bool moved_ = false;
  QPointF pressed_, offsetAtPress_;
};

}  // namespace boxwright::ui
