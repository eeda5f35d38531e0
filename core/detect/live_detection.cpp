// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/live_detection.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <new>
#include <thread>
#include <utility>

#include "core/base/mailbox.h"
#include "core/base/thread_budget.h"
#include "core/detect/draw_detections.h"
#include "core/detect/recorder.h"

namespace boxwright {
namespace {

using Clock = std::chrono::steady_clock;

double millisecondsBetween(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

Clock::duration secondsOf(double seconds) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

/// The exception now being handled, as an Error for status(): the two threads end here, so nothing
/// may leave them.
Error currentError() {
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

}  // namespace

/// All that the threads share, under one mutex that is held for moments only: no reading,
/// detecting, encoding or closing happens under it. Everything that belongs to one source carries
/// the number of its run; what comes from an older run is thrown away.
struct LiveDetection::Shared {
  using Open = std::function<std::unique_ptr<FrameSource>(std::stop_token)>;
  using FramePtr = std::shared_ptr<const Frame>;
  enum class Load { Loading, Ready, Failed };

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

  void begin(Open open, std::string name, const LiveOptions& runOptions) {
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

  // ---- the source thread ----

  void sourceLoop() {
    nameThisThread("live-source");
    lowerThisThreadsPriority();
    while (true) {
      Open open;
      std::uint64_t mine = 0;
      std::stop_token stop;
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return quit || pending; });
        if (quit) return;
        open = std::exchange(pending, nullptr);
        mine = run;
        stop = runStop.get_token();
      }
      LiveState end = LiveState::Ended;
      std::optional<Error> error;
      std::unique_ptr<FrameSource> reading;
      try {
        reading = open(stop);
        if (reading && !stop.stop_requested()) readAll(*reading, mine, stop);
      } catch (...) {
        error = currentError();
        end = LiveState::Failed;
      }
      if (stop.stop_requested()) {
        end = LiveState::Stopped;
        error.reset();
      }
      {
        const std::lock_guard lock(mutex);
        if (mine == run) {
          if (reading) {
            lastCondition = reading->condition();
            droppedBySource = reading->dropped();
          }
        }
        source = nullptr;
      }
      reading.reset();
      {
        const std::lock_guard lock(mutex);
        if (mine == run) {
          sourceDone = true;
          if (endState != LiveState::Failed) endState = end;  // the detector may have failed first
          if (error && !runError) runError = std::move(error);
          if (end == LiveState::Stopped) slot.reset();
          finishRun();
        }
      }
      changed.notify_all();
      tell();
    }
  }

  /// Waits on the source thread; false when the run is to end.
  template <typename Ready>
  bool waitFor(const std::stop_token& stop, Ready ready) {
    std::unique_lock lock(mutex);
    changed.wait(lock, stop, ready);
    return !stop.stop_requested();
  }

  void readAll(FrameSource& reading, std::uint64_t mine, const std::stop_token& stop) {
    const bool isLive = reading.live();
    const double sourceRate = reading.rate();
    const bool seeks = !isLive && reading.seek(0);
    {
      const std::lock_guard lock(mutex);
      if (mine != run) return;
      source = &reading;
      live = isLive;
      rate = sourceRate;
      length = reading.length();
      runState = LiveState::Running;
    }
    tell();
    // Frames that nobody can detect yet are no use: the model comes first.
    if (!waitFor(stop, [this] { return load != Load::Loading; })) return;
    {
      const std::lock_guard lock(mutex);
      if (mine != run || load == Load::Failed) return;
      droppedBefore = reading.dropped();
    }
    bool any = false;                         // a frame was handed on
    std::uint64_t number = 0;                 // its number
    std::optional<Clock::time_point> anchor;  // when frame `anchorNumber` was shown
    std::uint64_t anchorNumber = 0;
    std::optional<Clock::time_point> lastPicture;
    while (!stop.stop_requested()) {
      bool stepped = false;
      if (!isLive && any) {
        int by = 0;
        {
          std::unique_lock lock(mutex);
          if (paused && steps == 0) anchor.reset();
          changed.wait(lock, stop, [this] { return !paused || steps != 0; });
          if (stop.stop_requested() || mine != run) return;
          by = paused ? std::exchange(steps, 0) : 0;
        }
        stepped = by != 0;
        if (stepped) anchor.reset();
        if (by != 0 && by != 1) {
          const std::int64_t wanted = std::max<std::int64_t>(0, std::int64_t(number) + by);
          if (!reading.seek(std::uint64_t(wanted))) continue;
        }
      }
      std::optional<Frame> read = reading.next(stop);
      if (stop.stop_requested()) return;
      if (!read) {
        // Someone who steps through pictures may want to go back from the last.
        if (seeks && stepped && reading.length() > 1) continue;
        return;
      }
      const auto frame = std::make_shared<Frame>(std::move(*read));
      if (!isLive &&
          !handOver(reading, *frame, any && !stepped, anchor, anchorNumber, lastPicture, stop)) {
        return;
      }
      {
        const std::lock_guard lock(mutex);
        if (mine != run) return;
        if (isLive && paused && any) continue;
        if (slot) ++droppedByUs;
        slot = frame;
      }
      any = true;
      number = frame->number;
      changed.notify_all();
    }
  }

  /// Holds a frame of a finite source until it is its turn: by the video's own rate when it is only
  /// watched, else until the detector has taken the one before. False when stopped.
  bool handOver(const FrameSource& reading, Frame& frame, bool paced,
                std::optional<Clock::time_point>& anchor, std::uint64_t& anchorNumber,
                std::optional<Clock::time_point>& lastPicture, const std::stop_token& stop) {
    std::unique_lock lock(mutex);
    const auto keepsAll = [this, &reading] {
      return options.everyFrame || !recordWanted.empty() || reading.rate() <= 0;
    };
    if (!keepsAll() && paced) {
      const Clock::time_point now = Clock::now();
      if (anchor) {
        const Clock::time_point due =
            *anchor + secondsOf(double(frame.number - anchorNumber) / rate);
        if (now - due > std::chrono::milliseconds(500)) {
          anchor.reset();  // decoding cannot keep up: do not rush after it
        } else {
          changed.wait_until(lock, stop, due, [&] { return keepsAll() || paused; });
        }
      }
      if (!anchor) {
        anchor = Clock::now();
        anchorNumber = frame.number;
      }
    } else if (!keepsAll()) {
      anchor = Clock::now();
      anchorNumber = frame.number;
    }
    if (keepsAll()) {
      anchor.reset();
      changed.wait(lock, stop, [this] { return !slot; });
      if (reading.rate() <= 0 && options.picturesPerSecond > 0 && paced && lastPicture) {
        const Clock::time_point due = *lastPicture + secondsOf(1 / options.picturesPerSecond);
        changed.wait_until(lock, stop, due, [this] { return paused; });
      }
      lastPicture = Clock::now();
    }
    frame.captured = Clock::now();
    return !stop.stop_requested();
  }

  // ---- the detector thread ----

  void detectorLoop() {
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

  std::unique_ptr<Recorder> beginRecording(const std::filesystem::path& file, double sourceRate) {
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

  void closeRecording(Recorder& recorder, std::uint64_t recorderRun) {
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

  /// Detects, or decodes again, and delivers. False when the recording has failed and is closed.
  bool work(const DetectSteps& detector, const FramePtr& frame, const DetectSettings& use,
            std::uint64_t version, std::uint64_t mine, bool again, bool isLive,
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
};

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
  if (s.deliveries.size() > 1 && Clock::now() - s.deliveries.back() < std::chrono::seconds(2)) {
    const double span = millisecondsBetween(s.deliveries.front(), s.deliveries.back());
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
