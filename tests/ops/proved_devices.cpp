// SPDX-License-Identifier: GPL-3.0-or-later
#include "proved_devices.h"

#include "core/compute/cuda/cuda_backend.h"
#include "tests/core/compute/cuda/host_device.h"

namespace boxwright {

std::unique_ptr<Backend> openProved(const std::string& name, Precision precision) {
  if (name == kCudaInOne || name == kCudaInPasses)
    return makeCudaBackend(std::make_unique<cuda::HostDevice>(name == kCudaInOne), precision);
  return openBackend(name, 2, nameOf(precision));
}

std::string whyNoCard() {
  for (const DeviceInfo& device : listDevices())
    if (device.name == "cuda")
      return device.available ? std::string() : "NOT CHECKED on a card: " + device.reason;
  return "NOT CHECKED on a card";
}

std::vector<std::string> cardHere() {
  return whyNoCard().empty() ? std::vector<std::string>{"cuda"} : std::vector<std::string>{};
}

}  // namespace boxwright
