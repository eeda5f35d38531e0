// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/augment.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/geometry/conversion.h"
#include "core/image/resize.h"
#include "core/train/vary_colour.h"

namespace boxwright {
namespace {

void drawCrop(AugmentDraw& d, double jitter, int imageWidth, int imageHeight,
              RandomStream& random) {
  const double dw = static_cast<int>(jitter * imageWidth);
  const double dh = static_cast<int>(jitter * imageHeight);
  const int left = static_cast<int>(random.uniform(-dw, dw));
  const int right = static_cast<int>(random.uniform(-dw, dw));
  const int top = static_cast<int>(random.uniform(-dh, dh));
  const int bottom = static_cast<int>(random.uniform(-dh, dh));
  const int width = std::max(1, imageWidth - left - right);
  const int height = std::max(1, imageHeight - top - bottom);
  d.sourceX = left;
  d.sourceY = top;
  d.stepX = d.width > 1 ? double(width - 1) / (d.width - 1) : 0;
  d.stepY = d.height > 1 ? double(height - 1) / (d.height - 1) : 0;
  if (d.width == 1) d.sourceX = left + width - 1;
  if (d.height == 1) d.sourceY = top + height - 1;
  d.right = d.width;
  d.bottom = d.height;
  d.replicate = true;
  d.scaleX = double(imageWidth) / width;
  d.shiftX = -double(left) / width;
  d.scaleY = double(imageHeight) / height;
  d.shiftY = -double(top) / height;
}

void placeLetterbox(AugmentDraw& d, double innerWidth, double innerHeight, double dx, double dy,
                    int imageWidth, int imageHeight) {
  d.left = static_cast<int>(dx);
  d.top = static_cast<int>(dy);
  d.right = std::min(d.width, d.left + static_cast<int>(innerWidth));
  d.bottom = std::min(d.height, d.top + static_cast<int>(innerHeight));
  d.stepX = imageWidth / static_cast<double>(static_cast<int>(innerWidth));
  d.stepY = imageHeight / static_cast<double>(static_cast<int>(innerHeight));
  d.sourceX = -d.left * d.stepX;
  d.sourceY = -d.top * d.stepY;
  d.replicate = false;
  d.scaleX = innerWidth / d.width;
  d.shiftX = dx / d.width;
  d.scaleY = innerHeight / d.height;
  d.shiftY = dy / d.height;
}

void drawLetterbox(AugmentDraw& d, double jitter, int imageWidth, int imageHeight,
                   RandomStream& random) {
  const double jw = jitter * imageWidth, jh = jitter * imageHeight;
  const double wide = imageWidth + random.uniform(-jw, jw);
  const double high = imageHeight + random.uniform(-jh, jh);
  const double aspect = wide / high;
  double innerWidth = d.width, innerHeight = d.height;
  if (aspect < 1)
    innerWidth = std::clamp(d.height * aspect, 1.0, double(d.width));
  else
    innerHeight = std::clamp(d.width / aspect, 1.0, double(d.height));
  const double dx = random.uniform(0, d.width - innerWidth);
  const double dy = random.uniform(0, d.height - innerHeight);
  placeLetterbox(d, innerWidth, innerHeight, dx, dy, imageWidth, imageHeight);
}

/// Which two source columns (or rows) an output column shows, and how much of each; `ground` is
/// grey that shows through where the picture does not lie.
struct Tap {
  int first = 0, second = 0;
  float firstWeight = 0, secondWeight = 0;
  float ground = 0;
};

std::vector<Tap> taps(int count, double source, double step, int begin, int end, int limit,
                      bool replicate, bool mirror) {
  std::vector<Tap> table(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    Tap& tap = table[static_cast<std::size_t>(mirror ? count - 1 - i : i)];
    if (i < begin || i >= end) {
      tap.ground = 1;
      continue;
    }
    const double at = source + i * step;
    const int low = static_cast<int>(std::floor(at));
    const float share = static_cast<float>(at - low);
    tap.first = std::clamp(low, 0, limit - 1);
    tap.second = std::clamp(low + 1, 0, limit - 1);
    tap.firstWeight = replicate || (low >= 0 && low < limit) ? 1 - share : 0;
    tap.secondWeight = replicate || (low + 1 >= 0 && low + 1 < limit) ? share : 0;
  }
  return table;
}

/// One source row, interpolated at every output column, planar.
void interpolateRow(const std::uint8_t* pixels, std::span<const Tap> columns, float* row) {
  const std::size_t width = columns.size();
  constexpr float kScale = 1.0F / 255;
  for (std::size_t x = 0; x < width; ++x) {
    const Tap& tap = columns[x];
    const std::uint8_t* a = pixels + 3 * static_cast<std::size_t>(tap.first);
    const std::uint8_t* b = pixels + 3 * static_cast<std::size_t>(tap.second);
    const float wa = tap.firstWeight * kScale, wb = tap.secondWeight * kScale;
    row[x] = wa * a[0] + wb * b[0];
    row[width + x] = wa * a[1] + wb * b[1];
    row[2 * width + x] = wa * a[2] + wb * b[2];
  }
}

/// Columns and rows exchanged in place, a square plane.
void transposePlane(float* plane, std::size_t side) {
  for (std::size_t y = 0; y < side; ++y)
    for (std::size_t x = y + 1; x < side; ++x)
      std::swap(plane[y * side + x], plane[x * side + y]);
}

}  // namespace

AugmentDraw drawAugment(const AugmentSettings& settings, int imageWidth, int imageHeight, int width,
                        int height, RandomStream& random) {
  AugmentDraw d;
  d.width = width;
  d.height = height;
  if (settings.rule == CropRule::Crop)
    drawCrop(d, settings.jitter, imageWidth, imageHeight, random);
  else
    drawLetterbox(d, settings.jitter, imageWidth, imageHeight, random);
  // Always the same number of draws, so that one setting does not shift the next one's numbers.
  d.mirrorX = random.uniform() < 0.5 && settings.horizontalFlip;
  d.mirrorY = random.uniform() < 0.5 && settings.verticalFlip;
  d.transpose = random.uniform() < 0.5 && settings.transpose && width == height;
  d.hue = random.uniform(-settings.hue, settings.hue);
  d.saturation = randomScale(settings.saturation, random);
  d.exposure = randomScale(settings.exposure, random);
  return d;
}

AugmentDraw plainDraw(CropRule rule, int imageWidth, int imageHeight, int width, int height) {
  AugmentDraw d;
  d.width = width;
  d.height = height;
  d.right = width;
  d.bottom = height;
  if (rule == CropRule::Crop) {
    d.stepX = width > 1 ? double(imageWidth - 1) / (width - 1) : 0;
    d.stepY = height > 1 ? double(imageHeight - 1) / (height - 1) : 0;
    if (width == 1) d.sourceX = imageWidth - 1;
    if (height == 1) d.sourceY = imageHeight - 1;
    return d;
  }
  // The test rule of spec 8: corners aligned within the inner rectangle, integer sizes.
  const Placement place =
      placementFor(imageWidth, imageHeight, width, height, ResizeRule::Letterbox);
  const int innerWidth = place.innerWidth, innerHeight = place.innerHeight;
  d.left = place.offsetX;
  d.top = place.offsetY;
  d.right = d.left + innerWidth;
  d.bottom = d.top + innerHeight;
  d.stepX = innerWidth > 1 ? double(imageWidth - 1) / (innerWidth - 1) : 0;
  d.stepY = innerHeight > 1 ? double(imageHeight - 1) / (innerHeight - 1) : 0;
  d.sourceX = innerWidth > 1 ? -d.left * d.stepX : imageWidth - 1;
  d.sourceY = innerHeight > 1 ? -d.top * d.stepY : imageHeight - 1;
  d.scaleX = double(innerWidth) / width;
  d.shiftX = double(d.left) / width;
  d.scaleY = double(innerHeight) / height;
  d.shiftY = double(d.top) / height;
  return d;
}

void renderAugmented(const Image& image, const AugmentDraw& d, std::span<float> output) {
  const auto width = static_cast<std::size_t>(d.width);
  const auto height = static_cast<std::size_t>(d.height);
  const std::vector<Tap> columns =
      taps(d.width, d.sourceX, d.stepX, d.left, d.right, image.width, d.replicate, d.mirrorX);
  const std::vector<Tap> rows =
      taps(d.height, d.sourceY, d.stepY, d.top, d.bottom, image.height, d.replicate, d.mirrorY);
  const bool colour = d.hue != 0 || d.saturation != 1 || d.exposure != 1;
  const float hueSextants = static_cast<float>(d.hue * 6);

  // The two source rows in use; the next output row mostly needs one of them again.
  std::vector<float> cache[2] = {std::vector<float>(3 * width), std::vector<float>(3 * width)};
  int cached[2] = {-1, -1};
  const auto sourceRow = [&](int y, int keep) {
    for (int slot = 0; slot < 2; ++slot)
      if (cached[slot] == y) return slot;
    const int slot = keep == 0 ? 1 : 0;
    interpolateRow(image.at(0, y), columns, cache[slot].data());
    cached[slot] = y;
    return slot;
  };

  for (std::size_t y = 0; y < height; ++y) {
    const Tap& tap = rows[y];
    float* planes[3];
    for (std::size_t c = 0; c < 3; ++c)
      planes[c] = output.data() + (c * height + y) * width;
    if (tap.ground > 0) {
      for (float* plane : planes)
        std::fill(plane, plane + width, 0.5F);
    } else {
      // Whichever of the two rows is there already must survive the making of the other.
      const bool secondThere = cached[0] == tap.second || cached[1] == tap.second;
      int first = 0, second = 0;
      if (secondThere) {
        second = sourceRow(tap.second, -1);
        first = sourceRow(tap.first, second);
      } else {
        first = sourceRow(tap.first, -1);
        second = sourceRow(tap.second, first);
      }
      const float wa = tap.firstWeight, wb = tap.secondWeight;
      for (std::size_t c = 0; c < 3; ++c) {
        const float* a = cache[first].data() + c * width;
        const float* b = cache[second].data() + c * width;
        float* out = planes[c];
        for (std::size_t x = 0; x < width; ++x)
          out[x] = wa * a[x] + wb * b[x];
      }
      if (d.left > 0 || d.right < d.width)
        for (std::size_t x = 0; x < width; ++x)
          if (columns[x].ground > 0)
            for (float* plane : planes)
              plane[x] = 0.5F;
    }
    if (colour)
      varyColour(planes[0], planes[1], planes[2], width, hueSextants,
                 static_cast<float>(d.saturation), static_cast<float>(d.exposure));
  }
  if (d.transpose && width == height)
    for (std::size_t c = 0; c < 3; ++c)
      transposePlane(output.data() + c * width * height, width);
}

std::vector<Truth> transformTruths(std::span<const Truth> truths, const AugmentDraw& d,
                                   double smallest, RandomStream& random) {
  std::vector<Truth> shown;
  shown.reserve(truths.size());
  for (const Truth& truth : truths) {
    if (truth.classOnly) {  // wherever it is
      shown.push_back(truth);
      continue;
    }
    Rect r = rectFromCentre(truth.box);
    r = {r.left * d.scaleX + d.shiftX, r.top * d.scaleY + d.shiftY, r.right * d.scaleX + d.shiftX,
         r.bottom * d.scaleY + d.shiftY};
    if (d.mirrorX) r = {1 - r.right, r.top, 1 - r.left, r.bottom};
    if (d.mirrorY) r = {r.left, 1 - r.bottom, r.right, 1 - r.top};
    if (d.transpose) r = {r.top, r.left, r.bottom, r.right};
    r = {std::clamp(r.left, 0.0, 1.0), std::clamp(r.top, 0.0, 1.0), std::clamp(r.right, 0.0, 1.0),
         std::clamp(r.bottom, 0.0, 1.0)};
    if (r.width() < smallest || r.height() < smallest || r.area() <= 0) continue;
    shown.push_back({centreBox(r), truth.classId, truth.source});
  }
  for (std::size_t i = shown.size(); i > 1; --i)
    std::swap(shown[i - 1], shown[random.index(i)]);
  return shown;
}

}  // namespace boxwright
