// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>

#include "core/detect/frame_source.h"

namespace boxwright {

/// Every frame of a video file, upright by the file's own rotation. Throws Error when the file is
/// no video that can be decoded; when it ends before the count its header announces, `next` throws
/// after the last frame that could be read.
class VideoSource : public FrameSource {
 public:
  explicit VideoSource(const std::filesystem::path& file, const std::stop_token& stop = {});
  ~VideoSource() override;

  std::optional<Frame> next(std::stop_token stop) override;
  bool live() const override { return false; }
  std::uint64_t length() const override;
  double rate() const override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace boxwright
