// SPDX-License-Identifier: GPL-3.0-or-later
// The thread of LiveDetection that detects, draws and records.
#include "core/base/thread_budget.h"
#include "core/detect/draw_detections.h"
#include "core/detect/live_shared.h"

namespace boxwright {

void LiveDetection::Shared::detectorLoop() {
  nameThisThread("live-detector");
  lowerThisThreadsPriority();
  DetectSteps detector;
  try {
    detector = make();
  } catch (...) {
    const Error error = currentError();
    {
      const std::lock_guard lock(mutex);
      load = Load::Failed;
      loadError = error;
    }
    changed.notify_all();
    tell();
    return;
  }
  {
    const std::lock_guard lock(mutex);
    load = Load::Ready;
    deviceName = detector.deviceName;
  }
  changed.notify_all();
  tell();

  std::unique_ptr<Recorder> recorder;
  std::uint64_t recorderRun = 0;
  std::string knownCondition;
  while (true) {
    FramePtr frame;
    DetectSettings use;
    std::uint64_t version = 0, mine = 0;
    bool isLive = false, again = false, leave = false, closeRecorder = false, words = false;
    std::filesystem::path openRecorder;
    double sourceRate = 0;
    {
      std::unique_lock lock(mutex);
      const auto recordingIsOver = [&] {
        return recorder && (recorderRun != run || recordWanted.empty() ||
                            recordWanted != recording || (sourceDone && !slot));
      };
      changed.wait_for(lock, std::chrono::milliseconds(250), [&] {
        return quit || slot || (last && settingsVersion != lastVersion) || recordingIsOver();
      });
      leave = quit;
      mine = run;
      use = settings;
      version = settingsVersion;
      isLive = live;
      sourceRate = rate;
      if (leave || recordingIsOver()) {
        closeRecorder = recorder != nullptr;
      }
      if (!leave && slot) {
        frame = std::exchange(slot, nullptr);
        detecting = true;
        if (!recordWanted.empty() && (!recorder || closeRecorder)) openRecorder = recordWanted;
      } else if (!leave && last && settingsVersion != lastVersion) {
        frame = last;
        again = true;
      }
      const std::string condition = this->condition();
      if (condition.empty() != knownCondition.empty()) words = true;
      if (words) knownCondition = condition;
    }
    changed.notify_all();

    if (closeRecorder) {
      closeRecording(*recorder, recorderRun);
      recorder.reset();
    }
    if (leave) return;
    if (!openRecorder.empty()) {
      recorder = beginRecording(openRecorder, sourceRate);
      recorderRun = mine;
    }
    if (frame && !work(detector, frame, use, version, mine, again, isLive, recorder)) {
      recorder.reset();
    }
    bool finished = false;
    {
      const std::lock_guard lock(mutex);
      finished = finishRun();
    }
    if (words || finished || closeRecorder) tell();
  }
}

std::unique_ptr<Recorder> LiveDetection::Shared::beginRecording(const std::filesystem::path& file,
                                                                double sourceRate) {
  try {
    auto recorder = std::make_unique<Recorder>(file, sourceRate);
    const std::lock_guard lock(mutex);
    recording = file;
    recorded = 0;
    return recorder;
  } catch (...) {
    const Error error = currentError();
    const std::lock_guard lock(mutex);
    recordError = error;
    recordWanted.clear();
    return nullptr;
  }
}

void LiveDetection::Shared::closeRecording(Recorder& recorder, std::uint64_t recorderRun) {
  std::optional<Error> error;
  try {
    recorder.close();
  } catch (...) {
    error = currentError();
  }
  const std::lock_guard lock(mutex);
  if (recorderRun == run && recordWanted == recording) recordWanted.clear();
  recording.clear();
  if (error) recordError = std::move(error);
}

bool LiveDetection::Shared::work(const DetectSteps& detector, const FramePtr& frame,
                                 const DetectSettings& use, std::uint64_t version,
                                 std::uint64_t mine, bool again, bool isLive,
                                 const std::unique_ptr<Recorder>& recorder) {
  DetectedFrame result;
  std::optional<Error> error, recordingError;
  const Clock::time_point before = Clock::now();
  try {
    result.detections = again ? detector.redecode(use) : detector.detect(frame->image, use);
  } catch (...) {
    error = currentError();
  }
  const Clock::time_point after = Clock::now();
  if (!error && !again && recorder) {
    try {
      Image drawn = frame->image;
      drawDetections(drawn, result.detections, detector.names);
      if (isLive) {
        recorder->write(drawn, frame->captured);
      } else {
        recorder->write(drawn);
      }
    } catch (...) {
      recordingError = currentError();
      try {
        recorder->close();  // what there is may still be read
      } catch (...) {
        // The first failure is the one to tell.
      }
    }
  }
  result.frame = frame;
  result.settings = use;
  result.milliseconds = millisecondsBetween(before, after);
  result.ageMilliseconds = millisecondsBetween(frame->captured, after);
  result.redecoded = again;
  bool recordingGoesOn = true;
  {
    const std::lock_guard lock(mutex);
    if (!again) detecting = false;
    if (recordingError) {
      recordError = std::move(recordingError);
      if (recordWanted == recording) recordWanted.clear();
      recording.clear();
      recordingGoesOn = false;
    } else if (recorder) {
      recorded = recorder->frames();
    }
    if (mine == run) {
      if (error) {
        runError = std::move(error);
        endState = LiveState::Failed;
        runStop.request_stop();
        lastVersion = version;
        last.reset();
      } else {
        last = frame;
        lastVersion = version;
        if (!again) {
          ++detected;
          milliseconds.add(result.milliseconds);
          age.add(result.ageMilliseconds);
          deliveries.push_back(after);
          while (after - deliveries.front() > std::chrono::seconds(2))
            deliveries.pop_front();
        }
        results.put({mine, std::move(result)});
      }
    }
  }
  changed.notify_all();
  tell();
  return recordingGoesOn;
}

}  // namespace boxwright
