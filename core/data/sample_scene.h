// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/random.h"
#include "core/data/sample_shapes.h"
#include "core/geometry/box.h"
#include "core/image/image.h"

namespace boxwright {

/// One picture of the sample dataset with its labels: whole-pixel rectangles round what is in the
/// picture of each object, occluded parts included.
struct SampleScene {
  Image image;
  std::vector<Box> boxes;
};

/// Paints picture `number` of the sample of `seed`: a pure function of the two.
SampleScene paintSampleScene(std::uint64_t seed, std::uint64_t number);

/// Paints a picture with objects of `shapes` alone, `objects` of them or as many as in the sample;
/// a box's class is the place of its shape in `shapes`.
SampleScene paintSampleScene(RandomStream& random, std::span<const SampleShape> shapes,
                             std::optional<int> objects = std::nullopt);

/// Paints one piece of shape `shape` that fills a good part of a small picture, for the sample with
/// class folders: a pure function of the three.
Image paintSampleOfShape(std::uint64_t seed, std::uint64_t number, SampleShape shape);

}  // namespace boxwright
