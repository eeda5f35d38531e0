// SPDX-License-Identifier: GPL-3.0-or-later
// JPEG by libjpeg-turbo: unlike OpenCV it says when a file is cut or damaged, and it can decode at
// a smaller scale.
#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

// libjpeg's headers need size_t and FILE first.
#include <jpeglib.h>
// and these the header above.
#include <jerror.h>

#include "core/base/error.h"
#include "core/image/orientation.h"
#include "core/image/picture_format.h"

namespace boxwright {
namespace {

constexpr int kMaxScans = 500;

/// libjpeg's error manager with a way back and the first words it had to say.
struct JpegErrors {
  jpeg_error_mgr base;  // first: libjpeg sees only this
  std::jmp_buf back;
  char message[JMSG_LENGTH_MAX];
  bool damaged;
};

JpegErrors& errorsOf(j_common_ptr info) {
  return *reinterpret_cast<JpegErrors*>(info->err);
}

void onError(j_common_ptr info) {
  JpegErrors& errors = errorsOf(info);
  errors.base.format_message(info, errors.message);
  errors.damaged = true;
  std::longjmp(errors.back, 1);
}

/// Warnings that mean lost picture data; the others are about headers.
bool meansDamage(int code) {
  return code == JWRN_HIT_MARKER || code == JWRN_JPEG_EOF || code == JWRN_HUFF_BAD_CODE ||
         code == JWRN_MUST_RESYNC || code == JWRN_BOGUS_PROGRESSION ||
         code == JWRN_NOT_SEQUENTIAL || code == JWRN_ARITH_BAD_CODE;
}

void onMessage(j_common_ptr info, int level) {
  if (level >= 0) return;  // a trace
  JpegErrors& errors = errorsOf(info);
  ++errors.base.num_warnings;
  if (!errors.damaged) {
    if (errors.message[0] == 0 || meansDamage(errors.base.msg_code)) {
      errors.base.format_message(info, errors.message);
    }
    errors.damaged = meansDamage(errors.base.msg_code);
  }
}

void onOutput(j_common_ptr) {}

/// Stops a progressive file whose endless scans would take hours.
void onProgress(j_common_ptr info) {
  if (!info->is_decompressor) return;
  const auto* decoder = reinterpret_cast<j_decompress_ptr>(info);
  if (decoder->input_scan_number > kMaxScans) {
    JpegErrors& errors = errorsOf(info);
    std::snprintf(errors.message, sizeof errors.message, "more than %d scans", kMaxScans);
    errors.damaged = true;
    std::longjmp(errors.back, 1);
  }
}

void setUp(JpegErrors& errors) {
  jpeg_std_error(&errors.base);
  errors.base.error_exit = onError;
  errors.base.emit_message = onMessage;
  errors.base.output_message = onOutput;
  errors.message[0] = 0;
  errors.damaged = false;
}

/// CMYK, which Adobe's programs store inverted, to RGB.
void cmykToRgb(const std::uint8_t* cmyk, std::uint8_t* rgb, int width, bool inverted) {
  for (int x = 0; x < width; ++x, cmyk += 4, rgb += 3) {
    for (int c = 0; c < 3; ++c) {
      const int ink = inverted ? cmyk[c] : 255 - cmyk[c];
      const int black = inverted ? cmyk[3] : 255 - cmyk[3];
      rgb[c] = static_cast<std::uint8_t>((ink * black + 127) / 255);
    }
  }
}

/// Decodes into `image`, row by row; no object with a destructor is made below the setjmp.
/// Returns the number of rows that came out; -1 when not even the header could be read.
int decodeRows(JpegErrors& errors, jpeg_decompress_struct& info, jpeg_progress_mgr& progress,
               std::string_view bytes, int atLeast, Image& image, std::vector<std::uint8_t>& row) {
  volatile int rows = -1;
  if (setjmp(errors.back)) return rows;
  jpeg_create_decompress(&info);
  info.progress = &progress;
  jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(bytes.data()),
               static_cast<unsigned long>(bytes.size()));
  jpeg_read_header(&info, TRUE);
  const bool cmyk = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
  info.out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
  const auto shorter = static_cast<long>(info.image_width < info.image_height ? info.image_width
                                                                              : info.image_height);
  info.scale_num = 1;
  info.scale_denom = 1;
  for (unsigned int denominator = 8; atLeast > 0 && denominator > 1; denominator /= 2) {
    if ((shorter + denominator - 1) / denominator >= atLeast) {
      info.scale_denom = denominator;
      break;
    }
  }
  jpeg_start_decompress(&info);
  image.width = static_cast<int>(info.output_width);
  image.height = static_cast<int>(info.output_height);
  image.pixels.assign(std::size_t(3) * image.width * image.height, 128);
  if (cmyk) row.resize(std::size_t(4) * image.width);
  rows = 0;
  while (info.output_scanline < info.output_height) {
    std::uint8_t* target = image.at(0, rows);
    JSAMPROW line = cmyk ? row.data() : target;
    if (jpeg_read_scanlines(&info, &line, 1) != 1) break;
    if (cmyk) cmykToRgb(row.data(), target, image.width, info.saw_Adobe_marker);
    rows = rows + 1;
  }
  jpeg_finish_decompress(&info);
  return rows;
}

/// What libjpeg allocated; to be freed by the caller.
struct JpegOutput {
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
};

/// Encodes; false when libjpeg gave up.
bool encodeRows(JpegErrors& errors, jpeg_compress_struct& info, const Image& image, int quality,
                JpegOutput& output) {
  if (setjmp(errors.back)) return false;
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, &output.buffer, &output.size);
  info.image_width = static_cast<JDIMENSION>(image.width);
  info.image_height = static_cast<JDIMENSION>(image.height);
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, quality, TRUE);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    auto* line = const_cast<JSAMPROW>(image.at(0, static_cast<int>(info.next_scanline)));
    jpeg_write_scanlines(&info, &line, 1);
  }
  jpeg_finish_compress(&info);
  return true;
}

