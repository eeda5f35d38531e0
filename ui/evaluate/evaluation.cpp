// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/evaluation.h"

#include <QObject>
#include <optional>
#include <utility>

#include "core/base/thread_budget.h"
#include "core/train/run.h"
#include "core/train/run_split.h"

namespace boxwright::ui {

int Evaluation::shownClass(int classId) const {
  const auto index = static_cast<std::size_t>(classId);
  if (index >= datasetClasses.size() || datasetClasses[index] < 0) return classId;
  return datasetClasses[index];
}

Evaluation evaluate(const EvaluationRequest& request, std::stop_token stop,
                    const std::function<void(double)>& progress) {
  Evaluation out;
  out.request = request;
  const Dataset& dataset = *request.dataset;
  Splits splits = request.splits;
  if (!request.run.empty()) {
    if (std::optional<Splits> own = splitsOfRun(Run::open(request.run), dataset)) {
      splits = std::move(*own);
      out.splitOfRun = true;
    }
  }
  const std::vector<std::size_t> pictures = picturesOfSplit(dataset, splits, request.split);
  const ThreadBudget budget = ThreadBudget::of();
  Detector detector(request.open(), {.device = request.device,
                                     .threads = budget.compute,
                                     .batch = 1,
                                     .inputSize = request.inputSize});
  out.names = detector.names();
  for (const std::string& name : out.names)
    out.datasetClasses.push_back(classIdOf(dataset.classes, name).value_or(-1));
  out.inputWidth = detector.inputWidth();
  out.inputHeight = detector.inputHeight();
  out.device = QString::fromStdString(detector.deviceName());
  EvaluateOptions options;
  options.scoring.protocol = request.protocol;
  options.detect = request.detect;
  options.loaderThreads = budget.loader;
  EvaluateOutput output = evaluateModel(detector, dataset, pictures, options, stop, progress);
  out.pictures = std::move(output.pictures);
  out.indices = std::move(output.indices);
  out.problems = std::move(output.problems);
  for (std::size_t i = 0; i < out.indices.size(); ++i)
    out.placeOf.emplace(out.indices[i], i);
  return out;
}

ScoredEvaluation scored(std::shared_ptr<const Evaluation> evaluation, double confidence) {
  const ScoringOptions options{.protocol = evaluation->request.protocol,
                               .operatingConfidence = confidence};
  auto score = std::make_shared<const DetailedScore>(
      scoreInDetail(evaluation->pictures, static_cast<int>(evaluation->names.size()), options));
  return {std::move(evaluation), std::move(score), confidence};
}

Predictions predictionsOf(const ScoredEvaluation& model) {
  const std::shared_ptr<const Evaluation>& all = model.evaluation;
  return {.model = all->request.model,
          .names = all->names,
          .datasetClasses = all->datasetClasses,
          .pictures = {all, &all->pictures},
          .placeOf = {all, &all->placeOf},
          .confidence = model.confidence};
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
