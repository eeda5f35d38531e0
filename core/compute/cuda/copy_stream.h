// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <set>

#include "core/compute/cuda/cuda_runtime.h"

namespace boxwright::cuda {

/// A queue for copies beside that of a card, `work`, which outlives it, and memory of the host that
/// they go from and to without the processor; where the system gives no more of that, any other.
/// The memory is for any thread.
class CopyStream : public std::pmr::memory_resource {
 public:
  explicit CopyStream(const Stream& work);
  ~CopyStream() override;

  /// Begins a copy to the card behind what `work` was given before. Returns its arrival.
  std::shared_ptr<void> upload(const void* host, void* device, std::size_t bytes);
  /// What `work` is given from now on comes after it.
  void await(const std::shared_ptr<void>& arrival) const;

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void* memory, std::size_t bytes, std::size_t alignment) override;
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }

  const Stream& work_;
  cudaStream_t stream_ = nullptr;
  std::mutex mutex_;
  std::set<void*> pageable_;
};

}  // namespace boxwright::cuda
