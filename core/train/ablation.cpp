// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/ablation.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/thread_budget.h"
#include "core/detect/detector.h"
#include "core/evaluate/evaluate_model.h"
#include "core/geometry/conversion.h"
#include "core/network/cfg_variants.h"
#include "core/network/model.h"
#include "core/network/weights_file.h"
#include "core/train/input_size.h"
#include "core/train/own_json.h"
#include "core/train/run_record.h"
#include "core/train/training_pictures.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// The settings that make two trainings comparable, as ablation.json keeps them.
Json settingsJson(const AblationSettings& settings, const Dataset& dataset) {
  const RunSettings& s = settings.base;
  return {{"dataset", s.dataset},
          {"fingerprint", fingerprint(dataset)},
          {"model", s.model},
          {"recipe", s.recipe},
          {"adjustments", s.adjustments},
          {"device", s.device},
          {"precision", s.precision},
          {"seed", s.seed},
          {"size", s.size},
          {"batch", s.batch},
          {"subdivisions", s.subdivisions},
          {"epochs", s.epochs},
          {"updates", s.updates},
          {"anchors", s.anchors},
          {"learningRate", s.learningRate},
          {"lowWeights", settings.lowWeights},
          {"highWeights", settings.highWeights},
          {"classifierLayers", settings.classifierLayers}};
}

void makeFolder(const fs::path& folder) {
  std::error_code code;
  fs::create_directories(folder, code);
  if (code)
    throw Error("cannot make a folder (" + code.message() + ")", utf8(folder),
                "check the path and permissions");
}

/// Begins the folder, or refuses one that holds something else.
void claimFolder(const fs::path& folder, const Json& settings) {
  const fs::path file = folder / "ablation.json";
  std::error_code code;
  if (fs::exists(file, code)) {
    return readOwnJson(file, "the ablation is damaged; remove it", [&](const Json& kept) {
      for (const auto& [name, value] : settings.items()) {
        if (kept.contains(name) && kept.at(name) == value) continue;
        throw Error("the folder holds an ablation with another " + name, utf8(folder),
                    "choose another folder, or give the same settings to go on with it");
      }
    });
  }
  removeTemporaries(file);  // of one that was killed while it began
  if (fs::exists(folder, code) && !(fs::is_directory(folder, code) && fs::is_empty(folder, code)))
    throw Error("the folder holds other files", utf8(folder), "choose a new or empty folder");
  makeFolder(folder);
  writeFileAtomically(file, settings.dump(1) + "\n");
}

/// What is known of a trial once it is done; the row's own numbers are in each of its trials.
struct Outcome {
  AblationTrial trial;
  int inputSize = 0, cells = 0, boxes = 0;
  std::optional<double> priorIou;
};

Json toJson(const Outcome& o) {
  return {{"seed", o.trial.seed},
          {"fault", o.trial.fault},
          {"updates", o.trial.updates},
          {"map50", o.trial.map50},
          {"recall", o.trial.recall},
          {"inputSize", o.inputSize},
          {"cells", o.cells},
          {"boxes", o.boxes},
          {"priorIou", o.priorIou ? Json(*o.priorIou) : Json(nullptr)}};
}

Outcome outcomeFrom(const fs::path& file) {
  Outcome o;
  readOwnJson(file, "remove it: the training is evaluated again", [&](const Json& json) {
    o.trial.seed = json.at("seed");
    o.trial.fault = json.at("fault");
    o.trial.updates = json.at("updates");
    o.trial.map50 = json.at("map50");
    o.trial.recall = json.at("recall");
    o.inputSize = json.at("inputSize");
    o.cells = json.at("cells");
    o.boxes = json.at("boxes");
    if (!json.at("priorIou").is_null()) o.priorIou = json.at("priorIou").get<double>();
  });
  return o;
}

AblationRow::Range rangeOf(const std::vector<AblationTrial>& trials,
                           double AblationTrial::*number) {
  AblationRow::Range range;
  int count = 0;
  for (const AblationTrial& trial : trials) {
    if (!trial.fault.empty()) continue;
    const double value = trial.*number;
    range.least = count == 0 ? value : std::min(range.least, value);
    range.most = count == 0 ? value : std::max(range.most, value);
    range.mean += value;
    ++count;
  }
  range.mean /= std::max(1, count);
  return range;
}

