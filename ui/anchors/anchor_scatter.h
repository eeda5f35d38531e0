// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <qcustomplot.h>

#include <QColor>
#include <memory>
#include <optional>
#include <vector>

#include "core/geometry/box.h"
#include "ui/anchors/box_sizes.h"
#include "ui/job.h"

namespace boxwright::ui {

/// The colour of a cluster.
QColor clusterColour(int cluster);

/// Box widths against heights, in pixels of the network's input: a fixed sample of at most 20,000
/// points, coloured by cluster, and the anchors over them as boxes of their true shape. The wheel
/// zooms, a drag pans, a double click shows all; a click picks the nearest of all boxes, not only
/// of those drawn. GUI thread.
class AnchorScatter : public QCustomPlot {
  Q_OBJECT
 public:
  explicit AnchorScatter(QWidget* parent = nullptr);

  void setBoxes(std::shared_ptr<const BoxSizes> boxes, int inputSize);
  /// `assignment` has an entry for every box; anchors in pixels of the input. Empty: not clustered.
  void setClusters(std::shared_ptr<const std::vector<int>> assignment, std::vector<Size> anchors);
  void setLogarithmic(bool on);
  bool isLogarithmic() const { return logarithmic_; }
  void resetView();
  void setHighlightedCluster(int cluster);

  /// The box nearest to a point of the widget, within 12 pixels.
  std::optional<std::size_t> boxAt(const QPointF& point) const;
  /// Where box `index` is drawn.
  QPointF positionOf(std::size_t index) const;
  std::size_t drawnPoints() const;

  /// Both ask for a file name; the writing is a Job, its failure comes as failed().
  void saveImageAs();
  void saveCsvAs();
  void saveImage(const QString& file);
  /// All boxes: width and height in pixels of the input, and the anchor from 1 once clustered.
  void saveCsv(const QString& file);

 Q_SIGNALS:
  void boxClicked(qulonglong index);
  void pointedAt(const QString& words);
  void failed(const boxwright::ui::JobError& error);

 protected:
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  class Cloud;
  class Centroids;
  friend class Cloud;
  friend class Centroids;

  void dress();

  std::shared_ptr<const BoxSizes> boxes_;
  std::shared_ptr<const std::vector<int>> assignment_;
  std::vector<Size> anchors_;
  int inputSize_ = 416;
  bool logarithmic_ = false;
  bool zoomed_ = false;
  int highlighted_ = -1;
  QPoint pressed_;
  double smallest_ = 1;
  Job saving_;
};

}  // namespace boxwright::ui
