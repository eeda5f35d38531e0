// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/training_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace boxwright {
namespace {

constexpr std::int64_t kTimedUpdates = 20;   ///< after which `minutes` becomes iterations
constexpr std::int64_t kUntimedUpdates = 3;  ///< of them, that still prepare and warm up
constexpr std::int64_t kLeastBetweenValidations = 10;

double secondsSince(TrainingPlan::Clock::time_point start) {
  return std::chrono::duration<double>(TrainingPlan::Clock::now() - start).count();
}

/// The updates that the run asks for; 0 where it asks for minutes.
std::int64_t askedFor(const Run& run, const NetSettings& net, double updatesPerEpoch) {
  const RunSettings& settings = run.settings();
  if (settings.updates > 0) return settings.updates;
  if (settings.minutes > 0) return 0;
  if (run.recipe().name == "cfg" && settings.epochs == 0 && net.maxBatches > 0)
    return net.maxBatches;
  return std::max<std::int64_t>(1, std::llround(run.recipe().epochs * updatesPerEpoch));
}

}  // namespace

TrainingPlan::TrainingPlan(const Run& run, const NetSettings& net, const InputSizes& sizes,
                           Pictures pictures, Clock::time_point start)
    : run_(run), net_(net), sizes_(sizes), pictures_(pictures), start_(start) {
  // A forward pass is about a third of an update's work.
  const double share =
      static_cast<double>(pictures.validation) / (3.0 * static_cast<double>(pictures.training));
  validateEvery_ = std::max<std::int64_t>(1, std::llround(std::ceil(share / kValidationShare)));
  planned_ = run_.plannedIterations();
  workOutNumbers();
  if (planned_ != 0) return;
  planned_ = askedFor(run_, net_, numbers_.updatesPerEpoch);
  workOutNumbers();
}

void TrainingPlan::workOutNumbers() {
  numbers_ = workOut(run_.recipe(), pictures_.training, planned_, net_, run_.settings().seed);
}

void TrainingPlan::addEpochs(int epochs, std::int64_t iteration) {
  planned_ = std::max(planned_, iteration) +
             std::max<std::int64_t>(1, std::llround(epochs * numbers_.updatesPerEpoch));
  workOutNumbers();
}

std::int64_t TrainingPlan::plainFrom() const {
  const double epochs = run_.recipe().plainEpochs;
  if (epochs <= 0 || planned_ <= 0) return -1;
  return std::max<std::int64_t>(0, planned_ - std::llround(epochs * numbers_.updatesPerEpoch));
}

bool TrainingPlan::validationDue(std::int64_t n, std::int64_t lastValidation) const {
  if (n == 0 || lastValidation >= n || pictures_.validation == 0) return false;
  if (isDone(n)) return true;
  if (n - lastValidation < kLeastBetweenValidations) return false;
  // Some boundary of `validateEvery_` epochs lies since the last one.
  const std::int64_t length = static_cast<std::int64_t>(pictures_.training) * validateEvery_;
  const auto batch = static_cast<std::int64_t>(run_.recipe().batch);
  return n * batch / length > lastValidation * batch / length;
}

double TrainingPlan::updatesBetweenValidations() const {
  return std::max(double(kLeastBetweenValidations),
                  numbers_.updatesPerEpoch * static_cast<double>(validateEvery_));
}

void TrainingPlan::updateTook(double seconds, int side) {
  recentSeconds_ = recentSeconds_ == 0 ? seconds : 0.9 * recentSeconds_ + 0.1 * seconds;
  if (planned_ == 0 && ++localUpdates_ > kUntimedUpdates) {
    timedSeconds_ += seconds * sizes_.base * sizes_.base / (double(side) * side);
    ++timedUpdates_;
  }
}

double TrainingPlan::secondsLeft(std::int64_t iteration) const {
  if (planned_ == 0) return std::max(0.0, run_.settings().minutes * 60 - secondsSince(start_));
  const auto left = static_cast<double>(planned_ - iteration);
  return left * recentSeconds_ + left / updatesBetweenValidations() * validationSeconds_;
}

bool TrainingPlan::canFitMinutes(std::int64_t iteration) const {
  return planned_ == 0 && iteration >= kTimedUpdates && timedUpdates_ > 0;
}

std::string TrainingPlan::fitMinutes(std::int64_t iteration, double validation) {
  const double update = timedSeconds_ / static_cast<double>(timedUpdates_) * meanAreaRatio(sizes_);
  // One validation is always at the end; a hundredth is for checkpoints.
  const double left = 0.99 * run_.settings().minutes * 60 - secondsSince(start_) - validation;
  const double more = left / (update + validation / updatesBetweenValidations());
  planned_ = iteration + std::max<std::int64_t>(1, static_cast<std::int64_t>(more));
  workOutNumbers();
  return fmt::format(
      "{:.1f} minutes are {} iterations ({:.1f} epochs) at {:.2f} s an update and {:.1f} s "
      "a validation.",
      run_.settings().minutes, planned_, static_cast<double>(planned_) / numbers_.updatesPerEpoch,
      update, validation);
}

}  // namespace boxwright
