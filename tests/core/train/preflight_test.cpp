// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/preflight.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace boxwright {
namespace {

TEST(Preflight, CountsWhatCannotBeLearned) {
  RegionLayer region;
  region.num = 2;
  region.anchors = {{1, 1}, {4, 4}};
  region.maxTruths = 3;
  region.maxTruthsGiven = true;
  std::vector<LoaderPicture> pictures(3);
  // At side 320 there are 10 x 10 cells: two boxes of one cell and anchor, one of the other anchor,
  // one elsewhere, one of 4 pixels.
  pictures[0].truths = {{{0.51, 0.51, 0.1, 0.1}, 0},
                        {{0.55, 0.55, 0.11, 0.1}, 1},
                        {{0.52, 0.52, 0.4, 0.4}, 0},
                        {{0.21, 0.2, 0.1, 0.1}, 0},
                        {{0.9, 0.9, 0.1, 0.0125}, 0}};
  pictures[1].truths = {{{0.51, 0.51, 0.1, 0.1}, 0}};  // another picture: no conflict
  const Preflight found = inspect(pictures, region, 320, 32);
  EXPECT_EQ(found.pictures, 3U);
  EXPECT_EQ(found.truths, 6U);
  EXPECT_EQ(found.shared, 1U);
  EXPECT_EQ(found.tiny, 1U);
  EXPECT_EQ(found.beyondMax, 2U);
  EXPECT_EQ(found.withoutBoxes, 1U);
  EXPECT_EQ(adviceOf(found, 320).size(), 4U);
  // At twice the side the two boxes lie in cells of their own.
  EXPECT_EQ(inspect(pictures, region, 640, 32).shared, 0U);
}

TEST(Preflight, FindsObjectsThatWereLabelledTwice) {
  RegionLayer region;
  region.num = 1;
  region.anchors = {{1, 1}};
  std::vector<LoaderPicture> pictures(2);
  pictures[0] = {"", "good.jpg", {{{0.5, 0.5, 0.3, 0.3}, 0}, {{0.52, 0.5, 0.3, 0.3}, 0}}};
  pictures[1] = {"", "twice.jpg", {{{0.5, 0.5, 0.3, 0.3}, 0}, {{0.501, 0.5, 0.3, 0.3}, 1}}};
  const Preflight found = inspect(pictures, region, 416, 32);
  EXPECT_EQ(found.repeated, 1U);
  EXPECT_EQ(found.firstRepeated, "twice.jpg");
  const std::vector<std::string> advice = adviceOf(found, 416);
  EXPECT_TRUE(std::any_of(advice.begin(), advice.end(), [](const std::string& line) {
    return line.find("twice.jpg has the first") != std::string::npos;
  }));
}

TEST(Preflight, NothingToSayWhenAllIsWell) {
  RegionLayer region;
  region.num = 1;
  region.anchors = {{1, 1}};
  std::vector<LoaderPicture> pictures(1);
  pictures[0].truths = {{{0.5, 0.5, 0.3, 0.3}, 0}};
  EXPECT_TRUE(adviceOf(inspect(pictures, region, 416, 32), 416).empty());
}

}  // namespace
}  // namespace boxwright
