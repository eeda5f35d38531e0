// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/geometry/conversion.h"

#include <gtest/gtest.h>

#include "core/base/random.h"

namespace boxwright {
namespace {

TEST(Conversion, VocCornersAreOneBasedAndInclusive) {
  EXPECT_EQ(rectFromVoc(1, 1, 500, 375), (Rect{0, 0, 500, 375}));
  EXPECT_EQ(rectFromVoc(1, 1, 1, 1), (Rect{0, 0, 1, 1}));
  EXPECT_EQ(vocFromRect(Rect{0, 0, 1, 1}), (Rect{1, 1, 1, 1}));
}

TEST(Conversion, GoesThereAndBack) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    RandomStream random(1, "conversion", 0, i);
    const double left = random.uniform(0, 600);
    const double top = random.uniform(0, 400);
    const Rect rect{left, top, left + random.uniform(0.1, 100), top + random.uniform(0.1, 100)};
    const Rect voc = vocFromRect(rect);
    const Rect back = rectFromVoc(voc.left, voc.top, voc.right, voc.bottom);
    const CentreBox f = fractionsFromRect(rect, 640, 480);
    const Rect again = rectFromFractions(f.x, f.y, f.w, f.h, 640, 480);
    const Rect centred = rectFromCentre(centreBox(rect));
    for (const Rect& r : {back, again, centred}) {
      EXPECT_NEAR(r.left, rect.left, 1e-9);
      EXPECT_NEAR(r.top, rect.top, 1e-9);
      EXPECT_NEAR(r.right, rect.right, 1e-9);
      EXPECT_NEAR(r.bottom, rect.bottom, 1e-9);
    }
  }
}

TEST(Conversion, LengthsGiveTheOtherEdge) {
  RandomStream random(1, "lengths");
  int off = 0;
  for (int i = 0; i < 10000; ++i) {
    const double low = random.uniform(0, 500), high = low + random.uniform(0.5, 4000);
    const double again = low + lengthBetween(low, high);
    EXPECT_NEAR(again, high, 1e-12);
    off += again != high;
  }
  EXPECT_LT(off, 2000) << "to the last bit as a rule";
}

TEST(Conversion, FractionsAreOfWidthAndHeight) {
  const CentreBox f = fractionsFromRect({0, 0, 320, 480}, 640, 480);
  EXPECT_EQ(f, (CentreBox{0.25, 0.5, 0.5, 1}));
}

}  // namespace
}  // namespace boxwright
