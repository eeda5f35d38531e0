// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/image/image.h"

namespace boxwright {

/// A smooth picture with different corners: the decoders' losses stay small and turns show.
Image gradient(int width, int height);

/// The largest difference between two pictures' values; 256 where their sizes differ.
int largestDifference(const Image& a, const Image& b);

/// An EXIF block (from its TIFF header on) with an orientation and nothing else.
std::string exifBlock(int orientation, bool bigEndian);

/// The same file with an EXIF orientation put in.
std::string withExif(const std::string& file, int orientation, bool bigEndian = false);

/// A JPEG with one (grey) or four (CMYK, as Adobe writes it) components.
std::string jpegOf(const std::vector<std::uint8_t>& samples, int width, int height, int components,
                   bool progressive = false);

/// A PNG of libpng's colour type and depth; `rows` are its packed bytes. Optional palette and
/// transparency, entries of three bytes and one.
std::string pngOf(const std::vector<std::uint8_t>& rows, int width, int height, int colourType,
                  int depth, const std::vector<std::uint8_t>& palette = {},
                  const std::vector<std::uint8_t>& transparency = {}, bool interlaced = false);

}  // namespace boxwright
