// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QString>
#include <filesystem>
#include <stop_token>
#include <vector>

#include "core/train/run.h"

namespace boxwright::ui {

enum class RunState {
  Empty,    ///< made, not one step done
  Stopped,  ///< by the user; can go on
  Broken,   ///< no farewell in its log: killed, failed, or at work elsewhere
  Done,
  Damaged,  ///< its files cannot be read
};

/// One row of the list of past runs. A value, made on a job's thread.
struct RunSummary {
  std::filesystem::path folder;
  QString name;
  RunState state = RunState::Empty;
  QString fault;  ///< of a damaged one
  RunSettings settings;
  bool hasCheckpoint = false;
  bool hasWeights = false;
  NetworkTask task = NetworkTask::Detection;
  bool joint = false;          ///< Run::isJoint
  std::vector<double> scores;  ///< mAP50 after each validation, of a classifier top-1
  double best = -1;            ///< the highest; -1: none yet
  double epoch = 0;            ///< of the last validation
  QDateTime changed;

  /// Nothing to look at and nothing to go on from: another run may take its folder.
  bool neverBegan() const {
    return state == RunState::Empty && !hasCheckpoint && !hasWeights && scores.empty();
  }
};

/// Reads what a row needs: run.json, metrics.csv and the end of metrics.jsonl. Never throws: a
/// fault makes a damaged run.
RunSummary summariseRun(const std::filesystem::path& folder);

/// The order of lists of runs.
bool isNewer(const RunSummary& a, const RunSummary& b);

/// The runs directly in `folder`, newest first; nothing when it is not there. Their folders are
/// canonical paths, whatever links `folder` goes through.
std::vector<RunSummary> findRuns(const std::filesystem::path& folder, std::stop_token stop = {});

/// Where the runs of a dataset go: beside it, never in it ("blood" -> "blood-runs"), or in the
/// user's documents where nothing can be written beside it. Looks at the disk.
std::filesystem::path runsFolderFor(const std::filesystem::path& dataset);

/// "yolov2-nano-3": the first number that is free among `taken`.
QString freeRunName(const QString& network, const std::vector<QString>& taken);

}  // namespace boxwright::ui
