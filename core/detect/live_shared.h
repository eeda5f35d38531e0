// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/base/mailbox.h"
#include "core/detect/live_detection.h"
#include "core/detect/recorder.h"

/// The inside of LiveDetection, for its own files alone.
namespace boxwright {

/// All that the threads share, under one mutex that is held for moments only: no reading,
/// detecting, encoding or closing happens under it. Everything that belongs to one source carries
/// the number of its run; what comes from an older run is thrown away.
struct LiveDetection::Shared {
  using Clock = std::chrono::steady_clock;
  using Open = std::function<std::unique_ptr<FrameSource>(std::stop_token)>;
  using FramePtr = std::shared_ptr<const Frame>;
  enum class Load { Loading, Ready, Failed };

  /// The last few of a kind, for the numbers that are shown.
  class Recent {
   public:
    void add(double value) {
      values_.push_back(value);
      if (values_.size() > 15) values_.pop_front();
    }
    double median() const {
      if (values_.empty()) return 0;
      std::vector<double> sorted(values_.begin(), values_.end());
      std::nth_element(sorted.begin(), sorted.begin() + std::ptrdiff_t(sorted.size() / 2),
                       sorted.end());
      return sorted[sorted.size() / 2];
    }
    double worst() const {
      return values_.empty() ? 0 : *std::max_element(values_.begin(), values_.end());
    }

   private:
    std::deque<double> values_;
  };

  MakeDetectSteps make;
  std::function<void()> news;

  mutable std::mutex mutex;
  std::condition_variable_any changed;
  bool quit = false;

  // The model.
  Load load = Load::Loading;
  std::optional<Error> loadError;
  std::string deviceName;

  // What the user set.
  DetectSettings settings;
  std::uint64_t settingsVersion = 0;
  bool paused = false;
  int steps = 0;  ///< asked for and not yet done

  // The run.
  std::uint64_t run = 0;
  std::string sourceName;
  Open pending;  ///< waits for the source thread
  LiveOptions options;
  std::stop_source runStop;
  LiveState runState = LiveState::Idle;  ///< Idle, Opening, Running, Ended, Stopped or Failed
  bool sourceDone = true;
  LiveState endState = LiveState::Ended;  ///< what the run becomes when all is detected
  std::optional<Error> runError;
  FrameSource* source = nullptr;  ///< the source thread's, asked for words and numbers under mutex
  bool live = false;
  double rate = 0;
  std::uint64_t length = 0;
  std::string lastCondition;          ///< of a source that is gone
  std::uint64_t droppedBySource = 0;  ///< likewise
  std::uint64_t droppedByUs = 0, droppedBefore = 0;
  FramePtr slot;
  bool detecting = false;
  FramePtr last;  ///< detected; what redecode belongs to
  std::uint64_t lastVersion = 0;
  std::uint64_t detected = 0;
  Recent milliseconds, age;
  std::deque<Clock::time_point> deliveries;
  Mailbox<std::pair<std::uint64_t, DetectedFrame>> results;

  // The recording.
  std::filesystem::path recordWanted;  ///< empty: none
  std::filesystem::path recording;     ///< open on the detector thread
  std::uint64_t recorded = 0;
  std::optional<Error> recordError;

  std::jthread detectorThread, sourceThread;

  /// The exception now being handled, as an Error for status(): the two threads end here, so
  /// nothing may leave them.
  static Error currentError();
  static double millisecondsBetween(Clock::time_point from, Clock::time_point to) {
    return std::chrono::duration<double, std::milli>(to - from).count();
  }

  void tell() const {
    if (news) news();
  }

  bool active() const { return runState == LiveState::Opening || runState == LiveState::Running; }

  /// The run is over when its source is gone, its last frame detected and its recording closed.
  bool finishRun() {
    if (!active() || pending || !sourceDone || slot || detecting || !recording.empty()) {
      return false;
    }
    runState = endState;
    recordWanted.clear();
    changed.notify_all();
    return true;
  }

  std::string condition() const { return source ? source->condition() : lastCondition; }
  std::uint64_t sourceDropped() const { return source ? source->dropped() : droppedBySource; }

  void begin(Open open, std::string name, const LiveOptions& runOptions);

  // ---- the source thread: live_source_thread.cpp ----

  void sourceLoop();
  void readAll(FrameSource& reading, std::uint64_t mine, const std::stop_token& stop);

  /// Holds a frame of a finite source until it is its turn: by the video's own rate when it is only
  /// watched, else until the detector has taken the one before. False when stopped.
  bool handOver(const FrameSource& reading, Frame& frame, bool paced,
                std::optional<Clock::time_point>& anchor, std::uint64_t& anchorNumber,
                std::optional<Clock::time_point>& lastPicture, const std::stop_token& stop);

  // ---- the detector thread: live_detector_thread.cpp ----

  void detectorLoop();
  std::unique_ptr<Recorder> beginRecording(const std::filesystem::path& file, double sourceRate);
  void closeRecording(Recorder& recorder, std::uint64_t recorderRun);

  /// Detects, or decodes again, and delivers. False when the recording has failed and is closed.
  bool work(const DetectSteps& detector, const FramePtr& frame, const DetectSettings& use,
            std::uint64_t version, std::uint64_t mine, bool again, bool isLive,
            const std::unique_ptr<Recorder>& recorder);
};

}  // namespace boxwright
