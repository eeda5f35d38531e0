// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/compute/cuda/convolution_call.h"
#include "core/compute/cuda/cuda_runtime.h"
#include "core/compute/cuda/plan_store.h"

namespace boxwright::cuda {

/// Chooses how a convolution is computed on the card of a stream, which outlives it: as it was
/// before, by what is kept on disk, else the fastest of the ways that cuDNN proposes and our own.
class PlanChooser {
 public:
  PlanChooser(const Stream& stream, PlanStore store) : stream_(stream), store_(std::move(store)) {}

  /// As Device::prepare.
  std::shared_ptr<Convolution> choose(const ConvolutionCall& call);

 private:
  const Stream& stream_;
  PlanStore store_;
  std::map<std::string, std::shared_ptr<Convolution>> known_;  ///< by what they are kept as
};

}  // namespace boxwright::cuda
