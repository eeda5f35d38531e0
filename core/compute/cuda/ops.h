// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>

#include "core/compute/cuda/device.h"

namespace boxwright::cuda {

// The prepared blocks of a card. Inputs are in rows; `device` outlives the op.

/// `momentum`: StepNumbers::rollingMomentum as a float32 on the device.
std::unique_ptr<Op> makeConvolution(Device& device, const ConvolutionBlock& block,
                                    const TensorSpec& input, const Shape& output,
                                    const OpContext& context, const float* momentum);
std::unique_ptr<Op> makeMaxPool(Device& device, const MaxPoolLayer& layer, const TensorSpec& input,
                                const Shape& output, const OpContext& context);
std::unique_ptr<Op> makeAveragePool(Device& device, const TensorSpec& input, const Shape& output);
std::unique_ptr<Op> makeConcat(Device& device, std::span<const TensorSpec> inputs,
                               const Shape& output);
std::unique_ptr<Op> makeReorg(Device& device, const ReorgLayer& layer, const TensorSpec& input,
                              const Shape& output);
std::unique_ptr<Op> makeAdd(Device& device, Activation activation, const TensorSpec& input);
std::unique_ptr<Op> makeSoftmax(Device& device, const SoftmaxLayer& layer, const TensorSpec& input);
/// `step`: null where the block passes everything.
std::unique_ptr<Op> makeDropout(Device& device, const DropoutBlock& block, const TensorSpec& input,
                                const StepNumbers* step);
std::unique_ptr<Op> makeOutput(Device& device, const TensorSpec& input);

/// Some of its inputs are dense NCHW: each of those is brought into rows before `op`, which was
/// prepared with rowSpec(shape, precision) of it, and its gradient back.
std::unique_ptr<Op> acceptPlain(Device& device, std::span<const TensorSpec> inputs,
                                std::unique_ptr<Op> op, const OpContext& context);

}  // namespace boxwright::cuda
