// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/detect/frame_source.h"
#include "core/detect/live_reader.h"

namespace boxwright {

/// A V4L2 camera, newest frame wins. Throws Error when /dev/videoN is not there, is no camera, may
/// not be opened or is in use; `next` throws when it is unplugged or stops answering.
class CameraSource : public FrameSource {
 public:
  CameraSource(int index, const std::stop_token& stop);

  std::optional<Frame> next(std::stop_token stop) override;
  bool live() const override { return true; }
  std::string condition() const override { return reader_.condition(); }
  std::uint64_t dropped() const override { return reader_.dropped(); }

 private:
  int index_;
  std::string name_;
  LiveReader reader_;
};

}  // namespace boxwright
