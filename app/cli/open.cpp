// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/open.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/compute/backend.h"
#include "core/compute/device_list.h"
#include "core/data/open_dataset.h"

namespace boxwright::cli {

void addDatasetOptions(CLI::App& command, DatasetOptions& options, bool positional) {
  if (positional) {
    command
        .add_option("DATASET", options.path,
                    "A folder, or the file that describes it (data.yaml, obj.data, COCO .json, "
                    "CVAT .xml, .csv)")
        ->required();
  }
  command.add_option("--format", options.format, "Read it as this instead of detecting the format")
      ->check(CLI::IsMember(datasetFormatNames()));
  command.add_flag("--strict", options.strict, "A faulty item in the dataset fails the command");
}

Dataset openForCommand(const DatasetOptions& options, Console& console) {
  OpenOptions open;
  open.format = options.format;
  open.decodeAll = options.decodeAll;
  OpenSink sink;
  sink.progress = [&console](double fraction) { console.progress("reading", fraction); };
  Dataset dataset = openDataset(pathFromUtf8(options.path), open, console.stop.get_token(), sink);
  console.endProgress();
  if (options.strict && !dataset.problems.empty()) {
    console.report(dataset.problems);
    throw Error(
        fmt::format("the dataset has {}", counted(dataset.problems.size(), "problem", "problems")),
        options.path, "mend them or leave --strict out");
  }
  return dataset;
}

void addModelOptions(CLI::App& command, ModelOptions& options, const std::string& rest) {
  command.add_option("--cfg", options.cfg, "Darknet cfg (instead of a run folder)");
  command.add_option("--weights", options.weights, "Darknet weights, with --cfg");
  command.add_option("--names", options.names, "Class names, with --cfg");
  command.add_option(rest, options.positionals,
                     "MODEL is a run folder; leave it out when --cfg is given");
}

DeviceOptions addDeviceOptions(CLI::App& command, std::string& device, std::string& precision,
                               bool checks) {
  DeviceOptions added;
  added.device =
      command
          .add_option("--device", device,
                      std::string("auto, cpu, cuda, cuda:N or reference") +
                          (checks ? "; check:A,B compares two op by op" : ""))
          ->check([](const std::string& text) {
            return isDeviceName(text) ? std::string() : "\"" + text + "\" names no device";
          })
          ->type_name("D")
          ->capture_default_str();
  added.precision =
      command
          .add_option("--precision", precision,
                      "auto: bf16 on a card of compute capability 8.0 or newer, else float32")
          ->check(CLI::IsMember(precisionNames()))
          ->capture_default_str();
  return added;
}

Model openModelForCommand(ModelOptions& options, Console& console) {
  Model model;
  if (!options.cfg.empty()) {
    if (options.weights.empty()) {
      throw Error("--cfg needs --weights", {}, "name the weights file of the network");
    }
    model = openModel(pathFromUtf8(options.cfg), pathFromUtf8(options.weights),
                      pathFromUtf8(options.names));
  } else {
    if (options.positionals.empty()) {
      throw Error("no model given", {}, "name a run folder, or --cfg, --weights and --names");
    }
    model = openRunModel(pathFromUtf8(options.positionals.front()));
    options.positionals.erase(options.positionals.begin());
  }
  console.report(model.problems);
  return model;
}

}  // namespace boxwright::cli
