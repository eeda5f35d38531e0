// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QObject>
#include <QString>
#include <filesystem>
#include <map>
#include <memory>
#include <vector>

#include "ui/job.h"
#include "ui/train/run_curves.h"

namespace boxwright::ui {

class PastRuns;
struct RunSummary;

/// The curves of past runs: read from their logs by a Job, and kept until the run has been written
/// into again. GUI thread only.
class RunLogs : public QObject {
  Q_OBJECT
 public:
  explicit RunLogs(QObject* parent = nullptr);

  /// Null: they have not been read.
  std::shared_ptr<const RunCurves> curves(const std::filesystem::path& folder) const;
  /// Why the log could not be read.
  QString fault(const std::filesystem::path& folder) const;
  bool has(const std::filesystem::path& folder) const { return logs_.contains(folder); }

  /// Reads the logs of these runs in place of those that are being read; loaded() follows.
  void load(const std::vector<const RunSummary*>& runs);
  /// Keeps the curves of a training that has just ended.
  void keep(const std::filesystem::path& folder, std::shared_ptr<const RunCurves> curves);
  /// Forgets the runs that have no row any more or have been written into since, but for `spared`.
  void forgetChanged(const PastRuns& runs, const std::filesystem::path& spared);
  void clear() { logs_.clear(); }

 Q_SIGNALS:
  void loaded();

 private:
  struct Log {
    std::shared_ptr<const RunCurves> curves;
    QDateTime changed;  ///< its row's; not valid: of a training that has just ended
    QString fault;
  };
  using Logs = std::map<std::filesystem::path, Log>;

  Logs logs_;
  Job reading_;
};

}  // namespace boxwright::ui
