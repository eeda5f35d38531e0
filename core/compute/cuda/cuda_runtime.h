// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "core/compute/cuda/cudnn.h"
#include "core/compute/op.h"

namespace boxwright::cuda {

/// Throws Error with what CUDA says of `what`, where it does; OutOfMemory where it is for want of
/// that.
void check(cudaError_t status, const std::string& what);

/// Memory of the card in use, not cleared, freed with the handle. Throws OutOfMemory with what is
/// free where there is not enough, also for what comes at work: kernels and recordings.
std::shared_ptr<void> memoryOf(std::size_t bytes);

/// A queue of a card's and cuDNN on it.
class Stream {
 public:
  explicit Stream(int card);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Makes its card that of this thread: what follows may be of several.
  void use() const;
  int card() const { return card_; }
  cudaStream_t raw() const { return stream_; }
  cudnnHandle_t handle() const { return handle_; }

 private:
  void close();

  int card_;
  cudaStream_t stream_ = nullptr;
  cudnnHandle_t handle_ = nullptr;
};

/// Memory full of random numbers between .5 and 1 of either sign: on zeros a card is faster than at
/// work.
std::shared_ptr<void> randomNumbers(const Stream& stream, std::size_t bytes, Precision precision);

/// The least seconds that `work` takes of a stream, of so many runs after one that is not counted.
double fastestOf(const Stream& stream, int runs, const std::function<void()>& work);

}  // namespace boxwright::cuda
