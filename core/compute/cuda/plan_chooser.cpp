// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/cuda/plan_chooser.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "core/base/out_of_memory.h"
#include "core/compute/cuda/cudnn_graph.h"
#include "core/compute/cuda/device.h"
#include "core/compute/cuda/planned_convolution.h"

namespace boxwright::cuda {
namespace {

constexpr int kTried = 6;  ///< ways that are timed for a call
constexpr int kRuns = 3;   ///< of each, the fastest counts
/// Of one convolution, where another way needs less: it is taken from what a larger batch could
/// use.
constexpr std::size_t kMostWorkspace = std::size_t(1) << 30;

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

struct Way {
  std::string text;  ///< to be kept
  std::shared_ptr<Convolution> convolution;
};

/// The way of a text. Throws Error where it is of another card or version.
Way wayOf(std::string text, const ConvolutionCall& call, const Stream& stream) {
  if (isOfPictures(call) && text == kOurs)
    return {std::move(text), std::make_shared<OwnConvolution>(stream, call)};
  Descriptor plan = planFrom(text, {stream.handle(), nullptr});
  return {std::move(text), convolutionOf(std::move(plan), call, stream)};
}

/// Those of cuDNN, the most promising first, and behind them our own. Plans are read from their
/// text, as those that were kept are. None: nothing computes a bias and an activation in one;
/// throws Error with what cuDNN said where the convolution alone is asked for.
std::vector<Way> waysOf(const ConvolutionCall& call, const Stream& stream) {
  const PlanTarget target{stream.handle(), nullptr};
  std::vector<Way> ways;
  std::optional<Error> fault;
  try {
    for (const Descriptor& plan : plansFor(graphOf(call, target), call, target, kTried)) {
      try {
        ways.push_back(
            wayOf(plan.text(CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION), call, stream));
      } catch (const Error& error) {
        fault = error;  // it cannot be kept
      }
    }
  } catch (const Error& error) {
    fault = error;
  }
  if (ways.empty() && call.finishes) return ways;
  if (isOfPictures(call)) ways.push_back(wayOf(kOurs, call, stream));
  if (ways.empty() && fault) throw *fault;
  const auto needsMuch = [](const Way& way) {
    return way.convolution->workspaceBytes() > kMostWorkspace;
  };
  if (!std::all_of(ways.begin(), ways.end(), needsMuch)) std::erase_if(ways, needsMuch);
  return ways;
}

/// What came of timing the ways.
struct Choice {
  std::optional<std::size_t> best;  ///< nothing: none could be run
  bool isFull = false;              ///< there was no memory for some
  bool hasPlan = false;             ///< one of cuDNN's was run
};

/// Runs each on memory of its own.
Choice fastest(const std::vector<Way>& ways, const ConvolutionCall& call, const Stream& stream) {
  const auto memory = [&](int a, int b, int c, int d) {
    const auto count = std::size_t(a) * std::size_t(b) * std::size_t(c) * std::size_t(d);
    return randomNumbers(stream, count * bytesOf(call.precision), call.precision);
  };
  Choice choice;
  double least = std::numeric_limits<double>::infinity();
  try {
    const auto input = memory(call.n, call.height, call.width, call.inputPitch);
    const auto weights = memory(call.filters, call.size, call.size, call.channels / call.groups);
    const auto output = memory(call.n, call.outHeight, call.outWidth, call.outputPitch);
    const auto bias =
        randomNumbers(stream, std::size_t(call.filters) * sizeof(float), Precision::Float32);
    const ConvolutionTensors tensors{input.get(), weights.get(), output.get(),
                                     static_cast<const float*>(bias.get())};
    for (std::size_t k = 0; k < ways.size(); ++k) {
      try {
        Convolution& way = *ways[k].convolution;
        const auto workspace = memoryOf(way.workspaceBytes());
        const double time = fastestOf(stream, kRuns, [&] { way.run(tensors, workspace.get()); });
        choice.hasPlan = choice.hasPlan || ways[k].text != kOurs;
        if (time >= least) continue;
        least = time;
        choice.best = k;
      } catch (const OutOfMemory&) {
        choice.isFull = true;
      } catch (const Error&) {
        continue;  // this one will not do here
      }
    }
  } catch (const OutOfMemory&) {
    choice.isFull = true;
  }
  return choice;
}

}  // namespace

std::shared_ptr<Convolution> PlanChooser::choose(const ConvolutionCall& call) {
  // A call with eight real channels has the same text, and ours is not for it.
  const std::string name = text(call) + (isOfPictures(call) ? "-pictures" : "");
  if (const auto found = known_.find(name); found != known_.end()) return found->second;
  if (const auto kept = store_.read(name)) {
    try {
      std::shared_ptr<Convolution> convolution = wayOf(*kept, call, stream_).convolution;
      known_[name] = convolution;
      return convolution;
    } catch (const Error&) {
      // Of another version, or damaged: it is chosen anew.
    }
  }
  std::vector<Way> ways = waysOf(call, stream_);
  if (ways.empty()) {
    if (call.finishes) return nullptr;
    throw Error("cuDNN has no way to compute a convolution on this card", name,
                "choose the precision float32, or another device");
  }
  const Choice choice = fastest(ways, call, stream_);
  // Without a plan that joins all, the convolution alone and a pass behind it are to be had, too.
  if (call.finishes && !choice.hasPlan && !choice.isFull) return nullptr;
  if (!choice.best && !choice.isFull)
    throw Error("no way to compute a convolution works on this card", name,
                "choose the precision float32, or another device");
  Way& best = ways[choice.best.value_or(0)];
  if (!choice.isFull) {
    store_.write(name, best.text);
    known_[name] = best.convolution;
  }
  return best.convolution;
}

}  // namespace boxwright::cuda
