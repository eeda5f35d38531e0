// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/tree_actions.h"

#include <QAction>
#include <QMenu>
#include <QWidget>

#include "ui/keys/key_bindings.h"
#include "ui/theme.h"

namespace boxwright::ui {

TreeActions::TreeActions(QWidget* page, QWidget* tree, QWidget* classes)
    : QObject(page), page_(page) {
  using Key = QKeySequence;
  undo = make(page, "undo", tr("Undo"), {Key(Qt::CTRL | Qt::Key_Z)});
  redo = make(page, "redo", tr("Redo"),
              {Key(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), Key(Qt::CTRL | Qt::Key_Y)});
  save = make(page, "save", tr("Save the tree"), {Key(Qt::CTRL | Qt::Key_S)});
  saveAs =
      make(page, "save-as", tr("Save the tree as\u2026"), {Key(Qt::CTRL | Qt::ALT | Qt::Key_S)});
  discard = make(page, "discard", tr("Go back to the saved tree"), {});

  addChild = make(tree, "add-child", tr("Add a class below"), {Key(Qt::Key_Insert)});
  addSibling =
      make(tree, "add-sibling", tr("Add a class beside"), {Key(Qt::SHIFT | Qt::Key_Insert)});
  rename = make(tree, "rename", tr("Rename"),
                {Key(Qt::Key_F2), Key(Qt::Key_Return), Key(Qt::Key_Enter)});
  remove = make(tree, "remove", tr("Remove from the tree"), {Key(Qt::Key_Delete)});
  merge = make(tree, "merge", tr("Merge into\u2026"), {Key(Qt::CTRL | Qt::Key_M)});
  cut = make(tree, "cut", tr("Cut"), {Key(Qt::CTRL | Qt::Key_X)});
  paste = make(tree, "paste", tr("Paste below"), {Key(Qt::CTRL | Qt::Key_V)});
  up = make(tree, "up", tr("Move up"), {Key(Qt::ALT | Qt::Key_Up)});
  down = make(tree, "down", tr("Move down"), {Key(Qt::ALT | Qt::Key_Down)});
  out = make(tree, "out", tr("Move out, behind its parent"), {Key(Qt::ALT | Qt::Key_Left)});
  in = make(tree, "in", tr("Move in, below the one above it"), {Key(Qt::ALT | Qt::Key_Right)});

  find = make(page, "find", tr("Find a class of the tree"), {Key(Qt::Key_Slash)});
  next = make(page, "find-next", tr("Next found"), {Key(Qt::CTRL | Qt::Key_G)});
  previous =
      make(page, "find-previous", tr("Previous found"), {Key(Qt::CTRL | Qt::SHIFT | Qt::Key_G)});
  next->setIcon(themeIcon(QStringLiteral("next")));
  previous->setIcon(themeIcon(QStringLiteral("previous")));
  unfold = make(page, "unfold-all", tr("Unfold all"),
                {Key(Qt::CTRL | Qt::Key_Plus), Key(Qt::CTRL | Qt::Key_Equal)});
  fold = make(page, "fold-all", tr("Fold all"), {Key(Qt::CTRL | Qt::Key_Minus)});

  take = make(classes, "take", tr("Take the suggested node"),
              {Key(Qt::Key_Return), Key(Qt::Key_Enter)});
  choose = make(classes, "choose", tr("Choose its node\u2026"), {Key(Qt::Key_F2)});
  unmap = make(classes, "unmap", tr("Give it no node"), {Key(Qt::Key_Delete)});
  for (QAction* action : {take, choose, unmap})
    action->setProperty(keyGroup, tr("Classes of datasets"));
  takeAll = make(page, "take-all", tr("Take all suggested nodes"),
                 {Key(Qt::CTRL | Qt::Key_Return), Key(Qt::CTRL | Qt::Key_Enter)});
  addUnmapped = make(page, "add-unmapped", tr("Add those without a node to the tree"),
                     {Key(Qt::CTRL | Qt::SHIFT | Qt::Key_A)});
  take->setIconText(tr("Take"));
  takeAll->setIconText(tr("Take all"));
  addUnmapped->setIconText(tr("Add to the tree"));

  addDataset = make(page, "add-dataset", tr("Add a dataset\u2026"), {Key(Qt::CTRL | Qt::Key_D)});
  addDataset->setIconText(tr("Add\u2026"));
  addDatasetFile = make(page, "add-dataset-file", tr("Add a dataset by its file\u2026"),
                        {Key(Qt::CTRL | Qt::ALT | Qt::Key_D)});
  addDatasetFile->setIconText(tr("Add a file\u2026"));
  removeDataset = make(page, "remove-dataset", tr("Remove the dataset"), {});
  removeDataset->setIconText(tr("Remove"));
  fromText = make(page, "from-text", tr("An indented text\u2026"), {});
  fromFolders = make(page, "from-folders", tr("Folders in folders\u2026"), {});
  fromPaths = make(page, "from-paths", tr("Ways (animal > dog > pug)\u2026"), {});
  fromTree = make(page, "from-tree", tr("A .tree with its .names\u2026"), {});

  ofNode_ = {addChild,        addSibling, rename, merge, remove, makeSeparator(), cut, paste,
             makeSeparator(), up,         down,   out,   in};
  ofClass_ = {take, choose, unmap, makeSeparator(), takeAll, addUnmapped};
  menu_ = {undo, redo, save, saveAs, discard, makeSeparator()};
  menu_ << makeMenu(tr("New tree from"), {fromText, fromFolders, fromPaths, fromTree});
  menu_ << addDataset << addDatasetFile << removeDataset << makeSeparator() << ofNode_
        << makeSeparator();
  menu_ << makeMenu(tr("Classes of datasets"), ofClass_) << makeSeparator();
  menu_ << find << next << previous << unfold << fold;
}

TreeActions::~TreeActions() = default;

QAction* TreeActions::make(QWidget* where, const char* name, const QString& text,
                           const QList<QKeySequence>& keys) {
  auto* action = new QAction(text, this);
  action->setObjectName(QStringLiteral("tree/") + QLatin1String(name));
  action->setShortcuts(keys);
  action->setShortcutContext(where == page_ ? Qt::WidgetWithChildrenShortcut : Qt::WidgetShortcut);
  if (!keys.isEmpty())
    action->setToolTip(
        QStringLiteral("%1 (%2)").arg(text, keys.front().toString(QKeySequence::NativeText)));
  where->addAction(action);
  return action;
}

QAction* TreeActions::makeMenu(const QString& text, const QList<QAction*>& actions) {
  auto menu = std::make_unique<QMenu>(text);
  menu->addActions(actions);
  menus_.push_back(std::move(menu));
  return menus_.back()->menuAction();
}

QAction* TreeActions::makeSeparator() {
  auto* separator = new QAction(this);
  separator->setSeparator(true);
  return separator;
}

}  // namespace boxwright::ui
