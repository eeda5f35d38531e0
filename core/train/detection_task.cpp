// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/detection_task.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/network/run_files.h"
#include "core/train/class_balance.h"
#include "core/train/mixed_epoch.h"
#include "core/train/node_results.h"
#include "core/train/preflight.h"
#include "core/train/quiet_start.h"
#include "core/train/training_pictures.h"
#include "core/yolo/loss_planes.h"

namespace boxwright {
DetectionTask::DetectionTask(const TaskContext& context, const RegionLayer& region)
    : run_(context.run), region_(region) {
  const Dataset& dataset = context.dataset;
  const Serves serves = region_.classTree ? Serves::All : Serves::Boxed;
  LeftOut leftOut;
  const std::vector<std::size_t> training = trainingPictures(
      dataset, context.quarantine.rest(run_.picturesOf("train")), serves, &leftOut);
  std::vector<std::size_t> validation =
      trainingPictures(dataset, run_.picturesOf("val"), serves, &leftOut);
  if (leftOut.missing > 0)
    notes_.push_back(fmt::format("{} pictures of the run's split are no longer in the dataset.",
                                 leftOut.missing));
  if (leftOut.classesOnly > 0)
    notes_.push_back(
        fmt::format("Left out of training and validation: {} pictures that have {} but no boxes.",
                    leftOut.classesOnly, serves == Serves::All ? "several classes" : "classes"));
  takeTruths(dataset, training);
  boxLosses_ = BoxLosses(pictures_);
  const double balance = run_.recipe().classBalance;
  balance_ = {classWeights(pictures_, region_.classes, balance),
              classWeights(pictures_, region_.classes, balance, true)};
  validator_ = std::make_unique<Validator>(dataset, std::move(validation), context.backend,
                                           context.cache, coordinateWeight(), context.threads);
}

void DetectionTask::takeTruths(const Dataset& dataset, const std::vector<std::size_t>& training) {
  std::size_t difficult = 0, crowd = 0, strange = 0, empty = 0, truths = 0, classOnly = 0;
  for (const std::size_t index : training) {
    LoaderPicture picture{dataset.absolutePath(index), dataset.pictures[index].path, {}};
    PictureTruths found = truthsOf(dataset.pictures[index], picture.file);
    difficult += found.difficult;
    crowd += found.crowd;
    empty += found.empty;
    strange += std::erase_if(found.truths, [&](const Truth& truth) {
      return truth.classId < 0 || truth.classId >= region_.classes;
    });
    if (dataset.pictures[index].annotation->classesOnly()) {
      if (found.truths.empty()) continue;  // else it would be a picture of nothing
      ++classOnly;
    } else {
      truths += found.truths.size();
    }
    picture.truths = std::move(found.truths);
    pictures_.push_back(std::move(picture));
  }
  if (difficult + crowd + strange + empty > 0)
    notes_.push_back(
        fmt::format("Left out of training: {} boxes marked difficult, {} crowd regions, {} of "
                    "unknown class, {} "
                    "without area or outside their picture.",
                    difficult, crowd, strange, empty));
  if (pictures_.empty())
    throw Error("there is no labelled picture left to train on", utf8(dataset.root),
                "check that the dataset is the one the run was made for");
  epoch_ = mixedEpoch(pictures_, run_.recipe().mix);
  epochPictures_ = epoch_.empty() ? pictures_.size() : epoch_.size();
  truthsPerPicture_ = static_cast<double>(truths) / static_cast<double>(pictures_.size());
  if (!region_.classTree) return;
  const std::size_t boxed = pictures_.size() - classOnly;
  const auto drawn = static_cast<std::size_t>(std::count_if(
      epoch_.begin(), epoch_.end(), [this](std::uint32_t i) { return pictures_[i].classOnly(); }));
  notes_.push_back(fmt::format(
      "Joint training over a tree of {} classes: {} pictures with boxes and {} of which the class "
      "alone is known; an epoch has {} and {} of them (mix).",
      region_.classes, boxed, classOnly, epoch_.empty() ? boxed : epoch_.size() - drawn,
      epoch_.empty() ? classOnly : drawn));
}

CoordinateWeight DetectionTask::coordinateWeight() const {
  return run_.recipe().coordinateTwoMinusArea ? CoordinateWeight::TwoMinusArea
                                              : CoordinateWeight::Plain;
}

std::vector<LoaderPicture> DetectionTask::takePictures() {
  return std::exchange(pictures_, {});
}

std::vector<std::string> DetectionTask::takeNotes() {
  return std::exchange(notes_, {});
}

void DetectionTask::beginHead(Network& network) const {
  if (run_.recipe().quietStart) quietHead(network, truthsPerPicture_);
}

void DetectionTask::setUpLoader(LoaderSettings& settings, int largestSide) const {
  const Recipe& recipe = run_.recipe();
  settings.augment = AugmentSettings{recipe.crop,         recipe.jitter,    recipe.hue,
                                     recipe.saturation,   recipe.exposure,  recipe.horizontalFlip,
                                     recipe.verticalFlip, recipe.transpose, recipe.smallestBox};
  settings.epoch = epoch_;
  // Enough pixels for the largest input and the tightest crop.
  settings.decodeAtLeast = static_cast<int>(largestSide / std::max(0.2, 1 - 2 * recipe.jitter));
}

std::vector<std::string> DetectionTask::advice(const std::vector<LoaderPicture>& pictures,
                                               const Network& network) const {
  const int stride =
      std::max(1, network.net.width / std::max(1, network.layers.back().output.width));
  return adviceOf(inspect(pictures, region_, network.net.width, stride), network.net.width);
}

std::vector<std::int32_t> DetectionTask::planes(const TrainingBatch& batch, std::size_t first,
                                                int count) const {
  return lossPlanes(region_, std::span(batch.truths).subspan(first, std::size_t(count)));
}

LossParts DetectionTask::loss(const AnsweredBatch& answered, const RecipeNumbers& numbers,
                              std::span<float> gradient) {
  const Shape& shape = answered.shape;
  const HeadView<float> head = headView(region_, answered.head.data(), shape.n, shape.h, shape.w);
  const auto begin = answered.batch.truths.begin() + static_cast<std::ptrdiff_t>(answered.first);
  const BatchTruths truths(begin, begin + shape.n);
  LossSettings settings;
  settings.coordinateWeight = coordinateWeight();
  settings.seen = answered.seen;
  settings.priorImages = numbers.priorImages;
  settings.classOnlyForm =
      run_.recipe().wholeBackground ? ClassOnlyForm::Early : ClassOnlyForm::Paper;
  const RegionTargets targets = assign(head, truths, region_, settings);
  droppedTruths_ += targets.statistics.droppedTruths;
  objects_.clear();
  const LossParts loss = regionLoss(head, targets, region_, gradient, &objects_, answered.planes);
  if (std::isfinite(loss.total())) {
    for (const ObjectLoss& object : objects_) {
      const std::size_t place = answered.first + static_cast<std::size_t>(object.b);
      boxLosses_.add(answered.batch.pictures[place], static_cast<std::size_t>(object.source),
                     object.loss);
    }
  }
  if (run_.recipe().classBalance > 0 && std::isfinite(loss.total()))
    balanceGradient(head, targets, region_, balance_, gradient);
  return loss;
}

void DetectionTask::writeGathered(const std::vector<LoaderPicture>& pictures) const {
  boxLosses_.write(run_.folder() / kBoxLossesFile, pictures);
}

std::optional<ValidationEvent> DetectionTask::measure(Model model, Parameters& lender,
                                                      const std::stop_token& stop,
                                                      std::size_t atMost) {
  const std::optional<Validator::Result> result =
      validator_->measure(std::move(model), lender, stop, atMost);
  if (!result) return std::nullopt;
  ValidationEvent event;
  event.map50 = result->score.map50;
  event.precision = result->score.precision;
  event.recall = result->score.recall;
  event.lossValidation = result->loss;
  for (std::size_t c = 0; c < result->score.classes.size(); ++c) {
    // Of a tree those that there are truths of: it may have thousands.
    if (!region_.classTree || result->score.classes[c].truths > 0)
      event.classes.push_back({run_.classes()[c], result->score.classes[c].ap});
  }
  if (result->wholePictures > 0) {
    event.wholeTop1 = result->top1;
    event.wholeTop5 = result->top5;
  }
  if (region_.classTree) event.nodes = nodeResults(result->tree, result->wholeTree, run_.classes());
  return event;
}

EndEvent DetectionTask::endEvent(double bestMerit) const {
  EndEvent end;
  end.bestMap50 = bestMerit;
  return end;
}

std::vector<std::string> DetectionTask::closingRemarks() const {
  if (droppedTruths_ == 0) return {};
  return {fmt::format("{} boxes beyond the cfg's max= a picture were left out.", droppedTruths_)};
}

}  // namespace boxwright
