// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/cuda/cuda_runtime.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "core/base/counted.h"
#include "core/base/out_of_memory.h"

namespace boxwright::cuda {
namespace {

/// What a card keeps for what is loaded and recorded only at work, where pieces this large are
/// asked for: so much, or of a small card this share.
constexpr std::size_t kLarge = std::size_t(64) << 20, kKept = std::size_t(512) << 20;
constexpr std::size_t kKeptShare = 16;

[[noreturn]] void throwFull(std::size_t wanted, std::size_t kept = 0) {
  cudaGetLastError();
  std::size_t free = 0, all = 0;
  cudaMemGetInfo(&free, &all);
  throw OutOfMemory("the card has " + megabytes(free) + " of memory left" +
                        (kept > 0 ? ", of which " + megabytes(kept) + " stay free" : "") +
                        ", and " +
                        (wanted > 0 ? megabytes(wanted) + " are needed" : "more is needed"),
                    {}, "use a smaller batch, more subdivisions or a smaller size");
}

class Event {
 public:
  Event() { check(cudaEventCreate(&event_), "an event"); }
  ~Event() { cudaEventDestroy(event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  void record(cudaStream_t stream) { check(cudaEventRecord(event_, stream), "an event"); }
  /// Milliseconds between two, once the later is over.
  double since(const Event& earlier) const {
    float milliseconds = 0;
    check(cudaEventSynchronize(event_), "a measurement");
    check(cudaEventElapsedTime(&milliseconds, earlier.event_, event_), "a measurement");
    return static_cast<double>(milliseconds);
  }

 private:
  cudaEvent_t event_ = nullptr;
};

}  // namespace

void check(cudaError_t status, const std::string& what) {
  if (status == cudaSuccess) return;
  if (status == cudaErrorMemoryAllocation) throwFull(0);
  cudaGetLastError();  // which would be found by the next kernel
  throw Error("the card fails at " + what + ": " + cudaGetErrorString(status), {},
              "try again, choose the cpu device, or look at the card with nvidia-smi");
}

std::shared_ptr<void> memoryOf(std::size_t bytes) {
  if (bytes >= kLarge) {
    std::size_t free = 0, all = 0;
    check(cudaMemGetInfo(&free, &all), "telling its memory");
    const std::size_t kept = std::min(kKept, all / kKeptShare);
    if (bytes + kept > free) throwFull(bytes, kept);
  }
  void* memory = nullptr;
  const cudaError_t status = cudaMalloc(&memory, std::max<std::size_t>(bytes, 1));
  if (status == cudaErrorMemoryAllocation) throwFull(bytes);
  check(status, "taking memory");
  return {memory, [](void* p) { cudaFree(p); }};
}

Stream::Stream(int card) : card_(card) {
  use();
  check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "a stream");
  try {
    const Cudnn& cudnn = Cudnn::library();
    cudnn.check(cudnn.create(&handle_), "to begin");
    cudnn.check(cudnn.setStream(handle_, stream_), "a stream");
  } catch (...) {
    close();
    throw;
  }
}

Stream::~Stream() {
  close();
}

void Stream::use() const {
  check(cudaSetDevice(card_), "choosing it");
}

void Stream::close() {
  cudaSetDevice(card_);
  cudaStreamSynchronize(stream_);
  if (handle_) Cudnn::library().destroy(handle_);
  cudaStreamDestroy(stream_);
}

std::shared_ptr<void> randomNumbers(const Stream& stream, std::size_t bytes, Precision precision) {
  constexpr std::size_t kDrawn = std::size_t(1) << 20;  // again and again
  std::vector<std::uint32_t> drawn(kDrawn / sizeof(std::uint32_t));
  std::mt19937 random(1);
  const bool halves = precision == Precision::BFloat16;  // two numbers in 32 bits
  const std::uint32_t free = halves ? 0x807f807fU : 0x807fffffU;
  const std::uint32_t fixed = halves ? 0x3f003f00U : 0x3f000000U;
  for (std::uint32_t& bits : drawn)
    bits = (static_cast<std::uint32_t>(random()) & free) | fixed;
  std::shared_ptr<void> memory = memoryOf(bytes);
  for (std::size_t at = 0; at < bytes; at += kDrawn)
    check(cudaMemcpyAsync(static_cast<char*>(memory.get()) + at, drawn.data(),
                          std::min(kDrawn, bytes - at), cudaMemcpyHostToDevice, stream.raw()),
          "a copy");
  check(cudaStreamSynchronize(stream.raw()), "a copy");
  return memory;
}

double fastestOf(const Stream& stream, int runs, const std::function<void()>& work) {
  double least = std::numeric_limits<double>::infinity();
  Event begin, end;
  work();
  for (int run = 0; run < runs; ++run) {
    begin.record(stream.raw());
    work();
    end.record(stream.raw());
    least = std::min(least, end.since(begin));
  }
  return 1e-3 * least;
}

}  // namespace boxwright::cuda
