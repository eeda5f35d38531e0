// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>

#include "app/cli/ablation_chart.h"
#include "app/cli/commands.h"
#include "app/cli/open.h"
#include "app/cli/seed.h"
#include "core/base/atomic_file.h"
#include "core/geometry/conversion.h"
#include "core/network/network.h"
#include "core/train/ablation.h"
#include "core/train/ablation_table.h"

namespace boxwright::cli {
namespace {

constexpr int kInterrupted = 130;

struct Options {
  DatasetOptions dataset;
  AblationSettings ablation;
  std::string out;
};

void writeTables(const std::filesystem::path& folder, const AblationResult& result) {
  writeFileAtomically(folder / "table.md", markdownOf(result));
  writeFileAtomically(folder / "table.csv", csvOf(result));
  writeFileAtomically(folder / "table.json", jsonOf(result) + "\n");
  writeAblationChart(folder / "chart.svg", result);
}

int run(const Options& options, Console& console) {
  const Dataset dataset = openForCommand(options.dataset, console);
  console.report(dataset.problems);
  if (console.stop.stop_requested()) return kInterrupted;
  AblationSettings settings = options.ablation;
  RunSettings& base = settings.base;
  base.dataset = utf8(std::filesystem::absolute(pathFromUtf8(options.dataset.path)));
  base.threads = console.threads;
  base.loaderThreads = console.notTooMany("--loader-threads", base.loaderThreads);
  const std::filesystem::path folder = pathFromUtf8(options.out);

  std::string now;  // what is being trained
  AblationSink sink;
  sink.say = [&](const std::string& text) {
    now = text;
    console.message(text);
  };
  sink.train = [&](const TrainEvent& event) {
    if (const auto* batch = std::get_if<BatchEvent>(&event)) {
      console.status(fmt::format("{}: step {}/{}  loss {:.3f}  {} left", now, batch->iteration,
                                 batch->iterations, batch->loss, duration(batch->secondsLeft)));
    } else if (const auto* message = std::get_if<MessageEvent>(&event)) {
      if (console.verbose) console.message(message->text);
    }
  };
  sink.trialFinished = [&](const AblationResult& so) { writeTables(folder, so); };
  const AblationResult result = ablate(folder, settings, dataset, console.stop.get_token(), sink);
  console.endProgress();
  writeTables(folder, result);
  if (result.stopped) {
    console.message("stopped; the same command goes on with " + options.out);
    return kInterrupted;
  }
  if (console.json) {
    console.printLine(jsonOf(result));
  } else {
    console.print(
        markdownOf(result) +
        fmt::format("\ntable.md, table.csv, table.json and chart.svg are in {}\n", options.out));
  }
  return 0;
}

}  // namespace

void addAblate(CLI::App& app, Console& console, Action& action) {
  CLI::App* command = app.add_subcommand(
      "ablate", "The paper's ideas one by one, from YOLO to YOLOv2; the same command goes on");
  auto options = std::make_shared<Options>();
  RunSettings& s = options->ablation.base;
  command->add_option("DATASET", options->dataset.path, "A folder, a data.yaml or an obj.data")
      ->required();
  addDatasetOptions(*command, options->dataset, false);
  command->add_option("--out", options->out, "The folder of all runs, tables and the chart")
      ->required()
      ->type_name("DIR");
  command->add_option("--seeds", options->ablation.seeds, "Trainings of each row")
      ->check(CLI::Range(1, 100))
      ->type_name("N")
      ->capture_default_str();
  auto* epochs =
      command
          ->add_option("--epochs", s.epochs, "Passes over the training pictures, of every training")
          ->check(CLI::Range(1, 1000000))
          ->type_name("N");
  command->add_option("--updates", s.updates, "Updates of every training instead")
      ->check(CLI::Range(std::int64_t(1), std::int64_t(1000000000)))
      ->type_name("N")
      ->excludes(epochs);
  command->add_option("--model", s.model, "A network that ships with the program, or a cfg file")
      ->type_name("NAME|CFG")
      ->capture_default_str();
  s.size = kDetectorSize;
  command->add_option("--size", s.size, "Input size of all rows but YOLO's grid (next 64)")
      ->check(CLI::Range(kHeadStride, kLargestInput))
      ->type_name("S")
      ->capture_default_str();
  command->add_option("--batch", s.batch, "Pictures a step")
      ->check(CLI::Range(1, 4096))
      ->type_name("N");
  command->add_option("--learning-rate", s.learningRate, "Instead of the recipe's")
      ->check(CLI::PositiveNumber)
      ->type_name("R");
  command->add_option("--recipe", s.recipe, "small, paper or cfg, as for train")
      ->check(CLI::IsMember(recipeNames()))
      ->capture_default_str();
  addDeviceOptions(*command, s.device, s.precision, true);
  command->add_option("--seed", s.seed, "The first seed; it also makes the split")
      ->check(seedNumber())
      ->type_name("S")
      ->capture_default_str();
  auto* low = command
                  ->add_option("--low-weights", options->ablation.lowWeights,
                               "A classifier learned at a low resolution, to start from up to the "
                               "high-resolution classifier's row")
                  ->check(CLI::ExistingFile)
                  ->type_name("WEIGHTS");
  auto* high = command
                   ->add_option("--high-weights", options->ablation.highWeights,
                                "The same trained on at a high one, from that row on")
                   ->check(CLI::ExistingFile)
                   ->type_name("WEIGHTS")
                   ->needs(low);
  auto* layers = command
                     ->add_option("--init-layers", options->ablation.classifierLayers,
                                  "With them: so many of the first layers (11 for yolov2-nano)")
                     ->check(CLI::Range(1, 1000000))
                     ->type_name("N")
                     ->needs(high);
  low->needs(high)->needs(layers);
  command->add_option("--loader-threads", s.loaderThreads, "Threads that prepare pictures")
      ->check(CLI::Range(1, 1000000))
      ->type_name("N");
  command->callback([options, &console, &action] {
    action = [options, &console] { return run(*options, console); };
  });
}

}  // namespace boxwright::cli
