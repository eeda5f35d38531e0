// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "ui/evaluate/evaluation.h"

class QLabel;
class QStackedWidget;
class QToolButton;

namespace boxwright::ui {

class ClassBars;
class NodeTable;

/// The scores of the classes: as bars and, of a model over a class tree, of every node as a table,
/// which then comes first.
class ClassPane : public QWidget {
  Q_OBJECT
 public:
  explicit ClassPane(QWidget* parent = nullptr);

  void setEvaluations(const std::vector<ScoredEvaluation>& models);
  ClassBars* bars() const { return bars_; }
  NodeTable* nodes() const { return nodes_; }
  bool hasTree() const { return hasTree_; }

 private:
  void choose(bool tree);

  QLabel* caption_;
  QToolButton *byTree_, *byClass_;
  QStackedWidget* views_;
  ClassBars* bars_;
  NodeTable* nodes_;
  bool hasTree_ = false;
};

}  // namespace boxwright::ui
