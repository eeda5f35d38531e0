// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/crop_store.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/image/codec.h"
#include "core/image/resize.h"
#include "ui/dataset_document.h"
#include "ui/picture_canvas.h"

namespace boxwright::ui {
namespace {

constexpr int side = 192;        ///< longest of a crop, pixels
constexpr double around = 0.15;  ///< shown on each side, of the box's longer side
constexpr int cacheKilobytes = 64 * 1024;
constexpr std::size_t mostWanted = 400;
constexpr int workerCount = 2;

struct Made {
  std::uint32_t id = 0;
  Crop crop;
};

double longerSide(const Rect& rect) {
  return std::max({rect.width(), rect.height(), 1.0});
}

/// How small the picture may be decoded so that every crop still has its pixels.
int decodeSide(int width, int height, const std::vector<Box>& boxes) {
  double scale = 0;
  for (const Box& box : boxes)
    scale = std::max(scale, side / (longerSide(box.rect) * (1 + 2 * around)));
  return scale >= 1 ? 0 : static_cast<int>(std::ceil(std::min(width, height) * scale));
}

Crop cut(const Image& image, double scale, const Box& box) {
  const double margin = around * longerSide(box.rect) + 1;
  const auto edge = [&](double value, int limit) {
    return std::clamp(static_cast<int>(std::lround(value * scale)), 0, limit);
  };
  const int left = std::min(edge(box.rect.left - margin, image.width), image.width - 1);
  const int top = std::min(edge(box.rect.top - margin, image.height), image.height - 1);
  const int right = std::max(left + 1, edge(box.rect.right + margin, image.width));
  const int bottom = std::max(top + 1, edge(box.rect.bottom + margin, image.height));
  Image part(right - left, bottom - top);
  for (int y = top; y < bottom; ++y)
    std::copy_n(image.at(left, y), 3 * static_cast<std::size_t>(part.width), part.at(0, y - top));
  const double shrink = std::min(1.0, double(side) / std::max(part.width, part.height));
  const auto shrunk = [&](int length) {
    return std::max(1, static_cast<int>(std::lround(length * shrink)));
  };
  Crop crop;
  crop.image = toQImage(shrink < 1 ? scaled(part, shrunk(part.width), shrunk(part.height))
                                   : std::move(part));
  crop.around = {left / scale, top / scale, right / scale, bottom / scale};
  crop.box = box.rect;
  return crop;
}

std::vector<Made> makeCrops(const std::filesystem::path& path, int width, int height,
                            const std::vector<Box>& boxes) {
  const Image image = decodeImage(path, width > 0 ? decodeSide(width, height, boxes) : 0).image;
  const double scale = width > 0 ? static_cast<double>(image.width) / width : 1;
  std::vector<Made> made;
  made.reserve(boxes.size());
  for (const Box& box : boxes)
    made.push_back({box.id, cut(image, scale, box)});
  return made;
}

}  // namespace

struct CropStore::Worker {
  Worker() : job(QStringLiteral("Crops"), QStringLiteral("data")) { job.setQuiet(true); }
  Job job;
  int picture = -1;
};

CropStore::CropStore(DatasetDocument& document, QObject* parent)
    : QObject(parent), document_(document), crops_(cacheKilobytes) {
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
    worker->picture = -1;
    worker->job.cancel();
  }
}

bool CropStore::isBroken(int picture) const {
  const auto index = static_cast<std::size_t>(picture);
  return index < broken_.size() && broken_[index];
}

const Crop* CropStore::crop(int picture, const Box& box) {
  // A box that was moved since is cut out anew, and shown as it was until then.
  const Crop* known = crops_.object({picture, box.id});
  if ((known && known->box == box.rect) || isBroken(picture)) return known;
  for (const auto& worker : workers_) {
    if (worker->picture == picture && worker->job.isRunning()) return known;
  }
  const auto same = [&](const Wanted& w) { return w.picture == picture && w.box.id == box.id; };
  const auto found = std::find_if(wanted_.begin(), wanted_.end(), same);
  if (found != wanted_.end()) wanted_.erase(found);
  wanted_.push_back({picture, box});
  if (wanted_.size() > mostWanted) wanted_.pop_front();
  serve();
  return known;
}

void CropStore::serve() {
  for (const auto& worker : workers_) {
    if (wanted_.empty()) return;
    if (worker->job.isRunning()) continue;
    const int picture = wanted_.back().picture;
    std::vector<Box> boxes;
    std::erase_if(wanted_, [&](const Wanted& wanted) {
      if (wanted.picture != picture) return false;
      boxes.push_back(wanted.box);
      return true;
    });
    if (picture >= document_.pictureCount()) continue;
    const auto index = static_cast<std::size_t>(picture);
    const Picture& p = document_.dataset().pictures[index];
    Worker* w = worker.get();
    w->picture = picture;
    w->job.start(
        [path = document_.dataset().absolutePath(index), width = p.width, height = p.height, boxes](
            std::stop_token, JobProgress&) { return makeCrops(path, width, height, boxes); },
        [this, w, picture](std::vector<Made> made) {
          if (w->picture != picture) return;  // another dataset is open by now
          for (Made& one : made) {
            const auto cost = static_cast<int>(one.crop.image.sizeInBytes() / 1024) + 1;
            crops_.insert({picture, one.id}, new Crop(std::move(one.crop)), cost);
          }
          Q_EMIT ready(picture);
        });
  }
}

}  // namespace boxwright::ui
