// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/train/batch_loader.h"
#include "core/yolo/region_loss.h"

namespace boxwright {

/// How much a truth of each class counts in learning: (mean count / count) ^ exponent, scaled so
/// that the mean over all truths is 1. Exponent 0: every truth alike; 1: every class alike. A class
/// without truths counts 1. mAP is a mean over classes, in which a rare class has as much say as a
/// common one. Of truths with boxes, or of those of whole pictures (Truth::classOnly).
std::vector<double> classWeights(const std::vector<LoaderPicture>& pictures, int classes,
                                 double exponent, bool ofWholePictures = false);

/// The weights of both kinds. Each is balanced among its own: or where one class has boxes and the
/// others none, all that is learned of boxes would count less.
struct ClassBalance {
  std::vector<double> boxes, wholePictures;
};

/// Multiplies the gradient of every box that a truth was given to (coordinates, objectness and
/// classes) by the weight of its class. The loss that is told stays the true one.
void balanceGradient(const HeadView<float>& head, const RegionTargets& targets,
                     const RegionLayer& region, const ClassBalance& balance,
                     std::span<float> gradient);

}  // namespace boxwright
