// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/compute/session.h"
#include "core/export/export_model.h"
#include "tests/peers/drawn_network.h"

namespace boxwright {

/// A cfg with drawn weights as a model, and what we say of drawn pictures.
struct OnnxCase {
  Model model;
  std::vector<float> pictures;
  int batch = 1;
  std::vector<float> output;  ///< head or probabilities
  Shape shape;

  /// `nameOrPath` is a shipped network or a cfg; `size` 0 keeps the cfg's.
  explicit OnnxCase(const std::string& nameOrPath, int size = 0, int pictureCount = 1)
      : batch(pictureCount) {
    model.cfg = readCfg(findNetwork(nameOrPath), model.problems);
    model.network = buildNetwork(model.cfg, model.problems);
    if (size > 0) resizeNetwork(model.network, size, size);
    drawWeights(model.network, 11);
    model.title = "drawn";
    for (const Layer& layer : model.network.layers) {
      if (const auto* region = std::get_if<RegionLayer>(&layer.kind))
        for (int id = 0; id < region->classes; ++id)
          model.names.push_back("class " + std::to_string(id));
    }
    pictures = drawPictures(model.network, 5, batch);
    const std::unique_ptr<Backend> backend = openBackend("cpu", 2);
    SessionOptions options;
    options.threads = 2;
    options.batch = batch;
    Session session(*backend, fold(model.network, model.batchNorm), options);
    session.forward(pictures);
    output.assign(session.head().begin(), session.head().end());
    shape = session.headShape();
  }

  /// The model as an ONNX file.
  void write(const std::filesystem::path& file, const ExportOptions& options = {}) const {
    Model copy = model;
    exportModel(std::move(copy), "onnx", file, options);
  }
};

}  // namespace boxwright
