// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/iou.h"

#include <gtest/gtest.h>

#include "core/base/random.h"
#include "core/geometry/conversion.h"

namespace boxwright {
namespace {

TEST(Iou, OfKnownPairs) {
  const Rect a{0, 0, 10, 10};
  EXPECT_EQ(iou(a, a), 1);
  EXPECT_EQ(iou(a, {10, 0, 20, 10}), 0);  // they touch
  EXPECT_EQ(iou(a, {20, 20, 30, 30}), 0);
  EXPECT_EQ(iou(a, {0, 0, 5, 5}), 0.25);
  EXPECT_DOUBLE_EQ(iou(a, {5, 0, 15, 10}), 1.0 / 3);
  EXPECT_EQ(iou({1, 1, 1, 1}, {1, 1, 1, 1}), 0);  // 0/0
  EXPECT_EQ(iou({1, 1, 1, 5}, a), 0);
}

TEST(Iou, IsSymmetricAndWithinItsBoundsAndCountsPixels) {
  for (std::uint64_t i = 0; i < 100; ++i) {
    RandomStream random(2, "iou", 0, i);
    const auto rect = [&] {
      const double left = static_cast<double>(random.index(20));
      const double top = static_cast<double>(random.index(20));
      return Rect{left, top, left + 1 + static_cast<double>(random.index(20)),
                  top + 1 + static_cast<double>(random.index(20))};
    };
    const Rect a = rect();
    const Rect b = rect();
    EXPECT_EQ(iou(a, b), iou(b, a));
    int both = 0, any = 0;
    for (int y = 0; y < 40; ++y) {
      for (int x = 0; x < 40; ++x) {
        const auto in = [&](const Rect& r) {
          return x >= r.left && x < r.right && y >= r.top && y < r.bottom;
        };
        both += in(a) && in(b);
        any += in(a) || in(b);
      }
    }
    EXPECT_NEAR(iou(a, b), static_cast<double>(both) / any, 1e-12);
  }
}

TEST(Iou, OfSizesIsThatOfBoxesOnOneCentre) {
  for (std::uint64_t i = 0; i < 100; ++i) {
    RandomStream random(3, "iou", 0, i);
    const Size a{random.uniform(0.1, 9), random.uniform(0.1, 9)};
    const Size b{random.uniform(0.1, 9), random.uniform(0.1, 9)};
    const double wanted =
        iou(rectFromCentre({5, 5, a.width, a.height}), rectFromCentre({5, 5, b.width, b.height}));
    EXPECT_NEAR(sizeIou(a, b), wanted, 1e-12);
    // Scaling an axis changes nothing (spec section 10).
    EXPECT_NEAR(sizeIou({a.width * 7, a.height}, {b.width * 7, b.height}), wanted, 1e-12);
  }
  EXPECT_EQ(sizeIou({0, 0}, {0, 0}), 0);
}

}  // namespace
}  // namespace boxwright
