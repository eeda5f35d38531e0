// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/draw_detections.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>
#include <tuple>

#include "core/image/class_colours.h"

namespace boxwright {
namespace {

Colour colourAt(const Image& image, int x, int y) {
  const std::uint8_t* p = image.at(x, y);
  return {p[0], p[1], p[2]};
}

/// The rectangle in which two pictures differ.
Rect changed(const Image& a, const Image& b) {
  Rect box{double(a.width), double(a.height), 0, 0};
  for (int y = 0; y < a.height; ++y) {
    for (int x = 0; x < a.width; ++x) {
      if (colourAt(a, x, y) == colourAt(b, x, y)) continue;
      box.left = std::min(box.left, double(x));
      box.top = std::min(box.top, double(y));
      box.right = std::max(box.right, double(x + 1));
      box.bottom = std::max(box.bottom, double(y + 1));
    }
  }
  return box;
}

TEST(DrawDetections, PutsTheLineOnTheBoxAndThePlateOutside) {
  const Image ground(200, 160);
  Image image = ground;
  const Detection detection{Rect{60, 70, 120, 130}, 2, 0.5F};
  drawDetections(image, std::span(&detection, 1), {"a", "b", "cell"});
  const Colour colour = classColour(2);
  EXPECT_EQ(colour, colourAt(image, 60, 100));   // left edge: the first pixel inside
  EXPECT_EQ(colour, colourAt(image, 119, 100));  // right edge: the last pixel inside
  EXPECT_EQ(colour, colourAt(image, 90, 129));
  EXPECT_NE(colour, colourAt(image, 58, 100));
  EXPECT_NE(colour, colourAt(image, 121, 100));
  EXPECT_EQ((Colour{0, 0, 0}), colourAt(image, 90, 100)) << "the inside is left alone";
  const Rect touched = changed(ground, image);
  EXPECT_LT(touched.top, 62);  // the plate lies above
  EXPECT_GE(touched.left, 57);
  EXPECT_LE(touched.bottom, 133);
}

TEST(DrawDetections, FindsRoomForThePlateAtEveryEdge) {
  const Image ground(200, 160);
  for (const Rect rect : {Rect{0, 0, 60, 40}, Rect{150, 0, 200, 20}, Rect{0, 0, 200, 160},
                          Rect{180, 140, 200, 160}, Rect{199, 159, 200, 160}}) {
    Image image = ground;
    const Detection detection{rect, 0, 0.99F};
    drawDetections(image, std::span(&detection, 1), {"platelets"});
    const Colour colour = classColour(0);
    int plate = 0;
    for (int y = 0; y < image.height; ++y) {
      for (int x = 0; x < image.width; ++x)
        plate += colourAt(image, x, y) == colour;
    }
    EXPECT_GT(plate, 400) << rect.left << ", " << rect.top;
  }
}

TEST(DrawDetections, TheSurestLiesOnTop) {
  Image image(100, 100);
  const std::array<Detection, 2> both = {Detection{Rect{20, 40, 80, 90}, 1, 0.9F},
                                         Detection{Rect{20, 40, 80, 90}, 0, 0.3F}};
  drawDetections(image, both, {"a", "b"});
  EXPECT_EQ(classColour(1), colourAt(image, 20, 60));
}

TEST(DrawDetections, LinesGrowWithThePicture) {
  const auto widthOfLine = [](int size) {
    Image image(size, size);
    const Detection detection{Rect{0.3 * size, 0.5 * size, 0.6 * size, 0.8 * size}, 5, 0.5F};
    drawDetections(image, std::span(&detection, 1), {});
    int count = 0;
    for (int x = 0; x < size; ++x) {
      count += colourAt(image, x, int(0.65 * size)) == classColour(5);
    }
    return count / 2;
  };
  EXPECT_EQ(1, widthOfLine(300));
  EXPECT_GE(widthOfLine(2000), 4);
}

TEST(DrawDetections, TakesAnythingWithoutHarm) {
  Image nothing;
  const double infinity = std::numeric_limits<double>::infinity();
  const std::array<Detection, 4> odd = {
      Detection{Rect{-50, -50, 900, 900}, -3, 2.0F}, Detection{Rect{5, 5, 5, 5}, 9999, 0.0F},
      Detection{Rect{30, 30, 10, 10}, 1, std::numeric_limits<float>::quiet_NaN()},
      Detection{Rect{-infinity, 0, infinity, 4}, 0, 0.5F}};
  drawDetections(nothing, odd, {});
  Image tiny(1, 1);
  drawDetections(tiny, odd, {"with \xc3\xa9 and \xe2\x82\xac"});
  Image small(40, 30);
  drawDetections(small, odd, {"a very long name that does not fit into the picture at all"});
  EXPECT_NE(Image(40, 30), small);
}

double linear(std::uint8_t value) {
  const double v = value / 255.0;
  return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
}

using Triple = std::array<double, 3>;
using Matrix = std::array<Triple, 3>;

Triple times(const Matrix& m, const Triple& v) {
  Triple result{};
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t column = 0; column < 3; ++column)
      result[row] += m[row][column] * v[column];
  }
  return result;
}

