// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/compute/backend.h"

namespace boxwright {

/// How a device is to compute.
struct DeviceWish {
  int threads = 1;
  std::optional<Precision> precision = {};  ///< none: as it likes
};

/// One backend of a build. `open` throws Error where the device is not there; `tell` says what
/// devices of that kind there are, or why none, without taking one into use: without `tell` it is
/// opened for that.
struct DeviceEntry {
  std::string name;
  std::function<std::unique_ptr<Backend>(const DeviceWish&)> open;
  std::function<std::vector<DeviceInfo>()> tell = {};
};

/// Whether a text could name a device that openBackend knows, here or elsewhere.
bool isDeviceName(const std::string& text);

/// listDevices() and openBackend() over any list, in order of preference.
std::vector<DeviceInfo> listDevices(std::span<const DeviceEntry> entries);
std::unique_ptr<Backend> openBackend(std::span<const DeviceEntry> entries,
                                     const std::string& device, const DeviceWish& wish);

}  // namespace boxwright
