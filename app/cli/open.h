// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "app/cli/console.h"
#include "core/data/dataset.h"
#include "core/network/model.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace boxwright::cli {

/// DATASET on the command line.
struct DatasetOptions {
  std::string path;
  std::string format;
  bool decodeAll = false;
  bool strict = false;
};

/// Adds the positional DATASET (left out with `positional` false), --format and --strict.
void addDatasetOptions(CLI::App& command, DatasetOptions& options, bool positional = true);

/// Opens it with a progress bar. With --strict a faulty item is an Error.
Dataset openForCommand(const DatasetOptions& options, Console& console);

/// MODEL on the command line: a run folder, or --cfg, --weights and --names. The positionals that
/// follow MODEL come in the same list, since MODEL is absent when --cfg is given.
struct ModelOptions {
  std::string cfg, weights, names;
  std::vector<std::string> positionals;
};

/// Adds --cfg, --weights and --names, and the positionals under the name `rest` ("MODEL DATASET").
void addModelOptions(CLI::App& command, ModelOptions& options, const std::string& rest);

/// Opens the model and takes a run folder off `positionals`.
Model openModelForCommand(ModelOptions& options, Console& console);

/// What computes, on the command line.
struct DeviceOptions {
  CLI::Option* device = nullptr;
  CLI::Option* precision = nullptr;
};

/// Adds --device and --precision; `checks`: two devices can be compared.
DeviceOptions addDeviceOptions(CLI::App& command, std::string& device, std::string& precision,
                               bool checks);

}  // namespace boxwright::cli
