// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/image/codec.h"

#include <gtest/gtest.h>
#include <png.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "tests/core/image/picture_files.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

Image opencvDecode(const std::string& file) {
  const std::vector<std::uint8_t> bytes(file.begin(), file.end());
  const cv::Mat mat = cv::imdecode(bytes, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  Image image(mat.cols, mat.rows);
  for (int y = 0; y < mat.rows; ++y) {
    for (int x = 0; x < mat.cols; ++x) {
      const auto& bgr = mat.at<cv::Vec3b>(y, x);
      for (int c = 0; c < 3; ++c)
        image.at(x, y)[c] = bgr[2 - c];
    }
  }
  return image;
}

TEST(Codec, KnowsPicturesByTheirNames) {
  for (const char* name : {"a.jpg", "a.JPEG", "b.Png", "c.bmp", "d.webp", "ä ö/ü.JPG"}) {
    EXPECT_TRUE(isImageFile(fs::path(name))) << name;
  }
  for (const char* name : {"a", "a.txt", ".jpg", "a.jpg.txt", "a.gif"}) {
    EXPECT_FALSE(isImageFile(fs::path(name))) << name;
  }
}

TEST(Codec, WritesWhatItReadsBack) {
  const TemporaryFolder folder;
  for (const auto& [width, height] :
       {std::pair(1, 1), std::pair(3, 2), std::pair(64, 48), std::pair(101, 37)}) {
    const Image image = gradient(width, height);
    for (const char* name : {"a b.jpg", "a.jpeg", "a.png", "ä.bmp", "a.webp"}) {
      const fs::path path = folder / name;
      writeImage(path, image);
      const DecodedImage back = decodeImage(path);
      EXPECT_FALSE(back.truncated) << name << ": " << back.warning;
      const bool lossless = path.extension() == ".png" || path.extension() == ".bmp";
      // Halved colour planes spoil the steep colours of the tiniest pictures.
      const int loss = lossless ? 0 : width < 64 ? 110 : 12;
      EXPECT_LE(largestDifference(back.image, image), loss) << name << width;
      const ImageInfo info = readImageInfo(path);
      EXPECT_EQ(info.width, width);
      EXPECT_EQ(info.height, height);
      EXPECT_EQ(info.damage, "") << name;
    }
  }
  EXPECT_THROW(writeImage(folder / "a.gif", gradient(2, 2)), Error);
  EXPECT_THROW(writeImage(folder / "a.png", Image()), Error);
}

TEST(Codec, AgreesWithOpenCvPixelByPixel) {
  const Image image = gradient(123, 77);
  for (const char* ending : {".jpg", ".png", ".bmp", ".webp"}) {
    const std::string file = encodeImage(image, ending, 90);
    EXPECT_EQ(decodeImageBytes(file, ending).image, opencvDecode(file)) << ending;
  }
}

TEST(Codec, ReadsGreyAndProgressiveJpeg) {
  Bytes grey(40 * 30);
  for (std::size_t i = 0; i < grey.size(); ++i)
    grey[i] = static_cast<std::uint8_t>(5 * (i % 40));
  for (const bool progressive : {false, true}) {
    const Image image = decodeImageBytes(jpegOf(grey, 40, 30, 1, progressive), "grey").image;
    ASSERT_EQ(image.width, 40);
    for (int x = 0; x < 40; ++x) {
      EXPECT_NEAR(image.at(x, 9)[0], 5 * x, 6);
      EXPECT_EQ(image.at(x, 9)[0], image.at(x, 9)[1]);
      EXPECT_EQ(image.at(x, 9)[0], image.at(x, 9)[2]);
    }
  }
}

TEST(Codec, ReadsCmykJpegAsAdobeWritesIt) {
  // Stored inverted: 255 is no ink.
  const auto flat = [](int c, int m, int y, int k) {
    Bytes samples;
    for (int i = 0; i < 16 * 16; ++i) {
      for (const int value : {c, m, y, k})
        samples.push_back(static_cast<std::uint8_t>(value));
    }
    return decodeImageBytes(jpegOf(samples, 16, 16, 4), "cmyk").image;
  };
  const auto near = [](const Image& image, int r, int g, int b) {
    EXPECT_NEAR(image.at(8, 8)[0], r, 3);
    EXPECT_NEAR(image.at(8, 8)[1], g, 3);
    EXPECT_NEAR(image.at(8, 8)[2], b, 3);
  };
  near(flat(255, 255, 255, 255), 255, 255, 255);  // no ink: white
  near(flat(0, 255, 255, 255), 0, 255, 255);      // full cyan
  near(flat(255, 0, 255, 128), 128, 0, 128);      // magenta with half black
  near(flat(255, 255, 255, 0), 0, 0, 0);          // black
}

TEST(Codec, ReadsEveryKindOfPng) {
  // Grey, 1 bit: columns alternate.
  Image image = decodeImageBytes(pngOf({0x55, 0x55}, 8, 2, PNG_COLOR_TYPE_GRAY, 1), "1 bit").image;
  for (int x = 0; x < 8; ++x)
    EXPECT_EQ(image.at(x, 1)[1], x % 2 ? 255 : 0);
  // Grey, 16 bits: rounded to 8.
  image =
      decodeImageBytes(pngOf({0x80, 0x00, 0xff, 0xff}, 2, 1, PNG_COLOR_TYPE_GRAY, 16), "16").image;
  EXPECT_NEAR(image.at(0, 0)[0], 128, 1);
  EXPECT_EQ(image.at(1, 0)[2], 255);
  // RGB, 16 bits.
  image =
      decodeImageBytes(pngOf({0x10, 0, 0x80, 0, 0xf0, 0}, 1, 1, PNG_COLOR_TYPE_RGB, 16), "rgb 16")
          .image;
  EXPECT_NEAR(image.at(0, 0)[0], 16, 1);
  EXPECT_NEAR(image.at(0, 0)[2], 240, 1);
  // Palette of four, 2 bits; the third is see-through: white shows.
  const Bytes palette = {255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 8, 7};
  image = decodeImageBytes(pngOf({0x1b}, 4, 1, PNG_COLOR_TYPE_PALETTE, 2, palette, {255, 255, 0}),
                           "palette")
              .image;
  EXPECT_EQ(std::memcmp(image.at(0, 0), palette.data(), 6), 0);
  EXPECT_EQ(image.at(2, 0)[0], 255);
  EXPECT_EQ(image.at(2, 0)[1], 255);
  EXPECT_EQ(image.at(3, 0)[2], 7);
  // RGBA and grey with alpha, half see-through.
  image = decodeImageBytes(pngOf({100, 0, 200, 128}, 1, 1, PNG_COLOR_TYPE_RGBA, 8), "rgba").image;
  EXPECT_NEAR(image.at(0, 0)[0], 177, 1);
  EXPECT_NEAR(image.at(0, 0)[1], 127, 1);
  EXPECT_NEAR(image.at(0, 0)[2], 227, 1);
  image = decodeImageBytes(pngOf({0, 0, 0, 255}, 2, 1, PNG_COLOR_TYPE_GRAY_ALPHA, 8), "ga").image;
  EXPECT_EQ(image.at(0, 0)[0], 255);
  EXPECT_EQ(image.at(1, 0)[0], 0);
  // Interlaced.
  const Image whole = gradient(33, 17);
  EXPECT_EQ(
      decodeImageBytes(pngOf(whole.pixels, 33, 17, PNG_COLOR_TYPE_RGB, 8, {}, {}, true), "i").image,
      whole);
}

TEST(Codec, ReadsEveryKindOfBmp) {
  const auto little = [](std::string& text, std::uint32_t value, int count) {
    for (int i = 0; i < count; ++i)
      text += static_cast<char>(value >> (8 * i));
  };
  const auto bmp = [&](int width, int height, int bits, std::uint32_t compression,
                       const std::string& tables, const std::string& data) {
    std::string file = "BM";
    little(file, static_cast<std::uint32_t>(54 + tables.size() + data.size()), 4);
    little(file, 0, 4);
    little(file, static_cast<std::uint32_t>(54 + tables.size()), 4);
    little(file, 40, 4);
    little(file, static_cast<std::uint32_t>(width), 4);
    little(file, static_cast<std::uint32_t>(height), 4);
    little(file, 1, 2);
    little(file, static_cast<std::uint32_t>(bits), 2);
    little(file, compression, 4);
    little(file, 0, 4);
    little(file, 0, 4);
    little(file, 0, 4);
    little(file, 0, 4);
    little(file, 0, 4);
    return file + tables + data;
  };
  const std::string twoColours("\x10\x20\x30\0\x40\x50\x60\0", 8);  // blue, green, red, unused
  // 1 bit, two rows, bottom up; the second row stored is the upper one.
  Image image =
      decodeImageBytes(bmp(3, 2, 1, 0, twoColours, std::string("\x40\0\0\0\xa0\0\0\0", 8)), "1")
          .image;
  EXPECT_EQ(image.at(0, 0)[0], 0x60);
  EXPECT_EQ(image.at(1, 0)[0], 0x30);
  EXPECT_EQ(image.at(1, 1)[2], 0x40);
  EXPECT_EQ(image.at(0, 1)[2], 0x10);
  // Top down.
  image =
      decodeImageBytes(bmp(3, -2, 1, 0, twoColours, std::string("\x40\0\0\0\xa0\0\0\0", 8)), "t")
          .image;
  EXPECT_EQ(image.at(1, 0)[2], 0x40);
  // 16 bits, five a colour.
  image = decodeImageBytes(bmp(2, 1, 16, 0, "", std::string("\x00\x7c\x1f\x00", 4)), "16").image;
  EXPECT_EQ(image.at(0, 0)[0], 255);
  EXPECT_EQ(image.at(0, 0)[2], 0);
  EXPECT_EQ(image.at(1, 0)[2], 255);
  // 32 bits with masks: red lowest.
  const std::string masks("\xff\0\0\0\0\xff\0\0\0\0\xff\0", 12);
  image = decodeImageBytes(bmp(1, 1, 32, 3, masks, "\x01\x02\x03\x04"), "32").image;
  EXPECT_EQ(image.at(0, 0)[0], 1);
  EXPECT_EQ(image.at(0, 0)[1], 2);
  EXPECT_EQ(image.at(0, 0)[2], 3);
  // Run lengths: three of colour 1, end of row, two as they stand, end.
  std::string table;
  for (int i = 0; i < 256; ++i)
    little(table, static_cast<std::uint32_t>(i) * 0x010101u, 4);
  image = decodeImageBytes(bmp(3, 2, 8, 1, table,
                               std::string("\x03\x01\x00\x00\x00\x03\x07\x08\x09\x00\x00\x01", 12)),
                           "r")
              .image;
  EXPECT_EQ(image.at(2, 1)[0], 1);
  EXPECT_EQ(image.at(0, 0)[0], 7);
  EXPECT_EQ(image.at(2, 0)[0], 9);
  // 8 bits by OpenCV, which writes grey pictures so.
  cv::Mat grey(5, 7, CV_8UC1);
  for (int i = 0; i < 35; ++i)
    grey.data[i] = static_cast<std::uint8_t>(7 * i);
  std::vector<std::uint8_t> bytes;
  cv::imencode(".bmp", grey, bytes);
  const std::string file(bytes.begin(), bytes.end());
  EXPECT_EQ(decodeImageBytes(file, "8").image, opencvDecode(file));
}

TEST(Codec, DecodesJpegAtASmallerScale) {
  const Image image = gradient(800, 600);
  const std::string file = encodeImage(image, ".jpg");
  const auto sizeAt = [&](int atLeast) {
    return decodeImageBytes(file, "big", atLeast).image.width;
  };
  EXPECT_EQ(sizeAt(0), 800);
  EXPECT_EQ(sizeAt(601), 800);
  EXPECT_EQ(sizeAt(301), 800);
  EXPECT_EQ(sizeAt(300), 400);
  EXPECT_EQ(sizeAt(150), 200);
  EXPECT_EQ(sizeAt(75), 100);
  EXPECT_EQ(sizeAt(1), 100);
  const Image small = decodeImageBytes(file, "big", 75).image;
  EXPECT_NEAR(small.at(50, 37)[0], image.at(404, 300)[0], 6);
}

TEST(Codec, IsNotMisledByANameAndNamesWhatItCannotRead) {
  const TemporaryFolder folder;
  writeFileAtomically(folder / "really_png.jpg", encodeImage(gradient(5, 4), ".png"));
  EXPECT_EQ(decodeImage(folder / "really_png.jpg").image, gradient(5, 4));
  writeFileAtomically(folder / "text.png", "this is no picture");
  writeFileAtomically(folder / "empty.jpg", "");
  for (const char* name : {"text.png", "empty.jpg", "absent.png"}) {
    for (const bool header : {true, false}) {
      try {
        if (header) {
          readImageInfo(folder / name);
        } else {
          decodeImage(folder / name);
        }
        ADD_FAILURE() << name;
      } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
      }
    }
  }
  EXPECT_THROW(readImageInfo(folder.path()), Error);
  EXPECT_THROW(decodeImage(folder.path()), Error);
}

}  // namespace
}  // namespace boxwright
