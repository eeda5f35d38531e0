// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/mixed_epoch.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace boxwright {
namespace {

/// So many pictures with a box, and behind them so many of which the class alone is known.
std::vector<LoaderPicture> pictures(int boxed, int whole) {
  std::vector<LoaderPicture> list;
  for (int i = 0; i < boxed; ++i)
    list.push_back({{}, {}, {{{.5, .5, .1, .1}, 0}}});
  for (int i = 0; i < whole; ++i)
    list.push_back({{}, {}, {{{}, 0, -1, true}}});
  return list;
}

/// How many of an epoch have boxes, and how many have not; each picture must be among them.
std::pair<std::size_t, std::size_t> counts(int boxed, int whole, double mix) {
  const std::vector<std::uint32_t> epoch = mixedEpoch(pictures(boxed, whole), mix);
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(boxed + whole) && !epoch.empty(); ++i)
    EXPECT_NE(std::find(epoch.begin(), epoch.end(), i), epoch.end()) << i;
  const auto first = std::count_if(epoch.begin(), epoch.end(), [&](std::uint32_t i) {
    return i < static_cast<std::uint32_t>(boxed);
  });
  return {static_cast<std::size_t>(first), epoch.size() - static_cast<std::size_t>(first)};
}

TEST(MixedEpoch, KeepsThePapersRatioUnlessAskedForAnother) {
  using Pair = std::pair<std::size_t, std::size_t>;
  EXPECT_EQ(counts(10, 200, 0), Pair(50, 200)) << "4 to 1 at most";
  EXPECT_EQ(counts(10, 30, 0), Pair(0, 0)) << "as they are";
  EXPECT_EQ(counts(10, 30, 4), Pair(10, 40));
  EXPECT_EQ(counts(10, 30, 1), Pair(30, 30));
  EXPECT_EQ(counts(10, 30, .5), Pair(60, 30));
  EXPECT_EQ(counts(10, 0, 4), Pair(0, 0));
  EXPECT_EQ(counts(0, 10, 4), Pair(0, 0));
  EXPECT_EQ(counts(7, 10, 1), Pair(10, 10)) << "no whole rounds";
}

}  // namespace
}  // namespace boxwright
