// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/training_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <utility>

#include "core/base/out_of_memory.h"
#include "core/compute/device_name.h"
#include "core/compute/trace.h"
#include "core/train/input_size.h"
#include "core/train/pictures_gone.h"
#include "core/train/run_end.h"
#include "core/train/start_report.h"

namespace boxwright {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kSecondsBetweenCheckpoints = 60;  ///< at a validation
constexpr double kMostSecondsBetweenCheckpoints = 300;
/// States to go back to are counted, not timed: where a retry begins depends on no clock.
constexpr std::int64_t kUpdatesBetweenGood = 200;
constexpr std::size_t kTimedValidationPictures = 32;

/// A validation that failed for a reason of the machine's (memory, say) and not of the training:
/// what has been learned is kept.
struct ValidationFailed {
  std::exception_ptr reason;
};

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

TrainingLoop::TrainingLoop(const Run& run, const TrainOptions& options, std::stop_token stop,
                           OpenedTraining& training)
    : run_(run),
      options_(options),
      stop_(std::move(stop)),
      training_(training),
      announcer_(*training.announcer),
      kept_(training.kept),
      network_(*training.network),
      task_(*training.task),
      plan_(*training.plan),
      state_(training.state) {}

EndEvent TrainingLoop::go() {
  begin();
  for (;;) {
    try {
      if (const std::optional<EndEvent> end = advance()) return *end;
    } catch (const Diverged& reason) {
      if (state_.retries >= state_.retriesAllowed) throw;
      goBack(reason);
    } catch (const PicturesGone&) {
      keepLast();  // bring them back, and it goes on as if nothing had been
      throw;
    } catch (const ValidationFailed& failure) {
      keepLast();
      std::rethrow_exception(failure.reason);
    } catch (const OutOfMemory&) {
      // In the middle of an update it is no state to go on from: the last checkpoint is.
      if (network_.isWhole()) keepLast();
      throw;
    }
  }
}

void TrainingLoop::begin() {
  watch_.restore(state_.lossWatch);
  task_.restore(state_.gathered);
  network_.begin(state_, plan_.numbers().averageDecay);
  startLoader();
  // All that can be wrong has been found by now.
  announcer_.log().cutBack(state_.metrics);
  // Before the longer plan: with it alone a resume would have the old patience.
  if (options_.resume && options_.moreEpochs > 0) keepLast();
  if (plan_.iterations() != run_.plannedIterations())
    run_.keepPlannedIterations(plan_.iterations());
  if (!options_.datasetPlace.empty() && options_.datasetPlace != run_.settings().dataset)
    run_.keepDatasetPlace(options_.datasetPlace);
  tellStart(run_, training_, loader_->pictures(), options_.resume);
  // Once it is told: a run that is killed between says it again.
  const std::string on = computedOn(network_.backend());
  if (const RunSettings& was = run_.settings();
      training_.device != DeviceChoice{was.device, was.precision} || on != run_.computedOn())
    run_.keepDevice(training_.device, on);
  if (training_.inOtherParts) run_.keepParts();
  if (state_.retryUntold != 0) tellRetry();  // it was killed as it went back
  // What this start was told beyond the checkpoint must outlive it.
  if (!options_.resume || options_.retries >= 0) keepLast();
  const bool newer = options_.retries >= 0 && !watch_.suspicious();  // the last one may be old
  if (state_.retriesAllowed > 0 && (newer || !kept_.hasGood())) keepGood();
}

void TrainingLoop::startLoader() {
  LoaderSettings settings;
  settings.seed = run_.settings().seed;
  settings.batch = network_.batch();
  settings.threads = training_.threads.loader;
  settings.withReplacement = run_.recipe().withReplacement;
  settings.trace = options_.trace;
  settings.memory = network_.backend().hostMemory();
  task_.setUpLoader(settings, largestSide(network_.sizes()));
  settings.plainFrom = plan_.plainFrom();
  settings.side = [sizes = network_.sizes(), planned = plan_.iterations()](std::int64_t step) {
    return sideOf(sizes, step, planned);
  };
  std::vector<LoaderPicture> pictures =
      loader_ ? loader_->pictures() : std::move(training_.pictures);
  network_.forgetNext();
  loader_.reset();
  loader_ = std::make_unique<BatchLoader>(std::move(pictures), std::move(settings), training_.cache,
                                          state_.iteration);
}

std::optional<EndEvent> TrainingLoop::advance() {
  if (plan_.validationDue(state_.iteration, state_.lastValidation)) {
    if (!validate()) return finish(true);
    keepLastAfter(kSecondsBetweenCheckpoints);
  }
  if (plan_.isDone(state_.iteration)) return finish(false);
  if (std::string reason = lostPatience(run_, state_, task_); !reason.empty())
    return finish(false, std::move(reason));
  if (stop_.stop_requested()) return finish(true);
  if (plan_.canFitMinutes(state_.iteration)) {
    turnMinutesIntoIterations();
    return std::nullopt;
  }
  step();
  keepLastAfter(kMostSecondsBetweenCheckpoints);
  if (state_.retriesAllowed > 0 && state_.iteration % kUpdatesBetweenGood == 0 &&
      !watch_.suspicious())
    keepGood();
  return std::nullopt;
}

void TrainingLoop::step() {
  const Clock::time_point begin = Clock::now();
  const Trace::Span whole(options_.trace, "step");
  std::optional<TrainingBatch> batch = [&] {
    const Trace::Span span(options_.trace, "wait for pictures");
    return loader_->next(stop_);
  }();
  if (!batch) return;  // stopped while waiting
  const double rate = learningRateOf(state_.iteration + 1);
  const std::optional<LossParts> loss =
      network_.learn(*batch, loader_->upcoming(), task_, plan_.numbers(), rate, state_);
  if (!loss) failNotFinite(state_.iteration + 1, batch->pictures);
  plan_.updateTook(secondsSince(begin), batch->side);
  tellStep(*loss, rate, batch->side);
  lastPictures_ = batch->pictures;
  loader_->recycle(std::move(*batch));
  const double shown = loss->total() / network_.batch();
  const float usual = watch_.usual();
  if (watch_.diverged(shown))
    failDiverged(fmt::format("the loss is {:.4g}, and for {} updates has been over {:.0f} times "
                             "what it was ({:.4g})",
                             shown, LossWatch::kUpdates, LossWatch::kFactor, usual),
                 state_.iteration, lastPictures_);
}

void TrainingLoop::tellStep(const LossParts& loss, double learningRate, int side) {
  const int batch = network_.batch();
  BatchEvent event;
  event.iteration = state_.iteration;
  event.epoch = epochNow();
  event.images = imagesSeen();
  event.loss = loss.total() / batch;
  event.lossBox = loss.box / batch;
  event.lossObjectness = loss.objectness / batch;
  event.lossNoObject = loss.noObject / batch;
  event.lossClass = loss.classes / batch;
  if (run_.isJoint()) event.lossClassOnly = loss.classOnly / batch;
  event.learningRate = learningRate;
  event.size = side;
  event.imagesPerSecond = batch / std::max(1e-9, plan_.updateSeconds());
  event.iterations = plan_.iterations();
  event.secondsLeft = plan_.secondsLeft(state_.iteration);
  announcer_.say(TrainEvent(event));
  for (std::string& fault : loader_->takeFaults())
    announcer_.remark(std::move(fault));
}

bool TrainingLoop::validate() {
  const Clock::time_point begin = Clock::now();
  const Trace::Span span(options_.trace, "validation");
  std::optional<ValidationEvent> measured = measure();
  if (!measured) return false;
  ValidationEvent& event = *measured;
  event.iteration = state_.iteration;
  event.epoch = epochNow();
  state_.lastValidation = state_.iteration;
  ++state_.validations;
  ++state_.validationsSinceBest;
  // Of equals the one with the lower loss.
  const double merit = task_.merit(event);
  if (merit > state_.bestMerit ||
      (merit == state_.bestMerit && event.lossValidation < state_.bestLoss)) {
    kept_.keepBest(state_, network_);
    state_.bestMerit = merit;
    state_.bestLoss = event.lossValidation;
    state_.bestIteration = state_.iteration;
    state_.validationsSinceBest = 0;
  }
  plan_.validationTook(secondsSince(begin));
  announcer_.say(TrainEvent(std::move(event)));
  for (std::string& fault : task_.takeFaults())
    announcer_.remark(std::move(fault));
  return true;
}

std::optional<ValidationEvent> TrainingLoop::measure(std::size_t atMost) {
  try {
    Network network = network_.current();
    if (!allFinite(network)) failNotFinite(state_.iteration, lastPictures_);
    return task_.measure(network_.modelOf(std::move(network)), network_.parameters(), stop_,
                         atMost);
  } catch (const Diverged&) {
    throw;
  } catch (const PicturesGone&) {
    throw;
  } catch (const std::exception&) {
    throw ValidationFailed{std::current_exception()};
  }
}

void TrainingLoop::turnMinutesIntoIterations() {
  double validation = 0;
  if (task_.validationPictures() > 0) {
    // Timed on a few pictures: the whole of it is that many times as long.
    const Clock::time_point begin = Clock::now();
    const std::size_t some = std::min(kTimedValidationPictures, task_.validationPictures());
    if (!measure(some)) return;  // stopped
    validation = secondsSince(begin) * static_cast<double>(task_.validationPictures()) /
                 static_cast<double>(some);
  }
  std::string text = plan_.fitMinutes(state_.iteration, validation);
  run_.keepPlannedIterations(plan_.iterations());
  announcer_.remark(std::move(text));
  // The end of the run decides about sizes and the last, plain epochs.
  if (run_.settings().ideas.multiScale == MultiScale::On || run_.recipe().plainEpochs > 0)
    startLoader();
}

EndEvent TrainingLoop::finish(bool stopped, std::string reason) {
  if (!stopped)
    for (std::string& text : task_.closingRemarks())
      announcer_.remark(std::move(text));
  if (const std::size_t count = loader_->leftOut(); count > 0)
    announcer_.remark(fmt::format("{} training picture{} could not be read and {} left out.", count,
                                  count == 1 ? "" : "s", count == 1 ? "was" : "were"));
  for (std::string& line : network_.backend().report())
    announcer_.remark(std::move(line));
  keepLast();
  if (state_.iteration > 0) task_.writeGathered(loader_->pictures());
  // After the checkpoint, or a resume from it would say it twice.
  if (!reason.empty()) announcer_.say(std::move(reason));
  if (!stopped && task_.validationPictures() == 0) kept_.keepBest(state_, network_);
  EndEvent end = task_.endEvent(std::max(0.0, state_.bestMerit));
  end.stopped = stopped;
  end.iteration = state_.iteration;
  announcer_.say(TrainEvent(end));
  announcer_.log().flushToDisk();
  return end;
}

void TrainingLoop::goBack(const Diverged& reason) {
  const Checkpoint left = std::move(state_);
  state_ = kept_.good();
  state_.retries = left.retries + 1;
  state_.retriesAllowed = left.retriesAllowed;
  // The best weights lie in their file, whatever became of the updates after them.
  state_.bestMerit = left.bestMerit;
  state_.bestLoss = left.bestLoss;
  state_.bestIteration = left.bestIteration;
  // First the state to go on from, while the record is still whole: killed at any moment from here
  // on, a resume cuts it back and says what is not said yet.
  state_.retryUntold = 1;
  kept_.replaceLast(state_);
  watch_.restore(state_.lossWatch);
  task_.restore(state_.gathered);
  network_.goBack(state_, plan_.numbers().averageDecay);
  startLoader();
  // Where it was noticed depends on when a checkpoint was written, and is no part of the record.
  announcer_.remark(fmt::format("Diverged: {}; {}.", reason.problem(), reason.where()));
  announcer_.log().cutBack(state_.metrics);
  tellRetry();
}

void TrainingLoop::tellRetry() {
  announcer_.say(fmt::format(
      "Training has diverged: back to iteration {} and on with half the rate, now {:.3g} (retry {} "
      "of {}).",
      state_.iteration, learningRateOf(state_.iteration + 1), state_.retries,
      state_.retriesAllowed));
  state_.retryUntold = 0;
  keepGood();
  keepLast();
}

void TrainingLoop::keepLast() {
  state_.lossWatch = watch_.state();
  state_.gathered = task_.gathered();
  if (!kept_.keepLast(state_, network_, announcer_.log()))
    failNotFinite(state_.iteration, lastPictures_);
  // By the clock, and so no part of the record.
  announcer_.show(CheckpointEvent{"checkpoints/last.ckpt"});
}

void TrainingLoop::keepGood() {
  state_.lossWatch = watch_.state();
  state_.gathered = task_.gathered();
  if (!kept_.keepGood(state_, network_, announcer_.log()))
    failNotFinite(state_.iteration, lastPictures_);
}

void TrainingLoop::keepLastAfter(double seconds) {
  if (watch_.suspicious()) return;
  if (kept_.secondsSinceLast() >= options_.checkpointEvery.value_or(seconds)) keepLast();
}

double TrainingLoop::learningRateOf(std::int64_t iteration) const {
  return std::ldexp(learningRateAt(plan_.numbers().schedule, iteration),
                    -static_cast<int>(state_.retries));
}

std::string TrainingLoop::namesOf(const std::vector<std::size_t>& pictures) const {
  std::string names;
  for (const std::size_t index : pictures)
    names += (names.empty() ? "" : ", ") + loader_->pictures()[index].name;
  return names;
}

void TrainingLoop::failDiverged(const std::string& how, std::int64_t iteration,
                                const std::vector<std::size_t>& pictures) const {
  throw Diverged(
      fmt::format("{} at iteration {} (learning rate {:.3g}{})", how, iteration,
                  learningRateOf(iteration),
                  state_.retries > 0
                      ? fmt::format(", halved {} already",
                                    state_.retries == 1 ? std::string("once")
                                                        : fmt::format("{} times", state_.retries))
                      : std::string()),
      "pictures of the batch: " + namesOf(pictures),
      "the last good checkpoint and weights are kept; start a new run with a lower "
      "learning rate, or resume this one with a retry, which halves it");
}

}  // namespace boxwright
