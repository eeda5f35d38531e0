// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/cuda/device.h"

namespace boxwright::cuda {

TensorSpec rowSpec(const Shape& shape, Precision precision) {
  const int pitch = pitchOf(shape.c);
  const Precision stored =
      precision == Precision::BFloat16 ? Precision::BFloat16 : Precision::Float32;
  const std::size_t rows = static_cast<std::size_t>(shape.n) * pixelsOf(shape);
  return {shape, stored, std::make_shared<RowLayout>(pitch),
          rows * static_cast<std::size_t>(pitch) * bytesOf(precision)};
}

Rows rowsOf(const TensorSpec& spec, void* data) {
  const auto& layout = static_cast<const RowLayout&>(*spec.layout);
  return {data, static_cast<std::size_t>(spec.shape.n) * pixelsOf(spec.shape), spec.shape.c,
          layout.pitch, spec.precision};
}

Rows rowsOf(const Tensor& tensor) {
  return rowsOf(tensor.spec, tensor.data);
}

}  // namespace boxwright::cuda
