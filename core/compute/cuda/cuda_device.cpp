// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/cuda/cuda_device.h"

#include <cuda_runtime_api.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/user_folders.h"
#include "core/compute/cuda/cudnn_graph.h"
#include "core/compute/cuda/plan_store.h"

namespace boxwright::cuda {
namespace {

constexpr int kOldest = 75, kOldestBFloat16 = 80;  ///< compute capability times 10
constexpr int kTried = 6;                          ///< plans that are timed for a call
constexpr int kRuns = 3, kLongRuns = 10;           ///< of each, the fastest counts
constexpr double kMegabyte = 1e6;

void check(cudaError_t status, const std::string& what) {
  if (status == cudaSuccess) return;
  throw Error("the card fails at " + what + ": " + cudaGetErrorString(status));
}

std::string megabytes(std::size_t bytes) {
  return std::to_string(static_cast<long long>(static_cast<double>(bytes) / kMegabyte + 1)) + " MB";
}

/// Memory of the card that is freed with it.
std::shared_ptr<void> memoryOf(std::size_t bytes) {
  void* memory = nullptr;
  const cudaError_t status = cudaMalloc(&memory, std::max<std::size_t>(bytes, 1));
  if (status == cudaErrorMemoryAllocation) {
    cudaGetLastError();  // which would be found by the next kernel
    std::size_t free = 0, all = 0;
    cudaMemGetInfo(&free, &all);
    throw Error("the card has " + megabytes(free) + " of memory left, and " + megabytes(bytes) +
                    " are needed",
                {}, "use a smaller batch, more subdivisions or a smaller size");
  }
  check(status, "taking memory");
  return {memory, [](void* p) { cudaFree(p); }};
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

/// A queue of the card's and cuDNN on it.
class Stream {
 public:
  Stream() {
    check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "a stream");
    const Cudnn& cudnn = Cudnn::library();
    try {
      cudnn.check(cudnn.create(&handle_), "to begin");
      cudnn.check(cudnn.setStream(handle_, stream_), "a stream");
    } catch (...) {
      close();
      throw;
    }
  }
  ~Stream() { close(); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  operator cudaStream_t() const { return stream_; }  // NOLINT: it is one
  cudnnHandle_t handle() const { return handle_; }

 private:
  void close() {
    cudaStreamSynchronize(stream_);
    if (handle_) Cudnn::library().destroy(handle_);
    cudaStreamDestroy(stream_);
  }

  cudaStream_t stream_ = nullptr;
  cudnnHandle_t handle_ = nullptr;
};

/// A plan of cuDNN's for tensors of any place.
class PlannedConvolution : public Convolution {
 public:
  PlannedConvolution(cudnnHandle_t handle, Descriptor plan, bool finishes)
      : handle_(handle),
        plan_(std::move(plan)),
        finishes_(finishes),
        bytes_(static_cast<std::size_t>(plan_.number(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE))) {}

  std::size_t workspaceBytes() const override { return bytes_; }

  void run(const ConvolutionTensors& tensors, void* workspace) override {
    std::vector<std::int64_t> ids = {kInputId, kWeightsId, kOutputId};
    std::vector<void*> addresses = {tensors.input, tensors.weights, tensors.output};
    if (finishes_) {
      ids.push_back(kBiasId);
      addresses.push_back(const_cast<float*>(tensors.bias));
    }
    Descriptor pack(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
    pack.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, ids);
    pack.set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR, addresses.data(),
             static_cast<std::int64_t>(addresses.size()));
    pack.set(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, &workspace);
    pack.finalize("the tensors of a convolution");
    const Cudnn& cudnn = Cudnn::library();
    cudnn.check(cudnn.execute(handle_, plan_.raw(), pack.raw()), "a convolution");
  }

  std::string text() const { return plan_.text(CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION); }

 private:
  cudnnHandle_t handle_;
  Descriptor plan_;
  bool finishes_;
  std::size_t bytes_;
};

class CudaRecording : public Recording {
 public:
  CudaRecording(cudaStream_t stream, cudaGraph_t graph) : stream_(stream) {
    const cudaError_t status = cudaGraphInstantiate(&runnable_, graph, 0);
    cudaGraphDestroy(graph);
    check(status, "a recording");
  }
  ~CudaRecording() override { cudaGraphExecDestroy(runnable_); }
  void run() override { check(cudaGraphLaunch(runnable_, stream_), "a recording"); }

