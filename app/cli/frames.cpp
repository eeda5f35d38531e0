// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/json_output.h"
#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/detect/frame_import.h"

namespace boxwright::cli {
namespace {

struct Options {
  std::string video, folder;
  FrameImportOptions import{.every = 30};
};

int run(const Options& options, Console& console) {
  const auto stop = console.stop.get_token();
  const FrameImport import =
      importFrames(pathFromUtf8(options.video), pathFromUtf8(options.folder), options.import, stop,
                   [&console](double fraction) { console.progress("reading", fraction); });
  console.endProgress();
  if (stop.stop_requested()) return 130;
  if (!import.warning.empty()) console.message(import.warning);
  if (console.json) {
    console.printLine(textOf({{"video", options.video},
                              {"folder", options.folder},
                              {"frames", import.read},
                              {"images", import.written}}));
  } else {
    console.print(fmt::format("{} of {} written to {}\n",
                              counted(import.written, "picture", "pictures"),
                              counted(import.read, "frame", "frames"), options.folder));
  }
  return 0;
}

}  // namespace

void addFrames(CLI::App& app, Console& console, Action& action) {
  CLI::App* command = app.add_subcommand("frames", "Write frames of a video as pictures to label");
  auto options = std::make_shared<Options>();
  command->add_option("VIDEO", options->video, "A video file")->required();
  command->add_option("DIR", options->folder, "A new or empty folder")->required();
  command->add_option("--every", options->import.every, "Take one frame in N")
      ->check(CLI::Range(1, 1000000))
      ->type_name("N")
      ->capture_default_str();
  command->add_flag("--changed", options->import.changedOnly,
                    "Of these, only those that do not look like the last one taken");
  command->callback([options, &console, &action] {
    action = [options, &console] { return run(*options, console); };
  });
}

}  // namespace boxwright::cli
