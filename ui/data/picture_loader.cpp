// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/picture_loader.h"

#include <utility>

#include "core/image/codec.h"

namespace boxwright::ui {
namespace {

struct Loaded {
  PicturePyramid picture;
  QString warning;
};

}  // namespace

PictureLoader::PictureLoader(QObject* parent)
    : QObject(parent), job_(QStringLiteral("Picture"), QStringLiteral("data")) {
  job_.setQuiet(true);
  connect(&job_, &Job::failed, this, [this](const JobError& error) {
    if (wanted_) Q_EMIT failed(error);
  });
  connect(&job_, &Job::finished, this, [this] {
    if (const auto next = std::exchange(next_, std::nullopt)) begin(*next);
  });
}

void PictureLoader::load(const std::filesystem::path& path,
                         std::function<void(std::stop_token)> before) {
  Wish wish{path, std::move(before)};
  if (job_.isRunning()) {
    wanted_ = false;  // decoding cannot be broken off: its result is not shown
    next_ = std::move(wish);
  } else {
    begin(wish);
  }
}

void PictureLoader::cancel() {
  wanted_ = false;
  next_.reset();
  job_.cancel();
}

void PictureLoader::begin(const Wish& wish) {
  wanted_ = true;
  job_.start(
      [wish](std::stop_token stop, JobProgress&) {
        if (wish.before) wish.before(stop);
        DecodedImage decoded = decodeImage(wish.path);
        Loaded result;
        result.warning = QString::fromStdString(decoded.warning);
        QImage image = toQImage(decoded.image);
        decoded.image = {};
        result.picture = makePyramid(std::move(image));
        return result;
      },
      [this](Loaded result) {
        if (wanted_) Q_EMIT loaded(result.picture, result.warning);
      });
}

}  // namespace boxwright::ui
