// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/compute/cuda/host_device.h"

#include <cstring>
#include <vector>

#include "core/compute/cuda/launch.h"

namespace boxwright::cuda {
namespace {

constexpr std::size_t kWorkspace = 64;  ///< is written to: nothing may lie there
constexpr char kRubbish = 0x5a;

template <typename T>
class NaiveConvolution : public Convolution {
 public:
  explicit NaiveConvolution(const ConvolutionCall& call) : call_(call) {}

  std::size_t workspaceBytes() const override { return kWorkspace; }

  void run(const ConvolutionTensors& tensors, void* workspace) override {
    std::memset(workspace, kRubbish, kWorkspace);
    auto* const input = static_cast<T*>(tensors.input);
    auto* const weights = static_cast<T*>(tensors.weights);
    auto* const output = static_cast<T*>(tensors.output);
    using Kind = ConvolutionCall::Kind;
    const std::size_t weightCount =
        std::size_t(call_.filters) * call_.size * call_.size * (call_.channels / call_.groups);
    std::vector<double> sums;
    if (call_.kind == Kind::WeightGradient) sums.resize(weightCount);
    if (call_.kind == Kind::InputGradient)
      sums.resize(std::size_t(call_.n) * call_.height * call_.width * call_.inputPitch);
    eachOutput([&](std::size_t out, int n, int y, int x, int filter) {
      double sum = 0;
      eachTap(n, y, x, filter, [&](std::size_t in, std::size_t w) {
        if (call_.kind == Kind::Forward)
          sum += double(toFloat(input[in])) * double(toFloat(weights[w]));
        else if (call_.kind == Kind::WeightGradient)
          sums[w] += double(toFloat(input[in])) * double(toFloat(output[out]));
        else
          sums[in] += double(toFloat(weights[w])) * double(toFloat(output[out]));
      });
      if (call_.kind != Kind::Forward) return;
      auto value = static_cast<float>(sum);
      if (call_.finishes) value = activated(call_.activation, value + tensors.bias[filter]);
      output[out] = fromFloat<T>(value);
    });
    if (call_.kind == Kind::WeightGradient)
      for (std::size_t i = 0; i < sums.size(); ++i)
        weights[i] = fromFloat<T>(static_cast<float>(sums[i]));
    if (call_.kind != Kind::InputGradient) return;
    const auto pitch = static_cast<std::size_t>(call_.inputPitch);
    for (std::size_t i = 0; i < sums.size(); ++i)
      if (i % pitch < static_cast<std::size_t>(call_.channels))
        input[i] = fromFloat<T>(static_cast<float>(sums[i]));
  }

 private:
  template <typename Visit>
  void eachOutput(Visit visit) const {
    for (int n = 0; n < call_.n; ++n)
      for (int y = 0; y < call_.outHeight; ++y)
        for (int x = 0; x < call_.outWidth; ++x)
          for (int filter = 0; filter < call_.filters; ++filter)
            visit(
                ((std::size_t(n) * call_.outHeight + y) * call_.outWidth + x) * call_.outputPitch +
                    filter,
                n, y, x, filter);
  }

  template <typename Visit>
  void eachTap(int n, int y, int x, int filter, Visit visit) const {
    const int each = call_.channels / call_.groups;
    const int first = filter / (call_.filters / call_.groups) * each;
    for (int v = 0; v < call_.size; ++v) {
      const int row = y * call_.stride - call_.padding + v;
      if (row < 0 || row >= call_.height) continue;
      for (int u = 0; u < call_.size; ++u) {
        const int column = x * call_.stride - call_.padding + u;
        if (column < 0 || column >= call_.width) continue;
        const std::size_t pixel = (std::size_t(n) * call_.height + row) * call_.width + column;
        for (int c = 0; c < each; ++c)
          visit(pixel * call_.inputPitch + first + c,
                ((std::size_t(filter) * call_.size + v) * call_.size + u) * each + c);
      }
    }
  }

  ConvolutionCall call_;
};

/// Does it again each time, as a recording of a card would.
class Again : public Recording {
 public:
  explicit Again(std::function<void()> work) : work_(std::move(work)) {}
  void run() override { work_(); }

 private:
  std::function<void()> work_;
};

}  // namespace

std::unique_ptr<Recording> HostDevice::record(const std::function<void()>& work) {
  return std::make_unique<Again>(work);
}

DeviceInfo HostDevice::info() const {
  return {"cuda", "this processor in place of a card",
          true,   {},
          0,      {Precision::BFloat16, Precision::Float32, Precision::TensorFloat32}};
}

std::shared_ptr<void> HostDevice::allocate(std::size_t bytes) {
  constexpr std::align_val_t kAlignment{256};
  void* const memory = ::operator new(std::max<std::size_t>(bytes, 1), kAlignment);
  std::memset(memory, 0, bytes);
  return {memory, [](void* p) { ::operator delete(p, kAlignment); }};
}

void HostDevice::upload(const void* host, void* device, std::size_t bytes) {
  std::memcpy(device, host, bytes);
}

void HostDevice::download(const void* device, void* host, std::size_t bytes) {
  std::memcpy(host, device, bytes);
}

namespace {

struct Arriving {
  std::vector<char> bytes;
  void* device;
};

}  // namespace

std::shared_ptr<void> HostDevice::uploadBeside(const void* host, void* device, std::size_t bytes) {
  const auto* const first = static_cast<const char*>(host);
  // Until it is there, nobody may take it for that.
  std::memset(device, kRubbish, bytes);
  return std::make_shared<Arriving>(Arriving{{first, first + bytes}, device});
}

void HostDevice::await(const std::shared_ptr<void>& arrival) {
  const auto& arriving = *static_cast<const Arriving*>(arrival.get());
  std::memcpy(arriving.device, arriving.bytes.data(), arriving.bytes.size());
}

void HostDevice::clear(void* device, std::size_t bytes) {
  std::memset(device, 0, bytes);
}

std::shared_ptr<Convolution> HostDevice::prepare(const ConvolutionCall& call) {
  if (call.finishes && !finishes_) return nullptr;
  if (call.precision == Precision::BFloat16)
    return std::make_unique<NaiveConvolution<BFloat16>>(call);
  return std::make_unique<NaiveConvolution<float>>(call);
}

}  // namespace boxwright::cuda
