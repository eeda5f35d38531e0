// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCache>
#include <QImage>
#include <QObject>
#include <deque>
#include <memory>
#include <vector>

#include "ui/job.h"

namespace boxwright::ui {

class DatasetDocument;

/// Small copies of the dataset's pictures, made on demand on worker threads and kept, the least
/// used thrown out first. What was asked for last comes first; asks that scrolled away are
/// forgotten. GUI thread only.
class ThumbnailStore : public QObject {
  Q_OBJECT
 public:
  explicit ThumbnailStore(DatasetDocument& document, QObject* parent = nullptr);
  ~ThumbnailStore() override;

  /// The picture's small copy, its longer side 256 pixels at most; null while it is being made,
  /// which this call asks for, and for ever when it cannot be decoded (isBroken).
  QImage thumbnail(int picture);
  bool isBroken(int picture) const;

 Q_SIGNALS:
  void ready(int picture);

 private:
  struct Worker;
  void serve();
  void clear();

  DatasetDocument& document_;
  QCache<int, QImage> images_;
  std::vector<bool> broken_;
  std::deque<int> wanted_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace boxwright::ui
