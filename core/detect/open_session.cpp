// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/open_session.h"

#include <utility>

#include "core/base/out_of_memory.h"

namespace boxwright {

std::unique_ptr<Session> openSession(Backend& backend, Network folded, SessionOptions options,
                                     bool mayBeFewer) {
  // A try that fails uses the weights up, and a second copy of them is dear where the processor
  // computes: there memory is the machine's, and few pictures are taken at a time anyway.
  const bool tries = mayBeFewer && backend.info().isCard;
  for (; tries && options.batch > 1; options.batch /= 2) {
    try {
      return std::make_unique<Session>(backend, Network(folded), options);
    } catch (const OutOfMemory&) {
      continue;
    }
  }
  return std::make_unique<Session>(backend, std::move(folded), options);
}

}  // namespace boxwright
