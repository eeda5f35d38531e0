// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "core/geometry/box.h"
#include "core/image/image.h"

namespace boxwright {

/// How a picture of any shape becomes a network's input: plain stretches it (Darknet 2016, 2017),
/// letterbox keeps its shape on a grey ground (Darknet 2018). Spec section 8.
enum class ResizeRule { Plain, Letterbox };

/// Where the picture lies in the network's input, in input pixels.
struct Placement {
  int width = 0, height = 0;      ///< of the input
  int innerWidth = 0, innerHeight = 0;  ///< of the picture within it
  int offsetX = 0, offsetY = 0;
};

Placement placementFor(int imageWidth, int imageHeight, int width, int height, ResizeRule rule);

/// Spec section 8's resize (separable bilinear, corners aligned) of planar float data [c][h][w].
/// Output width 1 takes the last column, height 1 the last row.
void resizePlanar(std::span<const float> input, int channels, int width, int height,
                  std::span<float> output, int outWidth, int outHeight);

/// The picture as a network's input: planar RGB [3][height][width] in [0, 1], resized by `rule`
/// exactly as the spec says; letterbox fills with 0.5. Used by every detector and evaluator.
void toNetworkInput(const Image& image, ResizeRule rule, int width, int height,
                    std::span<float> output);

/// A rectangle in fractions of the network's input (0..1) to pixels of the source picture; not clipped.
Rect toImagePixels(const Rect& fractions, const Placement& placement, int imageWidth,
                   int imageHeight);

/// A picture scaled for showing (area averaging down, bilinear up).
Image scaled(const Image& image, int width, int height);

}  // namespace boxwright
