// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/image/image.h"

namespace cv {
class Mat;
}

namespace boxwright {

/// Silences OpenCV's and FFmpeg's own messages and sets their time limits, once a process.
/// Everything in this folder that opens a capture or a writer calls it first; the programs' main
/// may call it before any thread starts, since it sets environment variables (those the user has
/// set stay).
void prepareVideoLibrary();

/// A frame as OpenCV hands it out (BGR, grey or BGRA; 8 bits) as a picture. Empty for an empty
/// frame.
Image imageFromFrame(const cv::Mat& frame);

}  // namespace boxwright
