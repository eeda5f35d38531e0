// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <memory>
#include <optional>
#include <vector>

#include "core/anchors/cluster_anchors.h"
#include "ui/anchors/box_sizes.h"
#include "ui/drain_queue.h"
#include "ui/job.h"
#include "ui/page.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;
class QTableWidget;

namespace boxwright::ui {

class AnchorScatter;
class Chart;

/// Clusters the dataset's box sizes into anchors: scatter, curve over k, table, and the hand-over
/// to training.
class AnchorsPage : public Page {
  Q_OBJECT
 public:
  explicit AnchorsPage(StudioState& state, QWidget* parent = nullptr);

  QString unavailableReason() const override;
  QList<QAction*> menuActions() const override;
  void activated() override;

  /// The result in view, if any.
  const std::optional<AnchorSet>& result() const { return result_; }
  AnchorScatter* scatter() const { return scatter_; }
  Chart* curve() const { return curve_; }
  QPushButton* clusterButton() const { return cluster_; }
  QPushButton* useButton() const { return use_; }
  QSpinBox* stepper() const { return k_; }
  QTableWidget* table() const { return table_; }

 private:
  QWidget* makeContent();
  QWidget* makeInspector();
  void makeActions();
  void documentChanged();
  void boxesChanged();
  void collect();
  void cluster();
  void startCurve();
  void takeCurvePoints();
  /// What clustering and the counts over its clusters gave.
  struct Clustered {
    AnchorSet set;
    std::vector<std::size_t> members;
    std::vector<double> meanIou;
  };
  void showResult(Clustered clustered);
  void forget();
  void forgetCurve();
  void showCurve();
  void refreshButtons();
  void useForTraining();
  void copyAnchors();
  void openBox(qulonglong index);
  ClusterOptions options() const;

  AnchorScatter* scatter_ = nullptr;
  Chart* curve_ = nullptr;
  QTableWidget* table_ = nullptr;
  QLabel* readOut_ = nullptr;
  QCheckBox* log_ = nullptr;
  QSpinBox* k_ = nullptr;
  QComboBox* update_ = nullptr;
  QComboBox* split_ = nullptr;
  QSpinBox* size_ = nullptr;
  QSpinBox* seed_ = nullptr;
  QPushButton* cluster_ = nullptr;
  QPushButton* use_ = nullptr;
  QLabel* meanIou_ = nullptr;
  QLabel* facts_ = nullptr;
  QLabel* advice_ = nullptr;
  QAction* clusterAction_ = nullptr;
  QAction* useAction_ = nullptr;
  QAction* logAction_ = nullptr;
  QAction* allAction_ = nullptr;
  QAction* copyAction_ = nullptr;
  QAction* pictureAction_ = nullptr;
  QAction* tableAction_ = nullptr;

  bool stale_ = true;  ///< the boxes must be collected again
  std::shared_ptr<const BoxSizes> boxes_;
  std::optional<AnchorSet> result_;
  int resultSize_ = 416;
  Job collecting_;
  Job clustering_;
  Job curving_;
  std::shared_ptr<DrainQueue<CurvePoint>> curveQueue_;
  QTimer curveTimer_;
  std::vector<CurvePoint> curvePoints_;
  bool curveDone_ = false;
  bool clusterWhenCollected_ = false;
};

}  // namespace boxwright::ui
