// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/evaluation.h"

#include <QObject>
#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "core/base/error.h"
#include "core/base/thread_budget.h"
#include "core/evaluate/shared_faults.h"
#include "core/network/network_tree.h"
#include "core/train/run.h"
#include "core/train/run_split.h"

namespace boxwright::ui {
namespace {

constexpr double kLeastConfidence = 0.01;  ///< that the slider goes down to

/// That the second model has learned from pictures which it is judged by, where it has.
std::vector<Problem> learnedFrom(const Splits& splits, const std::vector<std::size_t>& pictures,
                                 const QString& model) {
  const auto train = splits.find("train");
  if (train == splits.end()) return {};
  std::vector<std::size_t> both;
  std::set_intersection(train->second.begin(), train->second.end(), pictures.begin(),
                        pictures.end(), std::back_inserter(both));
  if (both.empty()) return {};
  return {{"", 0, Severity::Warning,
           QObject::tr("%1 has learned from %L2 of these pictures: its numbers flatter it")
               .arg(model)
               .arg(both.size())
               .toStdString()}};
}

/// The id of each class of `own` in `other`; -1 where it has none.
std::vector<int> classesIn(const ClassNames& own, const ClassNames& other) {
  std::vector<int> ids;
  for (const std::string& name : own)
    ids.push_back(classIdOf(other, name).value_or(-1));
  return ids;
}

void takeNames(Evaluation& out, const ClassNames& names) {
  out.names = names;
  out.datasetClasses = classesIn(out.names, out.request.dataset->classes);
}

void take(Evaluation& out, std::vector<std::size_t> indices, const std::vector<Problem>& problems) {
  out.indices = std::move(indices);
  out.problems.insert(out.problems.end(), problems.begin(), problems.end());
}

void detect(Evaluation& out, Model model, const std::vector<std::size_t>& pictures,
            std::stop_token stop, const std::function<void(double)>& progress) {
  const EvaluationRequest& request = out.request;
  const ThreadBudget budget = ThreadBudget::of();
  Detector detector(std::move(model), {.device = request.device,
                                       .precision = request.precision,
                                       .threads = budget.compute,
                                       .batch = 0,
                                       .inputSize = request.inputSize});
  takeNames(out, detector.names());
  out.inputWidth = detector.inputWidth();
  out.inputHeight = detector.inputHeight();
  out.device = QString::fromStdString(detector.deviceName());
  EvaluateOptions options;
  options.scoring.protocol = request.protocol;
  options.detect = request.detect;
  options.loaderThreads = budget.loader;
  options.answersFrom = kLeastConfidence;
  EvaluateOutput output =
      evaluateModel(detector, *request.dataset, pictures, options, stop, progress);
  out.pictures = std::move(output.pictures);
  out.tree = std::move(output.tree);
  out.answers = std::move(output.answers);
  take(out, std::move(output.indices), output.problems);
}

void classify(Evaluation& out, Model model, const std::vector<std::size_t>& pictures,
              std::stop_token stop, const std::function<void(double)>& progress) {
  const EvaluationRequest& request = out.request;
  const ThreadBudget budget = ThreadBudget::of();
  Classifier classifier(std::move(model), {.device = request.device,
                                           .precision = request.precision,
                                           .threads = budget.compute,
                                           .batch = 0,
                                           .inputSize = request.inputSize});
  takeNames(out, classifier.names());
  out.inputWidth = out.inputHeight = classifier.inputWidth();
  out.device = QString::fromStdString(classifier.deviceName());
  ClassifierOutput output =
      evaluateClassifier(classifier, *request.dataset, pictures, budget.loader, stop, progress);
  for (std::size_t i = 0; i < output.pictures.size(); ++i) {
    const ClassifiedPicture& picture = output.pictures[i];
    const Rect all{0, 0, double(output.sizes[i].width), double(output.sizes[i].height)};
    PictureResult& result = out.pictures.emplace_back();
    Box& truth = result.truths.emplace_back();
    truth.classId = picture.truth;
    truth.rect = all;
    result.detections.push_back(
        {all, picture.predicted, static_cast<float>(picture.confidence), {}});
  }
  take(out, output.indices, output.problems);
  out.classified = std::move(output);
}

/// The numbers of a classifier in the form of a detector's, whose boxes are whole pictures.
DetailedScore scoreOf(const Evaluation& evaluation) {
  const ClassifierOutput& output = *evaluation.classified;
  const auto share = [](std::size_t part, std::size_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  };
  DetailedScore score;
  for (const ClassificationScore::PerClass& c : output.score.classes) {
    ClassResult& result = score.result.classes.emplace_back();
    if (c.truths > 0) result.ap = share(c.found, c.truths);
    result.truths = c.truths;
    result.truePositives = c.found;
    result.falsePositives = c.predicted - c.right;
    result.precision = share(c.right, c.predicted);
    result.recall = share(c.found, c.truths);
  }
  score.result.confusion = output.score.confusion;
  score.result.images = output.score.pictures;
  for (std::size_t i = 0; i < output.pictures.size(); ++i) {
    const ClassifiedPicture& picture = output.pictures[i];
    JudgedBox& box = score.boxes.emplace_back();
    box.picture = i;
    box.truth = box.detection = 0;
    box.verdict = picture.rank < 1 ? Verdict::TruePositive : Verdict::WrongClass;
    box.truthClass = picture.truth;
    box.predictedClass = picture.predicted;
    box.confidence = static_cast<float>(picture.confidence);
  }
  return score;
}

}  // namespace

bool Evaluation::isRight(int truth, int predicted) const {
  return truth == predicted || (classified && classTree && classTree->isWithin(predicted, truth));
}

int Evaluation::shownClass(int classId) const {
  const auto index = static_cast<std::size_t>(classId);
  if (index >= datasetClasses.size() || datasetClasses[index] < 0) return classId;
  return datasetClasses[index];
}

void requireOneKind(const std::vector<EvaluationRequest>& requests) {
  if (requests.size() < 2) return;
  std::vector<bool> classifies;
  for (const EvaluationRequest& request : requests)
    classifies.push_back(taskOf(request.open().network) == NetworkTask::Classification);
  if (classifies[0] != classifies[1])
    throw Error("one of the two models is a classifier and the other finds boxes",
                requests[1].model.toStdString(), "compare models of one kind");
}

Evaluation evaluate(const EvaluationRequest& request, const Evaluation* like, std::stop_token stop,
                    const std::function<void(double)>& progress) {
  Evaluation out;
  out.request = request;
  const Dataset& dataset = *request.dataset;
  std::optional<Splits> own;
  if (!request.run.empty()) own = splitsOfRun(Run::open(request.run), dataset);
  std::vector<std::size_t> pictures;
  if (like) {
    pictures = like->indices;
    if (own && request.split != "train" && request.split != "all")
      out.problems = learnedFrom(*own, pictures, request.model);
  } else {
    pictures = picturesOfSplit(dataset, own ? *own : request.splits, request.split);
    out.splitOfRun = own.has_value();
  }
  if (!request.run.empty()) {
    try {
      out.suspects = suspectLabels(request.run, dataset);
    } catch (const Error& error) {
      out.problems.push_back({error.where(), 0, Severity::Warning, error.problem()});
    }
  }
  Model model = request.open();
  out.classTree = classTreeOf(model.network);
  const bool classifies = taskOf(model.network) == NetworkTask::Classification;
  (classifies ? classify : detect)(out, std::move(model), pictures, stop, progress);
  for (std::size_t i = 0; i < out.indices.size(); ++i)
    out.placeOf.emplace(out.indices[i], i);
  return out;
}

ScoredEvaluation scored(std::shared_ptr<const Evaluation> evaluation, double confidence) {
  if (evaluation->classified) {
    auto score = std::make_shared<const DetailedScore>(scoreOf(*evaluation));
    return {std::move(evaluation), std::move(score), confidence, {}, {}};
  }
  const ScoringOptions options{.protocol = evaluation->request.protocol,
                               .operatingConfidence = confidence};
  auto score = std::make_shared<const DetailedScore>(
      scoreInDetail(evaluation->pictures, static_cast<int>(evaluation->names.size()), options));
  std::shared_ptr<TreeScore> tree;
  if (evaluation->tree) {
    tree = std::make_shared<TreeScore>(*evaluation->tree);
    scoreAnswers(*tree, evaluation->pictures, evaluation->answers, *evaluation->classTree,
                 confidence);
  }
  return {std::move(evaluation), std::move(score), confidence, std::move(tree), {}};
}

std::vector<ScoredEvaluation> scored(
    const std::vector<std::shared_ptr<const Evaluation>>& evaluations, double confidence) {
  std::vector<ScoredEvaluation> models;
  for (const auto& evaluation : evaluations)
    models.push_back(scored(evaluation, confidence));
  if (models.size() != 2) return models;
  const auto judged = [](const ScoredEvaluation& model) {
    return JudgedModel{model.evaluation->pictures, model.score->boxes};
  };
  for (std::size_t m = 0; m < 2; ++m) {
    const ScoredEvaluation& other = models[1 - m];
    models[m].shared =
        sharedFaults(judged(models[m]), judged(other),
                     classesIn(models[m].evaluation->names, other.evaluation->names));
  }
  return models;
}

Predictions predictionsOf(const ScoredEvaluation& model) {
  const std::shared_ptr<const Evaluation>& all = model.evaluation;
  Predictions predictions;
  predictions.model = all->request.model;
  predictions.names = all->names;
  predictions.confidence = model.confidence;
  predictions.found = [all](std::size_t picture) -> std::shared_ptr<const std::vector<Detection>> {
    const auto place = all->placeOf.find(picture);
    if (place == all->placeOf.end()) return nullptr;
    return {all, &all->pictures[place->second].detections};
  };
  return predictions;
}

QString protocolText(Protocol protocol) {
  switch (protocol) {
    case Protocol::Voc:
      return QObject::tr("VOC, area under the curve, IOU 0.5");
    case Protocol::Voc07:
      return QObject::tr("VOC 2007, 11 points, IOU 0.5");
    case Protocol::Coco:
      return QObject::tr("COCO, mean over IOU 0.5 to 0.95");
  }
  return {};
}

QString splitText(const std::string& split) {
  return split == "all"
             ? QObject::tr("all pictures")
             : QObject::tr("the split \u201c%1\u201d").arg(QString::fromStdString(split));
}

}  // namespace boxwright::ui
