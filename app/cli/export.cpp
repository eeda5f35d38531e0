// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/export_model.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <utility>

#include "app/cli/commands.h"
#include "app/cli/fraction.h"
#include "app/cli/json_output.h"
#include "app/cli/open.h"
#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/geometry/conversion.h"

namespace boxwright::cli {
namespace {

struct Options {
  ModelOptions model;
  std::string format;
  ExportOptions how;
  int header = 20;
  std::string batchNorm;
};

int run(Options options, Console& console) {
  Model model = openModelForCommand(options.model, console);
  if (options.model.positionals.size() != 1) {
    throw Error("export takes one MODEL and one FILE", {}, "see boxwright export --help");
  }
  const std::string file = options.model.positionals.front();
  options.how.header = options.header == 16 ? WeightsHeader::Version1 : WeightsHeader::Version2;
  if (!options.batchNorm.empty()) {
    options.how.batchNorm = options.batchNorm == "inside" ? BatchNormForm::EpsilonInside
                                                          : BatchNormForm::EpsilonOutside;
  }
  const std::vector<std::filesystem::path> files =
      exportModel(std::move(model), options.format, pathFromUtf8(file), options.how);
  Json names = Json::array();
  std::string list;
  for (const std::filesystem::path& written : files) {
    names.push_back(utf8(written));
    list += (list.empty() ? "" : ", ") + utf8(written);
  }
  if (console.json) {
    console.printLine(textOf({{"format", options.format}, {"files", names}}));
  } else {
    console.message("written: " + list);
  }
  return 0;
}

/// Options of one format given with another would do nothing.
std::string strayOption(const CLI::App& command, const std::string& format) {
  const std::vector<std::string> ofOnnx = {"--decode", "--nms", "--threshold", "--iou",
                                           "--per-class"};
  const std::vector<std::string> ofDarknet = {"--header", "--batch-norm"};
  const bool onnx = format == "onnx";
  for (const std::string& name : onnx ? ofDarknet : ofOnnx) {
    const CLI::Option* const option = command.get_option_no_throw(name);
    if (option != nullptr && option->count() > 0) {
      return fmt::format("{} is for --to {}", name, onnx ? "darknet" : "onnx");
    }
  }
  return {};
}

}  // namespace

void addExport(CLI::App& app, Console& console, Action& action) {
  const std::vector<std::string> formats = exportFormats();
  const bool onnx = std::find(formats.begin(), formats.end(), "onnx") != formats.end();
  CLI::App* command = app.add_subcommand(
      "export", onnx ? "Write a model for other programs: Darknet's files or ONNX"
                     : "Write a model for other programs: Darknet's files (this build was made "
                       "without the ONNX library)");
  auto options = std::make_shared<Options>();
  addModelOptions(*command, options->model, "MODEL_FILE");
  command
      ->add_option("--to", options->format,
                   onnx ? "darknet: FILE as .weights, .cfg and .names; onnx: one file"
                        : "darknet: FILE as .weights, .cfg and .names")
      ->check(CLI::IsMember(formats))
      ->required();
  command->add_option("--size", options->how.inputSize, "Input size instead of the network's own")
      ->check(CLI::Range(kHeadStride, kLargestInput))
      ->type_name("S");
  command
      ->add_option("--header", options->header,
                   "darknet: bytes of the weights file's header, 16 for programs of 2016")
      ->check(CLI::IsMember({16, 20}))
      ->capture_default_str();
  command
      ->add_option("--batch-norm", options->batchNorm,
                   "darknet: how the reader divides, sqrt(v + 1e-5) (inside: Darknet on a GPU) or "
                   "sqrt(v) + 1e-6 (outside: Darknet without one); the variances are changed so "
                   "that the outputs stay the same")
      ->check(CLI::IsMember({"inside", "outside"}));
  if (onnx) {
    command->add_flag("--decode", options->how.decode,
                      "onnx: boxes and scores in place of the raw head");
    command->add_flag("--nms", options->how.suppress,
                      "onnx: detections after non-maximum suppression, all inside the graph");
    command->add_option("--threshold", options->how.threshold, "onnx, with --nms: least confidence")
        ->check(fraction())
        ->type_name("T")
        ->capture_default_str();
    command
        ->add_option("--iou", options->how.nms,
                     "onnx, with --nms: IOU over which the less confident box goes")
        ->check(fraction())
        ->type_name("T")
        ->capture_default_str();
    command
        ->add_option("--per-class", options->how.perClass,
                     "onnx, with --nms: boxes kept a class and picture")
        ->check(CLI::Range(1, 100000))
        ->type_name("N")
        ->capture_default_str();
  }
  command->callback([options, command, &console, &action] {
    const std::string stray = strayOption(*command, options->format);
    if (!stray.empty()) throw CLI::ValidationError(stray);
    if (!options->how.suppress) {
      for (const char* const name : {"--threshold", "--iou", "--per-class"}) {
        const CLI::Option* const option = command->get_option_no_throw(name);
        if (option != nullptr && option->count() > 0)
          throw CLI::ValidationError(std::string(name) + " goes with --nms");
      }
    }
    action = [options, &console] { return run(*options, console); };
  });
}

}  // namespace boxwright::cli
