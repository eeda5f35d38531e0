// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "ui/drain_queue.h"
#include "ui/job.h"

namespace boxwright::ui {

/// The open dataset as the GUI sees it. Opening is a Job: pictures appear as they are listed,
/// annotations follow, problems come as they are found; batches are taken on a 50 ms timer in
/// portions of a few milliseconds. GUI thread only; jobs take snapshot().
class DatasetDocument : public QObject {
  Q_OBJECT
 public:
  explicit DatasetDocument(QObject* parent = nullptr);
  ~DatasetDocument() override;

  /// Starts opening; what was open is closed. failed() of job() tells when it cannot be.
  void open(const std::filesystem::path& path);
  /// Shows a dataset made in memory (tests, tools).
  void setDataset(Dataset dataset);
  void close();

  bool isOpen() const { return open_; }
  bool isOpening() const { return opening_; }
  /// Opening was stopped: what it had not come to is missing or counts as unlabelled.
  bool isPartial() const { return partial_; }
  /// The path given to open().
  const std::filesystem::path& path() const { return path_; }
  /// Folder name, for people.
  QString name() const;

  const Dataset& dataset() const { return dataset_; }
  int pictureCount() const { return static_cast<int>(dataset_.pictures.size()); }
  /// Index by relative path, or -1. Known once all is read.
  int indexOf(const std::string& relativePath) const;
  /// The picture that a problem is about, by its path or by that of its label file, or -1. Known
  /// once all is read.
  int pictureOfProblem(int problem) const;
  /// Splits as used: the dataset's own, completed by splitsFor(seed 1) when all is read.
  const Splits& splits() const { return splits_; }
  bool splitsAreOwn() const { return splitsAreOwn_; }
  /// The split's name of a picture, empty for none.
  const std::string& splitOf(int picture) const;

  /// Whether nobody has said what is in it: in a row in memory, so that a search through a million
  /// pictures takes no time.
  bool isUnlabelled(int picture) const {
    return unlabelled_[static_cast<std::size_t>(picture)] != 0;
  }

  /// Counts kept up to date while annotations arrive.
  const DatasetStatistics& statistics() const { return statistics_; }

  /// A frozen copy for a job; the same pointer until something changes. Costs a few pointers a
  /// picture.
  std::shared_ptr<const Dataset> snapshot() const;

  Job& job() { return job_; }

 Q_SIGNALS:
  /// Everything before this is gone: models reset.
  void reset();
  void picturesAdded(int first, int count);
  void annotationsChanged(int first, int count);
  void problemsAdded(int first, int count);
  void classesChanged();
  void splitsChanged();
  /// All is read (or opening was cancelled: what is there stays).
  void opened();
  void failed(const boxwright::ui::JobError& error);

 private:
  struct Batch;
  struct Inbox;
  struct Lookup;
  struct Ending;
  static std::shared_ptr<Ending> makeEnding(Dataset dataset);
  void clear();
  void drain();
  void apply(Batch& batch);
  void finish();
  void count(const Annotation& annotation, std::ptrdiff_t sign);
  void listUnlabelled();

  bool open_ = false;
  bool opening_ = false;
  bool partial_ = false;
  std::filesystem::path path_;
  Dataset dataset_;
  Splits splits_;
  bool splitsAreOwn_ = true;
  std::shared_ptr<const Lookup> lookup_;
  DatasetStatistics statistics_;
  std::vector<std::uint8_t> unlabelled_;  ///< of each picture
  mutable std::shared_ptr<const Dataset> snapshot_;
  std::shared_ptr<Inbox> inbox_;
  std::shared_ptr<Ending> ending_;
  QTimer timer_;
  Job job_;
};

}  // namespace boxwright::ui
