// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include "ui/job_error.h"

namespace boxwright::ui {

class ErrorBar;
class Page;

/// Tells, on the bar of a page where labels are edited, how saving them goes: what an earlier
/// session left, what cannot be saved, who else has written them; and takes it from there when it
/// holds no longer. Of the page, which owns it. GUI thread only.
class SavingNews : public QObject {
  Q_OBJECT
 public:
  explicit SavingNews(Page& page);

 Q_SIGNALS:
  /// For the page's status line.
  void told(const QString& text);

 private:
  void tellFailure(const JobError& error);
  void tellRestored(int edits);
  void tellPictureConflict();
  void tellConflict(const JobError& what);
  void tellElsewhere(int picture);
  void clear();

  Page& page_;
  JobError shown_;  ///< what it has put on the bar last
};

}  // namespace boxwright::ui
