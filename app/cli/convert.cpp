// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/convert.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/json_output.h"
#include "app/cli/open.h"
#include "core/base/atomic_file.h"
#include "core/base/atomic_folder.h"
#include "core/base/counted.h"
#include "core/base/error.h"

namespace boxwright::cli {
namespace {

struct Options {
  DatasetOptions dataset;
  ConvertOptions convert;
  std::string folder;
  std::string split;
  bool copy = false, link = false, none = false;
};

int run(Options options, Console& console) {
  const auto stop = console.stop.get_token();
  options.convert.folder = pathFromUtf8(options.folder);
  checkNewFolder(options.convert.folder);
  Dataset dataset = openForCommand(options.dataset, console);
  if (stop.stop_requested()) return 130;
  console.report(dataset.problems);
  if (!options.split.empty()) dataset = splitAlone(dataset, options.split);
  if (dataset.pictures.empty())
    throw Error("there are no pictures in the split '" + options.split + "'", options.dataset.path);
  const std::vector<ConversionLoss> losses = lossesOf(dataset, options.convert.format);
  for (const ConversionLoss& loss : losses)
    console.message(fmt::format("{} cannot hold this, which is lost: {} {}", options.convert.format,
                                loss.count, loss.what));
  if (options.link) options.convert.pictures = PictureTransfer::Link;
  if (options.none) options.convert.pictures = PictureTransfer::None;
  convertDataset(dataset, options.convert, stop,
                 [&console](double fraction) { console.progress("writing", fraction); });
  console.endProgress();
  if (stop.stop_requested()) return 130;
  const DatasetStatistics statistics = statisticsOf(dataset);
  if (console.json) {
    Json lost = Json::array();
    for (const ConversionLoss& loss : losses)
      lost.push_back({{"count", loss.count}, {"what", loss.what}});
    console.printLine(textOf({{"folder", options.folder},
                              {"format", options.convert.format},
                              {"images", statistics.images},
                              {"boxes", statistics.boxes},
                              {"losses", lost}}));
  } else {
    console.print(fmt::format(
        "{}, {} written to {} ({})\n", counted(statistics.images, "picture", "pictures"),
        counted(statistics.boxes, "box", "boxes"), options.folder, options.convert.format));
  }
  return 0;
}

}  // namespace

void addConvert(CLI::App& app, Console& console, Action& action) {
  CLI::App* command =
      app.add_subcommand("convert", "Write a dataset in another layout, into a new folder");
  auto options = std::make_shared<Options>();
  addDatasetOptions(*command, options->dataset);
  command->add_option("DIR", options->folder, "A new or empty folder")->required();
  command->add_option("--to", options->convert.format, "The layout to write")
      ->check(CLI::IsMember(conversionFormats()))
      ->required();
  command->add_option("--split", options->split, "Only the pictures of this split")->type_name("S");
  CLI::Option* copy =
      command->add_flag("--copy", options->copy, "Copy the pictures (what happens by itself)");
  CLI::Option* link =
      command->add_flag("--link", options->link, "Links to the pictures instead of copies");
  CLI::Option* none = command->add_flag("--no-pictures", options->none, "Write the labels alone");
  copy->excludes(link)->excludes(none);
  link->excludes(none);
  command->callback([options, &console, &action] {
    action = [options, &console] { return run(*options, console); };
  });
}

}  // namespace boxwright::cli
