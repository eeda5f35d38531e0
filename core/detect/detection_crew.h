// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/detect/detector.h"
#include "core/detect/frame_source.h"

namespace boxwright {

struct DetectedFrame {
  Frame frame;
  std::vector<Detection> detections;
  double milliseconds = 0;  ///< of detecting alone
  std::string condition;    ///< what the source said of itself when it gave the frame
};

/// Detects frame after frame of a source on threads of its own, each with a Detector of its own:
/// while one reads, resizes or decodes, another computes. Frames come out in their order. Used by
/// one thread.
class DetectionCrew {
 public:
  struct Size {
    int detectors = 1;
    int batch = 1;  ///< as DetectorOptions has it

    bool operator==(const Size&) const = default;
  };
  /// Whether frames come as fast as they are taken, and more than one.
  static bool hasMany(const FrameSource& source);
  /// What finds the objects of `source` soonest with so many threads. Where there are many frames:
  /// two detectors that share the threads if the network is small, so that its forward pass does
  /// not dwarf the rest of the work, or if a card computes, which leaves them free; and as many
  /// frames at a time as the device likes. Else one.
  static Size sizeFor(const FrameSource& source, const Model& model, int threads, bool onCard);

  /// Opens its detectors; they share options.threads. Throws as Detector does.
  DetectionCrew(Model model, const DetectorOptions& options, const Size& size);
  ~DetectionCrew();
  DetectionCrew(const DetectionCrew&) = delete;
  DetectionCrew& operator=(const DetectionCrew&) = delete;

  int inputWidth() const { return inputWidth_; }
  int inputHeight() const { return inputHeight_; }
  const std::string& deviceName() const { return deviceName_; }

  /// Gives every frame to `sink`, on the calling thread, until the source ends, `stop` is requested
  /// or the sink returns false or throws; then what the source says of itself at its end. A live
  /// source is read only when the frame before was taken. Whatever the end, a read under way is
  /// stopped. `waiting` is called twice a second while nothing comes. Throws what the source
  /// throws, after the frames before it, and what the sink throws.
  std::string run(FrameSource& source, const DetectSettings& settings, std::stop_token stop,
                  const std::function<bool(DetectedFrame&&)>& sink,
                  const std::function<void()>& waiting = {});

 private:
  /// One source being worked off.
  struct Job;
  void work(std::stop_token stop, Detector& detector);
  /// Takes the next frames, up to a batch, and detects in them. Called and left with the lock held.
  void step(std::unique_lock<std::mutex>& lock, Detector& detector);

  Trace* const trace_;
  const int cores_;
  int batch_ = 1;
  int inputWidth_ = 0, inputHeight_ = 0;
  std::string deviceName_;

  std::mutex mutex_;
  std::condition_variable_any wanted_, ready_;
  Job* job_ = nullptr;
  std::vector<std::jthread> threads_;  ///< last: they use the others
};

}  // namespace boxwright
