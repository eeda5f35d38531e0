// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/detection_crew.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <optional>
#include <span>
#include <utility>

#include "core/base/out_of_memory.h"
#include "core/base/thread_budget.h"
#include "core/compute/backend.h"
#include "core/compute/trace.h"

namespace boxwright {
namespace {

/// 64 MB of weights: beyond that a second copy costs more memory than the time it saves is worth.
constexpr std::uint64_t kSmallFloats = std::uint64_t(1) << 24;
/// Of the frames that are read and not yet taken, and twice those of one batch.
constexpr std::size_t kMostBytes = std::size_t(1) << 30;

}  // namespace

struct DetectionCrew::Job {
  FrameSource& source;
  const DetectSettings& settings;
  std::uint64_t window;     ///< frames read and not yet taken, at most
  std::stop_source stop{};  ///< of reading: the caller asks for it, or no more is wanted

  bool reading = false, ended = false;
  int detecting = 0;
  std::uint64_t next = 0, taken = 0;  ///< frames read and taken
  std::size_t waitingBytes = 0;       ///< of those between
  std::map<std::uint64_t, DetectedFrame> done{};
  std::exception_ptr failure{};
  std::string lastCondition{};

  bool mayRead() const {
    return !ended && !reading && next - taken < window &&
           (next == taken || waitingBytes < kMostBytes);
  }
  bool idle() const { return !reading && detecting == 0; }
};

bool DetectionCrew::hasMany(const FrameSource& source) {
  return !source.live() && source.length() != 1;
}

DetectionCrew::Size DetectionCrew::sizeFor(const FrameSource& source, const Model& model,
                                           int threads, bool onCard) {
  if (!hasMany(source)) return {};
  const bool beside = onCard || storedFloatsOf(model.network) < kSmallFloats;
  return {threads > 1 && beside ? 2 : 1, 0};
}

DetectionCrew::DetectionCrew(Model model, const DetectorOptions& options, const Size& size)
    : trace_(options.trace), cores_(options.threads) {
  const int detectors = size.detectors;
  DetectorOptions each = options;
  each.threads = std::max(1, options.threads / detectors);
  each.batch = size.batch;
  struct Opened {
    int width, height, batch;
    std::string device;
  };
  for (int i = 0; i < detectors; ++i) {
    std::promise<Opened> opened;
    std::future<Opened> result = opened.get_future();
    Model own = i + 1 < detectors ? model : std::move(model);
    threads_.emplace_back([this, each, own = std::move(own),
                           opened = std::move(opened)](std::stop_token stop) mutable {
      nameThisThread("detector");
      std::unique_ptr<Detector> detector;
      try {
        detector = std::make_unique<Detector>(std::move(own), each);
        opened.set_value({detector->inputWidth(), detector->inputHeight(), detector->batch(),
                          detector->deviceName()});
      } catch (...) {
        opened.set_exception(std::current_exception());
        return;
      }
      work(std::move(stop), *detector);
    });
    Opened found{};
    try {
      found = result.get();
    } catch (const OutOfMemory&) {
      if (i == 0) throw;
      threads_.pop_back();  // one will do
      break;
    }
    inputWidth_ = found.width;
    inputHeight_ = found.height;
    batch_ = std::max(batch_, found.batch);
    deviceName_ = found.device;
  }
}

DetectionCrew::~DetectionCrew() = default;

void DetectionCrew::work(std::stop_token stop, Detector& detector) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (!wanted_.wait(lock, stop, [&] { return job_ != nullptr && job_->mayRead(); })) return;
    step(lock, detector);
  }
}

void DetectionCrew::step(std::unique_lock<std::mutex>& lock, Detector& detector) {
  Job& job = *job_;
  const std::uint64_t room = job.window - (job.next - job.taken);
  const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(room, detector.batch()));
  job.reading = true;
  lock.unlock();
  std::vector<DetectedFrame> batch;
  std::exception_ptr failure;
  std::string last;
  bool ended = false;
  std::size_t bytes = 0;
  while (!ended && batch.size() < most && bytes < kMostBytes / 2) {
    try {
      const Trace::Span span(trace_, "read");
      std::optional<Frame> frame = job.source.next(job.stop.get_token());
      last = job.source.condition();
      ended = !frame;
      if (!frame) break;
      bytes += frame->image.pixels.size();
      batch.push_back({std::move(*frame), {}, 0, last});
    } catch (...) {
      failure = std::current_exception();
      ended = true;
    }
  }
  lock.lock();
  job.reading = false;
  const std::uint64_t first = job.next;
  job.next += batch.size();
  job.waitingBytes += bytes;
  if (ended) {
    job.ended = true;
    if (failure && !job.failure) job.failure = failure;
    job.lastCondition = std::move(last);
  }
  if (batch.empty()) {
    ready_.notify_all();
    return;
  }
  ++job.detecting;
  wanted_.notify_one();
  lock.unlock();
  failure = nullptr;
  try {
    const auto start = std::chrono::steady_clock::now();
    std::vector<const Image*> images;
    for (const DetectedFrame& result : batch)
      images.push_back(&result.frame.image);
    auto found = detector.detect(std::span<const Image* const>(images), job.settings);
    const double milliseconds =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    for (std::size_t i = 0; i < batch.size(); ++i) {
      batch[i].detections = std::move(found[i]);
      batch[i].milliseconds = milliseconds / static_cast<double>(batch.size());
    }
  } catch (...) {
    failure = std::current_exception();
  }
  lock.lock();
  --job.detecting;
  if (failure) {
    job.ended = true;
    if (!job.failure) job.failure = failure;
  } else {
    for (std::size_t i = 0; i < batch.size(); ++i)
      job.done.emplace(first + i, std::move(batch[i]));
  }
  ready_.notify_all();
}

std::string DetectionCrew::run(FrameSource& source, const DetectSettings& settings,
                               std::stop_token stop,
                               const std::function<bool(DetectedFrame&&)>& sink,
                               const std::function<void()>& waiting) {
  if (batch_ > 1) source.readAhead(cores_);
  Job job{source, settings,
          source.live() ? 1 : 2 * threads_.size() * static_cast<std::size_t>(batch_)};
  const std::stop_callback alsoReading(stop, [&job] { job.stop.request_stop(); });
  std::unique_lock lock(mutex_);
  // However this ends, the threads are done with the job before it is gone: what they read by now
  // is not waited for.
  struct Leave {
    DetectionCrew& crew;
    std::unique_lock<std::mutex>& lock;
    Job& job;
    ~Leave() {
      job.stop.request_stop();
      if (!lock.owns_lock()) lock.lock();
      job.ended = true;
      crew.ready_.wait(lock, [&] { return job.idle(); });
      crew.job_ = nullptr;
    }
  };
  job_ = &job;
  const Leave leave{*this, lock, job};
  wanted_.notify_all();
  for (;;) {
    const auto come = [&] { return job.done.contains(job.taken) || (job.ended && job.idle()); };
    while (!ready_.wait_for(lock, std::chrono::milliseconds(500), come)) {
      if (!waiting) continue;
      lock.unlock();
      waiting();
      lock.lock();
    }
    auto found = job.done.extract(job.taken);
    if (found.empty()) break;
    ++job.taken;
    job.waitingBytes -= found.mapped().frame.image.pixels.size();
    wanted_.notify_one();
    lock.unlock();
    const bool more = !stop.stop_requested() && sink(std::move(found.mapped()));
    lock.lock();
    if (!more) return {};
  }
  if (job.failure) std::rethrow_exception(job.failure);
  return job.lastCondition;
}

}  // namespace boxwright