Triple oklab(const Triple& rgb) {
  Triple lms = times({{{0.4122214708, 0.5363325363, 0.0514459929},
                       {0.2119034982, 0.6806995451, 0.1073969566},
                       {0.0883024619, 0.2817188376, 0.6299787005}}},
                     rgb);
  for (double& value : lms)
    value = std::cbrt(std::max(0.0, value));
  return times({{{0.2104542553, 0.7936177850, -0.0040720468},
                 {1.9779984951, -2.4285922050, 0.4505937099},
                 {0.0259040371, 0.7827717662, -0.8086757660}}},
               lms);
}

/// The smallest distance between two of the first `count` class colours, in OKLab, as seen.
double nearestPair(int count, const Matrix& sight) {
  double nearest = 1e9;
  for (int a = 0; a < count; ++a) {
    for (int b = 0; b < a; ++b) {
      double square = 0;
      Triple seen[2];
      const Colour colours[2] = {classColour(a), classColour(b)};
      for (int i = 0; i < 2; ++i) {
        Triple rgb = times(
            sight, {linear(colours[i].red), linear(colours[i].green), linear(colours[i].blue)});
        for (double& value : rgb)
          value = std::clamp(value, 0.0, 1.0);
        seen[i] = oklab(rgb);
      }
      for (std::size_t i = 0; i < 3; ++i)
        square += std::pow(seen[0][i] - seen[1][i], 2);
      nearest = std::min(nearest, std::sqrt(square));
    }
  }
  return nearest;
}

TEST(ClassColours, StayApartUnderColourVisionDeficiencies) {
  // Machado, Oliveira and Fernandes 2009, severity 1: protanopia, deuteranopia, tritanopia.
  const Matrix sights[] = {{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
                           {{{0.152286, 1.052583, -0.204868},
                             {0.114503, 0.786281, 0.099216},
                             {-0.003882, -0.048116, 1.051998}}},
                           {{{0.367322, 0.860646, -0.227968},
                             {0.280085, 0.672501, 0.047413},
                             {-0.011820, 0.042940, 0.968881}}},
                           {{{1.255528, -0.076749, -0.178779},
                             {-0.078411, 0.930809, 0.147602},
                             {0.004733, 0.691367, 0.303900}}}};
  for (const Matrix& sight : sights) {
    EXPECT_GT(nearestPair(6, sight), 0.15);
    EXPECT_GT(nearestPair(10, sight), 0.09);
    EXPECT_GT(nearestPair(20, sight), 0.055);
  }
}

TEST(ClassColours, AreDefinedForEveryIdAndCarryReadableText) {
  std::set<std::tuple<int, int, int>> different;
  for (int id = -1; id < 200; ++id) {
    const Colour colour = classColour(id);
    EXPECT_EQ(colour, classColour(id));
    different.insert({colour.red, colour.green, colour.blue});
    const auto luminance = [](Colour c) {
      return 0.2126 * linear(c.red) + 0.7152 * linear(c.green) + 0.0722 * linear(c.blue);
    };
    const double a = luminance(colour) + 0.05, b = luminance(textColourOn(colour)) + 0.05;
    EXPECT_GT(std::max(a, b) / std::min(a, b), 4.5) << id;
  }
  EXPECT_GT(different.size(), 150U);
}

}  // namespace
}  // namespace boxwright
