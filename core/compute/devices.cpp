// SPDX-License-Identifier: GPL-3.0-or-later
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/thread_budget.h"
#include "core/compute/device_list.h"
#include "core/compute/onednn/onednn_backend.h"
#include "core/compute/reference/reference_backend.h"

namespace boxwright {
namespace {

std::unique_ptr<Backend> openReference(int) {
  return std::make_unique<ReferenceBackend>();
}

// In order of preference: "auto" takes the first that opens.
constexpr DeviceEntry kBackends[] = {
    {"cpu", makeOnednnBackend},
    {"reference", openReference},
};

std::string namesOf(std::span<const DeviceEntry> entries) {
  std::string text = "auto";
  for (const DeviceEntry& entry : entries)
    text += std::string(", ") + entry.name;
  return text;
}

}  // namespace

std::vector<DeviceInfo> listDevices(std::span<const DeviceEntry> entries) {
  std::vector<DeviceInfo> devices;
  for (const DeviceEntry& entry : entries) {
    try {
      devices.push_back(entry.open(availableCores())->info());
    } catch (const Error& error) {
      devices.push_back({entry.name, {}, false, error.what()});
    }
  }
  return devices;
}

std::unique_ptr<Backend> openBackend(std::span<const DeviceEntry> entries,
                                     const std::string& device, int threads) {
  if (device == "auto" || device.empty()) {
    std::string reasons;
    for (const DeviceEntry& entry : entries) {
      try {
        return entry.open(threads);
      } catch (const Error& error) {
        reasons += (reasons.empty() ? "" : "; ") + std::string(entry.name) + ": " + error.what();
      }
    }
    throw Error("no device can compute here", {}, reasons);
  }
  for (const DeviceEntry& entry : entries) {
    if (device == entry.name) return entry.open(threads);
  }
  if (device.rfind("cuda", 0) == 0) {
    throw Error("CUDA is not in this build", device, "devices here: " + namesOf(entries));
  }
  throw Error("There is no such device", "\"" + device + "\"", "devices here: " + namesOf(entries));
}

std::vector<DeviceInfo> listDevices() {
  return listDevices(kBackends);
}

std::unique_ptr<Backend> openBackend(const std::string& device, int threads) {
  return openBackend(kBackends, device, threads);
}

}  // namespace boxwright
