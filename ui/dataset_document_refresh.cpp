// SPDX-License-Identifier: GPL-3.0-or-later
//
// The part of DatasetDocument that reads again what others have written meanwhile.
#include <algorithm>
#include <tuple>
#include <utility>

#include "core/data/class_change.h"
#include "core/data/open_dataset.h"
#include "ui/dataset_document.h"

namespace boxwright::ui {
namespace {

/// Pictures that are put in force in one go; where more have changed it is another dataset.
constexpr std::size_t mostRefreshed = 20000;

/// The same pictures in the same order, splits and files, and all classes as before; others may
/// have joined.
bool fits(const Dataset& before, const Dataset& now) {
  return now.format == before.format && now.root == before.root &&
         now.labelFiles == before.labelFiles && now.labelRule == before.labelRule &&
         now.ownLabels == before.ownLabels && now.unreadFiles == before.unreadFiles &&
         now.splits == before.splits && now.pictures.size() == before.pictures.size() &&
         now.classes.size() >= before.classes.size() &&
         std::equal(before.classes.begin(), before.classes.end(), now.classes.begin()) &&
         std::equal(before.pictures.begin(), before.pictures.end(), now.pictures.begin(),
                    [](const Picture& a, const Picture& b) {
                      return a.path == b.path && a.labelFile == b.labelFile;
                    });
}

/// Where no file lists the classes their order is that in which they appear: it stays as it was, so
/// that ids do.
void keepOrder(const Dataset& before, Dataset& now) {
  if (!now.classFiles.empty() || classKeyOf(now.format) != ClassKey::Name ||
      now.classes == before.classes)
    return;
  ClassNames classes = before.classes;
  std::vector<int> to;
  for (const std::string& name : now.classes) {
    const auto known = std::find(classes.begin(), classes.end(), name);
    to.push_back(static_cast<int>(known - classes.begin()));
    if (known == classes.end()) classes.push_back(name);
  }
  for (Picture& picture : now.pictures)
    picture.annotation = std::make_shared<const Annotation>(withClasses(*picture.annotation, to));
  now.classes = std::move(classes);
}

std::vector<Problem> newProblems(const Dataset& before, const Dataset& now) {
  const auto key = [](const Problem& p) { return std::tie(p.file, p.line, p.what); };
  const auto less = [&key](const Problem& a, const Problem& b) { return key(a) < key(b); };
  std::vector<Problem> known = before.problems;
  std::sort(known.begin(), known.end(), less);
  std::vector<Problem> fresh;
  std::copy_if(now.problems.begin(), now.problems.end(), std::back_inserter(fresh),
               [&](const Problem& problem) {
                 return !std::binary_search(known.begin(), known.end(), problem, less);
               });
  return fresh;
}

}  // namespace

struct DatasetDocument::ReadAgain {
  std::shared_ptr<const Dataset> dataset;
  bool fits = false;
  std::vector<std::size_t> changed;  ///< pictures
  std::vector<Problem> problems;     ///< those that were not there
};

void DatasetDocument::refresh() {
  if (!open_ || opening_ || partial_) return;
  if (history_.size() > 0) {
    Q_EMIT refreshRefused();
    return;
  }
  refreshing_.start(
      [path = path_, before = snapshot(), wait = wait_](std::stop_token stop, JobProgress&) {
        if (wait) wait(stop);
        Dataset now = openDataset(path, {}, stop);
        keepOrder(*before, now);
        ReadAgain read;
        read.fits = !stop.stop_requested() && fits(*before, now);
        for (std::size_t i = 0; read.fits && i < now.pictures.size(); ++i) {
          const Picture& old = before->pictures[i];
          Picture& picture = now.pictures[i];
          const bool same = *picture.annotation == *old.annotation;
          if (same) picture.annotation = old.annotation;  // one of them is enough
          if (!same || picture.labelHash != old.labelHash || picture.width != old.width ||
              picture.height != old.height)
            read.changed.push_back(i);
        }
        if (read.fits) read.problems = newProblems(*before, now);
        read.dataset = std::make_shared<const Dataset>(std::move(now));
        return read;
      },
      [this](const ReadAgain& read) { takeAgain(read); });
}

void DatasetDocument::takeAgain(const ReadAgain& read) {
  if (history_.size() > 0 || !read.fits || read.changed.size() > mostRefreshed) {
    Q_EMIT refreshRefused();
    return;
  }
  const Dataset& now = *read.dataset;
  snapshot_.reset();
  dataset_.classFiles = now.classFiles;
  if (now.classes.size() > dataset_.classes.size()) {
    setClassList(listedClasses(now.classes));
    Q_EMIT classesChanged();
  }
  Edit all;
  for (const std::size_t i : read.changed) {
    Picture& picture = dataset_.pictures[i];
    picture.labelHash = now.pictures[i].labelHash;
    picture.width = now.pictures[i].width;
    picture.height = now.pictures[i].height;
    if (picture.annotation != now.pictures[i].annotation)
      all.pictures.push_back({i, picture.annotation, now.pictures[i].annotation});
  }
  if (!all.pictures.empty()) replace(all, true);
  addProblems(read.problems);
  Q_EMIT refreshed(read.dataset);
}

void DatasetDocument::addProblems(const std::vector<Problem>& problems) {
  if (problems.empty()) return;
  const auto first = static_cast<int>(dataset_.problems.size());
  dataset_.problems.insert(dataset_.problems.end(), problems.begin(), problems.end());
  markProblems(first);
  Q_EMIT problemsAdded(first, static_cast<int>(problems.size()));
  Q_EMIT problemsPlaced();
}

}  // namespace boxwright::ui
