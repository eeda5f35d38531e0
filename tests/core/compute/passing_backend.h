// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "core/compute/backend.h"

namespace boxwright {

/// The reference, for tests that change one thing about it.
class PassingBackend : public Backend {
 public:
  DeviceInfo info() const override { return inner_->info(); }
  std::shared_ptr<void> allocate(std::size_t bytes) override { return inner_->allocate(bytes); }
  std::unique_ptr<Op> prepare(const OpSpec& spec, std::span<const TensorSpec> inputs,
                              const OpContext& context) override {
    return inner_->prepare(spec, inputs, context);
  }
  TensorSpec plainSpec(const Shape& shape, Precision precision) const override {
    return inner_->plainSpec(shape, precision);
  }
  void upload(std::span<const float> host, const Tensor& tensor) override {
    inner_->upload(host, tensor);
  }
  void download(const Tensor& tensor, std::span<float> host) override {
    inner_->download(tensor, host);
  }
  void update(Parameter& parameter, const UpdateRule& rule) override {
    inner_->update(parameter, rule);
  }
  void wait() override {}

 private:
  const std::unique_ptr<Backend> inner_ = openBackend("reference", 1);
};

}  // namespace boxwright
