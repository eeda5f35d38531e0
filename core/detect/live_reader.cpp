// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/live_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

#include "core/base/error.h"
#include "core/base/thread_budget.h"
#include "core/detect/stuck_threads.h"

namespace boxwright {
namespace {

using Clock = std::chrono::steady_clock;

long long wholeSeconds(Clock::duration duration) {
  return std::max<long long>(0, std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

/// What a capture threw, in words; "" where it threw nothing. Nothing may leave a thread of its
/// own.
template <typename Call>
std::string faultOf(Call&& call) {
  try {
    call();
    return {};
  } catch (const Error& error) {
    return error.problem();
  } catch (const std::bad_alloc&) {
    return "there is not enough memory";
  } catch (const std::exception&) {
    return "the video library failed";
  }
}

}  // namespace

/// What reader and reading threads share. A reading thread carries the generation it was started
/// for; when that is no longer the current one it touches nothing and leaves.
struct LiveReader::Feed {
  enum class Phase { Opening, Reading, Pausing, Over };
  enum class Loss { None, Refused, Ended, Stalled };

  Make make;
  LiveReaderOptions options;

  mutable std::mutex mutex;
  std::condition_variable_any changed;
  std::uint64_t generation = 1;
  Phase phase = Phase::Opening;
  Loss loss = Loss::None;
  Clock::time_point lossSince;
  std::string fault;                            ///< what the last call threw; empty: nothing
  bool opened = false;                          ///< ever
  bool openTried = false;                       ///< the first opening has succeeded or failed
  bool finished = false;                        ///< over, and properly so
  int attempts = 0;                             ///< openings since the last frame
  std::optional<Clock::time_point> callSince;   ///< the library has been at work since
  Clock::time_point quietSince = Clock::now();  ///< last frame, or last successful opening
  bool frameSinceOpening = false;
  std::optional<ArrivedFrame> newest;
  std::uint64_t count = 0, dropped = 0;
};

LiveReader::LiveReader(Make make, const LiveReaderOptions& options)
    : feed_(std::make_shared<Feed>()) {
  feed_->make = std::move(make);
  feed_->options = options;
  startThread();
}

LiveReader::~LiveReader() {
  if (!thread_.joinable()) return;  // another could not be started
  {
    std::unique_lock lock(feed_->mutex);
    ++feed_->generation;
    feed_->changed.notify_all();
    // A thread that is between two frames is gone at once; one that is stuck is left behind.
    feed_->changed.wait_for(lock, std::chrono::milliseconds(150),
                            [this] { return threadDone_->load(); });
  }
  if (*threadDone_) {
    thread_.join();
  } else {
    leaveThreadBehind();
  }
}

void LiveReader::startThread() {
  std::uint64_t generation = 0;
  {
    const std::lock_guard lock(feed_->mutex);
    generation = feed_->generation;
  }
  threadDone_ = std::make_shared<std::atomic<bool>>(false);
  try {
    thread_ = std::thread([feed = feed_, done = threadDone_, generation] {
      nameThisThread("live-reader");
      readOn(feed, generation);
      const std::lock_guard lock(feed->mutex);
      done->store(true);
      feed->changed.notify_all();
    });
  } catch (const std::system_error&) {
    throw Error("no thread can be started to read the source", {},
                "close other programs, or raise the limit on threads");
  }
}

void LiveReader::leaveThreadBehind() {
  leaveBehind(std::move(thread_), threadDone_);
}

void LiveReader::readOn(const std::shared_ptr<Feed>& feed, std::uint64_t generation) {
  Feed& f = *feed;
  Clock::duration pause = f.options.firstPause;
  while (true) {
    {
      const std::lock_guard lock(f.mutex);
      if (f.generation != generation) return;
      f.phase = Feed::Phase::Opening;
      ++f.attempts;
      f.callSince = Clock::now();
    }
    std::unique_ptr<LiveCapture> capture;
    bool good = false;
    std::string fault = faultOf([&] {
      capture = f.make();
      good = capture->open();
    });
    if (!fault.empty()) good = false;
    {
      const std::lock_guard lock(f.mutex);
      if (f.generation != generation) return;
      f.callSince.reset();
      f.fault = std::move(fault);
      f.openTried = true;
      if (good) {
        f.opened = true;
        f.phase = Feed::Phase::Reading;
        f.quietSince = Clock::now();
        f.frameSinceOpening = false;
      } else if (f.loss == Feed::Loss::None) {
        f.loss = Feed::Loss::Refused;
        f.lossSince = Clock::now();
      }
      f.changed.notify_all();
    }
    while (good) {
      Image image;
      {
        const std::lock_guard lock(f.mutex);
        if (f.generation != generation) return;
        f.callSince = Clock::now();
      }
      std::string broken = faultOf([&] { good = capture->read(image) && !image.empty(); });
      if (!broken.empty()) good = false;
      const std::lock_guard lock(f.mutex);
      if (f.generation != generation) return;
      f.callSince.reset();
      const Clock::time_point now = Clock::now();
      if (good) {
        if (f.newest) ++f.dropped;
        f.newest = ArrivedFrame{std::move(image), now, f.count++};
        f.quietSince = now;
        f.frameSinceOpening = true;
        f.loss = Feed::Loss::None;
        f.attempts = 0;
        pause = f.options.firstPause;
      } else {
        // A loss that goes on keeps its beginning.
        if (f.loss == Feed::Loss::None) {
          const bool stalled = now - f.quietSince > f.options.stallAfter;
          f.loss = stalled ? Feed::Loss::Stalled : Feed::Loss::Ended;
          f.lossSince = stalled ? f.quietSince : now;
        }
        if (broken.empty() && capture->finished()) f.finished = true;
        f.fault = std::move(broken);
        f.callSince = now;  // closing may block as well
      }
      f.changed.notify_all();
    }
    capture.reset();
    {
      std::unique_lock lock(f.mutex);
      if (f.generation != generation) return;
      f.callSince.reset();
      f.phase = f.finished || !f.options.reconnect ? Feed::Phase::Over : Feed::Phase::Pausing;
      f.changed.notify_all();
      if (f.phase == Feed::Phase::Over) return;
      f.changed.wait_for(lock, pause, [&] { return f.generation != generation; });
      pause = std::min<Clock::duration>(2 * pause, f.options.longestPause);
    }
  }
}

bool LiveReader::waitOpen(std::chrono::milliseconds limit, const std::stop_token& stop) {
  std::unique_lock lock(feed_->mutex);
  feed_->changed.wait_for(lock, stop, limit, [this] { return feed_->openTried; });
  return feed_->opened;
}

std::optional<ArrivedFrame> LiveReader::next(const std::stop_token& stop) {
  std::unique_lock lock(feed_->mutex);
  while (true) {
    const bool something = feed_->changed.wait_for(
        lock, stop, std::chrono::milliseconds(100),
        [this] { return feed_->newest.has_value() || feed_->phase == Feed::Phase::Over; });
    if (stop.stop_requested()) return std::nullopt;
    if (feed_->newest) return std::exchange(feed_->newest, std::nullopt);
    if (something) return std::nullopt;
    if (feed_->callSince && Clock::now() - *feed_->callSince > feed_->options.abandonAfter) {
      // The library does not come back: leave its thread behind and try with another, ever more
      // patiently, so that their number stays small.
      ++feed_->generation;
      feed_->callSince.reset();
      feed_->options.abandonAfter *= 2;
      if (feed_->loss == Feed::Loss::None) {
        feed_->loss = Feed::Loss::Stalled;
        feed_->lossSince = feed_->quietSince;
      }
      feed_->phase = Feed::Phase::Opening;
      lock.unlock();
      leaveThreadBehind();
      startThread();
      lock.lock();
    }
  }
}

bool LiveReader::failed() const {
  const std::lock_guard lock(feed_->mutex);
  return feed_->phase == Feed::Phase::Over && !feed_->finished;
}

std::string LiveReader::condition() const {
  const std::lock_guard lock(feed_->mutex);
  const Feed& f = *feed_;
  const Clock::time_point now = Clock::now();
  if (f.phase == Feed::Phase::Over) return {};
  if (f.phase == Feed::Phase::Reading && now - f.quietSince <= f.options.stallAfter) {
    return f.frameSinceOpening ? "" : "connected, waiting for the first frame";
  }
  const std::string why = f.fault.empty() ? "" : fmt::format(" ({})", f.fault);
  const std::string again = f.phase == Feed::Phase::Reading || !f.options.reconnect
                                ? ""
                                : fmt::format(", connecting again (attempt {})", f.attempts);
  switch (f.loss) {
    case Feed::Loss::None:
      if (f.phase == Feed::Phase::Reading) {
        return fmt::format("stalled: no frame for {} s", wholeSeconds(now - f.quietSince));
      }
      return "connecting";
    case Feed::Loss::Refused:
      return fmt::format("cannot be opened for {} s{}{}", wholeSeconds(now - f.lossSince), why,
                         again);
    case Feed::Loss::Ended:
      if (!why.empty()) {
        return fmt::format("broke off {} s ago{}{}", wholeSeconds(now - f.lossSince), why, again);
      }
      return fmt::format("the sender ended the stream {} s ago{}", wholeSeconds(now - f.lossSince),
                         again);
    case Feed::Loss::Stalled:
      return fmt::format("stalled: no frame for {} s{}", wholeSeconds(now - f.lossSince), again);
  }
  return {};
}

std::uint64_t LiveReader::dropped() const {
  const std::lock_guard lock(feed_->mutex);
  return feed_->dropped;
}

}  // namespace boxwright
