// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "core/compute/cuda/device.h"

namespace boxwright::cuda {

/// A copy of a Parameter as the ops read it, on the Parameter, so that Sessions of all sizes share
/// it; refreshed after every update.
class PackedCopy : public Parameter::Packed {
 public:
  virtual void refresh(Device& device, const Parameter& parameter) = 0;
  void* data() const { return data_.get(); }

 protected:
  std::shared_ptr<void> data_;
};

/// The copy of a parameter's weights in this shape and precision, made where it is not there yet.
std::shared_ptr<PackedCopy> packedWeights(Device& device, Parameter& parameter,
                                          const WeightShape& shape, Precision precision);
/// The same of a vector.
std::shared_ptr<PackedCopy> packedVector(Device& device, Parameter& parameter, int pitch);

inline std::size_t packedBytes(const WeightShape& shape, Precision precision) {
  return shape.packedCount() * bytesOf(precision);
}

}  // namespace boxwright::cuda
