// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/detect/frame_source.h"
#include "core/detect/recorder.h"
#include "core/image/image.h"

namespace boxwright::cli {

/// Where pictures and videos with boxes go: one name a source, never over a source or another
/// result of the same call. Results of earlier calls are replaced, but where the folder holds
/// sources nothing is. Throws Error where nothing can be written.
class DetectionOutput {
 public:
  /// Makes the folder.
  DetectionOutput(std::filesystem::path folder, const std::vector<std::string>& sources);

  void picture(const Frame& frame, const Image& drawn);
  void videoFrame(const Frame& frame, const FrameSource& source, const Image& drawn);
  void endVideo();
  /// "2 pictures and 1 video"; empty where there was nothing to write.
  std::string summary() const;

 private:
  std::filesystem::path fileFor(const std::string& source, const char* extension);

  std::filesystem::path folder_;
  bool keepsAll_;
  std::set<std::filesystem::path> used_;
  std::unique_ptr<Recorder> recorder_;
  std::size_t pictures_ = 0, videos_ = 0;
};

}  // namespace boxwright::cli
