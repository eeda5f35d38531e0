// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "ui/tree/tree_document.h"

class QLabel;
class QListWidget;
class QTableView;

namespace boxwright::ui {

class PartClasses;
class TreeActions;

/// The datasets of the tree, and below them their classes with the nodes they are.
class TreeInspector : public QWidget {
  Q_OBJECT
 public:
  explicit TreeInspector(TreeDocument& tree, QWidget* parent = nullptr);

  void setActions(const TreeActions& actions);
  QTableView* classes() const { return view_; }
  PartClasses& model() const { return *model_; }
  /// The chosen dataset; -1: none.
  int currentPart() const;
  std::vector<ClassPlace> selectedClasses() const;

 Q_SIGNALS:
  /// Of a class that was clicked or come to.
  void nodeWanted(boxwright::NodeId node);
  void chosenChanged();

 private:
  void showParts();
  void showClasses();
  void remember();
  void chooseAgain();

  TreeDocument& tree_;
  PartClasses* model_;
  QLabel* partsCaption_;
  QListWidget* parts_;
  QLabel* classesCaption_;
  QTableView* view_;
  QWidget* partButtons_;
  QWidget* classButtons_;
  ClassPlace current_{-1, -1};
  int row_ = -1;
};

}  // namespace boxwright::ui
