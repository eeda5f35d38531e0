// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/classification_task.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/detect/classifier.h"
#include "core/evaluate/classification_score.h"
#include "core/train/class_balance.h"
#include "core/train/node_results.h"
#include "core/train/pictures_gone.h"
#include "core/train/training_pictures.h"
#include "core/yolo/softmax_loss.h"

namespace boxwright {
namespace {

constexpr int kBatch = 16;
constexpr std::size_t kFewPictures = 10;  ///< of a class: hardly enough to learn from

}  // namespace

ClassificationTask::ClassificationTask(const TaskContext& context, const Network& network)
    : context_(context), classes_(classCountOf(network)) {
  for (const Layer& layer : network.layers) {
    if (const auto* softmax = std::get_if<SoftmaxLayer>(&layer.kind)) {
      if (softmax->groups != 1)
        throw Error("classifiers with several groups cannot be trained", network.file,
                    "choose a network whose [softmax] has no groups=");
      temperature_ = softmax->temperature;
      classTree_ = softmax->classTree;
    }
  }
  const Dataset& dataset = context.dataset;
  LeftOut leftOut;
  const std::vector<std::size_t> training =
      classPictures(dataset, context.quarantine.rest(context.run.picturesOf("train")), &leftOut);
  validation_ = classPictures(dataset, context.run.picturesOf("val"), &leftOut);
  if (leftOut.missing > 0)
    notes_.push_back(fmt::format("{} pictures of the run's split are no longer in the dataset.",
                                 leftOut.missing));
  if (leftOut.notOneClass > 0)
    notes_.push_back(fmt::format(
        "Left out of training and validation: {} pictures that are not of one class as a whole.",
        leftOut.notOneClass));
  for (const std::size_t index : training) {
    const Picture& picture = dataset.pictures[index];
    pictures_.push_back({dataset.absolutePath(index),
                         picture.path,
                         {{{0.5, 0.5, 1, 1}, *picture.annotation->wholeClass()}}});
  }
  if (pictures_.empty())
    throw Error("there is no picture of a class left to train on", utf8(dataset.root),
                "check that the dataset is the one the run was made for");
  trainingPictures_ = pictures_.size();
  const double balance = context.run.recipe().classBalance;
  if (balance > 0) classWeights_ = classWeights(pictures_, classes_, balance);
}

std::vector<LoaderPicture> ClassificationTask::takePictures() {
  return std::exchange(pictures_, {});
}

std::vector<std::string> ClassificationTask::takeNotes() {
  return std::exchange(notes_, {});
}

void ClassificationTask::setUpLoader(LoaderSettings& settings, int largestSide) const {
  const Recipe& r = context_.run.recipe();
  settings.augment =
      ClassifierAugment{r.aspect,     r.minRatio, r.maxRatio,       r.angle,       r.hue,
                        r.saturation, r.exposure, r.horizontalFlip, r.verticalFlip};
  settings.decodeAtLeast = static_cast<int>(largestSide * std::max(1.0, r.maxRatio));
}

std::vector<std::string> ClassificationTask::advice(const std::vector<LoaderPicture>& pictures,
                                                    const Network&) const {
  std::vector<std::size_t> counts(static_cast<std::size_t>(classes_));
  for (const LoaderPicture& picture : pictures)
    ++counts[static_cast<std::size_t>(picture.truths.front().classId)];
  std::string none, few;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    std::string& list = counts[c] == 0 ? none : few;
    if (counts[c] < kFewPictures) list += (list.empty() ? "" : ", ") + context_.run.classes()[c];
  }
  std::vector<std::string> lines;
  if (!none.empty())
    lines.push_back(
        fmt::format("Without a picture to learn from, and so never to be found: {}.", none));
  if (!few.empty())
    lines.push_back(fmt::format("Classes of under {} training pictures: {}.", kFewPictures, few));
  const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
  if (classWeights_.empty() && *least > 0 && *most >= 10 * *least)
    lines.push_back(fmt::format(
        "The largest class has {} training pictures, the smallest {}: class_balance=0.5 would give "
        "rare classes more weight.",
        *most, *least));
  return lines;
}

