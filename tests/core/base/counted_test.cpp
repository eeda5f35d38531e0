// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/counted.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace boxwright {
namespace {

TEST(Counted, OneIsOneAndThousandsAreSetApart) {
  EXPECT_EQ(counted(0, "box", "boxes"), "0 boxes");
  EXPECT_EQ(counted(1, "box", "boxes"), "1 box");
  EXPECT_EQ(counted(999, "box", "boxes"), "999 boxes");
  EXPECT_EQ(counted(1000, "box", "boxes"), "1,000 boxes");
  EXPECT_EQ(counted(1234567, "box is", "boxes are"), "1,234,567 boxes are");
}

TEST(Counted, MegabytesAreMillionsRoundedUp) {
  EXPECT_EQ(megabytes(0), "0 MB");
  EXPECT_EQ(megabytes(1), "1 MB");
  EXPECT_EQ(megabytes(1000000), "1 MB");
  EXPECT_EQ(megabytes(1000001), "2 MB");
  EXPECT_EQ(megabytes(SIZE_MAX), "18446744073710 MB");
}

}  // namespace
}  // namespace boxwright
