// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/network_in_training.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/out_of_memory.h"
#include "core/base/parallel.h"
#include "core/base/problem.h"
#include "core/network/cfg.h"
#include "core/network/network_tree.h"

namespace boxwright {

NetworkInTraining::NetworkInTraining(const Run& run, int threads, Trace* trace,
                                     const DeviceChoice& on)
    : run_(run), threads_(threads), trace_(trace) {
  std::vector<Problem> problems;
  const Cfg cfg = readCfg(run_.folder() / "model.cfg", problems);
  network_ = buildNetwork(cfg, problems);
  openClassTree(network_);
  inputRule_ = inputRuleOf(cfg);
  batchNorm_ = batchNormFormOf(cfg);
  if (std::cmp_not_equal(classCountOf(network_), run_.classes().size()))
    throw Error(fmt::format("model.cfg has {} classes, classes.names {}", classCountOf(network_),
                            run_.classes().size()),
                utf8(run_.folder()), "the run has been changed by hand; start a new one");
  if (run_.classTree() && !classTreeOf(network_))
    throw Error("the run has a class tree, but its cfg names none",
                utf8(run_.folder() / "model.cfg"),
                "the run has been changed by hand; start a new one");
  initialiseWeights(network_, run_.settings().seed);
  batch_ = static_cast<int>(run_.recipe().batch);
  subdivisions_ = static_cast<int>(run_.recipe().subdivisions);
  sizes_ = inputSizesOf(network_, run_.settings(), run_.recipe());
  detectionSize_ = detectionSizeOf(cfg);
  backend_ = openBackend(on.device, threads_, on.precision);
  gradient_.emplace(backend_->hostMemory());
}

bool NetworkInTraining::reserve(bool begun, const std::function<bool(int side)>& begins) {
  try {
    if (backend_->info().isCard) {
      sessionBytes_ = tryMemory(*backend_, network_, memory(), batch_ / subdivisions_, begins);
      if (sessionBytes_ == 0) return false;
    }
    Checkpoint nothing;
    upload(network_, nothing, memory().average ? .5 : 0);
    return true;
  } catch (const OutOfMemory& error) {
    sessions_.clear();
    parameters_.reset();
    const std::string problem =
        fmt::format("a batch of {} in {} at {} pixels does not fit: {}", batch_,
                    counted(static_cast<std::size_t>(subdivisions_), "part", "parts"),
                    largestSide(sizes_), error.problem());
    int parts = 0;
    try {
      parts = fittingParts(subdivisions_ + 1);
    } catch (const NothingFits& nothing) {
      throw NothingFits(problem, error.where(), nothing.advice());
    }
    throw OutOfMemory(
        problem, error.where(),
        fmt::format("choose {} subdivisions, with which it fits, {}", parts,
                    begun ? "or another device" : "a smaller batch or a smaller input size"));
  }
}

int NetworkInTraining::fittingParts(int least) const {
  return boxwright::fittingParts(*backend_, network_, memory(), batch_, least);
}

TrainingMemory NetworkInTraining::memory() const {
  return {sessionOptions(0), triedSides(*backend_, allSides(sizes_)),
          run_.recipe().averageEpochs > 0};
}

void NetworkInTraining::begin(Checkpoint& state, double averageDecay) {
  upload(network_, state, averageDecay);
  network_ = withoutWeights(network_);
}

void NetworkInTraining::goBack(Checkpoint& state, double averageDecay) {
  Network good = learned();
  setStoredFloats(good, state.weights);
  upload(good, state, averageDecay);
}

void NetworkInTraining::upload(const Network& network, Checkpoint& state, double averageDecay) {
  sessions_.clear();  // they use the parameters
  parameters_.reset();
  isWhole_ = true;
  parameters_ = std::make_unique<Parameters>(*backend_, network, true);
  if (!state.momenta.empty()) parameters_->setMomenta(state.momenta);
  average_.reset();
  if (averageDecay > 0) {
    average_ = WeightAverage(averageDecay, state.averageUpdates);
    Network average = withoutWeights(network);
    if (!state.average.empty()) {
      average = network;
      setStoredFloats(average, state.average);
    }
    parameters_->keepAverage(average);
  }
  state.dropArrays();
  if (sessionBytes_ > 0) parameters_->activationMemory(sessionBytes_);
  sessionOf(largestSide(sizes_));  // its memory serves the smaller ones
}

Session& NetworkInTraining::sessionOf(int side) {
  const auto found = sessions_.find(side);
  if (found != sessions_.end()) return found->second;
  Network sized = withoutWeights(network_);
  resizeNetwork(sized, side, side);
  cutToHead(sized);
  return sessions_.emplace(side, Session(*parameters_, sized, sessionOptions(side))).first->second;
}

SessionOptions NetworkInTraining::sessionOptions(int side) const {
  SessionOptions options;
  options.batch = batch_ / subdivisions_;
  options.width = side;
  options.height = side;
  options.mode = Mode::Training;
  options.threads = threads_;
  options.batchNorm = batchNorm_;
  options.seed = run_.settings().seed;
  options.trace = trace_;
  return options;
}

std::span<const float> NetworkInTraining::inputOf(const TrainingBatch& batch, int part) const {
  const std::size_t values = static_cast<std::size_t>(batch_ / subdivisions_) * 3 *
                             static_cast<std::size_t>(batch.side * batch.side);
  return std::span<const float>(batch.input)
      .subspan(static_cast<std::size_t>(part) * values, values);
}

std::optional<LossParts> NetworkInTraining::learnPart(Session& session, const TrainingBatch& batch,
                                                      int part, TrainingTask& task,
                                                      const RecipeNumbers& numbers,
                                                      Checkpoint& state) {
  const int size = batch_ / subdivisions_;
  const auto first = static_cast<std::size_t>(part) * static_cast<std::size_t>(size);
  const double n = static_cast<double>(state.statisticsUpdates++);
  // Darknet counts from the zeros that its rolling statistics begin with.
  const bool ours = batchNorm_ == BatchNormForm::EpsilonInside;
  session.step().rollingMomentum =
      ours ? std::min(numbers.rollingMomentum, n / (n + 1)) : numbers.rollingMomentum;
  session.step().iteration = static_cast<std::uint64_t>(state.statisticsUpdates);
  const std::vector<std::int32_t> planes =
      backend_->bringsPlanes() ? task.planes(batch, first, size) : std::vector<std::int32_t>();
  session.forward(inputOf(batch, part), planes);

  const Shape shape = session.headShape();
  gradient_->resize(shape.count());
  const auto seen =
      static_cast<std::uint64_t>(state.iteration * batch_ + std::int64_t(part + 1) * size);
  const LossParts loss = [&] {
    const Trace::Span span(trace_, "loss");
    const ComputeScope scope(threads_);
    return task.loss({batch, first, session.head(), seen, shape, planes}, numbers, *gradient_);
  }();
  if (!std::isfinite(loss.total())) return std::nullopt;
  session.backward(*gradient_, planes);
  return loss;
}

std::optional<LossParts> NetworkInTraining::learn(const TrainingBatch& batch,
                                                  const TrainingBatch* next, TrainingTask& task,
                                                  const RecipeNumbers& numbers, double learningRate,
                                                  Checkpoint& state) {
  Session& session = sessionOf(batch.side);
  isWhole_ = false;
  LossParts loss;
  for (int part = 0; part < subdivisions_; ++part) {
    if (part + 1 < subdivisions_)
      backend_->uploadAhead(inputOf(batch, part + 1));
    else if (next)
      backend_->uploadAhead(inputOf(*next, 0));
    const std::optional<LossParts> mini = learnPart(session, batch, part, task, numbers, state);
    if (!mini) return std::nullopt;
    loss += *mini;
  }
  UpdateRule rule;
  rule.learningRate = learningRate;
  rule.momentum = run_.recipe().momentum;
  rule.decay = run_.recipe().decay;
  rule.batch = batch_;
  {
    const Trace::Span span(trace_, "update");
    parameters_->update(rule);
    backend_->wait();
  }
  ++state.iteration;
  if (average_ && state.iteration % WeightAverage::kEvery == 0)
    parameters_->moveAverage(average_->nextShare());
  isWhole_ = true;
  return loss;
}

Network NetworkInTraining::learned() const {
  Network network = network_;
  parameters_->download(network);
  return network;
}

Network NetworkInTraining::current() const {
  if (!average_ || average_->updates() == 0) return learned();
  Network network = network_;
  parameters_->downloadAverage(network);
  return network;
}

Model NetworkInTraining::modelOf(Network network) const {
  Model model;
  model.network = std::move(network);
  if (detectionSize_ > 0) resizeNetwork(model.network, detectionSize_, detectionSize_);
  model.names = run_.classes();
  model.inputRule = inputRule_;
  model.batchNorm = batchNorm_;
  model.title = utf8(run_.folder().filename());
  return model;
}

void NetworkInTraining::copyInto(Checkpoint& state) const {
  state.weights = storedFloats(learned());
  state.momenta = parameters_->momenta();
  state.averageUpdates = average_ ? average_->updates() : 0;
  state.average = state.averageUpdates > 0 ? storedFloats(current()) : std::vector<float>();
}

}  // namespace boxwright
