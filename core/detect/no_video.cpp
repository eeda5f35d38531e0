// SPDX-License-Identifier: GPL-3.0-or-later
//
// A build without OpenCV's videoio (BOXWRIGHT_VIDEO=OFF): what needs it says so.
#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/detect/recorder.h"
#include "core/detect/stream_url.h"
#include "core/detect/video_library.h"
#include "core/detect/video_sources.h"

namespace boxwright {
namespace {

[[noreturn]] void refuse(const std::string& source) {
  throw Error("this build of Boxwright has no videos, streams and cameras", source,
              "give pictures or folders of them, or use a build that has");
}

}  // namespace

bool readsVideos() {
  return false;
}

void prepareVideoLibrary() {}

std::unique_ptr<FrameSource> openVideo(const std::filesystem::path& file, const std::stop_token&) {
  refuse(utf8(file));
}

std::unique_ptr<FrameSource> openStream(const std::string& url, const std::stop_token&) {
  refuse(withoutPassword(url));
}

std::unique_ptr<FrameSource> openCamera(int index, const std::stop_token&) {
  refuse("camera:" + std::to_string(index));
}

struct Recorder::State {};

Recorder::Recorder(std::filesystem::path file, double) {
  refuse(utf8(file));
}
Recorder::~Recorder() = default;

// Of none that could be made.
void Recorder::write(const Image&) {}
void Recorder::write(const Image&, std::chrono::steady_clock::time_point) {}
void Recorder::close() {}
const std::filesystem::path& Recorder::file() const {
  static const std::filesystem::path none;
  return none;
}
std::uint64_t Recorder::frames() const {
  return 0;
}

}  // namespace boxwright
