// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/tree_page.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QShortcut>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/error_bar.h"
#include "ui/studio_state.h"
#include "ui/theme.h"
#include "ui/tree/node_finder.h"
#include "ui/tree/part_classes.h"
#include "ui/tree/tree_actions.h"
#include "ui/tree/tree_inspector.h"
#include "ui/tree/tree_model.h"
#include "ui/tree/tree_view.h"

namespace boxwright::ui {
namespace {

constexpr int searchWidth = 280;

}  // namespace

TreePage::TreePage(StudioState& state, QWidget* parent)
    : Page(QStringLiteral("tree"), tr("Tree"), QStringLiteral("tree"), state, parent),
      keeper_(state, tree_),
      model_(new TreeModel(tree_, this)),
      view_(new TreeView(*model_)),
      inspector_(new TreeInspector(tree_)) {
  actions_ = new TreeActions(this, view_, inspector_->classes());
  setBody(makeContent(), inspector_, tr("Datasets"));
  inspector_->setActions(*actions_);
  finder_ = new NodeFinder(tree_, this);
  connectActions();
  connectKeeper();
  const DatasetDocument& document = state.document();
  for (const auto change : {&DatasetDocument::reset, &DatasetDocument::opened}) {
    connect(&document, change, this, &TreePage::refresh);
    connect(&document, change, this, &TreePage::availabilityChanged);
  }
  connect(&document, &DatasetDocument::reset, this, [this] {
    if (!tree_.isOpen()) errorBar()->clear();
  });
  connect(&document, &DatasetDocument::opened, this, [this] {
    if (!isVisible()) return;
    keeper_.show();
    takeFocus();
  });
  refresh();
}

QString TreePage::unavailableReason() const {
  const DatasetDocument& document = state().document();
  if (!document.isOpen()) return tr("open a dataset first");
  if (document.isOpening() && !tree_.isOpen()) return tr("the dataset is still being read");
  return {};
}

QList<QAction*> TreePage::menuActions() const {
  return actions_->menu();
}

void TreePage::activated() {
  keeper_.show();
  refresh();
  takeFocus();
}

/// Unless something of the page has it.
void TreePage::takeFocus() {
  if (!isVisible() || !tree_.isOpen()) return;
  const QWidget* const focus = window()->focusWidget();
  if (!focus || !isAncestorOf(focus)) view_->setFocus();
}

bool TreePage::search() {
  search_->setFocus(Qt::ShortcutFocusReason);
  search_->selectAll();
  return true;
}

QWidget* TreePage::makeContent() {
  QHBoxLayout* row = nullptr;
  QWidget* const header = makeHeader(row);
  search_ = new QLineEdit;
  search_->setPlaceholderText(tr("Find a class of the tree"));
  search_->setAccessibleName(tr("Find a class of the tree"));
  search_->setMaximumWidth(searchWidth);
  search_->setClearButtonEnabled(false);
  QAction* const glass =
      search_->addAction(themeIcon(QStringLiteral("search")), QLineEdit::LeadingPosition);
  glass->setEnabled(false);
  foundText_ = new QLabel;
  foundText_->setFont(numberFont());
  setTone(foundText_, Tone::Dim);
  row->addWidget(search_, 1);
  for (QAction* action : {actions_->previous, actions_->next}) {
    auto* button = new QToolButton;
    button->setDefaultAction(action);
    button->setAutoRaise(true);
    button->setAccessibleName(action->text());
    row->addWidget(button);
  }
  row->addWidget(foundText_);
  row->addStretch(1);
  for (QAction* action : {actions_->addChild, actions_->save}) {
    auto* button = new QToolButton;
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonTextOnly);
    button->setAccessibleName(action->text());
    row->addWidget(button);
  }
  actions_->addChild->setIconText(tr("Add a class"));
  actions_->save->setIconText(tr("Save"));

