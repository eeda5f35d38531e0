// SPDX-License-Identifier: GPL-3.0-or-later
// BMP: uncompressed (1, 4, 8, 16, 24, 32 bits, also with bit masks) and run-length coded (4 and 8
// bits).
#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <string>

#include "core/base/error.h"
#include "core/image/picture_format.h"

namespace boxwright {
namespace {

enum Compression : std::uint32_t { kNone = 0, kRle8 = 1, kRle4 = 2, kMasks = 3, kAlphaMasks = 6 };

struct BmpHeader {
  std::uint32_t dataOffset = 0, infoSize = 0;
  std::int64_t width = 0, height = 0;
  bool topDown = false;
  int bits = 0;
  std::uint32_t compression = kNone, colours = 0;
  std::array<std::uint32_t, 3> masks{};

  std::uint64_t stride() const {
    return (static_cast<std::uint64_t>(width) * static_cast<unsigned>(bits) + 31) / 32 * 4;
  }
  bool runLength() const { return compression == kRle8 || compression == kRle4; }
};

[[noreturn]] void refuse(const char* why, std::string_view name) {
  throw Error(std::string("the BMP picture cannot be read (") + why + ")", std::string(name),
              "replace the file or save it anew");
}

BmpHeader parse(ByteSource& source, std::string_view name) {
  const std::string head(source.read(0, 14 + 124));
  if (head.size() < 26) refuse("its header ends early", name);
  BmpHeader h;
  h.dataOffset = littleEndian(head, 10, 4);
  h.infoSize = littleEndian(head, 14, 4);
  if (h.infoSize == 12) {
    h.width = littleEndian(head, 18, 2);
    h.height = littleEndian(head, 20, 2);
    h.bits = static_cast<int>(littleEndian(head, 24, 2));
  } else {
    if (h.infoSize < 40 || h.infoSize > 4096 || head.size() < 54) {
      refuse("unknown kind of header", name);
    }
    h.width = static_cast<std::int32_t>(littleEndian(head, 18, 4));
    h.height = static_cast<std::int32_t>(littleEndian(head, 22, 4));
    h.bits = static_cast<int>(littleEndian(head, 28, 2));
    h.compression = littleEndian(head, 30, 4);
    h.colours = littleEndian(head, 46, 4);
  }
  h.topDown = h.height < 0;
  h.height = std::abs(h.height);
  if (h.width <= 0 || h.height == 0 || h.height > INT32_MAX) refuse("it has no size", name);
  const bool indexed = h.bits == 1 || h.bits == 4 || h.bits == 8;
  if (!indexed && h.bits != 16 && h.bits != 24 && h.bits != 32) refuse("bits a pixel", name);
  const bool masked = h.compression == kMasks || h.compression == kAlphaMasks;
  const bool fits = h.compression == kNone || (h.compression == kRle8 && h.bits == 8) ||
                    (h.compression == kRle4 && h.bits == 4) ||
                    (masked && (h.bits == 16 || h.bits == 32));
  if (!fits || (h.runLength() && h.topDown)) refuse("unknown compression", name);
  if (masked) {
    if (head.size() < 66) refuse("its header ends early", name);
    for (std::size_t i = 0; i < 3; ++i)
      h.masks[i] = littleEndian(head, 54 + 4 * i, 4);
  } else if (h.bits == 16) {
    h.masks = {0x7c00, 0x03e0, 0x001f};
  } else if (h.bits == 32) {
    h.masks = {0xff0000, 0xff00, 0xff};
  }
  return h;
}

using Palette = std::array<std::array<std::uint8_t, 3>, 256>;

Palette readPalette(std::string_view bytes, const BmpHeader& h) {
  Palette palette{};
  if (h.bits > 8) return palette;
  const std::size_t entry = h.infoSize == 12 ? 3 : 4;
  std::size_t count = h.colours ? std::min<std::size_t>(h.colours, 256) : 1u << h.bits;
  std::size_t at = 14 + h.infoSize;
  for (std::size_t i = 0; i < count && at + 3 <= bytes.size(); ++i, at += entry) {
    for (std::size_t c = 0; c < 3; ++c) {
      palette[i][c] = static_cast<std::uint8_t>(bytes[at + 2 - c]);
    }
  }
  return palette;
}

/// One colour of a masked pixel, widened to 8 bits.
std::uint8_t channel(std::uint32_t pixel, std::uint32_t mask) {
  if (mask == 0) return 0;
  const int shift = std::countr_zero(mask);
  const std::uint64_t largest = mask >> shift;
  const std::uint64_t value = (pixel & mask) >> shift;
  return static_cast<std::uint8_t>((value * 255 + largest / 2) / largest);
}

void decodeRow(std::string_view row, const BmpHeader& h, const Palette& palette, std::uint8_t* to) {
  const auto width = static_cast<std::size_t>(h.width);
  for (std::size_t x = 0; x < width; ++x, to += 3) {
    if (h.bits <= 8) {
      const std::size_t perByte = 8 / static_cast<std::size_t>(h.bits);
      const unsigned byte = static_cast<unsigned char>(row[x / perByte]);
      const unsigned shift =
          8 - static_cast<unsigned>(h.bits) * (static_cast<unsigned>(x % perByte) + 1);
      std::memcpy(to, palette[(byte >> shift) & ((1u << h.bits) - 1)].data(), 3);
    } else if (h.bits == 24) {
      to[0] = static_cast<std::uint8_t>(row[3 * x + 2]);
      to[1] = static_cast<std::uint8_t>(row[3 * x + 1]);
      to[2] = static_cast<std::uint8_t>(row[3 * x]);
    } else {
      const std::uint32_t pixel =
          h.bits == 16 ? littleEndian(row, 2 * x, 2) : littleEndian(row, 4 * x, 4);
      for (std::size_t c = 0; c < 3; ++c)
        to[c] = channel(pixel, h.masks[c]);
    }
  }
}

/// Run-length data, from the bottom row up. Returns whether the end mark was met.
bool decodeRuns(std::string_view data, const BmpHeader& h, const Palette& palette, Image& image) {
  std::size_t at = 0;
  std::int64_t x = 0;
  std::int64_t y = 0;
  const auto put = [&](unsigned index) {
    if (x < h.width && y < h.height) {
      std::memcpy(image.at(static_cast<int>(x), static_cast<int>(h.height - 1 - y)),
                  palette[index & 255].data(), 3);
    }
    ++x;
  };
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(data[i]); };
  while (at + 2 <= data.size()) {
    const unsigned count = byte(at);
    const unsigned value = byte(at + 1);
    at += 2;
    if (count > 0) {
      for (unsigned i = 0; i < count; ++i) {
        put(h.bits == 8 ? value : (i % 2 == 0 ? value >> 4 : value & 15));
      }
    } else if (value == 0) {
      x = 0;
      ++y;
    } else if (value == 1) {
      return true;
    } else if (value == 2) {
      if (at + 2 > data.size()) return false;
      x += byte(at);
      y += byte(at + 1);
      at += 2;
    } else {
      const std::size_t length = h.bits == 8 ? value : (value + 1) / 2;
      if (at + length > data.size()) return false;
      for (unsigned i = 0; i < value; ++i) {
        const unsigned b = byte(at + (h.bits == 8 ? i : i / 2));
        put(h.bits == 8 ? b : (i % 2 == 0 ? b >> 4 : b & 15));
      }
      at += (length + 1) / 2 * 2;
    }
    if (y >= h.height) return true;
  }
  return false;
}

void appendLittle(std::string& text, std::uint32_t value, int count) {
  for (int i = 0; i < count; ++i)
    text += static_cast<char>(value >> (8 * i));
}

}  // namespace

