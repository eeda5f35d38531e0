// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <filesystem>

#include "ui/job.h"

class QWidget;

namespace boxwright::ui {

/// Makes pictures of a video's frames, in a new folder named after the video: asks which and where,
/// then a Job does it. GUI thread only.
class VideoImport : public QObject {
  Q_OBJECT
 public:
  explicit VideoImport(QObject* parent = nullptr);

  /// `folder` is proposed for the pictures; without one that of the video.
  void ask(QWidget* parent, const QString& folder);
  struct Wish {
    QString video, folder;  ///< the pictures' folder is made in `folder`
    int every = 30;
    bool changedOnly = false;
  };
  void start(const Wish& wish);

  Job& job() { return job_; }

 Q_SIGNALS:
  /// `folder` is new; `text` says what was made of what.
  void imported(const std::filesystem::path& folder, const QString& text, const QString& warning);

 private:
  Job job_;
};

}  // namespace boxwright::ui
