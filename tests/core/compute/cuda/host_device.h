// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "core/compute/cuda/device.h"

namespace boxwright::cuda {

/// The cuda backend's ops without a card: its kernels run as loops on this thread, its convolutions
/// naively with double sums. What this proves is all but the card, its compiler and cuDNN.
class HostDevice : public Device {
 public:
  /// `finishes`: whether convolutions with bias and activation in one are to be had.
  explicit HostDevice(bool finishes) : finishes_(finishes) {}

  DeviceInfo info() const override;
  std::shared_ptr<void> allocate(std::size_t bytes) override;
  Queue queue() const override { return {nullptr, true}; }
  void upload(const void* host, void* device, std::size_t bytes) override;
  void download(const void* device, void* host, std::size_t bytes) override;
  std::pmr::memory_resource* hostMemory() override { return std::pmr::new_delete_resource(); }
  /// Comes when it is awaited.
  std::shared_ptr<void> uploadBeside(const void* host, void* device, std::size_t bytes) override;
  void await(const std::shared_ptr<void>& arrival) override;
  void copy(const void* from, void* to, std::size_t bytes) override { upload(from, to, bytes); }
  void clear(void* device, std::size_t bytes) override;
  void wait() override {}
  std::shared_ptr<Convolution> prepare(const ConvolutionCall& call) override;
  std::unique_ptr<Recording> record(const std::function<void()>& work) override;

 private:
  bool finishes_;
};

}  // namespace boxwright::cuda
