// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dataset_document.h"

#include <QElapsedTimer>
#include <algorithm>
#include <atomic>
#include <optional>
#include <span>
#include <utility>
#include <variant>

#include "core/base/atomic_file.h"
#include "core/base/user_folders.h"
#include "core/data/dataset_index.h"
#include "core/data/label_places.h"
#include "core/data/open_indexed.h"
#include "core/data/tree_beside.h"

namespace boxwright::ui {
namespace {

/// Rows a batch holds at most when it reaches the GUI, and how long the GUI applies batches in one
/// go: together they keep every event handler far below the frame budget.
constexpr std::size_t batchRows = 1024;
constexpr int drainMilliseconds = 8;
constexpr int soonMilliseconds = 8;  ///< until the next go where there is more

constexpr std::uint64_t splitSeed = 1;
constexpr int fewestIndexed = 2000;  ///< pictures; fewer are read in no time

struct FormatBatch {
  std::string format;
  std::filesystem::path root;
  ClassNames classes;
  ChosenColours colours;
};
struct PictureBatch {
  std::vector<Picture> pictures;
};
struct AnnotationBatch {
  std::size_t first = 0;
  std::vector<Picture> pictures;
};
struct ProblemBatch {
  std::vector<Problem> problems;
};
/// What came before is void.
struct RestartBatch {};

}  // namespace

struct DatasetDocument::Batch {
  std::variant<FormatBatch, PictureBatch, AnnotationBatch, ProblemBatch, RestartBatch> value;
};

struct DatasetDocument::Inbox {
  std::atomic<bool> failed = false;  ///< what the queue has told came from an index alone
  DrainQueue<Batch> queue;
};

struct DatasetDocument::Ending {
  std::shared_ptr<const Dataset> dataset;
  Splits splits;
  std::shared_ptr<const DatasetLookup> lookup;
  std::shared_ptr<const TreeBeside> treeBeside;
  bool partial = false;
  bool indexIsCurrent = false;
};

DatasetDocument::DatasetDocument(QObject* parent)
    : QObject(parent),
      job_(tr("Opening"), QStringLiteral("data")),
      indexing_(tr("Keeping an index"), QStringLiteral("data")),
      refreshing_(tr("Reading labels again"), QStringLiteral("data")) {
  indexing_.setQuiet(true);
  refreshing_.setQuiet(true);
  connect(&refreshing_, &Job::failed, this, &DatasetDocument::refreshRefused);
  timer_.setInterval(drainInterval);
  connect(&timer_, &QTimer::timeout, this, &DatasetDocument::drain);
  job_.setKeepsResultWhenCancelled(true);
  connect(&job_, &Job::failed, this, [this](const JobError& error) {
    timer_.stop();
    const bool nothing = dataset_.pictures.empty() || (inbox_ && inbox_->failed);
    inbox_.reset();
    opening_ = false;
    if (nothing) {
      clear();
      Q_EMIT reset();
    }
    Q_EMIT failed(error);
  });
}

DatasetDocument::~DatasetDocument() = default;

std::shared_ptr<DatasetDocument::Ending> DatasetDocument::makeEnding(Dataset dataset) {
  auto ending = std::make_shared<Ending>();
  ending->splits = splitsFor(dataset, splitSeed);
  ending->lookup = std::make_shared<const DatasetLookup>(dataset, ending->splits);
  ending->dataset = std::make_shared<const Dataset>(std::move(dataset));
  return ending;
}

void DatasetDocument::open(const std::filesystem::path& path) {
  job_.cancel();
  clear();
  path_ = path;
  open_ = true;
  opening_ = true;
  Q_EMIT reset();
  auto inbox = std::make_shared<Inbox>();
  inbox_ = inbox;
  timer_.start();
  job_.setName(tr("Opening %1").arg(name()));
  job_.start(
      [path, inbox, wait = wait_](std::stop_token stop, JobProgress& progress) {
        if (wait) wait(stop);
        OpenSink sink;
        std::size_t listed = 0;
        std::optional<FoundColours> colours;
        sink.format = [&](const std::string& format, const std::filesystem::path& root,
                          const ClassNames& classes) {
          if (!colours) colours = readChosenColours(labelPlacesOf(root, userDataFolder()));
          inbox->queue.push({FormatBatch{format, root, classes, colours->colours}});
        };
        sink.pictures = [&](std::span<const Picture> batch) {
          listed += batch.size();
          for (std::size_t i = 0; i < batch.size(); i += batchRows) {
            const auto part = batch.subspan(i, std::min(batchRows, batch.size() - i));
            inbox->queue.push({PictureBatch{{part.begin(), part.end()}}});
          }
        };
        sink.annotations = [&](std::size_t first, std::span<const Picture> batch) {
          for (std::size_t i = 0; i < batch.size(); i += batchRows) {
            const auto part = batch.subspan(i, std::min(batchRows, batch.size() - i));
            inbox->queue.push({AnnotationBatch{first + i, {part.begin(), part.end()}}});
          }
        };
        sink.problems = [&](std::span<const Problem> problems) {
          for (std::size_t i = 0; i < problems.size(); i += batchRows) {
            const auto part = problems.subspan(i, std::min(batchRows, problems.size() - i));
            inbox->queue.push({ProblemBatch{{part.begin(), part.end()}}});
          }
        };
        sink.progress = [&](double fraction) {
          progress.set(fraction, listed == 1
                                     ? tr("1 picture")
                                     : tr("%L1 pictures").arg(static_cast<qulonglong>(listed)));
        };
        IndexedOpening opening;
        try {
          opening = openIndexed(path, datasetIndexFile(path, userCacheFolder()), stop, sink,
                                [&] { inbox->queue.push({RestartBatch{}}); });
        } catch (...) {
          inbox->failed = true;
          throw;
        }
        if (colours && colours->problem) {
          opening.dataset.problems.push_back(*colours->problem);
          inbox->queue.push({ProblemBatch{{*colours->problem}}});
        }
        const bool partial = stop.stop_requested();
        std::shared_ptr<Ending> ending = makeEnding(std::move(opening.dataset));
        ending->partial = partial;
        ending->indexIsCurrent = opening.indexIsCurrent;
        if (std::optional<TreeBeside> found = boxwright::treeBeside(ending->dataset->root))
          ending->treeBeside = std::make_shared<const TreeBeside>(std::move(*found));
        return ending;
      },
      [this, inbox](std::shared_ptr<Ending> ending) {
        if (inbox != inbox_) return;
        ending_ = std::move(ending);
      });
}

void DatasetDocument::setDataset(Dataset dataset) {
  job_.cancel();
  clear();
  open_ = true;
  path_ = dataset.root;
  ending_ = makeEnding(std::move(dataset));
  ending_->indexIsCurrent = true;  // of what is in memory alone there is none
  dataset_ = *ending_->dataset;
  for (const Picture& picture : dataset_.pictures)
    count(*picture.annotation, 1);
  listMarks();
  Q_EMIT reset();
  finish();
}

void DatasetDocument::close() {
  job_.cancel();
  clear();
  Q_EMIT reset();
}

void DatasetDocument::keepIndex() {
  if (!open_ || opening_ || partial_ || indexIsCurrent_ || pictureCount() < fewestIndexed) return;
  indexIsCurrent_ = true;
  indexing_.start(
      // To the end, also while the window closes: it is a second for 100,000 pictures.
      [path = path_, dataset = snapshot()](std::stop_token, JobProgress&) {
        writeDatasetIndex(datasetIndexFile(path, userCacheFolder()), path, *dataset);
      },
      [] {});
}

void DatasetDocument::clear() {
  keepIndex();
  refreshing_.cancel();
  timer_.stop();
  inbox_.reset();
  ending_.reset();
  lookup_.reset();
  snapshot_.reset();
  dataset_ = {};
  splits_.clear();
  splitsAreOwn_ = true;
  statistics_ = {};
  marks_.clear();
  history_ = {};
  classList_ = listedClasses({});
  palette_ = {};
  treeBeside_.reset();
  counts_.clear();
  largestIds_.clear();
  readOnly_.clear();
  path_.clear();
  open_ = false;
  opening_ = false;
  partial_ = false;
}

void DatasetDocument::drain() {
  if (!inbox_) return;
  QElapsedTimer clock;
  clock.start();
  const std::shared_ptr<Inbox> inbox = inbox_;
  while (clock.elapsed() < drainMilliseconds) {
    std::vector<Batch> next = inbox->queue.take(1);
    if (next.empty()) {
      timer_.setInterval(drainInterval);
      if (ending_) finish();
      return;
    }
    apply(next.front());
    if (inbox != inbox_) return;  // a slot closed or reopened the document
  }
  timer_.setInterval(soonMilliseconds);
}

void DatasetDocument::apply(Batch& batch) {
  snapshot_.reset();
  if (auto* format = std::get_if<FormatBatch>(&batch.value)) {
    dataset_.format = std::move(format->format);
    dataset_.root = std::move(format->root);  // before the first picture
    dataset_.classes = std::move(format->classes);
    palette_ = ClassPalette(dataset_.classes, std::move(format->colours));
    Q_EMIT classesChanged();
  } else if (auto* added = std::get_if<PictureBatch>(&batch.value)) {
    const int first = pictureCount();
    for (Picture& picture : added->pictures) {
      count(*picture.annotation, 1);
      marks_.push_back(marksOf(*picture.annotation));
      dataset_.pictures.push_back(std::move(picture));
    }
    Q_EMIT picturesAdded(first, pictureCount() - first);
  } else if (auto* read = std::get_if<AnnotationBatch>(&batch.value)) {
    const std::size_t end = std::min(read->first + read->pictures.size(), dataset_.pictures.size());
    for (std::size_t i = read->first; i < end; ++i) {
      count(*dataset_.pictures[i].annotation, -1);
      dataset_.pictures[i] = std::move(read->pictures[i - read->first]);
      const Annotation& annotation = *dataset_.pictures[i].annotation;
      count(annotation, 1);
      marks_[i] = marksOf(annotation);
    }
    if (end > read->first) {
      Q_EMIT annotationsChanged(static_cast<int>(read->first), static_cast<int>(end - read->first));
    }
  } else if (std::holds_alternative<RestartBatch>(batch.value)) {
    dataset_ = {};
    statistics_ = {};
    marks_.clear();
    Q_EMIT reset();
  } else if (auto* found = std::get_if<ProblemBatch>(&batch.value)) {
    const auto first = static_cast<int>(dataset_.problems.size());
    for (Problem& problem : found->problems)
      dataset_.problems.push_back(std::move(problem));
    Q_EMIT problemsAdded(first, static_cast<int>(found->problems.size()));
  }
}

void DatasetDocument::finish() {
  timer_.stop();
  inbox_.reset();
  const std::shared_ptr<Ending> ending = std::exchange(ending_, nullptr);
  const Dataset& whole = *ending->dataset;
  opening_ = false;
  partial_ = ending->partial;
  indexIsCurrent_ = ending->indexIsCurrent;
  treeBeside_ = ending->treeBeside;
  dataset_.root = whole.root;  // opening that was stopped early has not told it
  dataset_.format = whole.format;
  dataset_.splits = whole.splits;
  dataset_.classesListed = whole.classesListed;
  dataset_.classesFixed = whole.classesFixed;
  dataset_.classTree = whole.classTree;
  dataset_.classFiles = whole.classFiles;
  dataset_.labelFiles = whole.labelFiles;
  dataset_.ownLabels = whole.ownLabels;
  dataset_.unreadFiles = whole.unreadFiles;
  dataset_.labelRule = whole.labelRule;
  lookup_ = ending->lookup;
  splits_ = ending->splits;
  splitsAreOwn_ = splits_ == dataset_.splits;
  if (whole.pictures.size() != dataset_.pictures.size() ||
      whole.problems.size() != dataset_.problems.size()) {
    // The stages did not tell all (opening was stopped half-way): the whole is what counts.
    dataset_ = whole;
    statistics_ = statisticsOf(dataset_);
    listMarks();
    Q_EMIT reset();
  } else if (dataset_.classes != whole.classes) {
    dataset_.classes = whole.classes;
  }
  classList_ = listedClasses(dataset_.classes);
  palette_ = ClassPalette(dataset_.classes, palette_.chosen());
  nextIdentity_ = static_cast<int>(classList_->size());
  snapshot_ = ending->dataset;
  markProblems(0);
  Q_EMIT classesChanged();
  Q_EMIT splitsChanged();
  Q_EMIT problemsPlaced();
  keepIndex();
  Q_EMIT opened();
  Q_EMIT editableChanged();
}

void DatasetDocument::count(const Annotation& annotation, std::ptrdiff_t sign) {
  const auto by = static_cast<std::size_t>(sign);  // adding -1 wraps to a subtraction
  if (annotation.trashed) return;
  statistics_.images += by;
  statistics_.boxes += by * annotation.boxes.size();
  if (annotation.classesOnly()) statistics_.classesOnly += by;
  switch (annotation.state) {
    case LabelState::Labelled:
      statistics_.labelled += by;
      break;
    case LabelState::Negative:
      statistics_.negative += by;
      break;
    case LabelState::Unlabelled:
      statistics_.unlabelled += by;
      break;
  }
  const std::vector<Box>& boxes = annotation.boxes;
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    if (boxes[i].classId < 0) continue;
    const auto id = static_cast<std::size_t>(boxes[i].classId);
    if (id >= statistics_.classes.size()) statistics_.classes.resize(id + 1);
    statistics_.classes[id].boxes += by;
    const bool first = std::none_of(boxes.begin(), boxes.begin() + static_cast<std::ptrdiff_t>(i),
                                    [&](const Box& b) { return b.classId == boxes[i].classId; });
    if (first) statistics_.classes[id].images += by;
  }
  for (const int whole : annotation.imageClasses) {
    if (whole < 0 ||
        std::any_of(boxes.begin(), boxes.end(), [&](const Box& b) { return b.classId == whole; }))
      continue;
    const auto id = static_cast<std::size_t>(whole);
    if (id >= statistics_.classes.size()) statistics_.classes.resize(id + 1);
    statistics_.classes[id].images += by;
  }
}

