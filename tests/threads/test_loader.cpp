// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <vector>

#include "core/image/codec.h"
#include "core/train/batch_loader.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// Twelve pictures of one colour each, in a folder of its own.
class ThreadsLoader : public testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 12; ++i) {
      Image image(48, 40);
      for (std::size_t p = 0; p < image.pixels.size(); ++p) {
        image.pixels[p] = static_cast<std::uint8_t>(20 * i + static_cast<int>(p % 3));
      }
      const fs::path file = folder_ / (std::to_string(i) + ".png");
      writeImage(file, image);
      pictures_.push_back({file, file.filename().string(), {{{0.5, 0.5, 0.4, 0.4}, i % 2}}});
    }
  }

  LoaderSettings settings(int threads) const {
    LoaderSettings s;
    s.batch = 3;
    s.threads = threads;
    s.side = [](std::int64_t step) { return step % 2 == 0 ? 32 : 64; };
    return s;
  }

  /// Batches [first, last) as a loader with so many threads makes them.
  std::vector<TrainingBatch> batches(int threads, std::int64_t first, std::int64_t last) {
    PictureCache cache(1 << 20);
    BatchLoader loader(pictures_, settings(threads), cache, first);
    std::vector<TrainingBatch> result;
    for (std::int64_t step = first; step < last; ++step)
      result.push_back(*loader.next({}));
    return result;
  }

  const TemporaryFolder folder_;
  std::vector<LoaderPicture> pictures_;
};

TEST_F(ThreadsLoader, LoaderGivesTheSameWithAnyNumberOfThreads) {
  const std::vector<TrainingBatch> one = batches(1, 0, 12);
  for (const int threads : {2, 5}) {
    const std::vector<TrainingBatch> many = batches(threads, 0, 12);
    for (std::size_t i = 0; i < one.size(); ++i) {
      EXPECT_EQ(one[i].pictures, many[i].pictures);
      EXPECT_EQ(one[i].side, many[i].side);
      EXPECT_TRUE(one[i].input == many[i].input) << "batch " << i << ", " << threads << " threads";
    }
  }
  const std::vector<TrainingBatch> later = batches(3, 7, 12);
  for (std::size_t i = 0; i < later.size(); ++i)
    EXPECT_TRUE(later[i].input == one[i + 7].input);
}

TEST_F(ThreadsLoader, LoaderEndsAtOnceWhileItWorksAhead) {
  for (int round = 0; round < 20; ++round) {
    PictureCache cache(1 << 20);
    BatchLoader loader(pictures_, settings(3), cache, 0);
    if (round % 2 == 0) {
      EXPECT_TRUE(loader.next({}).has_value());
    }
    std::stop_source stop;
    stop.request_stop();
    if (round % 3 == 0) {
      EXPECT_FALSE(loader.next(stop.get_token()).has_value());
    }
  }
}

TEST_F(ThreadsLoader, LoaderSkipsABrokenPictureAndNamesIt) {
  fs::resize_file(pictures_[4].file, 30);
  PictureCache cache(1 << 20);
  BatchLoader loader(pictures_, settings(2), cache, 0);
  std::vector<std::string> faults;
  for (int step = 0; step < 8; ++step) {
    const std::optional<TrainingBatch> batch = loader.next({});
    ASSERT_TRUE(batch.has_value());
    for (const std::size_t picture : batch->pictures)
      EXPECT_NE(picture, 4U);
    for (std::string& fault : loader.takeFaults())
      faults.push_back(std::move(fault));
  }
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_NE(faults[0].find("4.png"), std::string::npos) << faults[0];
}

}  // namespace
}  // namespace boxwright
