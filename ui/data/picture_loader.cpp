// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/picture_loader.h"

#include <utility>

#include "core/image/codec.h"

namespace boxwright::ui {

struct PictureLoader::Loaded {
  PicturePyramid picture;
  QString warning;
};

PictureLoader::PictureLoader(QObject* parent)
    : QObject(parent),
      job_(QStringLiteral("Picture"), QStringLiteral("data")),
      ahead_(QStringLiteral("Next picture"), QStringLiteral("data")) {
  job_.setQuiet(true);
  ahead_.setQuiet(true);
  connect(&job_, &Job::failed, this, [this](const JobError& error) {
    if (wanted_) Q_EMIT failed(error);
  });
  connect(&job_, &Job::finished, this, [this] {
    if (const auto next = std::exchange(next_, std::nullopt)) begin(*next);
  });
  connect(&ahead_, &Job::failed, this, [this](const JobError& error) {
    expected_.clear();
    if (std::exchange(awaited_, false)) Q_EMIT failed(error);
  });
}

PictureLoader::Loaded PictureLoader::decode(const std::filesystem::path& path) {
  DecodedImage decoded = decodeImage(path);
  Loaded result;
  result.warning = QString::fromStdString(decoded.warning);
  QImage image = toQImage(decoded.image);
  decoded.image = {};
  result.picture = makePyramid(std::move(image));
  return result;
}

void PictureLoader::load(const std::filesystem::path& path,
                         std::function<void(std::stop_token)> before) {
  awaited_ = false;
  if (!before && !path.empty() && path == expected_) {
    wanted_ = false;  // what else is being decoded is not shown
    next_.reset();
    awaited_ = !ready_;
    if (!ready_) return;  // told when it is
    expected_.clear();
    const auto now = std::exchange(ready_, nullptr);
    Q_EMIT loaded(now->picture, now->warning);
    return;
  }
  Wish wish{path, std::move(before)};
  if (job_.isRunning()) {
    wanted_ = false;  // decoding cannot be broken off: its result is not shown
    next_ = std::move(wish);
  } else {
    begin(wish);
  }
}

void PictureLoader::expect(const std::filesystem::path& path) {
  if (path == expected_) return;
  expected_ = path;
  ready_.reset();
  awaited_ = false;
  ahead_.start([path](std::stop_token, JobProgress&) { return decode(path); },
               [this](Loaded result) {
                 ready_ = std::make_shared<const Loaded>(std::move(result));
                 if (std::exchange(awaited_, false)) load(expected_);
               });
}

void PictureLoader::cancel() {
  wanted_ = false;
  next_.reset();
  job_.cancel();
  expected_.clear();
  ready_.reset();
  awaited_ = false;
  ahead_.cancel();
}

void PictureLoader::begin(const Wish& wish) {
  wanted_ = true;
  job_.start(
      [wish](std::stop_token stop, JobProgress&) {
        if (wish.before) wish.before(stop);
        return decode(wish.path);
      },
      [this](Loaded result) {
        if (wanted_) Q_EMIT loaded(result.picture, result.warning);
      });
}

}  // namespace boxwright::ui