 private:
  cudaStream_t stream_;
  cudaGraphExec_t runnable_ = nullptr;
};

class CudaDevice : public Device {
 public:
  explicit CudaDevice(int index)
      : index_(index),
        properties_(propertiesOf(index)),
        store_(userCacheFolder() / "cuda",
               std::string(properties_.name) + "-" + capabilityText() + "-" +
                   std::to_string(properties_.multiProcessorCount) + "-cudnn-" +
                   std::to_string(Cudnn::library().version())) {}

  DeviceInfo info() const override {
    const std::string name = index_ == 0 ? "cuda" : "cuda:" + std::to_string(index_);
    return {name,
            std::string(properties_.name) + ", cuDNN " + versionText(),
            true,
            {},
            properties_.totalGlobalMem};
  }

  bool computes(Precision precision) const override {
    switch (precision) {
      case Precision::Float32:
        return true;
      case Precision::TensorFloat32:
      case Precision::BFloat16:
        return capability() >= kOldestBFloat16;
      case Precision::Float64:
        break;
    }
    return false;
  }

  std::shared_ptr<void> allocate(std::size_t bytes) override {
    std::shared_ptr<void> memory = memoryOf(bytes);
    clear(memory.get(), bytes);
    return memory;
  }

  Queue queue() const override { return {stream_, false}; }

  void upload(const void* host, void* device, std::size_t bytes) override {
    check(cudaMemcpyAsync(device, host, bytes, cudaMemcpyHostToDevice, stream_), "a copy to it");
    // Of memory that is not pinned the copy has been taken by now; of other memory it has not.
    wait();
  }
  void download(const void* device, void* host, std::size_t bytes) override {
    check(cudaMemcpyAsync(host, device, bytes, cudaMemcpyDeviceToHost, stream_), "a copy from it");
    wait();
  }
  void clear(void* device, std::size_t bytes) override {
    check(cudaMemsetAsync(device, 0, bytes, stream_), "clearing memory");
  }
  void wait() override { check(cudaStreamSynchronize(stream_), "its work"); }

  std::unique_ptr<Convolution> prepare(const ConvolutionCall& call) override {
    const PlanTarget target{stream_.handle(), nullptr};
    const std::string name = text(call);
    if (const auto kept = store_.read(name)) {
      try {
        return planned(planFrom(*kept, target), call);
      } catch (const Error&) {
        // Of another version, or damaged: it is chosen anew.
      }
    }
    std::vector<std::unique_ptr<PlannedConvolution>> ways;
    try {
      for (Descriptor& plan : plansFor(graphOf(call, target), call, target, kTried))
        ways.push_back(planned(std::move(plan), call));
    } catch (const Error&) {
      if (!call.finishes) throw;
    }
    if (ways.empty()) {
      if (call.finishes) return nullptr;
      throw Error("cuDNN has no way to compute a convolution on this card", name,
                  "choose --precision float32, or another device");
    }
    std::unique_ptr<PlannedConvolution> best = fastest(std::move(ways), call);
    store_.write(name, best->text());
    return best;
  }

  std::unique_ptr<Recording> record(const std::function<void()>& work) override {
    check(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeThreadLocal), "a recording");
    cudaGraph_t graph = nullptr;
    try {
      work();
    } catch (...) {
      if (cudaStreamEndCapture(stream_, &graph) == cudaSuccess) cudaGraphDestroy(graph);
      throw;
    }
    check(cudaStreamEndCapture(stream_, &graph), "a recording");
    return std::make_unique<CudaRecording>(stream_, graph);
  }

  /// A matrix product of 8192 in each direction, as a convolution of one pixel; and copying.
  DeviceCeilings measureCeilings(Precision precision) override {
    constexpr int kSide = 8192;
    constexpr std::size_t kBytes = std::size_t(1) << 30;
    ConvolutionCall product;
    product.n = 1;
    product.channels = product.inputPitch = product.filters = product.outputPitch = kSide;
    product.height = product.outHeight = kSide / 128;
    product.width = product.outWidth = 128;
    product.precision = precision;
    const auto convolution = prepare(product);
    const std::size_t each = precision == Precision::BFloat16 ? 2 : sizeof(float);
    const std::size_t bytes = std::size_t(kSide) * kSide * each;
    const auto a = allocate(bytes), b = allocate(bytes), c = allocate(bytes);
    const auto workspace = memoryOf(convolution->workspaceBytes());
    const double computing = fastestOf(kLongRuns, [&] {
      convolution->run({a.get(), b.get(), c.get(), nullptr}, workspace.get());
    });
    const auto from = allocate(kBytes), to = allocate(kBytes);
    const double copying = fastestOf(kLongRuns, [&] {
      check(cudaMemcpyAsync(to.get(), from.get(), kBytes, cudaMemcpyDeviceToDevice, stream_),
            "copying");
    });
    const double side = kSide;
    return {2 * side * side * side / computing, static_cast<double>(kBytes) / copying};
  }

