// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/error.h"
#include "core/image/resize.h"

namespace boxwright {
namespace {

/// The weights of the inputs that make one output pixel: `count` from `first`, at `weights[at]`.
struct Window {
  int first = 0, count = 0;
  std::size_t at = 0;
};

struct Windows {
  std::vector<Window> outputs;
  std::vector<float> weights;
};

/// Down: each input by the share of the output pixel it covers. Up: bilinear between pixel centres.
Windows windowsFor(int in, int out) {
  Windows w;
  const double step = static_cast<double>(in) / out;
  for (int i = 0; i < out; ++i) {
    Window window;
    window.at = w.weights.size();
    if (step > 1) {
      const double from = i * step;
      const double to = std::min<double>(in, (i + 1) * step);
      window.first = std::min(static_cast<int>(from), in - 1);
      const int last = std::clamp(static_cast<int>(std::ceil(to)) - 1, window.first, in - 1);
      double sum = 0;
      for (int k = window.first; k <= last; ++k) {
        sum += std::min<double>(to, k + 1) - std::max<double>(from, k);
      }
      for (int k = window.first; k <= last; ++k) {
        const double share = std::min<double>(to, k + 1) - std::max<double>(from, k);
        w.weights.push_back(static_cast<float>(share / sum));
      }
    } else {
      const double position = std::clamp((i + 0.5) * step - 0.5, 0.0, in - 1.0);
      window.first = std::min(static_cast<int>(position), in - 1);
      const double weight = position - window.first;
      w.weights.push_back(static_cast<float>(1 - weight));
      if (weight > 0) w.weights.push_back(static_cast<float>(weight));
    }
    window.count = static_cast<int>(w.weights.size() - window.at);
    w.outputs.push_back(window);
  }
  return w;
}

}  // namespace

Image scaled(const Image& image, int width, int height) {
  if (image.empty() || width < 1 || height < 1) {
    throw Error("a picture cannot be scaled from or to nothing");
  }
  if (width == image.width && height == image.height) return image;
  const Windows columns = windowsFor(image.width, width);
  const Windows rows = windowsFor(image.height, height);
  Image out(width, height);
  std::vector<float> sums(static_cast<std::size_t>(3) * image.width);
  for (int y = 0; y < height; ++y) {
    const Window& row = rows.outputs[static_cast<std::size_t>(y)];
    std::fill(sums.begin(), sums.end(), 0.0f);
    for (int k = 0; k < row.count; ++k) {
      const float weight = rows.weights[row.at + static_cast<std::size_t>(k)];
      const std::uint8_t* from = image.at(0, row.first + k);
      for (std::size_t i = 0; i < sums.size(); ++i)
        sums[i] += weight * from[i];
    }
    std::uint8_t* to = out.at(0, y);
    for (const Window& column : columns.outputs) {
      float rgb[3] = {0.5f, 0.5f, 0.5f};
      const float* from = sums.data() + static_cast<std::size_t>(3) * column.first;
      for (int k = 0; k < column.count; ++k, from += 3) {
        const float weight = columns.weights[column.at + static_cast<std::size_t>(k)];
        for (int c = 0; c < 3; ++c)
          rgb[c] += weight * from[c];
      }
      for (const float value : rgb) {
        *to++ = static_cast<std::uint8_t>(std::clamp(value, 0.0f, 255.0f));
      }
    }
  }
  return out;
}

}  // namespace boxwright