  hint_ = makeText({}, Tone::Dim);
  hint_->setContentsMargins(metric::margin, metric::gap, metric::margin, metric::gap);
  waiting_ = makeText({}, Tone::Dim);
  waiting_->setAlignment(Qt::AlignCenter);
  auto* whole = new QWidget;
  whole->setAutoFillBackground(true);
  whole->setBackgroundRole(QPalette::Base);
  auto* column = new QVBoxLayout(whole);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(header);
  column->addWidget(hint_);
  column->addWidget(view_, 1);
  stack_ = new QStackedWidget;
  stack_->addWidget(waiting_);
  stack_->addWidget(whole);

  connect(search_, &QLineEdit::textChanged, this, [this] {
    findAgain();
    if (!found_.empty()) goToFound(0);
  });
  connect(search_, &QLineEdit::returnPressed, this, [this] { goToFound(1); });
  for (const Qt::Key key : {Qt::Key_Escape, Qt::Key_Down})
    connect(new QShortcut(key, search_, nullptr, nullptr, Qt::WidgetShortcut),
            &QShortcut::activated, view_, qOverload<>(&QWidget::setFocus));
  connect(view_, &TreeView::menuWanted, this,
          [this](const QPoint& at) { showMenu(at, actions_->ofNode()); });
  connect(view_, &TreeView::currentNodeChanged, this, &TreePage::refreshActions);
  QTableView* const classes = inspector_->classes();
  classes->setContextMenuPolicy(Qt::CustomContextMenu);
  connect(classes, &QWidget::customContextMenuRequested, this, [this, classes](const QPoint& at) {
    showMenu(classes->viewport()->mapToGlobal(at), actions_->ofClass());
  });
  connect(inspector_, &TreeInspector::nodeWanted, this, [this](NodeId node) {
    const std::vector<ClassPlace> places = inspector_->selectedClasses();
    if (node < 0 && places.size() == 1) node = tree_.suggestionOf(places.front());
    if (node >= 0) view_->choose(node);
  });
  connect(inspector_, &TreeInspector::chosenChanged, this, &TreePage::refreshActions);
  connect(&tree_, &TreeDocument::changed, this, &TreePage::refresh);
  connect(&tree_, &TreeDocument::historyChanged, this, &TreePage::refresh);
  connect(&tree_, &TreeDocument::changed, this, [this] {
    if (!search_->text().isEmpty()) findAgain();
  });
  connect(&tree_, &TreeDocument::refused, this, [this](const QString& why) {
    errorBar()->showMessage(ErrorBar::Kind::Warning,
                            {tr("That cannot be done: %1").arg(why), {}, {}});
  });
  return stack_;
}

void TreePage::connectActions() {
  const TreeActions& a = *actions_;
  const auto on = [this](QAction* action, auto slot) {
    connect(action, &QAction::triggered, this, slot);
  };
  on(a.undo, [this] { tree_.undo(); });
  on(a.redo, [this] { tree_.redo(); });
  on(a.save, &TreePage::save);
  on(a.saveAs, &TreePage::saveAs);
  on(a.discard, &TreePage::discard);
  on(a.addChild, [this] { add(true); });
  on(a.addSibling, [this] { add(false); });
  on(a.rename, [this] {
    if (view_->currentNode() >= 0) view_->editName(view_->currentNode());
  });
  on(a.remove, &TreePage::removeChosen);
  on(a.merge, &TreePage::mergeChosen);
  on(a.cut, [this] {
    model_->setCut(view_->selectedNodes());
    view_->viewport()->update();
    refreshActions();
  });
  on(a.paste, &TreePage::pasteCut);
  on(a.up, [this] { moveBy(-1); });
  on(a.down, [this] { moveBy(1); });
  on(a.out, &TreePage::moveOut);
  on(a.in, &TreePage::moveIn);
  on(a.find, [this] { search(); });
  on(a.next, [this] { goToFound(1); });
  on(a.previous, [this] { goToFound(-1); });
  on(a.unfold, [this] {
    if (!view_->unfoldAll())
      errorBar()->showMessage(
          ErrorBar::Kind::Note,
          {tr("The upper levels are unfolded; all %L1 classes at once would be too many rows.")
               .arg(tree_.project().nodeCount()),
           {},
           {}});
  });
  on(a.fold, [this] { view_->foldAll(); });
  on(a.take, &TreePage::takeChosen);
  on(a.choose, &TreePage::chooseNode);
  on(a.unmap, [this] { mapChosen(-1); });
  on(a.takeAll, [this] { tree_.edit(mapClasses(tree_.project(), tree_.allSuggestions())); });
  on(a.addUnmapped, [this] { tree_.edit(addUnmapped(tree_.project())); });
  on(a.addDataset, [this] { askForDataset(false); });
  on(a.addDatasetFile, [this] { askForDataset(true); });
  on(a.removeDataset, [this] {
    const int part = inspector_->currentPart();
    if (part >= 0) tree_.edit(removePart(tree_.project(), part));
  });
  on(a.fromText, [this] { askForTree(TreeKeeper::Source::IndentedText); });
  on(a.fromFolders, [this] { askForTree(TreeKeeper::Source::Folders); });
  on(a.fromPaths, [this] { askForTree(TreeKeeper::Source::Paths); });
  on(a.fromTree, [this] { askForTree(TreeKeeper::Source::TreeFile); });
}

