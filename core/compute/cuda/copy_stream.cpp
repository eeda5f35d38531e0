// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/cuda/copy_stream.h"

namespace boxwright::cuda {
namespace {

/// Of one moment of a queue's work.
class Moment {
 public:
  explicit Moment(cudaStream_t stream) {
    check(cudaEventCreateWithFlags(&event_, cudaEventDisableTiming), "an event");
    check(cudaEventRecord(event_, stream), "an event");
  }
  ~Moment() { cudaEventDestroy(event_); }
  Moment(const Moment&) = delete;
  Moment& operator=(const Moment&) = delete;
  /// What is given to `stream` from now on comes after it.
  void letWait(cudaStream_t stream) const {
    check(cudaStreamWaitEvent(stream, event_, 0), "an event");
  }

 private:
  cudaEvent_t event_ = nullptr;
};

}  // namespace

CopyStream::CopyStream(const Stream& work) : work_(work) {
  work_.use();
  check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "a stream");
}

CopyStream::~CopyStream() {
  cudaStreamSynchronize(stream_);
  cudaStreamDestroy(stream_);
}

std::shared_ptr<void> CopyStream::upload(const void* host, void* device, std::size_t bytes) {
  Moment(work_.raw()).letWait(stream_);  // which may still read what lies there
  check(cudaMemcpyAsync(device, host, bytes, cudaMemcpyHostToDevice, stream_), "a copy");
  return std::make_shared<Moment>(stream_);
}

void CopyStream::await(const std::shared_ptr<void>& arrival) const {
  static_cast<const Moment*>(arrival.get())->letWait(work_.raw());
}

void* CopyStream::do_allocate(std::size_t bytes, std::size_t alignment) {
  void* memory = nullptr;
  if (cudaSetDevice(work_.card()) == cudaSuccess &&
      cudaHostAlloc(&memory, bytes, cudaHostAllocPortable) == cudaSuccess)
    return memory;
  cudaGetLastError();
  memory = std::pmr::new_delete_resource()->allocate(bytes, alignment);
  const std::lock_guard lock(mutex_);
  pageable_.insert(memory);
  return memory;
}

void CopyStream::do_deallocate(void* memory, std::size_t bytes, std::size_t alignment) {
  cudaSetDevice(work_.card());
  cudaStreamSynchronize(stream_);  // it may be on its way
  const std::lock_guard lock(mutex_);
  if (pageable_.erase(memory) > 0) {
    std::pmr::new_delete_resource()->deallocate(memory, bytes, alignment);
  } else {
    cudaFreeHost(memory);
  }
}

}  // namespace boxwright::cuda
