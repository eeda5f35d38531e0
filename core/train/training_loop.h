// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/train/batch_loader.h"
#include "core/train/loss_watch.h"
#include "core/train/opened_training.h"
#include "core/train/run.h"
#include "core/train/train_event.h"
#include "core/train/trainer.h"

namespace boxwright {

/// Trains an opened run from its state to its end or a stop: updates, validations, checkpoints,
/// what to do when training diverges. Owned and used by the thread that trains.
class TrainingLoop {
 public:
  /// All must outlive it; `training` is used up.
  TrainingLoop(const Run& run, const TrainOptions& options, std::stop_token stop,
               OpenedTraining& training);

  /// Once. Throws what train() throws.
  EndEvent go();

 private:
  void begin();
  void startLoader();
  /// One round of the loop; the end where it has come.
  std::optional<EndEvent> advance();
  void step();
  void tellStep(const LossParts& loss, double learningRate, int side);
  /// False when it was stopped midway.
  bool validate();
  /// The weights of now; nothing when stopped midway.
  std::optional<ValidationEvent> measure(std::size_t atMost = SIZE_MAX);
  void turnMinutesIntoIterations();
  EndEvent finish(bool stopped, std::string reason = {});
  /// From the last good state with half the rate.
  void goBack(const Diverged& reason);
  /// Says so in the run's record, which has been cut back.
  void tellRetry();

  void keepLast();
  void keepGood();
  /// Where the last one is so old, or as old as the user said; but never while the loss is
  /// climbing, which is no state to come back to.
  void keepLastAfter(double seconds);

  [[noreturn]] void failDiverged(const std::string& how, std::int64_t iteration,
                                 const std::vector<std::size_t>& pictures) const;
  [[noreturn]] void failNotFinite(std::int64_t iteration,
                                  const std::vector<std::size_t>& pictures) const {
    failDiverged("the loss is no number any more", iteration, pictures);
  }
  double learningRateOf(std::int64_t iteration) const;
  std::string namesOf(const std::vector<std::size_t>& pictures) const;
  std::int64_t imagesSeen() const { return state_.iteration * network_.batch(); }
  double epochNow() const {
    return static_cast<double>(imagesSeen()) / static_cast<double>(loader_->epochPictures());
  }

  const Run& run_;
  const TrainOptions& options_;
  std::stop_token stop_;
  OpenedTraining& training_;
  // What of it is used all the time.
  Announcer& announcer_;
  KeptStates& kept_;
  NetworkInTraining& network_;
  TrainingTask& task_;
  TrainingPlan& plan_;
  Checkpoint& state_;

  std::unique_ptr<BatchLoader> loader_;
  LossWatch watch_;
  std::vector<std::size_t> lastPictures_;  ///< of the last batch
};

}  // namespace boxwright
