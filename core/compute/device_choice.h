// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace boxwright {

/// What is to compute, and in what, as openBackend has them.
struct DeviceChoice {
  std::string device = "auto", precision = "auto";
  bool operator==(const DeviceChoice&) const = default;
};

}  // namespace boxwright
