// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>

#include "core/compute/onednn/device.h"

namespace boxwright::onednn {

// The prepared blocks of the CPU. `device` outlives the op.

std::unique_ptr<Op> makeConvolution(Device& device, const ConvolutionBlock& block,
                                    const TensorSpec& input, const Shape& output,
                                    const OpContext& context);
std::unique_ptr<Op> makeMaxPool(const MaxPoolLayer& layer, const TensorSpec& input,
                                const Shape& output, const OpContext& context);
std::unique_ptr<Op> makeConcat(std::span<const TensorSpec> inputs, const Shape& output);
std::unique_ptr<Op> makeReorg(const ReorgLayer& layer, const TensorSpec& input,
                              const Shape& output);
std::unique_ptr<Op> makeAdd(Activation activation, const TensorSpec& first);
std::unique_ptr<Op> makeAveragePool(const TensorSpec& input, const Shape& output);
std::unique_ptr<Op> makeSoftmax(const SoftmaxLayer& layer, const TensorSpec& input);
std::unique_ptr<Op> makeDropout(const DropoutBlock& block, const TensorSpec& input,
                                const StepNumbers* step);
std::unique_ptr<Op> makeOutput(Device& device, const TensorSpec& input);

}  // namespace boxwright::onednn