/// Looks for the end-of-image marker after the start of the scan: in coded data ff is always
/// followed by 00 or a restart, so that ff d9 ends the picture. Looked for from the back: it is
/// nearly always in the last few bytes.
bool endsProperly(ByteSource& source, std::uint64_t scan) {
  constexpr std::size_t kChunk = 1 << 12;
  std::uint64_t end = source.size();
  while (end > scan) {
    const std::uint64_t begin = end > scan + kChunk ? end - kChunk : scan;
    // One byte over, for a marker that lies across two chunks.
    const std::string_view chunk = source.read(begin, static_cast<std::size_t>(end - begin) + 1);
    if (chunk.rfind("\xff\xd9") != std::string_view::npos) return true;
    end = begin;
  }
  return false;
}

}  // namespace

bool isJpeg(std::string_view start) {
  return start.starts_with("\xff\xd8\xff");
}

PictureHeader readJpegHeader(ByteSource& source, std::string_view name) {
  PictureHeader header;
  bool exifSeen = false;
  std::uint64_t at = 2;
  for (;;) {
    std::string_view start = source.read(at, 4);
    if (start.size() < 4) {
      throw Error("the picture's header ends early", std::string(name), "replace the file");
    }
    if (static_cast<unsigned char>(start[0]) != 0xff) {
      ++at;  // garbage between segments; libjpeg skips it as well
      continue;
    }
    const unsigned marker = static_cast<unsigned char>(start[1]);
    if (marker == 0xff) {
      ++at;
      continue;
    }
    if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8) || marker == 0) {
      at += 2;
      continue;
    }
    if (marker == 0xd9) {
      throw Error("the file holds no picture", std::string(name), "replace the file");
    }
    const std::uint32_t length = bigEndian(start, 2, 2);
    if (length < 2) {
      throw Error("the picture's header is damaged", std::string(name), "replace the file");
    }
    if (marker == 0xda) {
      if (header.width == 0) {
        throw Error("the picture's header is damaged", std::string(name), "replace the file");
      }
      if (!endsProperly(source, at)) header.damage = "the file ends before the picture does";
      return header;
    }
    const bool frame =
        marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    if (frame && header.width == 0) {
      const std::string_view body = source.read(at + 4, 5);
      if (body.size() < 5) {
        throw Error("the picture's header ends early", std::string(name), "replace the file");
      }
      header.height = static_cast<int>(bigEndian(body, 1, 2));
      header.width = static_cast<int>(bigEndian(body, 3, 2));
      if (header.width == 0 || header.height == 0) {
        throw Error("the picture has no size", std::string(name), "replace the file");
      }
    } else if (marker == 0xe1 && !exifSeen) {
      const std::string_view body = source.read(at + 4, length - 2);
      if (body.starts_with(std::string_view("Exif\0\0", 6))) {
        header.orientation = exifOrientation(body.substr(6));
        exifSeen = true;
      }
    }
    at += 2 + length;
  }
}

DecodedImage decodeJpeg(std::string_view bytes, const PictureHeader&, std::string_view name,
                        int atLeast) {
  JpegErrors errors;
  setUp(errors);
  jpeg_decompress_struct info;
  std::memset(&info, 0, sizeof info);
  info.err = &errors.base;
  jpeg_progress_mgr progress;
  std::memset(&progress, 0, sizeof progress);
  progress.progress_monitor = onProgress;
  DecodedImage decoded;
  std::vector<std::uint8_t> row;
  const int rows = decodeRows(errors, info, progress, bytes, atLeast, decoded.image, row);
  jpeg_destroy_decompress(&info);
  if (rows <= 0) {
    throw Error(std::string("the picture cannot be decoded (") +
                    (errors.message[0] ? errors.message : "no picture data") + ")",
                std::string(name), "replace the file");
  }
  decoded.truncated = errors.damaged || rows < decoded.image.height;
  decoded.warning = errors.message;
  return decoded;
}

std::string encodeJpeg(const Image& image, int quality) {
  JpegErrors errors;
  setUp(errors);
  jpeg_compress_struct info;
  std::memset(&info, 0, sizeof info);
  info.err = &errors.base;
  JpegOutput output;
  const bool done = encodeRows(errors, info, image, quality, output);
  jpeg_destroy_compress(&info);
  std::string bytes;
  if (done) bytes.assign(reinterpret_cast<char*>(output.buffer), output.size);
  std::free(output.buffer);
  if (!done) {
    throw Error(std::string("the picture cannot be written as JPEG (") + errors.message + ")");
  }
  return bytes;
}

}  // namespace boxwright
