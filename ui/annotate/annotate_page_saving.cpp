// SPDX-License-Identifier: GPL-3.0-or-later
//
// The part of AnnotatePage that has what was edited saved, and tells how that goes.
#include "ui/annotate/annotate_canvas.h"
#include "ui/annotate/annotate_page.h"
#include "ui/label_keeper.h"
#include "ui/saving_news.h"
#include "ui/studio_state.h"

namespace boxwright::ui {

void AnnotatePage::connectSaving() {
  LabelKeeper& labels = state().labels();
  connect(&labels, &LabelKeeper::stateChanged, this, &AnnotatePage::showStatus);
  auto* news = new SavingNews(*this);
  connect(news, &SavingNews::told, this, &AnnotatePage::tell);
  connect(&labels, &LabelKeeper::saved, this, [this](int picture) {
    const DatasetDocument& document = state().document();
    if (deleted_.erase(picture) == 0 || !document.isTrashed(picture)) return;
    const std::string& path = document.dataset().pictures[static_cast<std::size_t>(picture)].path;
    tell(tr("%1 and its labels are in the trash")
             .arg(QString::fromStdString(path).section(QLatin1Char('/'), -1)));
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
