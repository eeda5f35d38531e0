// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>

#include "app/cli/commands.h"
#include "app/cli/open.h"
#include "app/cli/profile.h"
#include "app/cli/seed.h"
#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/geometry/conversion.h"
#include "core/train/ideas.h"
#include "core/train/quarantine.h"
#include "core/train/recipe.h"
#include "core/train/run.h"
#include "core/train/trainer.h"

namespace boxwright::cli {
namespace {

constexpr int kInterrupted = 130;

struct Options {
  DatasetOptions dataset;
  RunSettings settings;
  std::string out, resume;
  std::string anchors;
  std::vector<std::string> ideas;
  int moreEpochs = 0;
  std::optional<double> checkpointEvery;
  Profile profile;
  int retries = -1;                         ///< -1: not said
  std::string deviceGiven, precisionGiven;  ///< empty: not on the command line
};

/// Shows training to a person: a status line while batches go by, a line a validation.
class TextSink {
 public:
  explicit TextSink(Console& console) : console_(&console) {}

  void operator()(const BatchEvent& e) {
    const std::string left =
        e.iterations > 0 ? fmt::format("/{}  {} left", e.iterations, duration(e.secondsLeft))
                         : std::string();
    console_->status(fmt::format("epoch {:.1f}  step {}{}  loss {:.3f}  {:.1f} pictures/s", e.epoch,
                                 e.iteration, left, e.loss, e.imagesPerSecond));
    loss_ = e.loss;
  }
  void operator()(const ValidationEvent& e) {
    const std::string scores =
        e.top1 ? fmt::format("top-1 {:5.1f} %  top-5 {:5.1f} %", 100 * *e.top1,
                             100 * e.top5.value_or(0))
               : fmt::format("mAP50 {:5.1f} %  precision {:5.1f} %  recall {:5.1f} %",
                             100 * e.map50, 100 * e.precision, 100 * e.recall) +
                     (e.wholeTop1 ? fmt::format("  top-1 {:5.1f} %", 100 * *e.wholeTop1)
                                  : std::string());
    console_->message(fmt::format("epoch {:5.1f}  loss {:7.3f}  validation {:7.3f}  {}", e.epoch,
                                  loss_, e.lossValidation, scores));
  }
  void operator()(const CheckpointEvent& e) {
    if (console_->verbose) console_->message("checkpoint " + e.file);
  }
  void operator()(const MessageEvent& e) { console_->message(e.text); }
  void operator()(const CheckEvent& e) {
    console_->progress(
        "checking pictures",
        static_cast<double>(e.pictures) / static_cast<double>(std::max<std::int64_t>(1, e.all)));
  }
  void operator()(const EndEvent&) {}

