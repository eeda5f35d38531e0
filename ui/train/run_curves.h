// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/network/network.h"
#include "core/train/train_event.h"
#include "ui/charts/line_data.h"
#include "ui/train/run_tree.h"

namespace boxwright::ui {

/// The lines that the charts of the Train page can show.
enum class Curve {
  Loss,
  LossBox,
  LossObjectness,
  LossNoObject,
  LossClass,
  LossClassOnly,
  LossValidation,
  Map50,
  Precision,
  Recall,
  Top1,
  Top5,
  LearningRate,
  ImagesPerSecond,
};
inline constexpr std::size_t curveCount = 14;

/// By which of two validations the better is told: mAP50, of a classifier top-1.
inline double scoreOf(const ValidationEvent& validation) {
  return validation.top1.value_or(validation.map50);
}
/// The best of all of them, as a run's last words tell it.
inline double scoreOf(const EndEvent& end) {
  return end.bestTop1.value_or(end.bestMap50);
}

/// The best of a run's validations.
struct BestScore {
  double score = 0;
  std::optional<double> epoch;  ///< of the validation, where the log still has it
};

/// What a validation says of the nodes of a class tree.
struct NodeResults {
  std::int64_t iteration = 0;
  double epoch = 0;
  std::vector<ValidationEvent::NodeResult> nodes;
};

/// A run's events as points over the iteration, and what is to be said of it. Filled from
/// metrics.jsonl on a job's thread, or event by event while it trains; then used by the GUI alone.
class RunCurves {
 public:
  RunCurves();

  /// A step that is not beyond the last one (a resume from an earlier checkpoint) takes away what
  /// stood from there on, as the run's own log does.
  void add(const TrainEvent& event);

  const std::shared_ptr<LineSeries>& series(Curve curve) const {
    return series_[static_cast<std::size_t>(curve)];
  }
  const std::optional<BatchEvent>& lastBatch() const { return lastBatch_; }
  /// But for their nodes.
  const std::vector<ValidationEvent>& validations() const { return validations_; }
  /// Of the newest validation that tells of any; null: none does.
  std::shared_ptr<const NodeResults> nodes() const {
    return nodes_.empty() ? nullptr : nodes_.back();
  }
  const std::optional<EndEvent>& end() const { return end_; }
  const std::vector<std::string>& messages() const { return messages_; }
  /// What the run learns, where it is known before the first validation tells.
  void setTask(NetworkTask task, bool joint = false) {
    task_ = task;
    joint_ = joint;
  }
  /// Over which class tree; null: over none.
  void setTree(std::shared_ptr<const RunTree> tree) { tree_ = std::move(tree); }
  const std::shared_ptr<const RunTree>& tree() const { return tree_; }
  /// It learns from pictures without boxes, too, over a class tree.
  bool isJoint() const { return joint_; }
  bool isClassifier() const {
    return task_ == NetworkTask::Classification ||
           (!validations_.empty() && validations_.back().top1.has_value());
  }
  /// The line of scoreOf().
  Curve scoreCurve() const { return isClassifier() ? Curve::Top1 : Curve::Map50; }
  /// The highest score there has been, also where the run has gone back behind it: its weights are
  /// the ones that are kept.
  const std::optional<BestScore>& best() const { return best_; }
  /// The newest running mean of the loss.
  std::optional<double> loss() const;
  bool empty() const { return !lastBatch_ && validations_.empty(); }

 private:
  std::array<std::shared_ptr<LineSeries>, curveCount> series_;
  std::optional<BatchEvent> lastBatch_;
  std::vector<ValidationEvent> validations_;
  std::vector<std::shared_ptr<const NodeResults>> nodes_;  ///< the last few
  std::optional<BestScore> best_;
  std::optional<EndEvent> end_;
  std::vector<std::string> messages_;
  NetworkTask task_ = NetworkTask::Detection;
  bool joint_ = false;
  std::shared_ptr<const RunTree> tree_;
};

/// Reads a run's metrics.jsonl; lines that are no event are passed over, a file that is not there
/// gives empty curves. Any thread. Throws Error when the file cannot be read.
std::shared_ptr<RunCurves> readRunCurves(const std::filesystem::path& run,
                                         std::stop_token stop = {});

}  // namespace boxwright::ui
