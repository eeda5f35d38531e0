// SPDX-License-Identifier: GPL-3.0-or-later
// Class folders: root/class/picture, or root/train/class/picture with val and test beside it. What
// a picture shows is the name of its folder.
#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/dataset_format.h"
#include "core/data/label_check.h"

namespace boxwright {
namespace {

/// Where class names stand in pictures' paths.
struct ClassFolders {
  std::size_t skipped = 0;  ///< bytes of a folder round everything ("flowers/"), passed over
  bool splits = false;      ///< the class is in a folder of its split
};

/// The first folder of a path; nothing where the path is a file's name.
std::optional<std::string_view> firstFolder(std::string_view path) {
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  return path.substr(0, slash);
}

std::string lowered(std::string_view text) {
  std::string small(text);
  for (char& c : small)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return small;
}

/// The split that a folder of this name holds; empty for any other.
std::string_view splitOfFolder(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kSplits = {
      {{"train", "train"},
       {"val", "val"},
       {"valid", "val"},
       {"validation", "val"},
       {"test", "test"}}};
  const std::string small = lowered(name);
  for (const auto& [folder, split] : kSplits)
    if (small == folder) return split;
  return {};
}

/// Folders that detection datasets and cameras have: what lies there is of no class of that name.
bool isNoClass(std::string_view name) {
  static constexpr std::array<std::string_view, 14> kNames = {
      "images", "image", "img",       "imgs",        "jpegimages", "raw",    "labels",
      "label",  "masks", "imagesets", "annotations", "dcim",       "photos", "obj_train_data"};
  return std::find(kNames.begin(), kNames.end(), lowered(name)) != kNames.end();
}

/// "cam1 cam2", "2024-05-01 2024-05-02": parts of one collection, told apart by numbers alone. A
/// ten-digit set 0 to 9, "class3" and ImageNet's n01440764 are classes.
bool areNumberedParts(const std::set<std::string_view>& names) {
  std::set<std::string> words;
  bool longNumber = false;
  for (const std::string_view name : names) {
    std::string word;
    std::size_t digits = 0;
    for (const char c : name) {
      if (c >= '0' && c <= '9') {
        longNumber = longNumber || ++digits >= 4;
      } else {
        digits = 0;
        if (c != '-' && c != '_' && c != '.' && c != ' ') word += c;
      }
    }
    words.insert(lowered(word));
  }
  if (words.size() != 1) return false;
  const std::string& word = *words.begin();
  if (word.empty()) return longNumber;
  return word.size() > 1 && word != "class" && word != "category" && word != "type";
}

/// How the listed pictures lie in class folders. `strict`: only where nothing speaks for another
/// reading of the folder.
std::optional<ClassFolders> findClassFolders(const FolderListing& listing, bool strict) {
  const std::vector<std::string>& pictures = listing.pictures;
  if (pictures.empty()) return std::nullopt;
  ClassFolders found;
  const auto rest = [&](const std::string& path) {
    return std::string_view(path).substr(found.skipped);
  };
  // One folder round everything is passed over, unless it is a split. The pictures are sorted: what
  // the first and the last share, all share.
  for (;;) {
    const auto first = firstFolder(rest(pictures.front()));
    const auto last = firstFolder(rest(pictures.back()));
    if (!first || first != last || !splitOfFolder(*first).empty()) break;
    if (strict && isNoClass(*first)) return std::nullopt;
    const std::string_view inner = rest(pictures.front()).substr(first->size() + 1);
    if (!firstFolder(inner)) break;  // the only class
    found.skipped += first->size() + 1;
  }
  found.splits = std::all_of(pictures.begin(), pictures.end(), [&](const std::string& path) {
    const auto folder = firstFolder(rest(path));
    return folder && !splitOfFolder(*folder).empty() &&
           firstFolder(rest(path).substr(folder->size() + 1));
  });
  std::set<std::string_view> classes;
  for (const std::string& path : pictures) {
    std::string_view inner = rest(path);
    if (found.splits) inner.remove_prefix(inner.find('/') + 1);
    const auto folder = firstFolder(inner);
    if (!folder) {
      if (strict) return std::nullopt;  // a picture of no class
      continue;
    }
    if (strict && (isNoClass(*folder) || !splitOfFolder(*folder).empty())) return std::nullopt;
    classes.insert(*folder);
  }
  if (classes.empty() || (strict && (classes.size() < 2 || areNumberedParts(classes))))
    return std::nullopt;
  return found;
}

class ClassFoldersReader final : public DatasetReader {
 public:
  ClassFoldersReader(FolderListing listing, ClassFolders folders)
      : listing_(std::move(listing)), folders_(folders) {}

