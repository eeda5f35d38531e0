// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/image/resize.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/error.h"

namespace boxwright {
namespace {

/// Where an output pixel lies between two input pixels.
struct Tap {
  int low = 0, high = 0;
  float weight = 0;  ///< of `high`
};

/// Corners aligned: output i lies at i (in - 1) / (out - 1); a single output takes the last input.
std::vector<Tap> tapsFor(int in, int out) {
  std::vector<Tap> taps(static_cast<std::size_t>(out));
  for (int i = 0; i < out; ++i) {
    Tap& tap = taps[static_cast<std::size_t>(i)];
    if (i == out - 1) {
      tap = {in - 1, in - 1, 0};
      continue;
    }
    const double position = static_cast<double>(i) * (in - 1) / (out - 1);
    tap.low = std::min(static_cast<int>(position), in - 1);
    tap.high = std::min(tap.low + 1, in - 1);
    tap.weight = static_cast<float>(position - tap.low);
  }
  return taps;
}

/// Two rows blended: the loop the compiler turns into vector code.
template <typename T>
void blendRows(const T* low, const T* high, float weight, std::size_t count, float* out) {
  const float rest = 1 - weight;
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = rest * static_cast<float>(low[i]) + weight * static_cast<float>(high[i]);
  }
}

}  // namespace

Placement placementFor(int imageWidth, int imageHeight, int width, int height, ResizeRule rule) {
  Placement p{width, height, width, height, 0, 0};
  if (rule == ResizeRule::Plain) return p;
  // w / imageWidth < h / imageHeight without dividing.
  if (std::int64_t(width) * imageHeight < std::int64_t(height) * imageWidth) {
    p.innerHeight = static_cast<int>(std::int64_t(imageHeight) * width / imageWidth);
  } else {
    p.innerWidth = static_cast<int>(std::int64_t(imageWidth) * height / imageHeight);
  }
  p.offsetX = (width - p.innerWidth) / 2;
  p.offsetY = (height - p.innerHeight) / 2;
  return p;
}

void resizePlanar(std::span<const float> input, int channels, int width, int height,
                  std::span<float> output, int outWidth, int outHeight) {
  const auto inPlane = static_cast<std::size_t>(width) * height;
  const auto outPlane = static_cast<std::size_t>(outWidth) * outHeight;
  if (input.size() < inPlane * channels || output.size() < outPlane * channels) {
    throw Error("resize: a buffer is smaller than its shape");
  }
  const std::vector<Tap> columns = tapsFor(width, outWidth);
  const std::vector<Tap> rows = tapsFor(height, outHeight);
  std::vector<float> line(static_cast<std::size_t>(width));
  for (int c = 0; c < channels; ++c) {
    const float* plane = input.data() + inPlane * c;
    float* out = output.data() + outPlane * c;
    for (const Tap& row : rows) {
      blendRows(plane + static_cast<std::size_t>(row.low) * width,
                plane + static_cast<std::size_t>(row.high) * width, row.weight, line.size(),
                line.data());
      for (const Tap& tap : columns) {
        *out++ = (1 - tap.weight) * line[static_cast<std::size_t>(tap.low)] +
                 tap.weight * line[static_cast<std::size_t>(tap.high)];
      }
    }
  }
}

void toNetworkInput(const Image& image, ResizeRule rule, int width, int height,
                    std::span<float> output) {
  const auto plane = static_cast<std::size_t>(width) * height;
  if (image.empty() || output.size() < 3 * plane) {
    throw Error("network input: an empty picture or a buffer smaller than its shape");
  }
  const Placement p = placementFor(image.width, image.height, width, height, rule);
  if (p.innerWidth < width || p.innerHeight < height) {
    std::fill_n(output.begin(), 3 * plane, 0.5f);
  }
  if (p.innerWidth < 1 || p.innerHeight < 1) return;
  std::vector<Tap> columns = tapsFor(image.width, p.innerWidth);
  for (Tap& tap : columns) {
    tap.low *= 3;
    tap.high *= 3;
  }
  const std::vector<Tap> rows = tapsFor(image.height, p.innerHeight);
  const auto lineSize = static_cast<std::size_t>(3) * image.width;
  std::vector<float> line(lineSize);
  constexpr float kScale = 1.0f / 255.0f;
  float* const red = output.data();
  for (int y = 0; y < p.innerHeight; ++y) {
    const Tap& row = rows[static_cast<std::size_t>(y)];
    blendRows(image.at(0, row.low), image.at(0, row.high), row.weight, lineSize, line.data());
    float* r = red + static_cast<std::size_t>(y + p.offsetY) * width + p.offsetX;
    float* g = r + plane;
    float* b = g + plane;
    for (const Tap& tap : columns) {
      const float* low = line.data() + tap.low;
      const float* high = line.data() + tap.high;
      const float weight = tap.weight * kScale;
      const float rest = kScale - weight;
      *r++ = rest * low[0] + weight * high[0];
      *g++ = rest * low[1] + weight * high[1];
      *b++ = rest * low[2] + weight * high[2];
    }
  }
}

Rect toImagePixels(const Rect& fractions, const Placement& p, int imageWidth, int imageHeight) {
  // Spec section 9 halves the border without rounding, also where the picture lies on whole pixels.
  const double left = (p.width - p.innerWidth) / 2.0;
  const double top = (p.height - p.innerHeight) / 2.0;
  const double scaleX = p.innerWidth > 0 ? static_cast<double>(imageWidth) / p.innerWidth : 0;
  const double scaleY = p.innerHeight > 0 ? static_cast<double>(imageHeight) / p.innerHeight : 0;
  return {(fractions.left * p.width - left) * scaleX, (fractions.top * p.height - top) * scaleY,
          (fractions.right * p.width - left) * scaleX,
          (fractions.bottom * p.height - top) * scaleY};
}

}  // namespace boxwright
