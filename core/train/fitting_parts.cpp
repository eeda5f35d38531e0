// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/fitting_parts.h"

#include <fmt/format.h>

#include <algorithm>

namespace boxwright {

std::vector<int> triedSides(const Backend& backend, const std::vector<int>& sides) {
  return backend.info().isCard ? sides : std::vector<int>{sides.back()};
}

std::size_t tryMemory(Backend& backend, const Network& network, const TrainingMemory& wanted,
                      int pictures, const std::function<bool(int side)>& begins) {
  const auto take = [&] {
    Parameters parameters(backend, network, true);
    if (wanted.average) parameters.keepAverage(withoutWeights(network));
    return parameters;
  };
  std::size_t bytes = 0;
  for (const int side : wanted.sides) {
    if (begins && !begins(side)) return 0;
    Network sized = withoutWeights(network);
    resizeNetwork(sized, side, side);
    cutToHead(sized);
    SessionOptions options = wanted.options;
    options.batch = pictures;
    options.width = options.height = side;
    Parameters parameters = take();
    bytes = std::max(bytes, Session(parameters, sized, options).memoryBytes());
  }
  if (wanted.sides.size() > 1) take().activationMemory(bytes);
  return bytes;
}

int fittingParts(Backend& backend, const Network& network, const TrainingMemory& wanted, int batch,
                 int least) {
  for (int parts = least; parts <= batch; ++parts) {
    if (batch % parts != 0) continue;
    try {
      tryMemory(backend, network, wanted, batch / parts);
      return parts;
    } catch (const OutOfMemory&) {
      continue;
    }
  }
  throw NothingFits(fmt::format("not even one picture at a time of {} pixels fits into the memory "
                                "of the device",
                                wanted.sides.back()),
                    backend.info().name,
                    "choose a smaller input size or network, or another device");
}

}  // namespace boxwright
