// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/data/dataset.h"
#include "core/data/edit_history.h"
#include "core/data/label_store.h"
#include "ui/class_palette.h"
#include "ui/dataset_lookup.h"
#include "ui/drain_queue.h"
#include "ui/job.h"

namespace boxwright {
struct TreeBeside;
}

namespace boxwright::ui {

/// The open dataset as the GUI sees it. Opening is a Job: pictures appear as they are listed,
/// annotations follow, problems come as they are found; batches are taken on a 50 ms timer in
/// portions of a few milliseconds. What is opened can be edited: each edit is one step of the
/// history (dataset_document_edits.cpp). GUI thread only; jobs take snapshot().
class DatasetDocument : public QObject {
  Q_OBJECT
 public:
  explicit DatasetDocument(QObject* parent = nullptr);
  ~DatasetDocument() override;

  /// Starts opening; what was open is closed. failed() of job() tells when it cannot be.
  void open(const std::filesystem::path& path);
  /// Called on the opening thread before anything is read: labels may still be on their way to the
  /// disk.
  void setBeforeReading(std::function<void(std::stop_token)> wait) { wait_ = std::move(wait); }
  /// Shows a dataset made in memory (tests, tools).
  void setDataset(Dataset dataset);
  void close();
  /// Reads everything again behind what is shown and, outside of the history, puts in force what
  /// others have made of the labels meanwhile: refreshed() tells when that is done,
  /// refreshRefused() where something has been edited here, or other pictures or classes are there
  /// now.
  void refresh();
  /// Keeps an index of the dataset for the next time, where there is none that says what it is now;
  /// done when it has been read and when it is closed.
  void keepIndex();

  bool isOpen() const { return open_; }
  bool isOpening() const { return opening_; }
  /// Opening was stopped: what it had not come to is missing or counts as unlabelled.
  bool isPartial() const { return partial_; }
  /// The path given to open().
  const std::filesystem::path& path() const { return path_; }
  /// Folder name, for people.
  QString name() const;

  const Dataset& dataset() const { return dataset_; }
  /// Without those in the trash.
  int shownCount() const { return static_cast<int>(statistics_.images); }
  int pictureCount() const { return static_cast<int>(dataset_.pictures.size()); }
  /// Index by relative path, or -1. Known once all is read.
  int indexOf(const std::string& relativePath) const;
  /// The picture that a problem is about, by its path or by that of its label file, or -1. Known
  /// once all is read.
  int pictureOfProblem(int problem) const;
  /// The problems that are about the picture. Known once all is read.
  std::vector<int> problemsOf(int picture) const;
  /// Splits as used: the dataset's own, completed by splitsFor(seed 1) when all is read.
  const Splits& splits() const { return splits_; }
  bool splitsAreOwn() const { return splitsAreOwn_; }
  /// The split's name of a picture, empty for none.
  const std::string& splitOf(int picture) const;

  /// Whether nobody has said what is in it: in a row in memory, so that a search through a million
  /// pictures takes no time.
  bool isUnlabelled(int picture) const {
    return (marks_[static_cast<std::size_t>(picture)] & unlabelledMark) != 0;
  }
  /// Whether it has labels, or says that there is nothing, and nobody has looked them over.
  bool isUnverified(int picture) const {
    return (marks_[static_cast<std::size_t>(picture)] &
            (unlabelledMark | verifiedMark | trashedMark)) == 0;
  }
  bool isVerified(int picture) const {
    return (marks_[static_cast<std::size_t>(picture)] & verifiedMark) != 0;
  }
  LabelState stateOf(int picture) const {
    const std::uint8_t marks = marks_[static_cast<std::size_t>(picture)];
    return (marks & unlabelledMark) != 0 ? LabelState::Unlabelled
           : (marks & negativeMark) != 0 ? LabelState::Negative
                                         : LabelState::Labelled;
  }
  /// It was deleted: no list shows it.
  bool isTrashed(int picture) const {
    return (marks_[static_cast<std::size_t>(picture)] & trashedMark) != 0;
  }
  bool hasProblem(int picture) const {
    return (marks_[static_cast<std::size_t>(picture)] & problemMark) != 0;
  }

  /// Counts kept up to date while annotations arrive.
  const DatasetStatistics& statistics() const { return statistics_; }

  /// A frozen copy for a job; the same pointer until something changes. Costs a few pointers a
  /// picture.
  std::shared_ptr<const Dataset> snapshot() const;

  /// All is read and nothing stands against edits.
  bool isEditable() const { return open_ && !opening_ && !partial_ && readOnly_.isEmpty(); }
  /// A sentence that says why nothing can be edited, empty to lift it; closing lifts it too.
  void setReadOnly(const QString& why);
  const QString& readOnlyReason() const { return readOnly_; }

