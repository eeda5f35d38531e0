// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/saving_news.h"

#include <QStringList>
#include <algorithm>

#include "ui/error_bar.h"
#include "ui/label_keeper.h"
#include "ui/page.h"
#include "ui/studio_state.h"

namespace boxwright::ui {

SavingNews::SavingNews(Page& page) : QObject(&page), page_(page) {
  LabelKeeper& labels = page.state().labels();
  connect(&labels, &LabelKeeper::failed, this, &SavingNews::tellFailure);
  connect(&labels, &LabelKeeper::recovered, this, [this] {
    clear();
    Q_EMIT told(tr("The labels are saved again."));
  });
  connect(&labels, &LabelKeeper::restored, this, &SavingNews::tellRestored);
  connect(&labels, &LabelKeeper::partlyRestored, this, [this](const JobError& why) {
    shown_ = why;
    page_.errorBar()->showMessage(ErrorBar::Kind::Warning, shown_);
  });
  connect(&labels, &LabelKeeper::conflictFound, this, &SavingNews::tellPictureConflict);
  connect(&labels, &LabelKeeper::classConflictFound, this, [this] {
    tellConflict({tr("Another program has written the list of classes"),
                  {},
                  tr("Yours is kept and not written over it. The backups keep what is "
                     "overwritten.")});
  });
  connect(&labels, &LabelKeeper::conflictsEnded, this, &SavingNews::clear);
  connect(&labels, &LabelKeeper::changedElsewhere, this, &SavingNews::tellElsewhere);
  connect(&labels, &LabelKeeper::unlocked, this, [this] {
    clear();
    Q_EMIT told(tr("The other window has gone: labels can be edited here."));
  });
}

void SavingNews::tellFailure(const JobError& error) {
  LabelKeeper& labels = page_.state().labels();
  shown_ = error;
  if (labels.isReady()) {
    page_.errorBar()->showError(error, tr("Try again"), [&labels] { labels.saveAll(true); });
  } else if (page_.isVisible()) {
    // Whoever has had it meanwhile may have changed it.
    StudioState& state = page_.state();
    page_.errorBar()->showError(error, tr("Read the dataset again"),
                                [&state] { state.requestOpen(state.document().path()); });
  }
}

void SavingNews::tellRestored(int edits) {
  shown_ = {edits == 1
                ? tr("An edit of the last session, which did not end, is here again")
                : tr("%L1 edits of the last session, which did not end, are here again").arg(edits),
            {},
            tr("They can be undone like any other.")};
  page_.errorBar()->showMessage(ErrorBar::Kind::Note, shown_);
}

void SavingNews::tellPictureConflict() {
  constexpr int mostNames = 5;
  const LabelKeeper& labels = page_.state().labels();
  const Dataset& dataset = page_.state().document().dataset();
  QList<int> pictures = labels.conflicts().values();
  std::sort(pictures.begin(), pictures.end());
  QStringList names;
  for (const int picture : pictures.first(std::min(mostNames, static_cast<int>(pictures.size()))))
    names << QString::fromStdString(dataset.pictures[static_cast<std::size_t>(picture)].path);
  const auto others = pictures.size() - names.size();
  if (others > 0) names << tr("%L1 more").arg(others);
  tellConflict(
      {pictures.size() == 1
           ? tr("Another program has written the labels of a picture")
           : tr("Another program has written the labels of %L1 pictures").arg(pictures.size()),
       names.join(QStringLiteral(", ")),
       labels.classesUnsaved()
           ? tr("Yours are kept and not written over them, and the changed classes wait with them. "
                "The backups keep what is overwritten.")
           : tr("Yours are kept and not written over them. The backups keep what is "
                "overwritten.")});
}

void SavingNews::tellConflict(const JobError& what) {
  LabelKeeper& labels = page_.state().labels();
  shown_ = what;
  page_.errorBar()->showMessage(ErrorBar::Kind::Warning, shown_, tr("Overwrite with mine"),
                                [&labels] { labels.overrule(); });
}

void SavingNews::tellElsewhere(int picture) {
  StudioState& state = page_.state();
  const DatasetDocument& document = state.document();
  const bool edited = document.history().size() > 0;
  shown_ = {tr("Other pictures or classes are in the dataset than are shown"), {}, {}};
  if (picture >= 0 && edited) {
    const std::string& path = document.dataset().pictures[static_cast<std::size_t>(picture)].path;
    shown_ = {tr("Another program has written the labels of a picture"),
              QString::fromStdString(path),
              {}};
  }
  shown_.advice = edited ? tr("They are shown once the dataset is read again. Yours are saved "
                              "before that, and cannot be undone after it.")
                         : tr("They are shown once the dataset is read again.");
  page_.errorBar()->showMessage(ErrorBar::Kind::Warning, shown_, tr("Read the dataset again"),
                                [&state] { state.requestOpen(state.document().path()); });
}

void SavingNews::clear() {
  // Something else may stand there by now.
  if (page_.errorBar()->current() == shown_) page_.errorBar()->clear();
}

}  // namespace boxwright::ui
