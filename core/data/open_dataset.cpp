// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/open_dataset.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/data/class_list.h"
#include "core/data/dataset_format.h"
#include "core/data/picture_trash.h"
#include "core/data/verified_list.h"
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

const DatasetFormat& formatNamed(const std::string& name) {
  std::string known;
  for (const DatasetFormat* format : datasetFormats()) {
    if (format->name() == name) return *format;
    known += (known.empty() ? "" : ", ") + std::string(format->name());
  }
  throw Error("unknown format '" + name + "'", {}, "the formats are " + known);
}

/// The format whose description a file of this name is; null where it is none's.
const DatasetFormat* formatDescribedBy(const fs::path& file) {
  for (const DatasetFormat* format : datasetFormats()) {
    if (format->describedBy(file)) return format;
  }
  return nullptr;
}

const DatasetFormat& formatOf(const fs::path& path, const FolderListing& listing,
                              const std::string& wanted) {
  if (!wanted.empty()) return formatNamed(wanted);
  // Who names a file means that file, whatever lies beside it.
  if (path != listing.root) return *formatDescribedBy(path);
  for (const DatasetFormat* format : datasetFormats()) {
    if (format->probe(listing)) return *format;
  }
  throw Error("no pictures found (jpg, png, bmp, webp)", utf8(path),
              "give a folder with pictures, a data.yaml, an obj.data or a COCO file");
}

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

