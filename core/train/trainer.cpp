// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/thread_budget.h"
#include "core/compute/session.h"
#include "core/compute/trace.h"
#include "core/network/model.h"
#include "core/network/weights_file.h"
#include "core/train/batch_loader.h"
#include "core/train/checkpoint.h"
#include "core/train/initial_weights.h"
#include "core/train/input_size.h"
#include "core/train/loss_watch.h"
#include "core/train/metrics_log.h"
#include "core/train/pictures_gone.h"
#include "core/train/quarantine.h"
#include "core/train/run_check.h"
#include "core/train/training_task.h"
#include "core/train/weight_average.h"

namespace boxwright {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kTimedUpdates = 20;   ///< after which `minutes` becomes iterations
constexpr std::int64_t kUntimedUpdates = 3;  ///< of them, that still prepare and warm up
constexpr std::int64_t kLeastBetweenValidations = 10;
constexpr double kValidationShare = 0.15;          ///< of the time, at most
constexpr double kSecondsBetweenCheckpoints = 60;  ///< at a validation
constexpr double kMostSecondsBetweenCheckpoints = 300;
/// States to go back to are counted, not timed: where a retry begins depends on no clock.
constexpr std::int64_t kUpdatesBetweenGood = 200;
constexpr std::size_t kTimedValidationPictures = 32;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

bool allFinite(std::span<const float> values) {
  return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

/// One training of a run, from its start or checkpoint to its end or a stop. Lives on the thread
/// that trains.
class Training {
 public:
  Training(const Run& run, const Dataset& dataset, const TrainOptions& options,
           std::stop_token stop, const TrainSink& sink)
      : run_(run),
        dataset_(dataset),
        options_(options),
        stop_(std::move(stop)),
        sink_(sink),
        cache_(options.cacheBytes) {}

  EndEvent go();

 private:
  void lockRun();
  void openNetwork();
  void checkDataset() const;
  /// False when it was stopped midway.
  bool openTask();
  void makeTask();
  /// Puts weights, momenta and average on the device, and reserves the memory of the largest size.
  void upload(const Network& network);
  void readInitialWeights();
  void restore();
  void planLength();
  void startLoader();
  void tellStart();

  void step();
  LossParts miniBatch(Session& session, const TrainingBatch& batch, int part, int size);
  bool validationDue() const;
  /// False when it was stopped midway.
  bool validate();
  void turnMinutesIntoIterations();
  void saveState(const char* name);
  void saveCheckpointNow();
  /// Where the last one is so old, or as old as the user said; but never while the loss is
  /// climbing, which is no state to come back to.
  void saveCheckpointAfter(double seconds) {
    if (!watch_.suspicious() &&
        secondsSince(lastCheckpoint_) >= options_.checkpointEvery.value_or(seconds))
      saveCheckpointNow();
  }
  EndEvent finish(bool stopped, std::string reason = {});
  /// All updates were done, and said to be, before this training began.
  std::optional<EndEvent> finishedBefore() const;
  /// Why the run ends before its plan; empty where it does not.
  std::string lostPatience() const;
  /// One round of the loop; the end where it has come.
  std::optional<EndEvent> advance();
  /// From the last good state with half the rate.
  void goBack(const Diverged& reason);

  Session& sessionOf(int side);
  Network learnedNetwork() const;
  Network currentNetwork() const;
  Model modelOf(Network network) const;
  RecipeNumbers numbersNow() const;
  /// Into the run's record, which is the same however often the run was stopped or killed.
  void say(const TrainEvent& event);
  void say(std::string text) { say(TrainEvent(MessageEvent{std::move(text)})); }
  /// To the listener and log.txt: what is true of this process only.
  void remark(std::string text);
  void sayFaults();
  [[noreturn]] void failDiverged(const std::string& how, std::int64_t iteration,
                                 const std::vector<std::size_t>& pictures) const;
  [[noreturn]] void failNotFinite(std::int64_t iteration,
                                  const std::vector<std::size_t>& pictures) const {
    failDiverged("the loss is no number any more", iteration, pictures);
  }
  double learningRateOf(std::int64_t iteration) const;
  std::string namesOf(const std::vector<std::size_t>& pictures) const;

  std::int64_t imagesSeen() const { return state_.iteration * batch_; }
  double epochNow() const {
    return static_cast<double>(imagesSeen()) / static_cast<double>(loader_->pictures().size());
  }
  double expectedSecondsLeft() const;

  const Run& run_;
  const Dataset& dataset_;
  const TrainOptions& options_;
  std::stop_token stop_;
  const TrainSink& sink_;
  const Clock::time_point start_ = Clock::now();

  PictureCache cache_;
  ThreadBudget threads_;
  Network network_;  ///< its weights only until the device has them
  InputRule inputRule_ = InputRule::Plain;
  BatchNormForm batchNorm_ = BatchNormForm::EpsilonInside;
  int batch_ = 1, subdivisions_ = 1;
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<Parameters> parameters_;
  std::map<int, Session> sessions_;
  Quarantine quarantine_;
  std::unique_ptr<TrainingTask> task_;
  std::vector<LoaderPicture> pictures_;  ///< until the loader has them
  std::size_t trainingCount_ = 0;
  std::unique_ptr<BatchLoader> loader_;
  std::unique_ptr<MetricsLog> log_;
  std::optional<WeightAverage> average_;
  LossWatch watch_;
  InputSizes sizes_;
  int detectionSize_ = 0;  ///< of validation, where it is not the network's own

  Checkpoint state_;
  std::int64_t planned_ = 0;        ///< iterations in all; 0 while not known
  std::int64_t validateEvery_ = 1;  ///< epochs
  RecipeNumbers numbers_;
  std::vector<float> gradient_;
  std::vector<std::size_t> lastPictures_;  ///< of the last batch
  std::vector<std::string> notes_;         ///< found while setting up, told once the log is open

  double timedSeconds_ = 0;  ///< of the updates that count for the speed, at the base size
  std::int64_t timedUpdates_ = 0, localUpdates_ = 0;
  double recentSeconds_ = 0;      ///< a running mean of one update
  double validationSeconds_ = 0;  ///< of the last one
  Clock::time_point lastCheckpoint_ = Clock::now();
};

void Training::say(const TrainEvent& event) {
  log_->append(event);
  if (sink_) sink_(event);
}

void Training::remark(std::string text) {
  log_->note(text);
  if (sink_) sink_(MessageEvent{std::move(text)});
}

void Training::openNetwork() {
  std::vector<Problem> problems;
  const Cfg cfg = readCfg(run_.folder() / "model.cfg", problems);
  network_ = buildNetwork(cfg, problems);
  inputRule_ = inputRuleOf(cfg);
  batchNorm_ = batchNormFormOf(cfg);
  if (std::cmp_not_equal(classCountOf(network_), run_.classes().size()))
    throw Error(fmt::format("model.cfg has {} classes, classes.names {}", classCountOf(network_),
                            run_.classes().size()),
                utf8(run_.folder()), "the run has been changed by hand; start a new one");
  initialiseWeights(network_, run_.settings().seed);
  batch_ = static_cast<int>(run_.recipe().batch);
  subdivisions_ = static_cast<int>(run_.recipe().subdivisions);
  sizes_ = {network_.net.width, run_.settings().ideas.multiScale, run_.recipe().name != "small",
            run_.settings().seed, strideOf(network_)};
  detectionSize_ = detectionSizeOf(cfg);
}

void Training::checkDataset() const {
  if (dataset_.classes != run_.classes())
    throw Error("the dataset's classes are not those of the run", utf8(dataset_.root),
                "classes have been added, removed or renamed since; start a new run");
  if (!options_.datasetPlace.empty() && options_.datasetPlace != run_.settings().dataset &&
      fingerprint(dataset_) != run_.datasetFingerprint())
    throw Error("this is not the dataset that the run began with", options_.datasetPlace,
                "its pictures or boxes are others; begin a new run with it");
}

void Training::makeTask() {
  task_ = boxwright::openTask({run_, dataset_, *backend_, cache_, quarantine_, threads_.compute},
                              network_);
}

bool Training::openTask() {
  if (options_.resume) quarantine_ = readQuarantine(run_.folder() / "quarantine.json");
  makeTask();
  if (options_.resume) {
    if (!quarantine_.entries.empty())
      notes_.push_back(fmt::format(
          "{} training picture{} in quarantine since the run began (quarantine.json).",
          quarantine_.entries.size(), quarantine_.entries.size() == 1 ? " is" : "s are"));
  } else {
    LoaderSettings loading;
    task_->setUpLoader(loading, largestSide(sizes_));
    std::optional<RunCheck> check =
        checkRun(run_, dataset_, loading.decodeAtLeast, std::max(threads_.compute, threads_.loader),
                 cache_, stop_, [this](const CheckEvent& event) {
                   if (sink_) sink_(TrainEvent(event));
                 });
    if (!check) return false;
    for (std::string& line : check->lines)
      notes_.push_back(std::move(line));
    quarantine_ = std::move(check->quarantine);
    if (!quarantine_.entries.empty()) makeTask();
  }
  pictures_ = task_->takePictures();
  trainingCount_ = pictures_.size();
  for (std::string& note : task_->takeNotes())
    notes_.push_back(std::move(note));
  if (fingerprint(dataset_) != run_.datasetFingerprint())
    notes_.push_back(
        "The dataset has changed since the run began: its numbers before and after do not "
        "compare exactly.");
  // A forward pass is about a third of an update's work.
  const double share = static_cast<double>(task_->validationPictures()) /
                       (3.0 * static_cast<double>(trainingCount_));
  validateEvery_ = std::max<std::int64_t>(1, std::llround(std::ceil(share / kValidationShare)));
  return true;
}

void Training::readInitialWeights() {
  task_->beginHead(network_);
  const RunSettings& settings = run_.settings();
  if (!settings.init.empty())
    notes_.push_back(loadInitialWeights(network_, settings.init, settings.initLayers));
}

void Training::restore() {
  state_ = loadCheckpoint(run_.folder() / "checkpoints" / "last.ckpt");
  setStoredFloats(network_, state_.weights);
  if (options_.retries >= 0) state_.retriesAllowed = state_.retries + options_.retries;
}

void Training::upload(const Network& network) {
  sessions_.clear();  // they use the parameters
  parameters_.reset();
  parameters_ = std::make_unique<Parameters>(*backend_, network, true);
  if (!state_.momenta.empty()) parameters_->setMomenta(state_.momenta);
  if (numbers_.averageDecay > 0)
    average_ =
        WeightAverage(numbers_.averageDecay, std::move(state_.average), state_.averageUpdates);
  watch_.restore(state_.lossWatch);
  state_.weights.clear();
  state_.momenta.clear();
  state_.average.clear();
  sessionOf(largestSide(sizes_));  // its memory serves the smaller ones
}

RecipeNumbers Training::numbersNow() const {
  return workOut(run_.recipe(), trainingCount_, planned_, network_.net, run_.settings().seed);
}

void Training::planLength() {
  planned_ = run_.plannedIterations();
  const double perEpoch = static_cast<double>(trainingCount_) / batch_;
  if (planned_ == 0 && run_.settings().updates > 0) planned_ = run_.settings().updates;
  if (planned_ == 0 && run_.settings().minutes <= 0) {
    if (run_.recipe().name == "cfg" && run_.settings().epochs == 0 && network_.net.maxBatches > 0)
      planned_ = network_.net.maxBatches;
    else
      planned_ = std::max<std::int64_t>(1, std::llround(run_.recipe().epochs * perEpoch));
  }
  if (options_.resume && options_.moreEpochs > 0) {
    planned_ = std::max(planned_, state_.iteration) +
               std::max<std::int64_t>(1, std::llround(options_.moreEpochs * perEpoch));
    state_.validationsSinceBest = 0;  // who asks for more has more patience
    notes_.push_back(
        fmt::format("{} more epochs: now {} iterations in all; the learning rate is that of "
                    "the longer plan.",
                    options_.moreEpochs, planned_));
  }
  numbers_ = numbersNow();
}

void Training::startLoader() {
  const Recipe& recipe = run_.recipe();
  LoaderSettings settings;
  settings.seed = run_.settings().seed;
  settings.batch = batch_;
  settings.threads = threads_.loader;
  settings.withReplacement = recipe.withReplacement;
  settings.trace = options_.trace;
  task_->setUpLoader(settings, largestSide(sizes_));
  if (recipe.plainEpochs > 0 && planned_ > 0)
    settings.plainFrom = std::max<std::int64_t>(
        0, planned_ - std::llround(recipe.plainEpochs * numbers_.updatesPerEpoch));
  settings.side = [sizes = sizes_, planned = planned_](std::int64_t step) {
    return sideOf(sizes, step, planned);
  };
  std::vector<LoaderPicture> pictures = loader_ ? loader_->pictures() : std::move(pictures_);
  loader_.reset();
  loader_ = std::make_unique<BatchLoader>(std::move(pictures), std::move(settings), cache_,
                                          state_.iteration);
}

void Training::tellStart() {
  const DeviceInfo device = backend_->info();
  remark(fmt::format("Training on {} ({}), {} loader thread{}.", device.name, device.kind,
                     threads_.loader, threads_.loader == 1 ? "" : "s"));
  if (options_.resume) {
    remark(fmt::format("Going on from iteration {}.", state_.iteration));
  } else {
    for (const std::string& note : run_.notes())
      say(note);
    for (std::string& line : describe(run_.recipe(), numbers_, trainingCount_, taskOf(network_)))
      say(std::move(line));
    if (task_->validationPictures() == 0)
      say("There are no validation pictures: the last weights are kept as the best.");
    else
      say(fmt::format("Validation on {} pictures every {}.", task_->validationPictures(),
                      validateEvery_ == 1
                          ? std::string("epoch")
                          : fmt::format("{} epochs, so that it takes at most {:.0f} % of the time",
                                        validateEvery_, 100 * kValidationShare)));
    for (std::string& line : task_->advice(loader_->pictures(), network_))
      say(std::move(line));
  }
  for (std::string& note : notes_)
    options_.resume ? remark(std::move(note)) : say(std::move(note));
  notes_.clear();
}

Session& Training::sessionOf(int side) {
  const auto found = sessions_.find(side);
  if (found != sessions_.end()) return found->second;
  Network sized = withoutWeights(network_);
  resizeNetwork(sized, side, side);
  cutToHead(sized);
  SessionOptions options;
  options.batch = batch_ / subdivisions_;
  options.width = side;
  options.height = side;
  options.mode = Mode::Training;
  options.threads = threads_.compute;
  options.batchNorm = batchNorm_;
  options.seed = run_.settings().seed;
  options.trace = options_.trace;
  return sessions_.emplace(side, Session(*parameters_, sized, options)).first->second;
}

std::string Training::namesOf(const std::vector<std::size_t>& pictures) const {
  std::string names;
  for (const std::size_t index : pictures)
    names += (names.empty() ? "" : ", ") + loader_->pictures()[index].name;
  return names;
}

double Training::learningRateOf(std::int64_t iteration) const {
  return std::ldexp(learningRateAt(numbers_.schedule, iteration),
                    -static_cast<int>(state_.retries));
}

void Training::failDiverged(const std::string& how, std::int64_t iteration,
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

LossParts Training::miniBatch(Session& session, const TrainingBatch& batch, int part, int size) {
  const std::size_t one = static_cast<std::size_t>(3) * batch.side * batch.side;
  const auto first = static_cast<std::size_t>(part) * static_cast<std::size_t>(size);
  const double n = static_cast<double>(state_.statisticsUpdates++);
  // Darknet counts from the zeros that its rolling statistics begin with.
  const bool ours = batchNorm_ == BatchNormForm::EpsilonInside;
  session.step().rollingMomentum =
      ours ? std::min(numbers_.rollingMomentum, n / (n + 1)) : numbers_.rollingMomentum;
  session.step().iteration = static_cast<std::uint64_t>(state_.statisticsUpdates);
  session.forward(std::span<const float>(batch.input)
                      .subspan(first * one, static_cast<std::size_t>(size) * one));

  const Shape shape = session.headShape();
  gradient_.resize(shape.count());
  const auto seen = static_cast<std::uint64_t>(imagesSeen() + std::int64_t(part + 1) * size);
  const LossParts loss = [&] {
    const Trace::Span span(options_.trace, "loss");
    return task_->loss({batch, first, session.head(), shape, seen}, numbers_, gradient_);
  }();
  if (!std::isfinite(loss.total())) failNotFinite(state_.iteration + 1, batch.pictures);
  session.backward(gradient_);
  return loss;
}

void Training::step() {
  const Clock::time_point begin = Clock::now();
  const Trace::Span whole(options_.trace, "step");
  std::optional<TrainingBatch> batch = [&] {
    const Trace::Span span(options_.trace, "wait for pictures");
    return loader_->next(stop_);
  }();
  if (!batch) return;  // stopped while waiting
  Session& session = sessionOf(batch->side);
  LossParts loss;
  const int size = batch_ / subdivisions_;
  for (int part = 0; part < subdivisions_; ++part) {
    const LossParts mini = miniBatch(session, *batch, part, size);
    loss.box += mini.box;
    loss.objectness += mini.objectness;
    loss.noObject += mini.noObject;
    loss.classes += mini.classes;
  }
  UpdateRule rule;
  rule.learningRate = learningRateOf(state_.iteration + 1);
  rule.momentum = run_.recipe().momentum;
  rule.decay = run_.recipe().decay;
  rule.batch = batch_;
  {
    const Trace::Span span(options_.trace, "update");
    parameters_->update(rule);
    backend_->wait();
  }
  ++state_.iteration;
  if (average_ && state_.iteration % WeightAverage::kEvery == 0) {
    average_->add(storedFloats(learnedNetwork()));
  }

  const double seconds = secondsSince(begin);
  recentSeconds_ = recentSeconds_ == 0 ? seconds : 0.9 * recentSeconds_ + 0.1 * seconds;
  if (planned_ == 0 && ++localUpdates_ > kUntimedUpdates) {
    timedSeconds_ += seconds * sizes_.base * sizes_.base / (double(batch->side) * batch->side);
    ++timedUpdates_;
  }
  BatchEvent event;
  event.iteration = state_.iteration;
  event.epoch = epochNow();
  event.images = imagesSeen();
  event.loss = loss.total() / batch_;
  event.lossBox = loss.box / batch_;
  event.lossObjectness = loss.objectness / batch_;
  event.lossNoObject = loss.noObject / batch_;
  event.lossClass = loss.classes / batch_;
  event.learningRate = rule.learningRate;
  event.size = batch->side;
  event.imagesPerSecond = batch_ / std::max(1e-9, recentSeconds_);
  event.iterations = planned_;
  event.secondsLeft = expectedSecondsLeft();
  say(TrainEvent(event));
  sayFaults();
  lastPictures_ = batch->pictures;
  loader_->recycle(std::move(*batch));
  const float usual = watch_.usual();
  if (watch_.diverged(event.loss))
    failDiverged(fmt::format("the loss is {:.4g}, and for {} updates has been over {:.0f} times "
                             "what it was ({:.4g})",
                             event.loss, LossWatch::kUpdates, LossWatch::kFactor, usual),
                 state_.iteration, lastPictures_);
}

double Training::expectedSecondsLeft() const {
  if (planned_ == 0) return std::max(0.0, run_.settings().minutes * 60 - secondsSince(start_));
  const auto left = static_cast<double>(planned_ - state_.iteration);
  const double validations =
      left / std::max(double(kLeastBetweenValidations),
                      numbers_.updatesPerEpoch * static_cast<double>(validateEvery_));
  return left * recentSeconds_ + validations * validationSeconds_;
}

void Training::sayFaults() {
  for (std::string& fault : loader_->takeFaults())
    remark(std::move(fault));
}

bool Training::validationDue() const {
  const std::int64_t n = state_.iteration;
  if (n == 0 || state_.lastValidation >= n || task_->validationPictures() == 0) return false;
  if (planned_ > 0 && n >= planned_) return true;
  if (n - state_.lastValidation < kLeastBetweenValidations) return false;
  // Some boundary of `validateEvery_` epochs lies since the last one.
  const std::int64_t length = static_cast<std::int64_t>(trainingCount_) * validateEvery_;
  return n * batch_ / length > state_.lastValidation * batch_ / length;
}

/// With the weights as they are now.
Network Training::learnedNetwork() const {
  Network network = network_;
  parameters_->download(network);
  return network;
}

/// With the weights that are validated and kept: the running average where there is one.
Network Training::currentNetwork() const {
  Network network = learnedNetwork();
  if (average_ && average_->updates() > 0) setStoredFloats(network, average_->values());
  return network;
}

Model Training::modelOf(Network network) const {
  Model model;
  model.network = std::move(network);
  if (detectionSize_ > 0) resizeNetwork(model.network, detectionSize_, detectionSize_);
  model.names = run_.classes();
  model.inputRule = inputRule_;
  model.batchNorm = batchNorm_;
  model.title = utf8(run_.folder().filename());
  return model;
}

bool Training::validate() {
  const Clock::time_point begin = Clock::now();
  const Trace::Span span(options_.trace, "validation");
  Network network = currentNetwork();
  if (!allFinite(storedFloats(network))) failNotFinite(state_.iteration, lastPictures_);
  std::optional<ValidationEvent> measured =
      task_->measure(modelOf(std::move(network)), *parameters_, stop_);
  if (!measured) return false;
  ValidationEvent& event = *measured;
  event.iteration = state_.iteration;
  event.epoch = epochNow();
  state_.lastValidation = state_.iteration;
  ++state_.validations;
  ++state_.validationsSinceBest;
  // Of equals the one with the lower loss.
  const double merit = task_->merit(event);
  if (merit > state_.bestMerit ||
      (merit == state_.bestMerit && event.lossValidation < state_.bestLoss)) {
    saveWeights(run_.folder() / "weights" / "best.weights", currentNetwork(),
                static_cast<std::uint64_t>(imagesSeen()));
    state_.bestMerit = merit;
    state_.bestLoss = event.lossValidation;
    state_.bestIteration = state_.iteration;
    state_.validationsSinceBest = 0;
  }
  validationSeconds_ = secondsSince(begin);
  say(TrainEvent(std::move(event)));
  for (std::string& fault : task_->takeFaults())
    remark(std::move(fault));
  return true;
}

void Training::saveState(const char* name) {
  const Trace::Span span(options_.trace, "checkpoint");
  state_.weights = storedFloats(learnedNetwork());
  state_.momenta = parameters_->momenta();
  if (!allFinite(state_.weights) || !allFinite(state_.momenta))
    failNotFinite(state_.iteration, lastPictures_);
  state_.average = average_ ? average_->values() : std::vector<float>();
  state_.averageUpdates = average_ ? average_->updates() : 0;
  state_.lossWatch = watch_.state();
  log_->flushToDisk();
  state_.metrics = log_->lengths();
  saveCheckpoint(run_.folder() / "checkpoints" / name, state_);
  state_.weights.clear();
  state_.momenta.clear();
  state_.average.clear();
}

void Training::saveCheckpointNow() {
  saveState("last.ckpt");
  if (state_.iteration > 0)
    saveWeights(run_.folder() / "weights" / "last.weights", currentNetwork(),
                static_cast<std::uint64_t>(imagesSeen()));
  lastCheckpoint_ = Clock::now();
  // By the clock, and so no part of the record.
  if (sink_) sink_(CheckpointEvent{"checkpoints/last.ckpt"});
}

void Training::turnMinutesIntoIterations() {
  const double update = timedSeconds_ / static_cast<double>(timedUpdates_) * meanAreaRatio(sizes_);
  double validation = 0;
  if (task_->validationPictures() > 0) {
    // Timed on a few pictures: the whole of it is that many times as long.
    const Clock::time_point begin = Clock::now();
    const std::size_t some = std::min(kTimedValidationPictures, task_->validationPictures());
    if (!task_->measure(modelOf(currentNetwork()), *parameters_, stop_, some)) return;  // stopped
    validation = secondsSince(begin) * static_cast<double>(task_->validationPictures()) /
                 static_cast<double>(some);
  }
  const double between = std::max(double(kLeastBetweenValidations),
                                  numbers_.updatesPerEpoch * static_cast<double>(validateEvery_));
  // One validation is always at the end; a hundredth is for checkpoints.
  const double left = 0.99 * run_.settings().minutes * 60 - secondsSince(start_) - validation;
  const double more = left / (update + validation / between);
  planned_ = state_.iteration + std::max<std::int64_t>(1, static_cast<std::int64_t>(more));
  run_.keepPlannedIterations(planned_);
  numbers_ = numbersNow();
  remark(fmt::format(
      "{:.1f} minutes are {} iterations ({:.1f} epochs) at {:.2f} s an update and {:.1f} s "
      "a validation.",
      run_.settings().minutes, planned_, static_cast<double>(planned_) / numbers_.updatesPerEpoch,
      update, validation));
  // The end of the run decides about sizes and the last, plain epochs.
  if (run_.settings().ideas.multiScale || run_.recipe().plainEpochs > 0) startLoader();
}

EndEvent Training::finish(bool stopped, std::string reason) {
  if (!stopped)
    for (std::string& text : task_->closingRemarks())
      remark(std::move(text));
  if (const std::size_t count = loader_->leftOut(); count > 0)
    remark(fmt::format("{} training picture{} could not be read and {} left out.", count,
                       count == 1 ? "" : "s", count == 1 ? "was" : "were"));
  saveCheckpointNow();
  // After the checkpoint, or a resume from it would say it twice.
  if (!reason.empty()) say(std::move(reason));
  if (!stopped && task_->validationPictures() == 0)
    saveWeights(run_.folder() / "weights" / "best.weights", currentNetwork(),
                static_cast<std::uint64_t>(imagesSeen()));
  EndEvent end = task_->endEvent(std::max(0.0, state_.bestMerit));
  end.stopped = stopped;
  end.iteration = state_.iteration;
  say(TrainEvent(end));
  log_->flushToDisk();
  return end;
}

void Training::lockRun() {
  log_ = std::make_unique<MetricsLog>(run_.folder());
  if (options_.resume && !run_.hasCheckpoint())
    throw Error("the run has no checkpoint to go on from", utf8(run_.folder()),
                "start a new run; it may take this folder");
  if (!options_.resume && run_.hasCheckpoint())
    throw Error("the run has been started already", utf8(run_.folder()),
                "resume it, or start a new run in another folder");
  // A training that was killed in the middle of writing leaves a file as large as a checkpoint.
  for (const char* const name :
       {"run.json", "quarantine.json", "checkpoints/last.ckpt", "checkpoints/good.ckpt",
        "weights/best.weights", "weights/last.weights"})
    removeTemporaries(run_.folder() / name);
}

std::string Training::lostPatience() const {
  const int patience = run_.settings().patience;
  if (patience <= 0 || state_.validationsSinceBest < patience) return {};
  return fmt::format("No better {} in {} validations: the run ends early.", task_->meritName(),
                     patience);
}

std::optional<EndEvent> Training::finishedBefore() const {
  if (!options_.resume || options_.moreEpochs > 0 || planned_ == 0) return std::nullopt;
  const std::string reason = lostPatience();
  if ((state_.iteration < planned_ && reason.empty()) || validationDue()) return std::nullopt;
  EndEvent end = task_->endEvent(std::max(0.0, state_.bestMerit));
  end.iteration = state_.iteration;
  end.finishedBefore = true;
  // One that was killed between its last checkpoint and its last words says them first.
  std::uint64_t words = toJson(TrainEvent(end)).size() + 1;
  if (!reason.empty()) words += toJson(TrainEvent(MessageEvent{reason})).size() + 1;
  std::error_code code;
  const std::uintmax_t size = std::filesystem::file_size(run_.folder() / "metrics.jsonl", code);
  if (code || size < state_.metrics.jsonl + words) return std::nullopt;
  return end;
}

void Training::goBack(const Diverged& reason) {
  const Checkpoint left = std::move(state_);
  state_ = loadCheckpoint(run_.folder() / "checkpoints" / "good.ckpt");
  state_.retries = left.retries + 1;
  state_.retriesAllowed = left.retriesAllowed;
  // The best weights lie in their file, whatever became of the updates after them.
  if (left.bestMerit > state_.bestMerit) {
    state_.bestMerit = left.bestMerit;
    state_.bestLoss = left.bestLoss;
    state_.bestIteration = left.bestIteration;
  }
  Network good = learnedNetwork();
  setStoredFloats(good, state_.weights);
  upload(good);
  startLoader();
  log_->cutBack(state_.metrics);
  // Where it was noticed depends on when a checkpoint was written, and is no part of the record.
  remark(fmt::format("Diverged: {}; {}.", reason.problem(), reason.where()));
  say(fmt::format(
      "Training has diverged: back to iteration {} and on with half the rate, now {:.3g} (retry {} "
      "of {}).",
      state_.iteration, learningRateOf(state_.iteration + 1), state_.retries,
      state_.retriesAllowed));
  saveState("good.ckpt");
  saveCheckpointNow();
}

EndEvent Training::go() {
  // First of all: no checkpoint of a run that is being trained elsewhere is read, nothing changed.
  lockRun();
  const RunSettings& settings = run_.settings();
  threads_ = ThreadBudget::of(options_.threads > 0 ? options_.threads : settings.threads);
  const int loaders = options_.loaderThreads > 0 ? options_.loaderThreads : settings.loaderThreads;
  if (loaders > 0) threads_.loader = std::min(loaders, mostThreads());
  if (options_.resume && run_.computeThreads() > 0 && run_.computeThreads() != threads_.compute)
    notes_.push_back(
        fmt::format("The run began with {} compute threads and goes on with {}: its numbers are no "
                    "longer exactly those of a run that was never stopped.",
                    run_.computeThreads(), threads_.compute));

  checkDataset();
  openNetwork();
  backend_ = openBackend(run_.settings().device, threads_.compute);
  // Before the pictures are looked at, which may take a minute.
  if (!options_.resume) upload(network_);
  state_.retriesAllowed = settings.retries;
  if (!openTask()) {
    const EndEvent end{true, 0, 0};
    if (sink_) sink_(TrainEvent(end));
    return end;
  }
  if (options_.resume)
    restore();
  else
    readInitialWeights();
  planLength();
  if (const std::optional<EndEvent> end = finishedBefore()) {
    if (sink_) {
      sink_(TrainEvent(MessageEvent{
          fmt::format("This run is finished: its {} iterations are done. Resuming goes on with a "
                      "run that was stopped; this one can be trained for more epochs.",
                      end->iteration)}));
      sink_(TrainEvent(*end));
    }
    return *end;
  }
  upload(network_);
  network_ = withoutWeights(network_);
  startLoader();
  // All that can be wrong has been found by now.
  log_->cutBack(state_.metrics);
  if (planned_ != run_.plannedIterations()) run_.keepPlannedIterations(planned_);
  if (!options_.datasetPlace.empty() && options_.datasetPlace != settings.dataset)
    run_.keepDatasetPlace(options_.datasetPlace);
  tellStart();
  if (!options_.resume || options_.retries >= 0) saveCheckpointNow();
  std::error_code code;
  if (state_.retriesAllowed > 0 &&
      !std::filesystem::exists(run_.folder() / "checkpoints" / "good.ckpt", code))
    saveState("good.ckpt");

  for (;;) {
    try {
      if (const std::optional<EndEvent> end = advance()) return *end;
    } catch (const Diverged& reason) {
      if (state_.retries >= state_.retriesAllowed) throw;
      goBack(reason);
    } catch (const PicturesGone&) {
      saveCheckpointNow();  // bring them back, and it goes on as if nothing had been
      throw;
    }
  }
}

std::optional<EndEvent> Training::advance() {
  if (validationDue()) {
    if (!validate()) return finish(true);
    saveCheckpointAfter(kSecondsBetweenCheckpoints);
  }
  if (planned_ > 0 && state_.iteration >= planned_) return finish(false);
  if (std::string reason = lostPatience(); !reason.empty()) return finish(false, std::move(reason));
  if (stop_.stop_requested()) return finish(true);
  if (planned_ == 0 && state_.iteration >= kTimedUpdates && timedUpdates_ > 0) {
    turnMinutesIntoIterations();
    return std::nullopt;
  }
  step();
  saveCheckpointAfter(kMostSecondsBetweenCheckpoints);
  if (state_.retriesAllowed > 0 && state_.iteration % kUpdatesBetweenGood == 0 &&
      !watch_.suspicious())
    saveState("good.ckpt");
  return std::nullopt;
}

}  // namespace

EndEvent train(const Run& run, const Dataset& dataset, const TrainOptions& options,
               std::stop_token stop, const TrainSink& sink) {
  try {
    return Training(run, dataset, options, std::move(stop), sink).go();
  } catch (const std::bad_alloc&) {
    throw Error("there is not enough memory to train with these settings", utf8(run.folder()),
                "choose a smaller batch or input size, or more subdivisions");
  } catch (const std::length_error&) {
    throw Error("these settings ask for more memory than there can be", utf8(run.folder()),
                "choose a smaller batch or input size, or more subdivisions");
  } catch (const std::filesystem::filesystem_error& error) {
    throw Error("cannot work in the run folder (" + error.code().message() + ")",
                utf8(run.folder()), "check the permissions");
  } catch (const std::system_error& error) {
    throw Error("the system refuses what training needs (" + error.code().message() + ")",
                utf8(run.folder()),
                "if it is threads: let it use fewer of them, or raise the limit");
  }
}

}  // namespace boxwright
