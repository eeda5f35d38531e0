// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/initial_weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <variant>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/network/weights_file.h"

namespace boxwright {

std::string loadInitialWeights(Network& network, const std::string& init, int layers) {
  const std::filesystem::path file = pathFromUtf8(init);
  int first = layers;
  if (first < 0) {
    // The layers before the head; the head too where the file has just as many numbers as the
    // network, for only then is it of the same classes and anchors.
    std::error_code code;
    const std::uintmax_t bytes = std::filesystem::file_size(file, code);
    const std::uint64_t floats = 4 * storedFloatsOf(network);
    if (code || (bytes != floats + 16 && bytes != floats + 20)) {
      for (std::size_t i = 0; i < network.layers.size(); ++i)
        if (std::holds_alternative<ConvolutionLayer>(network.layers[i].kind))
          first = static_cast<int>(i);
    }
  }
  const WeightsReport report = loadWeights(file, network, true, first);
  if (report.layersLoaded == 0)
    throw Error("the weights file gives no layer of this network", init,
                "give weights of the same network");
  const std::string which =
      first > 0
          ? fmt::format(
                "layers 0 to {}, ",
                std::min<std::size_t>(static_cast<std::size_t>(first), network.layers.size()) - 1)
          : std::string();
  return fmt::format(
      "{} of {} convolutions start from {} ({}trained on {} pictures); the others start at random. "
      "Pictures are counted from 0 again.",
      report.layersLoaded, report.layersInNetwork, init, which, report.seen);
}

}  // namespace boxwright
