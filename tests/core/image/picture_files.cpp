// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/image/picture_files.h"

#include <cstddef>
#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>
#include <png.h>

#include <algorithm>
#include <stdexcept>

namespace boxwright {
namespace {

void appendBig(std::string& text, std::uint32_t value, int count) {
  for (int i = count - 1; i >= 0; --i)
    text += static_cast<char>(value >> (8 * i));
}

void appendLittle(std::string& text, std::uint32_t value, int count) {
  for (int i = 0; i < count; ++i)
    text += static_cast<char>(value >> (8 * i));
}

std::uint32_t crcOf(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int k = 0; k < 8; ++k)
      crc = (crc & 1) ? 0xedb88320u ^ (crc >> 1) : crc >> 1;
  }
  return ~crc;
}

}  // namespace

Image gradient(int width, int height) {
  Image image(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      std::uint8_t* p = image.at(x, y);
      p[0] = static_cast<std::uint8_t>(20 + 200 * x / std::max(1, width - 1));
      p[1] = static_cast<std::uint8_t>(20 + 200 * y / std::max(1, height - 1));
      p[2] = static_cast<std::uint8_t>(60 + 60 * (x + y) / std::max(1, width + height - 2));
    }
  }
  return image;
}

int largestDifference(const Image& a, const Image& b) {
  if (a.width != b.width || a.height != b.height) return 256;
  int largest = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    largest = std::max(largest, std::abs(int(a.pixels[i]) - int(b.pixels[i])));
  }
  return largest;
}

std::string exifBlock(int orientation, bool bigEndian) {
  std::string block = bigEndian ? "MM" : "II";
  const auto append = bigEndian ? appendBig : appendLittle;
  append(block, 42, 2);
  append(block, 8, 4);
  append(block, 1, 2);  // one entry
  append(block, 0x0112, 2);
  append(block, 3, 2);  // SHORT
  append(block, 1, 4);
  append(block, static_cast<std::uint32_t>(orientation), 2);
  append(block, 0, 2);
  append(block, 0, 4);  // no further directory
  return block;
}

std::string withExif(const std::string& file, int orientation, bool bigEndian) {
  const std::string block = exifBlock(orientation, bigEndian);
  if (file.starts_with("\xff\xd8")) {
    std::string segment = "\xff\xe1";
    appendBig(segment, static_cast<std::uint32_t>(2 + 6 + block.size()), 2);
    segment += std::string("Exif\0\0", 6) + block;
    return file.substr(0, 2) + segment + file.substr(2);
  }
  if (file.starts_with("\x89PNG")) {
    std::string chunk;
    appendBig(chunk, static_cast<std::uint32_t>(block.size()), 4);
    chunk += "eXIf" + block;
    appendBig(chunk, crcOf("eXIf" + block), 4);
    const std::size_t afterHeader = 8 + 12 + 13;
    return file.substr(0, afterHeader) + chunk + file.substr(afterHeader);
  }
  if (file.starts_with("RIFF")) {
    // A simple file becomes an extended one: VP8X, the picture, EXIF.
    const auto* bytes = reinterpret_cast<const unsigned char*>(file.data());
    if (file.substr(12, 4) != "VP8 ") throw std::runtime_error("not a simple lossy WebP");
    const int width = (bytes[26] | bytes[27] << 8) & 0x3fff;
    const int height = (bytes[28] | bytes[29] << 8) & 0x3fff;
    std::string body = "WEBPVP8X";
    appendLittle(body, 10, 4);
    appendLittle(body, 0x08, 4);  // EXIF
    appendLittle(body, static_cast<std::uint32_t>(width - 1), 3);
    appendLittle(body, static_cast<std::uint32_t>(height - 1), 3);
    body += file.substr(12);
    body += "EXIF";
    appendLittle(body, static_cast<std::uint32_t>(block.size()), 4);
    body += block;
    if (body.size() % 2) body += '\0';
    std::string whole = "RIFF";
    appendLittle(whole, static_cast<std::uint32_t>(body.size()), 4);
    return whole + body;
  }
  throw std::runtime_error("no place for EXIF");
}

std::string jpegOf(const std::vector<std::uint8_t>& samples, int width, int height, int components,
                   bool progressive) {
  jpeg_compress_struct info;
  jpeg_error_mgr errors;
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &buffer, &size);
  info.image_width = static_cast<JDIMENSION>(width);
  info.image_height = static_cast<JDIMENSION>(height);
  info.input_components = components;
  info.in_color_space = components == 1 ? JCS_GRAYSCALE : components == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, 98, TRUE);
  if (progressive) jpeg_simple_progression(&info);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    auto* row =
        const_cast<JSAMPROW>(samples.data() + std::size_t(info.next_scanline) * width * components);
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  std::string file(reinterpret_cast<char*>(buffer), size);
  std::free(buffer);
  return file;
}

std::string pngOf(const std::vector<std::uint8_t>& rows, int width, int height, int colourType,
                  int depth, const std::vector<std::uint8_t>& palette,
                  const std::vector<std::uint8_t>& transparency, bool interlaced) {
  std::string file;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(
      png, &file,
      [](png_structp p, png_bytep bytes, std::size_t count) {
        static_cast<std::string*>(png_get_io_ptr(p))->append(reinterpret_cast<char*>(bytes), count);
      },
      [](png_structp) {});
  png_set_IHDR(png, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), depth,
               colourType, interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (!palette.empty()) {
    png_set_PLTE(png, info, reinterpret_cast<png_const_colorp>(palette.data()),
                 static_cast<int>(palette.size() / 3));
  }
  if (!transparency.empty()) {
    png_set_tRNS(png, info, transparency.data(), static_cast<int>(transparency.size()), nullptr);
  }
  png_write_info(png, info);
  const std::size_t stride = rows.size() / static_cast<std::size_t>(height);
  std::vector<png_bytep> pointers;
  for (int y = 0; y < height; ++y) {
    pointers.push_back(const_cast<png_bytep>(rows.data() + stride * static_cast<std::size_t>(y)));
  }
  png_write_image(png, pointers.data());
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  return file;
}

}  // namespace boxwright
