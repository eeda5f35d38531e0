// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/compute/cuda/device.h"

namespace boxwright::cuda {

/// Copies single planes of dense NCHW float32 between a card and the host: gathered on one side,
/// copied in one piece, scattered on the other; where they are many, in several pieces of a fixed
/// size, for which it takes memory at the first call. Planes as Backend::bringsPlanes has them, of
/// `each` values. The device must outlive it.
class PlaneCopies {
 public:
  explicit PlaneCopies(Device& device);
  void download(const float* from, std::span<const std::int32_t> planes, std::size_t each,
                std::span<float> host);
  /// The other planes of `to` are left as they are.
  void upload(std::span<const float> host, std::span<const std::int32_t> planes, std::size_t each,
              float* to);

 private:
  /// Calls copy(piece) with the numbers of each piece's planes, which lie on the card as well.
  void inPieces(std::span<const std::int32_t> planes, std::size_t each,
                const std::function<void(std::span<const std::int32_t>)>& copy);
  void makeRoom(std::size_t each);
  float* there() const { return static_cast<float*>(values_.get()); }
  const std::int32_t* numbers() const { return static_cast<const std::int32_t*>(numbers_.get()); }

  Device& device_;
  std::pmr::vector<float> gathered_;        ///< a piece, on the host
  std::shared_ptr<void> values_, numbers_;  ///< a piece and its planes' numbers, on the card
  std::size_t room_ = 0;                    ///< values
};

}  // namespace boxwright::cuda
