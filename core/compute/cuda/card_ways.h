// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/compute/cuda/cuda_runtime.h"
#include "core/compute/cuda/plan_chooser.h"

namespace boxwright::cuda {

/// Those of cuDNN, at most six for a call, and our own. The card is that of a stream, which
/// outlives it and what it gives.
class CardWays : public Ways {
 public:
  explicit CardWays(const Stream& stream) : stream_(stream) {}

  Way read(const std::string& text, const ConvolutionCall& call) override;
  std::vector<Way> all(const ConvolutionCall& call) override;
  /// Three times each on random numbers, on memory of its own; the fastest counts.
  std::vector<Trial> tried(const std::vector<Way>& ways, const ConvolutionCall& call) override;

 private:
  const Stream& stream_;
};

}  // namespace boxwright::cuda
