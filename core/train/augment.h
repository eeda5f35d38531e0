// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "core/base/random.h"
#include "core/image/image.h"
#include "core/yolo/region_head.h"

namespace boxwright {

/// Darknet's two ways to vary where the picture lies (spec section 8). Crop: 2016 and 2017, edges
/// moved by a share of the side, replicated outside, then stretched to the input. Letterbox: 2018,
/// the shape varied and the picture laid on grey.
enum class CropRule { Crop, Letterbox };

/// How pictures are varied in training. A value.
struct AugmentSettings {
  CropRule rule = CropRule::Crop;
  double jitter = 0.2;
  double hue = 0.1, saturation = 1.5, exposure = 1.5;
  bool horizontalFlip = true, verticalFlip = false;
  bool transpose = false;      ///< rows and columns exchanged half of the time
  double smallestBox = 0.001;  ///< boxes narrower or lower than this share of the input are dropped
};

/// One draw: input pixel x shows the source column `sourceX + x * stepX` (before flips), the same
/// in y; a value, made by drawAugment().
struct AugmentDraw {
  int width = 0, height = 0;  ///< of the input
  double sourceX = 0, stepX = 1, sourceY = 0, stepY = 1;
  int left = 0, top = 0, right = 0, bottom = 0;  ///< where the picture lies; grey outside
  bool replicate = true;                         ///< beyond the source: its edge, else black
  bool mirrorX = false, mirrorY = false, transpose = false;
  double hue = 0, saturation = 1, exposure = 1;  ///< shift in turns; factors
  /// Box edges in fractions of the source become edges in fractions of the input: f * scale +
  /// shift.
  double scaleX = 1, shiftX = 0, scaleY = 1, shiftY = 0;
};

/// Draws how a source picture of this size is varied for an input of width x height. Pure function
/// of the stream.
AugmentDraw drawAugment(const AugmentSettings& settings, int imageWidth, int imageHeight, int width,
                        int height, RandomStream& random);

/// No variation at all: equal to toNetworkInput() with the same rule.
AugmentDraw plainDraw(CropRule rule, int imageWidth, int imageHeight, int width, int height);

/// Renders the draw in one pass from 8-bit pixels to planar RGB [3][height][width] in [0, 1].
void renderAugmented(const Image& image, const AugmentDraw& draw, std::span<float> output);

/// The truths as the draw shows them: moved, mirrored, clipped to the input; those narrower or
/// lower than `smallest` are dropped. In random order (of two that share a cell, either may win).
std::vector<Truth> transformTruths(std::span<const Truth> truths, const AugmentDraw& draw,
                                   double smallest, RandomStream& random);

}  // namespace boxwright