bool anyGood(const std::vector<AblationTrial>& trials) {
  return std::any_of(trials.begin(), trials.end(),
                     [](const AblationTrial& trial) { return trial.fault.empty(); });
}

/// One ablation at work.
class Ablation {
 public:
  Ablation(const fs::path& folder, const AblationSettings& settings, const Dataset& dataset,
           const std::stop_token& stop, const AblationSink& sink)
      : folder_(folder), settings_(settings), dataset_(dataset), stop_(stop), sink_(sink) {}

  AblationResult go();

 private:
  void chooseSplit();
  std::string nameOf(std::size_t step, std::uint64_t seed) const;
  /// The last step before `step` that can be shown.
  std::size_t trainedBefore(std::size_t step) const;
  /// Nothing when stopped midway.
  std::optional<Outcome> trial(std::size_t step, std::uint64_t seed);
  std::optional<Run> openRun(const fs::path& folder, const AblationStep& step, std::uint64_t seed);
  /// The same classifier for a network without batch norm: folded, it answers alike.
  std::string foldedWeights(const std::string& weights) const;
  std::optional<Outcome> evaluated(const fs::path& run, const AblationStep& step,
                                   std::uint64_t seed);
  void add(std::size_t step, const Outcome& outcome);

  const fs::path folder_;
  const AblationSettings& settings_;
  Dataset dataset_;  ///< with the one split that all trainings share
  const std::stop_token& stop_;
  const AblationSink& sink_;
  std::vector<std::size_t> pictures_;  ///< evaluated on
  AblationResult result_;
};

void Ablation::chooseSplit() {
  dataset_.splits = splitsFor(dataset_, settings_.base.seed);
  for (const char* const name : {"test", "val", "train"}) {
    std::vector<std::string> paths;
    for (const std::size_t index : dataset_.splits[name])
      paths.push_back(dataset_.pictures[index].path);
    pictures_ = trainingPictures(dataset_, paths);
    result_.split = name;
    if (!pictures_.empty()) break;
  }
  result_.pictures = pictures_.size();
}

std::string Ablation::nameOf(std::size_t step, std::uint64_t seed) const {
  return fmt::format("{}-{}-seed{}", step + 1, result_.rows[step].step.key, seed);
}

std::size_t Ablation::trainedBefore(std::size_t step) const {
  do
    --step;
  while (!result_.rows[step].step.missing.empty());
  return step;
}

std::optional<Run> Ablation::openRun(const fs::path& folder, const AblationStep& step,
                                     std::uint64_t seed) {
  std::error_code code;
  if (fs::exists(folder / "checkpoints" / "last.ckpt", code)) return Run::open(folder);
  RunSettings settings = settings_.base;
  settings.seed = seed;
  settings.ideas = step.ideas;
  if (!settings_.lowWeights.empty()) {
    settings.init = step.highClassifier ? settings_.highWeights : settings_.lowWeights;
    settings.initLayers = settings_.classifierLayers;
    if (!step.ideas.batchNorm) settings.init = foldedWeights(settings.init);
  }
  return Run::create(folder, settings, dataset_, stop_);
}

std::string Ablation::foldedWeights(const std::string& weights) const {
  std::vector<Problem> problems;
  Network network = buildNetwork(readCfg(findNetwork(settings_.base.model), problems), problems);
  initialiseWeights(network, settings_.base.seed);
  const int layers = settings_.classifierLayers;
  loadWeights(pathFromUtf8(weights), network, true, layers);
  const fs::path file = folder_ / "without-batch-norm.weights";
  saveWeights(file, fold(std::move(network)), 0, WeightsHeader::Version2, layers);
  return utf8(file);
}

std::optional<Outcome> Ablation::evaluated(const fs::path& run, const AblationStep& step,
                                           std::uint64_t seed) {
  const ThreadBudget budget = ThreadBudget::of(settings_.base.threads);
  Model model = openRunModel(run);
  const RegionLayer region = model.network.region();
  DetectorOptions options;
  options.device = settings_.base.device;
  options.precision = settings_.base.precision;
  options.threads = budget.compute;
  if (step.sameWeights) options.inputSize = model.network.net.width + kDetectorExtra;
  Outcome outcome;
  outcome.inputSize = step.sameWeights ? options.inputSize : model.network.net.width;
  outcome.cells = outcome.inputSize / strideOf(model.network);
  outcome.boxes = outcome.cells * outcome.cells * region.num;
  Detector detector(std::move(model), options);
  EvaluateOptions evaluate;
  evaluate.loaderThreads = budget.loader;
  evaluate.scoring.operatingConfidence = 0;  // recall of all that was found
  const EvaluateOutput output = evaluateModel(detector, dataset_, pictures_, evaluate, stop_);
  if (stop_.stop_requested()) return std::nullopt;
  outcome.trial = {seed, "", readPlannedIterations(run), output.result.map50, output.result.recall};
  if (region.boxForm != BoxForm::Yolo) outcome.priorIou = readAnchorIou(run);
  return outcome;
}

