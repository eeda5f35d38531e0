// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/validator.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <span>
#include <utility>

#include "core/base/parallel.h"
#include "core/detect/detector.h"
#include "core/evaluate/classification_score.h"
#include "core/evaluate/evaluate_model.h"
#include "core/train/augment.h"
#include "core/train/pictures_gone.h"
#include "core/train/read_ahead.h"
#include "core/train/training_pictures.h"

namespace boxwright {
namespace {

constexpr int kBatch = 8;  ///< at least

}  // namespace

Validator::Validator(const Dataset& dataset, std::vector<std::size_t> pictures, Backend& backend,
                     PictureCache& cache, CoordinateWeight coordinateWeight, int threads)
    : dataset_(dataset),
      pictures_(std::move(pictures)),
      backend_(backend),
      cache_(cache),
      coordinateWeight_(coordinateWeight),
      threads_(threads) {
  std::set<int> nodes;
  for (const std::size_t index : pictures_) {
    truths_.push_back(truthsOf(dataset_.pictures[index], dataset_.absolutePath(index)).truths);
    for (const Box& box : dataset_.pictures[index].annotation->boxes)
      nodes.insert(box.classId);
  }
  nodes_.assign(nodes.begin(), nodes.end());
}

std::optional<Validator::Result> Validator::measure(Model model, Parameters& lender,
                                                    std::stop_token stop, std::size_t atMost) {
  const std::size_t count = std::min(atMost, pictures_.size());
  const RegionLayer region = model.network.region();
  const CropRule rule = model.inputRule == InputRule::Plain ? CropRule::Crop : CropRule::Letterbox;
  DetectorOptions options;
  options.threads = threads_;
  const auto most = static_cast<std::size_t>(std::max(kBatch, backend_.batchForMany()));
  options.batch = static_cast<int>(std::min(most, std::max<std::size_t>(1, count)));
  options.mayBeFewer = true;
  options.lender = &lender;
  EvaluateOptions asEvaluated;
  if (region.classTree) asEvaluated.detect.tree.nodes = nodesOnTheWay(*region.classTree, nodes_);
  LossSettings lossSettings;
  lossSettings.coordinateWeight = coordinateWeight_;
  lossSettings.priorImages = 0;
  Detector detector(backend_, std::move(model), options);
  const auto step = static_cast<std::size_t>(detector.batch());

  std::vector<std::filesystem::path> files;
  for (std::size_t i = 0; i < count; ++i)
    files.push_back(dataset_.absolutePath(pictures_[i]));
  ReadAhead reader(std::move(files), step, cache_);

  Result result;
  std::vector<PictureResult> found;
  std::vector<ClassifiedPicture> whole;
  double loss = 0;
  for (std::size_t first = 0; first < count; first += step) {
    const std::vector<ReadPicture> read = reader.next();
    if (stop.stop_requested()) return std::nullopt;
    std::vector<const Image*> images;
    std::vector<std::size_t> which;
    for (std::size_t i = 0; i < read.size(); ++i) {
      if (!read[i].fault.empty())
        faults_.add(read[i].sentence(dataset_.pictures[pictures_[first + i]].path));
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
      const AugmentDraw place = plainDraw(rule, images[i]->width, images[i]->height,
                                          detector.inputWidth(), detector.inputHeight());
      RandomStream order(0, "validation", 0, which[i]);
      batchTruths.push_back(transformTruths(truths_[which[i]], place, 0, order));
      const Annotation& annotation = *dataset_.pictures[pictures_[which[i]]].annotation;
      if (annotation.classesOnly()) {
        whole.push_back(
            judge(detector.wholePicture(i), *annotation.wholeClass(), *region.classTree));
        continue;
      }
      PictureResult picture;
      picture.truths = annotation.boxes;
      picture.detections = std::move(detections[i]);
      found.push_back(std::move(picture));
    }
    const ComputeScope scope(threads_);
    const RegionTargets targets = assign(head, batchTruths, region, lossSettings);
    loss += regionLoss(head, targets, region, std::span<float>()).total();
  }
  result.pictures = found.size();
  result.wholePictures = whole.size();
  if (const std::size_t all = found.size() + whole.size(); all > 0)
    result.loss = loss / static_cast<double>(all);
  for (const ClassifiedPicture& picture : whole) {
    const double share = 1 / static_cast<double>(whole.size());
    if (picture.rank < 1) result.top1 += share;
    if (picture.rank < 5) result.top5 += share;
  }
  if (region.classTree) {
    result.tree = scoreTree(found, {}, *region.classTree, {}, asEvaluated.scoring);
    keepLabelledClasses(found, nodes_);
    result.wholeTree = scoreTree(whole, *region.classTree);
  }
  if (!found.empty()) {
    result.score = score(found, static_cast<int>(detector.names().size()), asEvaluated.scoring);
  }
  return result;
}

}  // namespace boxwright
