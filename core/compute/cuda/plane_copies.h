// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/compute/cuda/device.h"

namespace boxwright::cuda {

/// Copies single planes of dense NCHW float32 between a card and the host in one piece: beside each
/// other they go over, and from and to their places on either side. Keeps the memory for that.
/// Planes as Backend::bringsPlanes has them, of `each` values. The device must outlive it.
class PlaneCopies {
 public:
  explicit PlaneCopies(Device& device);
  void download(const float* from, std::span<const std::int32_t> planes, std::size_t each,
                std::span<float> host);
  /// The other planes of `to` are left as they are.
  void upload(std::span<const float> host, std::span<const std::int32_t> planes, std::size_t each,
              float* to);

 private:
  void makeRoom(std::span<const std::int32_t> planes, std::size_t each);

  Device& device_;
  std::pmr::vector<float> values_;  ///< beside each other, on the host
  std::shared_ptr<void> there_, numbers_;
  std::size_t room_ = 0, roomForNumbers_ = 0;
};

}  // namespace boxwright::cuda
