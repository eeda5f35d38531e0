// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/compute/backend.h"
#include "core/network/network.h"

namespace boxwright {

/// How messages name a layer: number, section and line of its cfg.
std::string layerName(const Network& network, int index);

/// The parameters of convolution `index` on `backend`, filled from its host weights. Throws Error
/// naming the layer where the weights are missing or of another shape.
ConvolutionParameters makeLayerParameters(Backend& backend, const Network& network, int index,
                                          bool training, Precision precision);

/// The last layer with `stopbackward`: it and all before it do not learn, and give in training what
/// they give in inference; -1 where all learn.
int lastFrozenLayer(const Network& network);

}  // namespace boxwright