  /// Puts the edit in force: each picture's annotation is its `before`, each picture stands in it
  /// once. Only while isEditable().
  void edit(Edit edit);
  /// The same for one that changes the classes. `after`: counts of each class then.
  void editClasses(Edit edit, std::vector<DatasetStatistics::PerClass> after);
  /// Takes the newest edit back, puts it in force again; nothing where there is none.
  void undo();
  void redo();
  const EditHistory& history() const { return history_; }
  /// What an earlier session left, with its history, in place of what was read. Before any edit.
  void restore(LabelStore::Found found);
  /// An id that no box of the picture has or, since the dataset was opened, has had.
  std::uint32_t newBoxId(int picture) const;

  /// The classes with what stays the same when they get other names and ids.
  const ClassListPtr& classList() const { return classList_; }
  /// Whether the classes can be changed.
  bool takesClasses() const;
  /// Whether one label file is of many pictures.
  bool sharesLabelFiles() const;
  /// The tree of a combined dataset that this one is part of, as it was when this was opened; null
  /// where there is none.
  const std::shared_ptr<const TreeBeside>& treeBeside() const { return treeBeside_; }
  /// Appends a class and returns its id; -1 where the name cannot be one or is there already, or
  /// the format takes none. An edit like others.
  int addClass(const QString& name);
  /// The same of several, in one edit; how many of them there were to add.
  int addClasses(const QStringList& names);
  /// The colours of the classes.
  const ClassPalette& palette() const { return palette_; }
  /// Other ones, by the names of classes. No edit: labels do not know of colours.
  void chooseColours(ChosenColours chosen);
  /// The next class gets this identity.
  int newClassIdentity() const { return nextIdentity_; }

  Job& job() { return job_; }

 Q_SIGNALS:
  /// Everything before this is gone: models reset.
  void reset();
  void picturesAdded(int first, int count);
  /// Those between pictures that were edited may be among them.
  void annotationsChanged(int first, int count);
  void problemsAdded(int first, int count);
  /// Which pictures the problems are about is known now, or has changed.
  void problemsPlaced();
  void classesChanged();
  /// An edit has given the classes other ids: of each of those before the one after; -1: it is
  /// gone. The names are those of after already.
  void classesMoved(const std::vector<int>& to);
  /// Others were chosen, or a class took its own along to another name. What was kept comes with
  /// classesChanged().
  void coloursChanged();
  void splitsChanged();
  /// After the annotations have changed; the edit is valid during the call.
  void edited(const boxwright::Edit& edit);
  void undone(const boxwright::Edit& edit);
  void redone(const boxwright::Edit& edit);
  void historyChanged();
  /// What is shown is what the files say, which is `dataset`.
  void refreshed(const std::shared_ptr<const boxwright::Dataset>& dataset);
  void refreshRefused();
  void editableChanged();
  /// All is read (or opening was cancelled: what is there stays).
  void opened();
  void failed(const boxwright::ui::JobError& error);

 private:
  struct Batch;
  struct Inbox;
  struct Ending;
  struct ReadAgain;
  static std::shared_ptr<Ending> makeEnding(Dataset dataset);
  void clear();
  void drain();
  void apply(Batch& batch);
  void finish();
  void count(const Annotation& annotation, std::ptrdiff_t sign);
  void takeAgain(const ReadAgain& read);
  void addProblems(const std::vector<Problem>& problems);
  void listMarks();
  static std::uint8_t marksOf(const Annotation& annotation);
  void markProblems(int first);
  void replace(const Edit& edit, bool forward);
  void replaceClasses(const Edit& edit, bool forward);
  void setClassList(ClassListPtr classes);
  void noteIds(const Edit& edit);

  static constexpr std::uint8_t unlabelledMark = 1, verifiedMark = 2, negativeMark = 4,
                                problemMark = 8, trashedMark = 16;

  bool open_ = false;
  bool opening_ = false;
  bool partial_ = false;
  std::filesystem::path path_;
  Dataset dataset_;
  Splits splits_;
  bool splitsAreOwn_ = true;
  std::shared_ptr<const DatasetLookup> lookup_;
  DatasetStatistics statistics_;
  std::vector<std::uint8_t> marks_;  ///< of each picture
  EditHistory history_;
  ClassListPtr classList_ = listedClasses({});
  int nextIdentity_ = 0;
  ClassPalette palette_;
  std::shared_ptr<const TreeBeside> treeBeside_;
  /// Counts of the classes before and after a change of them, by its place in the history.
  struct Counts {
    std::vector<DatasetStatistics::PerClass> before, after;
  };
  std::map<std::size_t, Counts> counts_;
  std::unordered_map<std::size_t, std::uint32_t> largestIds_;  ///< of pictures that were edited
  QString readOnly_;
  std::function<void(std::stop_token)> wait_;
  mutable std::shared_ptr<const Dataset> snapshot_;
  std::shared_ptr<Inbox> inbox_;
  std::shared_ptr<Ending> ending_;
  QTimer timer_;
  bool indexIsCurrent_ = true;
  Job job_, indexing_, refreshing_;
};

}  // namespace boxwright::ui
