// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/classifier_augment.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>

#include "core/train/vary_colour.h"

namespace boxwright {
namespace {

/// Bilinear, black outside: adds `weight` of pixel (x, y) to `sum`.
void addPixel(const Image& image, int x, int y, float weight, float (&sum)[3]) {
  if (x < 0 || y < 0 || x >= image.width || y >= image.height) return;
  const std::uint8_t* pixel = image.at(x, y);
  for (int c = 0; c < 3; ++c)
    sum[c] += weight * static_cast<float>(pixel[c]);
}

}  // namespace

ClassifierDraw drawClassifierAugment(const ClassifierAugment& settings, int imageWidth,
                                     int imageHeight, int side, RandomStream& random) {
  ClassifierDraw d;
  d.side = side;
  d.aspect = randomScale(settings.aspect, random);
  const int least = std::max(1, static_cast<int>(settings.minRatio * side));
  const int most = std::max(least, static_cast<int>(settings.maxRatio * side));
  const int shorter =
      least + static_cast<int>(random.index(static_cast<std::uint64_t>(most - least) + 1));
  const int from =
      std::max(1, static_cast<int>(std::min<double>(imageHeight, imageWidth * d.aspect)));
  d.scale = static_cast<double>(shorter) / from;
  d.angle = random.uniform(-settings.angle, settings.angle) * std::numbers::pi / 180;
  // Where the picture is smaller than the input, it moves about within it.
  const double reachX = std::abs(imageWidth * d.scale / d.aspect - side) / 2;
  const double reachY = std::abs(imageHeight * d.scale - side) / 2;
  d.dx = random.uniform(-reachX, reachX);
  d.dy = random.uniform(-reachY, reachY);
  // Always the same number of draws, so that one setting does not shift the next one's numbers.
  d.mirrorX = random.uniform() < 0.5 && settings.horizontalFlip;
  d.mirrorY = random.uniform() < 0.5 && settings.verticalFlip;
  d.hue = random.uniform(-settings.hue, settings.hue);
  d.saturation = randomScale(settings.saturation, random);
  d.exposure = randomScale(settings.exposure, random);
  return d;
}

void renderClassifierDraw(const Image& image, const ClassifierDraw& d, std::span<float> output) {
  const auto side = static_cast<std::size_t>(d.side);
  const double cosine = std::cos(d.angle), sine = std::sin(d.angle);
  const double middleX = image.width / 2.0, middleY = image.height / 2.0;
  float* const planes[3] = {output.data(), output.data() + side * side,
                            output.data() + 2 * side * side};
  for (std::size_t y = 0; y < side; ++y) {
    const std::size_t rowOut = (d.mirrorY ? side - 1 - y : y) * side;
    const double v = (static_cast<double>(y) - d.side / 2.0 + d.dy) / d.scale;
    for (std::size_t x = 0; x < side; ++x) {
      const double u = (static_cast<double>(x) - d.side / 2.0 + d.dx) * d.aspect / d.scale;
      const double sourceX = cosine * u - sine * v + middleX;
      const double sourceY = sine * u + cosine * v + middleY;
      float sum[3] = {0, 0, 0};
      // Far outside there is nothing to see, and no int to hold the place.
      if (sourceX > -1 && sourceY > -1 && sourceX < image.width && sourceY < image.height) {
        const int left = static_cast<int>(std::floor(sourceX));
        const int top = static_cast<int>(std::floor(sourceY));
        const auto shareX = static_cast<float>(sourceX - left);
        const auto shareY = static_cast<float>(sourceY - top);
        addPixel(image, left, top, (1 - shareX) * (1 - shareY), sum);
        addPixel(image, left + 1, top, shareX * (1 - shareY), sum);
        addPixel(image, left, top + 1, (1 - shareX) * shareY, sum);
        addPixel(image, left + 1, top + 1, shareX * shareY, sum);
      }
      const std::size_t place = rowOut + (d.mirrorX ? side - 1 - x : x);
      for (std::size_t c = 0; c < 3; ++c)
        planes[c][place] = sum[c] * (1.0F / 255);
    }
  }
  if (d.hue != 0 || d.saturation != 1 || d.exposure != 1)
    varyColour(planes[0], planes[1], planes[2], side * side, static_cast<float>(d.hue * 6),
               static_cast<float>(d.saturation), static_cast<float>(d.exposure));
}

}  // namespace boxwright
