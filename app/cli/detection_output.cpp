// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/detection_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "app/cli/console.h"
#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/image/codec.h"

namespace boxwright::cli {
namespace {

namespace fs = std::filesystem;

/// Whether `folder` is where the pictures of one of the sources lie, or lies among them.
bool liesAmong(const fs::path& folder, const std::vector<std::string>& sources) {
  std::error_code error;
  const fs::path target = fs::weakly_canonical(folder, error);
  return std::any_of(sources.begin(), sources.end(), [&](const std::string& source) {
    std::error_code ignored;
    const fs::path path = fs::weakly_canonical(pathFromUtf8(source), ignored);
    if (!fs::is_directory(path, ignored)) {
      return fs::exists(path, ignored) && path.parent_path() == target;
    }
    if (path == target) return true;
    // Folders below one that has pictures of its own are not looked into.
    fs::directory_iterator entry(path, ignored);
    const bool own = std::any_of(entry, fs::directory_iterator(),
                                 [](const auto& file) { return isImageFile(file.path()); });
    return !own && std::mismatch(path.begin(), path.end(), target.begin(), target.end()).first ==
                       path.end();
  });
}

}  // namespace

DetectionOutput::DetectionOutput(fs::path folder, const std::vector<std::string>& sources)
    : folder_(std::move(folder)), keepsAll_(liesAmong(folder_, sources)) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) {
    throw Error("cannot make the folder (" + error.message() + ")", utf8(folder_),
                "check the permissions or choose another folder");
  }
}

void DetectionOutput::picture(const Frame& frame, const Image& drawn) {
  writeImage(fileFor(frame.source, ".jpg"), drawn);
  ++pictures_;
}

void DetectionOutput::videoFrame(const Frame& frame, const FrameSource& source,
                                 const Image& drawn) {
  if (!recorder_) {
    recorder_ = std::make_unique<Recorder>(fileFor(frame.source, ".mp4"), source.rate());
  }
  if (source.live()) {
    recorder_->write(drawn, frame.captured);
  } else {
    recorder_->write(drawn);
  }
}

void DetectionOutput::endVideo() {
  if (!recorder_) return;
  recorder_->close();
  recorder_.reset();
  ++videos_;
}

std::string DetectionOutput::summary() const {
  std::string text;
  if (pictures_ > 0) text = counted(pictures_, "picture", "pictures");
  if (videos_ > 0) text += (text.empty() ? "" : " and ") + counted(videos_, "video", "videos");
  return text;
}

fs::path DetectionOutput::fileFor(const std::string& source, const char* extension) {
  std::string stem = utf8(pathFromUtf8(source).stem());
  for (char& c : stem) {
    if (c == ':' || c == '?' || c == '*' || c == '/') c = '-';
  }
  while (!stem.empty() && stem.back() == '-')
    stem.pop_back();
  if (stem.empty()) stem = "detected";
  // Room for "-2" and the ending in a name of 255 bytes; whole letters only.
  constexpr std::size_t kLongest = 230;
  if (stem.size() > kLongest) {
    std::size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(stem[end]) & 0xC0) == 0x80)
      --end;
    stem.resize(end);
  }
  fs::path file = folder_ / pathFromUtf8(stem + extension);
  std::error_code error;
  for (int n = 2; used_.contains(file) || (keepsAll_ && fs::exists(file, error)) ||
                  fs::equivalent(file, pathFromUtf8(source), error);
       ++n) {
    file = folder_ / pathFromUtf8(fmt::format("{}-{}{}", stem, n, extension));
  }
  used_.insert(file);
  return file;
}

}  // namespace boxwright::cli
