// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/run_curves.h"

#include <fstream>
#include <system_error>
#include <utility>
#include <variant>

#include "core/base/atomic_file.h"
#include "core/base/error.h"

namespace boxwright::ui {

namespace {

/// Results of the tree that are kept for a run that goes back: nobody goes further.
constexpr std::size_t kNodeResultsKept = 8;

}  // namespace

RunCurves::RunCurves() {
  for (std::size_t i = 0; i < curveCount; ++i) {
    const auto curve = static_cast<Curve>(i);
    const bool mean = curve <= Curve::LossClass || curve == Curve::ImagesPerSecond;
    series_[i] = std::make_shared<LineSeries>(mean);
  }
}

void RunCurves::add(const TrainEvent& event) {
  const auto put = [this](Curve curve, double x, double y) { series(curve)->append(x, y); };
  if (const auto* batch = std::get_if<BatchEvent>(&event)) {
    const auto x = static_cast<double>(batch->iteration);
    if (lastBatch_ && batch->iteration <= lastBatch_->iteration) {
      for (const auto& line : series_)
        line->dropFrom(x);
      std::erase_if(validations_, [&](const ValidationEvent& validation) {
        return validation.iteration >= batch->iteration;
      });
      std::erase_if(nodes_,
                    [&](const auto& results) { return results->iteration >= batch->iteration; });
    }
    end_.reset();
    put(Curve::Loss, x, batch->loss);
    put(Curve::LossBox, x, batch->lossBox);
    put(Curve::LossObjectness, x, batch->lossObjectness);
    put(Curve::LossNoObject, x, batch->lossNoObject);
    put(Curve::LossClass, x, batch->lossClass);
    if (batch->lossClassOnly) put(Curve::LossClassOnly, x, *batch->lossClassOnly);
    put(Curve::LearningRate, x, batch->learningRate);
    put(Curve::ImagesPerSecond, x, batch->imagesPerSecond);
    lastBatch_ = *batch;
  } else if (const auto* validation = std::get_if<ValidationEvent>(&event)) {
    const auto x = static_cast<double>(validation->iteration);
    if (validation->top1) {
      put(Curve::Top1, x, *validation->top1);
      put(Curve::Top5, x, validation->top5.value_or(0));
    } else {
      put(Curve::Map50, x, validation->map50);
      put(Curve::Precision, x, validation->precision);
      put(Curve::Recall, x, validation->recall);
      if (validation->wholeTop1) {
        put(Curve::Top1, x, *validation->wholeTop1);
        put(Curve::Top5, x, validation->wholeTop5.value_or(0));
      }
    }
    put(Curve::LossValidation, x, validation->lossValidation);
    if (!best_ || scoreOf(*validation) > best_->score)
      best_ = BestScore{scoreOf(*validation), validation->epoch};
    validations_.push_back(*validation);
    if (!validation->nodes.empty()) {
      validations_.back().nodes = {};
      nodes_.push_back(std::make_shared<const NodeResults>(
          NodeResults{validation->iteration, validation->epoch, validation->nodes}));
      if (nodes_.size() > kNodeResultsKept) nodes_.erase(nodes_.begin());
    }
  } else if (const auto* message = std::get_if<MessageEvent>(&event)) {
    messages_.push_back(message->text);
  } else if (const auto* end = std::get_if<EndEvent>(&event)) {
    end_ = *end;
    // The log has no validation behind which the run went back.
    if (best_ && scoreOf(*end) > best_->score) best_ = BestScore{scoreOf(*end), std::nullopt};
  }
}

std::optional<double> RunCurves::loss() const {
  const LineData& mean = series(Curve::Loss)->mean;
  if (mean.empty()) return std::nullopt;
  const std::optional<std::size_t> last = mean.nearest(mean.x().back());
  if (!last) return std::nullopt;
  return mean.y()[*last];
}

std::shared_ptr<RunCurves> readRunCurves(const std::filesystem::path& run, std::stop_token stop) {
  auto curves = std::make_shared<RunCurves>();
  const std::filesystem::path file = run / "metrics.jsonl";
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return curves;
  std::ifstream in(file);
  if (!in) {
    throw Error("the run's log cannot be read", utf8(file), "check the permissions of the folder");
  }
  std::string line;
  while (!stop.stop_requested() && std::getline(in, line)) {
    if (const std::optional<TrainEvent> event = trainEventFromJson(line)) curves->add(*event);
  }
  if (in.bad()) {
    throw Error("the run's log cannot be read to its end", utf8(file), "check the disk");
  }
  return curves;
}

}  // namespace boxwright::ui
