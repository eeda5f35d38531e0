// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/found_dataset.h"

#include <algorithm>
#include <array>
#include <set>
#include <system_error>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/class_list.h"
#include "core/data/folder_listing.h"
#include "core/data/open_dataset.h"
#include "core/data/picture_trash.h"
#include "core/image/codec.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

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

/// What stands where a label is looked for and is none. Of folders, which may be called anything,
/// only those that are called as a picture.
void reportNoFiles(Dataset& dataset, const std::vector<std::string>& noFiles,
                   const fs::path& listRoot) {
  std::set<std::string> stems;
  for (const std::string& path : noFiles) {
    const fs::path file = listRoot / pathFromUtf8(path);
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

}  // namespace

std::span<const DatasetFormat* const> datasetFormats() {
  static const std::array<const DatasetFormat*, 10> formats = {
      &combinedFormat(),     &ultralyticsFormat(), &vocFormat(),  &darknetFormat(),
      &cocoFormat(),         &labelmeFormat(),     &cvatFormat(), &csvFormat(),
      &classFoldersFormat(), &imageFolderFormat()};
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

FoundDataset findDataset(const fs::path& path, const std::string& wanted,
                         const std::stop_token& stop) {
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
  FoundDataset found;
  found.root = folder ? absolute : absolute.parent_path();
  if (!found.root.has_filename() && found.root.has_parent_path() &&
      found.root != found.root.root_path()) {
    found.root = found.root.parent_path();  // "a/b/" ends in an empty name
  }
  if (!folder && !isDatasetFile(absolute)) {
    throw Error("not a dataset", utf8(path),
                "give a folder, a data.yaml, an obj.data, a COCO .json, a CVAT .xml, a .csv or a "
                ".combined.json");
  }
  FolderListing listing;
  listing.root = found.root;
  // What is combined lies elsewhere.
  if (folder || !combinedFormat().describedBy(absolute)) listing = listFolder(found.root, stop);
  found.problems = listing.problems;
  if (stop.stop_requested()) return found;  // half a listing tells nothing of the format
  found.format = &formatOf(folder ? found.root : absolute, withTrashed(listing), wanted);
  // The others know where their labels are.
  if (found.format == &imageFolderFormat() || found.format == &vocFormat()) {
    if (std::optional<Problem> several = severalVocDatasets(listing))
      found.problems.push_back(std::move(*several));
  }
  found.trashed = listing.trashed;
  found.noFiles = listing.noFiles;
  if (keepsVerifiedList(std::string(found.format->name()))) {
    found.verified.emplace(found.root);
    if (found.verified->problem()) found.problems.push_back(*found.verified->problem());
  }
  found.reader = found.format->open(folder ? found.root : absolute, std::move(listing));
  return found;
}

void listPictures(FoundDataset& found, Dataset& dataset, const std::stop_token& stop) {
  dataset.format = found.format->name();
  found.reader->list(dataset, stop);
  addTrashed(dataset, found.trashed, found.root);
  reportNoFiles(dataset, found.noFiles, found.root);
}

void readLabel(FoundDataset& found, Dataset& dataset, std::size_t picture) {
  found.reader->readLabel(dataset, picture);
  if (found.verified) markVerified(dataset.pictures[picture], *found.verified);
}

}  // namespace boxwright
