// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/loss_watch.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "core/base/random.h"

namespace boxwright {
namespace {

/// The update (counted from 1) at which it calls the losses diverged; 0: never.
int divergedAt(int updates, const std::function<double(int)>& loss) {
  LossWatch watch;
  for (int i = 1; i <= updates; ++i)
    if (watch.diverged(loss(i))) return i;
  return 0;
}

double noise(int i) {
  return RandomStream(3, "loss", 0, static_cast<std::uint64_t>(i)).uniform(0.6, 1.7);
}

TEST(LossWatch, LetsAnOrdinaryRunBe) {
  // Falls from 40 to 4; other sizes every ten updates count for a factor of 2 each way; now and
  // then a bad batch.
  EXPECT_EQ(divergedAt(5000,
                       [](int i) {
                         const double size = std::exp2(((i / 10) * 7 % 5 - 2) / 2.0);
                         return (4 + 36 * std::exp(-i / 150.0)) * noise(i) * size *
                                (i % 97 == 0 ? 12 : 1);
                       }),
            0);
}

TEST(LossWatch, LetsBurnInAndAWorseStretchBe) {
  // A warm-up that first makes things worse, from given weights.
  EXPECT_EQ(divergedAt(600, [](int i) { return (i < 200 ? 3 + i * 0.08 : 8.0) * noise(i); }), 0);
  // Many times the median, but not worse than at the start.
  EXPECT_EQ(divergedAt(400, [](int i) { return i < 20 ? 100.0 : (i < 200 ? 2.0 : 50.0); }), 0);
  // Bad for a while, but it comes back.
  EXPECT_EQ(divergedAt(400,
                       [](int i) {
                         return (i > 200 && i < 200 + LossWatch::kUpdates ? 900 : 5) * noise(i);
                       }),
            0);
}

TEST(LossWatch, SeesAnExplosion) {
  EXPECT_EQ(divergedAt(600, [](int i) { return i <= 300 ? 5.0 : 880.0; }),
            300 + LossWatch::kUpdates);
  // Growing without end.
  const int at =
      divergedAt(600, [](int i) { return i <= 300 ? 5.0 : 5 * std::exp((i - 300) / 8.0); });
  EXPECT_GT(at, 300);
  EXPECT_LT(at, 350);
  // Soon after the start.
  EXPECT_NE(divergedAt(100, [](int i) { return i <= 25 ? 30.0 : 3e6; }), 0);
}

TEST(LossWatch, SuspectsBeforeItIsSureAndGoesOnFromItsState) {
  LossWatch watch;
  for (int i = 0; i < 100; ++i)
    ASSERT_FALSE(watch.diverged(5.3));
  EXPECT_FALSE(watch.suspicious());
  EXPECT_FLOAT_EQ(watch.usual(), 5.3F);
  for (int i = 0; i < 10; ++i)
    ASSERT_FALSE(watch.diverged(100));
  EXPECT_TRUE(watch.suspicious());
  LossWatch other;
  other.restore(watch.state());
  for (int i = 1; i <= 10; ++i) {
    EXPECT_EQ(watch.diverged(100), i == 10);
    EXPECT_EQ(other.diverged(100), i == 10);
  }
  other.restore({});
  EXPECT_FALSE(other.suspicious());
  EXPECT_EQ(other.usual(), 0);
}

}  // namespace
}  // namespace boxwright
