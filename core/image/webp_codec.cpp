// SPDX-License-Identifier: GPL-3.0-or-later
// WebP by libwebp: still pictures, lossy and lossless, with transparency; of a cut file the rows
// that came are kept.
#include <webp/decode.h>
#include <webp/encode.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/image/orientation.h"
#include "core/image/picture_format.h"

namespace boxwright {
namespace {

const std::uint8_t* bytesOf(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

}  // namespace

bool isWebp(std::string_view start) {
  return start.size() >= 12 && start.starts_with("RIFF") && start.substr(8, 4) == "WEBP";
}

PictureHeader readWebpHeader(ByteSource& source, std::string_view name) {
  PictureHeader header;
  const std::string head(source.read(0, 4096));
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(bytesOf(head), head.size(), &features) != VP8_STATUS_OK) {
    throw Error("the WebP picture's header cannot be read", std::string(name), "replace the file");
  }
  if (features.has_animation) {
    throw Error("the WebP file is an animation, not a picture", std::string(name),
                "save one of its pictures");
  }
  header.width = features.width;
  header.height = features.height;
  const std::uint64_t end = std::uint64_t(littleEndian(head, 4, 4)) + 8;
  if (source.size() < end) header.damage = "the file ends before the picture does";
  for (std::uint64_t at = 12; at + 8 <= end;) {
    const std::string_view start = source.read(at, 8);
    if (start.size() < 8) break;
    const std::uint32_t length = littleEndian(start, 4, 4);
    if (start.starts_with("EXIF") && length <= (1u << 20)) {
      std::string_view block = source.read(at + 8, length);
      if (block.starts_with(std::string_view("Exif\0\0", 6))) block.remove_prefix(6);
      header.orientation = exifOrientation(block);
      break;
    }
    at += 8 + std::uint64_t(length) + (length & 1);
  }
  return header;
}

DecodedImage decodeWebp(std::string_view bytes, const PictureHeader& header,
                        std::string_view name) {
  const std::size_t stride = std::size_t(4) * header.width;
  std::vector<std::uint8_t> pixels(stride * header.height, 128);
  for (std::size_t i = 3; i < pixels.size(); i += 4)
    pixels[i] = 255;
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) throw Error("libwebp of another version", std::string(name));
  config.output.colorspace = MODE_RGBA;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = pixels.data();
  config.output.u.RGBA.stride = static_cast<int>(stride);
  config.output.u.RGBA.size = pixels.size();
  const std::unique_ptr<WebPIDecoder, void (*)(WebPIDecoder*)> decoder(
      WebPIDecode(nullptr, 0, &config), WebPIDelete);
  if (!decoder) throw Error("no memory to decode the picture", std::string(name));
  const VP8StatusCode status = WebPIUpdate(decoder.get(), bytesOf(bytes), bytes.size());
  int rows = header.height;
  DecodedImage decoded;
  if (status != VP8_STATUS_OK) {
    int left = 0, top = 0, width = 0;
    rows = 0;
    WebPIDecodedArea(decoder.get(), &left, &top, &width, &rows);
    decoded.truncated = true;
    decoded.warning = status == VP8_STATUS_SUSPENDED ? "the file ends before the picture does"
                                                     : "the picture's data is damaged";
    if (rows <= 0) {
      throw Error("the picture cannot be decoded (" + decoded.warning + ")", std::string(name),
                  "replace the file");
    }
  }
  decoded.image = Image(header.width, header.height);
  layOnWhite(pixels.data(), decoded.image);
  return decoded;
}

std::string encodeWebp(const Image& image, int quality) {
  if (image.width > WEBP_MAX_DIMENSION || image.height > WEBP_MAX_DIMENSION) {
    throw Error("the picture is too large for WebP (at most 16383 pixels a side)", {},
                "write a png or jpg");
  }
  std::uint8_t* out = nullptr;
  const std::size_t size = WebPEncodeRGB(image.pixels.data(), image.width, image.height,
                                         3 * image.width, static_cast<float>(quality), &out);
  const std::unique_ptr<std::uint8_t, void (*)(void*)> owner(out, WebPFree);
  if (size == 0) throw Error("the picture cannot be written as WebP");
  return {reinterpret_cast<const char*>(out), size};
}

}  // namespace boxwright