void TreePage::connectKeeper() {
  connect(&keeper_, &TreeKeeper::loadingChanged, this, &TreePage::refresh);
  connect(&keeper_, &TreeKeeper::loadingChanged, this, &TreePage::availabilityChanged);
  connect(&keeper_, &TreeKeeper::keepingChanged, this, &TreePage::showStatus);
  connect(&keeper_, &TreeKeeper::restored, this, &TreePage::tellRestored);
  connect(&keeper_, &TreeKeeper::saved, this, &TreePage::tellSaved);
  connect(&keeper_, &TreeKeeper::conflicted, this, &TreePage::tellConflict);
  connect(&keeper_, &TreeKeeper::changedOutside, this, [this] {
    errorBar()->showMessage(
        ErrorBar::Kind::Warning,
        {tr("Another program has changed the tree, and here something is not saved"),
         {},
         tr("Saving will ask before anything of theirs is written over.")},
        tr("Take theirs"), [this] { keeper_.discard(); });
  });
  connect(&keeper_, &TreeKeeper::failed, this, [this](const JobError& error) {
    if (tree_.isOpen()) {
      errorBar()->showError(error);
    } else {
      errorBar()->showError(error, tr("Try again"), [this] { keeper_.show(); });
    }
    refresh();
  });
}

void TreePage::refresh() {
  const bool shown = stack_->currentIndex() == 1;
  stack_->setCurrentIndex(tree_.isOpen() ? 1 : 0);
  if (!shown) takeFocus();
  waiting_->setText(keeper_.isLoading() ? tr("Reading the tree and its datasets\u2026")
                                        : QString());
  showHint();
  showStatus();
  refreshActions();
  state().setTreeUnsaved(tree_.isModified());
}

