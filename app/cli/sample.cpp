// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/json_output.h"
#include "app/cli/seed.h"
#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/data/sample_maker.h"

namespace boxwright::cli {
namespace {

struct Options {
  std::string folder;
  SampleOptions sample;
  std::string kind = "boxes";
  int images = 0;  ///< 0: as many as suit the kind
};

constexpr int kPicturesWithBoxes = 600;
constexpr int kPicturesOfClasses = 1600;  // a hundred a class

int run(const Options& options, Console& console) {
  const auto stop = console.stop.get_token();
  SampleOptions sample = options.sample;
  const bool classes = options.kind == "classes";
  sample.kind = classes                      ? SampleKind::Classes
                : options.kind == "taxonomy" ? SampleKind::Taxonomy
                                             : SampleKind::Boxes;
  sample.images = options.images > 0 ? options.images
                  : classes          ? kPicturesOfClasses
                                     : kPicturesWithBoxes;
  makeSampleDataset(pathFromUtf8(options.folder), sample, stop,
                    [&console](double fraction) { console.progress("drawing", fraction); });
  console.endProgress();
  if (stop.stop_requested()) return 130;
  if (console.json) {
    console.printLine(textOf({{"folder", options.folder},
                              {"kind", options.kind},
                              {"images", sample.images},
                              {"seed", sample.seed}}));
  } else {
    const auto images = static_cast<std::size_t>(sample.images);
    const std::string pictures = counted(images, "picture", "pictures");
    if (sample.kind == SampleKind::Taxonomy)
      console.print(fmt::format("{} with boxes and {} of classes written to {}: open {}\n",
                                pictures, 2 * images, options.folder, "shapes.combined.json"));
    else
      console.print(fmt::format("{} written to {}\n", pictures, options.folder));
  }
  return 0;
}

}  // namespace

void addSample(CLI::App& app, Console& console, Action& action) {
  CLI::App* command = app.add_subcommand("sample", "Write a built-in sample dataset");
  auto options = std::make_shared<Options>();
  command->add_option("DIR", options->folder, "A new or empty folder")->required();
  command
      ->add_option("--kind", options->kind,
                   "boxes: pictures with labelled objects, for detectors; classes: a folder of "
                   "pictures for each class, for classifiers; taxonomy: both over a tree of "
                   "classes, for joint training: open its shapes.combined.json")
      ->check(CLI::IsMember({"boxes", "classes", "taxonomy"}))
      ->capture_default_str();
  command
      ->add_option("--images", options->images,
                   fmt::format("Pictures to draw; {} with boxes, {} of classes where not given. Of "
                               "a taxonomy: those with boxes; there are twice as many of classes",
                               kPicturesWithBoxes, kPicturesOfClasses))
      ->check(CLI::Range(1, 1000000))
      ->type_name("N");
  command->add_option("--seed", options->sample.seed, "The same seed draws the same pictures")
      ->check(seedNumber())
      ->type_name("S")
      ->capture_default_str();
  command->callback([options, &console, &action] {
    action = [options, &console] { return run(*options, console); };
  });
}

}  // namespace boxwright::cli
