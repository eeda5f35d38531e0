// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/image/image.h"

namespace boxwright {

/// What a picture's header says, upright (EXIF orientation applied to width and height).
struct ImageInfo {
  int width = 0;
  int height = 0;
  /// Why the file is not whole as far as its structure tells (it ends early); empty when it looks
  /// whole.
  std::string damage;
};

/// A decoded picture and what was wrong with its file.
struct DecodedImage {
  Image image;
  bool truncated = false;  ///< the file ends early or is damaged; the missing part is grey
  std::string warning;     ///< the decoder's words, empty when all is well
};

/// Whether the name ends like a picture this program reads: jpg, jpeg, png, bmp, webp (any case).
bool isImageFile(const std::filesystem::path& path);

/// Reads width and height from the file's header without decoding its pixels. Throws Error when the
/// file cannot be read or is no picture.
ImageInfo readImageInfo(const std::filesystem::path& path);

/// Decodes a picture, upright: the one place where EXIF orientation is applied. `atLeast` > 0
/// allows a JPEG to be decoded at 1/2, 1/4 or 1/8 scale as long as its shorter side stays at or
/// above it. Throws Error when nothing can be decoded; a damaged file comes back with `truncated`
/// set.
DecodedImage decodeImage(const std::filesystem::path& path, int atLeast = 0);

/// The same from bytes in memory; `name` is used in messages.
DecodedImage decodeImageBytes(std::string_view bytes, std::string_view name, int atLeast = 0);

/// The picture as a file's bytes; `extension` (".jpg", ".png", ".bmp", ".webp") says the format,
/// `quality` (1..100) counts for JPEG and WebP.
std::string encodeImage(const Image& image, std::string_view extension, int quality = 95);

/// Writes a picture atomically; the format follows the file name (jpg at quality 95, png, bmp,
/// webp).
void writeImage(const std::filesystem::path& path, const Image& image);

}  // namespace boxwright
