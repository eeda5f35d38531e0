// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "core/base/random.h"
#include "core/image/image.h"

namespace boxwright {

/// How pictures are varied to train a classifier (spec section 8, "Classifier train"). A value.
struct ClassifierAugment {
  double aspect = 0.75;                      ///< the shape, by up to this factor or its inverse
  double minRatio = 0.875, maxRatio = 1.25;  ///< the shorter side, as a share of the input's
  double angle = 7;                          ///< degrees either way
  double hue = 0.1, saturation = 0.75, exposure = 0.75;
  bool horizontalFlip = true, verticalFlip = false;
};

/// One draw: input pixel (x, y) shows the picture at R(angle) * [(x - side/2 + dx) * aspect /
/// scale, (y - side/2 + dy) / scale] + the picture's middle, before flips; black outside. A value.
struct ClassifierDraw {
  int side = 0;
  double aspect = 1, scale = 1, angle = 0;  ///< radians
  double dx = 0, dy = 0;
  bool mirrorX = false, mirrorY = false;
  double hue = 0, saturation = 1, exposure = 1;  ///< shift in turns; factors
};

/// Draws how a picture of this size is varied for a square input. Pure function of the stream.
ClassifierDraw drawClassifierAugment(const ClassifierAugment& settings, int imageWidth,
                                     int imageHeight, int side, RandomStream& random);

/// Renders the draw from 8-bit pixels to planar RGB [3][side][side] in [0, 1].
void renderClassifierDraw(const Image& image, const ClassifierDraw& draw, std::span<float> output);

}  // namespace boxwright
