// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/classifier_augment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace boxwright {
namespace {

/// Red grows with x, green with y; blue is full.
Image ramp(int width, int height) {
  Image image(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      image.at(x, y)[0] = static_cast<std::uint8_t>(x);
      image.at(x, y)[1] = static_cast<std::uint8_t>(y);
      image.at(x, y)[2] = 255;
    }
  }
  return image;
}

TEST(ClassifierAugmentTest, RendersTheFormulaOfTheSpecification) {
  const Image image = ramp(200, 120);
  ClassifierDraw d;
  d.side = 40;
  d.aspect = 1.25;
  d.scale = 0.5;
  d.angle = 0.3;
  d.dx = 4;
  d.dy = -3;
  std::vector<float> out(3 * 40 * 40);
  renderClassifierDraw(image, d, out);
  for (const auto& [x, y] : {std::pair(20, 20), std::pair(3, 31), std::pair(39, 0)}) {
    const double u = (x - 20.0 + 4) * 1.25 / 0.5, v = (y - 20.0 - 3) / 0.5;
    const double sourceX = std::cos(0.3) * u - std::sin(0.3) * v + 100;
    const double sourceY = std::sin(0.3) * u + std::cos(0.3) * v + 60;
    const std::size_t at = static_cast<std::size_t>(y) * 40 + static_cast<std::size_t>(x);
    EXPECT_NEAR(out[at] * 255, sourceX, 1e-3);
    EXPECT_NEAR(out[1600 + at] * 255, sourceY, 1e-3);
  }
  // Mirrored, the same columns from the other end.
  std::vector<float> mirrored(out.size());
  d.mirrorX = true;
  renderClassifierDraw(image, d, mirrored);
  EXPECT_EQ(mirrored[5 * 40 + 1], out[5 * 40 + 38]);
}

TEST(ClassifierAugmentTest, OutsideIsBlack) {
  const Image image = ramp(20, 20);
  ClassifierDraw d;
  d.side = 60;
  d.scale = 1;
  std::vector<float> out(3 * 60 * 60);
  renderClassifierDraw(image, d, out);
  EXPECT_EQ(out[2 * 3600 + 30 * 60 + 30], 1);
  EXPECT_EQ(out[2 * 3600 + 30 * 60 + 5], 0);
  EXPECT_EQ(out[2 * 3600 + 55 * 60 + 30], 0);
  // So far away that no int would hold the place.
  d.scale = 1e-9;
  renderClassifierDraw(image, d, out);
  EXPECT_EQ(out[0], 0);
}

TEST(ClassifierAugmentTest, DrawsStayInTheirRangesAndReachThem) {
  ClassifierAugment settings;
  settings.minRatio = 0.75;
  settings.maxRatio = 1.5;
  double leastScale = 1e9, mostScale = 0, mostAngle = 0, mostAspect = 0, leastAspect = 1e9;
  int mirrored = 0;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    RandomStream random(1, "test", 0, i);
    const ClassifierDraw d = drawClassifierAugment(settings, 100, 200, 64, random);
    // The shorter side of the picture as it is shown, in input pixels.
    const double shorter = std::min(200 * d.scale, 100 * d.scale * d.aspect);
    EXPECT_GE(shorter, 0.75 * 64 - 2);
    EXPECT_LE(shorter, 1.5 * 64 + 2);
    leastScale = std::min(leastScale, shorter);
    mostScale = std::max(mostScale, shorter);
    mostAngle = std::max(mostAngle, std::abs(d.angle));
    leastAspect = std::min(leastAspect, d.aspect);
    mostAspect = std::max(mostAspect, d.aspect);
    EXPECT_LE(std::abs(d.dx), std::abs(100 * d.scale / d.aspect - 64) / 2 + 1e-9);
    EXPECT_LE(std::abs(d.dy), std::abs(200 * d.scale - 64) / 2 + 1e-9);
    mirrored += d.mirrorX;
    EXPECT_FALSE(d.mirrorY);
  }
  EXPECT_LT(leastScale, 0.77 * 64);
  EXPECT_GT(mostScale, 1.47 * 64);
  EXPECT_NEAR(mostAngle, 7 * std::numbers::pi / 180, 0.003);
  EXPECT_NEAR(leastAspect, 0.75, 0.01);
  EXPECT_NEAR(mostAspect, 1 / 0.75, 0.01);
  EXPECT_NEAR(mirrored, 1000, 100);
}

}  // namespace
}  // namespace boxwright
