// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/thumbnail_store.h"

#include <algorithm>

#include "core/base/user_folders.h"
#include "core/image/thumbnail_cache.h"
#include "ui/dataset_document.h"
#include "ui/picture_canvas.h"

namespace boxwright::ui {
namespace {

constexpr int side = 256;
constexpr int cacheKilobytes = 96 * 1024;
constexpr std::size_t mostWanted = 160;
constexpr int workerCount = 2;

/// One of the process, for all lists.
ThumbnailCache& cacheOnDisk() {
  static ThumbnailCache cache(userCacheFolder() / "thumbnails");
  return cache;
}

}  // namespace

struct ThumbnailStore::Worker {
  Worker() : job(QStringLiteral("Thumbnails"), QStringLiteral("data")) { job.setQuiet(true); }
  Job job;
  int picture = -1;
};

ThumbnailStore::ThumbnailStore(DatasetDocument& document, QObject* parent)
    : QObject(parent), document_(document), images_(cacheKilobytes) {
  for (int i = 0; i < workerCount; ++i) {
    auto worker = std::make_unique<Worker>();
    Worker* w = worker.get();
    connect(&w->job, &Job::failed, this, [this, w] {
      if (w->picture < 0) return;
      const auto index = static_cast<std::size_t>(w->picture);
      if (index >= broken_.size()) broken_.resize(index + 1);
      broken_[index] = true;
      Q_EMIT ready(w->picture);
    });
    connect(&w->job, &Job::finished, this, &ThumbnailStore::serve);
    workers_.push_back(std::move(worker));
  }
  connect(&document_, &DatasetDocument::reset, this, &ThumbnailStore::clear);
  // It may be back from the trash.
  connect(&document_, &DatasetDocument::annotationsChanged, this, [this](int first, int count) {
    const auto end = std::min(broken_.size(), static_cast<std::size_t>(first + count));
    for (auto i = static_cast<std::size_t>(first); i < end; ++i)
      broken_[i] = false;
  });
}

ThumbnailStore::~ThumbnailStore() = default;

void ThumbnailStore::clear() {
  wanted_.clear();
  images_.clear();
  broken_.clear();
  for (auto& worker : workers_) {
    worker->picture = -1;
    worker->job.cancel();
  }
}

bool ThumbnailStore::isBroken(int picture) const {
  const auto index = static_cast<std::size_t>(picture);
  return index < broken_.size() && broken_[index];
}

QImage ThumbnailStore::thumbnail(int picture) {
  if (const QImage* image = images_.object(picture)) return *image;
  if (isBroken(picture)) return {};
  for (const auto& worker : workers_) {
    if (worker->picture == picture && worker->job.isRunning()) return {};
  }
  const auto known = std::find(wanted_.begin(), wanted_.end(), picture);
  if (known != wanted_.end()) wanted_.erase(known);
  wanted_.push_back(picture);
  if (wanted_.size() > mostWanted) wanted_.pop_front();
  serve();
  return {};
}

void ThumbnailStore::serve() {
  for (const auto& worker : workers_) {
    if (wanted_.empty()) return;
    if (worker->job.isRunning()) continue;
    const int picture = wanted_.back();
    wanted_.pop_back();
    if (picture >= document_.pictureCount()) continue;
    Worker* w = worker.get();
    w->picture = picture;
    const std::filesystem::path path =
        document_.dataset().absolutePath(static_cast<std::size_t>(picture));
    w->job.start(
        [path](std::stop_token, JobProgress&) { return toQImage(cacheOnDisk().get(path, side)); },
        [this, w, picture](QImage image) {
          if (w->picture != picture) return;  // another dataset is open by now
          const auto cost = static_cast<int>(image.sizeInBytes() / 1024) + 1;
          images_.insert(picture, new QImage(std::move(image)), cost);
          Q_EMIT ready(picture);
        });
  }
}

}  // namespace boxwright::ui
