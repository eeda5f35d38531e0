// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/batch_loader.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory_resource>
#include <set>
#include <thread>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/train/training_pictures.h"
#include "small_world.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

class Loading : public ::testing::Test {
 protected:
  void SetUp() override {
    const Dataset dataset = smallDataset(scratch_ / "pictures", 11);
    for (std::size_t i = 0; i < dataset.pictures.size(); ++i)
      pictures_.push_back({dataset.absolutePath(i), dataset.pictures[i].path,
                           truthsOf(dataset.pictures[i], dataset.absolutePath(i)).truths});
    settings_.batch = 4;
    settings_.seed = 5;
    settings_.side = [](std::int64_t step) { return step % 3 == 0 ? 32 : 64; };
  }

  std::vector<TrainingBatch> load(int threads, int ahead, std::int64_t first, int count) {
    PictureCache cache(1 << 20);
    LoaderSettings settings = settings_;
    settings.threads = threads;
    settings.ahead = ahead;
    BatchLoader loader(pictures_, settings, cache, first);
    std::vector<TrainingBatch> batches;
    for (int i = 0; i < count; ++i) {
      std::optional<TrainingBatch> batch = loader.next({});
      EXPECT_TRUE(batch.has_value());
      batches.push_back(*batch);
      loader.recycle(std::move(*batch));
    }
    faults_ = loader.takeFaults();
    return batches;
  }

  static void expectEqual(const TrainingBatch& a, const TrainingBatch& b) {
    EXPECT_EQ(a.step, b.step);
    EXPECT_EQ(a.side, b.side);
    EXPECT_EQ(a.pictures, b.pictures);
    EXPECT_EQ(a.input, b.input);
    ASSERT_EQ(a.truths.size(), b.truths.size());
    for (std::size_t i = 0; i < a.truths.size(); ++i) {
      ASSERT_EQ(a.truths[i].size(), b.truths[i].size());
      for (std::size_t t = 0; t < a.truths[i].size(); ++t) {
        EXPECT_EQ(a.truths[i][t].box, b.truths[i][t].box);
        EXPECT_EQ(a.truths[i][t].classId, b.truths[i][t].classId);
      }
    }
  }

  TemporaryFolder scratch_;
  std::vector<LoaderPicture> pictures_;
  LoaderSettings settings_;
  std::vector<std::string> faults_;
};

TEST_F(Loading, BatchesLieWhereTheLoaderWasToldAndStayThere) {
  class Counting : public std::pmr::memory_resource {
   public:
    std::atomic<int> taken = 0, there = 0;

   private:
    void* do_allocate(std::size_t bytes, std::size_t alignment) override {
      ++taken;
      ++there;
      return std::pmr::new_delete_resource()->allocate(bytes, alignment);
    }
    void do_deallocate(void* memory, std::size_t bytes, std::size_t alignment) override {
      --there;
      std::pmr::new_delete_resource()->deallocate(memory, bytes, alignment);
    }
    bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
      return this == &other;
    }
  } memory;
  {
    PictureCache cache(1 << 20);
    settings_.memory = &memory;
    settings_.ahead = 2;
    settings_.side = [](std::int64_t) { return 32; };
    BatchLoader loader(pictures_, settings_, cache, 0);
    for (int i = 0; i < 10; ++i) {
      std::optional<TrainingBatch> batch = loader.next({});
      const TrainingBatch* upcoming = nullptr;
      while (!(upcoming = loader.upcoming()))
        std::this_thread::yield();
      const float* const place = upcoming->input.data();
      loader.recycle(std::move(*batch));
      batch = loader.next({});
      EXPECT_EQ(batch->step, 2 * i + 1);
      EXPECT_EQ(batch->input.data(), place);
      loader.recycle(std::move(*batch));
    }
    EXPECT_LE(memory.taken, 5) << "their memory is used again";
  }
  EXPECT_EQ(memory.there, 0);
}