LossParts ClassificationTask::loss(const AnsweredBatch& answered, const RecipeNumbers&,
                                   std::span<float> gradient) {
  std::vector<int> truths;
  for (int i = 0; i < answered.shape.n; ++i)
    truths.push_back(
        answered.batch.truths[answered.first + static_cast<std::size_t>(i)].front().classId);
  LossParts loss;
  loss.classes = classTree_
                     ? treeSoftmaxLoss(answered.head, *classTree_, truths, temperature_, gradient)
                     : softmaxLoss(answered.head, classes_, truths, temperature_, gradient);
  if (!classWeights_.empty()) {
    const auto count = static_cast<std::size_t>(classes_);
    for (std::size_t i = 0; i < truths.size(); ++i) {
      const double weight = classWeights_[static_cast<std::size_t>(truths[i])];
      for (float& value : gradient.subspan(i * count, count))
        value = static_cast<float>(value * weight);
    }
  }
  return loss;
}

std::optional<ValidationEvent> ClassificationTask::measure(Model model, Parameters& lender,
                                                           const std::stop_token& stop,
                                                           std::size_t atMost) {
  const std::size_t count = std::min(atMost, validation_.size());
  const auto most = static_cast<std::size_t>(std::max(kBatch, context_.backend.batchForMany()));
  ClassifierOptions options;
  options.threads = context_.threads;
  options.batch = static_cast<int>(std::min(most, std::max<std::size_t>(1, count)));
  options.mayBeFewer = true;
  options.lender = &lender;
  Classifier classifier(context_.backend, std::move(model), options);
  const auto batch = static_cast<std::size_t>(classifier.batch());
  std::vector<std::filesystem::path> files;
  for (std::size_t i = 0; i < count; ++i)
    files.push_back(context_.dataset.absolutePath(validation_[i]));
  ReadAhead reader(std::move(files), batch, context_.cache);
  std::vector<ClassifiedPicture> found;
  for (std::size_t first = 0; first < count; first += batch) {
    const std::vector<ReadPicture> read = reader.next();
    if (stop.stop_requested()) return std::nullopt;
    std::vector<PreparedImage> prepared;
    std::vector<int> truths;
    for (std::size_t i = 0; i < read.size(); ++i) {
      const Picture& picture = context_.dataset.pictures[validation_[first + i]];
      if (!read[i].fault.empty()) faults_.add(read[i].sentence(picture.path));
      if (!read[i].image) {
        throwWhenPicturesAreGone(
            context_.dataset.absolutePath(validation_[first + i]), validation_.size(),
            [this](std::size_t p) { return context_.dataset.absolutePath(validation_[p]); });
        continue;
      }
      prepared.push_back(classifier.prepare(*read[i].image));
      truths.push_back(*picture.annotation->wholeClass());
    }
    if (prepared.empty()) continue;
    std::vector<const PreparedImage*> pointers;
    for (const PreparedImage& image : prepared)
      pointers.push_back(&image);
    const std::vector<std::vector<float>> probabilities = classifier.classify(pointers);
    for (std::size_t i = 0; i < truths.size(); ++i)
      found.push_back(classTree_ ? judge(probabilities[i], truths[i], *classTree_)
                                 : judge(probabilities[i], truths[i]));
  }
  const ClassificationScore result = score(found, classes_);
  ValidationEvent event;
  event.top1 = result.top1;
  event.top5 = result.top5;
  event.lossValidation = result.loss;
  for (std::size_t c = 0; c < result.classes.size(); ++c) {
    const ClassificationScore::PerClass& own = result.classes[c];
    std::optional<double> share;
    if (own.truths > 0) share = static_cast<double>(own.found) / static_cast<double>(own.truths);
    event.classes.push_back({context_.run.classes()[c], share});
  }
  if (classTree_)
    event.nodes = nodeResults({}, scoreTree(found, *classTree_), context_.run.classes());
  return event;
}

double ClassificationTask::merit(const ValidationEvent& validation) const {
  return validation.top1.value_or(0);
}

EndEvent ClassificationTask::endEvent(double bestMerit) const {
  EndEvent end;
  end.bestTop1 = bestMerit;
  return end;
}

}  // namespace boxwright