  void list(Dataset& dataset, std::stop_token) override {
    dataset.root = listing_.root;
    std::map<std::string, int, std::less<>> ids;
    std::set<std::string_view> trained;
    for (const std::string& path : listing_.pictures) {
      const auto [split, name] = placeOf(path);
      if (name.empty()) continue;
      ids.emplace(name, 0);
      if (split == "train") trained.insert(name);
    }
    for (auto& [name, id] : ids) {
      id = static_cast<int>(dataset.classes.size());
      dataset.classes.push_back(name);
      if (folders_.splits && !trained.contains(name))
        dataset.problems.push_back({name, 0, Severity::Warning,
                                    "class '" + name + "' has no pictures to learn from in train"});
    }
    const auto empty = std::make_shared<const Annotation>();
    for (const auto& [name, id] : ids) {
      Annotation annotation;
      annotation.state = LabelState::Labelled;
      annotation.imageClasses = {id};
      ofClass_.push_back(std::make_shared<const Annotation>(std::move(annotation)));
    }
    dataset.pictures.reserve(listing_.pictures.size());
    classOf_.reserve(listing_.pictures.size());
    for (const std::string& path : listing_.pictures) {
      const auto [split, name] = placeOf(path);
      if (!split.empty()) dataset.splits[std::string(split)].push_back(dataset.pictures.size());
      const auto id = ids.find(name);
      classOf_.push_back(id == ids.end() ? -1 : id->second);
      dataset.pictures.push_back({path, 0, 0, empty});
    }
  }

  void readLabel(Dataset& dataset, std::size_t picture) override {
    readPictureSize(dataset, picture);
    const int id = classOf_[picture];
    if (id >= 0) {
      dataset.pictures[picture].annotation = ofClass_[static_cast<std::size_t>(id)];
    } else {
      dataset.problems.push_back({dataset.pictures[picture].path, 0, Severity::Warning,
                                  "the picture lies in no class's folder; it stays unlabelled"});
    }
  }

  void finish(Dataset&) override {}

 private:
  /// Split and class of a picture, as far as its path tells them.
  std::pair<std::string_view, std::string_view> placeOf(const std::string& path) const {
    std::string_view rest = std::string_view(path).substr(std::min(folders_.skipped, path.size()));
    std::string_view split;
    if (folders_.splits) {
      const std::string_view folder = firstFolder(rest).value_or(std::string_view());
      split = splitOfFolder(folder);
      rest.remove_prefix(folder.size() + 1);
    }
    return {split, firstFolder(rest).value_or(std::string_view())};
  }

  FolderListing listing_;
  ClassFolders folders_;
  std::vector<AnnotationPtr> ofClass_;  ///< shared by all pictures of a class
  std::vector<int> classOf_;
};

class ClassFoldersFormat final : public DatasetFormat {
 public:
  std::string_view name() const override { return "class-folders"; }

  bool probe(const FolderListing& listing) const override {
    return findClassFolders(listing, true).has_value();
  }

  std::unique_ptr<DatasetReader> open(const std::filesystem::path&,
                                      FolderListing listing) const override {
    const std::optional<ClassFolders> folders = findClassFolders(listing, false);
    if (!folders)
      throw Error("there are no folders that could be classes", utf8(listing.root),
                  "put the pictures of each class into a folder named after it");
    return std::make_unique<ClassFoldersReader>(std::move(listing), *folders);
  }
};

}  // namespace

const DatasetFormat& classFoldersFormat() {
  static const ClassFoldersFormat format;
  return format;
}

}  // namespace boxwright
