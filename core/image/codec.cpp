// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/image/codec.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/image/orientation.h"
#include "core/image/picture_format.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// A file read at any offset, through a window that covers most headers in one call.
class FileSource final : public ByteSource {
 public:
  explicit FileSource(const fs::path& path) : path_(path) {
    fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info {};
    if (fd_ < 0 || ::fstat(fd_, &info) != 0) {
      const int code = errno;
      if (fd_ >= 0) ::close(fd_);
      throw Error(std::string("cannot open the picture (") + std::strerror(code) + ")", utf8(path),
                  "check the path and its permissions");
    }
    if (!S_ISREG(info.st_mode)) {
      ::close(fd_);
      throw Error("not a file", utf8(path));
    }
    size_ = static_cast<std::uint64_t>(info.st_size);
  }
  ~FileSource() override { ::close(fd_); }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  std::uint64_t size() const override { return size_; }
  std::string_view read(std::uint64_t offset, std::size_t count) override {
    if (offset >= size_) return {};
    count = static_cast<std::size_t>(std::min<std::uint64_t>(count, size_ - offset));
    if (offset < begin_ || offset + count > begin_ + window_.size()) fill(offset, count);
    if (offset >= begin_ + window_.size()) return {};
    return std::string_view(window_).substr(static_cast<std::size_t>(offset - begin_), count);
  }

 private:
  void fill(std::uint64_t offset, std::size_t count) {
    window_.resize(std::max<std::size_t>(count, offset == 0 ? 1 << 14 : 1 << 12));
    begin_ = offset;
    std::size_t got = 0;
    while (got < window_.size()) {
      const ssize_t n = ::pread(fd_, window_.data() + got, window_.size() - got,
                                static_cast<off_t>(offset + got));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) {
        throw Error(std::string("cannot read the picture (") + std::strerror(errno) + ")",
                    utf8(path_));
      }
      if (n == 0) break;
      got += static_cast<std::size_t>(n);
    }
    window_.resize(got);
  }

  fs::path path_;
  int fd_ = -1;
  std::uint64_t size_ = 0;
  std::uint64_t begin_ = 0;
  std::string window_;
};

enum class Kind { Jpeg, Png, Bmp, Webp };

/// By the bytes, not by the name: pictures with a wrong ending are common.
Kind kindOf(ByteSource& source, std::string_view name) {
  const std::string_view start = source.read(0, 12);
  if (isJpeg(start)) return Kind::Jpeg;
  if (isPng(start)) return Kind::Png;
  if (isWebp(start)) return Kind::Webp;
  if (isBmp(start)) return Kind::Bmp;
  throw Error(start.empty() ? "the file is empty" : "not a JPEG, PNG, BMP or WebP picture",
              std::string(name), "replace the file");
}

PictureHeader headerOf(ByteSource& source, Kind kind, std::string_view name) {
  switch (kind) {
    case Kind::Jpeg:
      return readJpegHeader(source, name);
    case Kind::Png:
      return readPngHeader(source, name);
    case Kind::Bmp:
      return readBmpHeader(source, name);
    case Kind::Webp:
      return readWebpHeader(source, name);
  }
  return {};
}

std::string lowerExtension(const fs::path& path) {
  std::string extension = utf8(path.extension());
  for (char& c : extension) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return extension;
}

}  // namespace

bool isImageFile(const fs::path& path) {
  static constexpr std::array<std::string_view, 5> kEndings = {".jpg", ".jpeg", ".png", ".bmp",
                                                               ".webp"};
  return std::find(kEndings.begin(), kEndings.end(), lowerExtension(path)) != kEndings.end();
}

ImageInfo readImageInfo(const fs::path& path) {
  FileSource source(path);
  const std::string name = utf8(path);
  PictureHeader header = headerOf(source, kindOf(source, name), name);
  if (swapsSides(header.orientation)) std::swap(header.width, header.height);
  return {header.width, header.height, std::move(header.damage)};
}

DecodedImage decodeImage(const fs::path& path, int atLeast) {
  return decodeImageBytes(readFile(path), utf8(path), atLeast);
}

DecodedImage decodeImageBytes(std::string_view bytes, std::string_view name, int atLeast) {
  MemorySource source(bytes);
  const Kind kind = kindOf(source, name);
  const PictureHeader header = headerOf(source, kind, name);
  if (std::int64_t(header.width) * header.height > kMaxPixels) {
    throw Error("the picture claims " + std::to_string(header.width) + " x " +
                    std::to_string(header.height) + " pixels, more than the " +
                    std::to_string(kMaxPixels >> 20) + " megapixels that are read",
                std::string(name), "cut it into smaller pictures");
  }
  DecodedImage decoded;
  try {
    switch (kind) {
      case Kind::Jpeg:
        decoded = decodeJpeg(bytes, header, name, atLeast);
        break;
      case Kind::Png:
        decoded = decodePng(bytes, header, name);
        break;
      case Kind::Bmp:
        decoded = decodeBmp(bytes, header, name);
        break;
      case Kind::Webp:
        decoded = decodeWebp(bytes, header, name);
        break;
    }
    decoded.image = upright(std::move(decoded.image), header.orientation);
  } catch (const std::bad_alloc&) {
    throw Error("not enough memory for a picture of " + std::to_string(header.width) + " x " +
                    std::to_string(header.height) + " pixels",
                std::string(name), "close other programs or use a smaller picture");
  }
  return decoded;
}

std::string encodeImage(const Image& image, std::string_view extension, int quality) {
  if (image.empty()) throw Error("an empty picture cannot be written");
  if (extension == ".jpg" || extension == ".jpeg") return encodeJpeg(image, quality);
  if (extension == ".png") return encodePng(image);
  if (extension == ".bmp") return encodeBmp(image);
  if (extension == ".webp") return encodeWebp(image, quality);
  throw Error("pictures of this kind cannot be written", std::string(extension),
              "end the name in .jpg, .png, .bmp or .webp");
}

void writeImage(const fs::path& path, const Image& image) {
  writeFileAtomically(path, encodeImage(image, lowerExtension(path)));
}

}  // namespace boxwright
