// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/image/perceptual_hash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "core/image/codec.h"
#include "core/image/resize.h"

namespace boxwright {
namespace {

/// A scene of its own for every number: bright and dark discs on a slope of grey.
Image scene(std::uint64_t number, int width = 320, int height = 240) {
  RandomStream random(5, "scene", 0, number);
  Image image(width, height);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      std::fill_n(image.at(x, y), 3,
                  static_cast<std::uint8_t>(90 + 60 * x / width + 20 * y / height));
  for (int disc = 0; disc < 9; ++disc) {
    const double cx = random.uniform(0, width), cy = random.uniform(0, height);
    const double radius = random.uniform(0.05, 0.2) * height;
    const auto value = static_cast<std::uint8_t>(30 + random.index(190));
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x)
        if (std::hypot(x - cx, y - cy) < radius) std::fill_n(image.at(x, y), 3, value);
  }
  return image;
}

Image encodedAgain(const Image& image, int quality) {
  return decodeImageBytes(encodeImage(image, ".jpg", quality), "again").image;
}

Image brightened(Image image, double factor) {
  for (std::uint8_t& value : image.pixels)
    value = static_cast<std::uint8_t>(std::min(255.0, value * factor));
  return image;
}

TEST(PerceptualHash, CopiesAreNearAndOtherScenesFar) {
  std::vector<std::uint64_t> hashes;
  for (std::uint64_t number = 0; number < 12; ++number) {
    const Image image = scene(number);
    const std::uint64_t hash = perceptualHash(image);
    for (const Image& copy : {encodedAgain(image, 90), encodedAgain(image, 30),
                              scaled(image, 160, 120), scaled(image, 481, 360),
                              encodedAgain(scaled(image, 107, 80), 75), brightened(image, 1.15)})
      EXPECT_LE(hashDistance(hash, perceptualHash(copy)), kNearCopyDistance) << "scene " << number;
    for (const std::uint64_t other : hashes)
      EXPECT_GT(hashDistance(hash, other), kNearCopyDistance) << "scene " << number;
    hashes.push_back(hash);
  }
}

TEST(PerceptualHash, DistanceCountsBits) {
  EXPECT_EQ(hashDistance(0, 0), 0);
  EXPECT_EQ(hashDistance(0b1011, 0b0001), 2);
  EXPECT_EQ(hashDistance(0, ~std::uint64_t{0}), 64);
}

TEST(PerceptualHash, TakesPicturesOfAnySize) {
  EXPECT_EQ(perceptualHash(Image()), 0U);
  for (const auto& [width, height] : {std::pair(1, 1), std::pair(3, 500), std::pair(40, 2)})
    EXPECT_EQ(perceptualHash(scene(1, width, height)), perceptualHash(scene(1, width, height)));
}

}  // namespace
}  // namespace boxwright
