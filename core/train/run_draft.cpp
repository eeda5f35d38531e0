// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/run_draft.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/out_of_memory.h"
#include "core/base/problem.h"
#include "core/base/thread_budget.h"
#include "core/data/box_sizes.h"
#include "core/geometry/conversion.h"
#include "core/network/model.h"
#include "core/network/run_files.h"
#include "core/train/fitting_parts.h"
#include "core/train/input_size.h"
#include "core/train/obeyed_recipe.h"
#include "core/train/run_anchors.h"
#include "core/train/training_pictures.h"
#include "core/train/up_and_down.h"

namespace boxwright {
namespace {

/// Heights of the training boxes' centres, 0 top to 1 bottom.
std::vector<double> centresY(const Dataset& dataset, const std::vector<std::size_t>& pictures) {
  std::vector<double> centres;
  for (const std::size_t index : pictures)
    for (const Truth& truth : truthsOf(dataset.pictures[index], dataset.absolutePath(index)).truths)
      if (!truth.classOnly) centres.push_back(truth.box.y);
  return centres;
}

/// The classes that have boxes in these pictures, ascending.
std::vector<int> boxedClasses(const Dataset& dataset, const std::vector<std::size_t>& pictures) {
  std::set<int> ids;
  for (const std::size_t index : pictures)
    for (const Box& box : dataset.pictures[index].annotation->boxes)
      ids.insert(box.classId);
  return {ids.begin(), ids.end()};
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
  ideas.multiScale = MultiScale::AsRecipe;
  if (const std::vector<std::string> departed = departures(ideas); !departed.empty())
    throw Error(departed.front() + " is for detectors, and this network is a classifier", {},
                "leave it out");
}

/// Picture paths by split name.
std::map<std::string, std::vector<std::string>> splitOf(const Dataset& dataset,
                                                        std::uint64_t seed) {
  std::map<std::string, std::vector<std::string>> split;
  for (const auto& [name, indices] : splitsFor(dataset, seed)) {
    std::vector<std::string>& paths = split[name];
    for (const std::size_t index : indices)
      paths.push_back(dataset.pictures[index].path);
  }
  return split;
}

/// Layers 0 to count - 1 of the run's network stay as they are.
void freezeLayers(Cfg& cfg, const Network& network, int count) {
  int last = 0;  // the last convolution is the head, and must learn
  for (std::size_t i = 0; i < network.layers.size(); ++i)
    if (std::holds_alternative<ConvolutionLayer>(network.layers[i].kind))
      last = static_cast<int>(i);
  if (count > last)
    throw Error(
        fmt::format("{} frozen layers would leave nothing to learn", count), network.file,
        fmt::format("the network's last convolution is layer {}: freeze {} at most", last, last));
  cfg.sections[static_cast<std::size_t>(count)].set("stopbackward", "1");  // the first is [net]
}

/// "random=1" is how a cfg asks for several input sizes.
bool asksForSeveralSizes(const Network& network) {
  const Layer* layer = network.regionLayer();
  return layer && std::get<RegionLayer>(layer->kind).random;
}

std::string networkNote(const std::string& model, const Network& network, int size) {
  return fmt::format("Network {}: {:.2f} GFLOP a picture at {}x{}, {:.2f} million learned numbers.",
                     model, static_cast<double>(operationsOf(network)) * 1e-9, size, size,
                     static_cast<double>(parametersOf(network)) * 1e-6);
}

/// As few parts of an update as fit into the device's memory.
void chooseParts(RunRecord& run, const Network& given, BatchNormForm batchNorm) {
  Network network = given;
  initialiseWeights(network, run.settings.seed);
  const auto backend = openBackend(run.settings.device, run.computeThreads, run.settings.precision);
  TrainingMemory wanted;
  wanted.options.mode = Mode::Training;
  wanted.options.threads = run.computeThreads;
  wanted.options.batchNorm = batchNorm;
  wanted.sides = triedSides(*backend, allSides(inputSizesOf(network, run.settings, run.recipe)));
  wanted.average = run.recipe.averageEpochs > 0;
  const auto batch = static_cast<int>(run.recipe.batch);
  const int parts = fittingParts(*backend, network, wanted, batch);
  run.recipe.subdivisions = parts;
  run.notes.push_back(
      parts == 1 ? fmt::format("A batch of {} fits into the memory of the device whole.", batch)
                 : fmt::format("A batch of {} is worked off in {} subdivisions: in fewer it would "
                               "not fit into the memory of the device.",
                               batch, parts));
}

}  // namespace

std::optional<RunDraft> draftRun(const RunSettings& given, const Dataset& dataset,
                                 const std::stop_token& stop) {
  if (dataset.classes.empty())
    throw Error("the dataset has no classes", utf8(dataset.root), "label some pictures first");
  std::vector<Problem> problems;
  Cfg cfg = readCfg(findNetwork(given.model), problems);
  RunDraft draft;
  RunRecord& run = draft.record;
  run.task = taskOf(buildNetwork(cfg, problems));
  const bool detector = run.task == NetworkTask::Detection;
  RunSettings settings = given;
  if (settings.size == 0)
    settings.size = detector ? kDetectorSize : cfg.sections.front().integer("width", 0);
  checkSettings(settings);
  run.settings = settings;
  if (detector) {
    cfg = applyIdeas(std::move(cfg), settings.ideas, run.notes);
    run.settings.size = inputSizeFor(settings.ideas, settings.size);
    if (run.settings.size != settings.size)
      run.notes.push_back(
          fmt::format("The input is {} pixels, not {}: YOLO's grid has cells of {}.",
                      run.settings.size, settings.size, 2 * kHeadStride));
  } else {
    checkIdeasOfClassifier(settings.ideas);
  }
  const Network asGiven = buildNetwork(cfg, problems);
  if (run.settings.dataset.empty()) run.settings.dataset = utf8(dataset.root);
  run.classes = dataset.classes;
  run.classTree = dataset.classTree;
  const bool joint = detector && run.classTree;
  run.fingerprint = fingerprint(dataset);
  run.datasetFormat = dataset.format;
  run.computeThreads = ThreadBudget::of(settings.threads).compute;
  run.split = splitOf(dataset, settings.seed);
  const std::vector<std::size_t> training =
      detector ? trainingPictures(dataset, run.split["train"], joint ? Serves::All : Serves::Boxed)
               : classPictures(dataset, run.split["train"]);
  if (joint) run.boxedClasses = boxedClasses(dataset, training);
  const std::vector<Size> fractions = boxFractions(dataset, training);
  checkThereIsSomethingToLearn(run.task, dataset, training.size(), fractions.size());
  RunAnchors chosen;
  if (detector) chosen = chooseAnchors(run.settings, asGiven.region().boxForm, fractions, stop);
  if (stop.stop_requested()) return std::nullopt;
  run.recipe = obeyedRecipe(settings, asGiven);
  MultiScale& multiScale = run.settings.ideas.multiScale;
  if (multiScale == MultiScale::AsRecipe) {
    const bool several = settings.recipe == "cfg" && asksForSeveralSizes(asGiven);
    multiScale = several ? MultiScale::On : MultiScale::Off;
    if (several)
      run.notes.push_back("The cfg asks for another input size every 10 updates (random=1).");
  }
  const int classes = static_cast<int>(run.classes.size());
  const std::string tree = run.classTree ? kRunTreeFile : "";
  cfg = detector ? withHead(std::move(cfg), classes, chosen.anchors, run.settings.size, tree)
                 : withClasses(std::move(cfg), classes, run.settings.size, tree);
  if (detector && run.recipe.name == "small" && !isAdjusted(settings, "vertical_flip") &&
      upMeansNothing(centresY(dataset, training))) {
    run.recipe.verticalFlip = true;
    run.notes.push_back(
        "The boxes lie as often high as low: pictures are turned upside down too (vertical_flip "
        "of the recipe, not wanted where up matters).");
  }
  writeRecipeInto(cfg, run.recipe, run.settings);
  if (settings.freeze > 0) {
    freezeLayers(cfg, buildNetwork(cfg, problems), settings.freeze);
    run.notes.push_back(fmt::format("Layers 0 to {} stay as they are.", settings.freeze - 1));
  }
  problems.clear();
  const Network network = buildNetwork(cfg, problems);
  if (network.net.channels != 3)
    throw Error(fmt::format("the network takes pictures of {} channels", network.net.channels),
                network.file, "pictures are RGB: set channels=3");
  run.notes.push_back(networkNote(settings.model, network, run.settings.size));
  if (settings.subdivisions == kFittingParts) {
    chooseParts(run, network, batchNormFormOf(cfg));
    cfg.sections.front().set("subdivisions", fmt::format("{:.0f}", run.recipe.subdivisions));
  }
  if (detector) run.notes.push_back(chosen.note);
  if (const std::vector<std::string> departed = departures(settings.ideas); !departed.empty())
    run.notes.push_back(fmt::format("Ideas as chosen: {}.", fmt::join(departed, ", ")));

  draft.figures.pictures = dataset.pictures.size();
  draft.figures.trainingPictures = training.size();
  draft.figures.trainingBoxes = fractions.size();
  if (detector) draft.figures.anchors = network.region().anchors;
  draft.figures.meanIou = chosen.meanIou;
  draft.cfg = std::move(cfg);
  return draft;
}

}  // namespace boxwright