void TreePage::refreshActions() {
  const TreeActions& a = *actions_;
  const TreeProject& project = tree_.project();
  const bool open = tree_.isOpen();
  const bool node = open && view_->currentNode() >= 0;
  const std::vector<ClassPlace> places = inspector_->selectedClasses();
  const auto name = [](QAction* action, const QString& verb, const QString& what) {
    action->setEnabled(!what.isEmpty());
    action->setText(what.isEmpty() ? verb : QStringLiteral("%1: %2").arg(verb, what));
  };
  a.undo->setProperty("keyTitle", tr("Undo"));
  a.redo->setProperty("keyTitle", tr("Redo"));
  name(a.undo, tr("Undo"), tree_.undoTitle());
  name(a.redo, tr("Redo"), tree_.redoTitle());
  for (QAction* action :
       {a.saveAs, a.addChild, a.addSibling, a.find, a.unfold, a.fold, a.addDataset,
        a.addDatasetFile, a.fromText, a.fromFolders, a.fromPaths, a.fromTree})
    action->setEnabled(open);
  a.save->setEnabled(open && (tree_.isModified() || keeper_.file().empty()));
  a.discard->setEnabled(open && tree_.isModified());
  for (QAction* action : {a.rename, a.remove, a.merge, a.cut, a.up, a.down, a.out, a.in})
    action->setEnabled(node);
  a.paste->setEnabled(open && !model_->cut().empty());
  for (QAction* action : {a.next, a.previous})
    action->setEnabled(!found_.empty());
  const bool suggested = std::any_of(places.begin(), places.end(), [this](ClassPlace place) {
    return tree_.suggestionOf(place) >= 0;
  });
  const int without = inspector_->model().unmapped();
  a.take->setEnabled(suggested);
  a.choose->setEnabled(!places.empty());
  a.unmap->setEnabled(!places.empty());
  a.takeAll->setEnabled(without > 0 && !tree_.allSuggestions().empty());
  a.addUnmapped->setEnabled(without > 0);
  a.removeDataset->setEnabled(inspector_->currentPart() >= 0 && !project.parts().empty());
}

void TreePage::showHint() {
  const TreeProject& project = tree_.project();
  const bool flat = static_cast<int>(project.childrenOf(-1).size()) == project.nodeCount();
  QString text;
  if (tree_.isOpen() && project.nodeCount() == 0) {
    text = tr("There is no class yet. Add one with Shift+Ins, or take a tree from the menu Tree.");
  } else if (tree_.isOpen() && flat) {
    text =
        tr("No class lies below another yet. Drag one onto another, or add a class for a family "
           "(Shift+Ins) and drag its members onto it.");
    if (keeper_.file().empty())
      text +=
          tr(" Saving writes a combined dataset with this tree; the datasets stay as they are.");
  }
  hint_->setText(text);
  hint_->setVisible(!text.isEmpty());
}

void TreePage::showStatus() {
  if (!tree_.isOpen()) {
    setStatusText({});
    return;
  }
  const int classes = tree_.project().nodeCount(), without = tree_.project().unmappedCount();
  QStringList parts{classes == 1 ? tr("1 class") : tr("%L1 classes").arg(classes)};
  if (without == 1) parts << tr("1 class of a dataset without a node");
  if (without > 1) parts << tr("%L1 classes of datasets without a node").arg(without);
  if (tree_.isModified())
    parts << (keeper_.cannotKeep() ? tr("not saved, and not kept in case of a crash")
                                   : tr("not saved, kept in case of a crash"));
  setStatusText(parts.join(QStringLiteral(" \u00b7 ")));
}

void TreePage::showMenu(const QPoint& global, const QList<QAction*>& actions) {
  if (!tree_.isOpen()) return;
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->addActions(actions);
  menu->popup(global);
}

void TreePage::findAgain() {
  found_ = nodesNamed(tree_.project(), search_->text().trimmed().toStdString());
  foundAt_ = -1;
  model_->setFound(found_);
  view_->viewport()->update();
  foundText_->setText(search_->text().trimmed().isEmpty() ? QString()
                      : found_.empty()                    ? tr("none")
                                                          : tr("%L1 found").arg(found_.size()));
  refreshActions();
}

void TreePage::goToFound(int step) {
  if (found_.empty()) return;
  const auto count = static_cast<int>(found_.size());
  // From where one is, if that is one of them.
  const auto here = std::find(found_.begin(), found_.end(), view_->currentNode());
  if (here != found_.end() && foundAt_ >= 0) foundAt_ = static_cast<int>(here - found_.begin());
  foundAt_ = foundAt_ < 0 ? (step < 0 ? count - 1 : 0) : (foundAt_ + step + count) % count;
  view_->choose(found_[static_cast<std::size_t>(foundAt_)]);
  foundText_->setText(tr("%L1 of %L2").arg(foundAt_ + 1).arg(count));
}

}  // namespace boxwright::ui
