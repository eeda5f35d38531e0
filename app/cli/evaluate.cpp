// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "app/cli/classifier_report.h"
#include "app/cli/commands.h"
#include "app/cli/fraction.h"
#include "app/cli/json_output.h"
#include "app/cli/open.h"
#include "app/cli/seed.h"
#include "app/cli/tree_report.h"
#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/base/thread_budget.h"
#include "core/evaluate/detection_files.h"
#include "core/evaluate/evaluate_classifier.h"
#include "core/evaluate/evaluate_model.h"
#include "core/geometry/conversion.h"
#include "core/network/network_tree.h"
#include "core/train/run.h"
#include "core/train/run_split.h"

namespace boxwright::cli {
namespace {

struct Options {
  ModelOptions model;
  DatasetOptions dataset;
  std::string split = "test";
  std::string protocol = "voc";
  std::string device = "auto", precision = "auto";
  int size = 0;
  double threshold = 0.005, nms = 0.45;
  std::uint64_t seed = 1;
  std::vector<std::string> write;
  std::string map;  ///< over a class tree
  double hierarchy = TreeSettings{}.threshold;
  std::string sort = "tree";             ///< of the table over the tree
  std::vector<std::string> ofDetectors;  ///< options given that a classifier has no use for
};

Protocol protocolOf(const std::string& name) {
  if (name == "voc07") return Protocol::Voc07;
  return name == "coco" ? Protocol::Coco : Protocol::Voc;
}

Json toJson(const EvaluateOutput& output, const ClassNames& names, const Options& options) {
  const EvaluationResult& r = output.result;
  Json classes = Json::array();
  for (std::size_t i = 0; i < r.classes.size(); ++i) {
    const ClassResult& c = r.classes[i];
    if (output.tree && c.truths == 0) continue;  // a tree may have thousands
    classes.push_back({{"classId", i},
                       {"name", names[i]},
                       {"ap", numberOrNull(c.ap)},
                       {"truths", c.truths},
                       {"truePositives", c.truePositives},
                       {"falsePositives", c.falsePositives},
                       {"precision", c.precision},
                       {"recall", c.recall}});
  }
  Json document{{"protocol", protocolName(r.protocol)},
                {"map", r.map},
                {"map50", r.map50},
                {"classes", classes},
                {"confusion", r.confusion},
                {"images", r.images},
                {"split", options.split},
                {"threshold", options.threshold},
                {"nms", options.nms}};
  if (r.protocol == Protocol::Coco) {
    document["map75"] = numberOrNull(r.map75);
    document["mapSmall"] = numberOrNull(r.mapSmall);
    document["mapMedium"] = numberOrNull(r.mapMedium);
    document["mapLarge"] = numberOrNull(r.mapLarge);
  }
  return document;
}

std::string percent(const std::optional<double>& value) {
  return value ? fmt::format("{:6.2f} %", 100 * *value) : std::string("    none");
}

std::string toText(const EvaluateOutput& output, const ClassNames& names, const Options& options,
                   int perClass) {
  const EvaluationResult& r = output.result;
  const auto isTold = [&](std::size_t i) { return !output.tree || r.classes[i].truths > 0; };
  std::string text =
      fmt::format("{} of split {}, protocol {}\n", counted(r.images, "picture", "pictures"),
                  options.split, protocolName(r.protocol));
  if (r.protocol == Protocol::Coco) {
    text += fmt::format("mAP {}   mAP50 {}   mAP75 {}\nsmall {}  medium {}  large {}\n",
                        percent(r.map), percent(r.map50), percent(r.map75), percent(r.mapSmall),
                        percent(r.mapMedium), percent(r.mapLarge));
  } else {
    text += fmt::format("mAP50 {}\n", percent(r.map50));
  }
  std::size_t width = 5;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (isTold(i)) width = std::max(width, names[i].size());
  text += fmt::format("\n  {:<{}}  {:>8}  {:>9}  {:>8}  {:>7}  {:>7}  {:>7}\n", "class", width,
                      "AP", "precision", "recall", "truths", "found", "false");
  for (std::size_t i = 0; i < r.classes.size(); ++i) {
    const ClassResult& c = r.classes[i];
    if (!isTold(i)) continue;
    text += fmt::format("  {:<{}}  {}  {:7.2f} %  {:6.2f} %  {:>7}  {:>7}  {:>7}\n", names[i],
                        width, percent(c.ap), 100 * c.precision, 100 * c.recall, c.truths,
                        c.truePositives, c.falsePositives);
  }
  text += fmt::format(
      "\nDetections from confidence {} on, NMS {}, at most {} a class and picture; precision, "
      "recall,\n"
      "found and false at IOU .5 and confidence {}.\n",
      options.threshold, options.nms, perClass, ScoringOptions{}.operatingConfidence);
  return text;
}

/// A run evaluated on the dataset it was made from uses the split it was trained with. Says which
/// one is taken, unless all pictures are wanted.
Splits splitsOf(const std::string& runFolder, const Dataset& dataset, const Options& options,
                Console& console) {
  const auto say = [&](const std::string& source) {
    if (options.split != "all") console.message("split " + options.split + ": " + source);
  };
  if (!runFolder.empty()) {
    const Run run = Run::open(pathFromUtf8(runFolder));
    if (std::optional<Splits> own = splitsOfRun(run, dataset)) {
      say("as the run was trained with");
      return *own;
    }
  }
  say((dataset.splits.contains(options.split) ? std::string("the dataset's own")
                                              : fmt::format("made with seed {}", options.seed)) +
      (runFolder.empty() ? "" : " (this is not the dataset of the run)"));
  return splitsFor(dataset, options.seed);
}

/// --map and --sort are for models over a class tree.
void requireTree(const Options& options, const ClassTree* tree, const std::string& title) {
  if (tree) return;
  const char* const given = !options.map.empty()     ? "--map"
                            : options.sort != "tree" ? "--sort"
                                                     : nullptr;
  if (given)
    throw Error(std::string(given) + " is for models over a class tree", title, "leave it out");
}

ClassMap givenMap(const Options& options, const ClassTree* tree) {
  if (options.map.empty()) return {};
  return readClassMap(pathFromUtf8(options.map), tree->size(), "of the model");
}

void tell(const std::vector<std::string>& lines, Console& console) {
  for (const std::string& line : lines)
    console.message(line);
}

int runClassifier(Model model, const Dataset& dataset, const std::vector<std::size_t>& pictures,
                  const Options& options, Console& console) {
  const ThreadBudget budget = ThreadBudget::of(console.threads);
  Classifier classifier(std::move(model), {.device = options.device,
                                           .precision = options.precision,
                                           .threads = budget.compute,
                                           .batch = 0,
                                           .inputSize = options.size});
  const std::shared_ptr<const ClassTree> tree = classTreeOf(classifier.model().network);
  requireTree(options, tree.get(), classifier.model().title);
  const auto stop = console.stop.get_token();
  const ClassifierOutput output = evaluateClassifier(
      classifier, dataset, pictures, budget.loader, stop,
      [&console](double fraction) { console.progress("evaluating", fraction); },
      givenMap(options, tree.get()));
  console.endProgress();
  if (stop.stop_requested()) return 130;
  tell(classifier.deviceReport(), console);
  console.report(output.problems);
  const ClassNames& names = classifier.names();
  const NodeOrder order = nodeOrderOf(options.sort);
  if (console.json) {
    Json document = classifierJson(output.score, names, options.split, tree.get());
    if (output.tree) document["tree"] = treeJson(*output.tree, *tree, names, order);
    console.printLine(textOf(document));
  } else {
    console.print(classifierText(output.score, names, options.split, tree.get()));
    if (output.tree) console.print(treeText(*output.tree, *tree, names, order));
  }
  return 0;
}

int run(Options options, Console& console) {
  const bool fromRun = options.model.cfg.empty();
  const std::string runFolder =
      fromRun && !options.model.positionals.empty() ? options.model.positionals.front() : "";
  Model model = openModelForCommand(options.model, console);
  if (options.model.positionals.size() != 1) {
    throw Error("evaluate takes one MODEL and one DATASET", {}, "see boxwright evaluate --help");
  }
  options.dataset.path = options.model.positionals.front();
  const bool classifier = taskOf(model.network) == NetworkTask::Classification;
  if (classifier && !options.ofDetectors.empty()) {
    throw Error("--" + options.ofDetectors.front() + " is for detectors, and this is a classifier",
                model.title, "leave it out");
  }
  const Dataset dataset = openForCommand(options.dataset, console);
  console.report(dataset.problems);
  const auto stop = console.stop.get_token();
  if (stop.stop_requested()) return 130;
  const std::vector<std::size_t> pictures =
      picturesOfSplit(dataset, splitsOf(runFolder, dataset, options, console), options.split);

  if (classifier) return runClassifier(std::move(model), dataset, pictures, options, console);
  const ThreadBudget budget = ThreadBudget::of(console.threads);
  Detector detector(std::move(model), {.device = options.device,
                                       .precision = options.precision,
                                       .threads = budget.compute,
                                       .batch = 0,
                                       .inputSize = options.size});
  EvaluateOptions evaluate;
  evaluate.scoring.protocol = protocolOf(options.protocol);
  evaluate.detect.threshold = options.threshold;
  evaluate.detect.nms = options.nms;
  evaluate.detect.tree.threshold = options.hierarchy;
  evaluate.loaderThreads = budget.loader;
  const std::shared_ptr<const ClassTree> tree = classTreeOf(detector.model().network);
  requireTree(options, tree.get(), detector.model().title);
  evaluate.map = givenMap(options, tree.get());
  const EvaluateOutput output =
      evaluateModel(detector, dataset, pictures, evaluate, stop,
                    [&console](double fraction) { console.progress("evaluating", fraction); });
  console.endProgress();
  if (stop.stop_requested()) return 130;
  tell(detector.deviceReport(), console);
  console.report(output.problems);
  if (!options.write.empty()) {
    const auto folder = pathFromUtf8(options.write[1]);
    if (options.write[0] == "voc") {
      writeVocDetections(folder, dataset, output.indices, output, detector.names());
    } else {
      writeCocoDetections(folder, dataset, output.indices, output, detector.names());
    }
    console.message("detections written to " + options.write[1]);
  }
  if (console.json) {
    Json document = toJson(output, detector.names(), options);
    if (output.tree)
      document["tree"] = treeJson(*output.tree, *tree, detector.names(), nodeOrderOf(options.sort));
    console.printLine(textOf(document));
  } else {
    console.print(
        toText(output, detector.names(), options, static_cast<int>(evaluate.detect.perClass)));
    if (output.tree)
      console.print(treeText(*output.tree, *tree, detector.names(), nodeOrderOf(options.sort)));
  }
  return 0;
}

}  // namespace

void addEvaluate(CLI::App& app, Console& console, Action& action) {
  CLI::App* command = app.add_subcommand(
      "evaluate",
      "How well a model does on a split: mean average precision, of a classifier top-1 "
      "and top-5");
  auto options = std::make_shared<Options>();
  addModelOptions(*command, options->model, "MODEL_DATASET");
  addDatasetOptions(*command, options->dataset, false);
  command->add_option("--split", options->split, "Which pictures (all: every one)")
      ->type_name("S")
      ->capture_default_str();
  command
      ->add_option("--protocol", options->protocol, "voc (all points), voc07 (11 points) or coco")
      ->check(CLI::IsMember({"voc", "voc07", "coco"}))
      ->capture_default_str();
  addDeviceOptions(*command, options->device, options->precision, true);
  command->add_option("--size", options->size, "Input size instead of the network's own")
      ->check(CLI::Range(kHeadStride, kLargestInput))
      ->type_name("S");
  command->add_option("--threshold", options->threshold, "Least confidence that counts")
      ->check(fraction())
      ->capture_default_str();
  command->add_option("--nms", options->nms, "IOU over which the weaker of two boxes is dropped")
      ->check(fraction())
      ->capture_default_str();
  command
      ->add_option("--hierarchy", options->hierarchy,
                   "Over a class tree: how sure an answer must be to go further down (for the "
                   "hierarchical precision)")
      ->check(fraction())
      ->capture_default_str();
  command
      ->add_option("--map", options->map,
                   "Over a class tree: the node of each of the dataset's classes, a number a line; "
                   "else by name")
      ->type_name("FILE");
  command
      ->add_option("--sort", options->sort,
                   "Over a class tree: the order of its classes in the table: tree (each below its "
                   "parent), ap (the highest score first), name, truths (the most first) or depth")
      ->check(CLI::IsMember({"tree", "ap", "name", "truths", "depth"}))
      ->capture_default_str();
  command->add_option("--seed", options->seed, "Seed of splits that the dataset does not have")
      ->check(seedNumber())
      ->type_name("S")
      ->capture_default_str();
  command
      ->add_option("--write-detections", options->write, "Write detections as voc or coco to DIR")
      ->expected(2)
      ->type_name("voc|coco DIR");
  command->callback([options, command, &console, &action] {
    for (const char* name : {"protocol", "threshold", "nms", "write-detections", "hierarchy"}) {
      if (command->get_option("--" + std::string(name))->count() > 0)
        options->ofDetectors.emplace_back(name);
    }
    if (!options->write.empty() && options->write[0] != "voc" && options->write[0] != "coco") {
      throw CLI::ValidationError("--write-detections", "the first word is voc or coco");
    }
    action = [options, &console] { return run(*options, console); };
  });
}

}  // namespace boxwright::cli
