// SPDX-License-Identifier: GPL-3.0-or-later
// The thread of LiveDetection that opens a source and reads its frames.
#include "core/base/thread_budget.h"
#include "core/detect/live_shared.h"

namespace boxwright {
namespace {

std::chrono::steady_clock::duration secondsOf(double seconds) {
  return std::chrono::duration_cast<std::chrono::steady_clock::duration>(
      std::chrono::duration<double>(seconds));
}

}  // namespace

void LiveDetection::Shared::sourceLoop() {
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

void LiveDetection::Shared::readAll(FrameSource& reading, std::uint64_t mine,
                                    const std::stop_token& stop) {
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
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, stop, [this] { return load != Load::Loading; });
    if (stop.stop_requested()) return;
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

bool LiveDetection::Shared::handOver(const FrameSource& reading, Frame& frame, bool paced,
                                     std::optional<Clock::time_point>& anchor,
                                     std::uint64_t& anchorNumber,
                                     std::optional<Clock::time_point>& lastPicture,
                                     const std::stop_token& stop) {
  std::unique_lock lock(mutex);
  const auto keepsAll = [this, &reading] {
    return options.everyFrame || !recordWanted.empty() || reading.rate() <= 0;
  };
  if (!keepsAll() && paced) {
    const Clock::time_point now = Clock::now();
    if (anchor) {
      const Clock::time_point due = *anchor + secondsOf(double(frame.number - anchorNumber) / rate);
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

}  // namespace boxwright
