// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/augment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "core/geometry/conversion.h"
#include "core/image/resize.h"
#include "core/train/vary_colour.h"

namespace boxwright {
namespace {

Image noise(int width, int height, std::uint64_t seed) {
  Image image(width, height);
  RandomStream random(seed, "noise");
  for (auto& value : image.pixels)
    value = static_cast<std::uint8_t>(random.index(256));
  return image;
}

/// Black with a white rectangle of whole pixels.
Image marked(int width, int height, int left, int top, int right, int bottom) {
  Image image(width, height);
  for (int y = top; y < bottom; ++y)
    for (int x = left; x < right; ++x)
      std::fill_n(image.at(x, y), 3, std::uint8_t(255));
  return image;
}

std::vector<float> render(const Image& image, const AugmentDraw& draw) {
  std::vector<float> out(static_cast<std::size_t>(3) * draw.width * draw.height, -1.0F);
  renderAugmented(image, draw, out);
  return out;
}

TEST(Augment, NothingVariedIsWhatDetectorsSee) {
  for (const auto& [width, height] : {std::pair{97, 61}, std::pair{40, 90}, std::pair{64, 64},
                                      std::pair{200, 1}, std::pair{1, 150}}) {
    const Image image = noise(width, height, 3);
    for (const bool letterbox : {false, true}) {
      std::vector<float> expected(3 * 96 * 64);
      toNetworkInput(image, letterbox ? ResizeRule::Letterbox : ResizeRule::Plain, 96, 64,
                     expected);
      const std::vector<float> got = render(
          image,
          plainDraw(letterbox ? CropRule::Letterbox : CropRule::Crop, width, height, 96, 64));
      for (std::size_t i = 0; i < got.size(); ++i)
        ASSERT_NEAR(got[i], expected[i], 2e-6) << width << "x" << height << " " << letterbox;
    }
  }
}

/// The rectangle that is bright in the first plane, by the crossings of one half.
Rect brightRect(const std::vector<float>& plane, int width, int height) {
  std::vector<double> columns(width, 0), rows(height, 0);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      columns[x] = std::max(columns[x], double(plane[std::size_t(y) * width + x]));
      rows[y] = std::max(rows[y], double(plane[std::size_t(y) * width + x]));
    }
  const auto first = [](const std::vector<double>& v) {
    return std::find_if(v.begin(), v.end(), [](double x) { return x > 0.75; }) - v.begin();
  };
  const auto last = [&](std::vector<double> v) {
    std::reverse(v.begin(), v.end());
    return std::ptrdiff_t(v.size()) - first(v);
  };
  return {double(first(columns)), double(first(rows)), double(last(columns)), double(last(rows))};
}

class BoxFollowsPixels : public ::testing::TestWithParam<CropRule> {};

TEST_P(BoxFollowsPixels, UnderEveryDraw) {
  const int imageWidth = 200, imageHeight = 120;
  const Rect object{60, 30, 130, 80};
  Image image = marked(imageWidth, imageHeight, 60, 30, 130, 80);
  AugmentSettings settings;
  settings.rule = GetParam();
  settings.jitter = 0.3;
  settings.verticalFlip = true;
  settings.transpose = true;
  settings.hue = 0;  // colour must not move the edges
  settings.saturation = 1;
  settings.exposure = 1;
  const std::vector<Truth> truth{{fractionsFromRect(object, imageWidth, imageHeight), 2}};
  int mirroredX = 0, mirroredY = 0, transposed = 0;
  for (int i = 0; i < 200; ++i) {
    RandomStream random(11, "augment", 0, static_cast<std::uint64_t>(i));
    const AugmentDraw draw = drawAugment(settings, imageWidth, imageHeight, 160, 160, random);
    mirroredX += draw.mirrorX;
    mirroredY += draw.mirrorY;
    transposed += draw.transpose;
    const std::vector<float> out = render(image, draw);
    const std::vector<Truth> shown = transformTruths(truth, draw, 0.001, random);
    ASSERT_EQ(shown.size(), 1U);
    EXPECT_EQ(shown[0].classId, 2);
    const Rect expected = rectFromCentre(shown[0].box);
    const Rect seen = brightRect(out, 160, 160);
    // Bilinear sampling with aligned corners blurs and shifts an edge by up to about a pixel.
    EXPECT_NEAR(expected.left * 160, seen.left, 2.1) << i;
    EXPECT_NEAR(expected.top * 160, seen.top, 2.1) << i;
    EXPECT_NEAR(expected.right * 160, seen.right, 2.1) << i;
    EXPECT_NEAR(expected.bottom * 160, seen.bottom, 2.1) << i;
  }
  for (const int count : {mirroredX, mirroredY, transposed})
    EXPECT_NEAR(count, 100, 35);
}

INSTANTIATE_TEST_SUITE_P(BothRules, BoxFollowsPixels,
                         ::testing::Values(CropRule::Crop, CropRule::Letterbox));

TEST(Augment, CropKeepsWithinItsJitterAndReplicatesEdges) {
  Image image(100, 100);
  for (int y = 0; y < 100; ++y)
    for (int x = 0; x < 100; ++x)
      std::fill_n(image.at(x, y), 3, std::uint8_t(x < 50 ? 51 : 204));
  AugmentSettings settings;
  settings.jitter = 0.2;
  settings.horizontalFlip = false;
  settings.hue = 0;
  settings.saturation = settings.exposure = 1;
  double widest = 0, narrowest = 9;
  for (int i = 0; i < 300; ++i) {
    RandomStream random(5, "augment", 1, static_cast<std::uint64_t>(i));
    const AugmentDraw draw = drawAugment(settings, 100, 100, 32, 32, random);
    widest = std::max(widest, draw.scaleX);
    narrowest = std::min(narrowest, draw.scaleX);
    const std::vector<float> out = render(image, draw);
    // Outside the picture there is its edge: never black or grey.
    EXPECT_NEAR(out[0], 0.2, 1e-5);
    EXPECT_NEAR(out[31], 0.8, 1e-5);
  }
  EXPECT_LE(widest, 1 / 0.6 + 1e-9);
  EXPECT_GE(narrowest, 1 / 1.4 - 1e-9);
  EXPECT_GT(widest, 1.4);
  EXPECT_LT(narrowest, 0.8);
}

TEST(Augment, LetterboxGroundIsGrey) {
  const Image image = marked(200, 50, 0, 0, 200, 50);
  const std::vector<float> out = render(image, plainDraw(CropRule::Letterbox, 200, 50, 64, 64));
  EXPECT_FLOAT_EQ(out[0], 0.5F);
  EXPECT_FLOAT_EQ(out[32 * 64 + 32], 1.0F);
}

TEST(Augment, ColoursFollowTheHsvModel) {
  // One pixel a colour, against the textbook conversion written out.
  const Image image = noise(64, 1, 9);
  AugmentDraw draw = plainDraw(CropRule::Crop, 64, 1, 64, 1);
  draw.hue = 0.07;
  draw.saturation = 1.4;
  draw.exposure = 0.8;
  const std::vector<float> out = render(image, draw);
  for (int i = 0; i < 64; ++i) {
    const double r = image.at(i, 0)[0] / 255.0, g = image.at(i, 0)[1] / 255.0,
                 b = image.at(i, 0)[2] / 255.0;
    const double high = std::max({r, g, b}), low = std::min({r, g, b});
    double h = 0;
    if (high > low) {
      if (high == r)
        h = (g - b) / (high - low);
      else if (high == g)
        h = 2 + (b - r) / (high - low);
      else
        h = 4 + (r - g) / (high - low);
      if (h < 0) h += 6;
    }
    h = std::fmod(h / 6 + 0.07, 1.0) * 6;
    const double s = (high > 0 ? (high - low) / high : 0) * 1.4, v = high * 0.8;
    const int sextant = static_cast<int>(h);
    const double f = h - sextant, p = v * (1 - s), q = v * (1 - s * f), t = v * (1 - s * (1 - f));
    const double rgb[6][3] = {{v, t, p}, {q, v, p}, {p, v, t}, {p, q, v}, {t, p, v}, {v, p, q}};
    for (int c = 0; c < 3; ++c)
      EXPECT_NEAR(out[c * 64 + i], std::clamp(rgb[sextant][c], 0.0, 1.0), 2e-5) << i << " " << c;
  }
}

/// Many pixels are varied at once where the processor can: to the bit as each alone, so that a
/// batch is the same on every machine.
TEST(Augment, ColoursAreTheSameHoweverManyAreVaried) {
  const Image image = noise(1003, 1, 4);
  std::vector<float> planes[3], alone[3];
  for (std::size_t c = 0; c < 3; ++c) {
    for (int x = 0; x < image.width; ++x)
      planes[c].push_back(static_cast<float>(image.at(x, 0)[c]) / 255.0F);
    alone[c] = planes[c];
  }
  varyColour(planes[0].data(), planes[1].data(), planes[2].data(), planes[0].size(), -0.3F, 1.3F,
             0.9F);
  for (std::size_t i = 0; i < alone[0].size(); ++i)
    varyColour(&alone[0][i], &alone[1][i], &alone[2][i], 1, -0.3F, 1.3F, 0.9F);
  for (std::size_t c = 0; c < 3; ++c)
    EXPECT_EQ(planes[c], alone[c]);
}

TEST(Augment, GreyStaysGrey) {
  Image image(8, 8);
  std::fill(image.pixels.begin(), image.pixels.end(), std::uint8_t(102));
  AugmentDraw draw = plainDraw(CropRule::Crop, 8, 8, 8, 8);
  draw.hue = 0.1;
  draw.saturation = 1.5;
  for (const float value : render(image, draw))
    EXPECT_NEAR(value, 0.4, 1e-6);
}

TEST(Augment, BoxesAreClippedAndSmallOnesDropped) {
  AugmentDraw draw = plainDraw(CropRule::Crop, 100, 100, 64, 64);
  draw.scaleX = 2;
  draw.shiftX = -1;  // the right half fills the input
  RandomStream random(1, "test");
  const std::vector<Truth> truths{{{0.5, 0.5, 0.2, 0.2}, 0},      // half of it is cut away
                                  {{0.2, 0.5, 0.2, 0.2}, 1},      // all of it
                                  {{0.5, 0.5, 0.0008, 0.2}, 2}};  // 0.0008 wide remains
  const std::vector<Truth> shown = transformTruths(truths, draw, 0.001, random);
  ASSERT_EQ(shown.size(), 1U);
  EXPECT_EQ(shown[0].classId, 0);
  EXPECT_NEAR(shown[0].box.x, 0.1, 1e-12);
  EXPECT_NEAR(shown[0].box.w, 0.2, 1e-12);
}

TEST(Augment, DrawIsAFunctionOfTheStream) {
  AugmentSettings settings;
  for (int i = 0; i < 20; ++i) {
    RandomStream a(3, "augment", 4, static_cast<std::uint64_t>(i)),
        b(3, "augment", 4, static_cast<std::uint64_t>(i));
    const AugmentDraw one = drawAugment(settings, 640, 480, 416, 416, a);
    const AugmentDraw two = drawAugment(settings, 640, 480, 416, 416, b);
    EXPECT_EQ(one.sourceX, two.sourceX);
    EXPECT_EQ(one.hue, two.hue);
    EXPECT_EQ(one.exposure, two.exposure);
  }
}

}  // namespace
}  // namespace boxwright
