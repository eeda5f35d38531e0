// SPDX-License-Identifier: GPL-3.0-or-later
//
// The part of AnnotatePage that has what was edited saved, and tells how that goes.
#include "ui/annotate/annotate_canvas.h"
#include "ui/annotate/annotate_page.h"
#include "ui/error_bar.h"
#include "ui/label_keeper.h"
#include "ui/studio_state.h"

namespace boxwright::ui {

void AnnotatePage::connectSaving() {
  LabelKeeper& labels = state().labels();
  connect(&labels, &LabelKeeper::stateChanged, this, &AnnotatePage::showStatus);
  connect(&labels, &LabelKeeper::failed, this, [this, &labels](const JobError& error) {
    if (labels.isReady()) {
      errorBar()->showError(error, tr("Try again"), [&labels] { labels.saveAll(true); });
    } else {
      // Whoever has had it meanwhile may have changed it.
      errorBar()->showError(error, tr("Read the dataset again"),
                            [this] { state().requestOpen(state().document().path()); });
    }
  });
  connect(&labels, &LabelKeeper::recovered, this, [this] {
    errorBar()->clear();
    tell(tr("The labels are saved again."));
  });
  connect(&labels, &LabelKeeper::restored, this, [this](int edits) {
    errorBar()->showMessage(
        ErrorBar::Kind::Note,
        {edits == 1
             ? tr("An edit of the last session, which did not end, is here again")
             : tr("%L1 edits of the last session, which did not end, are here again").arg(edits),
         {},
         tr("They can be undone like any other.")});
  });
  connect(&labels, &LabelKeeper::conflictFound, this, [this, &labels](int picture) {
    const Picture& p = state().document().dataset().pictures[static_cast<std::size_t>(picture)];
    const auto others = labels.conflicts().size() - 1;
    errorBar()->showMessage(
        ErrorBar::Kind::Warning,
        {others > 0 ? tr("Another program has written the labels of this picture and of %L1 more")
                          .arg(others)
                    : tr("Another program has written the labels of this picture"),
         QString::fromStdString(p.path),
         tr("Yours are kept and not written over them; Ctrl+S asks again. The backups keep what is "
            "overwritten.")},
        tr("Overwrite with mine"), [this, &labels] {
          errorBar()->clear();
          labels.overrule();
        });
  });
  connect(&labels, &LabelKeeper::classConflictFound, this, [this, &labels] {
    errorBar()->showMessage(
        ErrorBar::Kind::Warning,
        {tr("Another program has written the list of classes"),
         {},
         tr("Yours is kept and not written over it; Ctrl+S asks again. The backups keep what is "
            "overwritten.")},
        tr("Overwrite with mine"), [this, &labels] {
          errorBar()->clear();
          labels.overrule();
        });
  });
  // Another page may be in front while the dataset is read.
  connect(&state().document(), &DatasetDocument::opened, this, [this, &labels] {
    if (isVisible()) labels.begin();
  });
}

void AnnotatePage::hideEvent(QHideEvent* event) {
  Page::hideEvent(event);
  canvas_->finishKeys();
  state().labels().saveAll();
}

}  // namespace boxwright::ui
