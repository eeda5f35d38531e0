// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/export_model.h"

#include <string>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/export/darknet_export.h"
#ifdef BOXWRIGHT_HAS_ONNX
#include "core/export/onnx_export.h"
#endif

namespace boxwright {

std::vector<std::string> exportFormats() {
#ifdef BOXWRIGHT_HAS_ONNX
  return {"darknet", "onnx"};
#else
  return {"darknet"};
#endif
}

std::vector<std::filesystem::path> exportModel(Model&& model, const std::string& format,
                                               const std::filesystem::path& file,
                                               const ExportOptions& options) {
  if (options.inputSize > 0) {
    resizeNetwork(model.network, options.inputSize, options.inputSize);
    if (!model.cfg.sections.empty()) {
      for (const char* const key : {"width", "height"})
        model.cfg.sections.front().set(key, std::to_string(options.inputSize));
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
