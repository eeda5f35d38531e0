// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/crop_store.h"

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
constexpr std::size_t mostWanted = 400;
constexpr int workerCount = 2;

/// How small a picture may be decoded so that every cut-out still has its pixels; 0: not at all.
int decodeSide(int width, int height, const std::vector<Rect>& boxes) {
  double scale = 0;
  for (const Rect& box : boxes) {
    const Rect area = cropArea(box, width, height);
    scale = std::max(scale, longest / std::max(area.width(), area.height()));
  }
  return scale >= 1 ? 0 : static_cast<int>(std::ceil(std::min(width, height) * scale));
}

/// `image` is the picture at `scale`.
Crop cut(const Image& image, double scale, const Rect& box) {
  const Rect area = cropArea(box, static_cast<int>(std::lround(image.width / scale)),
                             static_cast<int>(std::lround(image.height / scale)));
  const auto edge = [&](double value, int limit) {
    return std::clamp(static_cast<int>(std::lround(value * scale)), 0, limit);
  };
  const int left = std::min(edge(area.left, image.width), image.width - 1);
  const int top = std::min(edge(area.top, image.height), image.height - 1);
  Image part(std::max(1, edge(area.right, image.width) - left),
             std::max(1, edge(area.bottom, image.height) - top));
  for (int y = 0; y < part.height; ++y)
    std::copy_n(image.at(left, top + y), 3 * static_cast<std::size_t>(part.width), part.at(0, y));
  const double shrink = std::min(1.0, longest / std::max(part.width, part.height));
  Crop crop;
  crop.area = {left / scale, top / scale, (left + part.width) / scale, (top + part.height) / scale};
  if (shrink < 1) {
    part = scaled(part, std::max(1, static_cast<int>(std::lround(part.width * shrink))),
                  std::max(1, static_cast<int>(std::lround(part.height * shrink))));
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
  // It may be back from the trash.
  connect(&document_, &DatasetDocument::annotationsChanged, this, [this](int first, int count) {
    broken_.removeIf([=](int picture) { return picture >= first && picture < first + count; });
  });
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
    std::vector<Rect> boxes;
    for (const Key& key : keys)
      boxes.push_back(key.box);
    const auto index = static_cast<std::size_t>(picture);
    const Picture& p = document_.dataset().pictures[index];
    w->job.start(
        [path = document_.dataset().absolutePath(index), width = p.width, height = p.height,
         boxes = std::move(boxes)](std::stop_token, JobProgress&) {
          const int side = width > 0 ? decodeSide(width, height, boxes) : 0;
          const Image image = decodeImage(path, side).image;
          const double scale = width > 0 ? static_cast<double>(image.width) / width : 1;
          std::vector<Crop> crops;
          for (const Rect& box : boxes)
            crops.push_back(cut(image, scale, box));
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