 private:
  /// The least seconds of so many runs, after one that is not counted.
  double fastestOf(int runs, const std::function<void()>& work) {
    double least = std::numeric_limits<double>::infinity();
    Event begin, end;
    work();
    for (int run = 0; run < runs; ++run) {
      begin.record(stream_);
      work();
      end.record(stream_);
      least = std::min(least, end.since(begin));
    }
    return 1e-3 * least;
  }

  /// Chooses it for this thread, and looks whether it will do.
  static cudaDeviceProp propertiesOf(int index) {
    check(cudaSetDevice(index), "choosing it");
    cudaDeviceProp properties{};
    check(cudaGetDeviceProperties(&properties, index), "telling what it is");
    if (properties.major * 10 + properties.minor < kOldest)
      throw Error("the card is too old",
                  std::string(properties.name) + ", compute capability " +
                      std::to_string(properties.major) + "." + std::to_string(properties.minor),
                  "7.5 or newer is needed");
    return properties;
  }
  static std::string versionText() {
    const std::size_t version = Cudnn::library().version();  // 91900 of 9.19.0
    return std::to_string(version / 10000) + "." + std::to_string(version / 100 % 100);
  }
  int capability() const { return properties_.major * 10 + properties_.minor; }
  std::string capabilityText() const {
    return std::to_string(properties_.major) + "." + std::to_string(properties_.minor);
  }

  std::unique_ptr<PlannedConvolution> planned(Descriptor plan, const ConvolutionCall& call) const {
    return std::make_unique<PlannedConvolution>(stream_.handle(), std::move(plan), call.finishes);
  }

  /// By running each on memory of its own; the first where there is no memory for that.
  std::unique_ptr<PlannedConvolution> fastest(std::vector<std::unique_ptr<PlannedConvolution>> ways,
                                              const ConvolutionCall& call) {
    if (ways.size() == 1) return std::move(ways.front());
    const std::size_t each = call.precision == Precision::BFloat16 ? 2 : sizeof(float);
    const auto count = [](int a, int b, int c, int d) {
      return std::size_t(a) * std::size_t(b) * std::size_t(c) * std::size_t(d);
    };
    std::size_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    try {
      const auto input = allocate(count(call.n, call.height, call.width, call.inputPitch) * each);
      const auto weights =
          allocate(count(call.filters, call.size, call.size, call.channels / call.groups) * each);
      const auto output =
          allocate(count(call.n, call.outHeight, call.outWidth, call.outputPitch) * each);
      const auto bias = allocate(std::size_t(call.filters) * sizeof(float));
      const ConvolutionTensors tensors{input.get(), weights.get(), output.get(),
                                       static_cast<const float*>(bias.get())};
      for (std::size_t k = 0; k < ways.size(); ++k) {
        const double time = secondsOf(*ways[k], tensors);
        if (time < least) {
          least = time;
          best = k;
        }
      }
    } catch (const Error&) {
      // The heuristic's order stands.
    }
    return std::move(ways[best]);
  }

  double secondsOf(PlannedConvolution& way, const ConvolutionTensors& tensors) {
    const std::shared_ptr<void> workspace = memoryOf(way.workspaceBytes());
    return fastestOf(kRuns, [&] { way.run(tensors, workspace.get()); });
  }

  int index_;
  cudaDeviceProp properties_;
  Stream stream_;
  PlanStore store_;
};

}  // namespace

int cardCount() {
  int count = 0;
  if (cudaGetDeviceCount(&count) != cudaSuccess) {
    cudaGetLastError();
    return 0;
  }
  return count;
}

std::unique_ptr<Device> openCard(int index) {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status != cudaSuccess) {
    cudaGetLastError();
    int driver = 0;
    const bool none = cudaDriverGetVersion(&driver) == cudaSuccess && driver == 0;
    throw Error(none ? std::string("there is no driver of NVIDIA's here")
                     : std::string("no NVIDIA card can be used: ") + cudaGetErrorString(status),
                {}, "install the driver for the card, or use the cpu device");
  }
  if (index >= count)
    throw Error("there is no card " + std::to_string(index), {},
                count == 0 ? "use the cpu device"
                           : "there are " + std::to_string(count) + ", counted from 0");
  return std::make_unique<CudaDevice>(index);
}

}  // namespace boxwright::cuda
