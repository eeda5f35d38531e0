// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/image/byte_source.h"
#include "core/image/codec.h"

namespace boxwright {

/// What one picture format's header says, before orientation.
struct PictureHeader {
  int width = 0;
  int height = 0;
  int orientation = 1;  ///< EXIF, 1..8
  std::string damage;   ///< why the file's structure is not whole; empty when it looks whole
};

/// The largest picture that is decoded: a small file can claim any size.
constexpr std::int64_t kMaxPixels = std::int64_t(1) << 28;

/// Lays RGBA pixels (not premultiplied) on white, as viewers and browsers show them.
inline void layOnWhite(const std::uint8_t* rgba, Image& image) {
  std::uint8_t* to = image.pixels.data();
  const std::uint8_t* const end = to + image.pixels.size();
  for (; to != end; to += 3, rgba += 4) {
    for (int c = 0; c < 3; ++c) {
      to[c] = static_cast<std::uint8_t>((rgba[c] * rgba[3] + 255 * (255 - rgba[3]) + 127) / 255);
    }
  }
}

// One family of functions a format. The header functions look at structure only; they and the
// decoders throw Error with `name` in it for what is no picture. Decoders return stored (not
// upright) pixels; codec.cpp turns them.

bool isJpeg(std::string_view start);
PictureHeader readJpegHeader(ByteSource& source, std::string_view name);
DecodedImage decodeJpeg(std::string_view bytes, const PictureHeader& header, std::string_view name,
                        int atLeast);
std::string encodeJpeg(const Image& image, int quality);

bool isPng(std::string_view start);
PictureHeader readPngHeader(ByteSource& source, std::string_view name);
DecodedImage decodePng(std::string_view bytes, const PictureHeader& header, std::string_view name);
std::string encodePng(const Image& image);

bool isBmp(std::string_view start);
PictureHeader readBmpHeader(ByteSource& source, std::string_view name);
DecodedImage decodeBmp(std::string_view bytes, const PictureHeader& header, std::string_view name);
std::string encodeBmp(const Image& image);

bool isWebp(std::string_view start);
PictureHeader readWebpHeader(ByteSource& source, std::string_view name);
DecodedImage decodeWebp(std::string_view bytes, const PictureHeader& header, std::string_view name);
std::string encodeWebp(const Image& image, int quality);

}  // namespace boxwright
