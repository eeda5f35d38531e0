// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/crop_store.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/image/codec.h"
#include "core/image/resize.h"
#include "ui/dataset_document.h"
#include "ui/picture_canvas.h"

namespace boxwright::ui {
namespace {

constexpr double longest = 320;  ///< of a cut-out, pixels
constexpr int cacheKilobytes = 96 * 1024;
constexpr std::size_t mostWanted = 160;
constexpr int workerCount = 2;

Crop cut(const Image& image, const Rect& box) {
  Crop crop;
  crop.area = cropArea(box, image.width, image.height);
  const auto left = static_cast<int>(crop.area.left), top = static_cast<int>(crop.area.top);
  Image part(static_cast<int>(crop.area.width()), static_cast<int>(crop.area.height()));
  for (int y = 0; y < part.height; ++y) {
    std::memcpy(part.at(0, y), image.at(left, top + y), static_cast<std::size_t>(part.width) * 3);
  }
  const double scale = std::min(1.0, longest / std::max(part.width, part.height));
  if (scale < 1) {
    part = scaled(part, std::max(1, static_cast<int>(std::lround(part.width * scale))),
                  std::max(1, static_cast<int>(std::lround(part.height * scale))));
  }
  crop.image = toQImage(part);
  return crop;
}

}  // namespace

Rect cropArea(const Rect& box, int width, int height) {
  double w = std::max(box.width() * 1.6, 32.0), h = std::max(box.height() * 1.6, 32.0);
  w = std::max(w, h * 4 / 3);
  h = std::max(h, w * 3 / 4);
  // Moved into the picture where it would stick out, cut where it is larger.
  const auto span = [](double centre, double length, int whole) {
    length = std::min(std::ceil(length), double(whole));
    const double from = std::clamp(std::floor(centre - length / 2), 0.0, whole - length);
    return std::pair(from, from + length);
  };
  const auto [left, right] = span(box.centreX(), w, width);
  const auto [top, bottom] = span(box.centreY(), h, height);
  return {left, top, right, bottom};
}

struct CropStore::Worker {
  Worker() : job(QStringLiteral("Crops"), QStringLiteral("evaluate")) { job.setQuiet(true); }
  Job job;
  std::vector<Key> keys;  ///< of one picture
};

CropStore::CropStore(DatasetDocument& document, QObject* parent)
    : QObject(parent), document_(document), crops_(cacheKilobytes) {
  for (int i = 0; i < workerCount; ++i) {
    auto worker = std::make_unique<Worker>();
    Worker* w = worker.get();
    connect(&w->job, &Job::failed, this, [this, w] {
      if (w->keys.empty()) return;
      const int picture = w->keys.front().picture;
      broken_.insert(picture);
      Q_EMIT ready(picture);
    });
    connect(&w->job, &Job::finished, this, &CropStore::serve);
    workers_.push_back(std::move(worker));
  }
  connect(&document_, &DatasetDocument::reset, this, &CropStore::clear);
}

CropStore::~CropStore() = default;

void CropStore::clear() {
  wanted_.clear();
  crops_.clear();
  broken_.clear();
  for (auto& worker : workers_) {
    worker->keys.clear();
    worker->job.cancel();
  }
}

const Crop* CropStore::crop(int picture, const Rect& box) {
  const Key key{picture, box};
  if (const Crop* known = crops_.object(key)) return known;
  if (isBroken(picture)) return nullptr;
  for (const auto& worker : workers_) {
    const bool busy = worker->job.isRunning();
    if (busy && std::find(worker->keys.begin(), worker->keys.end(), key) != worker->keys.end())
      return nullptr;
  }
  const auto known = std::find(wanted_.begin(), wanted_.end(), key);
  if (known != wanted_.end()) wanted_.erase(known);
  wanted_.push_back(key);
  if (wanted_.size() > mostWanted) wanted_.pop_front();
  serve();
  return nullptr;
}

void CropStore::serve() {
  for (const auto& worker : workers_) {
    if (wanted_.empty()) return;
    if (worker->job.isRunning()) continue;
    const int picture = wanted_.back().picture;
    std::vector<Key> keys;
    std::erase_if(wanted_, [&](const Key& key) {
      if (key.picture != picture) return false;
      keys.push_back(key);
      return true;
    });
    if (picture >= document_.pictureCount()) continue;
    Worker* w = worker.get();
    w->keys = keys;
    const std::filesystem::path path =
        document_.dataset().absolutePath(static_cast<std::size_t>(picture));
    w->job.start(
        [path, keys = std::move(keys)](std::stop_token, JobProgress&) {
          const Image image = decodeImage(path).image;
          std::vector<Crop> crops;
          for (const Key& key : keys)
            crops.push_back(cut(image, key.box));
          return crops;
        },
        [this, w, picture](std::vector<Crop> crops) {
          if (w->keys.size() != crops.size()) return;  // another dataset is open by now
          for (std::size_t i = 0; i < crops.size(); ++i) {
            const auto cost = static_cast<int>(crops[i].image.sizeInBytes() / 1024) + 1;
            crops_.insert(w->keys[i], new Crop(std::move(crops[i])), cost);
          }
          Q_EMIT ready(picture);
        });
  }
}

}  // namespace boxwright::ui