std::optional<Outcome> Ablation::trial(std::size_t index, std::uint64_t seed) {
  const AblationStep& step = result_.rows[index].step;
  const fs::path run =
      folder_ / "runs" / nameOf(step.sameWeights ? trainedBefore(index) : index, seed);
  if (step.sameWeights) return evaluated(run, step, seed);
  const std::optional<Run> opened = openRun(run, step, seed);
  if (!opened) return std::nullopt;
  TrainOptions options;
  options.resume = opened->hasCheckpoint();
  try {
    if (train(*opened, dataset_, options, stop_, sink_.train).stopped) return std::nullopt;
  } catch (const Diverged& error) {
    Outcome outcome;
    outcome.trial = {seed, error.problem(), 0, 0, 0};
    return outcome;
  }
  return evaluated(run, step, seed);
}

void Ablation::add(std::size_t index, const Outcome& outcome) {
  AblationRow& row = result_.rows[index];
  row.trials.push_back(outcome.trial);
  if (!outcome.trial.fault.empty()) return;
  row.inputSize = outcome.inputSize;
  row.cells = outcome.cells;
  row.boxes = outcome.boxes;
  row.priorIou = outcome.priorIou;  // of the last seed: they differ by a thousandth
}

AblationResult Ablation::go() {
  claimFolder(folder_, settingsJson(settings_, dataset_));
  for (const char* const inner : {"runs", "results"})
    makeFolder(folder_ / inner);
  chooseSplit();
  const RunSettings& base = settings_.base;
  result_.model = base.model;
  result_.size = base.size;
  result_.seeds = settings_.seeds;
  result_.budget = base.updates > 0  ? fmt::format("{} updates", base.updates)
                   : base.epochs > 0 ? fmt::format("{} epochs", base.epochs)
                                     : "as long as the recipe says";
  int steps = 0;
  for (AblationStep& step : ablationPath(settings_)) {
    if (step.missing.empty()) ++steps;
    result_.rows.push_back({std::move(step), 0, 0, 0, {}, {}});
  }
  int number = 0;
  for (int repeat = 0; repeat < settings_.seeds; ++repeat) {
    const std::uint64_t seed = base.seed + static_cast<std::uint64_t>(repeat);
    for (std::size_t index = 0; index < result_.rows.size(); ++index) {
      const AblationStep& step = result_.rows[index].step;
      if (!step.missing.empty()) continue;
      ++number;
      // What the weights of the step before are to show, they must be there for.
      if (step.sameWeights && !result_.rows[trainedBefore(index)].trials.back().fault.empty()) {
        Outcome outcome;
        outcome.trial = result_.rows[trainedBefore(index)].trials.back();
        add(index, outcome);
        continue;
      }
      const fs::path file = folder_ / "results" / (nameOf(index, seed) + ".json");
      std::error_code code;
      if (fs::exists(file, code)) {
        add(index, outcomeFrom(file));
        continue;
      }
      if (stop_.stop_requested()) {
        result_.stopped = true;
        return result_;
      }
      if (sink_.say)
        sink_.say(
            fmt::format("{} of {}: {}, seed {}", number, steps * settings_.seeds, step.name, seed));
      const std::optional<Outcome> outcome = trial(index, seed);
      if (!outcome) {
        result_.stopped = true;
        return result_;
      }
      writeFileAtomically(file, toJson(*outcome).dump(1) + "\n");
      add(index, *outcome);
      if (sink_.trialFinished) sink_.trialFinished(result_);
    }
  }
  return result_;
}

}  // namespace

