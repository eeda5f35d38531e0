// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/opened_training.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/compute/device_name.h"
#include "core/train/initial_weights.h"
#include "core/train/input_size.h"
#include "core/train/run_check.h"
#include "core/train/run_end.h"

namespace boxwright {
namespace {

void lockRun(OpenedTraining& training, const Run& run, const TrainOptions& options,
             const TrainSink& sink) {
  training.announcer = std::make_unique<Announcer>(run.folder(), sink);
  if (options.resume && !run.hasCheckpoint())
    throw Error("the run has no checkpoint to go on from", utf8(run.folder()),
                "start a new run; it may take this folder");
  if (!options.resume && run.hasCheckpoint())
    throw Error("the run has been started already", utf8(run.folder()),
                "resume it, or start a new run in another folder");
  training.kept.removeTemporaries();
}

void shareThreads(OpenedTraining& training, const Run& run, const TrainOptions& options) {
  const RunSettings& settings = run.settings();
  ThreadBudget& threads = training.threads;
  threads = ThreadBudget::of(options.threads > 0 ? options.threads : settings.threads);
  if (options.resume && run.computeThreads() > 0 && run.computeThreads() != threads.compute)
    training.notes.push_back(
        fmt::format("The run began with {} compute threads and goes on with {}: its numbers are no "
                    "longer exactly those of a run that was never stopped.",
                    run.computeThreads(), threads.compute));
}

/// The parts of an update that the options ask for.
int partsFor(const NetworkInTraining& network, const Run& run, int asked) {
  if (asked == kFittingParts) return network.fittingParts(1);
  if (asked == kMoreParts)
    return network.fittingParts(static_cast<int>(run.recipe().subdivisions) + 1);
  return asked;
}

/// What the run was computed on before, where that is another device or precision than now.
std::string otherDevice(const OpenedTraining& training, const Run& run, const std::string& now) {
  if (!run.computedOn().empty()) return run.computedOn() == now ? "" : run.computedOn();
  // Runs from before that was kept.
  const RunSettings& was = run.settings();
  if (training.device == DeviceChoice{was.device, was.precision}) return "";
  return was.device + " in " + was.precision;
}

/// Opens the device, and the run in other parts where the options ask for them.
void openDevice(OpenedTraining& training, const Run& run, const TrainOptions& options) {
  training.device = deviceFor(run, options);
  ThreadBudget& threads = training.threads;
  const auto open = [&](const Run& obeyed) {
    training.network.reset();
    training.network = std::make_unique<NetworkInTraining>(obeyed, threads.compute, options.trace,
                                                           training.device);
  };
  try {
    open(run);
  } catch (const DeviceMissing& error) {
    if (!options.resume || !options.device.empty()) throw;
    // Nobody has named it now.
    throw DeviceMissing(
        fmt::format("the run's device is {}, and {}", run.settings().device, error.problem()),
        error.where(), error.advice());
  }
  if (options.subdivisions != 0) {
    const int parts = partsFor(*training.network, run, options.subdivisions);
    if (parts != static_cast<int>(run.recipe().subdivisions)) {
      open(training.inOtherParts.emplace(run.inParts(parts)));
      training.notes.push_back(fmt::format(
          "From here on an update is worked off in {}: batch norm sees other pictures together "
          "than in a run that was never stopped.",
          counted(static_cast<std::size_t>(parts), "part", "parts")));
    }
  }
  const Backend& backend = training.network->backend();
  // A card waits for pictures sooner than for the loss, which is all that is computed beside it.
  if (backend.info().isCard) threads.loader = std::max(1, threads.compute - 1);
  const int loaders =
      options.loaderThreads > 0 ? options.loaderThreads : run.settings().loaderThreads;
  if (loaders > 0) threads.loader = std::min(loaders, mostThreads());
  const std::string now = computedOn(backend);
  const std::string before = otherDevice(training, run, now);
  if (options.resume && !before.empty())
    training.notes.push_back(
        fmt::format("The run was trained on {} and goes on with {}: its numbers are no longer "
                    "exactly those of a run that was never stopped.",
                    before, now));
}

/// False when it was stopped midway.
bool takeMemory(OpenedTraining& training, bool resume, const std::stop_token& stop) {
  return training.network->reserve(resume, [&](int side) {
    training.announcer->show(MessageEvent{fmt::format("Preparing inputs of {} pixels.", side)});
    return !stop.stop_requested();
  });
}

void checkDataset(const Run& run, const Dataset& dataset, const TrainOptions& options) {
  if (dataset.classes != run.classes()) {
    if (fingerprint(dataset) == run.datasetFingerprint())
      throw Error("the run's file of classes has changed, and its dataset has not",
                  utf8(run.folder() / "classes.names"),
                  "write the dataset's classes into it again, a line each in their order");
    throw Error("the dataset's classes are not those of the run", utf8(dataset.root),
                "classes have been added, removed or renamed since; start a new run");
  }
  if (run.classTree() && dataset.classTree && *run.classTree() != *dataset.classTree)
    throw Error("the tree of the dataset is not that of the run", utf8(dataset.root),
                "classes have been moved since; put them back, or start a new run");
  if (!options.datasetPlace.empty() && options.datasetPlace != run.settings().dataset &&
      fingerprint(dataset) != run.datasetFingerprint())
    throw Error("this is not the dataset that the run began with", options.datasetPlace,
                "its pictures or boxes are others; begin a new run with it");
}

void makeTask(OpenedTraining& training, const Run& run, const Dataset& dataset) {
  training.task = openTask({run, dataset, training.network->backend(), training.cache,
                            training.quarantine, training.threads.compute},
                           training.network->network());
}

/// Checks the pictures of a new run and puts those in quarantine that it leaves alone. False when
/// it was stopped midway.
bool checkPictures(OpenedTraining& training, const Run& run, const Dataset& dataset,
                   const std::stop_token& stop) {
  LoaderSettings loading;
  training.task->setUpLoader(loading, largestSide(training.network->sizes()));
  std::optional<RunCheck> check = checkRun(
      run, dataset, loading.decodeAtLeast,
      std::max(training.threads.compute, training.threads.loader), training.cache, stop,
      [&training](const CheckEvent& event) { training.announcer->show(TrainEvent(event)); });
  if (!check) return false;
  for (std::string& line : check->lines)
    training.notes.push_back(std::move(line));
  training.quarantine = std::move(check->quarantine);
  if (!training.quarantine.entries.empty()) makeTask(training, run, dataset);
  return true;
}

/// False when it was stopped midway.
bool choosePictures(OpenedTraining& training, const Run& run, const Dataset& dataset,
                    const TrainOptions& options, const std::stop_token& stop) {
  Quarantine& quarantine = training.quarantine;
  std::vector<std::string>& notes = training.notes;
  if (options.resume) quarantine = readQuarantine(run.folder() / "quarantine.json");
  makeTask(training, run, dataset);
  if (options.resume) {
    if (!quarantine.entries.empty())
      notes.push_back(
          fmt::format("{} training picture{} in quarantine since the run began (quarantine.json).",
                      quarantine.entries.size(), quarantine.entries.size() == 1 ? " is" : "s are"));
  } else if (!checkPictures(training, run, dataset, stop)) {
    return false;
  }
  training.pictures = training.task->takePictures();
  for (std::string& note : training.task->takeNotes())
    notes.push_back(std::move(note));
  if (fingerprint(dataset) != run.datasetFingerprint())
    notes.push_back(
        "The dataset has changed since the run began: its numbers before and after do not "
        "compare exactly.");
  return true;
}

/// The state and weights to go on from, or those to begin with.
void readState(OpenedTraining& training, const Run& run, const TrainOptions& options) {
  Network& network = training.network->network();
  Checkpoint& state = training.state;
  const RunSettings& settings = run.settings();
  if (options.resume) {
    state = training.kept.last();
    setStoredFloats(network, state.weights);
    if (options.retries >= 0) state.retriesAllowed = state.retries + options.retries;
    return;
  }
  state.retriesAllowed = settings.retries;
  training.task->beginHead(network);
  if (!settings.init.empty())
    training.notes.push_back(loadInitialWeights(network, settings.init, settings.initLayers));
}

void planLength(OpenedTraining& training, const Run& run, const TrainOptions& options) {
  const NetworkInTraining& network = *training.network;
  TrainingPlan& plan = training.plan.emplace(
      run, network.network().net, network.sizes(),
      TrainingPlan::Pictures{training.task->epochPictures(), training.task->validationPictures()},
      training.start);
  if (!options.resume || options.moreEpochs <= 0) return;
  plan.addEpochs(options.moreEpochs, training.state.iteration);
  training.state.validationsSinceBest = 0;  // who asks for more has more patience
  training.notes.push_back(fmt::format(
      "{}: now {} iterations in all; the learning rate is that of the longer plan.",
      counted(static_cast<std::size_t>(options.moreEpochs), "more epoch", "more epochs"),
      plan.iterations()));
}

}  // namespace

OpenedTraining::OpenedTraining(const Run& run, const TrainOptions& options)
    : kept(run.folder(), options.trace), cache(options.cacheBytes) {}

std::variant<EndEvent, std::unique_ptr<OpenedTraining>> openTraining(const Run& run,
                                                                     const Dataset& dataset,
                                                                     const TrainOptions& options,
                                                                     const std::stop_token& stop,
                                                                     const TrainSink& sink) {
  auto opened = std::make_unique<OpenedTraining>(run, options);
  OpenedTraining& training = *opened;
  // First of all: no checkpoint of a run that is being trained elsewhere is read, nothing changed.
  lockRun(training, run, options, sink);
  shareThreads(training, run, options);
  checkDataset(run, dataset, options);
  openDevice(training, run, options);
  const Run& obeyed = training.obeyed(run);
  const auto stopped = [&] {
    const EndEvent end{true, training.state.iteration, 0};
    training.announcer->show(TrainEvent(end));
    return end;
  };
  // Before the pictures are looked at, which may take a minute.
  if (!options.resume && !takeMemory(training, false, stop)) return stopped();
  if (!choosePictures(training, obeyed, dataset, options, stop)) return stopped();
  readState(training, obeyed, options);
  planLength(training, obeyed, options);
  if (options.resume && options.moreEpochs == 0) {
    if (const std::optional<EndEvent> end =
            endBefore(obeyed, training.state, *training.plan, *training.task)) {
      training.announcer->show(MessageEvent{
          fmt::format("This run is finished: its {} iterations are done. Resuming goes on with a "
                      "run that was stopped; this one can be trained for more epochs.",
                      end->iteration)});
      training.announcer->show(TrainEvent(*end));
      return *end;
    }
  }
  if (options.resume && !takeMemory(training, true, stop)) return stopped();
  return opened;
}

}  // namespace boxwright