bool isBmp(std::string_view start) {
  return start.starts_with("BM");
}

PictureHeader readBmpHeader(ByteSource& source, std::string_view name) {
  const BmpHeader h = parse(source, name);
  PictureHeader header;
  header.width = static_cast<int>(h.width);
  header.height = static_cast<int>(h.height);
  if (!h.runLength() &&
      source.size() < h.dataOffset + h.stride() * static_cast<std::uint64_t>(h.height)) {
    header.damage = "the file ends before the picture does";
  }
  return header;
}

DecodedImage decodeBmp(std::string_view bytes, const PictureHeader& header, std::string_view name) {
  MemorySource source(bytes);
  const BmpHeader h = parse(source, name);
  if (h.dataOffset >= bytes.size()) refuse("no picture data", name);
  const Palette palette = readPalette(bytes, h);
  DecodedImage decoded;
  decoded.image = Image(header.width, header.height);
  std::fill(decoded.image.pixels.begin(), decoded.image.pixels.end(), std::uint8_t(128));
  const std::string_view data = bytes.substr(h.dataOffset);
  if (h.runLength()) {
    decoded.truncated = !decodeRuns(data, h, palette, decoded.image);
  } else {
    const auto stride = static_cast<std::size_t>(h.stride());
    for (int y = 0; y < header.height; ++y) {
      const std::size_t at = stride * static_cast<std::size_t>(y);
      if (at + stride > data.size()) {
        decoded.truncated = true;
        break;
      }
      decodeRow(data.substr(at, stride), h, palette,
                decoded.image.at(0, h.topDown ? y : header.height - 1 - y));
    }
  }
  if (decoded.truncated) decoded.warning = "the file ends before the picture does";
  return decoded;
}

std::string encodeBmp(const Image& image) {
  const std::size_t stride = (std::size_t(3) * image.width + 3) / 4 * 4;
  const std::size_t size = 54 + stride * image.height;
  if (size > UINT32_MAX) throw Error("the picture is too large for BMP", {}, "write a png");
  std::string bytes = "BM";
  bytes.reserve(size);
  appendLittle(bytes, static_cast<std::uint32_t>(size), 4);
  appendLittle(bytes, 0, 4);
  appendLittle(bytes, 54, 4);
  appendLittle(bytes, 40, 4);
  appendLittle(bytes, static_cast<std::uint32_t>(image.width), 4);
  appendLittle(bytes, static_cast<std::uint32_t>(image.height), 4);
  appendLittle(bytes, 1, 2);
  appendLittle(bytes, 24, 2);
  bytes.append(24, '\0');
  for (int y = image.height - 1; y >= 0; --y) {
    const std::uint8_t* from = image.at(0, y);
    for (int x = 0; x < image.width; ++x, from += 3) {
      bytes += static_cast<char>(from[2]);
      bytes += static_cast<char>(from[1]);
      bytes += static_cast<char>(from[0]);
    }
    bytes.append(stride - std::size_t(3) * image.width, '\0');
  }
  return bytes;
}

}  // namespace boxwright
