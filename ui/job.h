// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <type_traits>
#include <utility>

#include "ui/job_error.h"

namespace boxwright::ui {

/// How a job's thread tells how far it is. Any thread; never waits; the GUI looks every 50 ms.
class JobProgress {
 public:
  /// `fraction` in 0..1, or negative where nothing is known; `text` is short ("1,204 of 3,000").
  void set(double fraction, const QString& text = {});
  double fraction() const { return fraction_.load(std::memory_order_relaxed); }
  QString text() const;

 private:
  std::atomic<double> fraction_{-1};
  mutable std::mutex mutex_;
  QString text_;
};

/// One kind of long work of a page (opening, clustering, training …), one piece of it at a time,
/// each on its own thread at lowered priority. Lives on the GUI thread and never blocks it: cancel
/// only requests, and the end arrives as a signal. A piece that was started before the newest one
/// is stale: its result, errors and progress are dropped. An Error thrown by the work becomes
/// failed().
///
///   job_.start([snapshot](std::stop_token stop, JobProgress& progress) { return cluster(…); },
///              [this](AnchorSet set) { show(std::move(set)); });
///
/// The work must own what it touches (copies, shared pointers to const): the page may be gone by
/// the time it ends. Deleting the Job asks the work to stop and drops its result.
class Job : public QObject {
  Q_OBJECT
 public:
  /// `name` is what the status bar's chip says ("Clustering"); `page` where a click on it leads
  /// ("anchors").
  Job(QString name, QString page, QObject* parent = nullptr);
  ~Job() override;

  /// Starts `work(stop_token, JobProgress&)`; `done(result)` (or `done()` for void) is called on
  /// the GUI thread when it returned, unless it is stale or was cancelled. A piece still running is
  /// asked to stop first.
  template <typename Work, typename Done>
  void start(Work work, Done done) {
    using Result = std::invoke_result_t<Work&, std::stop_token, JobProgress&>;
    run([work = std::move(work), done = std::move(done)](
            std::stop_token stop, JobProgress& progress) mutable -> Delivery {
      if constexpr (std::is_void_v<Result>) {
        work(stop, progress);
        return [done = std::move(done)]() mutable { done(); };
      } else {
        auto result = std::make_shared<Result>(work(stop, progress));
        return [done = std::move(done), result]() mutable { done(std::move(*result)); };
      }
    });
  }

  /// Asks the running piece to stop. Its result still goes to `done` when `keepResult` (set it for
  /// work whose early end is a result, as training's); finished() follows in any case.
  void cancel();
  /// Quiet jobs (a thumbnail, the picture in view) have no chip in the status bar.
  void setQuiet(bool quiet) { quiet_ = quiet; }
  void setKeepsResultWhenCancelled(bool keep) { keepsResult_ = keep; }

  bool isRunning() const { return running_; }
  bool isCancelling() const { return running_ && cancelling_; }
  /// The number of the newest piece, counted from 1.
  std::uint64_t number() const { return number_; }

  const QString& name() const { return name_; }
  void setName(const QString& name) { name_ = name; }
  const QString& page() const { return page_; }
  double fraction() const;
  QString progressText() const;
  /// Of the running piece.
  double secondsRunning() const;
  /// By the pace so far, or as told by setSecondsLeft; negative where nothing is known.
  double secondsLeft() const;
  /// Work that knows better (training) says so; negative: back to the pace.
  void setSecondsLeft(double seconds) { toldSecondsLeft_ = seconds; }

 Q_SIGNALS:
  void started();
  void failed(const boxwright::ui::JobError& error);
  /// The newest piece has ended, well or not: after done() or failed().
  void finished();

 private:
  friend class Jobs;
  using Delivery = std::function<void()>;
  using Piece = std::function<Delivery(std::stop_token, JobProgress&)>;

  void run(Piece piece);
  void ended(std::uint64_t number, Delivery delivery, bool hasError, const JobError& error);

  QString name_;
  QString page_;
  std::uint64_t number_ = 0;
  bool running_ = false;
  bool cancelling_ = false;
  bool keepsResult_ = false;
  bool quiet_ = false;
  double toldSecondsLeft_ = -1;
  std::stop_source stop_;
  std::shared_ptr<JobProgress> progress_;
  QElapsedTimer clock_;
};

/// All jobs of the process: owns their threads, so that neither a page nor the window ever waits
/// for one. GUI thread only. The status bar shows `running()`; the window closes on `idle()`.
class Jobs : public QObject {
  Q_OBJECT
 public:
  static Jobs& instance();

  /// Jobs at work now that are not quiet, oldest first.
  QList<Job*> running() const;
  /// Threads that have not ended, stale ones counted.
  int threads() const;
  void cancelAll();
  /// Blocks until every thread has ended; only for the end of main and of tests.
  void waitForAll();

 Q_SIGNALS:
  void changed();
  /// By cancelAll(): quiet work that waits for more is to end as well.
  void stopAsked();
  void idle();

 private:
  friend class Job;
  struct State;
  Jobs();
  ~Jobs() override;
  void launch(Job* job, std::uint64_t number, std::stop_source stop,
              std::shared_ptr<JobProgress> progress, Job::Piece piece);
  void add(Job* job);
  void remove(Job* job);

  std::unique_ptr<State> state_;
};

/// "4 min", "35 s", "2 h 10 min".
QString durationText(double seconds);

}  // namespace boxwright::ui
