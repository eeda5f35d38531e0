// SPDX-License-Identifier: GPL-3.0-or-later
// Cut, spoilt and boastful files: told, never a crash, never silence.
#include <gtest/gtest.h>
#include <png.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/image/codec.h"
#include "tests/core/image/picture_files.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// A picture whose pixels do not compress to nothing.
Image busy(int width, int height) {
  Image image(width, height);
  RandomStream random(3, "busy");
  for (std::uint8_t& value : image.pixels)
    value = static_cast<std::uint8_t>(random.index(256));
  return image;
}

class Cut : public ::testing::TestWithParam<const char*> {};

TEST_P(Cut, FileIsToldByDecoderAndHeader) {
  const std::string ending = GetParam();
  const Image image = busy(160, 120);
  const std::string file = encodeImage(image, ending, 90);
  const TemporaryFolder folder;
  const fs::path path = folder / ("cut" + ending);
  int partly = 0;
  for (const double share : {0.05, 0.3, 0.5, 0.8, 0.95, 0.999}) {
    const auto length = static_cast<std::size_t>(static_cast<double>(file.size()) * share);
    const std::string part = file.substr(0, length);
    writeFileAtomically(path, part);
    try {
      const ImageInfo info = readImageInfo(path);
      EXPECT_NE(info.damage, "") << share;
      EXPECT_EQ(info.width, 160);
    } catch (const Error& error) {
      EXPECT_LE(share, 0.05) << error.what();
    }
    try {
      const DecodedImage decoded = decodeImageBytes(part, "cut");
      EXPECT_TRUE(decoded.truncated) << share;
      EXPECT_NE(decoded.warning, "") << share;
      EXPECT_EQ(decoded.image.height, 120);
      ++partly;
      if (share == 0.5 && ending != ".webp") {
        // What is missing is grey, what came is there. BMP begins at the bottom.
        const int missing = ending == ".bmp" ? 2 : 117;
        EXPECT_NEAR(decoded.image.at(80, missing)[0], 128, 2) << ending;
        EXPECT_NEAR(decoded.image.at(80, missing)[1], 128, 2) << ending;
      }
    } catch (const Error& error) {
      EXPECT_LE(share, 0.3) << ending << ": " << error.what();
    }
  }
  EXPECT_GE(partly, 4) << ending;
}

INSTANTIATE_TEST_SUITE_P(Formats, Cut, ::testing::Values(".jpg", ".png", ".bmp", ".webp"));

TEST(Damage, InTheMiddleOfAJpegIsToldButWordsOnItsHeaderAreNot) {
  const Image image = busy(160, 120);
  const std::string file = encodeImage(image, ".jpg", 90);
  std::string spoilt = file;
  for (std::size_t i = spoilt.size() / 2; i < spoilt.size() / 2 + 40; ++i)
    spoilt[i] = '\x13';
  // Spoilt codes decode to something as a rule; an early marker does not.
  spoilt[spoilt.size() / 2 + 40] = '\xff';
  spoilt[spoilt.size() / 2 + 41] = '\xc4';
  const DecodedImage decoded = decodeImageBytes(spoilt, "spoilt");
  EXPECT_TRUE(decoded.truncated);
  EXPECT_NE(decoded.warning, "");
  // Bytes after the end are common (cameras add previews): no damage.
  const DecodedImage longer = decodeImageBytes(file + std::string(5000, 'x'), "longer");
  EXPECT_FALSE(longer.truncated) << longer.warning;
  const TemporaryFolder folder;
  const fs::path path = folder / "longer.jpg";
  writeFileAtomically(path, file + std::string(50000, 'x'));
  EXPECT_EQ(readImageInfo(path).damage, "");
}

TEST(Damage, OfAProgressiveJpegCutShortIsTold) {
  const Image image = busy(96, 64);
  const std::string file = jpegOf(image.pixels, 96, 64, 3, true);
  EXPECT_FALSE(decodeImageBytes(file, "whole").truncated);
  EXPECT_TRUE(decodeImageBytes(file.substr(0, file.size() / 2), "half").truncated);
}

TEST(Bomb, IsRefusedInWordsBeforeMemoryIsTaken) {
  // A PNG header that claims 60000 x 60000, with right check sum: made small, then patched and
  // resealed.
  std::string png = pngOf({0}, 1, 1, PNG_COLOR_TYPE_GRAY, 8);
  const auto big = [&](std::string& text, std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i)
      text[at + i] = static_cast<char>(value >> (24 - 8 * i));
  };
  big(png, 16, 60000);
  big(png, 20, 60000);
  std::string jpeg = encodeImage(gradient(16, 16), ".jpg");
  const std::size_t frame = jpeg.find("\xff\xc0");
  ASSERT_NE(frame, std::string::npos);
  for (const std::size_t at : {frame + 5, frame + 7}) {
    jpeg[at] = '\xff';
    jpeg[at + 1] = '\xdc';
  }
  for (const std::string& file : {png, jpeg}) {
    try {
      decodeImageBytes(file, "bomb");
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("megapixels"), std::string::npos) << error.what();
    }
  }
}

TEST(Damage, OfAnyByteNeverCrashes) {
  const Image image = busy(40, 30);
  std::vector<std::string> files;
  for (const char* ending : {".jpg", ".png", ".bmp", ".webp"}) {
    files.push_back(encodeImage(image, ending, 80));
  }
  files.push_back(withExif(files[0], 6));
  files.push_back(withExif(files[1], 8));
  files.push_back(withExif(files[3], 3));
  files.push_back(jpegOf(image.pixels, 40, 30, 3, true));
  int read = 0;
  int refused = 0;
  for (std::size_t f = 0; f < files.size(); ++f) {
    for (std::uint64_t round = 0; round < 300; ++round) {
      RandomStream random(1, "spoil", f, round);
      std::string file = files[f];
      const std::size_t reach = round % 2 ? file.size() : std::min<std::size_t>(file.size(), 120);
      for (std::uint64_t k = 0; k <= random.index(4); ++k) {
        file[random.index(reach)] = static_cast<char>(random.index(256));
      }
      if (round % 5 == 0) file.resize(random.index(file.size()));
      try {
        const DecodedImage decoded = decodeImageBytes(file, "spoilt");
        EXPECT_EQ(decoded.image.pixels.size(),
                  std::size_t(3) * decoded.image.width * decoded.image.height);
        ++read;
      } catch (const Error&) {
        ++refused;
      }
    }
  }
  EXPECT_GT(read, 200);
  EXPECT_GT(refused, 200);
}

}  // namespace
}  // namespace boxwright
