// SPDX-License-Identifier: GPL-3.0-or-later
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/thread_budget.h"
#include "core/compute/backend.h"
#include "core/compute/onednn/onednn_backend.h"
#include "core/compute/reference/reference_backend.h"

namespace boxwright {
namespace {

/// One backend of this build. `open` throws Error where the device is not there.
struct Entry {
  const char* name;
  std::unique_ptr<Backend> (*open)(int threads);
};

std::unique_ptr<Backend> openReference(int) {
  return std::make_unique<ReferenceBackend>();
}

// In order of preference: "auto" takes the first that opens. (The reference is never the first.)
constexpr Entry kBackends[] = {
    {"cpu", makeOnednnBackend},
    {"reference", openReference},
};

std::string names() {
  std::string text = "auto";
  for (const Entry& entry : kBackends)
    text += std::string(", ") + entry.name;
  return text;
}

}  // namespace

std::vector<DeviceInfo> listDevices() {
  std::vector<DeviceInfo> devices;
  for (const Entry& entry : kBackends)
    devices.push_back(entry.open(availableCores())->info());
  return devices;
}

std::unique_ptr<Backend> openBackend(const std::string& device, int threads) {
  const std::string wanted = device == "auto" || device.empty() ? kBackends[0].name : device;
  for (const Entry& entry : kBackends) {
    if (wanted == entry.name) return entry.open(threads);
  }
  if (wanted.rfind("cuda", 0) == 0) {
    throw Error("CUDA is not in this build", wanted, "devices here: " + names());
  }
  throw Error("There is no such device", "\"" + wanted + "\"", "devices here: " + names());
}

}  // namespace boxwright
