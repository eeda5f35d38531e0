// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/onednn/onednn_backend.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <fstream>
#include <string>

#include "core/base/parallel.h"
#include "core/compute/host_memory.h"
#include "core/compute/onednn/kernels.h"
#include "core/compute/onednn/ops.h"
#include "core/compute/onednn/planes.h"
#include "core/compute/output_shape.h"

namespace boxwright {
namespace {

using namespace onednn;  // NOLINT: this file is its front door

std::string processorName() {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line)) {
    if (line.rfind("model name", 0) != 0) continue;
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "this processor";
}

/// Runs body(first, count) over [0, size) in parts of a fixed length.
template <typename Body>
void eachPart(std::size_t size, Body body) {
  constexpr std::size_t kPart = 65536;
  parallelFor((size + kPart - 1) / kPart,
              [&](std::size_t part) { body(part * kPart, std::min(kPart, size - part * kPart)); });
}

template <typename Work>
double secondsOf(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

class OnednnBackend : public Backend {
 public:
  explicit OnednnBackend(int threads) : threads_(std::max(1, threads)) {}

  DeviceInfo info() const override {
    const int team = hasComputeTeam() ? threads_ : 1;
    return {"cpu",
            "oneDNN " + libraryVersion() + " on " + processorName() + ", " + std::to_string(team) +
                (team == 1 ? " thread" : " threads"),
            true,
            "",
            hostMemoryBytes(),
            {Precision::Float32}};
  }

  std::shared_ptr<void> allocate(std::size_t bytes) override {
    const ComputeScope scope(threads_);
    return reserveHostMemory(bytes);
  }

  std::unique_ptr<Op> prepare(const OpSpec& spec, std::span<const TensorSpec> inputs,
                              const OpContext& context) override {
    if (context.precision != Precision::Float32) {
      throw Error("The cpu device computes in float32 only", context.name,
                  "use the reference device for float64");
    }
    const Shape output = outputShape(spec, inputs, context.name);
    return guarded(context.name, [&] {
      return std::visit(Make{device_, inputs, output, context}, spec);
    });
  }

  /// 2x2 in one pass with the normalising of training, whose memory traffic it more than halves.
  bool joinsPool(const ConvolutionLayer& layer, const MaxPoolLayer& pool) const override {
    return layer.batchNormalize && layer.activation != Activation::Logistic && pool.size == 2 &&
           pool.stride == 2 && pool.padding == 1;
  }

  TensorSpec plainSpec(const Shape& shape, Precision precision) const override {
    if (precision != Precision::Float32) {
      throw Error("The cpu device computes in float32 only", {},
                  "use the reference device for float64");
    }
    return {shape, Precision::Float32, nullptr, shape.count() * sizeof(float)};
  }

  void upload(std::span<const float> host, const Tensor& tensor) override {
    if (isPlain(tensor.spec)) {
      copy(host.data(), static_cast<float*>(tensor.data), host.size());
    } else {
      move(plainDesc(dimsOf(tensor.spec.shape)), const_cast<float*>(host.data()),
           descOf(tensor.spec), tensor.data);
    }
  }

  void download(const Tensor& tensor, std::span<float> host) override {
    if (isPlain(tensor.spec)) {
      copy(static_cast<const float*>(tensor.data), host.data(), host.size());
    } else {
      move(descOf(tensor.spec), tensor.data, plainDesc(dimsOf(tensor.spec.shape)), host.data());
    }
  }

  const float* hostView(const Tensor& tensor) const override {
    return isPlain(tensor.spec) ? static_cast<const float*>(tensor.data) : nullptr;
  }

  void update(Parameter& parameter, const UpdateRule& rule) override {
    const ComputeScope scope(threads_);
    const auto rate = static_cast<float>(rule.learningRate * parameter.rateMultiplier / rule.batch);
    const bool decays = parameter.decayed && parameter.rateMultiplier != 0;
    const auto decay = static_cast<float>(decays ? rule.decay * rule.batch : 0);
    auto* w = static_cast<float*>(parameter.master.get());
    auto* gradient = static_cast<float*>(parameter.gradient.get());
    auto* momentum = static_cast<float*>(parameter.momentum.get());
    eachPart(parameter.count, [&](std::size_t first, std::size_t count) {
      kernels().step(w + first, gradient + first, momentum + first, count, rate, decay,
                     static_cast<float>(rule.momentum));
    });
    guarded("the update of the weights", [&] {
      for (const auto& packed : parameter.packed) {
        static_cast<PackedWeights&>(*packed).refresh(device_, parameter.master.get());
      }
    });
  }

  void moveAverage(Parameter& parameter, float share) override {
    const ComputeScope scope(threads_);
    const auto* w = static_cast<const float*>(parameter.master.get());
    auto* average = static_cast<float*>(parameter.average.get());
    eachPart(parameter.count, [&](std::size_t first, std::size_t count) {
      for (std::size_t i = first; i < first + count; ++i)
        average[i] += share * (w[i] - average[i]);
    });
  }

  void wait() override {
    guarded("the end of a step", [&] { device_.stream.wait(); });
  }

  DeviceCeilings measureCeilings() override {
    const ComputeScope scope(threads_);
    const auto threads = static_cast<std::size_t>(threads_);
    constexpr std::size_t kRounds = 4'000'000, kBytes = std::size_t(32) << 20;
    const auto memory = allocateHostMemory(2 * threads * kBytes);
    auto* const bytes = static_cast<char*>(memory.get());
    // Written to once: what never was is one page of zeros, which does not leave the caches.
    parallelFor(2 * threads,
                [&](std::size_t part) { std::memset(bytes + part * kBytes, 1, kBytes); });
    DeviceCeilings best;
    for (int i = 0; i < 8; ++i) {
      std::atomic<double> operations = 0;
      const double computing = secondsOf([&] {
        parallelFor(threads, [&](std::size_t) {
          const double done = kernels().multiplyAdds(kRounds);
          operations.store(done, std::memory_order_relaxed);
        });
      });
      best.operations = std::max(best.operations, operations * double(threads) / computing);
      const double copying = secondsOf([&] {
        parallelFor(threads, [&](std::size_t part) {
          std::memcpy(bytes + part * kBytes, bytes + (threads + part) * kBytes, kBytes);
        });
      });
      best.copied = std::max(best.copied, double(threads * kBytes) / copying);
    }
    return best;
  }

 private:
  struct Make {
    Device& device;
    std::span<const TensorSpec> inputs;
    const Shape& output;
    const OpContext& context;

    std::unique_ptr<Op> operator()(const ConvolutionBlock& block) const {
      return makeConvolution(device, block, inputs[0], output, context);
    }
    std::unique_ptr<Op> operator()(const MaxPoolBlock& block) const {
      return makeMaxPool(block.layer, inputs[0], output, context);
    }
    std::unique_ptr<Op> operator()(const AveragePoolBlock&) const {
      return makeAveragePool(inputs[0], output);
    }
    std::unique_ptr<Op> operator()(const ConcatBlock&) const { return makeConcat(inputs, output); }
    std::unique_ptr<Op> operator()(const ReorgBlock& block) const {
      return makeReorg(block.layer, inputs[0], output);
    }
    std::unique_ptr<Op> operator()(const AddBlock& block) const {
      return makeAdd(block.activation, inputs[0]);
    }
    std::unique_ptr<Op> operator()(const SoftmaxBlock& block) const {
      return makeSoftmax(block.layer, inputs[0]);
    }
    std::unique_ptr<Op> operator()(const DropoutBlock& block) const {
      return makeDropout(block, inputs[0], context.mode == Mode::Training ? context.step : nullptr);
    }
    std::unique_ptr<Op> operator()(const OutputBlock&) const {
      return makeOutput(device, inputs[0]);
    }
  };

  static bool isPlain(const TensorSpec& spec) {
    return !spec.layout || descOf(spec) == plainDesc(dimsOf(spec.shape));
  }

  static void copy(const float* from, float* to, std::size_t size) {
    eachPart(size, [&](std::size_t first, std::size_t count) {
      std::memcpy(to + first, from + first, count * sizeof(float));
    });
  }

  void move(const Desc& from, void* source, const Desc& to, void* target) {
    guarded("a copy to or from the device", [&] {
      const Reorder reorder(device_, from, to);
      const auto scratch = allocateHostMemory(reorder.scratchBytes());
      reorder.run(device_, source, target, scratch.get());
      device_.stream.wait();
    });
  }

  int threads_;
  Device device_;
};

}  // namespace

std::unique_ptr<Backend> makeOnednnBackend(int threads) {
  return guarded("the cpu device", [&] { return std::make_unique<OnednnBackend>(threads); });
}

}  // namespace boxwright
