// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/run_summary.h"

#include <unistd.h>

#include <QStandardPaths>
#include <algorithm>
#include <chrono>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/train/train_event.h"
#include "ui/train/run_curves.h"

namespace boxwright::ui {
namespace {

namespace fs = std::filesystem;

/// The newest event in what a log holds from `from` on, whose first line may have begun before.
std::optional<TrainEvent> newestEvent(std::istream& log, std::streamoff from) {
  log.clear();
  log.seekg(from);
  std::vector<std::string> lines;
  std::string line;
  if (from > 0) std::getline(log, line);
  while (std::getline(log, line))
    lines.push_back(std::move(line));
  for (auto at = lines.rbegin(); at != lines.rend(); ++at) {
    std::optional<TrainEvent> event = trainEventFromJson(*at);
    if (event && !std::holds_alternative<MessageEvent>(*event)) return event;
  }
  return std::nullopt;
}

/// Of a log the newest event that is no message; of a long one the end is read, as much of it as
/// needs be: a validation over a large class tree is a line of a megabyte.
std::optional<TrainEvent> newestEvent(const fs::path& file) {
  constexpr std::streamoff kTail = 32 * 1024;
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  in.seekg(0, std::ios::end);
  const std::streamoff size = in.tellg();
  for (std::streamoff tail = kTail;; tail *= 8) {
    const std::streamoff from = std::max<std::streamoff>(0, size - tail);
    std::optional<TrainEvent> event = newestEvent(in, from);
    if (event || from == 0) return event;
  }
}

double numberOf(const std::string& text) {
  std::istringstream in(text);
  in.imbue(std::locale::classic());
  double value = 0;
  in >> value;
  return value;
}

QDateTime changedAt(const fs::path& file) {
  std::error_code code;
  const fs::file_time_type time = fs::last_write_time(file, code);
  if (code) return {};
  const auto system = std::chrono::time_point_cast<std::chrono::milliseconds>(
      std::chrono::file_clock::to_sys(time));
  return QDateTime::fromMSecsSinceEpoch(system.time_since_epoch().count());
}

}  // namespace

RunSummary summariseRun(const fs::path& folder) {
  RunSummary row;
  row.folder = folder;
  row.name = QString::fromStdString(utf8(folder.filename()));
  row.changed = changedAt(folder / "metrics.jsonl");
  if (!row.changed.isValid()) row.changed = changedAt(folder / "run.json");
  std::error_code code;
  row.hasWeights = fs::exists(folder / "weights" / "best.weights", code) ||
                   fs::exists(folder / "weights" / "last.weights", code);
  try {
    const Run run = Run::open(folder);
    row.settings = run.settings();
    row.task = run.task();
    row.joint = run.isJoint();
    row.hasCheckpoint = run.hasCheckpoint();
  } catch (const Error& error) {
    row.state = RunState::Damaged;
    row.fault = QString::fromUtf8(error.what());
    return row;
  }

  std::ifstream table(folder / "metrics.csv");
  std::string line;
  if (std::getline(table, line)) {
    while (std::getline(table, line)) {
      std::istringstream fields(line);
      std::string iteration, epoch, score;
      if (!std::getline(fields, iteration, ',') || !std::getline(fields, epoch, ',') ||
          !std::getline(fields, score, ',')) {
        continue;
      }
      row.epoch = numberOf(epoch);
      row.scores.push_back(numberOf(score));
      row.best = std::max(row.best, row.scores.back());
    }
  }

  const std::optional<TrainEvent> event = newestEvent(folder / "metrics.jsonl");
  row.state = event ? RunState::Broken : RunState::Empty;
  if (!event) return row;
  if (const auto* end = std::get_if<EndEvent>(&*event)) {
    row.state = end->stopped ? RunState::Stopped : RunState::Done;
    // The table has no validation behind which the run went back.
    if (!row.scores.empty()) row.best = std::max(row.best, scoreOf(*end));
  } else if (const auto* batch = std::get_if<BatchEvent>(&*event)) {
    row.epoch = std::max(row.epoch, batch->epoch);
  }
  return row;
}

bool isNewer(const RunSummary& a, const RunSummary& b) {
  return a.changed != b.changed ? a.changed > b.changed : a.name > b.name;
}

std::vector<RunSummary> findRuns(const fs::path& folder, std::stop_token stop) {
  std::vector<RunSummary> rows;
  std::error_code code;
  const fs::path real = fs::canonical(folder, code);
  if (code) return rows;
  for (fs::directory_iterator entry(real, code), end;
       !code && entry != end && !stop.stop_requested(); entry.increment(code)) {
    std::error_code ignored;
    if (fs::is_regular_file(entry->path() / "run.json", ignored)) {
      rows.push_back(summariseRun(entry->path()));
    }
  }
  std::stable_sort(rows.begin(), rows.end(), isNewer);
  return rows;
}

fs::path runsFolderFor(const fs::path& dataset) {
  std::error_code code;
  fs::path root = fs::weakly_canonical(dataset, code);
  if (code) root = dataset;
  // A data.yaml or obj.data stands for its folder.
  if (fs::is_regular_file(root, code)) root = root.parent_path();
  if (root.filename().empty()) root = root.parent_path();
  fs::path name = root.filename();
  if (name.empty()) name = "dataset";
  name += "-runs";
  const fs::path beside = root.parent_path() / name;
  const fs::path ground = fs::exists(beside, code) ? beside : root.parent_path();
  if (::access(ground.c_str(), W_OK | X_OK) == 0) return beside;
  const QString documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
  return pathFromUtf8(documents.toStdString()) / "Boxwright" / name;
}

QString freeRunName(const QString& network, const std::vector<QString>& taken) {
  for (int number = 1;; ++number) {
    QString name = QStringLiteral("%1-%2").arg(network).arg(number);
    if (std::find(taken.begin(), taken.end(), name) == taken.end()) return name;
  }
}

}  // namespace boxwright::ui
