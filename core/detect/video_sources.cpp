// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/video_sources.h"

#include "core/detect/camera_source.h"
#include "core/detect/stream_source.h"
#include "core/detect/video_source.h"

namespace boxwright {

bool readsVideos() {
  return true;
}

std::unique_ptr<FrameSource> openVideo(const std::filesystem::path& file,
                                       const std::stop_token& stop) {
  return std::make_unique<VideoSource>(file, stop);
}

std::unique_ptr<FrameSource> openStream(const std::string& url, const std::stop_token& stop) {
  return std::make_unique<StreamSource>(url, stop);
}

std::unique_ptr<FrameSource> openCamera(int index, const std::stop_token& stop) {
  return std::make_unique<CameraSource>(index, stop);
}

}  // namespace boxwright
