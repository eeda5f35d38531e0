// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/compute/onednn/device.h"

namespace boxwright::onednn {

/// Whether a 3x3 convolution of inference gains by Winograd's F(m x m, 3 x 3), and the m that does
/// it: 2 or 4; 0: the direct method is as fast, or the block or its input's layout does not fit.
int winogradTile(const ConvolutionBlock& block, const TensorSpec& input, const Shape& output);

/// The convolution by tiles of m x m outputs, with bias and activation. `weights` OIHW and `biases`
/// have batch norm folded in; transformed they take 16 / 9 (m = 2) or 4 times the room. Outputs agree
/// with the direct method to 1e-5 of the layer's largest.
std::unique_ptr<Op> makeWinograd(int m, std::span<const float> weights,
                                 const std::vector<float>& biases, float slope,
                                 const TensorSpec& input, const Shape& output);

}  // namespace boxwright::onednn
