// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/picture_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/image/codec.h"
#include "core/image/resize.h"
#include "small_world.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

class PictureChecking : public ::testing::Test {
 protected:
  void SetUp() override {
    const Dataset dataset = smallDataset(folder_.path(), 40);
    for (const auto& [split, indices] : dataset.splits)
      for (const std::size_t index : indices)
        pictures_.push_back({dataset.absolutePath(index), dataset.pictures[index].path, split});
  }

  /// The n-th picture of a split.
  std::size_t nth(const std::string& split, int n) const {
    for (std::size_t i = 0; i < pictures_.size(); ++i)
      if (pictures_[i].split == split && n-- == 0) return i;
    ADD_FAILURE() << "no such picture";
    return 0;
  }

  PictureCheck check(const PictureCheckSettings& settings = {}, std::size_t cacheBytes = 1 << 24) {
    PictureCache cache(cacheBytes);
    const auto found = checkPictures(pictures_, settings, cache, {}, [&](auto done, auto all) {
      told_.push_back(done);
      EXPECT_EQ(all, pictures_.size());
    });
    cached_ = cache.bytes();
    return found.value();
  }

  TemporaryFolder folder_;
  std::vector<CheckedPicture> pictures_;
  std::vector<std::size_t> told_;
  std::size_t cached_ = 0;
};

TEST_F(PictureChecking, FindsNothingInAGoodDatasetAndKeepsWhatItDecoded) {
  const PictureCheck good = check();
  EXPECT_EQ(good.pictures, 40U);
  EXPECT_EQ(good.decoded, 40U);
  EXPECT_TRUE(good.faults.empty());
  EXPECT_TRUE(good.nearCopies.empty());
  ASSERT_FALSE(told_.empty());
  EXPECT_EQ(told_.back(), 40U);
  EXPECT_TRUE(std::is_sorted(told_.begin(), told_.end()));
  const auto test = static_cast<std::size_t>(std::count_if(
      pictures_.begin(), pictures_.end(), [](const auto& p) { return p.split == "test"; }));
  EXPECT_EQ(cached_, (40 - test) * 64 * 48 * 3);  // training never sees test pictures
}

TEST_F(PictureChecking, NamesWhatIsDamagedAndWhatLooksAlike) {
  const std::size_t none = nth("train", 0), cut = nth("val", 1), gone = nth("test", 0);
  writeFileAtomically(pictures_[none].file, "no picture at all");
  const std::string jpeg = encodeImage(decodeImage(pictures_[cut].file).image, ".jpg");
  writeFileAtomically(pictures_[cut].file, jpeg.substr(0, jpeg.size() * 2 / 3));
  std::filesystem::remove(pictures_[gone].file);
  // Copies: encoded again and larger; brighter; and one of a test picture in validation.
  const auto copy = [&](std::size_t from, std::size_t to, const auto& change) {
    writeImage(pictures_[to].file, change(decodeImage(pictures_[from].file).image));
  };
  const std::size_t val = nth("val", 3), test = nth("test", 2), same = nth("val", 4);
  copy(val, nth("train", 5), [](const Image& image) {
    return decodeImageBytes(encodeImage(scaled(image, 96, 72), ".jpg", 60), "copy").image;
  });
  copy(test, nth("train", 6), [](Image image) {
    for (auto& value : image.pixels)
      value = static_cast<std::uint8_t>(std::min(255, value * 11 / 10));
    return image;
  });
  copy(test, same, [](const Image& image) { return image; });

  for (const int threads : {1, 3}) {
    PictureCheckSettings settings;
    settings.threads = threads;
    const PictureCheck found = check(settings);
    ASSERT_EQ(found.faults.size(), 3U);
    for (const PictureCheck::Fault& fault : found.faults) {
      EXPECT_TRUE(fault.picture == none || fault.picture == cut || fault.picture == gone);
      EXPECT_EQ(fault.readable, fault.picture == cut);
      EXPECT_FALSE(fault.what.empty());
    }
    ASSERT_EQ(found.nearCopies.size(), 3U);
    for (const PictureCheck::NearCopy& one : found.nearCopies) {
      if (one.picture == nth("train", 5)) {
        EXPECT_EQ(one.of, val);
      } else if (one.picture == same) {
        EXPECT_EQ(one.of, test);
        EXPECT_EQ(one.distance, 0);
      } else {
        EXPECT_EQ(one.picture, nth("train", 6));
        EXPECT_TRUE(one.of == test || one.of == same);
      }
    }
  }
}

TEST_F(PictureChecking, DecodesASampleOfTooMuch) {
  PictureCheckSettings settings;
  settings.pixels = 20 * 64 * 48;
  const PictureCheck first = check(settings);
  EXPECT_EQ(first.pictures, 40U);
  EXPECT_GT(first.decoded, 8U);
  EXPECT_LT(first.decoded, 32U);
  settings.threads = 4;
  EXPECT_EQ(check(settings).decoded, first.decoded);
  // A file that is no picture is found by its header all the same.
  writeFileAtomically(pictures_[nth("train", 0)].file, "no picture at all");
  settings.pixels = 1;
  EXPECT_EQ(check(settings).faults.size(), 1U);
}

TEST_F(PictureChecking, StopsWhenAsked) {
  PictureCache cache(0);
  std::stop_source stop;
  int told = 0;
  EXPECT_FALSE(checkPictures(pictures_, {}, cache, stop.get_token(), [&](std::size_t, std::size_t) {
                 if (++told == 1) stop.request_stop();
               }).has_value());
  EXPECT_GE(told, 1);
}

}  // namespace
}  // namespace boxwright