 private:
  Console* console_;
  double loss_ = 0;
};

std::string absoluteText(const std::string& path) {
  return utf8(std::filesystem::absolute(pathFromUtf8(path)));
}

/// A number of anchors, 0 for those of the cfg; nothing where the text is neither.
std::optional<int> anchorsFrom(const std::string& text) {
  if (text == "cfg") return 0;
  int k = 0;
  if (!CLI::detail::lexical_cast(text, k) || k < 1 || k > 100) return std::nullopt;
  return k;
}

/// A number of subdivisions, from its text or "auto"; what is wrong with it otherwise.
std::string partsOf(std::string& text) {
  if (text == "auto") {
    text = std::to_string(kFittingParts);
    return {};
  }
  int parts = -1;
  if (CLI::detail::lexical_cast(text, parts) && parts >= 0 && parts <= 4096) return {};
  return "\"" + text + "\" is neither auto nor a number from 0 to 4096";
}

RunSettings settingsOf(const Options& options, RunSettings settings, const Console& console) {
  settings.dataset = absoluteText(options.dataset.path);
  settings.retries = std::max(0, options.retries);
  if (settings.threads == 0) settings.threads = console.threads;
  settings.anchors = anchorsFrom(options.anchors).value_or(settings.anchors);
  return settings;
}

/// Where the run's dataset is; Error with a way out where it has gone.
std::string placeOfDataset(const Run& run) {
  const std::string& place = run.settings().dataset;
  std::error_code code;
  if (!std::filesystem::exists(pathFromUtf8(place), code)) {
    throw Error("the dataset is no longer where the run began with it", place,
                "say where it is now: boxwright train --resume RUN DATASET");
  }
  return place;
}

int run(Options options, Console& console) {
  const bool resume = !options.resume.empty();
  DatasetOptions source = options.dataset;
  TrainOptions how;
  how.resume = resume;
  how.moreEpochs = options.moreEpochs;
  RunSettings settings = options.settings;
  settings.loaderThreads = console.notTooMany("--loader-threads", settings.loaderThreads);
  if (resume) {
    const Run old = Run::open(pathFromUtf8(options.resume));
    how.device = options.deviceGiven;
    how.precision = options.precisionGiven;
    how.retries = options.retries;
    how.subdivisions = settings.subdivisions;
    std::error_code code;
    if (source.path.empty()) {
      source.path = placeOfDataset(old);
    } else if (!std::filesystem::equivalent(pathFromUtf8(source.path),
                                            pathFromUtf8(old.settings().dataset), code)) {
      how.datasetPlace = absoluteText(source.path);
    }
    if (source.format.empty()) source.format = old.datasetFormat();
  }
  const Dataset dataset = openForCommand(source, console);
  console.report(dataset.problems);
  if (console.stop.stop_requested()) return kInterrupted;
  const std::optional<Run> made =
      resume ? Run::open(pathFromUtf8(options.resume))
             : Run::create(pathFromUtf8(options.out), settingsOf(options, settings, console),
                           dataset, console.stop.get_token());
  if (!made) return kInterrupted;
  const Run& run = *made;
  TextSink text(console);
  const TrainSink sink = [&](const TrainEvent& event) {
    if (console.json) console.printLine(toJson(event));
    std::visit(text, event);
  };
  how.threads = console.threads;
  how.loaderThreads = settings.loaderThreads;
  how.checkpointEvery = options.checkpointEvery;
  EndEvent end;
  options.profile.record(console, [&] {
    how.trace = options.profile.trace();
    end = train(run, dataset, how, console.stop.get_token(), sink);
  });
  console.endProgress();
  const std::string folder = utf8(run.folder());
  if (end.finishedBefore) {
    console.message("train more with: boxwright train --resume " + folder + " --more-epochs N");
    return 0;
  }
  if (end.stopped && !run.hasCheckpoint()) {
    console.message("stopped before the first step; the same command begins anew");
    return kInterrupted;
  }
  if (end.stopped) {
    console.message(fmt::format("stopped at step {}; go on with: boxwright train --resume {}",
                                end.iteration, folder));
    return kInterrupted;
  }
  if (!console.json) {
    console.print(fmt::format("done after {}; best {} {:.1f} %; run in {}\n",
                              counted(static_cast<std::size_t>(end.iteration), "step", "steps"),
                              end.bestTop1 ? "top-1" : "mAP50",
                              100 * end.bestTop1.value_or(end.bestMap50), folder));
  }
  return 0;
}

/// "batch-norm (on, off), ...".
std::string ideasText() {
  std::string text = "There are ";
  for (const IdeaRow& row : ideaRows()) {
    if (text.back() != ' ') text += ", ";
    text += fmt::format("{} ({})", row.name, fmt::join(row.values, ", "));
  }
  return text;
}

/// What is wrong with the text of --anchors; empty where nothing is. So the two below.
std::string wrongAnchors(const std::string& text) {
  return anchorsFrom(text) ? std::string() : "a number from 1 to 100 or cfg is wanted, not " + text;
}

template <typename Set>
std::string refusalOf(Set set) {
  try {
    set();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

std::string wrongIdea(const std::string& text) {
  Ideas ideas;
  return refusalOf([&] { setIdea(ideas, text); });
}

/// Whether the network is for what the number is for shows later: here either task's will do.
std::string wrongAdjustment(const std::string& text) {
  Recipe recipe;
  return refusalOf([&] { adjust(recipe, text, std::nullopt); });
}

/// What --resume goes with; everything else the run knows, and nobody may think it was heard.
void checkResume(const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    const std::string name = option->get_single_name();
    if (option->count() == 0 || name == "resume" || name == "more-epochs" ||
        name == "loader-threads" || name == "checkpoint-every" || name == "DATASET" ||
        name == "retry" || name == "profile" || name == "device" || name == "precision" ||
        name == "subdivisions" || name == "format" || name == "strict" || name == "help") {
      continue;
    }
    throw CLI::ExcludesError("--resume", "--" + name + ": the run goes on with what it was told");
  }
}

void check(const Options& options, const CLI::App& command) {
  if (options.resume.empty()) {
    if (options.dataset.path.empty()) throw CLI::RequiredError("DATASET (or --resume RUN)");
    if (options.out.empty()) throw CLI::RequiredError("--out RUN");
    if (options.moreEpochs > 0) throw CLI::RequiresError("--more-epochs", "--resume RUN");
    if (options.settings.initLayers > 0 && options.settings.init.empty())
      throw CLI::RequiresError("--init-layers", "--init WEIGHTS");
    if (options.settings.freeze > 0 && options.settings.init.empty())
      throw CLI::RequiresError("--freeze", "--init WEIGHTS");
    if (options.settings.ideas.priors == Priors::HandPicked && !options.anchors.empty())
      throw CLI::ValidationError("--anchors",
                                 "dimension-clusters=hand-picked has nine anchors of its own; "
                                 "leave one of the two out");
  } else {
    checkResume(command);
  }
}

}  // namespace

void addTrain(CLI::App& app, Console& console, Action& action) {
  CLI::App* command = app.add_subcommand(
      "train", "Train a detector, or a classifier on class folders; Ctrl-C leaves a checkpoint");
  auto options = std::make_shared<Options>();
  RunSettings& s = options->settings;
  command->add_option(
      "DATASET", options->dataset.path,
      "A folder, a data.yaml or an obj.data; with --resume only where it has moved");
  addDatasetOptions(*command, options->dataset, false);
  command->add_option("--out", options->out, "The run's new folder")->type_name("RUN");
  command
      ->add_option(
          "--resume", options->resume,
          "Go on with this stopped run from its checkpoint, as it was told; a finished one "
          "takes --more-epochs, a diverged one --retry, a moved dataset DATASET. Device, "
          "precision, subdivisions, threads and --checkpoint-every may differ")
      ->type_name("RUN");
  command
      ->add_option("--more-epochs", options->moreEpochs, "With --resume: so many beyond the plan")
      ->check(CLI::Range(1, 1000000))
      ->type_name("N");
  command->add_option("--model", s.model, "A network that ships with the program, or a cfg file")
      ->type_name("NAME|CFG")
      ->capture_default_str();
  command->add_option("--init", s.init, "Weights to start from (may be partial)")
      ->check(CLI::ExistingFile)
      ->type_name("WEIGHTS");
  command
      ->add_option("--init-layers", s.initLayers,
                   "With --init: only so many of the first layers, the others start at random")
      ->check(CLI::Range(1, 1000000))
      ->type_name("N");
  command
      ->add_option("--freeze", s.freeze,
                   "The first N layers do not learn: they stay as --init brought them")
      ->check(CLI::Range(1, 1000000))
      ->type_name("N");
  const DeviceOptions device = addDeviceOptions(*command, s.device, s.precision, true);
  auto* epochs = command->add_option("--epochs", s.epochs, "Passes over the training pictures")
                     ->check(CLI::Range(1, 1000000))
                     ->type_name("N");
  command->add_option("--minutes", s.minutes, "Train for about so long instead")
      ->check(CLI::Range(0.05, 1e6))
      ->type_name("M")
      ->excludes(epochs);
  command->add_option("--batch", s.batch, "Pictures a step; 0: as the recipe says")
      ->check(CLI::Range(0, 4096))
      ->type_name("N")
      ->capture_default_str();
  command
      ->add_option("--subdivisions", s.subdivisions,
                   "Parts a step is computed in, to save memory; auto: as few as fit; 0: as the "
                   "recipe says")
      ->transform(CLI::Validator(partsOf, ""))
      ->type_name("N")
      ->capture_default_str();
  command
      ->add_option("--size", s.size,
                   fmt::format("Input size in pixels, a multiple of 32; where not given {} for a "
                               "detector, the cfg's own for a classifier",
                               kDetectorSize))
      ->check(CLI::Range(kHeadStride, kLargestInput))
      ->type_name("S");
  command->add_flag_callback(
      "--multi-scale", [&s] { s.ideas.multiScale = MultiScale::On; },
      "Another input size every 10 updates (--idea multi-scale=on)");
  command
      ->add_option("--idea", options->ideas,
                   "An idea of the YOLOv2 paper on or off, for example batch-norm=off; may be "
                   "repeated. " +
                       ideasText())
      ->check(wrongIdea)
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  command
      ->add_option("--anchors", options->anchors,
                   "How many to cluster (5), or cfg: those of the cfg")
      ->check(wrongAnchors)
      ->type_name("N|cfg");
  command->add_option("--seed", s.seed, "Seed of everything random")
      ->check(seedNumber())
      ->type_name("S")
      ->capture_default_str();
  command->add_option("--learning-rate", s.learningRate, "Instead of the recipe's")
      ->check(CLI::PositiveNumber)
      ->type_name("R");
  command
      ->add_option("--recipe", s.recipe,
                   "small (datasets from scratch), paper, or cfg: as the cfg says")
      ->check(CLI::IsMember(recipeNames()))
      ->capture_default_str();
  command
      ->add_option("--set", s.adjustments,
                   "Change a number of the recipe, for example vertical_flip=0; may be repeated. "
                   "There are " +
                       recipeEntries())
      ->check(wrongAdjustment)
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  command
      ->add_option("--patience", s.patience,
                   "Stop after so many validations without a better mAP50 (of a classifier: top-1)")
      ->check(CLI::Range(1, 1000000))
      ->type_name("N");
  command
      ->add_option("--quarantine", s.quarantine,
                   "Training pictures to leave alone: damaged, duplicates (near-copies of "
                   "validation and test pictures), damaged,duplicates or none")
      ->check([](const std::string& text) {
        return isQuarantineRule(text) ? std::string()
                                      : text +
                                            " is not damaged, duplicates, damaged,duplicates or "
                                            "none";
      })
      ->type_name("WHAT")
      ->capture_default_str();
  command
      ->add_option("--retry", options->retries,
                   "When the loss explodes: go back to the last good state and on with half the "
                   "learning rate, so often at most (default: 0, stop and say so)")
      ->check(CLI::Range(0, 100))
      ->type_name("N");
  command->add_option("--loader-threads", s.loaderThreads, "Threads that prepare pictures")
      ->check(CLI::Range(1, 1000000))
      ->type_name("N");
  command
      ->add_option("--checkpoint-every", options->checkpointEvery,
                   "A checkpoint after so many seconds (without it 60 at a validation, 300 in any "
                   "case); what is trained stays the same")
      ->check(CLI::Range(0.0, 1e6))
      ->type_name("SECONDS");
  options->profile.addOption(*command);
  command->callback([options, command, device, &console, &action] {
    for (const std::string& idea : options->ideas)
      setIdea(options->settings.ideas, idea);
    check(*options, *command);
    if (device.device->count() > 0) options->deviceGiven = options->settings.device;
    if (device.precision->count() > 0) options->precisionGiven = options->settings.precision;
    action = [options, &console] { return run(*options, console); };
  });
}

}  // namespace boxwright::cli
