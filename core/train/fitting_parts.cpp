// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/fitting_parts.h"

#include "core/base/out_of_memory.h"

namespace boxwright {

int fittingParts(Backend& backend, Network network, SessionOptions options, int batch, bool average,
                 int least) {
  resizeNetwork(network, options.width, options.height);
  cutToHead(network);
  for (int parts = least; parts <= batch; ++parts) {
    if (batch % parts != 0) continue;
    options.batch = batch / parts;
    try {
      Parameters parameters(backend, network, true);
      if (average) parameters.keepAverage(withoutWeights(network));
      const Session session(parameters, network, options);
      return parts;
    } catch (const OutOfMemory&) {
      continue;
    }
  }
  return 0;
}

}  // namespace boxwright
