// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>
#include <variant>

#include "core/anchors/cluster_anchors.h"
#include "core/anchors/hand_picked.h"
#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/thread_budget.h"
#include "core/data/box_sizes.h"
#include "core/geometry/conversion.h"
#include "core/network/cfg.h"
#include "core/network/model.h"
#include "core/network/network.h"
#include "core/taxonomy/class_names.h"
#include "core/train/metrics_log.h"
#include "core/train/quarantine.h"
#include "core/train/training_pictures.h"
#include "core/train/up_and_down.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kFormat = 1;

std::string nowText() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text.data();
}

std::string compilerText() {
#if defined(__clang__)
  return "clang " __clang_version__;
#else
  return "gcc " __VERSION__;
#endif
}

std::string dumped(const Json& json) {
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json settingsJson(const RunSettings& s) {
  Json anchors = Json::array();
  for (const Size& a : s.anchorSet)
    anchors.push_back({a.width, a.height});
  return {{"dataset", s.dataset},
          {"model", s.model},
          {"recipe", s.recipe},
          {"adjustments", s.adjustments},
          {"device", s.device},
          {"init", s.init},
          {"initLayers", s.initLayers},
          {"seed", s.seed},
          {"size", s.size},
          {"batch", s.batch},
          {"subdivisions", s.subdivisions},
          {"epochs", s.epochs},
          {"minutes", s.minutes},
          {"updates", s.updates},
          {"ideas", ideaValues(s.ideas)},
          {"anchors", s.anchors},
          {"anchorSet", anchors},
          {"learningRate", s.learningRate},
          {"patience", s.patience},
          {"threads", s.threads},
          {"loaderThreads", s.loaderThreads},
          {"quarantine", s.quarantine},
          {"retries", s.retries}};
}

RunSettings settingsFrom(const Json& j) {
  RunSettings s;
  s.dataset = j.value("dataset", s.dataset);
  s.model = j.value("model", s.model);
  s.recipe = j.value("recipe", s.recipe);
  s.adjustments = j.value("adjustments", s.adjustments);
  s.device = j.value("device", s.device);
  s.init = j.value("init", s.init);
  s.initLayers = j.value("initLayers", s.initLayers);
  s.seed = j.value("seed", s.seed);
  s.size = j.value("size", s.size);
  s.batch = j.value("batch", s.batch);
  s.subdivisions = j.value("subdivisions", s.subdivisions);
  s.epochs = j.value("epochs", s.epochs);
  s.minutes = j.value("minutes", s.minutes);
  s.updates = j.value("updates", s.updates);
  s.ideas.multiScale = j.value("multiScale", false);  // where runs kept it before there were ideas
  setIdeaValues(s.ideas, j.value("ideas", std::map<std::string, std::string>{}));
  s.anchors = j.value("anchors", s.anchors);
  for (const Json& a : j.value("anchorSet", Json::array()))
    s.anchorSet.push_back({a.at(0).get<double>(), a.at(1).get<double>()});
  s.learningRate = j.value("learningRate", s.learningRate);
  s.patience = j.value("patience", s.patience);
  s.threads = j.value("threads", s.threads);
  s.loaderThreads = j.value("loaderThreads", s.loaderThreads);
  s.quarantine = j.value("quarantine", s.quarantine);
  s.retries = j.value("retries", s.retries);
  return s;
}

Json readJson(const fs::path& file) {
  const std::string bytes = readFile(file);
  Json json = Json::parse(bytes, nullptr, false);
  if (!json.is_object())
    throw Error("the file is no JSON object", utf8(file), "the run is damaged; start a new one");
  return json;
}

/// Our own JSON with a missing or mistyped entry.
template <typename Function>
auto reading(const fs::path& file, Function&& function) {
  try {
    return function();
  } catch (const nlohmann::json::exception& fault) {
    throw Error("the file is not as this program writes it", utf8(file),
                "the run is damaged; start a new one");
  }
}

void checkSettings(const RunSettings& s) {
  if (s.size < kHeadStride || s.size > kLargestInput || s.size % kHeadStride != 0)
    throw Error(fmt::format("the input size {} does not fit", s.size), {},
                fmt::format("take a multiple of {} from {} to {}, for example {}", kHeadStride,
                            kHeadStride, kLargestInput,
                            (std::clamp(s.size, kHeadStride, kLargestInput) + kHeadStride / 2) /
                                kHeadStride * kHeadStride));
  if (s.batch < 0 || s.subdivisions < 0 || s.epochs < 0 || s.patience < 0 || s.anchors < 0 ||
      s.threads < 0 || s.loaderThreads < 0 || s.retries < 0)
    throw Error(
        "batch, subdivisions, epochs, patience, anchors, threads and retries cannot be negative");
  quarantineRule(s.quarantine);  // throws where it says nothing
  if (s.ideas.anchors && s.ideas.priors != Priors::Clusters &&
      (!s.anchorSet.empty() || (s.anchors == 0 && s.ideas.priors == Priors::Euclidean)))
    throw Error("dimension-clusters says how anchors are made, but they are given", {},
                "leave one of them out");
  if (!std::isfinite(s.minutes) || s.minutes < 0)
    throw Error("the number of minutes must be positive");
  if (!std::isfinite(s.learningRate) || s.learningRate < 0)
    throw Error("the learning rate must be positive");
  if (s.initLayers == 0 || s.initLayers < -1)
    throw Error(fmt::format("{} layers cannot be taken from weights", s.initLayers), {},
                "give 1 or more");
  if (s.initLayers > 0 && s.init.empty())
    throw Error("a number of layers to take, but no weights to take them from", {},
                "name the weights file too");
}

void checkWhole(const Recipe& recipe, const std::string& where) {
  for (const double count : {recipe.batch, recipe.subdivisions}) {
    if (count != std::floor(count))
      throw Error(
          fmt::format("a batch of {} pictures in {} parts", recipe.batch, recipe.subdivisions),
          where, "choose whole numbers");
  }
}

void checkBatch(const Recipe& recipe, const std::string& where) {
  checkWhole(recipe, where);
  const auto batch = static_cast<int>(recipe.batch);
  const auto parts = static_cast<int>(recipe.subdivisions);
  if (parts < 1 || batch < 1 || batch % parts != 0)
    throw Error(fmt::format("a batch of {} cannot be worked off in {} equal parts", batch, parts),
                where, "choose subdivisions that divide the batch");
}

bool isAdjusted(const RunSettings& s, const std::string& name) {
  return std::any_of(s.adjustments.begin(), s.adjustments.end(),
                     [&](const std::string& a) { return a.starts_with(name + "="); });
}

/// The weights of YOLO's own loss where the user says nothing: its head has roots of sizes in place
/// of logarithms, and no box beside the responsible one is spared.
void weighAsYolo(Recipe& recipe, const RunSettings& s) {
  const auto set = [&](const char* name, auto& entry, auto value) {
    if (!isAdjusted(s, name)) entry = value;
  };
  set("coord_scale", recipe.coordScale, 5.0);
  set("object_scale", recipe.objectScale, 1.0);
  set("noobject_scale", recipe.noObjectScale, 0.5);
  set("two_minus_area", recipe.coordinateTwoMinusArea, false);
  set("thresh", recipe.ignoreThreshold, 1.0);
}

/// The recipe as this run obeys it: its own numbers, then the adjustments, then the settings that
/// have a place of their own.
Recipe obeyedRecipe(const RunSettings& s, const Network& network) {
  Recipe recipe = findRecipe(s.recipe, network);
  for (const std::string& assignment : s.adjustments)
    adjust(recipe, assignment, taskOf(network));
  checkWhole(recipe, {});
  if (s.batch > 0) {
    recipe.batch = s.batch;
    if (s.subdivisions == 0) {
      // The recipe's share of a batch, where it divides the one asked for.
      const int parts = static_cast<int>(recipe.subdivisions);
      recipe.subdivisions = s.batch % parts == 0 ? parts : 1;
    }
  }
  if (s.subdivisions > 0) recipe.subdivisions = s.subdivisions;
  if (s.epochs > 0) recipe.epochs = s.epochs;
  if (s.learningRate > 0) recipe.learningRate = s.learningRate;
  if (const Layer* layer = network.regionLayer(); layer && recipe.name != "cfg") {
    if (std::get<RegionLayer>(layer->kind).boxForm == BoxForm::Yolo) weighAsYolo(recipe, s);
  }
  checkRecipe(recipe);
  checkBatch(recipe, {});
  return recipe;
}

std::string numberText(double value) {
  return fmt::format("{:.9g}", value);
}

/// What the recipe says about the network's own file: the loss, and for readers of the cfg the
/// training numbers.
void writeRecipeInto(Cfg& cfg, const Recipe& r, const RunSettings& s) {
  CfgSection& net = cfg.sections.front();
  net.set("batch", numberText(r.batch));
  net.set("subdivisions", numberText(r.subdivisions));
  if (s.ideas.highResolutionDetector) setDetectionSize(cfg, s.size + kDetectorExtra);
  if (r.darknetExact) setBatchNormForm(cfg, BatchNormForm::EpsilonOutside);
  for (CfgSection& section : cfg.sections) {
    if (section.name != "region") continue;
    setInputRule(cfg, r.crop == CropRule::Crop ? InputRule::Plain : InputRule::Letterbox);
    section.set("rescore", r.rescore ? "1" : "0");
    section.set("coord_scale", numberText(r.coordScale));
    section.set("object_scale", numberText(r.objectScale));
    section.set("noobject_scale", numberText(r.noObjectScale));
    section.set("class_scale", numberText(r.classScale));
    section.set("thresh", numberText(r.ignoreThreshold));
    section.set("jitter", numberText(r.jitter));
    section.set("random", s.ideas.multiScale ? "1" : "0");
  }
}

constexpr std::array kLearned = {"checkpoints/last.ckpt", "checkpoints/good.ckpt",
                                 "weights/best.weights", "weights/last.weights"};
constexpr std::array kRunFolders = {"checkpoints", "weights"};
/// run.json is written first and removed last: while it is there, the others can be told as ours.
constexpr std::array kRunFiles = {"metrics.jsonl", "metrics.csv",     "log.txt",    "model.cfg",
                                  "classes.names", "quarantine.json", "split.json", "run.json"};

/// Whether nothing has been learned in the run: its start failed, or was killed, before the first
/// checkpoint.
bool neverBegan(const fs::path& folder) {
  return std::none_of(kLearned.begin(), kLearned.end(), [&](const char* name) {
    std::error_code code;
    return fs::exists(folder / name, code) || code;
  });
}

/// Whether the run.json there is one of ours and whole, whatever else of the run there is.
bool isOurs(const fs::path& folder) {
  const fs::path file = folder / "run.json";
  try {
    const Json json = readJson(file);
    reading(file, [&] { return settingsFrom(json.at("settings")); });
    return true;
  } catch (const Error&) {
    return false;
  }
}

/// Takes away the files of such a run, and nothing else.
void removeRunFiles(const fs::path& folder) {
  std::error_code ignored;
  for (const char* const name : kLearned)
    removeTemporaries(folder / name);
  for (const char* const name : kRunFolders)
    fs::remove(folder / name, ignored);  // where empty
  for (const char* const name : kRunFiles) {
    removeTemporaries(folder / name);
    fs::remove(folder / name, ignored);
  }
}

/// Takes away what a making that was killed before its run.json leaves: empty metric files (they
/// are the lock) and temporaries.
void removeBeginnings(const fs::path& folder) {
  constexpr std::array kLocks = {"metrics.jsonl", "metrics.csv", "log.txt"};
  const auto isEmpty = [](const fs::path& file) {
    std::error_code code;
    return fs::is_regular_file(file, code) && fs::file_size(file, code) == 0 && !code;
  };
  if (!isEmpty(folder / kLocks[0])) return;
  const MetricsLog lock(folder);  // throws while another makes its run there
  removeTemporaries(folder / "run.json");
  std::error_code code;
  for (fs::directory_iterator entry(folder, code), end; !code && entry != end;
       entry.increment(code)) {
    const std::string name = utf8(entry->path().filename());
    const bool ours = std::find(kLocks.begin(), kLocks.end(), name) != kLocks.end();
    if (!ours || !isEmpty(entry->path())) return;
  }
  for (const char* const name : kLocks)
    fs::remove(folder / name, code);
}

/// Refuses a folder that holds anything but a run that never began, which is removed; makes the
/// folder where there is none. Returns whether it was made here.
bool claimFolder(const fs::path& folder) {
  std::error_code code;
  if (fs::exists(folder / "run.json", code)) {
    const auto refuse = [&] {
      throw Error("there is a run in the folder already", utf8(folder),
                  "choose another folder, or resume this run");
    };
    if (!neverBegan(folder) || !isOurs(folder)) refuse();
    const MetricsLog lock(folder);  // throws while it is being trained
    if (!neverBegan(folder)) refuse();
    removeRunFiles(folder);
    return false;
  }
  const bool there = fs::exists(folder, code);
  if (there && !fs::is_directory(folder, code))
    throw Error("a file stands where the run folder should be", utf8(folder),
                "choose another name");
  if (there) {
    removeBeginnings(folder);
    const bool empty = fs::is_empty(folder, code);
    if (code)
      throw Error("cannot look into the folder (" + code.message() + ")", utf8(folder),
                  "check the permissions or choose another folder");
    if (!empty)
      throw Error("the folder holds other files", utf8(folder),
                  "choose a new or empty folder for the run");
    return false;
  }
  fs::create_directories(folder, code);
  if (code)
    throw Error("cannot make the run folder (" + code.message() + ")", utf8(folder),
                "check the path and permissions");
  return true;
}

/// Heights of the training boxes' centres, 0 top to 1 bottom.
std::vector<double> centresY(const Dataset& dataset, const std::vector<std::size_t>& pictures) {
  std::vector<double> centres;
  for (const std::size_t index : pictures)
    for (const Truth& truth : truthsOf(dataset.pictures[index], dataset.absolutePath(index)).truths)
      centres.push_back(truth.box.y);
  return centres;
}

struct ChosenAnchors {
  std::vector<Size> anchors;  ///< empty: the cfg's own, or none
  double meanIou = 0;         ///< that they reach on the training boxes; 0 where unknown
  std::string note;
};

/// The same for anchors that are not of these boxes.
ChosenAnchors measured(std::vector<Size> anchors, const RunSettings& s, std::vector<Size> fractions,
                       const char* origin) {
  AnchorSet set = measureAnchors(std::move(anchors), fractions, s.size);
  ChosenAnchors chosen{std::move(set.anchors), set.meanIou, {}};
  chosen.note = fmt::format("{} anchors {} reach a mean IOU of {:.1f} % on the training boxes.",
                            chosen.anchors.size(), origin, 100 * chosen.meanIou);
  return chosen;
}

ChosenAnchors chooseAnchors(const RunSettings& s, BoxForm form, const std::vector<Size>& fractions,
                            const std::stop_token& stop) {
  ChosenAnchors chosen;
  if (form == BoxForm::Yolo) {
    if (!s.anchorSet.empty())
      throw Error("the network has no anchors, but some are given", {},
                  "leave them out, or keep the idea of anchors on");
    chosen.note = "YOLO's head has no anchors.";
  } else if (!s.anchorSet.empty()) {
    chosen = measured(s.anchorSet, s, fractions, "as given");
  } else if (s.ideas.priors == Priors::HandPicked) {
    chosen = measured(handPickedAnchors(s.size), s, fractions, "picked by hand");
  } else if (s.anchors > 0) {
    ClusterOptions options;
    options.k = s.anchors;
    options.seed = s.seed;
    options.inputSize = s.size;
    options.threads = ThreadBudget::of(s.threads).compute;
    const bool euclidean = s.ideas.priors == Priors::Euclidean;
    if (euclidean) options.distance = ClusterDistance::Euclidean;
    AnchorSet set = clusterAnchors(fractions, options, stop);
    chosen.anchors = std::move(set.anchors);
    chosen.meanIou = set.meanIou;
    chosen.note =
        fmt::format("{} anchors clustered {}from {} training boxes reach a mean IOU of {:.1f} %.",
                    chosen.anchors.size(), euclidean ? "by plain distance " : "", fractions.size(),
                    100 * chosen.meanIou);
  } else {
    chosen.note = "The anchors are those of the cfg.";
  }
  return chosen;
}

const char* taskName(NetworkTask task) {
  return task == NetworkTask::Classification ? "classification" : "detection";
}

/// Refuses a dataset in which there is nothing for the network to learn.
void checkThereIsSomethingToLearn(NetworkTask task, const Dataset& dataset, std::size_t pictures,
                                  std::size_t boxes) {
  if (task == NetworkTask::Classification) {
    if (pictures > 0) return;
    const bool withBoxes = statisticsOf(dataset).boxes > 0;
    throw Error(withBoxes
                    ? "the network is a classifier, and the dataset has boxes but no classes of "
                      "whole pictures"
                    : "there is nothing to train on: no training picture is of a class as a whole",
                utf8(dataset.root),
                withBoxes ? "choose a detector such as yolov2-nano, or give class folders"
                          : "put the pictures of each class into a folder named after it");
  }
  if (boxes > 0) return;
  if (statisticsOf(dataset).classesOnly > 0)
    throw Error("the network is a detector, and the dataset has pictures of classes but no boxes",
                utf8(dataset.root),
                "choose a classifier such as darknet-nano, or give a dataset with boxes");
  throw Error("there is nothing to train on: the training split has no boxes", utf8(dataset.root),
              "label some pictures, or give the dataset a train split that has labels");
}

/// Of the ideas only several input sizes mean something to a classifier.
void checkIdeasOfClassifier(Ideas ideas) {
  ideas.multiScale = false;
  if (const std::string departed = departures(ideas); !departed.empty())
    throw Error(departed + " is for detectors, and this network is a classifier", {},
                "leave it out");
}

Json splitJson(const std::map<std::string, std::vector<std::string>>& split) {
  Json json = Json::object();
  for (const auto& [name, paths] : split)
    json[name] = paths;
  return json;
}

}  // namespace

