// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/network/network.h"

namespace boxwright {

/// The one objectness that costs least when every box of the head says the same: `truths` of
/// `boxes` boxes a picture hold an object and are drawn to `overlap`, the others to 0 (spec section
/// 5's scales).
double bestConstantObjectness(const RegionLayer& region, double truths, double boxes,
                              double overlap = 0.7);

/// Makes a random head start near what it would learn first: its weights a tenth as large, and the
/// objectness biases where every box says bestConstantObjectness. Otherwise the first updates, in
/// which hundreds of empty boxes pull one way, drive the objectness so low that its gradient is
/// gone, and it takes many epochs to come back. Boxes without anchors begin in the middle of their
/// cell, a quarter as wide and high as the picture: tx, ty, tw and th say .5. Throws Error for a
/// network without [region].
void quietHead(Network& network, double truthsPerPicture);

}  // namespace boxwright
