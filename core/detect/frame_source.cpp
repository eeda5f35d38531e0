// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/frame_source.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/detect/picture_source.h"
#include "core/detect/stream_url.h"
#include "core/detect/test_pattern_source.h"
#include "core/detect/video_sources.h"
#include "core/image/codec.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() ||
      value < 0) {
    return std::nullopt;
  }
  return value;
}

/// Files that people try and that hold neither pictures nor a video: said at once, in plain words.
bool surelyNoVideo(const fs::path& file) {
  static constexpr std::array<std::string_view, 16> kEndings = {
      ".txt", ".xml", ".json", ".jsonl", ".yaml", ".yml",     ".cfg",  ".names",
      ".csv", ".md",  ".zip",  ".tar",   ".gz",   ".weights", ".data", ".pdf"};
  std::string ending = utf8(file.extension());
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

std::unique_ptr<FrameSource> openCameraNamed(std::string_view which, const std::string& source,
                                             const std::stop_token& stop) {
  if (const std::optional<int> index = number(which)) return openCamera(*index, stop);
  throw Error("no camera by this name", source, "give its number, as in camera:0");
}

}  // namespace

std::unique_ptr<FrameSource> openFrameSource(const std::string& source, std::stop_token stop) {
  constexpr std::string_view kCamera = "camera:", kDevice = "/dev/video",
                             kPattern = "test-pattern:", kFile = "file://";
  if (source.empty()) {
    throw Error("no source was given", {},
                "give a picture, folder, video, camera:N, test-pattern: or a URL");
  }
  if (source.rfind(kPattern, 0) == 0) {
    if (source.size() > kPattern.size()) {
      throw Error("the test pattern takes no settings", source, "write test-pattern:");
    }
    return std::make_unique<TestPatternSource>();
  }
  if (source.rfind(kCamera, 0) == 0) {
    return openCameraNamed(std::string_view(source).substr(kCamera.size()), source, stop);
  }
  if (source.rfind(kDevice, 0) == 0) {
    return openCameraNamed(std::string_view(source).substr(kDevice.size()), source, stop);
  }
  std::string name = source;
  if (source.rfind(kFile, 0) == 0) {
    name = source.substr(kFile.size());
  } else if (isUrl(source)) {
    return openStream(source, stop);
  }

  const fs::path path = pathFromUtf8(name);
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) {
    throw Error("there is no such file or folder", name, "check the path");
  }
  if (error) {
    throw Error("the source cannot be read", name, error.message() + "; check its permissions");
  }
  if (status.type() == fs::file_type::directory) return PictureSource::ofFolder(path, stop);
  if (status.type() != fs::file_type::regular) {
    throw Error("the source is neither a file nor a folder", name,
                "give a picture, folder, video, camera:N, test-pattern: or a URL");
  }
  if (isImageFile(path)) return std::make_unique<PictureSource>(path);
  if (surelyNoVideo(path)) {
    throw Error("files of this type hold no pictures", name, "give a picture, folder or video");
  }
  return openVideo(path, stop);
}

}  // namespace boxwright
