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

/// What a run keeps of what trained it, since others round otherwise: "cpu in float32", or of a
/// card "NVIDIA H200, cuDNN 9.19 in bf16".
inline std::string computedOn(const Backend& backend) {
  const DeviceInfo info = backend.info();
  return (info.isCard ? info.kind : info.name) + " in " + nameOf(backend.precision());
}

}  // namespace boxwright
