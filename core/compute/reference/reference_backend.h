// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/compute/backend.h"

namespace boxwright {

/// The backend that every other is proved against: naive loops over dense NCHW with double sums, in
/// float32 or float64, on one thread. Its own backward is proved by finite differences.
class ReferenceBackend : public Backend {
 public:
  DeviceInfo info() const override;
  std::shared_ptr<void> allocate(std::size_t bytes) override;
  std::unique_ptr<Op> prepare(const OpSpec& spec, std::span<const TensorSpec> inputs,
                              const OpContext& context) override;
  TensorSpec plainSpec(const Shape& shape, Precision precision) const override;
  void upload(std::span<const float> host, const Tensor& tensor) override;
  void download(const Tensor& tensor, std::span<float> host) override;
  void upload64(std::span<const double> host, const Tensor& tensor) override;
  void download64(const Tensor& tensor, std::span<double> host) override;
  const float* hostView(const Tensor& tensor) const override;
  void update(Parameter& parameter, const UpdateRule& rule) override;
  void wait() override {}
};

}  // namespace boxwright
