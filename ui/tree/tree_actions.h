// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QKeySequence>
#include <QList>
#include <QObject>
#include <memory>
#include <vector>

class QAction;
class QMenu;

namespace boxwright::ui {

/// The actions of the Tree page with their keys; the page connects them. Those on rows work while
/// the list that they are about has the focus.
class TreeActions : public QObject {
  Q_OBJECT
 public:
  TreeActions(QWidget* page, QWidget* tree, QWidget* classes);
  ~TreeActions() override;

  QAction *undo, *redo, *save, *saveAs, *discard;
  QAction *addChild, *addSibling, *rename, *remove, *merge, *cut, *paste;
  QAction *up, *down, *out, *in;
  QAction *find, *next, *previous, *unfold, *fold;
  QAction *take, *choose, *unmap, *takeAll, *addUnmapped;
  QAction *addDataset, *addDatasetFile, *removeDataset;
  QAction *fromText, *fromFolders, *fromPaths, *fromTree;

  const QList<QAction*>& menu() const { return menu_; }
  /// Those on a node of the tree, and on a class of a dataset.
  const QList<QAction*>& ofNode() const { return ofNode_; }
  const QList<QAction*>& ofClass() const { return ofClass_; }

 private:
  /// For `where` alone, or where it is the page for all in it.
  QAction* make(QWidget* where, const char* name, const QString& text,
                const QList<QKeySequence>& keys);
  QAction* makeMenu(const QString& text, const QList<QAction*>& actions);
  QAction* makeSeparator();

  QWidget* page_;
  QList<QAction*> menu_, ofNode_, ofClass_;
  std::vector<std::unique_ptr<QMenu>> menus_;
};

}  // namespace boxwright::ui
