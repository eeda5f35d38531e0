// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/compute/cuda/convolution_call.h"
#include "core/compute/cuda/cudnn.h"

namespace boxwright::cuda {

/// What cuDNN knows the tensors of a graph by.
enum TensorId : std::int64_t { kInputId = 1, kWeightsId, kOutputId, kBiasId, kFirstVirtualId };

/// A card for which plans are made: one that is there, by its handle, or one that is only described
/// (cuDNN 9.8 or newer), for which they can be made but not run.
struct PlanTarget {
  cudnnHandle_t handle = nullptr;
  const Descriptor* described = nullptr;
};

/// A card by its properties, in JSON as cuDNN has it. Throws Error where they are not enough.
Descriptor describedCard(const std::string& json);

/// The operations of a call. Throws Error where cuDNN knows no such.
Descriptor graphOf(const ConvolutionCall& call, const PlanTarget& target);

/// Ways to compute a graph, finalized, the most promising first: at most so many. Left out are ways
/// that round more than the precision says and those whose answer is not the same each time. Empty:
/// there is none.
std::vector<Descriptor> plansFor(const Descriptor& graph, const ConvolutionCall& call,
                                 const PlanTarget& target, int atMost);

/// A plan from what Descriptor::text(CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION) gave. Throws
/// Error where it is of another card or version.
Descriptor planFrom(const std::string& json, const PlanTarget& target);

}  // namespace boxwright::cuda
