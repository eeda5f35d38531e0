// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "core/image/image.h"

namespace boxwright {

/// Writes frames to a video file: .mp4, .mov and .mkv as H.264, else MPEG-4, whichever this machine
/// can encode; .avi as Motion JPEG. All frames have the size of the first; an odd last row or
/// column is cut off. One thread. Throws Error saying what to do: another ending, a folder that
/// cannot be written, a frame of another size, a full disk.
class Recorder {
 public:
  /// The file appears with the first frame and replaces one of the same name. `rate`: frames a
  /// second (0: 25).
  Recorder(std::filesystem::path file, double rate);
  /// Closes as well as it can; use close() to hear of failures.
  ~Recorder();

  /// One more frame.
  void write(const Image& image);
  /// A frame of a live source: repeated, or left out, so that the video runs as the clock did.
  void write(const Image& image, std::chrono::steady_clock::time_point captured);
  /// Finishes the file and checks that it can be read back.
  void close();

  const std::filesystem::path& file() const;
  std::uint64_t frames() const;  ///< in the file so far

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace boxwright
