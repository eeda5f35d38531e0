// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/cuda/cuda_device.h"

#include <exception>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/user_folders.h"
#include "core/compute/cuda/card_ways.h"
#include "core/compute/cuda/copy_stream.h"
#include "core/compute/cuda/cuda_runtime.h"

namespace boxwright::cuda {
namespace {

constexpr int kOldest = 75, kOldestBFloat16 = 80;  ///< compute capability times 10
/// Raised where what is asked of cuDNN changes: plans that were kept answer another question then.
constexpr int kPlans = 2;
constexpr int kRuns = 10;  ///< of a ceiling, the fastest counts

std::string nameOfCard(int index) {
  return index == 0 ? "cuda" : "cuda:" + std::to_string(index);
}

/// Throws Error where there are none, with why.
int cardCount() {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status == cudaSuccess && count > 0) return count;
  cudaGetLastError();
  int driver = 0;
  const bool hasDriver = cudaDriverGetVersion(&driver) == cudaSuccess && driver > 0;
  throw Error(!hasDriver
                  ? std::string("there is no driver of NVIDIA's here")
                  : std::string("no NVIDIA card can be used: ") +
                        cudaGetErrorString(status == cudaSuccess ? cudaErrorNoDevice : status),
              {}, "install the driver for the card, or use the cpu device");
}

std::string capabilityOf(const cudaDeviceProp& properties) {
  return std::to_string(properties.major) + "." + std::to_string(properties.minor);
}

/// What a card is. Throws Error where it will not do.
cudaDeviceProp propertiesOf(int index) {
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, index), "telling what it is");
  if (properties.major * 10 + properties.minor < kOldest)
    throw Error("the card is too old",
                std::string(properties.name) + ", compute capability " + capabilityOf(properties),
                "7.5 or newer is needed");
  return properties;
}

std::string cudnnVersion() {
  const std::size_t version = Cudnn::library().version();  // 91900 of 9.19.0
  return std::to_string(version / 10000) + "." + std::to_string(version / 100 % 100);
}

DeviceInfo infoOf(int index, const cudaDeviceProp& properties) {
  DeviceInfo info{nameOfCard(index),
                  std::string(properties.name) + ", cuDNN " + cudnnVersion(),
                  true,
                  {},
                  properties.totalGlobalMem,
                  {Precision::Float32}};
  if (properties.major * 10 + properties.minor >= kOldestBFloat16)
    info.precisions = {Precision::BFloat16, Precision::Float32, Precision::TensorFloat32};
  info.isCard = true;
  return info;
}

class CudaRecording : public Recording {
 public:
  /// Takes the graph.
  CudaRecording(const Stream& stream, cudaGraph_t graph) : stream_(stream) {
    const cudaError_t status = cudaGraphInstantiate(&runnable_, graph, 0);
    cudaGraphDestroy(graph);
    check(status, "a recording");
  }
  ~CudaRecording() override { cudaGraphExecDestroy(runnable_); }
  void run() override {
    stream_.use();
    check(cudaGraphLaunch(runnable_, stream_.raw()), "a recording");
  }

 private:
  const Stream& stream_;
  cudaGraphExec_t runnable_ = nullptr;
};

class CudaDevice : public Device {
 public:
  explicit CudaDevice(int index)
      : index_(index),
        properties_(propertiesOf(index)),
        stream_(index),
        beside_(stream_),
        ways_(stream_),
        chooser_(ways_, PlanStore(userCacheFolder() / "cuda",
                                  std::string(properties_.name) + "-" + capabilityOf(properties_) +
                                      "-" + std::to_string(properties_.multiProcessorCount) +
                                      "-cudnn-" + std::to_string(Cudnn::library().version()) + "-" +
                                      std::to_string(kPlans))) {}

  DeviceInfo info() const override { return infoOf(index_, properties_); }

  std::shared_ptr<void> allocate(std::size_t bytes) override {
    stream_.use();
    std::shared_ptr<void> memory = memoryOf(bytes);
    clear(memory.get(), bytes);
    return memory;
  }

  /// Kernels are given to it at once.
  Queue queue() const override {
    stream_.use();
    return {stream_.raw(), false};
  }