std::uint8_t DatasetDocument::marksOf(const Annotation& annotation) {
  if (annotation.trashed) return trashedMark;
  const int state = annotation.state == LabelState::Unlabelled ? unlabelledMark
                    : annotation.state == LabelState::Negative ? negativeMark
                                                               : 0;
  return static_cast<std::uint8_t>(state | (annotation.verified ? verifiedMark : 0));
}

void DatasetDocument::markProblems(int first) {
  if (!lookup_) return;
  for (auto i = first; i < static_cast<int>(dataset_.problems.size()); ++i) {
    if (const int picture = pictureOfProblem(i); picture >= 0)
      marks_[static_cast<std::size_t>(picture)] |= problemMark;
  }
}

void DatasetDocument::listMarks() {
  marks_.clear();
  for (const Picture& picture : dataset_.pictures)
    marks_.push_back(marksOf(*picture.annotation));
}

QString DatasetDocument::name() const {
  if (!open_) return {};
  std::filesystem::path last = path_.filename();
  if (last.empty() || last == ".") last = path_.parent_path().filename();
  return QString::fromStdString(utf8(last));
}

int DatasetDocument::indexOf(const std::string& relativePath) const {
  return lookup_ ? lookup_->indexOf(relativePath) : -1;
}

int DatasetDocument::pictureOfProblem(int problem) const {
  const auto all = static_cast<int>(dataset_.problems.size());
  if (problem < 0 || problem >= all || !lookup_) return -1;
  const int known = lookup_->pictureOfProblem(problem);
  if (known != DatasetLookup::unknown) return known;
  return lookup_->pictureOf(dataset_.problems[static_cast<std::size_t>(problem)], dataset_);
}

std::vector<int> DatasetDocument::problemsOf(int picture) const {
  if (!lookup_ || !hasProblem(picture)) return {};
  std::vector<int> problems = lookup_->problemsOf(picture);
  // Those found since are few.
  for (auto i = lookup_->problemCount(); i < static_cast<int>(dataset_.problems.size()); ++i) {
    if (pictureOfProblem(i) == picture) problems.push_back(i);
  }
  return problems;
}

const std::string& DatasetDocument::splitOf(int picture) const {
  static const std::string none;
  return lookup_ ? lookup_->splitOf(picture) : none;
}

std::shared_ptr<const Dataset> DatasetDocument::snapshot() const {
  if (!snapshot_) snapshot_ = std::make_shared<const Dataset>(dataset_);
  return snapshot_;
}

}  // namespace boxwright::ui
