// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "ui/page.h"
#include "ui/tree/tree_document.h"
#include "ui/tree/tree_keeper.h"

class QLabel;
class QLineEdit;
class QStackedWidget;

namespace boxwright::ui {

class NodeFinder;
class TreeActions;
class TreeInspector;
class TreeModel;
class TreeView;

/// The class tree of the open dataset: of a combined one its own, of another one its classes, from
/// which a tree, and with other datasets a combined one, is made.
class TreePage : public Page {
  Q_OBJECT
 public:
  explicit TreePage(StudioState& state, QWidget* parent = nullptr);

  QString unavailableReason() const override;
  QList<QAction*> menuActions() const override;
  void activated() override;
  bool search() override;

  TreeDocument& tree() { return tree_; }
  TreeKeeper& keeper() { return keeper_; }
  TreeView* view() const { return view_; }
  TreeModel& model() const { return *model_; }
  TreeInspector* inspectorPanel() const { return inspector_; }
  NodeFinder* finder() const { return finder_; }
  QLineEdit* searchField() const { return search_; }
  const TreeActions& actions() const { return *actions_; }
  QLabel* hint() const { return hint_; }

 private:
  QWidget* makeContent();
  void connectActions();
  void connectKeeper();
  void takeFocus();
  void refresh();
  void refreshActions();
  void showHint();
  void showStatus();
  void showMenu(const QPoint& global, const QList<QAction*>& actions);

  void add(bool below);
  void removeChosen();
  void mergeChosen();
  void pasteCut();
  void moveBy(int rows);
  void moveOut();
  void moveIn();
  void takeChosen();
  void chooseNode();
  void mapChosen(NodeId node);
  void findAgain();
  void goToFound(int step);

  // tree_page_files.cpp
  void save();
  void saveAs();
  void write(const QString& file);
  void tellSaved(const std::filesystem::path& file);
  void tellConflict(const std::filesystem::path& wanted,
                    const std::vector<std::filesystem::path>& files);
  void tellRestored(bool changed);
  void askForDataset(bool file);
  void askForTree(TreeKeeper::Source source);
  void discard();

  TreeDocument tree_;
  TreeKeeper keeper_;
  TreeModel* model_;
  TreeView* view_;
  TreeInspector* inspector_;
  TreeActions* actions_ = nullptr;
  NodeFinder* finder_ = nullptr;
  QStackedWidget* stack_ = nullptr;
  QLabel* waiting_ = nullptr;
  QLabel* hint_ = nullptr;
  QLineEdit* search_ = nullptr;
  QLabel* foundText_ = nullptr;
  std::vector<NodeId> found_;
  int foundAt_ = -1;
};

}  // namespace boxwright::ui
