// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/image/class_colours.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace boxwright {
namespace {

TEST(ClassColours, AreTheSameEveryTimeAndApartForTheFirstTwenty) {
  for (int a = 0; a < 20; ++a) {
    EXPECT_EQ(classColour(a), classColour(a));
    for (int b = 0; b < a; ++b) {
      const Colour x = classColour(a);
      const Colour y = classColour(b);
      const int apart =
          std::abs(x.red - y.red) + std::abs(x.green - y.green) + std::abs(x.blue - y.blue);
      EXPECT_GE(apart, 24) << a << " and " << b;
    }
  }
}

TEST(ClassColours, GiveTextThatCanBeRead) {
  const Colour black{0, 0, 0};
  const Colour white{255, 255, 255};
  EXPECT_EQ(textColourOn(white), black);
  EXPECT_EQ(textColourOn(black), white);
  for (int id = -1; id < 200; ++id) {
    const Colour text = textColourOn(classColour(id));
    EXPECT_TRUE(text == black || text == white);
  }
}

}  // namespace
}  // namespace boxwright