std::optional<Run> Run::create(const fs::path& folder, const RunSettings& given,
                               const Dataset& dataset, const std::stop_token& stop) {
  if (dataset.classes.empty())
    throw Error("the dataset has no classes", utf8(dataset.root), "label some pictures first");
  std::vector<Problem> problems;
  Cfg cfg = readCfg(findNetwork(given.model), problems);
  Run run;
  run.task_ = taskOf(buildNetwork(cfg, problems));
  const bool detector = run.task_ == NetworkTask::Detection;
  RunSettings settings = given;
  if (settings.size == 0)
    settings.size = detector ? kDetectorSize : cfg.sections.front().integer("width", 0);
  checkSettings(settings);
  run.settings_ = settings;
  if (detector) {
    cfg = applyIdeas(std::move(cfg), settings.ideas, run.notes_);
    run.settings_.size = inputSizeFor(settings.ideas, settings.size);
    if (run.settings_.size != settings.size)
      run.notes_.push_back(
          fmt::format("The input is {} pixels, not {}: YOLO's grid has cells of {}.",
                      run.settings_.size, settings.size, 2 * kHeadStride));
  } else {
    checkIdeasOfClassifier(settings.ideas);
  }
  const Network asGiven = buildNetwork(cfg, problems);
  if (run.settings_.dataset.empty()) run.settings_.dataset = utf8(dataset.root);
  run.classes_ = dataset.classes;
  run.fingerprint_ = boxwright::fingerprint(dataset);
  run.datasetFormat_ = dataset.format;
  run.computeThreads_ = ThreadBudget::of(settings.threads).compute;
  for (const auto& [name, indices] : splitsFor(dataset, settings.seed)) {
    std::vector<std::string>& paths = run.split_[name];
    for (const std::size_t index : indices)
      paths.push_back(dataset.pictures[index].path);
  }
  const std::vector<std::size_t> training = detector
                                                ? trainingPictures(dataset, run.split_["train"])
                                                : classPictures(dataset, run.split_["train"]);
  const std::vector<Size> fractions = boxFractions(dataset, training);
  checkThereIsSomethingToLearn(run.task_, dataset, training.size(), fractions.size());
  ChosenAnchors chosen;
  if (detector) chosen = chooseAnchors(run.settings_, asGiven.region().boxForm, fractions, stop);
  if (stop.stop_requested()) return std::nullopt;
  const Recipe base = obeyedRecipe(settings, asGiven);
  if (const Layer* layer = asGiven.regionLayer(); layer && settings.recipe == "cfg") {
    // "random=1" is how a cfg asks for several input sizes.
    if (std::get<RegionLayer>(layer->kind).random && !settings.ideas.multiScale) {
      run.settings_.ideas.multiScale = true;
      run.notes_.push_back("The cfg asks for another input size every 10 updates (random=1).");
    }
  }
  const int classes = static_cast<int>(run.classes_.size());
  cfg = detector ? withHead(std::move(cfg), classes, chosen.anchors, run.settings_.size)
                 : withClasses(std::move(cfg), classes, run.settings_.size);
  run.recipe_ = base;
  if (detector && run.recipe_.name == "small" && !isAdjusted(settings, "vertical_flip") &&
      upMeansNothing(centresY(dataset, training))) {
    run.recipe_.verticalFlip = true;
    run.notes_.push_back(
        "The boxes lie as often high as low: pictures are turned upside down too (vertical_flip=0 "
        "where up matters).");
  }
  writeRecipeInto(cfg, run.recipe_, run.settings_);
  problems.clear();
  const Network network = buildNetwork(cfg, problems);
  if (network.net.channels != 3)
    throw Error(fmt::format("the network takes pictures of {} channels", network.net.channels),
                network.file, "pictures are RGB: set channels=3");
  run.notes_.push_back(fmt::format(
      "Network {}: {:.2f} GFLOP a picture at {}x{}, {:.2f} million learned numbers.",
      settings.model, static_cast<double>(operationsOf(network)) * 1e-9, run.settings_.size,
      run.settings_.size, static_cast<double>(parametersOf(network)) * 1e-6));
  if (detector) run.notes_.push_back(chosen.note);
  if (const std::string departed = departures(settings.ideas); !departed.empty())
    run.notes_.push_back("Ideas as chosen: " + departed + ".");

  const Json anchors = [&] {
    Json list = Json::array();
    if (!detector) return list;
    for (const Size& a : network.region().anchors)
      list.push_back({a.width, a.height});
    return list;
  }();
  const Json json = {
      {"format", kFormat},
      {"created", nowText()},
      {"versions", {{"boxwright", BOXWRIGHT_VERSION}, {"compiler", compilerText()}}},
      {"task", taskName(run.task_)},
      {"device", settings.device},
      {"seed", settings.seed},
      {"settings", settingsJson(run.settings_)},
      {"recipe", {{"name", run.recipe_.name}, {"values", recipeValues(run.recipe_)}}},
      {"dataset",
       {{"path", run.settings_.dataset},
        {"format", dataset.format},
        {"fingerprint", run.fingerprint_},
        {"pictures", dataset.pictures.size()},
        {"trainingPictures", training.size()},
        {"trainingBoxes", fractions.size()}}},
      {"anchors", {{"cells", anchors}, {"meanIou", chosen.meanIou}}},
      {"notes", run.notes_},
      {"computeThreads", run.computeThreads_},
      {"iterations", 0}};

  std::error_code code;
  run.folder_ = fs::absolute(folder, code);
  if (code || run.folder_.empty()) run.folder_ = folder;
  const bool made = claimFolder(run.folder_);
  try {
    const MetricsLog lock(run.folder_);  // another that begins here finds a run at work
    writeFileAtomically(run.folder_ / "run.json", dumped(json));
    writeFileAtomically(run.folder_ / "model.cfg", writeCfg(cfg));
    writeClassNames(run.folder_ / "classes.names", run.classes_);
    writeFileAtomically(run.folder_ / "split.json", dumped(splitJson(run.split_)));
    for (const char* const inner : {"checkpoints", "weights"}) {
      fs::create_directory(run.folder_ / inner, code);
      if (code)
        throw Error("cannot make a folder (" + code.message() + ")", utf8(run.folder_ / inner),
                    "check the permissions or choose another folder");
    }
  } catch (...) {
    // What this call made is taken away again, so that the same command can be given once more.
    removeRunFiles(run.folder_);
    if (made) fs::remove(run.folder_, code);
    throw;
  }
  return run;
}

