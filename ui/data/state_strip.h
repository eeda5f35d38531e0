// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QTimer>
#include <QWidget>
#include <utility>

class QAbstractItemView;

namespace boxwright::ui {

class DatasetDocument;
class PictureListModel;

/// A narrow strip beside a list of pictures that shows all of it, coloured by state, with the part
/// in view as a frame and the pictures with problems along its edge. A click chooses a picture, a
/// drag scrolls the list, the wheel and the keys of a scroll bar do as there. What is drawn is kept
/// as one row of pixels, which is brought up to date in slices of a few milliseconds. GUI thread.
class StateStrip : public QWidget {
  Q_OBJECT
 public:
  StateStrip(DatasetDocument& document, PictureListModel& model, QWidget* parent = nullptr);

  /// The list that is scrolled and whose part in view is framed.
  void follow(QAbstractItemView* view);
  /// The shared selection: an index into the dataset, or -1.
  void setPicture(int picture);

  /// The list's row that is drawn at this height, or -1.
  int rowAt(double y) const;
  /// What is drawn there; for tests.
  QColor colourAt(int y) const;

 Q_SIGNALS:
  void picked(int picture);

 protected:
  bool event(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void drawAnew();
  void drawRows(int first, int last);
  void drawSlice();
  void drawPixel(int y);
  void scrollTo(double y);
  /// The part in view, from 0 to 1.
  std::pair<double, double> inView() const;

  DatasetDocument& document_;
  PictureListModel& model_;
  QAbstractItemView* view_ = nullptr;
  QImage
      states_;  ///< a column for the state, one for problems; a line for each pixel of the height
  int from_ = 0, to_ = 0;  ///< lines that are to be drawn again
  QTimer drawing_;
  int picture_ = -1;
  double pressedAt_ = -1;
  bool dragging_ = false;
};

}  // namespace boxwright::ui