std::vector<AblationStep> ablationPath(const AblationSettings& settings) {
  const RunSettings& base = settings.base;
  std::vector<Problem> problems;
  const Cfg cfg = readCfg(findNetwork(base.model), problems);
  AblationStep now{
      "yolo", "YOLO", {false, false, Priors::HandPicked, false, false, MultiScale::Off, false},
      false,  false,  {}};
  std::vector<AblationStep> path{now};
  const auto then = [&](const char* key, const char* name, auto change) -> AblationStep& {
    change(now.ideas);
    now.key = key;
    now.name = name;
    path.push_back(now);
    return path.back();
  };
  then("batch-norm", "+ batch normalisation", [](Ideas& i) { i.batchNorm = true; });
  now.highClassifier = true;
  AblationStep& classifier =
      then("high-resolution-classifier", "+ high-resolution classifier", [](Ideas&) {});
  if (settings.lowWeights.empty())
    classifier.missing = "no classifier's weights of a low and a high resolution are given";
  then("anchors", "+ anchors, a finer grid", [](Ideas& i) { i.anchors = true; });
  then("dimension-clusters", "+ dimension clusters", [](Ideas& i) { i.priors = Priors::Clusters; });
  then("direct-location", "+ direct location", [](Ideas& i) { i.directLocation = true; });
  AblationStep& passthrough =
      then("passthrough", "+ passthrough", [](Ideas& i) { i.passthrough = true; });
  if (!withoutPassthrough(cfg)) passthrough.missing = "the network has no passthrough";
  AblationStep& multiScale =
      then("multi-scale", "+ multi-scale", [](Ideas& i) { i.multiScale = MultiScale::On; });
  if (meanAreaRatio({base.size, true, base.recipe != "small", base.seed}) == 1)
    multiScale.missing = "at this size there is no other within a quarter";
  AblationStep& detector =
      then("high-resolution-detector", "+ high-resolution detector", [](Ideas&) {});
  detector.sameWeights = true;
  return path;
}

std::optional<AblationRow::Range> AblationRow::map50() const {
  if (!anyGood(trials)) return std::nullopt;
  return rangeOf(trials, &AblationTrial::map50);
}

std::optional<AblationRow::Range> AblationRow::recall() const {
  if (!anyGood(trials)) return std::nullopt;
  return rangeOf(trials, &AblationTrial::recall);
}

const char* verdictText(AblationVerdict verdict) {
  switch (verdict) {
    case AblationVerdict::First:
      return "";
    case AblationVerdict::Better:
      return "better";
    case AblationVerdict::Worse:
      return "worse";
    case AblationVerdict::NotDistinguishable:
      return "not distinguishable";
    case AblationVerdict::Unknown:
      break;
  }
  return "not known";
}

AblationVerdict AblationResult::verdict(std::size_t index) const {
  const auto good = [](const AblationRow& row) {
    return std::count_if(row.trials.begin(), row.trials.end(),
                         [](const AblationTrial& trial) { return trial.fault.empty(); });
  };
  const AblationRow* before = nullptr;
  for (std::size_t i = 0; i < index; ++i)
    if (good(rows[i]) > 0) before = &rows[i];
  const AblationRow& row = rows[index];
  if (good(row) == 0) return AblationVerdict::Unknown;
  if (!before) return AblationVerdict::First;
  if (good(row) < 2 || good(*before) < 2) return AblationVerdict::Unknown;
  const AblationRow::Range now = *row.map50(), then = *before->map50();
  if (now.least > then.most) return AblationVerdict::Better;
  if (now.most < then.least) return AblationVerdict::Worse;
  return AblationVerdict::NotDistinguishable;
}

AblationResult ablate(const fs::path& folder, const AblationSettings& settings,
                      const Dataset& dataset, const std::stop_token& stop,
                      const AblationSink& sink) {
  if (settings.lowWeights.empty() != settings.highWeights.empty())
    throw Error("the high-resolution classifier is shown by two weights files, one is given", {},
                "give the classifier's weights of a low and of a high resolution");
  if (settings.seeds < 1) throw Error("an ablation needs at least one seed");
  if (settings.base.size < kHeadStride)
    throw Error("an ablation needs an input size", {}, "give a multiple of 32, such as 416");
  if (settings.base.minutes > 0)
    throw Error("an ablation measured in minutes would give each row another budget", {},
                "give epochs or updates");
  return Ablation(folder, settings, dataset, stop, sink).go();
}

}  // namespace boxwright
