// SPDX-License-Identifier: GPL-3.0-or-later
// PNG by libpng itself: its words are kept, not printed, and of a damaged file the rows above the
// damage are kept.
#include <png.h>

#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/image/orientation.h"
#include "core/image/picture_format.h"

namespace boxwright {
namespace {

constexpr std::string_view kSignature("\x89PNG\r\n\x1a\n", 8);

/// libpng's first words and where reading and writing stand.
struct PngState {
  std::string_view input;
  std::size_t at = 0;
  std::string output;
  char error[256] = "";
};

void onError(png_structp png, png_const_charp text) {
  auto* state = static_cast<PngState*>(png_get_error_ptr(png));
  std::snprintf(state->error, sizeof state->error, "%s", text);
  std::longjmp(png_jmpbuf(png), 1);
}

void onWarning(png_structp, png_const_charp) {}

void onRead(png_structp png, png_bytep to, std::size_t count) {
  auto* state = static_cast<PngState*>(png_get_io_ptr(png));
  if (state->input.size() - state->at < count) png_error(png, "the file ends early");
  std::memcpy(to, state->input.data() + state->at, count);
  state->at += count;
}

void onWrite(png_structp png, png_bytep from, std::size_t count) {
  auto* state = static_cast<PngState*>(png_get_io_ptr(png));
  state->output.append(reinterpret_cast<char*>(from), count);
}

void onFlush(png_structp) {}

/// What the rows are read into: RGBA for transparent pictures, RGB for the others.
struct PngPixels {
  int width = 0, height = 0, channels = 3;
  bool interlaced = false;
  std::vector<std::uint8_t> bytes;
  std::vector<png_bytep> rows;
};

/// Reads header and rows; returns the whole rows read, -1 when not even the header came. No object
/// with a destructor is made below the setjmp.
int readRows(png_structp png, png_infop info, PngPixels& pixels) {
  volatile int done = -1;
  if (setjmp(png_jmpbuf(png))) return done;
  png_read_info(png, info);
  const int type = png_get_color_type(png, info);
  png_set_expand(png);  // palettes, 1, 2, 4 bits and tRNS
  png_set_scale_16(png);
  if (type == PNG_COLOR_TYPE_GRAY || type == PNG_COLOR_TYPE_GRAY_ALPHA) png_set_gray_to_rgb(png);
  const int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  pixels.width = static_cast<int>(png_get_image_width(png, info));
  pixels.height = static_cast<int>(png_get_image_height(png, info));
  pixels.channels = png_get_channels(png, info);
  if (pixels.channels != 3 && pixels.channels != 4) png_error(png, "unknown kind of pixels");
  pixels.interlaced = passes > 1;
  const std::size_t stride = std::size_t(pixels.channels) * pixels.width;
  pixels.bytes.assign(stride * pixels.height, 128);
  if (pixels.channels == 4) {
    for (std::size_t i = 3; i < pixels.bytes.size(); i += 4)
      pixels.bytes[i] = 255;
  }
  done = 0;
  for (int pass = 0; pass < passes; ++pass) {
    for (int y = 0; y < pixels.height; ++y) {
      png_read_row(png, pixels.bytes.data() + stride * y, nullptr);
      if (pass == passes - 1) done = y + 1;
    }
    if (pass + 1 < passes) done = 0;
  }
  png_read_end(png, nullptr);
  return done;
}

/// Writes the picture; false when libpng gave up.
bool writeRows(png_structp png, png_infop info, const Image& image) {
  if (setjmp(png_jmpbuf(png))) return false;
  png_set_IHDR(png, info, static_cast<png_uint_32>(image.width),
               static_cast<png_uint_32>(image.height), 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(png, 4);
  png_write_info(png, info);
  for (int y = 0; y < image.height; ++y)
    png_write_row(png, image.at(0, y));
  png_write_end(png, nullptr);
  return true;
}

}  // namespace

bool isPng(std::string_view start) {
  return start.starts_with(kSignature);
}

PictureHeader readPngHeader(ByteSource& source, std::string_view name) {
  PictureHeader header;
  std::uint64_t at = kSignature.size();
  bool whole = false;
  while (!whole) {
    const std::string_view start = source.read(at, 8);
    if (start.size() < 8) break;
    const std::uint32_t length = bigEndian(start, 0, 4);
    const std::string kind(start.substr(4, 4));
    if (length > 0x7fffffff) break;
    if (header.width == 0) {
      const std::string_view body = source.read(at + 8, 8);
      if (kind != "IHDR" || body.size() < 8) {
        throw Error("the picture's header is damaged", std::string(name), "replace the file");
      }
      const std::uint32_t width = bigEndian(body, 0, 4);
      const std::uint32_t height = bigEndian(body, 4, 4);
      if (width == 0 || height == 0 || width > 0x7fffffff || height > 0x7fffffff) {
        throw Error("the picture has no size", std::string(name), "replace the file");
      }
      header.width = static_cast<int>(width);
      header.height = static_cast<int>(height);
    } else if (kind == "eXIf" && length <= (1u << 20)) {
      header.orientation = exifOrientation(source.read(at + 8, length));
    }
    at += std::uint64_t(length) + 12;
    whole = kind == "IEND" && at <= source.size();
  }
  if (header.width == 0) {
    throw Error("the picture's header ends early", std::string(name), "replace the file");
  }
  if (!whole) header.damage = "the file ends before the picture does";
  return header;
}

DecodedImage decodePng(std::string_view bytes, const PictureHeader&, std::string_view name) {
  PngState state;
  state.input = bytes;
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &state, onError, onWarning);
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  if (!info) {
    png_destroy_read_struct(&png, nullptr, nullptr);
    throw Error("no memory to decode the picture", std::string(name));
  }
  png_set_read_fn(png, &state, onRead);
  png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
  png_set_chunk_malloc_max(png, 64 << 20);
  PngPixels pixels;
  const int rows = readRows(png, info, pixels);
  png_destroy_read_struct(&png, &info, nullptr);
  if (rows < 0 || (rows == 0 && !pixels.interlaced)) {
    throw Error(std::string("the picture cannot be decoded (") +
                    (state.error[0] ? state.error : "no picture data") + ")",
                std::string(name), "replace the file");
  }
  DecodedImage decoded;
  decoded.truncated = state.error[0] != 0;
  decoded.warning = state.error;
  if (pixels.channels == 3) {
    decoded.image.width = pixels.width;
    decoded.image.height = pixels.height;
    decoded.image.pixels = std::move(pixels.bytes);
    return decoded;
  }
  decoded.image = Image(pixels.width, pixels.height);
  layOnWhite(pixels.bytes.data(), decoded.image);
  return decoded;
}

std::string encodePng(const Image& image) {
  PngState state;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &state, onError, onWarning);
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  if (!info) {
    png_destroy_write_struct(&png, nullptr);
    throw Error("no memory to write the picture");
  }
  png_set_write_fn(png, &state, onWrite, onFlush);
  const bool done = writeRows(png, info, image);
  png_destroy_write_struct(&png, &info);
  if (!done) {
    throw Error(std::string("the picture cannot be written as PNG (") + state.error + ")");
  }
  return std::move(state.output);
}

}  // namespace boxwright