TEST_F(Loading, IsTheSameWithAnyThreadsAndFromAnyStart) {
  const std::vector<TrainingBatch> one = load(1, 1, 0, 12);
  const std::vector<TrainingBatch> many = load(7, 5, 0, 12);
  const std::vector<TrainingBatch> later = load(3, 2, 5, 7);
  for (std::size_t i = 0; i < one.size(); ++i)
    expectEqual(one[i], many[i]);
  for (std::size_t i = 0; i < later.size(); ++i)
    expectEqual(one[i + 5], later[i]);
  for (std::size_t i = 0; i < one.size(); ++i)
    EXPECT_EQ(one[i].step, std::int64_t(i));
}

TEST_F(Loading, AnEpochIsAPassWithoutReplacement) {
  PictureOrder order(11, 3, false);
  for (int epoch = 0; epoch < 4; ++epoch) {
    std::set<std::size_t> seen;
    for (int i = 0; i < 11; ++i)
      seen.insert(order.at(epoch * 11 + i));
    EXPECT_EQ(seen.size(), 11U);
  }
  PictureOrder again(11, 3, false), drawn(11, 3, true);
  bool differs = false, repeated = false;
  std::set<std::size_t> seen;
  for (int i = 0; i < 11; ++i) {
    EXPECT_EQ(order.at(i), again.at(i));
    differs |= order.at(i) != order.at(i + 11);
    repeated |= !seen.insert(drawn.at(i)).second;
    EXPECT_LT(drawn.at(i), 11U);
  }
  EXPECT_TRUE(differs);
  EXPECT_TRUE(repeated);
}

TEST_F(Loading, BrokenPicturesAreLeftOutAndNamedOnce) {
  writeFileAtomically(pictures_[2].file, "no picture at all");
  std::filesystem::remove(pictures_[7].file);
  const std::vector<TrainingBatch> one = load(1, 1, 0, 9);
  EXPECT_EQ(faults_.size(), 2U);
  std::string all;
  for (const std::string& fault : faults_)
    all += fault;
  EXPECT_NE(all.find(pictures_[2].name), std::string::npos);
  EXPECT_NE(all.find(pictures_[7].name), std::string::npos);
  for (const TrainingBatch& batch : one)
    for (const std::size_t picture : batch.pictures)
      EXPECT_TRUE(picture != 2 && picture != 7);
  const std::vector<TrainingBatch> many = load(4, 3, 0, 9);
  for (std::size_t i = 0; i < one.size(); ++i)
    expectEqual(one[i], many[i]);
}

TEST_F(Loading, NothingThatCanBeReadIsAnError) {
  for (const LoaderPicture& picture : pictures_)
    writeFileAtomically(picture.file, "x");
  PictureCache cache(1 << 20);
  settings_.threads = 3;
  BatchLoader loader(pictures_, settings_, cache, 0);
  EXPECT_THROW(loader.next({}), Error);
  EXPECT_THROW(BatchLoader({}, settings_, cache, 0), Error);
}

TEST_F(Loading, StopsPromptlyAndWithBatchesUndelivered) {
  PictureCache cache(0);
  settings_.threads = 2;
  const auto begin = std::chrono::steady_clock::now();
  {
    BatchLoader loader(pictures_, settings_, cache, 0);
    std::stop_source source;
    source.request_stop();
    EXPECT_FALSE(loader.next(source.get_token()).has_value());
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
}

TEST_F(Loading, CacheKeepsWithinItsLimitAndChangesNothing) {
  PictureCache none(0), some(3 * 64 * 48 * 3), all(1 << 20);
  for (PictureCache* cache : {&none, &some, &all}) {
    for (int round = 0; round < 2; ++round)
      for (const LoaderPicture& picture : pictures_)
        EXPECT_EQ(*cache->get(picture.file, 0), *all.get(picture.file, 0));
  }
  EXPECT_EQ(none.bytes(), 0U);
  EXPECT_EQ(some.bytes(), std::size_t(3 * 64 * 48 * 3));
  EXPECT_EQ(all.bytes(), pictures_.size() * 64 * 48 * 3);
}

}  // namespace
}  // namespace boxwright
