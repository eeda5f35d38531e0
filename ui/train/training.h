// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "core/data/dataset.h"
#include "core/train/run.h"
#include "core/train/train_event.h"
#include "core/train/trainer.h"
#include "ui/drain_queue.h"
#include "ui/job.h"
#include "ui/train/run_curves.h"

namespace boxwright::ui {

/// The one training that the studio does at a time: makes or opens the run, trains it as a Job on a
/// dataset that is frozen when it starts, and brings its events to the GUI thread every 50 ms. GUI
/// thread only.
class Training : public QObject {
  Q_OBJECT
 public:
  enum class Failure {
    Other,
    DatasetGone,  ///< it is not where the run says
    Diverged,
    NoDevice,     ///< it is not there, or does not compute as the run wants
    NoMemory,     ///< of the device; with less at a time it may do
    NothingFits,  ///< not even one picture at a time
  };

  explicit Training(QObject* parent = nullptr);
  ~Training() override;

  /// Makes a run in `folder` and trains it.
  void start(const std::filesystem::path& folder, const RunSettings& settings,
             std::shared_ptr<const Dataset> dataset);
  /// Goes on with a run from its checkpoint. `dataset` is the one that lies where the run says;
  /// where it is null, the job opens what lies there. If that is not what the run began with and
  /// `candidate`, which lies at `place`, is, then that one is taken: it has been moved.
  void resume(const std::filesystem::path& folder, std::shared_ptr<const Dataset> dataset,
              TrainOptions how = {}, std::shared_ptr<const Dataset> candidate = {},
              const std::string& place = {});
  /// Only asks: the batch is finished and a checkpoint written first.
  void stop();

  bool isRunning() const { return job_.isRunning(); }
  /// The running or last training has come to its run: before that, curves() are empty.
  bool isMade() const { return made_; }
  bool isStopping() const { return job_.isCancelling(); }
  /// It goes on with a run that was there.
  bool isResumed() const { return resumed_; }
  /// It has done an update.
  bool hasLearned() const { return learned_; }
  /// The run has a checkpoint. Known once it has failed.
  bool canGoOn() const { return canGoOn_; }
  /// Why the last training failed, where it did.
  Failure failure() const { return failure_; }
  /// Of the running or the last training; canonical once it is made.
  const std::filesystem::path& folder() const { return folder_; }
  const RunSettings& settings() const { return settings_; }
  /// Grows while it trains; null before the first.
  const std::shared_ptr<RunCurves>& curves() const { return curves_; }
  double secondsLeft() const { return job_.secondsLeft(); }
  double secondsRunning() const { return job_.secondsRunning(); }
  Job& job() { return job_; }

 Q_SIGNALS:
  void started();
  /// The run's folder is there.
  void runMade(const QString& folder);
  /// curves() has grown.
  void advanced();
  /// A validation came, or a message.
  void told();
  /// So many pictures that a new run learns from look like pictures that it is judged by.
  void nearCopiesFound(int count);
  void failed(const boxwright::ui::JobError& error);
  /// After the last event has arrived, whether it went well, was stopped or failed.
  void ended();

 private:
  struct Made {
    std::string folder;
    RunSettings settings;
    NetworkTask task = NetworkTask::Detection;
    bool joint = false;
    std::shared_ptr<const RunTree> tree;
    std::shared_ptr<RunCurves> curves;
  };
  struct Failed {
    Failure why = Failure::Other;
    bool canGoOn = false;
  };
  struct NearCopies {
    int count = 0;
  };
  using Item = std::variant<Made, Failed, NearCopies, TrainEvent>;
  /// Makes or opens the run, on the job's thread; nothing when it was stopped before.
  using Make = std::function<std::optional<Run>(std::stop_token, JobProgress&,
                                                std::shared_ptr<const Dataset>&, TrainOptions&)>;
  void launch(const std::filesystem::path& folder, Make make,
              std::shared_ptr<const Dataset> dataset, const TrainOptions& options);
  /// The whole of it, on the job's thread.
  static void work(const Make& make, std::shared_ptr<const Dataset> dataset, TrainOptions options,
                   DrainQueue<Item>& queue, std::stop_token stop, JobProgress& progress);
  void drain();

  std::filesystem::path folder_;
  bool made_ = false, resumed_ = false, learned_ = false, canGoOn_ = false;
  Failure failure_ = Failure::Other;
  RunSettings settings_;
  std::shared_ptr<RunCurves> curves_;
  std::shared_ptr<DrainQueue<Item>> queue_;
  QTimer timer_;
  Job job_;
};

}  // namespace boxwright::ui
