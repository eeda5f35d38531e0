// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/train/train_event.h"

namespace boxwright {

/// How long the metric files were at a checkpoint, in bytes.
struct MetricLengths {
  std::uint64_t jsonl = 0, csv = 0;
};

/// The record of a run: metrics.jsonl (its events: the same for a run that was resumed as for one
/// that ran through, but for rates and times), metrics.csv (one row a validation) and log.txt (what
/// a person should read, with the time). Every line is on its way to the file when append()
/// returns. One thread. While there is one the run is locked: whoever writes into the run folder
/// has one first. Throws Error when a file cannot be written (full disk, read-only folder) and when
/// another MetricsLog, in any process, has the run open.
class MetricsLog {
 public:
  /// Opens the files of a run folder as they are.
  explicit MetricsLog(const std::filesystem::path& folder);
  ~MetricsLog();
  MetricsLog(const MetricsLog&) = delete;
  MetricsLog& operator=(const MetricsLog&) = delete;

  /// Cuts the files back to these lengths, those at a run's checkpoint; log.txt is never cut.
  void cutBack(const MetricLengths& keep);
  void append(const TrainEvent& event);
  /// Into log.txt alone: what is true of one process and not of the run (threads, a resume).
  void note(const std::string& text);
  MetricLengths lengths() const { return lengths_; }
  /// Waits until what was written is on the disk.
  void flushToDisk();

 private:
  /// A file open for appending.
  struct File {
    std::filesystem::path path;
    int descriptor = -1;
  };
  static File openAt(const std::filesystem::path& path);
  static std::uint64_t cutBack(const File& file, std::uint64_t length);
  static void write(const File& file, const std::string& text);
  void closeAll();

  File jsonl_, csv_, log_;
  MetricLengths lengths_;
};

}  // namespace boxwright
