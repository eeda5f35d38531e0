// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <memory_resource>

#include "core/compute/backend.h"
#include "core/compute/cuda/convolution_call.h"
#include "core/compute/cuda/kernels.h"

namespace boxwright::cuda {

/// What the ops of this backend need of a card: memory, a queue that works in the order given, and
/// convolutions. Of the thread that made it. Ops hold a reference and must not outlive it.
class Device {
 public:
  virtual ~Device() = default;
  virtual DeviceInfo info() const = 0;
  /// Zeroed. Throws OutOfMemory with what is free where there is not enough.
  virtual std::shared_ptr<void> allocate(std::size_t bytes) = 0;
  virtual Queue queue() const = 0;
  /// From and to memory of the host, which may change as soon as this returns.
  virtual void upload(const void* host, void* device, std::size_t bytes) = 0;
  virtual void download(const void* device, void* host, std::size_t bytes) = 0;
  /// Memory of the host from and to which it copies soonest. For any thread.
  virtual std::pmr::memory_resource* hostMemory() = 0;
  /// Begins to bring host memory, which stays as it is, over beside what is given to the queue from
  /// now on, and behind what was given to it before. Returns by what its arrival is waited for.
  virtual std::shared_ptr<void> uploadBeside(const void* host, void* device, std::size_t bytes) = 0;
  /// What is given to the queue from now on waits until that is there.
  virtual void await(const std::shared_ptr<void>& arrival) = 0;
  virtual void copy(const void* from, void* to, std::size_t bytes) = 0;
  virtual void clear(void* device, std::size_t bytes) = 0;
  virtual void wait() = 0;
  /// One for all who ask alike. Null where the call finishes (adds a bias and activates) and the
  /// card has no such in one. Throws Error where it cannot compute it at all.
  virtual std::shared_ptr<Convolution> prepare(const ConvolutionCall& call) = 0;
  /// As Backend::record.
  virtual std::unique_ptr<Recording> record(const std::function<void()>& work) = 0;
  /// What it can do at most in a precision; 0: not known.
  virtual DeviceCeilings measureCeilings(Precision) { return {}; }
};

/// Of one value.
inline std::size_t bytesOf(Precision precision) {
  return precision == Precision::BFloat16 ? 2 : sizeof(float);
}

/// The layout of this backend: pixels in rows of `pitch` values.
class RowLayout : public Layout {
 public:
  explicit RowLayout(int values) : pitch(values) {}
  int pitch;
};

/// A tensor of this backend's layout.
TensorSpec rowSpec(const Shape& shape, Precision precision);
/// Whether it is dense NCHW in float32 instead.
inline bool isPlain(const TensorSpec& spec) {
  return !spec.layout;
}
Rows rowsOf(const Tensor& tensor);
Rows rowsOf(const TensorSpec& spec, void* data);
inline std::size_t pixelsOf(const Shape& shape) {
  return static_cast<std::size_t>(shape.h) * static_cast<std::size_t>(shape.w);
}

/// Pieces of a memory, cut off one after another; of none it only counts.
class Cutter {
 public:
  explicit Cutter(void* memory) : memory_(static_cast<char*>(memory)) {}
  template <typename T = char>
  T* cut(std::size_t bytes) {
    char* const piece = memory_ ? memory_ + used_ : nullptr;
    used_ += (bytes + kAligned - 1) / kAligned * kAligned;
    return reinterpret_cast<T*>(piece);
  }
  std::size_t used() const { return used_; }

 private:
  static constexpr std::size_t kAligned = 256;
  char* memory_;
  std::size_t used_ = 0;
};

}  // namespace boxwright::cuda
