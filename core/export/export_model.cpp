// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/export_model.h"

#include <string>
#include <system_error>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/export/darknet_export.h"
#ifdef BOXWRIGHT_HAS_ONNX
#include "core/export/onnx_export.h"
#endif

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// Throws Error where a file to be written is one of the model's own or of its run's.
void checkTargets(const Model& model, const std::vector<fs::path>& targets) {
  for (const fs::path& target : targets) {
    for (const fs::path& source : model.files) {
      std::error_code ignored;
      if (fs::equivalent(target, source, ignored))
        throw Error("this is a file of the model or its run", utf8(target), "choose another name");
    }
  }
}

}  // namespace

std::vector<std::string> exportFormats() {
#ifdef BOXWRIGHT_HAS_ONNX
  return {"darknet", "onnx"};
#else
  return {"darknet"};
#endif
}

std::vector<fs::path> exportModel(Model&& model, const std::string& format, const fs::path& file,
                                  const ExportOptions& options) {
  checkTargets(model, format == "darknet" ? darknetFiles(file) : std::vector<fs::path>{file});
  if (options.inputSize > 0) {
    resizeNetwork(model.network, options.inputSize, options.inputSize);
    if (!model.cfg.sections.empty()) {
      for (const char* const key : {"width", "height"})
        model.cfg.sections.front().set(key, std::to_string(options.inputSize));
      setDetectionSize(model.cfg, 0);  // the size asked for is the one to detect at
    }
  }
  if (format == "darknet") return exportDarknet(std::move(model), file, options);
  if (format == "onnx") {
#ifdef BOXWRIGHT_HAS_ONNX
    return exportOnnx(std::move(model), file, options);
#else
    throw Error("this build writes no ONNX files", utf8(file),
                "install libonnx-dev and libprotobuf-dev and build again");
#endif
  }
  throw Error("unknown export format: " + format, utf8(file), "darknet or onnx");
}

}  // namespace boxwright
