// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/detect/frame_source.h"
#include "core/detect/live_reader.h"

namespace boxwright {

/// A stream by its URL (rtsp, rtmp, http, udp, tcp, srt) through FFmpeg. The newest frame wins;
/// when it stalls or ends it is opened again until it comes back, and condition() says so. A finite
/// file behind http is played at its own rate and then ends. Throws Error when the first opening
/// fails.
class StreamSource : public FrameSource {
 public:
  StreamSource(const std::string& url, const std::stop_token& stop);

  std::optional<Frame> next(std::stop_token stop) override;
  bool live() const override { return true; }
  std::string condition() const override { return reader_.condition(); }
  std::uint64_t dropped() const override { return reader_.dropped(); }

 private:
  std::string name_;
  LiveReader reader_;
};

}  // namespace boxwright
