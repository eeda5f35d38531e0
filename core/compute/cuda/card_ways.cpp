// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/cuda/card_ways.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "core/base/out_of_memory.h"
#include "core/compute/cuda/cudnn_graph.h"
#include "core/compute/cuda/device.h"
#include "core/compute/cuda/planned_convolution.h"

namespace boxwright::cuda {
namespace {

constexpr int kTried = 6;  ///< of cuDNN's for a call
constexpr int kRuns = 3;

/// What is kept where our own way is the fastest; another number where that changes.
constexpr const char* kOurs = "ours 1";

/// Our own way to convolve pictures.
class OwnConvolution : public Convolution {
 public:
  OwnConvolution(const Stream& stream, const ConvolutionCall& call)
      : stream_(stream), call_(call) {}

  std::size_t workspaceBytes() const override { return 0; }
  void run(const ConvolutionTensors& tensors, void*) override {
    stream_.use();
    convolvePictures({stream_.raw(), false}, call_, tensors);
  }

 private:
  const Stream& stream_;
  ConvolutionCall call_;
};

}  // namespace

Way CardWays::read(const std::string& text, const ConvolutionCall& call) {
  if (isOfPictures(call) && text == kOurs)
    return {text, true, std::make_shared<OwnConvolution>(stream_, call)};
  return {text, false, convolutionOf(planFrom(text, {stream_.handle(), nullptr}), call, stream_)};
}

std::vector<Way> CardWays::all(const ConvolutionCall& call) {
  const PlanTarget target{stream_.handle(), nullptr};
  std::vector<Way> ways;
  std::optional<Error> fault;
  try {
    for (const Descriptor& plan : plansFor(graphOf(call, target), call, target, kTried)) {
      try {
        // Read from its text, as one that was kept is.
        ways.push_back(read(plan.text(CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION), call));
      } catch (const OutOfMemory&) {
        throw;
      } catch (const Error& error) {
        fault = error;  // it cannot be kept
      }
    }
  } catch (const OutOfMemory&) {
    throw;
  } catch (const Error& error) {
    fault = error;
  }
  if (isOfPictures(call)) ways.push_back(read(kOurs, call));
  if (ways.empty() && fault && !call.finishes) throw *fault;
  return ways;
}

std::vector<Trial> CardWays::tried(const std::vector<Way>& ways, const ConvolutionCall& call) {
  std::vector<Trial> trials(ways.size());
  const auto memory = [&](int a, int b, int c, int d) {
    const auto count = std::size_t(a) * std::size_t(b) * std::size_t(c) * std::size_t(d);
    return randomNumbers(stream_, count * bytesOf(call.precision), call.precision);
  };
  try {
    const auto input = memory(call.n, call.height, call.width, call.inputPitch);
    const auto weights = memory(call.filters, call.size, call.size, call.channels / call.groups);
    const auto output = memory(call.n, call.outHeight, call.outWidth, call.outputPitch);
    const auto bias =
        randomNumbers(stream_, std::size_t(call.filters) * sizeof(float), Precision::Float32);
    const ConvolutionTensors tensors{input.get(), weights.get(), output.get(),
                                     static_cast<const float*>(bias.get())};
    for (std::size_t k = 0; k < ways.size(); ++k) {
      try {
        Convolution& way = *ways[k].convolution;
        const auto workspace = memoryOf(way.workspaceBytes());
        trials[k].seconds = fastestOf(stream_, kRuns, [&] { way.run(tensors, workspace.get()); });
      } catch (const OutOfMemory&) {
        trials[k].isFull = true;
      } catch (const Error&) {
        continue;  // this one will not do here
      }
    }
  } catch (const OutOfMemory&) {
    for (Trial& trial : trials)
      trial.isFull = true;
  }
  return trials;
}

}  // namespace boxwright::cuda
