// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/validator.h"

#include <algorithm>
#include <future>
#include <memory>
#include <span>
#include <utility>

#include "core/base/error.h"
#include "core/detect/detector.h"
#include "core/evaluate/evaluate_model.h"
#include "core/train/augment.h"
#include "core/train/pictures_gone.h"
#include "core/train/training_pictures.h"

namespace boxwright {
namespace {

constexpr std::size_t kBatch = 8;

/// A picture read for validation, or nothing; and what is wrong with it.
struct Read {
  std::shared_ptr<const Image> image;
  std::string fault;
};

std::vector<Read> readAll(const std::vector<std::filesystem::path>& files, PictureCache& cache) {
  std::vector<Read> read;
  for (const std::filesystem::path& file : files) {
    Read one;
    try {
      one.image = cache.getReadable(file, one.fault);
    } catch (const Error& error) {
      one.fault = error.problem();
    }
    read.push_back(std::move(one));
  }
  return read;
}

}  // namespace

Validator::Validator(const Dataset& dataset, std::vector<std::size_t> pictures, Backend& backend,
                     PictureCache& cache, CoordinateWeight coordinateWeight, int threads)
    : dataset_(dataset),
      pictures_(std::move(pictures)),
      backend_(backend),
      cache_(cache),
      coordinateWeight_(coordinateWeight),
      threads_(threads) {
  for (const std::size_t index : pictures_)
    truths_.push_back(truthsOf(dataset_.pictures[index], dataset_.absolutePath(index)).truths);
}

std::optional<Validator::Result> Validator::measure(Model model, std::stop_token stop,
                                                    std::size_t atMost) {
  const std::size_t count = std::min(atMost, pictures_.size());
  const RegionLayer region = model.network.region();
  const CropRule rule = model.inputRule == InputRule::Plain ? CropRule::Crop : CropRule::Letterbox;
  DetectorOptions options;
  options.threads = threads_;
  options.batch = static_cast<int>(std::min(kBatch, std::max<std::size_t>(1, count)));
  const auto step = static_cast<std::size_t>(options.batch);
  const EvaluateOptions asEvaluated;
  LossSettings lossSettings;
  lossSettings.coordinateWeight = coordinateWeight_;
  lossSettings.priorImages = 0;
  Detector detector(backend_, std::move(model), options);

  const auto filesFrom = [&](std::size_t first) {
    std::vector<std::filesystem::path> files;
    for (std::size_t i = first; i < std::min(first + step, count); ++i)
      files.push_back(dataset_.absolutePath(pictures_[i]));
    return files;
  };
  const auto readAhead = [&](std::size_t first) {
    return std::async(std::launch::async,
                      [this, files = filesFrom(first)] { return readAll(files, cache_); });
  };

  Result result;
  std::vector<PictureResult> found;
  double loss = 0;
  std::future<std::vector<Read>> next = readAhead(0);
  for (std::size_t first = 0; first < count; first += step) {
    std::vector<Read> read = next.get();
    if (stop.stop_requested()) return std::nullopt;
    if (first + step < count) next = readAhead(first + step);
    std::vector<const Image*> images;
    std::vector<std::size_t> which;
    for (std::size_t i = 0; i < read.size(); ++i) {
      if (!read[i].fault.empty()) {
        // The same rule as `evaluate`'s: what can be read of a picture counts.
        addFault(
            (read[i].image ? "Damaged, but counted in validation: " : "Left out of validation: ") +
            dataset_.pictures[pictures_[first + i]].path + ": " + read[i].fault + ".");
      }
      if (!read[i].image) {
        throwWhenPicturesAreGone(
            dataset_.absolutePath(pictures_[first + i]), pictures_.size(),
            [this](std::size_t p) { return dataset_.absolutePath(pictures_[p]); });
        continue;
      }
      images.push_back(read[i].image.get());
      which.push_back(first + i);
    }
    if (images.empty()) continue;
    std::vector<std::vector<Detection>> detections =
        detector.detect(std::span<const Image* const>(images), asEvaluated.detect);
    HeadView<float> head = detector.head();
    head.batch = static_cast<int>(images.size());
    BatchTruths batchTruths;
    for (std::size_t i = 0; i < images.size(); ++i) {
      PictureResult picture;
      picture.truths = dataset_.pictures[pictures_[which[i]]].annotation->boxes;
      picture.detections = std::move(detections[i]);
      found.push_back(std::move(picture));
      const AugmentDraw place = plainDraw(rule, images[i]->width, images[i]->height,
                                          detector.inputWidth(), detector.inputHeight());
      RandomStream order(0, "validation", 0, which[i]);
      batchTruths.push_back(transformTruths(truths_[which[i]], place, 0, order));
    }
    const RegionTargets targets = assign(head, batchTruths, region, lossSettings);
    loss += regionLoss(head, targets, region, std::span<float>()).total();
  }
  result.pictures = found.size();
  if (!found.empty()) {
    result.loss = loss / static_cast<double>(found.size());
    result.score = score(found, static_cast<int>(detector.names().size()), asEvaluated.scoring);
  }
  return result;
}

void Validator::addFault(std::string fault) {
  if (told_.insert(fault).second) faults_.push_back(std::move(fault));
}

std::vector<std::string> Validator::takeFaults() {
  return std::exchange(faults_, {});
}

}  // namespace boxwright
