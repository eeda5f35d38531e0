// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/compute/backend.h"

namespace boxwright {

/// One backend of a build. `open` throws Error where the device is not there.
struct DeviceEntry {
  const char* name;
  std::unique_ptr<Backend> (*open)(int threads);
};

/// listDevices() and openBackend() over any list, in order of preference.
std::vector<DeviceInfo> listDevices(std::span<const DeviceEntry> entries);
std::unique_ptr<Backend> openBackend(std::span<const DeviceEntry> entries,
                                     const std::string& device, int threads);

}  // namespace boxwright
