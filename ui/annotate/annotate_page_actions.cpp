// SPDX-License-Identifier: GPL-3.0-or-later
//
// The part of AnnotatePage that says what its actions do.
#include <QAction>
#include <QApplication>
#include <QCursor>
#include <QKeyEvent>
#include <algorithm>
#include <memory>

#include "core/data/annotation_change.h"
#include "core/data/edit_history.h"
#include "ui/annotate/annotate_actions.h"
#include "ui/annotate/annotate_canvas.h"
#include "ui/annotate/annotate_page.h"
#include "ui/annotate/class_finder.h"
#include "ui/annotate/picture_side.h"
#include "ui/annotate/series_filler.h"
#include "ui/classes/class_dialog.h"
#include "ui/label_keeper.h"
#include "ui/menu_text.h"
#include "ui/studio_state.h"

namespace boxwright::ui {

void AnnotatePage::act(const std::function<void()>& what) {
  canvas_->finishKeys();
  canvas_->cancelGesture();
  what();
  refreshActions();  // a checkable one may have been refused
}

void AnnotatePage::connectActions() {
  const auto tool = [this](QAction* action, ToolKind kind) {
    connect(action, &QAction::triggered, this, [this, kind] {
      canvas_->setTool(kind);
      canvas_->setFocus();
      refreshActions();
    });
  };
  tool(actions_->draw, ToolKind::Draw);
  tool(actions_->select, ToolKind::Select);
  tool(actions_->pan, ToolKind::Pan);
  connectEdits();
  connectView();
}

void AnnotatePage::connectEdits() {
  const auto edit = [this](QAction* action, void (LabelEditor::*what)()) {
    connect(action, &QAction::triggered, this,
            [this, what] { act([this, what] { (editor_.*what)(); }); });
  };
  edit(actions_->copy, &LabelEditor::copy);
  edit(actions_->cut, &LabelEditor::cut);
  edit(actions_->paste, &LabelEditor::paste);
  edit(actions_->pastePrevious, &LabelEditor::pastePrevious);
  edit(actions_->duplicate, &LabelEditor::duplicate);
  edit(actions_->remove, &LabelEditor::removeSelected);
  edit(actions_->selectAll, &LabelEditor::selectAll);
  edit(actions_->negative, &LabelEditor::markNegative);
  edit(actions_->unlabelled, &LabelEditor::markUnlabelled);
  edit(actions_->verified, &LabelEditor::toggleVerified);
  connect(actions_->fillSeries, &QAction::triggered, this, [this] {
    act([this] {
      if (editor_.picture() < 0 || editor_.picture() != state().picture()) return;
      tell(fillSeries(state().document(), editor_.picture()));
    });
  });
  connect(actions_->undo, &QAction::triggered, this, &AnnotatePage::undo);
  connect(actions_->redo, &QAction::triggered, this,
          [this] { act([this] { state().document().redo(); }); });
  connect(actions_->save, &QAction::triggered, this, [this] { state().labels().saveAll(true); });
  for (std::size_t i = 0; i < actions_->classes.size(); ++i) {
    connect(actions_->classes[i], &QAction::triggered, this,
            [this, i] { chooseClass(static_cast<int>(i)); });
  }
  connect(actions_->findClass, &QAction::triggered, this, &AnnotatePage::findClass);
  connect(actions_->editClasses, &QAction::triggered, this, [this] {
    canvas_->finishKeys();
    openClassDialog(state(), this, [this](const QString& why) { tell(why); });
  });
}

void AnnotatePage::connectView() {
  const auto go = [this](QAction* action, const std::function<void()>& where) {
    connect(action, &QAction::triggered, this, [this, where] { act(where); });
  };
  go(actions_->deletePicture, [this] { deletePicture(); });
  go(actions_->previous, [this] { side_->step(-1); });
  go(actions_->next, [this] { side_->step(1); });
  go(actions_->nextUnlabelled, [this] {
    if (!side_->nextUnlabelled()) tell(tr("No other unlabelled picture among these"));
  });
  go(actions_->nextUnverified, [this] {
    if (!side_->nextUnverified()) tell(tr("All other labels among these are verified"));
  });
  connect(actions_->fit, &QAction::triggered, canvas_, &PictureCanvas::fit);
  connect(actions_->actual, &QAction::triggered, canvas_,
          [this] { canvas_->setZoom(1 / canvas_->devicePixelRatioF()); });
  connect(actions_->zoomIn, &QAction::triggered, canvas_, [this] { canvas_->zoomBy(1.25); });
  connect(actions_->zoomOut, &QAction::triggered, canvas_, [this] { canvas_->zoomBy(0.8); });
  connect(actions_->hide, &QAction::triggered, this, &AnnotatePage::holdHidden);
}

void AnnotatePage::undo() {
  canvas_->finishKeys();
  if (canvas_->cancelGesture()) return;  // what is half done is what is taken back
  state().document().undo();
}

void AnnotatePage::deletePicture() {
  DatasetDocument& document = state().document();
  const int picture = editor_.picture();
  if (picture < 0 || picture != state().picture() || !document.isEditable()) return;
  const auto index = static_cast<std::size_t>(picture);
  const Picture& p = document.dataset().pictures[index];
  const QString file = QString::fromStdString(p.path).section(QLatin1Char('/'), -1);
  auto after = std::make_shared<Annotation>();
  after->trashed = true;
  state().labels().saveAll();  // they go along as they are now
  const Edit edit{tr("Delete %1").arg(file).toStdString(), {{index, p.annotation, after}}};
  document.edit(edit);
  followTrash(edit);
  deleted_.insert(picture);  // told when it is done
}

void AnnotatePage::followTrash(const Edit& edit) {
  const DatasetDocument& document = state().document();
  bool any = false;
  for (const PictureEdit& change : edit.pictures) {
    if (change.before->trashed == change.after->trashed) continue;
    any = true;
    const auto picture = static_cast<int>(change.picture);
    if (!document.isTrashed(picture)) {
      returned_.insert(picture);
    } else if (state().picture() == picture) {
      side_->step(1);
      if (state().picture() == picture) side_->step(-1);
      if (state().picture() == picture) state().select(-1);
    }
  }
  if (any) state().labels().saveAll();
}

void AnnotatePage::showUndone(const Edit& edit, bool again) {
  // A change of the classes is of no picture in particular.
  if (edit.pictures.empty() || edit.classes) {
    if (!isVisible()) return;
    tell((again ? tr("Redone: %1") : tr("Undone: %1")).arg(QString::fromStdString(edit.name)));
    return;
  }
  followTrash(edit);
  if (!isVisible()) return;  // it was taken back on another page
  const DatasetDocument& document = state().document();
  const int current = state().picture();
  const auto here = std::find_if(
      edit.pictures.begin(), edit.pictures.end(),
      [current](const PictureEdit& change) { return static_cast<int>(change.picture) == current; });
  const PictureEdit& shown = here != edit.pictures.end() ? *here : edit.pictures.front();
  // The boxes that have come or changed by it.
  const AnnotationChange change = again ? changeBetween(*shown.before, *shown.after)
                                        : changeBetween(*shown.after, *shown.before);
  std::vector<std::uint32_t> ids;
  if (canvas_->tool() == ToolKind::Select) {
    for (const AnnotationChange::PlacedBox& box : change.added)
      ids.push_back(box.box.id);
  }
  const auto picture = static_cast<int>(shown.picture);
  if (document.isTrashed(picture)) {
    // Another is in view by now.
  } else if (editor_.picture() == picture) {
    editor_.select(std::move(ids));
  } else {
    selectWhenShown_ = std::move(ids);
    state().select(picture);
  }
  const std::string& path = document.dataset().pictures[shown.picture].path;
  const QString file = QString::fromStdString(path).section(QLatin1Char('/'), -1);
  const QString text = again ? tr("Redone in %1: %2") : tr("Undone in %1: %2");
  tell(text.arg(file, QString::fromStdString(edit.name)));
}

void AnnotatePage::chooseClass(int classId) {
  if (!editor_.selected().empty()) canvas_->finishKeys();
  editor_.chooseClass(classId);
  refreshActions();
}

void AnnotatePage::findClass() {
  canvas_->finishKeys();
  const QPoint pointer = canvas_->mapFromGlobal(QCursor::pos());
  const QPoint at = canvas_->rect().contains(pointer) ? pointer : canvas_->rect().center();
  finder_->openAt(at);
}

void AnnotatePage::holdHidden() {
  if (hidden_) {
    qApp->removeEventFilter(this);
  } else {
    canvas_->finishKeys();
    qApp->installEventFilter(this);  // whoever has the keyboard when the key is let go of
  }
  hidden_ = !hidden_;
  canvas_->setBoxesVisible(!hidden_);
}

bool AnnotatePage::eventFilter(QObject* watched, QEvent* event) {
  if (hidden_) {
    const auto isItsKey = [this](const QKeyEvent& of) {
      const QList<QKeySequence> keys = actions_->hide->shortcuts();
      return std::any_of(keys.begin(), keys.end(), [&](const QKeySequence& key) {
        return key[0].key() == static_cast<Qt::Key>(of.key());
      });
    };
    const bool released = event->type() == QEvent::KeyRelease &&
                          !static_cast<QKeyEvent*>(event)->isAutoRepeat() &&
                          isItsKey(*static_cast<QKeyEvent*>(event));
    if (released || event->type() == QEvent::ApplicationDeactivate) holdHidden();
  }
  return Page::eventFilter(watched, event);
}

void AnnotatePage::refreshActions() {
  const DatasetDocument& document = state().document();
  const EditHistory& history = document.history();
  const bool editable = document.isEditable();
  const auto name = [](QAction* action, const QString& word, const Edit* edit) {
    action->setText(edit ? word + QLatin1Char(' ') + menuText(QString::fromStdString(edit->name))
                         : word);
  };
  name(actions_->undo, tr("Undo"), history.undoable());
  name(actions_->redo, tr("Redo"), history.redoable());
  actions_->undo->setEnabled(editable && history.undoable());
  actions_->redo->setEnabled(editable && history.redoable());

  const bool chosen = !editor_.selected().empty();
  actions_->copy->setEnabled(chosen);
  for (QAction* action : {actions_->cut, actions_->duplicate, actions_->remove})
    action->setEnabled(chosen && editable);
  actions_->paste->setEnabled(editor_.hasCopied() && editable);
  actions_->selectAll->setEnabled(!editor_.boxes().empty());
  for (QAction* action : {actions_->pastePrevious, actions_->fillSeries, actions_->deletePicture,
                          actions_->negative, actions_->unlabelled, actions_->verified}) {
    action->setEnabled(editable && state().picture() >= 0);
  }
  const Annotation& annotation = editor_.annotation();
  const bool known = editor_.picture() >= 0;
  actions_->negative->setChecked(known && annotation.state == LabelState::Negative);
  actions_->unlabelled->setChecked(known && annotation.state == LabelState::Unlabelled);
  actions_->verified->setChecked(known && annotation.verified);

  actions_->draw->setChecked(canvas_->tool() == ToolKind::Draw);
  actions_->select->setChecked(canvas_->tool() == ToolKind::Select);
  actions_->pan->setChecked(canvas_->tool() == ToolKind::Pan);

  const std::size_t classes = document.dataset().classes.size();
  for (std::size_t i = 0; i < actions_->classes.size(); ++i) {
    QAction* action = actions_->classes[i];
    const auto id = static_cast<int>(i);
    action->setVisible(i < classes);
    action->setEnabled(i < classes);
    action->setText(i < classes ? menuText(editor_.className(id)) : QString());
    action->setChecked(id == editor_.currentClass());
  }
  actions_->findClass->setEnabled(classes > 0);
  actions_->editClasses->setEnabled(document.isOpen() && !document.isOpening());
}

}  // namespace boxwright::ui
