// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/image/orientation.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "core/base/atomic_file.h"
#include "core/image/codec.h"
#include "tests/core/image/picture_files.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// The stored pixel that belongs at (x, y) of the upright picture, by what EXIF says of the first
/// row and the first column of the stored one.
Image uprightByDefinition(const Image& stored, int orientation) {
  const int w = stored.width;
  const int h = stored.height;
  Image out(orientation > 4 ? h : w, orientation > 4 ? w : h);
  for (int row = 0; row < h; ++row) {
    for (int column = 0; column < w; ++column) {
      int x = 0, y = 0;
      switch (orientation) {
        case 2:  // row 0 at the top, column 0 at the right
          x = w - 1 - column, y = row;
          break;
        case 3:  // bottom, right
          x = w - 1 - column, y = h - 1 - row;
          break;
        case 4:  // bottom, left
          x = column, y = h - 1 - row;
          break;
        case 5:  // left, top
          x = row, y = column;
          break;
        case 6:  // right, top
          x = h - 1 - row, y = column;
          break;
        case 7:  // right, bottom
          x = h - 1 - row, y = w - 1 - column;
          break;
        case 8:  // left, bottom
          x = row, y = w - 1 - column;
          break;
        default:
          x = column, y = row;
      }
      for (int c = 0; c < 3; ++c)
        out.at(x, y)[c] = stored.at(column, row)[c];
    }
  }
  return out;
}

class EveryOrientation : public ::testing::TestWithParam<int> {};

TEST_P(EveryOrientation, IsAppliedOnceInEveryFormatAndInTheHeader) {
  const int orientation = GetParam();
  const Image stored = gradient(37, 22);
  const Image wanted = uprightByDefinition(stored, orientation);
  EXPECT_EQ(upright(stored, orientation), wanted);
  const TemporaryFolder folder;
  for (const char* ending : {".jpg", ".png", ".webp"}) {
    const std::string plain = encodeImage(stored, ending, 100);
    for (const bool bigEndian : {false, true}) {
      const std::string file = withExif(plain, orientation, bigEndian);
      const DecodedImage decoded = decodeImageBytes(file, "turned");
      EXPECT_FALSE(decoded.truncated) << ending << decoded.warning;
      EXPECT_LE(largestDifference(decoded.image, wanted), 8) << ending << " " << orientation;
      const fs::path path =
          folder / ("turned" + std::to_string(orientation) + (bigEndian ? "b" : "l") + ending);
      writeFileAtomically(path, file);
      const ImageInfo info = readImageInfo(path);
      EXPECT_EQ(info.width, wanted.width) << ending;
      EXPECT_EQ(info.height, wanted.height) << ending;
      EXPECT_EQ(info.damage, "") << ending;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Exif, EveryOrientation, ::testing::Range(1, 9));

TEST(Orientation, IsOneForBlocksThatMakeNoSense) {
  EXPECT_EQ(exifOrientation(""), 1);
  EXPECT_EQ(exifOrientation("II"), 1);
  EXPECT_EQ(exifOrientation(std::string(200, '\xff')), 1);
  EXPECT_EQ(exifOrientation(exifBlock(0, false)), 1);
  EXPECT_EQ(exifOrientation(exifBlock(9, true)), 1);
  const std::string good = exifBlock(6, true);
  EXPECT_EQ(exifOrientation(good), 6);
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    const int value = exifOrientation(good.substr(0, cut));
    EXPECT_TRUE(value == 1 || value == 6) << cut;
  }
}

TEST(Orientation, OfAPngIsFoundAfterItsPixelsToo) {
  const Image stored = gradient(40, 30);
  const std::string plain = encodeImage(stored, ".png");
  const std::string early = withExif(plain, 6);
  const std::size_t chunk = 12 + exifBlock(6, false).size();
  const std::string exif = early.substr(33, chunk);
  std::string late = plain;
  late.insert(late.size() - 12, exif);
  EXPECT_EQ(decodeImageBytes(late, "late").image, uprightByDefinition(stored, 6));
}

}  // namespace
}  // namespace boxwright
