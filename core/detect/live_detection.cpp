// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/live_detection.h"

#include <exception>
#include <new>

#include "core/detect/live_shared.h"

namespace boxwright {

Error LiveDetection::Shared::currentError() {
  try {
    throw;
  } catch (const Error& error) {
    return error;
  } catch (const std::bad_alloc&) {
    return Error("there is not enough memory", {}, "choose a smaller network or input size");
  } catch (const std::exception& error) {
    return Error(std::string("something unforeseen happened: ") + error.what());
  }
}

void LiveDetection::Shared::begin(Open open, std::string name, const LiveOptions& runOptions) {
  {
    const std::lock_guard lock(mutex);
    runStop.request_stop();
    runStop = std::stop_source();
    ++run;
    pending = std::move(open);
    options = runOptions;
    sourceName = std::move(name);
    paused = runOptions.startPaused;
    steps = 0;
    runState = LiveState::Opening;
    endState = LiveState::Ended;
    runError.reset();
    recordError.reset();
    recordWanted = runOptions.record;
    recorded = 0;
    source = nullptr;
    sourceDone = false;
    live = false;
    rate = 0;
    length = 0;
    lastCondition.clear();
    droppedBySource = droppedByUs = droppedBefore = 0;
    slot.reset();
    last.reset();
    detected = 0;
    milliseconds = {};
    age = {};
    deliveries.clear();
    results.tryTake();
  }
  changed.notify_all();
}

LiveDetection::LiveDetection(MakeDetectSteps make, std::function<void()> news)
    : shared_(std::make_unique<Shared>()) {
  Shared* const shared = shared_.get();
  shared->make = std::move(make);
  shared->news = std::move(news);
  shared->detectorThread = std::jthread([shared] { shared->detectorLoop(); });
  shared->sourceThread = std::jthread([shared] { shared->sourceLoop(); });
}

LiveDetection::~LiveDetection() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->quit = true;
    shared_->runStop.request_stop();
  }
  shared_->changed.notify_all();
  shared_->sourceThread.join();
  shared_->detectorThread.join();
}

void LiveDetection::start(const std::string& source, const LiveOptions& options) {
  shared_->begin([source](std::stop_token stop) { return openFrameSource(source, stop); }, source,
                 options);
}

void LiveDetection::start(std::function<std::unique_ptr<FrameSource>(std::stop_token)> open,
                          const LiveOptions& options) {
  shared_->begin(std::move(open), {}, options);
}

void LiveDetection::requestStop() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->runStop.request_stop();
    shared_->slot.reset();
    if (shared_->pending) {
      // It had not even begun.
      shared_->pending = nullptr;
      shared_->sourceDone = true;
      shared_->endState = LiveState::Stopped;
      shared_->finishRun();
    }
  }
  shared_->changed.notify_all();
}

void LiveDetection::stop() {
  requestStop();
  std::unique_lock lock(shared_->mutex);
  shared_->changed.wait(lock, [this] { return !shared_->active(); });
}

void LiveDetection::setSettings(const DetectSettings& settings) {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->settings = settings;
    ++shared_->settingsVersion;
  }
  shared_->changed.notify_all();
}

DetectSettings LiveDetection::settings() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->settings;
}

void LiveDetection::setPaused(bool paused) {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->paused = paused;
    shared_->steps = 0;
  }
  shared_->changed.notify_all();
}

void LiveDetection::step(int by) {
  {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->paused) shared_->steps += by;
  }
  shared_->changed.notify_all();
}

void LiveDetection::startRecording(const std::filesystem::path& file) {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->recordWanted = file;
    shared_->recordError.reset();
  }
  shared_->changed.notify_all();
}

void LiveDetection::stopRecording() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->recordWanted.clear();
  }
  shared_->changed.notify_all();
}

std::optional<DetectedFrame> LiveDetection::take() {
  const std::lock_guard lock(shared_->mutex);
  std::optional<std::pair<std::uint64_t, DetectedFrame>> result = shared_->results.tryTake();
  if (!result || result->first != shared_->run) return std::nullopt;
  return std::move(result->second);
}

LiveStatus LiveDetection::status() const {
  const Shared& s = *shared_;
  LiveStatus status;
  const std::lock_guard lock(s.mutex);
  if (s.load == Shared::Load::Failed) {
    status.state = LiveState::Failed;
  } else if (s.load == Shared::Load::Loading && s.active()) {
    status.state = LiveState::Loading;
  } else if (s.runState == LiveState::Running && s.paused) {
    status.state = LiveState::Paused;
  } else {
    status.state = s.runState;
  }
  if (s.runState == LiveState::Idle && s.load == Shared::Load::Loading) {
    status.state = LiveState::Loading;
  }
  status.source = s.sourceName;
  status.deviceName = s.deviceName;
  status.condition = s.condition();
  status.error = s.loadError ? s.loadError : s.runError ? s.runError : s.recordError;
  status.live = s.live;
  status.length = s.length;
  status.number = s.last ? s.last->number : 0;
  status.detected = s.detected;
  const std::uint64_t bySource = s.sourceDropped();
  status.dropped = s.droppedByUs + (bySource > s.droppedBefore ? bySource - s.droppedBefore : 0);
  if (s.deliveries.size() > 1 &&
      Shared::Clock::now() - s.deliveries.back() < std::chrono::seconds(2)) {
    const double span = Shared::millisecondsBetween(s.deliveries.front(), s.deliveries.back());
    if (span > 0) status.framesPerSecond = 1000 * double(s.deliveries.size() - 1) / span;
  }
  status.milliseconds = s.milliseconds.median();
  status.ageMilliseconds = s.age.median();
  status.worstAgeMilliseconds = s.age.worst();
  status.recording = s.recording;
  status.recorded = s.recorded;
  return status;
}

}  // namespace boxwright
