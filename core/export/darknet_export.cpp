// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/darknet_export.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "core/base/atomic_file.h"
#include "core/base/error.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// The variance v with normaliser(form, v) == divisor, or 0 where none is so low.
double varianceFor(BatchNormForm form, double divisor) {
  if (form == BatchNormForm::EpsilonInside) return std::max(0.0, divisor * divisor - 1e-5);
  const double root = std::max(0.0, divisor - 1e-6);
  return root * root;
}

fs::path stemOf(const fs::path& file) {
  const std::string ending = utf8(file.extension());
  const bool ours = ending == ".weights" || ending == ".cfg" || ending == ".names";
  return ours ? fs::path(file).replace_extension() : file;
}

fs::path withEnding(const fs::path& stem, const char* ending) {
  fs::path path = stem;
  path += ending;
  return path;
}

}  // namespace

void changeBatchNormForm(Network& network, BatchNormForm from, BatchNormForm to) {
  if (from == to) return;
  for (Layer& layer : network.layers) {
    ConvolutionWeights& values = layer.weights;
    for (std::size_t filter = 0; filter < values.rollingVariance.size(); ++filter) {
      const double divisor = normaliser(from, values.rollingVariance[filter]);
      const auto variance = static_cast<float>(varianceFor(to, divisor));
      values.rollingVariance[filter] = variance;
      // What float rounding, or a variance that cannot fall below 0, leaves over.
      values.scales[filter] =
          static_cast<float>(values.scales[filter] * (normaliser(to, variance) / divisor));
    }
  }
}

std::vector<fs::path> darknetFiles(const fs::path& file) {
  const fs::path stem = stemOf(file);
  if (stem.filename().empty()) {
    throw Error("a file name is wanted", utf8(file), "for example car.weights");
  }
  return {withEnding(stem, ".weights"), withEnding(stem, ".cfg"), withEnding(stem, ".names")};
}

std::vector<fs::path> exportDarknet(Model&& model, const fs::path& file,
                                    const ExportOptions& options) {
  if (model.cfg.sections.empty()) {
    throw Error("the model has no cfg to write", utf8(file), "open it from its files first");
  }
  if (const Layer* const layer = model.network.regionLayer()) {
    const RegionLayer& region = std::get<RegionLayer>(layer->kind);
    if (region.boxForm != BoxForm::Direct) {
      throw Error(std::string("Darknet has no head with box_form=") + boxFormName(region.boxForm) +
                      " and would put its boxes elsewhere",
                  model.network.file,
                  "the run folder itself is the model; ONNX has the head as is");
    }
  }
  const std::vector<fs::path> files = darknetFiles(file);
  if (options.batchNorm) {
    changeBatchNormForm(model.network, model.batchNorm, *options.batchNorm);
    setBatchNormForm(model.cfg, *options.batchNorm);
  }
  // The weights last: where a cfg lies beside them, it is theirs.
  writeFileAtomically(files[1], writeCfg(model.cfg));
  writeClassNames(files[2], model.names);
  saveWeights(files[0], model.network, model.network.seen, options.header);
  return files;
}

}  // namespace boxwright