  void upload(const void* host, void* device, std::size_t bytes) override {
    copyNow(host, device, bytes, cudaMemcpyHostToDevice);
  }
  void download(const void* device, void* host, std::size_t bytes) override {
    copyNow(device, host, bytes, cudaMemcpyDeviceToHost);
  }
  std::pmr::memory_resource* hostMemory() override { return &beside_; }
  std::shared_ptr<void> uploadBeside(const void* host, void* device, std::size_t bytes) override {
    stream_.use();
    return beside_.upload(host, device, bytes);
  }
  void await(const std::shared_ptr<void>& arrival) override {
    stream_.use();
    beside_.await(arrival);
  }
  void copy(const void* from, void* to, std::size_t bytes) override {
    stream_.use();
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, stream_.raw()), "a copy");
  }
  void clear(void* device, std::size_t bytes) override {
    stream_.use();
    check(cudaMemsetAsync(device, 0, bytes, stream_.raw()), "clearing memory");
  }
  void wait() override {
    stream_.use();
    check(cudaStreamSynchronize(stream_.raw()), "its work");
  }

  std::shared_ptr<Convolution> prepare(const ConvolutionCall& call) override {
    stream_.use();
    return chooser_.choose(call);
  }

  std::unique_ptr<Recording> record(const std::function<void()>& work) override {
    stream_.use();
    check(cudaStreamBeginCapture(stream_.raw(), cudaStreamCaptureModeThreadLocal), "a recording");
    bool whole = true;
    try {
      work();
    } catch (const std::exception&) {
      whole = false;  // it is done without a recording then, and says what is wrong if it is
    }
    cudaGraph_t graph = nullptr;
    const cudaError_t status = cudaStreamEndCapture(stream_.raw(), &graph);
    cudaGetLastError();
    if (status != cudaSuccess) return nullptr;
    if (!whole) {
      cudaGraphDestroy(graph);
      return nullptr;
    }
    try {
      return std::make_unique<CudaRecording>(stream_, graph);
    } catch (const Error&) {
      return nullptr;
    }
  }

  /// A matrix product of 8192 in each direction, as a convolution of one pixel; and copying.
  DeviceCeilings measureCeilings(Precision precision) override {
    constexpr int kSide = 8192;
    constexpr std::size_t kBytes = std::size_t(1) << 30;
    ConvolutionCall product;
    product.n = 1;
    product.channels = product.filled = product.inputPitch = product.filters = product.outputPitch =
        kSide;
    product.height = product.outHeight = kSide / 128;
    product.width = product.outWidth = 128;
    product.precision = precision;
    const auto convolution = prepare(product);
    const std::size_t bytes = std::size_t(kSide) * kSide * bytesOf(precision);
    const auto a = randomNumbers(stream_, bytes, precision);
    const auto b = randomNumbers(stream_, bytes, precision);
    const auto c = allocate(bytes);
    const auto workspace = memoryOf(convolution->workspaceBytes());
    const double computing = fastestOf(stream_, kRuns, [&] {
      convolution->run({a.get(), b.get(), c.get(), nullptr}, workspace.get());
    });
    const auto from = allocate(kBytes), to = allocate(kBytes);
    const double copying = fastestOf(stream_, kRuns, [&] { copy(from.get(), to.get(), kBytes); });
    const double side = kSide;
    return {2 * side * side * side / computing, static_cast<double>(kBytes) / copying};
  }

 private:
  /// It may change once this is over.
  void copyNow(const void* from, void* to, std::size_t bytes, cudaMemcpyKind kind) {
    stream_.use();
    check(cudaMemcpyAsync(to, from, bytes, kind, stream_.raw()), "a copy");
    wait();
  }

  int index_;
  cudaDeviceProp properties_;
  Stream stream_;
  CopyStream beside_;
  CardWays ways_;
  PlanChooser chooser_;
};

}  // namespace

std::vector<DeviceInfo> listCards() {
  std::vector<DeviceInfo> cards;
  try {
    const int count = cardCount();
    for (int index = 0; index < count; ++index) {
      try {
        cards.push_back(infoOf(index, propertiesOf(index)));
      } catch (const Error& error) {
        cards.push_back({nameOfCard(index), {}, false, error.what()});
      }
    }
  } catch (const Error& error) {
    cards.push_back({nameOfCard(0), {}, false, error.what()});
  }
  return cards;
}

std::unique_ptr<Device> openCard(int index) {
  const int count = cardCount();
  if (index >= count)
    throw Error("there is no card " + std::to_string(index), {},
                "there " + std::string(count == 1 ? "is" : "are") + " " + std::to_string(count) +
                    ", counted from 0");
  return std::make_unique<CudaDevice>(index);
}

}  // namespace boxwright::cuda
