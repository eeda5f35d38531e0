// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/job.h"

#include <QCoreApplication>
#include <QPointer>
#include <cmath>
#include <exception>
#include <list>
#include <new>
#include <thread>

#include "core/base/error.h"
#include "core/base/thread_budget.h"

namespace boxwright::ui {

JobError jobErrorFrom(const Error& error) {
  return {QString::fromStdString(error.problem()), QString::fromStdString(error.where()),
          QString::fromStdString(error.advice())};
}

void JobProgress::set(double fraction, const QString& text) {
  fraction_.store(fraction, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  text_ = text;
}

QString JobProgress::text() const {
  const std::lock_guard lock(mutex_);
  return text_;
}

Job::Job(QString name, QString page, QObject* parent)
    : QObject(parent), name_(std::move(name)), page_(std::move(page)) {}

Job::~Job() {
  stop_.request_stop();
  Jobs::instance().remove(this);
}

void Job::run(Piece piece) {
  if (running_) stop_.request_stop();
  ++number_;
  const bool wasRunning = std::exchange(running_, true);
  cancelling_ = false;
  toldSecondsLeft_ = -1;
  stop_ = std::stop_source();
  progress_ = std::make_shared<JobProgress>();
  clock_.start();
  if (!wasRunning && !quiet_) Jobs::instance().add(this);
  Jobs::instance().launch(this, number_, stop_, progress_, std::move(piece));
  Q_EMIT started();
}

void Job::cancel() {
  if (!running_ || cancelling_) return;
  cancelling_ = true;
  stop_.request_stop();
  Q_EMIT Jobs::instance().changed();
}

void Job::ended(std::uint64_t number, Delivery delivery, bool hasError, const JobError& error) {
  if (number != number_) return;  // a newer piece has started: this one's result is stale
  const bool wanted = !cancelling_ || keepsResult_;
  running_ = false;
  cancelling_ = false;
  Jobs::instance().remove(this);
  const QPointer<Job> self(this);
  if (hasError) {
    Q_EMIT failed(error);
  } else if (wanted && delivery) {
    delivery();
  }
  if (self && !running_) Q_EMIT finished();
}

double Job::fraction() const {
  return running_ && progress_ ? progress_->fraction() : -1;
}

QString Job::progressText() const {
  return progress_ ? progress_->text() : QString();
}

double Job::secondsRunning() const {
  return running_ ? static_cast<double>(clock_.elapsed()) / 1000 : 0;
}

double Job::secondsLeft() const {
  if (!running_) return -1;
  if (toldSecondsLeft_ >= 0) return toldSecondsLeft_;
  const double done = fraction();
  const double seconds = secondsRunning();
  if (done < 0.02 || seconds < 1) return -1;
  return seconds * (1 - done) / done;
}

struct Jobs::State {
  struct Thread {
    std::uint64_t id;
    std::jthread thread;
  };
  std::list<Thread> threads;
  std::uint64_t lastId = 0;
  QList<Job*> running;
};

Jobs::Jobs() : state_(std::make_unique<State>()) {}
Jobs::~Jobs() = default;

Jobs& Jobs::instance() {
  // Never destroyed: threads may end after the last static object is gone.
  static Jobs* const jobs = new Jobs;
  return *jobs;
}

QList<Job*> Jobs::running() const {
  return state_->running;
}

int Jobs::threads() const {
  return static_cast<int>(state_->threads.size());
}

void Jobs::cancelAll() {
  for (Job* job : running())
    job->cancel();
  Q_EMIT stopAsked();
}

void Jobs::waitForAll() {
  for (State::Thread& thread : state_->threads)
    thread.thread.join();
  // Their farewells lie in the event queue; without an event loop nobody needs them.
  state_->threads.clear();
}

void Jobs::add(Job* job) {
  state_->running.append(job);
  Q_EMIT changed();
}

void Jobs::remove(Job* job) {
  if (state_->running.removeAll(job) > 0) Q_EMIT changed();
}

void Jobs::launch(Job* job, std::uint64_t number, std::stop_source stop,
                  std::shared_ptr<JobProgress> progress, Job::Piece piece) {
  const std::uint64_t id = ++state_->lastId;
  auto body = [this, id, number, target = QPointer<Job>(job), stop = std::move(stop),
               progress = std::move(progress), piece = std::move(piece)]() mutable {
    nameThisThread("job " + std::to_string(id));
    lowerThisThreadsPriority();
    Job::Delivery delivery;
    bool hasError = true;
    JobError error;
    try {
      delivery = piece(stop.get_token(), *progress);
      hasError = false;
    } catch (const Error& e) {
      error = jobErrorFrom(e);
    } catch (const std::bad_alloc&) {
      error = {tr("There was not enough memory for this."),
               {},
               tr("Close other programs or use smaller pictures or batches.")};
    } catch (const std::exception& e) {
      error = {tr("Something went wrong inside the program."), QString::fromUtf8(e.what()),
               tr("Please report this with what you did last.")};
    }
    piece = nullptr;  // what the work owns dies on this thread
    QMetaObject::invokeMethod(
        this,
        [this, id, number, target, delivery = std::move(delivery), hasError,
         error = std::move(error)]() mutable {
          // The thread has nothing left to do but return: this join does not wait.
          state_->threads.remove_if([id](const State::Thread& t) { return t.id == id; });
          if (target) target->ended(number, std::move(delivery), hasError, error);
          if (state_->threads.empty()) Q_EMIT idle();
        },
        Qt::QueuedConnection);
  };
  state_->threads.push_back({id, std::jthread(std::move(body))});
}

QString durationText(double seconds) {
  if (!(seconds >= 0) || !std::isfinite(seconds)) return {};
  const auto whole = static_cast<long long>(std::llround(seconds));
  if (whole < 60) return QObject::tr("%1 s").arg(whole);
  const long long minutes = (whole + 30) / 60;
  if (minutes < 60) return QObject::tr("%1 min").arg(minutes);
  const long long hours = minutes / 60;
  if (hours < 24) return QObject::tr("%1 h %2 min").arg(hours).arg(minutes % 60);
  return QObject::tr("%1 d %2 h").arg(hours / 24).arg(hours % 24);
}

}  // namespace boxwright::ui
