// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/open_session.h"

#include <utility>

#include "core/base/out_of_memory.h"

namespace boxwright {

std::unique_ptr<Session> openSession(Backend& backend, Network folded, SessionOptions options,
                                     bool mayBeFewer) {
  for (; mayBeFewer && options.batch > 1; options.batch /= 2) {
    try {
      return std::make_unique<Session>(backend, Network(folded), options);
    } catch (const OutOfMemory&) {
      continue;
    }
  }
  return std::make_unique<Session>(backend, std::move(folded), options);
}

}  // namespace boxwright
