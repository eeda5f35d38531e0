// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>

#include "core/detect/frame_source.h"

namespace boxwright {

// The sources that need OpenCV's videoio, by the classes of the same names. Where a build has none
// (readsVideos()) each throws Error.

std::unique_ptr<FrameSource> openVideo(const std::filesystem::path& file,
                                       const std::stop_token& stop);
std::unique_ptr<FrameSource> openStream(const std::string& url, const std::stop_token& stop);
std::unique_ptr<FrameSource> openCamera(int index, const std::stop_token& stop);

}  // namespace boxwright
