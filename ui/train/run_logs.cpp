// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/run_logs.h"

#include <iterator>
#include <utility>

#include "core/base/error.h"
#include "ui/train/past_runs.h"
#include "ui/train/run_summary.h"

namespace boxwright::ui {

RunLogs::RunLogs(QObject* parent)
    : QObject(parent), reading_(tr("Reading a run"), QStringLiteral("train")) {
  reading_.setQuiet(true);
}

std::shared_ptr<const RunCurves> RunLogs::curves(const std::filesystem::path& folder) const {
  const auto found = logs_.find(folder);
  return found == logs_.end() ? nullptr : found->second.curves;
}

QString RunLogs::fault(const std::filesystem::path& folder) const {
  const auto found = logs_.find(folder);
  return found == logs_.end() ? QString() : found->second.fault;
}

void RunLogs::load(const std::vector<const RunSummary*>& runs) {
  struct Wanted {
    std::filesystem::path folder;
    QDateTime changed;
    NetworkTask task;
    bool joint;
  };
  std::vector<Wanted> wanted;
  for (const RunSummary* run : runs)
    wanted.push_back({run->folder, run->changed, run->task, run->joint});
  if (wanted.empty()) return;
  reading_.start(
      [wanted = std::move(wanted)](std::stop_token stop, JobProgress&) {
        Logs logs;
        for (const Wanted& run : wanted) {
          auto curves = std::make_shared<RunCurves>();
          QString fault;
          try {
            curves = readRunCurves(run.folder, stop);
          } catch (const Error& error) {
            fault = QString::fromUtf8(error.what());
          }
          curves->setTask(run.task, run.joint);
          curves->setTree(readRunTree(run.folder));
          logs[run.folder] = {std::move(curves), run.changed, std::move(fault)};
        }
        return logs;
      },
      [this](Logs logs) {
        for (auto& [folder, log] : logs)
          logs_[folder] = std::move(log);
        Q_EMIT loaded();
      });
}

void RunLogs::keep(const std::filesystem::path& folder, std::shared_ptr<const RunCurves> curves) {
  logs_[folder] = {std::move(curves), {}, {}};
}

void RunLogs::forgetChanged(const PastRuns& runs, const std::filesystem::path& spared) {
  for (auto at = logs_.begin(); at != logs_.end();) {
    const RunSummary* run = runs.run(runs.rowOf(at->first));
    if (run && !at->second.changed.isValid()) at->second.changed = run->changed;
    const bool old = !run || run->changed != at->second.changed;
    at = old && at->first != spared ? logs_.erase(at) : std::next(at);
  }
}

}  // namespace boxwright::ui
