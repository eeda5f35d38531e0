// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/image/near_copy_finder.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>

namespace boxwright {
namespace {

TEST(NearCopyFinder, FindsWhatComparingAllWithAllFinds) {
  std::mt19937_64 random(7);
  std::vector<std::uint64_t> hashes;
  for (int i = 0; i < 3000; ++i) {
    std::uint64_t hash = random();
    // Near ones of those before, at distances from 0 to 9.
    if (i % 3 == 2) {
      hash = hashes[random() % hashes.size()];
      for (std::uint64_t k = random() % 10; k > 0; --k)
        hash ^= std::uint64_t(1) << (random() % 64);
    }
    hashes.push_back(hash);
  }
  const auto finder = std::make_unique<NearCopyFinder>();
  int found = 0;
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    std::optional<NearCopyFinder::Match> wanted;
    for (std::size_t k = 0; k < i; ++k) {
      const int distance = hashDistance(hashes[i], hashes[k]);
      if (distance <= kNearCopyDistance && (!wanted || distance < wanted->distance))
        wanted = NearCopyFinder::Match{k, distance};
    }
    EXPECT_EQ(finder->nearest(hashes[i]), wanted) << i;
    found += wanted ? 1 : 0;
    finder->add(hashes[i]);
  }
  EXPECT_GT(found, 500);
}

}  // namespace
}  // namespace boxwright
