// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/detect/detector.h"
#include "core/detect/frame_source.h"

namespace boxwright {

/// What the detector thread calls. Two functions instead of a Detector, so that the pipeline can be
/// driven without a network; detectStepsFor() makes them from a Detector.
struct DetectSteps {
  std::function<std::vector<Detection>(const Image&, const DetectSettings&)> detect;
  /// Again over the last picture with other settings.
  std::function<std::vector<Detection>(const DetectSettings&)> redecode;
  ClassNames names;                                      ///< for the labels of a recording
  std::shared_ptr<const ClassTree> classTree = nullptr;  ///< of the model; null without one
  std::string deviceName;                                ///< shown in LiveStatus
};

/// Makes the steps; called once, on the detector thread, which then is the only one to use them (a
/// backend belongs to the thread that made it). May take seconds (weights) and throw Error.
using MakeDetectSteps = std::function<DetectSteps()>;

/// The usual MakeDetectSteps: `openModel` (openRunModel, openModel) runs on the detector thread.
MakeDetectSteps detectStepsFor(std::function<Model()> openModel, const DetectorOptions& options);

struct LiveOptions {
  bool startPaused = false;  ///< the first frame is still read and detected
  /// Every frame of a finite source is detected, as fast as that goes; else a video is played at
  /// its own rate and frames that the detector is too slow for are dropped. Recording a video
  /// forces it.
  bool everyFrame = false;
  double picturesPerSecond = 0;  ///< pace of pictures of a folder (never dropped); 0: no pause
  std::filesystem::path record;  ///< recorded here from the first frame on (see startRecording)
};

/// Loading: the model. Opening: the source. Ended: a finite source has no more frames (settings
/// still act on its last). Failed: `LiveStatus::error` says why.
enum class LiveState { Idle, Loading, Opening, Running, Paused, Ended, Stopped, Failed };

/// A frame and what was found in it. The frame is shared and does not change.
struct DetectedFrame {
  std::shared_ptr<const Frame> frame;
  std::vector<Detection> detections;
  DetectSettings settings;     ///< that they were made with
  double milliseconds = 0;     ///< the detector took (resize, forward, decode, NMS)
  double ageMilliseconds = 0;  ///< from capture to the moment the detections were there
  bool redecoded = false;      ///< the same frame as before under other settings
};

/// Where the pipeline stands; a value, taken at any time.
struct LiveStatus {
  LiveState state = LiveState::Idle;
  std::string source;
  std::string deviceName;
  std::string condition;  ///< the source's words, empty when all is well: "stalled for 2 s, …"
  std::optional<Error> error;  ///< of model or source (Failed), or of the recording
  bool live = false;
  std::uint64_t length = 0;         ///< frames in all where known
  std::uint64_t number = 0;         ///< of the last detected frame
  std::uint64_t detected = 0;       ///< frames detected since start
  std::uint64_t dropped = 0;        ///< frames that came and were not detected, since start
  double framesPerSecond = 0;       ///< detected, over the last two seconds
  double milliseconds = 0;          ///< a frame in the detector, median of the last 15
  double ageMilliseconds = 0;       ///< at delivery, median of the last 15
  double worstAgeMilliseconds = 0;  ///< of the last 15
  std::filesystem::path recording;  ///< the file being recorded, empty when none is
  std::uint64_t recorded = 0;       ///< frames written to it
};

/// Source thread -> one slot, newest wins -> detector thread -> one slot, newest wins -> who takes.
/// The latency stays bounded however slow the detector or the taker is; what is dropped is counted.
/// Owns both threads. Every function may be called from any thread, waits for nothing (but `stop`
/// and the destructor) and throws nothing: what goes wrong stands in status().
class LiveDetection {
 public:
  /// Starts loading on the detector thread. `news` is called on one of the two threads whenever a
  /// frame is there to take or the status has changed in kind (state, condition, error): it must
  /// return at once and may only leave a note for its own thread (a GUI posts itself an event). It
  /// is not called after the destructor has returned.
  explicit LiveDetection(MakeDetectSteps make, std::function<void()> news = {});
  /// Stops and joins: under a second whatever the source does, but for one forward pass or a model
  /// that is still loading.
  ~LiveDetection();
  LiveDetection(const LiveDetection&) = delete;
  LiveDetection& operator=(const LiveDetection&) = delete;

  /// Opens SOURCE (openFrameSource) and begins; a source that runs is stopped first, a recording is
  /// closed. The loaded model stays.
  void start(const std::string& source, const LiveOptions& options = {});
  /// The same with a source of the caller's making; `open` is called on the source thread.
  void start(std::function<std::unique_ptr<FrameSource>(std::stop_token)> open,
             const LiveOptions& options = {});
  /// Asks the source to end and returns at once; the state becomes Stopped when it has.
  void requestStop();
  /// requestStop, then waits until the source thread has ended and any recording is closed.
  void stop();

  /// Acts on the next frame, and on the last one at once when no other is waiting.
  void setSettings(const DetectSettings& settings);
  DetectSettings settings() const;

  /// Pausing holds the picture: a file waits, a live source goes on being read and thrown away.
  void setPaused(bool paused);
  /// While paused: `by` frames on (one more frame); other steps and back where the source can seek
  /// (pictures of a folder), else nothing happens.
  void step(int by = 1);

  /// Records from the next frame on, with boxes drawn, on the detector thread. A failure (cannot be
  /// written, disk full) ends the recording, not the detection, and stands in status().error.
  void startRecording(const std::filesystem::path& file);
  void stopRecording();

  /// The newest result not yet taken, without waiting.
  std::optional<DetectedFrame> take();
  LiveStatus status() const;

 private:
  struct Shared;
  std::unique_ptr<Shared> shared_;
};

}  // namespace boxwright
