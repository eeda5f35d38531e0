// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/open_dataset.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/data/found_dataset.h"
#include "core/image/codec.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kFirstBatch = 256;
constexpr std::size_t kBatch = 4096;
constexpr std::chrono::milliseconds kPause{100};

/// Hands on what is new since the last call.
class Reporter {
 public:
  Reporter(const Dataset& dataset, const OpenSink& sink) : dataset_(dataset), sink_(sink) {}

  void format() {
    if (sink_.format && (!formatTold_ || classes_ != dataset_.classes.size())) {
      sink_.format(dataset_.format, dataset_.root, dataset_.classes);
    }
    formatTold_ = true;
    classes_ = dataset_.classes.size();
  }

  void problems() {
    if (sink_.problems && dataset_.problems.size() > problems_) {
      sink_.problems(std::span(dataset_.problems).subspan(problems_));
    }
    problems_ = dataset_.problems.size();
  }

  void pictures() const {
    if (!sink_.pictures) return;
    const std::span<const Picture> all(dataset_.pictures);
    for (std::size_t at = 0; at < all.size();) {
      const std::size_t count = std::min(at == 0 ? kFirstBatch : kBatch, all.size() - at);
      sink_.pictures(all.subspan(at, count));
      at += count;
    }
  }

  void annotations(std::size_t first, std::size_t end) {
    if (end == first) return;
    format();
    if (sink_.annotations) {
      sink_.annotations(first, std::span(dataset_.pictures).subspan(first, end - first));
    }
    problems();
    if (sink_.progress) {
      sink_.progress(static_cast<double>(end) / static_cast<double>(dataset_.pictures.size()));
    }
  }

 private:
  const Dataset& dataset_;
  const OpenSink& sink_;
  bool formatTold_ = false;
  std::size_t classes_ = 0;
  std::size_t problems_ = 0;
};

/// Decodes a picture to see whether it is whole; header faults were reported before.
void checkPixels(Dataset& dataset, std::size_t index) {
  const Picture& picture = dataset.pictures[index];
  if (picture.width == 0) return;
  const auto known = [&] {
    return std::any_of(dataset.problems.rbegin(), dataset.problems.rend(),
                       [&](const Problem& p) { return p.file == picture.path; });
  };
  try {
    const DecodedImage decoded = decodeImage(dataset.absolutePath(index));
    if (decoded.truncated && !known()) {
      dataset.problems.push_back(
          {picture.path, 0, Severity::Warning,
           "the picture is damaged: " + decoded.warning + "; what is missing shows grey"});
    }
  } catch (const Error& error) {
    if (!known()) {
      dataset.problems.push_back({picture.path, 0, Severity::Error, error.problem()});
    }
  }
}

/// The same picture in two splits makes a score worthless.
void reportSharedPictures(Dataset& dataset) {
  static constexpr std::array<const char*, 3> kNames = {"train", "val", "test"};
  for (std::size_t a = 0; a < kNames.size(); ++a) {
    for (std::size_t b = a + 1; b < kNames.size(); ++b) {
      const auto first = dataset.splits.find(kNames[a]);
      const auto second = dataset.splits.find(kNames[b]);
      if (first == dataset.splits.end() || second == dataset.splits.end()) continue;
      std::vector<std::size_t> shared;
      std::set_intersection(first->second.begin(), first->second.end(), second->second.begin(),
                            second->second.end(), std::back_inserter(shared));
      if (shared.empty()) continue;
      dataset.problems.push_back(
          {dataset.pictures[shared.front()].path, 0, Severity::Warning,
           counted(shared.size(), "picture (this one) is", "pictures (this is the first) are") +
               " both in " + kNames[a] + " and in " + kNames[b] + ": scores there mean little"});
    }
  }
}

}  // namespace

Dataset openDataset(const fs::path& path, const OpenOptions& options, std::stop_token stop,
                    const OpenSink& sink) {
  Dataset dataset;
  FoundDataset found = findDataset(path, options.format, stop);
  dataset.root = found.root;
  dataset.problems = found.problems;
  if (!found.reader) return dataset;
  listPictures(found, dataset, stop);
  if (dataset.pictures.empty() && !stop.stop_requested()) {
    const std::string why =
        dataset.problems.empty() ? std::string() : "; first: " + dataset.problems.front().what;
    throw Error("no pictures found in this " + dataset.format + " dataset" + why, utf8(path),
                "check where its pictures are");
  }
  reportSharedPictures(dataset);
  Reporter reporter(dataset, sink);
  reporter.format();
  reporter.pictures();
  reporter.problems();

  std::size_t told = 0;
  Clock::time_point last = Clock::now();
  for (std::size_t i = 0; i < dataset.pictures.size(); ++i) {
    if (stop.stop_requested()) {
      reporter.annotations(told, i);
      return dataset;
    }
    if (dataset.pictures[i].annotation->trashed) continue;
    readLabel(found, dataset, i);
    if (options.decodeAll) checkPixels(dataset, i);
    const bool due = i + 1 - told >= kBatch || (i % 16 == 0 && Clock::now() - last > kPause);
    if (due) {
      reporter.annotations(told, i + 1);
      told = i + 1;
      last = Clock::now();
    }
  }
  reporter.annotations(told, dataset.pictures.size());
  found.reader->finish(dataset);
  reporter.problems();
  return dataset;
}

}  // namespace boxwright
