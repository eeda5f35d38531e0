// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "ui/charts/tree_chart.h"
#include "ui/train/run_curves.h"

namespace boxwright::ui {

/// How far a run over a class tree has come at each class, by its newest validation: the colour is
/// the AP50 of what has boxes in the validation pictures, else the top-1 of whole pictures. Hidden
/// for a run without a tree, and for an old one whose log does not tell of its nodes.
class TreeAccuracy : public TreeChart {
  Q_OBJECT
 public:
  explicit TreeAccuracy(QWidget* parent = nullptr);

  /// Follows the run; null: none. To be called again when the curves have grown.
  void showCurves(std::shared_ptr<const RunCurves> curves);

 private:
  QString textOf(int node) const;

  std::shared_ptr<const RunTree> tree_;
  /// The newest, and where each node lies in its results; -1: nowhere.
  std::shared_ptr<const NodeResults> results_;
  std::vector<int> places_;
};

}  // namespace boxwright::ui
