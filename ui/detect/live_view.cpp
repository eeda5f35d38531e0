// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detect/live_view.h"

#include <QMetaObject>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <tuple>
#include <utility>

#include "core/base/thread_budget.h"

namespace boxwright::ui {
namespace {

std::string textOf(const std::optional<Error>& error) {
  return error ? error->what() : std::string();
}

bool same(const LiveStatus& a, const LiveStatus& b) {
  const auto numbers = [](const LiveStatus& s) {
    return std::tie(s.state, s.live, s.length, s.number, s.detected, s.dropped, s.framesPerSecond,
                    s.milliseconds, s.ageMilliseconds, s.worstAgeMilliseconds, s.recorded);
  };
  return numbers(a) == numbers(b) && a.source == b.source && a.deviceName == b.deviceName &&
         a.condition == b.condition && a.recording == b.recording &&
         textOf(a.error) == textOf(b.error);
}

}  // namespace

/// The pipeline and the thread between it and the GUI. Dies on a job's thread: its end waits for
/// the source and for a model that is still loading.
struct LiveView::Inner {
  std::mutex mutex;
  std::condition_variable_any changed;
  bool news = false;
  LiveView* owner = nullptr;  ///< null once the GUI has let go
  bool posted = false;        ///< an event is on its way
  std::optional<ShownFrame> slot;
  LiveStatus status;  ///< that the GUI has or will have when the posted event arrives
  std::shared_ptr<const ClassNames> names = std::make_shared<const ClassNames>();  ///< never null
  std::shared_ptr<const ClassTree> classTree;
  std::unique_ptr<LiveDetection> live;
  std::jthread presenter;

  void begin(const MakeDetectSteps& make, const DetectSettings& settings) {
    live = std::make_unique<LiveDetection>(
        [this, make] {
          DetectSteps steps = make();
          auto own = std::make_shared<const ClassNames>(steps.names);
          const std::lock_guard lock(mutex);
          names = std::move(own);
          classTree = steps.classTree;
          return steps;
        },
        [this] {
          {
            const std::lock_guard lock(mutex);
            news = true;
          }
          changed.notify_one();
        });
    live->setSettings(settings);
    presenter = std::jthread([this](std::stop_token stop) { present(stop); });
  }

  ~Inner() {
    live.reset();  // no news after this
    presenter.request_stop();
    if (presenter.joinable()) presenter.join();
  }

  void present(const std::stop_token& stop) {
    nameThisThread("live-present");
    lowerThisThreadsPriority();
    std::shared_ptr<const Frame> before;
    while (!stop.stop_requested()) {
      {
        std::unique_lock lock(mutex);
        // Rates and words change without news too.
        changed.wait_for(lock, stop, std::chrono::milliseconds(200), [this] { return news; });
        if (stop.stop_requested()) return;
        news = false;
        if (!owner) continue;
      }
      std::optional<ShownFrame> shown;
      if (std::optional<DetectedFrame> taken = live->take()) {
        shown.emplace();
        shown->frame = taken->frame;
        shown->detections = std::move(taken->detections);
        shown->settings = taken->settings;
        shown->milliseconds = taken->milliseconds;
        shown->redecoded = taken->redecoded;
        {
          // Only now: the model may have come, and found this, since the news.
          const std::lock_guard lock(mutex);
          shown->names = names;
          shown->classTree = classTree;
        }
        if (taken->frame != before) shown->picture = paintable(*taken->frame);
        before = taken->frame;
      }
      LiveStatus now = live->status();
      const std::lock_guard lock(mutex);
      const bool told = !shown && same(now, status);
      status = std::move(now);
      if (shown) {
        // Detections alone must not hide a picture that the GUI has not taken yet.
        if (slot && shown->picture.empty()) shown->picture = std::move(slot->picture);
        slot = std::move(shown);
      }
      if (told || posted || !owner) continue;
      posted = true;
      LiveView* const to = owner;
      QMetaObject::invokeMethod(
          to, [to] { to->deliver(); }, Qt::QueuedConnection);
    }
  }

  static PicturePyramid paintable(const Frame& frame) {
    PicturePyramid picture;
    picture.fullSize = QSize(frame.image.width, frame.image.height);
    QImage image = toQImage(frame.image);
    const bool large = image.width() > 2000 || image.height() > 2000;
    if (large) return makePyramid(std::move(image));
    picture.levels.push_back(std::move(image));
    return picture;
  }
};

LiveView::LiveView(QObject* parent)
    : QObject(parent), closing_(tr("Closing the source"), QStringLiteral("detect")) {
  closing_.setQuiet(true);
}

LiveView::~LiveView() {
  close();
}

void LiveView::close() {
  if (!inner_) return;
  {
    const std::lock_guard lock(inner_->mutex);
    inner_->owner = nullptr;
  }
  inner_->live->requestStop();
  closing_.start(
      [inner = std::move(inner_)](std::stop_token, JobProgress&) mutable { inner.reset(); }, [] {});
  inner_.reset();
  key_.clear();
  status_ = {};
}

void LiveView::setModel(const std::string& key, MakeDetectSteps make) {
  if (inner_ && key == key_ && !(status_.state == LiveState::Failed)) return;
  close();
  key_ = key;
  inner_ = std::make_shared<Inner>();
  inner_->owner = this;
  inner_->begin(make, settings_);
  status_.state = LiveState::Loading;
}

void LiveView::start(const std::string& source, const LiveOptions& options) {
  if (!inner_) return;
  inner_->live->start(source, options);
  refreshStatus();
}

void LiveView::requestStop() {
  if (inner_) inner_->live->requestStop();
}

void LiveView::setSettings(const DetectSettings& settings) {
  settings_ = settings;
  if (inner_) inner_->live->setSettings(settings);
}

void LiveView::setPaused(bool paused) {
  if (!inner_) return;
  inner_->live->setPaused(paused);
  refreshStatus();
}

void LiveView::refreshStatus() {
  status_ = inner_->live->status();
  {
    const std::lock_guard lock(inner_->mutex);
    inner_->status = status_;
  }
  Q_EMIT statusChanged();
}

void LiveView::step(int by) {
  if (inner_) inner_->live->step(by);
}

void LiveView::startRecording(const std::filesystem::path& file) {
  if (inner_) inner_->live->startRecording(file);
}

void LiveView::stopRecording() {
  if (inner_) inner_->live->stopRecording();
}

bool LiveView::isActive() const {
  switch (status_.state) {
    case LiveState::Loading:
    case LiveState::Opening:
    case LiveState::Running:
    case LiveState::Paused:
      return inner_ != nullptr;
    default:
      return false;
  }
}

void LiveView::deliver() {
  if (!inner_) return;
  std::optional<ShownFrame> shown;
  {
    const std::lock_guard lock(inner_->mutex);
    inner_->posted = false;
    shown = std::exchange(inner_->slot, std::nullopt);
    status_ = inner_->status;
  }
  if (shown) Q_EMIT frameShown(*shown);
  Q_EMIT statusChanged();
}

}  // namespace boxwright::ui
