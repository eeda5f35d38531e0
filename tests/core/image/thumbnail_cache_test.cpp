// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/image/thumbnail_cache.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/image/codec.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// Noise of a colour: large as a file.
Image noise(int width, int height, std::uint32_t seed) {
  Image image(width, height);
  for (std::uint8_t& value : image.pixels)
    value = static_cast<std::uint8_t>((seed = seed * 1664525 + 1013904223) >> 24);
  return image;
}

class ThumbnailCacheTest : public testing::Test {
 protected:
  ThumbnailCacheTest() { writeImage(picture_, noise(400, 300, 1)); }

  std::vector<fs::path> kept() const {
    std::vector<fs::path> files;
    std::error_code none;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / "cache", none)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    return files;
  }

  TemporaryFolder folder_;
  fs::path picture_ = folder_ / "picture.jpg";
  ThumbnailCache cache_{folder_ / "cache"};
};

TEST_F(ThumbnailCacheTest, GivesTheSameAgainWithoutThePicture) {
  ASSERT_GE(fs::file_size(picture_), ThumbnailCache::kLeastBytes);
  const Image first = cache_.get(picture_, 128);
  EXPECT_EQ(first.width, 128);
  EXPECT_EQ(first.height, 96);
  ASSERT_EQ(kept().size(), 1U);
  // Other bytes of the same size and time: what is kept is given.
  const auto time = fs::last_write_time(picture_);
  const std::string zeros(fs::file_size(picture_), '\0');
  std::ofstream(picture_, std::ios::binary) << zeros;
  fs::last_write_time(picture_, time);
  const Image again = cache_.get(picture_, 128);
  EXPECT_EQ(again.width, 128);
  EXPECT_EQ(again.height, 96);
  EXPECT_THROW(cache_.get(picture_, 64), Error) << "of another side there is none";
}

TEST_F(ThumbnailCacheTest, AChangedPictureIsMadeAnew) {
  cache_.get(picture_, 128);
  writeImage(picture_, noise(300, 400, 2));
  const Image image = cache_.get(picture_, 128);
  EXPECT_EQ(image.width, 96);
  EXPECT_EQ(image.height, 128);
}

TEST_F(ThumbnailCacheTest, WhatIsDamagedIsMadeAnew) {
  cache_.get(picture_, 128);
  const fs::path file = kept().front();
  const std::string whole = readFile(file);
  for (const std::string& bytes :
       {std::string(), whole.substr(0, whole.size() / 2), std::string(whole.size(), 'x')}) {
    std::ofstream(file, std::ios::binary) << bytes;
    EXPECT_EQ(cache_.get(picture_, 128).width, 128);
    EXPECT_EQ(readFile(file), whole);
  }
}

TEST_F(ThumbnailCacheTest, SmallFilesAndUnwritableFoldersAreDoneWithout) {
  writeImage(folder_ / "small.png", Image(300, 200));
  EXPECT_EQ(cache_.get(folder_ / "small.png", 128).width, 128);
  EXPECT_TRUE(kept().empty());
  std::ofstream(folder_ / "file") << "x";
  ThumbnailCache none(folder_ / "file/cache");
  EXPECT_EQ(none.get(picture_, 128).width, 128);
  EXPECT_THROW(cache_.get(folder_ / "absent.jpg", 128), Error);
}

TEST_F(ThumbnailCacheTest, TheLongestUnusedGoWhenTheyAreTooMany) {
  cache_.get(picture_, 128);
  const auto size = fs::file_size(kept().front());
  ThumbnailCache small(folder_ / "cache", size * 10);
  for (std::uint32_t i = 0; i < 30; ++i) {
    const fs::path picture = folder_ / ("p" + std::to_string(i) + ".jpg");
    writeImage(picture, noise(400, 300, i + 10));
    small.get(picture, 128);
  }
  EXPECT_LE(kept().size(), 12U);
  EXPECT_GE(kept().size(), 5U);
}

}  // namespace
}  // namespace boxwright
