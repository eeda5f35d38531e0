// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a shipped network with random weights as an ONNX file, for benchmark_inference: a program
// of its own, for the onnx library and ONNX Runtime do not go together in one.
//   write_onnx NETWORK FILE
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/export/export_model.h"
#include "core/network/model.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s NETWORK FILE\n", argv[0]);
    return 2;
  }
  try {
    std::vector<boxwright::Problem> problems;
    boxwright::Model model;
    model.network = boxwright::buildNetwork(
        boxwright::readCfg(boxwright::findNetwork(argv[1]), problems), problems);
    boxwright::initialiseWeights(model.network, 7);
    for (boxwright::Layer& layer : model.network.layers)
      for (float& variance : layer.weights.rollingVariance)
        variance = 1;
    for (int i = 0; i < model.network.region().classes; ++i)
      model.names.push_back("class " + std::to_string(i));
    boxwright::exportModel(std::move(model), "onnx", argv[2]);
  } catch (const boxwright::Error& error) {
    std::fprintf(stderr, "write_onnx: %s\n", error.what());
    return 1;
  }
  return 0;
}
