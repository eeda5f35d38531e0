// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>

#include "core/compute/op.h"

namespace boxwright::reference {

/// The naive op of a block in float32 or float64 (context.precision). `output` is its spec.
std::unique_ptr<Op> makeConvolution(const ConvolutionBlock& block, const TensorSpec& input,
                                    const TensorSpec& output, const OpContext& context);
/// A convolution block with its max-pool: the one after the other.
std::unique_ptr<Op> makePooledConvolution(const ConvolutionBlock& block, const TensorSpec& input,
                                          const TensorSpec& output, const OpContext& context);
std::unique_ptr<Op> makeMaxPool(const MaxPoolLayer& layer, const TensorSpec& input,
                                const TensorSpec& output);
/// Any block.
std::unique_ptr<Op> makeOp(const OpSpec& spec, std::span<const TensorSpec> inputs,
                           const TensorSpec& output, const OpContext& context);

}  // namespace boxwright::reference
