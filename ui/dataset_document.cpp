// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dataset_document.h"

#include <QElapsedTimer>
#include <algorithm>
#include <set>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>

#include "core/base/atomic_file.h"
#include "core/data/open_dataset.h"
#include "core/data/text_labels.h"

namespace boxwright::ui {
namespace {

/// Rows a batch holds at most when it reaches the GUI, and how long the GUI applies batches in one
/// go: together they keep every event handler far below the frame budget.
constexpr std::size_t batchRows = 256;
constexpr int drainMilliseconds = 8;

constexpr std::uint64_t splitSeed = 1;
constexpr std::uint16_t noSplit = 0xffff;

struct FormatBatch {
  std::string format;
  std::filesystem::path root;
  ClassNames classes;
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

/// `path` without its first folder where that is one of `folders`, and without its extension.
std::string_view inside(std::string_view path, std::initializer_list<std::string_view> folders) {
  path = path.substr(0, path.rfind('.'));
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return path;
  const bool known =
      std::find(folders.begin(), folders.end(), path.substr(0, slash)) != folders.end();
  return known ? path.substr(slash + 1) : path;
}

/// Whether a reader takes `file` for the label of the picture; both as a Problem names them.
bool isLabelOf(const std::string& file, const std::string& picture,
               const std::filesystem::path& root) {
  if (inside(file, {}) == inside(picture, {})) return true;
  if (file.ends_with(".xml")) {
    return inside(file, {"Annotations"}) == inside(picture, {"JPEGImages", "images", "Images"});
  }
  // Whole paths: the folder that takes turns with `labels` may be the root or lie above it.
  const std::vector<std::string> labels = labelPathsOf(utf8(root / pathFromUtf8(picture)));
  return std::find(labels.begin(), labels.end(), utf8(root / pathFromUtf8(file))) != labels.end();
}

std::string stemOf(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  const std::size_t dot = path.find_last_of('.');
  if (dot != std::string_view::npos && dot > 0) path = path.substr(0, dot);
  return std::string(path);
}

}  // namespace

struct DatasetDocument::Batch {
  std::variant<FormatBatch, PictureBatch, AnnotationBatch, ProblemBatch> value;
};

struct DatasetDocument::Inbox {
  DrainQueue<Batch> queue;
};

/// What is looked up by picture once all is read; made on the job's thread.
struct DatasetDocument::Lookup {
  std::unordered_map<std::string, int> byPath;
  std::unordered_multimap<std::string, int> byStem;
  std::vector<std::uint16_t> split;  ///< a picture's index into splitNames
  std::vector<std::string> splitNames;
};

struct DatasetDocument::Ending {
  std::shared_ptr<const Dataset> dataset;
  Splits splits;
  std::shared_ptr<const Lookup> lookup;
  bool partial = false;
};

DatasetDocument::DatasetDocument(QObject* parent)
    : QObject(parent), job_(tr("Opening"), QStringLiteral("data")) {
  timer_.setInterval(drainInterval);
  connect(&timer_, &QTimer::timeout, this, &DatasetDocument::drain);
  job_.setKeepsResultWhenCancelled(true);
  connect(&job_, &Job::failed, this, [this](const JobError& error) {
    timer_.stop();
    inbox_.reset();
    const bool nothing = dataset_.pictures.empty();
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
  auto lookup = std::make_shared<Lookup>();
  lookup->byPath.reserve(dataset.pictures.size());
  lookup->byStem.reserve(dataset.pictures.size());
  for (std::size_t i = 0; i < dataset.pictures.size(); ++i) {
    const std::string& path = dataset.pictures[i].path;
    lookup->byPath.emplace(path, static_cast<int>(i));
    lookup->byStem.emplace(stemOf(path), static_cast<int>(i));
  }
  lookup->split.assign(dataset.pictures.size(), noSplit);
  // Darknet's and VOC's trainval overlap train and val: the narrower list names the picture.
  std::vector<std::pair<std::size_t, std::string>> order;
  for (const auto& entry : ending->splits)
    order.emplace_back(entry.second.size(), entry.first);
  std::sort(order.begin(), order.end());
  for (const auto& entry : order) {
    const auto index = static_cast<std::uint16_t>(lookup->splitNames.size());
    lookup->splitNames.push_back(entry.second);
    for (const std::size_t picture : ending->splits.at(entry.second)) {
      if (picture < lookup->split.size() && lookup->split[picture] == noSplit) {
        lookup->split[picture] = index;
      }
    }
  }
  ending->lookup = std::move(lookup);
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
        sink.format = [&](const std::string& format, const std::filesystem::path& root,
                          const ClassNames& classes) {
          inbox->queue.push({FormatBatch{format, root, classes}});
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
          progress.set(fraction, tr("%L1 pictures").arg(static_cast<qulonglong>(listed)));
        };
        Dataset dataset = openDataset(path, {}, stop, sink);
        const bool partial = stop.stop_requested();
        std::shared_ptr<Ending> ending = makeEnding(std::move(dataset));
        ending->partial = partial;
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

void DatasetDocument::clear() {
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
      if (ending_) finish();
      return;
    }
    apply(next.front());
    if (inbox != inbox_) return;  // a slot closed or reopened the document
  }
}

void DatasetDocument::apply(Batch& batch) {
  snapshot_.reset();
  if (auto* format = std::get_if<FormatBatch>(&batch.value)) {
    dataset_.format = std::move(format->format);
    dataset_.root = std::move(format->root);  // before the first picture
    dataset_.classes = std::move(format->classes);
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
  dataset_.root = whole.root;  // opening that was stopped early has not told it
  dataset_.format = whole.format;
  dataset_.splits = whole.splits;
  dataset_.classesListed = whole.classesListed;
  dataset_.labelFiles = whole.labelFiles;
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
  snapshot_ = ending->dataset;
  Q_EMIT classesChanged();
  Q_EMIT splitsChanged();
  Q_EMIT opened();
  Q_EMIT editableChanged();
}

void DatasetDocument::count(const Annotation& annotation, std::ptrdiff_t sign) {
  const auto by = static_cast<std::size_t>(sign);  // adding -1 wraps to a subtraction
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
  const bool unlabelled = annotation.state == LabelState::Unlabelled;
  return static_cast<std::uint8_t>((unlabelled ? unlabelledMark : 0) |
                                   (annotation.verified ? verifiedMark : 0));
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
  if (!lookup_) return -1;
  const auto found = lookup_->byPath.find(relativePath);
  return found == lookup_->byPath.end() ? -1 : found->second;
}

int DatasetDocument::pictureOfProblem(int problem) const {
  if (problem < 0 || problem >= static_cast<int>(dataset_.problems.size()) || !lookup_) return -1;
  const std::string& file = dataset_.problems[static_cast<std::size_t>(problem)].file;
  if (const int exact = indexOf(file); exact >= 0) return exact;
  // Equal names may lie in several folders.
  const auto [begin, end] = lookup_->byStem.equal_range(stemOf(file));
  int best = -1;
  for (auto at = begin; at != end; ++at) {
    const Picture& picture = dataset_.pictures[static_cast<std::size_t>(at->second)];
    if (best >= 0 && best < at->second) continue;
    if (isLabelOf(file, picture.path, dataset_.root)) best = at->second;
  }
  return best;
}

const std::string& DatasetDocument::splitOf(int picture) const {
  static const std::string none;
  if (!lookup_ || picture < 0 || picture >= static_cast<int>(lookup_->split.size())) return none;
  const std::uint16_t split = lookup_->split[static_cast<std::size_t>(picture)];
  return split == noSplit ? none : lookup_->splitNames[split];
}

std::shared_ptr<const Dataset> DatasetDocument::snapshot() const {
  if (!snapshot_) snapshot_ = std::make_shared<const Dataset>(dataset_);
  return snapshot_;
}

}  // namespace boxwright::ui
