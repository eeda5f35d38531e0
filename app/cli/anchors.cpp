// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/anchor_plot.h"
#include "app/cli/commands.h"
#include "app/cli/json_output.h"
#include "app/cli/open.h"
#include "app/cli/seed.h"
#include "core/anchors/cluster_anchors.h"
#include "core/anchors/hand_picked.h"
#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/base/thread_budget.h"
#include "core/data/box_sizes.h"
#include "core/geometry/conversion.h"
#include "core/network/cfg.h"
#include "core/network/network.h"

namespace boxwright::cli {
namespace {

constexpr int kCurveTo = 15;

struct Options {
  DatasetOptions dataset;
  ClusterOptions cluster;
  std::string split = "all";
  std::string update = "mean";
  std::string method = "clusters";
  bool curve = false, inputSizeGiven = false;
  std::string writeTo, plotTo;
};

Json sizesJson(const std::vector<Size>& sizes, double factor) {
  Json list = Json::array();
  for (const Size& s : sizes)
    list.push_back(Json::array({s.width * factor, s.height * factor}));
  return list;
}

int run(Options options, Console& console) {
  const auto stop = console.stop.get_token();
  // A plot that cannot be written should not cost the clustering.
  if (!options.plotTo.empty() && !options.plotTo.ends_with(".svg")) {
    throw Error("plots are written as SVG", options.plotTo, "give a name that ends in .svg");
  }
  if (!options.writeTo.empty() && !options.inputSizeGiven) {
    // Cells are of the network's own input: those of another size would be of other pixels.
    std::vector<Problem> problems;
    const Cfg cfg = readCfg(pathFromUtf8(options.writeTo), problems);
    const int width = cfg.sections.empty() ? 0 : cfg.sections.front().integer("width", 0);
    if (width >= kHeadStride) {
      options.cluster.inputSize = width;
      console.message(fmt::format("input size {}, the width of {}", width, options.writeTo));
    }
  }
  const Dataset dataset = openForCommand(options.dataset, console);
  console.report(dataset.problems);
  if (stop.stop_requested()) return 130;
  const std::vector<std::size_t> pictures =
      picturesOfSplit(dataset, splitsFor(dataset, options.cluster.seed), options.split);
  const std::vector<Size> sizes = boxFractions(dataset, pictures);
  options.cluster.threads = ThreadBudget::of(console.threads).compute;
  options.cluster.update = options.update == "median" ? ClusterUpdate::Median : ClusterUpdate::Mean;
  if (options.method == "euclidean") options.cluster.distance = ClusterDistance::Euclidean;
  const int inputSize = options.cluster.inputSize;
  const AnchorSet set =
      options.method == "hand-picked"
          ? measureAnchors(handPickedAnchors(inputSize), sizes, inputSize)
          : clusterAnchors(sizes, options.cluster, stop, [&console](double fraction) {
              console.progress("clustering", fraction);
            });
  if (stop.stop_requested()) return 130;
  std::vector<CurvePoint> curve;
  if (options.curve) {
    curve = anchorCurve(sizes, kCurveTo, options.cluster, stop, [&](const CurvePoint& point) {
      console.progress("curve", double(point.k) / kCurveTo);
    });
    if (stop.stop_requested()) return 130;
  }
  console.endProgress();
  if (!options.plotTo.empty())
    writeAnchorPlot(pathFromUtf8(options.plotTo), sizes, set, options.cluster.inputSize);
  if (!options.writeTo.empty()) writeAnchorsIntoCfg(pathFromUtf8(options.writeTo), set.anchors);

  if (console.json) {
    Json document{{"k", set.anchors.size()},
                  {"boxes", sizes.size()},
                  {"meanIou", set.meanIou},
                  {"anchors", sizesJson(set.anchors, 1)},
                  {"pixels", sizesJson(set.anchors, kHeadStride)},
                  {"inputSize", options.cluster.inputSize},
                  {"stride", kHeadStride},
                  {"seed", options.cluster.seed},
                  {"iterations", set.iterations}};
    if (options.curve) {
      Json points = Json::array();
      for (const CurvePoint& p : curve)
        points.push_back({{"k", p.k}, {"meanIou", p.meanIou}});
      document["curve"] = points;
    }
    console.printLine(textOf(document));
    return 0;
  }
  std::string text = fmt::format(
      "{} in {}, k = {}: mean IOU {:.2f} %\n\n", counted(sizes.size(), "box", "boxes"),
      counted(pictures.size(), "picture", "pictures"), set.anchors.size(), 100 * set.meanIou);
  text += fmt::format("   cells ({} px at input {})     pixels        boxes\n", kHeadStride,
                      options.cluster.inputSize);
  std::vector<std::size_t> members(set.anchors.size(), 0);
  for (const int a : set.assignment)
    ++members[static_cast<std::size_t>(a)];
  for (std::size_t i = 0; i < set.anchors.size(); ++i) {
    const Size& a = set.anchors[i];
    text +=
        fmt::format("  {:9.4f} x {:9.4f}   {:5.0f} x {:5.0f}   {:6.1f} %\n", a.width, a.height,
                    a.width * kHeadStride, a.height * kHeadStride,
                    100.0 * static_cast<double>(members[i]) / static_cast<double>(sizes.size()));
  }
  if (options.curve) {
    text += "\n   k   mean IOU\n";
    for (const CurvePoint& p : curve)
      text += fmt::format("  {:2}   {:6.2f} %\n", p.k, 100 * p.meanIou);
  }
  if (!options.writeTo.empty()) text += fmt::format("\nWritten into {}\n", options.writeTo);
  if (!options.plotTo.empty()) text += fmt::format("\nPlot: {}\n", options.plotTo);
  console.print(text);
  return 0;
}

}  // namespace

void addAnchors(CLI::App& app, Console& console, Action& action) {
  CLI::App* command =
      app.add_subcommand("anchors", "Cluster anchor boxes: k-means with d = 1 - IOU");
  auto options = std::make_shared<Options>();
  addDatasetOptions(*command, options->dataset);
  auto* k = command->add_option("-k", options->cluster.k, "How many anchors")
                ->check(CLI::Range(1, 100))
                ->type_name("N")
                ->capture_default_str();
  command->add_option("--split", options->split, "Boxes of this split only")
      ->type_name("S")
      ->capture_default_str();
  command->add_option("--seed", options->cluster.seed, "Seed of the starts")
      ->check(seedNumber())
      ->type_name("S")
      ->capture_default_str();
  command->add_option("--restarts", options->cluster.restarts, "Starts, the best of which is kept")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command
      ->add_option(
          "--method", options->method,
          "clusters (d = 1 - IOU), euclidean (plain distance) or hand-picked (nine shapes, "
          "whatever the boxes)")
      ->check(CLI::IsMember({"clusters", "euclidean", "hand-picked"}))
      ->capture_default_str();
  command->add_option("--update", options->update, "Cluster centres by mean or median")
      ->check(CLI::IsMember({"mean", "median"}))
      ->capture_default_str();
  auto* inputSize = command
                        ->add_option("--input-size", options->cluster.inputSize,
                                     "Input size that cells refer to; with --write that of the cfg")
                        ->check(CLI::Range(kHeadStride, kLargestInput))
                        ->capture_default_str();
  command->add_flag("--curve", options->curve, "Also the mean IOU for k = 1 to 15");
  command->add_option("--write", options->writeTo, "Write the anchors into this cfg")
      ->type_name("CFG");
  command->add_option("--plot", options->plotTo, "Draw widths and heights with the anchors (SVG)")
      ->type_name("FILE");
  command->callback([options, inputSize, k, &console, &action] {
    if (options->method == "hand-picked" && (k->count() > 0 || options->curve))
      throw CLI::ExcludesError("--method hand-picked", k->count() > 0 ? "-k" : "--curve");
    if (options->method != "clusters" && options->update == "median")
      throw CLI::ExcludesError("--method " + options->method, "--update median");
    options->inputSizeGiven = inputSize->count() > 0;
    action = [options, &console] { return run(*options, console); };
  });
}

}  // namespace boxwright::cli
