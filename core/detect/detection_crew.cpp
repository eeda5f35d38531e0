// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/detection_crew.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <optional>
#include <utility>

#include "core/base/thread_budget.h"
#include "core/compute/trace.h"

namespace boxwright {
namespace {

/// 64 MB of weights: beyond that a second copy costs more memory than the time it saves is worth.
constexpr std::uint64_t kSmallFloats = std::uint64_t(1) << 24;

}  // namespace

struct DetectionCrew::Job {
  FrameSource& source;
  const DetectSettings& settings;
  std::uint64_t window;     ///< frames read and not yet taken, at most
  std::stop_source stop{};  ///< of reading: the caller asks for it, or no more is wanted

  bool reading = false, ended = false;
  int detecting = 0;
  std::uint64_t next = 0, taken = 0;  ///< frames read and taken
  std::map<std::uint64_t, DetectedFrame> done{};
  std::exception_ptr failure{};
  std::string lastCondition{};

  bool mayRead() const { return !ended && !reading && next - taken < window; }
  bool idle() const { return !reading && detecting == 0; }
};

int DetectionCrew::detectorsFor(const FrameSource& source, const Model& model, int threads) {
  const bool many = !source.live() && source.length() != 1;
  return many && threads > 1 && storedFloatsOf(model.network) < kSmallFloats ? 2 : 1;
}

DetectionCrew::DetectionCrew(Model model, const DetectorOptions& options, int detectors)
    : trace_(options.trace) {
  DetectorOptions each = options;
  each.threads = std::max(1, options.threads / detectors);
  struct Opened {
    int width, height;
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
        opened.set_value({detector->inputWidth(), detector->inputHeight(), detector->deviceName()});
      } catch (...) {
        opened.set_exception(std::current_exception());
        return;
      }
      work(std::move(stop), *detector);
    });
    const Opened found = result.get();
    inputWidth_ = found.width;
    inputHeight_ = found.height;
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
  job.reading = true;
  lock.unlock();
  std::optional<Frame> frame;
  std::exception_ptr failure;
  std::string condition;
  try {
    const Trace::Span span(trace_, "read");
    frame = job.source.next(job.stop.get_token());
    condition = job.source.condition();
  } catch (...) {
    failure = std::current_exception();
  }
  lock.lock();
  job.reading = false;
  if (!frame) {
    job.ended = true;
    job.failure = failure;
    job.lastCondition = std::move(condition);
    ready_.notify_all();
    return;
  }
  const std::uint64_t number = job.next++;
  ++job.detecting;
  wanted_.notify_one();
  lock.unlock();
  DetectedFrame result{std::move(*frame), {}, 0, std::move(condition)};
  try {
    const auto start = std::chrono::steady_clock::now();
    result.detections = detector.detect(result.frame.image, job.settings);
    result.milliseconds =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  } catch (...) {
    failure = std::current_exception();
  }
  lock.lock();
  --job.detecting;
  if (failure) {
    job.ended = true;
    if (!job.failure) job.failure = failure;
  } else {
    job.done.emplace(number, std::move(result));
  }
  ready_.notify_all();
}

std::string DetectionCrew::run(FrameSource& source, const DetectSettings& settings,
                               std::stop_token stop,
                               const std::function<bool(DetectedFrame&&)>& sink,
                               const std::function<void()>& waiting) {
  Job job{source, settings, source.live() ? 1 : 2 * threads_.size()};
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
