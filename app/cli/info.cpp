// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/json_output.h"
#include "app/cli/open.h"
#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/data/dataset.h"
#include "core/data/label_rule.h"

namespace boxwright::cli {
namespace {

struct Options {
  DatasetOptions dataset;
};

/// A tree may have thousands of classes: of one those are told that are in the labels.
bool isTold(const Dataset& dataset, const DatasetStatistics::PerClass& count) {
  return !dataset.classTree || count.images > 0;
}

Json toJson(const Dataset& dataset, const DatasetStatistics& statistics) {
  Json classes = Json::array();
  for (std::size_t i = 0; i < dataset.classes.size(); ++i) {
    if (!isTold(dataset, statistics.classes[i])) continue;
    classes.push_back({{"classId", i},
                       {"name", dataset.classes[i]},
                       {"boxes", statistics.classes[i].boxes},
                       {"images", statistics.classes[i].images}});
  }
  Json splits = Json::object();
  for (const auto& [name, pictures] : dataset.splits)
    splits[name] = pictures.size();
  return {{"format", dataset.format},
          {"images", statistics.images},
          {"boxes", statistics.boxes},
          {"states",
           {{"labelled", statistics.labelled},
            {"negative", statistics.negative},
            {"unlabelled", statistics.unlabelled}}},
          {"classesOnly", statistics.classesOnly},
          {"classes", classes},
          {"splits", splits},
          {"labelRule", dataset.labelRule},
          {"problems", problemsJson(dataset.problems)}};
}

std::string toText(const Dataset& dataset, const DatasetStatistics& statistics,
                   const std::string& path) {
  // What is combined is a file among others.
  const std::string place = dataset.classTree ? path : utf8(dataset.root);
  std::string text = fmt::format("{} ({})\n{}, {}\n", place, dataset.format,
                                 counted(statistics.images, "picture", "pictures"),
                                 counted(statistics.boxes, "box", "boxes"));
  if (statistics.classesOnly > 0)
    text += fmt::format("  {} of a class as a whole, without boxes\n",
                        counted(statistics.classesOnly, "picture", "pictures"));
  if (const auto rule = labelRuleFrom(dataset.labelRule))
    text += fmt::format("  labels {}\n", labelRuleText(*rule));
  text += fmt::format("  {} labelled, {} negative, {} unlabelled\n", statistics.labelled,
                      statistics.negative, statistics.unlabelled);
  std::size_t width = 5, told = 0;
  for (std::size_t i = 0; i < dataset.classes.size(); ++i) {
    if (!isTold(dataset, statistics.classes[i])) continue;
    width = std::max(width, dataset.classes[i].size());
    ++told;
  }
  if (dataset.classTree)
    text += fmt::format("  a tree of {}, {} of them in labels\n",
                        counted(dataset.classes.size(), "class", "classes"), told);
  // Pictures of classes have no boxes to count.
  const bool boxes = statistics.classesOnly == 0 || statistics.boxes > 0;
  text += fmt::format("\n  {:<{}}  {}{:>9}\n", "class", width,
                      boxes ? fmt::format("{:>9}  ", "boxes") : std::string(), "pictures");
  for (std::size_t i = 0; i < dataset.classes.size(); ++i) {
    const DatasetStatistics::PerClass& count = statistics.classes[i];
    if (!isTold(dataset, count)) continue;
    text += fmt::format("  {:<{}}  {}{:>9}\n", dataset.classes[i], width,
                        boxes ? fmt::format("{:>9}  ", count.boxes) : std::string(), count.images);
  }
  if (dataset.splits.empty()) {
    text += "\nNo splits in the dataset: a run makes its own by seed.\n";
  } else {
    text += "\n";
    for (const auto& [name, pictures] : dataset.splits) {
      text += fmt::format("  {:<{}}  {:>9} {}\n", name, width, pictures.size(),
                          pictures.size() == 1 ? "picture" : "pictures");
    }
  }
  if (!dataset.problems.empty()) {
    text += fmt::format("\n{} (below)\n", counted(dataset.problems.size(), "problem", "problems"));
  }
  return text;
}

int run(const Options& options, Console& console) {
  const Dataset dataset = openForCommand(options.dataset, console);
  if (console.stop.stop_requested()) return 130;
  const DatasetStatistics statistics = statisticsOf(dataset);
  if (console.json) {
    console.printLine(textOf(toJson(dataset, statistics)));
  } else {
    console.print(toText(dataset, statistics, options.dataset.path));
  }
  console.report(dataset.problems);
  return 0;
}

}  // namespace

void addInfo(CLI::App& app, Console& console, Action& action) {
  CLI::App* command =
      app.add_subcommand("info", "What a dataset holds: format, pictures, boxes, splits, problems");
  auto options = std::make_shared<Options>();
  addDatasetOptions(*command, options->dataset);
  command->add_flag("--decode", options->dataset.decodeAll,
                    "Decode every picture to find damaged ones (slow)");
  command->callback([options, &console, &action] {
    action = [options, &console] { return run(*options, console); };
  });
}

}  // namespace boxwright::cli