/// What stands where a label is looked for and is none. Of folders, which may be called anything,
/// only those that are called as a picture.
void reportNoFiles(Dataset& dataset, const FolderListing& listing) {
  std::set<std::string> stems;
  for (const std::string& path : listing.noFiles) {
    const fs::path file = listing.root / pathFromUtf8(path);
    const std::string shown = shownPath(dataset.root, file);
    const bool known = std::any_of(dataset.problems.begin(), dataset.problems.end(),
                                   [&](const Problem& p) { return p.file == shown; });
    if (known || isImageFile(file)) continue;
    std::error_code ignored;
    const bool folder = fs::is_directory(file, ignored);
    if (folder && stems.empty()) {
      for (const Picture& picture : dataset.pictures)
        stems.insert(pathFromUtf8(picture.path).stem());
    }
    if (folder && !stems.contains(file.stem())) continue;
    dataset.problems.push_back(
        {shown, 0, Severity::Error,
         folder ? "a folder stands where a label file is looked for; move it away, no label can be "
                  "written here"
                : "this is a device or pipe, not a file; move it away, no label can be written "
                  "here"});
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

/// Pictures in the trash are of the dataset, so that their deletion can be undone after a crash; in
/// no split, and at the end where no list names them.
void addTrashed(Dataset& dataset, const std::vector<std::string>& listed,
                const fs::path& listRoot) {
  std::set<std::string> trashed;
  const PictureTrash trash(dataset.root);
  for (const std::string& path : listed) {
    const std::string key = utf8((listRoot / pathFromUtf8(path)).lexically_relative(dataset.root));
    if (isImageFile(pathFromUtf8(key)) && trash.holds(key)) trashed.insert(key);
  }
  if (trashed.empty()) return;
  Annotation annotation;
  annotation.trashed = true;
  const auto shared = std::make_shared<const Annotation>(annotation);
  const auto take = [&](Picture& picture) {
    picture.annotation = shared;
    try {
      const ImageInfo info =
          readImageInfo(trash.placeOf(dataset.root / pathFromUtf8(picture.path)));
      picture.width = info.width;
      picture.height = info.height;
    } catch (const Error&) {
      // It is no worse for being damaged.
    }
  };
  for (std::size_t i = 0; i < dataset.pictures.size(); ++i) {
    if (trashed.erase(dataset.pictures[i].path) == 0) continue;
    take(dataset.pictures[i]);
    for (auto& [name, split] : dataset.splits)
      std::erase(split, i);
  }
  for (const std::string& path : trashed)
    take(dataset.pictures.emplace_back(Picture{path, 0, 0, nullptr}));
}

}  // namespace

std::span<const DatasetFormat* const> datasetFormats() {
  static const std::array<const DatasetFormat*, 9> formats = {
      &ultralyticsFormat(), &vocFormat(),          &darknetFormat(),
      &cocoFormat(),        &labelmeFormat(),      &cvatFormat(),
      &csvFormat(),         &classFoldersFormat(), &imageFolderFormat()};
  return formats;
}

std::vector<std::string> datasetFormatNames() {
  std::vector<std::string> names;
  for (const DatasetFormat* format : datasetFormats())
    names.emplace_back(format->name());
  return names;
}

bool isDatasetFile(const fs::path& path) {
  return formatDescribedBy(path) != nullptr;
}

Dataset openDataset(const fs::path& path, const OpenOptions& options, std::stop_token stop,
                    const OpenSink& sink) {
  std::error_code fault;
  const fs::file_status status = fs::status(path, fault);
  if (fault || !fs::exists(status)) {
    throw Error(fault && fault != std::errc::no_such_file_or_directory
                    ? "cannot open the dataset (" + fault.message() + ")"
                    : std::string("there is no such file or folder"),
                utf8(path), "check the path");
  }
  const fs::path absolute = fs::absolute(path).lexically_normal();
  const bool folder = fs::is_directory(status);
  fs::path root = folder ? absolute : absolute.parent_path();
  if (!root.has_filename() && root.has_parent_path() && root != root.root_path()) {
    root = root.parent_path();  // "a/b/" ends in an empty name
  }
  if (!folder && !isDatasetFile(absolute)) {
    throw Error("not a dataset", utf8(path),
                "give a folder, a data.yaml, an obj.data, a COCO .json, a CVAT .xml or a .csv");
  }

  Dataset dataset;
  FolderListing listing = listFolder(root, stop);
  dataset.root = root;
  dataset.problems = listing.problems;
  if (stop.stop_requested()) return dataset;  // half a listing tells nothing of the format
  const DatasetFormat& format =
      formatOf(folder ? root : absolute, withTrashed(listing), options.format);
  dataset.format = format.name();
  // The others know where their labels are.
  if (&format == &imageFolderFormat() || &format == &vocFormat()) {
    if (std::optional<Problem> several = severalVocDatasets(listing))
      dataset.problems.push_back(std::move(*several));
  }
  FolderListing left;  // by the reader
  left.root = root;
  left.noFiles = listing.noFiles;
  const std::vector<std::string> trashed = listing.trashed;
  const std::unique_ptr<DatasetReader> reader =
      format.open(folder ? root : absolute, std::move(listing));
  reader->list(dataset, stop);
  addTrashed(dataset, trashed, root);
  if (dataset.pictures.empty() && !stop.stop_requested()) {
    const std::string why =
        dataset.problems.empty() ? std::string() : "; first: " + dataset.problems.front().what;
    throw Error("no pictures found in this " + dataset.format + " dataset" + why, utf8(path),
                "check where its pictures are");
  }
  reportNoFiles(dataset, left);
  reportSharedPictures(dataset);
  Reporter reporter(dataset, sink);
  reporter.format();
  reporter.pictures();
  reporter.problems();

  std::optional<VerifiedList> verified;
  if (keepsVerifiedList(dataset.format)) verified.emplace(root);
  if (verified && verified->problem()) dataset.problems.push_back(*verified->problem());
  std::size_t told = 0;
  Clock::time_point last = Clock::now();
  for (std::size_t i = 0; i < dataset.pictures.size(); ++i) {
    if (stop.stop_requested()) {
      reporter.annotations(told, i);
      return dataset;
    }
    if (dataset.pictures[i].annotation->trashed) continue;
    reader->readLabel(dataset, i);
    if (verified) markVerified(dataset.pictures[i], *verified);
    if (options.decodeAll) checkPixels(dataset, i);
    const bool due = i + 1 - told >= kBatch || (i % 16 == 0 && Clock::now() - last > kPause);
    if (due) {
      reporter.annotations(told, i + 1);
      told = i + 1;
      last = Clock::now();
    }
  }
  reporter.annotations(told, dataset.pictures.size());
  reader->finish(dataset);
  reporter.problems();
  return dataset;
}

}  // namespace boxwright