Run Run::open(const fs::path& folder) {
  std::error_code code;
  if (!fs::is_regular_file(folder / "run.json", code))
    throw Error("this is no run folder: it has no run.json", utf8(folder),
                "choose the folder of a run");
  Run run;
  run.folder_ = fs::absolute(folder, code);
  if (code || run.folder_.empty()) run.folder_ = folder;
  const fs::path file = run.folder_ / "run.json";
  const Json json = readJson(file);
  reading(file, [&] {
    if (json.value("format", 0) > kFormat)
      throw Error("the run was made by a newer version of this program", utf8(file),
                  "update the program");
    run.settings_ = settingsFrom(json.at("settings"));
    const Json& recipe = json.at("recipe");
    run.recipe_.name = recipe.at("name").get<std::string>();
    try {
      setRecipeValues(run.recipe_, recipe.at("values").get<std::map<std::string, double>>());
    } catch (const Error& error) {
      throw Error(error.problem(), utf8(file), "the run is damaged; start a new one");
    }
    checkBatch(run.recipe_, utf8(file));
    run.fingerprint_ = json.at("dataset").value("fingerprint", "");
    run.datasetFormat_ = json.at("dataset").value("format", "");
    run.notes_ = json.value("notes", std::vector<std::string>{});
    run.computeThreads_ = json.value("computeThreads", 0);
    // Runs from before there were classifiers do not say.
    if (json.value("task", "") == taskName(NetworkTask::Classification))
      run.task_ = NetworkTask::Classification;
  });
  run.classes_ = readClassNames(run.folder_ / "classes.names");
  const fs::path splitFile = run.folder_ / "split.json";
  const Json split = readJson(splitFile);
  reading(splitFile,
          [&] { run.split_ = split.get<std::map<std::string, std::vector<std::string>>>(); });
  return run;
}

std::vector<std::string> Run::picturesOf(const std::string& split) const {
  const auto found = split_.find(split);
  return found == split_.end() ? std::vector<std::string>() : found->second;
}

bool Run::hasCheckpoint() const {
  std::error_code code;
  return fs::is_regular_file(folder_ / "checkpoints" / "last.ckpt", code);
}

std::int64_t Run::plannedIterations() const {
  const fs::path file = folder_ / "run.json";
  const Json json = readJson(file);
  return reading(file, [&] { return json.value("iterations", std::int64_t{0}); });
}

void Run::keepPlannedIterations(std::int64_t iterations) const {
  const fs::path file = folder_ / "run.json";
  Json json = readJson(file);
  json["iterations"] = iterations;
  writeFileAtomically(file, dumped(json));
}

void Run::keepDatasetPlace(const std::string& path) const {
  const fs::path file = folder_ / "run.json";
  Json json = readJson(file);
  reading(file, [&] {
    json.at("settings")["dataset"] = path;
    json.at("dataset")["path"] = path;
  });
  writeFileAtomically(file, dumped(json));
}

}  // namespace boxwright
