// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/cuda/packed.h"

namespace boxwright::cuda {
namespace {

const float* floats(const Parameter& parameter) {
  return static_cast<const float*>(parameter.master.get());
}

class Weights : public PackedCopy {
 public:
  Weights(Device& device, const WeightShape& shape, Precision precision)
      : shape_(shape), precision_(precision) {
    data_ = device.allocate(packedBytes(shape, precision));
  }
  bool is(const WeightShape& shape, Precision precision) const {
    return shape.packedFilters == shape_.packedFilters && shape.packedEach == shape_.packedEach &&
           precision == precision_;
  }
  void refresh(Device& device, const Parameter& parameter) override {
    packWeights(device.queue(), floats(parameter), nullptr, shape_, precision_, data());
  }

 private:
  WeightShape shape_;
  Precision precision_;
};

class Vector : public PackedCopy {
 public:
  Vector(Device& device, int pitch) : pitch_(pitch) {
    data_ = device.allocate(static_cast<std::size_t>(pitch) * sizeof(float));
  }
  bool is(int pitch) const { return pitch == pitch_; }
  void refresh(Device& device, const Parameter& parameter) override {
    packVector(device.queue(), floats(parameter), static_cast<int>(parameter.count), pitch_,
               static_cast<float*>(data()));
  }

 private:
  int pitch_;
};

template <typename Copy, typename... Key>
std::shared_ptr<PackedCopy> packedAs(Device& device, Parameter& parameter, const Key&... key) {
  for (const auto& packed : parameter.packed) {
    auto copy = std::dynamic_pointer_cast<Copy>(packed);
    if (copy && copy->is(key...)) return copy;
  }
  auto copy = std::make_shared<Copy>(device, key...);
  copy->refresh(device, parameter);
  parameter.packed.push_back(copy);
  return copy;
}

}  // namespace

std::shared_ptr<PackedCopy> packedWeights(Device& device, Parameter& parameter,
                                          const WeightShape& shape, Precision precision) {
  return packedAs<Weights>(device, parameter, shape, precision);
}

std::shared_ptr<PackedCopy> packedVector(Device& device, Parameter& parameter, int pitch) {
  return packedAs<Vector>(device, parameter, pitch);
}

}  // namespace boxwright::cuda
