// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/training.h"

#include <QElapsedTimer>
#include <QLocale>
#include <system_error>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/compute/backend.h"
#include "core/data/open_dataset.h"
#include "core/train/fitting_parts.h"
#include "core/train/trainer.h"

namespace boxwright::ui {
namespace {

QString progressText(const BatchEvent& batch) {
  return QStringLiteral("epoch %1").arg(QLocale(QLocale::English).toString(batch.epoch, 'f', 1));
}

QString progressText(const CheckEvent& check) {
  const QLocale locale(QLocale::English);
  return Training::tr("checking pictures: %1 of %2")
      .arg(locale.toString(qlonglong(check.pictures)), locale.toString(qlonglong(check.all)));
}

constexpr const char* kSayWhere = "say where the run's dataset lies now, and it goes on";

/// Where the run says, there is no dataset, or another one.
class DatasetIsGone : public Error {
 public:
  using Error::Error;
};

Training::Failure failureOf(const Error& error) {
  using Failure = Training::Failure;
  if (dynamic_cast<const DatasetIsGone*>(&error)) return Failure::DatasetGone;
  if (dynamic_cast<const Diverged*>(&error)) return Failure::Diverged;
  if (dynamic_cast<const DeviceMissing*>(&error)) return Failure::NoDevice;
  if (dynamic_cast<const NothingFits*>(&error)) return Failure::NothingFits;
  if (dynamic_cast<const OutOfMemory*>(&error)) return Failure::NoMemory;
  return Failure::Other;
}

}  // namespace

Training::Training(QObject* parent)
    : QObject(parent), job_(tr("Training"), QStringLiteral("train")) {
  job_.setKeepsResultWhenCancelled(true);
  timer_.setInterval(drainInterval);
  connect(&timer_, &QTimer::timeout, this, &Training::drain);
  connect(&job_, &Job::failed, this, [this](const JobError& error) {
    drain();
    Q_EMIT failed(error);
  });
  connect(&job_, &Job::finished, this, [this] {
    timer_.stop();
    drain();
    Q_EMIT ended();
  });
}

Training::~Training() = default;

void Training::start(const std::filesystem::path& folder, const RunSettings& settings,
                     std::shared_ptr<const Dataset> dataset) {
  settings_ = settings;
  launch(folder,
         [folder, settings](std::stop_token stop, JobProgress& progress,
                            std::shared_ptr<const Dataset>& source, TrainOptions&) {
           progress.set(-1, tr("making the run"));
           return Run::create(folder, settings, *source, stop);
         },
         std::move(dataset), {});
}

void Training::resume(const std::filesystem::path& folder, std::shared_ptr<const Dataset> dataset,
                      TrainOptions how, std::shared_ptr<const Dataset> candidate,
                      const std::string& place) {
  settings_ = {};
  how.resume = true;
  launch(
      folder,
      [folder, candidate = std::move(candidate), place](
          std::stop_token stop, JobProgress& progress, std::shared_ptr<const Dataset>& source,
          TrainOptions& options) -> std::optional<Run> {
        progress.set(-1, tr("opening the run"));
        Run run = Run::open(folder);
        if (!run.hasCheckpoint()) {
          throw Error("the run has no checkpoint to go on from", utf8(folder),
                      "start a new run with the same settings");
        }
        if (source) return run;
        const std::string& said = run.settings().dataset;
        const bool moved = candidate && fingerprint(*candidate) == run.datasetFingerprint();
        std::error_code code;
        if (std::filesystem::exists(pathFromUtf8(said), code) || code) {
          progress.set(-1, tr("opening its dataset"));
          try {
            source = std::make_shared<const Dataset>(
                openDataset(pathFromUtf8(said), {.format = run.datasetFormat()}, stop));
          } catch (const Error& error) {
            if (!moved) throw DatasetIsGone(error.problem(), error.where(), kSayWhere);
          }
        } else if (!moved) {
          throw DatasetIsGone(
              candidate ? "the run's dataset is no longer there, and the open one is another"
                        : "the run's dataset is no longer there",
              said, kSayWhere);
        }
        if (moved && (!source || fingerprint(*source) != run.datasetFingerprint())) {
          source = candidate;
          options.datasetPlace = place;
        }
        if (!stop.stop_requested() && source->classes != run.classes())
          throw DatasetIsGone("another dataset stands where the run's was", said, kSayWhere);
        return run;
      },
      std::move(dataset), how);
}

void Training::launch(const std::filesystem::path& folder, Make make,
                      std::shared_ptr<const Dataset> dataset, const TrainOptions& options) {
  folder_ = folder;
  made_ = false;
  resumed_ = options.resume;
  learned_ = canGoOn_ = false;
  failure_ = Failure::Other;
  curves_ = std::make_shared<RunCurves>();
  queue_ = std::make_shared<DrainQueue<Item>>();
  timer_.start();
  job_.start(
      [queue = queue_, folder, make = std::move(make), dataset = std::move(dataset), options](
          std::stop_token stop, JobProgress& progress) {
        try {
          work(make, dataset, options, *queue, stop, progress);
        } catch (const Error& error) {
          std::error_code code;
          queue->push(Failed{failureOf(error),
                             std::filesystem::exists(folder / "checkpoints" / "last.ckpt", code)});
          throw;
        }
      },
      [] {});
  Q_EMIT started();
}

void Training::work(const Make& make, std::shared_ptr<const Dataset> dataset, TrainOptions options,
                    DrainQueue<Item>& queue, std::stop_token stop, JobProgress& progress) {
  const std::optional<Run> made = make(stop, progress, dataset, options);
  if (!made) return;  // stopped before there was a run
  const Run& run = *made;
  // Of a run that goes on the past comes first; the trainer cuts the log back to the checkpoint,
  // and the curves follow it at the first step.
  std::error_code code;
  const std::filesystem::path real = std::filesystem::canonical(run.folder(), code);
  RunSettings settings = run.settings();
  const DeviceChoice on = deviceFor(run, options);
  settings.device = on.device;
  settings.precision = on.precision;
  queue.push(Made{utf8(code ? run.folder() : real), settings, run.task(), run.isJoint(),
                  readRunTree(run.folder()),
                  options.resume ? readRunCurves(run.folder(), stop) : nullptr});
  if (stop.stop_requested()) return;
  progress.set(-1, tr("getting ready"));
  train(run, *dataset, options, stop, [&](const TrainEvent& event) {
    if (const auto* check = std::get_if<CheckEvent>(&event)) {
      // How far it is says nothing of how long training takes.
      progress.set(-1, check->pictures < check->all ? progressText(*check) : tr("getting ready"));
      if (check->nearCopies > 0 && !stop.stop_requested())
        queue.push(NearCopies{static_cast<int>(check->nearCopies)});
    }
    if (const auto* batch = std::get_if<BatchEvent>(&event)) {
      progress.set(batch->iterations > 0 ? static_cast<double>(batch->iteration) /
                                               static_cast<double>(batch->iterations)
                                         : -1,
                   progressText(*batch));
    }
    queue.push(event);
  });
}

void Training::stop() {
  job_.cancel();
}

void Training::drain() {
  if (!queue_) return;
  bool more = false, news = false;
  QElapsedTimer clock;
  clock.start();
  // A few milliseconds at a time: the rest comes with the next tick, or at the end.
  while (timer_.isActive() ? clock.elapsed() < 8 : true) {
    std::vector<Item> items = queue_->take(64);
    if (items.empty()) break;
    for (Item& item : items) {
      if (auto* made = std::get_if<Made>(&item)) {
        made_ = true;
        folder_ = pathFromUtf8(made->folder);
        settings_ = made->settings;
        if (made->curves) {
          curves_ = std::move(made->curves);
        }
        curves_->setTask(made->task, made->joint);
        curves_->setTree(made->tree);
        Q_EMIT runMade(QString::fromStdString(made->folder));
        continue;
      }
      if (const auto* failed = std::get_if<Failed>(&item)) {
        failure_ = failed->why;
        canGoOn_ = failed->canGoOn;
        continue;
      }
      if (const auto* copies = std::get_if<NearCopies>(&item)) {
        Q_EMIT nearCopiesFound(copies->count);
        continue;
      }
      const TrainEvent& event = std::get<TrainEvent>(item);
      if (const auto* batch = std::get_if<BatchEvent>(&event)) {
        learned_ = true;
        job_.setSecondsLeft(batch->iterations > 0 ? batch->secondsLeft : -1);
      } else {
        news = true;
      }
      curves_->add(event);
      more = true;
    }
  }
  if (more) Q_EMIT advanced();
  if (news) Q_EMIT told();
}

}  // namespace boxwright::ui
