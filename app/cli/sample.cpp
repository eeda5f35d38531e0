// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/json_output.h"
#include "core/base/atomic_file.h"
#include "core/data/sample_maker.h"

namespace boxwright::cli {
namespace {

struct Options {
  std::string folder;
  SampleOptions sample;
};

int run(const Options& options, Console& console) {
  const auto stop = console.stop.get_token();
  makeSampleDataset(pathFromUtf8(options.folder), options.sample, stop,
                    [&console](double fraction) { console.progress("drawing", fraction); });
  console.endProgress();
  if (stop.stop_requested()) return 130;
  if (console.json) {
    console.printLine(textOf({{"folder", options.folder},
                              {"images", options.sample.images},
                              {"seed", options.sample.seed}}));
  } else {
    console.print(
        fmt::format("{} written to {}\n",
                    counted(static_cast<std::size_t>(options.sample.images), "picture", "pictures"),
                    options.folder));
  }
  return 0;
}

}  // namespace

void addSample(CLI::App& app, Console& console, Action& action) {
  CLI::App* command = app.add_subcommand("sample", "Write the built-in sample dataset");
  auto options = std::make_shared<Options>();
  command->add_option("DIR", options->folder, "A new or empty folder")->required();
  command->add_option("--images", options->sample.images, "Pictures to draw")
      ->check(CLI::Range(1, 1000000))
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--seed", options->sample.seed, "The same seed draws the same pictures")
      ->type_name("S")
      ->capture_default_str();
  command->callback([options, &console, &action] {
    action = [options, &console] { return run(*options, console); };
  });
}

}  // namespace boxwright::cli
