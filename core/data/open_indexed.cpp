// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/open_indexed.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "core/data/dataset_index.h"

namespace boxwright {
namespace {

bool same(const Picture& a, const Picture& b) {
  return a.path == b.path && a.width == b.width && a.height == b.height &&
         a.labelHash == b.labelHash && *a.annotation == *b.annotation;
}

/// Takes what is read and hands on what the index has not said.
class Comparison {
 public:
  Comparison(Dataset known, const OpenSink& sink, const std::function<void()>& restart)
      : known_(std::move(known)), sink_(sink), restart_(restart) {}

  OpenSink reading() {
    OpenSink reading;
    reading.format = [this](const std::string& format, const std::filesystem::path& root,
                            const ClassNames& classes) { take(format, root, classes); };
    reading.pictures = [this](std::span<const Picture> batch) { take(batch); };
    reading.annotations = [this](std::size_t first, std::span<const Picture> batch) {
      take(first, batch);
    };
    reading.problems = [this](std::span<const Problem> problems) {
      problems_.insert(problems_.end(), problems.begin(), problems.end());
      if (sink_.problems) sink_.problems(problems);
    };
    reading.progress = sink_.progress;
    return reading;
  }

  /// All is read, or it was stopped. True where nothing differed.
  bool finish(Dataset& dataset, bool stopped) {
    if (believed_ && read_.size() != known_.pictures.size()) disbelieve();
    if (!believed_) return false;
    bool differs = differs_;
    for (std::size_t i = 0; i < dataset.pictures.size(); ++i) {
      Picture& picture = dataset.pictures[i];
      const bool unread = stopped && i >= end_;
      if (unread) picture = known_.pictures[i];  // as it was told
      if (!unread && *picture.annotation == *known_.pictures[i].annotation)
        picture.annotation = known_.pictures[i].annotation;  // one of them is enough
    }
    if (!stopped && dataset.classes != known_.classes) {
      differs = true;
      if (sink_.format) sink_.format(dataset.format, dataset.root, dataset.classes);
    }
    if (stopped) dataset.classes = known_.classes;
    return !differs && !stopped;
  }

 private:
  void take(const std::string& format, const std::filesystem::path& root,
            const ClassNames& classes) {
    format_ = format;
    root_ = root;
    classes_ = classes;
    if (believed_ && (format != known_.format || root != known_.root)) {
      disbelieve();
      return;
    }
    if (!believed_ && sink_.format) sink_.format(format, root, classes);
  }

  void take(std::span<const Picture> batch) {
    const std::size_t first = read_.size();
    read_.insert(read_.end(), batch.begin(), batch.end());
    if (!believed_) {
      if (sink_.pictures) sink_.pictures(batch);
      return;
    }
    const bool more = read_.size() > known_.pictures.size();
    if (more || !std::equal(batch.begin(), batch.end(),
                            known_.pictures.begin() + static_cast<std::ptrdiff_t>(first),
                            [](const Picture& a, const Picture& b) { return a.path == b.path; }))
      disbelieve();
  }

  void take(std::size_t first, std::span<const Picture> batch) {
    std::copy(batch.begin(), batch.end(), read_.begin() + static_cast<std::ptrdiff_t>(first));
    end_ = first + batch.size();
    const bool prefix = classes_.size() <= known_.classes.size() &&
                        std::equal(classes_.begin(), classes_.end(), known_.classes.begin());
    if (believed_ && (read_.size() != known_.pictures.size() || !prefix)) {
      disbelieve();
      return;  // which has told these, too
    }
    if (!believed_) {
      if (sink_.annotations) sink_.annotations(first, batch);
      return;
    }
    for (std::size_t i = 0; i < batch.size();) {
      const auto differsAt = [&](std::size_t k) {
        return !same(batch[k], known_.pictures[first + k]);
      };
      std::size_t end = i;
      while (end < batch.size() && differsAt(end))
        ++end;
      if (end > i) {
        differs_ = true;
        if (sink_.annotations) sink_.annotations(first + i, batch.subspan(i, end - i));
      }
      i = end + 1;
    }
  }

  void disbelieve() {
    believed_ = false;
    if (restart_) restart_();
    if (sink_.format) sink_.format(format_, root_, classes_);
    if (sink_.pictures && !read_.empty()) sink_.pictures(read_);
    if (sink_.problems && !problems_.empty()) sink_.problems(problems_);
  }

  Dataset known_;
  const OpenSink& sink_;
  const std::function<void()>& restart_;
  bool believed_ = true, differs_ = false;
  std::string format_;
  std::filesystem::path root_;
  ClassNames classes_;
  std::vector<Picture> read_;  ///< as far as it is
  std::size_t end_ = 0;        ///< behind the last whose label is read
  std::vector<Problem> problems_;
};

}  // namespace

IndexedOpening openIndexed(const std::filesystem::path& path, const std::filesystem::path& index,
                           const std::stop_token& stop, const OpenSink& sink,
                           const std::function<void()>& restart) {
  bool told = false;
  OpenSink first;
  first.format = [&](const std::string& format, const std::filesystem::path& root,
                     const ClassNames& classes) {
    told = true;
    if (sink.format) sink.format(format, root, classes);
  };
  first.pictures = sink.pictures;
  std::optional<Dataset> known = readDatasetIndex(index, path, stop, first);
  if (!known) {
    if (told && restart) restart();
    return {openDataset(path, {}, stop, sink), false};
  }
  Comparison comparison(std::move(*known), sink, restart);
  Dataset dataset = openDataset(path, {}, stop, comparison.reading());
  const bool current = comparison.finish(dataset, stop.stop_requested());
  return {std::move(dataset), current};
}

}  // namespace boxwright
