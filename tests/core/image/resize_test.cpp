// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/image/resize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/base/random.h"
#include "tests/core/image/picture_files.h"
#include "tests/golden_file.h"

namespace boxwright {
namespace {

Image randomImage(int width, int height) {
  Image image(width, height);
  RandomStream random(5, "resize", static_cast<std::uint64_t>(width),
                      static_cast<std::uint64_t>(height));
  for (std::uint8_t& value : image.pixels)
    value = static_cast<std::uint8_t>(random.index(256));
  return image;
}

TEST(Resize, EqualsTheReference) {
  int cases = 0;
  for (const nlohmann::json& c : goldenCases("resize.json")) {
    const int w = c.at("input_width"), h = c.at("input_height"), channels = c.at("channels");
    const int ow = c.at("out_width"), oh = c.at("out_height");
    const std::vector<double> values = goldenValues(c.at("input"));
    const std::vector<float> input(values.begin(), values.end());
    std::vector<float> output(static_cast<std::size_t>(channels) * ow * oh);
    resizePlanar(input, channels, w, h, output, ow, oh);
    const std::vector<double> wanted = goldenValues(c.at("resized"));
    ASSERT_EQ(wanted.size(), output.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      EXPECT_NEAR(output[i], wanted[i], 2e-6) << c.at("name") << " " << i;
    }

    const Placement p = placementFor(w, h, ow, oh, ResizeRule::Letterbox);
    EXPECT_EQ(p.innerWidth, c.at("embedded_width").get<int>()) << c.at("name");
    EXPECT_EQ(p.innerHeight, c.at("embedded_height").get<int>()) << c.at("name");
    EXPECT_EQ(p.offsetX, c.at("offset_x").get<int>()) << c.at("name");
    EXPECT_EQ(p.offsetY, c.at("offset_y").get<int>()) << c.at("name");
    ++cases;
  }
  EXPECT_EQ(cases, 10);
}

TEST(Resize, LetterboxOfPixelsEqualsTheReferencesLetterbox) {
  // The reference worked on fractions: here they are first rounded to bytes, then compared with the
  // same bytes resized by the proved function.
  for (const nlohmann::json& c : goldenCases("resize.json")) {
    if (c.at("channels") != 3) continue;
    const int w = c.at("input_width"), h = c.at("input_height");
    const int ow = c.at("out_width"), oh = c.at("out_height");
    const std::vector<double> values = goldenValues(c.at("input"));
    Image image(w, h);
    for (int k = 0; k < 3; ++k) {
      for (int y = 0; y < h; ++y) {
        for (int x = 0; x < w; ++x) {
          const double v = values[(static_cast<std::size_t>(k) * h + y) * w + x];
          image.at(x, y)[k] = static_cast<std::uint8_t>(v * 255 + 0.5);
        }
      }
    }
    std::vector<float> output(static_cast<std::size_t>(3) * ow * oh);
    toNetworkInput(image, ResizeRule::Letterbox, ow, oh, output);
    const std::vector<double> letterboxed = goldenValues(c.at("letterboxed"));
    for (std::size_t i = 0; i < output.size(); ++i) {
      EXPECT_NEAR(output[i], letterboxed[i], 0.51 / 255 + 1e-5) << c.at("name") << " " << i;
    }
    toNetworkInput(image, ResizeRule::Plain, ow, oh, output);
    const std::vector<double> resized = goldenValues(c.at("resized"));
    for (std::size_t i = 0; i < output.size(); ++i) {
      EXPECT_NEAR(output[i], resized[i], 0.51 / 255 + 1e-5) << c.at("name") << " " << i;
    }
  }
}

TEST(Resize, NetworkInputEqualsThePlanarResize) {
  for (const auto& [w, h, ow, oh] :
       {std::array{640, 480, 416, 416}, std::array{37, 91, 160, 96}, std::array{1, 1, 32, 32},
        std::array{5, 3, 5, 3}, std::array{1000, 2, 64, 64}, std::array{9, 9, 1, 1}}) {
    const Image image = randomImage(w, h);
    std::vector<float> planes(static_cast<std::size_t>(3) * w * h);
    for (int k = 0; k < 3; ++k) {
      for (int i = 0; i < w * h; ++i) {
        planes[static_cast<std::size_t>(k) * w * h + i] =
            static_cast<float>(image.pixels[static_cast<std::size_t>(3) * i + k]) / 255.0f;
      }
    }
    std::vector<float> wanted(static_cast<std::size_t>(3) * ow * oh);
    resizePlanar(planes, 3, w, h, wanted, ow, oh);
    std::vector<float> output(wanted.size(), -1);
    toNetworkInput(image, ResizeRule::Plain, ow, oh, output);
    for (std::size_t i = 0; i < wanted.size(); ++i)
      ASSERT_NEAR(output[i], wanted[i], 1e-6);
    EXPECT_GE(*std::min_element(output.begin(), output.end()), 0.0f);
    EXPECT_LE(*std::max_element(output.begin(), output.end()), 1.0f + 1e-6f);
  }
}

TEST(Resize, PlacementOfTheSpec) {
  const Placement p = placementFor(500, 375, 416, 416, ResizeRule::Letterbox);
  EXPECT_EQ(p.innerWidth, 416);
  EXPECT_EQ(p.innerHeight, 312);
  EXPECT_EQ(p.offsetY, 52);
  // Spec section 9: (.25, .75, .5, .5) -> (.25, .833333, .5, .666667).
  const Rect r = toImagePixels({0, 0.5, 0.5, 1}, p, 500, 375);
  EXPECT_NEAR(r.centreX() / 500, 0.25, 1e-12);
  EXPECT_NEAR(r.centreY() / 375, 0.8333333333, 1e-9);
  EXPECT_NEAR(r.width() / 500, 0.5, 1e-12);
  EXPECT_NEAR(r.height() / 375, 0.6666666667, 1e-9);
}

TEST(Resize, WholeInputIsTheWholePicture) {
  for (const ResizeRule rule : {ResizeRule::Plain, ResizeRule::Letterbox}) {
    const Placement p = placementFor(640, 480, 416, 416, rule);
    const double left = static_cast<double>(p.offsetX) / p.width;
    const double top = static_cast<double>(p.offsetY) / p.height;
    const Rect whole = toImagePixels({left, top, 1 - left, 1 - top}, p, 640, 480);
    EXPECT_NEAR(whole.left, 0, 1e-9);
    EXPECT_NEAR(whole.top, 0, 1e-9);
    EXPECT_NEAR(whole.right, 640, 1e-9);
    EXPECT_NEAR(whole.bottom, 480, 1e-9);
  }
}

TEST(Resize, RefusesBuffersThatAreTooSmall) {
  std::vector<float> small(10);
  EXPECT_THROW(toNetworkInput(randomImage(4, 4), ResizeRule::Plain, 32, 32, small), Error);
  EXPECT_THROW(toNetworkInput(Image(), ResizeRule::Plain, 1, 1, small), Error);
  EXPECT_THROW(resizePlanar(small, 3, 4, 4, small, 2, 2), Error);
}

TEST(Scaled, KeepsTheMeanAndFlatColours) {
  const Image image = randomImage(301, 207);
  const auto mean = [](const Image& i) {
    double sum = 0;
    for (const std::uint8_t v : i.pixels)
      sum += v;
    return sum / static_cast<double>(i.pixels.size());
  };
  EXPECT_NEAR(mean(scaled(image, 43, 29)), mean(image), 0.6);
  EXPECT_EQ(scaled(image, 301, 207), image);
  Image flat(50, 40);
  std::fill(flat.pixels.begin(), flat.pixels.end(), std::uint8_t(77));
  for (const auto& [w, h] :
       {std::pair(7, 5), std::pair(200, 160), std::pair(1, 1), std::pair(10, 300)}) {
    const Image out = scaled(flat, w, h);
    EXPECT_EQ(out.width, w);
    for (const std::uint8_t v : out.pixels)
      ASSERT_EQ(v, 77);
  }
  EXPECT_THROW(scaled(flat, 0, 5), Error);
}

TEST(Scaled, HalvesByAveragesOfFour) {
  Image image(4, 2);
  for (int i = 0; i < 8; ++i)
    image.pixels[static_cast<std::size_t>(3 * i)] = static_cast<std::uint8_t>(10 * i);
  const Image half = scaled(image, 2, 1);
  EXPECT_EQ(half.at(0, 0)[0], (0 + 10 + 40 + 50) / 4);
  EXPECT_EQ(half.at(1, 0)[0], (20 + 30 + 60 + 70) / 4);
}

}  // namespace
}  // namespace boxwright
