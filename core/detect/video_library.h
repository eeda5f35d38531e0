// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "core/image/image.h"

namespace cv {
class Mat;
class VideoCapture;
}  // namespace cv

namespace boxwright {

/// Silences OpenCV's and FFmpeg's own messages and sets their time limits, once a process.
/// Everything in this folder that opens a capture or a writer calls it first; the programs' main
/// may call it before any thread starts, since it sets environment variables (those the user has
/// set stay).
void prepareVideoLibrary();

enum class Opening { Open, Failed, Stopped };

/// Opens a file or URL through FFmpeg. OpenCV lets one thread at a time into an opening and a
/// stream that does not answer may keep it for seconds: this waits at our own door, where `stop`
/// and `limit` are heard.
Opening openCapture(cv::VideoCapture& capture, const std::string& name,
                    const std::vector<int>& parameters, const std::stop_token& stop,
                    std::chrono::milliseconds limit = std::chrono::hours(1));

/// A frame as OpenCV hands it out (BGR, grey or BGRA; 8 bits) as a picture. Empty for an empty
/// frame.
Image imageFromFrame(const cv::Mat& frame);

}  // namespace boxwright
