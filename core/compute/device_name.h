// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/compute/backend.h"

namespace boxwright {

/// For people: "cpu", or "cuda in bf16" of a device that has several precisions.
inline std::string nameWithPrecision(const Backend& backend) {
  const DeviceInfo info = backend.info();
  return info.precisions.size() > 1 ? info.name + " in " + nameOf(backend.precision()) : info.name;
}

}  // namespace boxwright
