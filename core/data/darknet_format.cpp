// SPDX-License-Identifier: GPL-3.0-or-later
// Darknet: an obj.data with lists of pictures, or a folder with text labels beside the pictures or
// in `labels`; a classifier's .data, whose labels= tells classes by the pictures' paths.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/data/class_list.h"
#include "core/data/content_hash.h"
#include "core/data/dataset_format.h"
#include "core/data/label_rule.h"
#include "core/data/path_classes.h"
#include "core/data/text_labels.h"
#include "core/data/text_lines.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

using Settings = std::map<std::string, std::string>;

Settings settingsFrom(std::string_view bytes) {
  Settings settings;
  for (const TextLine& line : linesOf(bytes)) {
    const std::size_t equals = line.text.find('=');
    if (line.text[0] == '#' || line.text[0] == ';' || equals == std::string::npos) continue;
    const std::string key(trimmed(std::string_view(line.text).substr(0, equals)));
    settings.emplace(key, trimmed(std::string_view(line.text).substr(equals + 1)));
  }
  return settings;
}

/// The only *.data file in the folder itself (not below) that names a list.
std::optional<fs::path> findDataFile(const FolderListing& listing) {
  std::optional<fs::path> found;
  for (const std::string& name : listing.other) {
    if (!name.ends_with(".data") || std::count(name.begin(), name.end(), '/') > 1) continue;
    const fs::path file = listing.root / pathFromUtf8(name);
    const std::optional<std::string> bytes = readSmallFile(file);
    if (!bytes) continue;  // other programs' files end so as well
    const Settings settings = settingsFrom(*bytes);
    if (!settings.contains("train") && !settings.contains("valid")) continue;
    if (found && name.find('/') != std::string::npos) continue;
    found = file;
  }
  return found;
}

/// Darknet takes paths relative to where it is started: the file's own folder and those above it
/// are tried.
std::vector<fs::path> basesOf(const fs::path& file) {
  std::vector<fs::path> bases;
  fs::path folder = fs::absolute(file).lexically_normal().parent_path();
  for (int i = 0; i < 4; ++i) {
    bases.push_back(folder);
    if (folder == folder.parent_path()) break;
    folder = folder.parent_path();
  }
  return bases;
}

std::optional<fs::path> findFile(const std::string& named, const std::vector<fs::path>& bases) {
  std::string text = named;
  std::replace(text.begin(), text.end(), '\\', '/');
  const fs::path path = pathFromUtf8(text);
  std::error_code ignored;
  if (path.is_absolute() && fs::is_regular_file(path, ignored)) return path;
  for (const fs::path& base : bases) {
    if (!path.is_absolute() && fs::is_regular_file(base / path, ignored)) return base / path;
  }
  // Moved since: the name alone beside the file.
  if (fs::is_regular_file(bases.front() / path.filename(), ignored)) {
    return bases.front() / path.filename();
  }
  return std::nullopt;
}

/// A classifier's .data: its labels are looked for in the pictures' paths. A detector over a tree
/// of classes (YOLO9000) names labels too, and a map.
bool isOfClassifier(const Settings& settings) {
  return settings.contains("labels") && !settings.contains("map") && !settings.contains("eval");
}

std::string splitName(const std::string& key) {
  return key == "valid" || key == "validation" ? "val" : key;
}

class DarknetReader final : public DatasetReader {
 public:
  DarknetReader(std::optional<fs::path> dataFile, FolderListing listing)
      : dataFile_(std::move(dataFile)), listing_(std::move(listing)) {}

  void list(Dataset& dataset, std::stop_token stop) override {
    dataset.root = listing_.root;
    PictureCollection collection(dataset.root);
    std::optional<fs::path> names;
    if (dataFile_) {
      const std::string bytes = readFile(*dataFile_);
      const Settings settings = settingsFrom(bytes);
      const std::vector<fs::path> bases = basesOf(*dataFile_);
      const std::string shown = shownPath(dataset.root, *dataFile_);
      if (settings.contains("classes"))
        dataset.classFiles.push_back({shown, ClassFile::Kind::Count, contentHash(bytes)});
      if (isOfClassifier(settings)) readClassifierLabels(dataset, settings.at("labels"), bases);
      if (const auto named = settings.find("names"); named != settings.end()) {
        names = findFile(named->second, bases);
        if (!names) {
          dataset.problems.push_back(
              {shown, 0, Severity::Warning,
               "names file '" + named->second + "' is missing; another is looked for"});
        }
      }
      for (const char* key : {"train", "valid", "test"}) {
        const auto named = settings.find(key);
        if (named == settings.end() || stop.stop_requested()) continue;
        const auto file = findFile(named->second, bases);
        if (!file) {
          dataset.problems.push_back({shown, 0, Severity::Error,
                                      std::string(key) + ": list '" + named->second +
                                          "' is missing; the split is left out"});
          continue;
        }
        addList(dataset, *file, bases, splitName(key), collection);
      }
    } else {
      for (const char* name : {"train", "val", "valid", "test"}) {
        const std::string file = std::string(name) + ".txt";
        if (!std::binary_search(listing_.text.begin(), listing_.text.end(), file)) continue;
        const fs::path path = listing_.root / file;
        addList(dataset, path, basesOf(path), splitName(name), collection);
      }
      for (const std::string& path : listing_.pictures)
        collection.add(path, folderSplit(path));
    }
    if (!names && !pathClasses_) {
      const std::vector<std::string> folders = {"", "labels/", "data/", "images/",
                                                "obj_train_data/"};
      if (const auto found = findNamesFile(listing_, folders)) {
        names = listing_.root / pathFromUtf8(*found);
      }
    }
    if (pathClasses_) {
      nameClasses(dataset, names);
    } else if (names) {
      dataset.classes = readNamesOf(dataset, *names);
    }
    if (dataset.classes.empty()) {
      dataset.problems.push_back({shownPath(dataset.root, dataFile_.value_or(listing_.root)), 0,
                                  Severity::Note,
                                  "there is no names file (obj.names, classes.txt); classes are "
                                  "called by their numbers"});
    }
    if (!names) dataset.classFiles.push_back({"classes.txt", ClassFile::Kind::Lines, 0});
    dataset.classesListed = !dataset.classes.empty();
    collection.finish(dataset);
    if (!pathClasses_) dataset.labelRule = labelRuleName(labelRuleOf(dataset, LabelRule::Beside));
  }

  void readLabel(Dataset& dataset, std::size_t picture) override {
    if (pathClasses_)
      pathClasses_->readLabel(dataset, picture);
    else
      labels_.readLabel(dataset, picture);
  }

  void finish(Dataset& dataset) override {
    if (pathClasses_) return;
    labels_.reportPlaces(dataset);
    labels_.reportOrphans(dataset, listing_);
  }

 private:
  /// "images/train/a.jpg" and "train/images/a.jpg" are in train.
  static std::string_view folderSplit(std::string_view path) {
    for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
         path.remove_prefix(slash + 1), slash = path.find('/')) {
      const std::string_view component = path.substr(0, slash);
      for (const std::string_view split : {"train", "val", "test"}) {
        if (component == split) return split;
      }
      if (component == "valid") return "val";
    }
    return {};
  }

  void readClassifierLabels(Dataset& dataset, const std::string& named,
                            const std::vector<fs::path>& bases) {
    const std::optional<fs::path> file = findFile(named, bases);
    if (!file)
      throw Error("the labels file '" + named + "' is missing", utf8(*dataFile_),
                  "it holds the texts that tell classes by the pictures' paths, one a line");
    dataset.classes = readNamesOf(dataset, *file);
    pathClasses_.emplace(dataset.classes);
  }

  /// Names for people, where there are as many as labels.
  static void nameClasses(Dataset& dataset, const std::optional<fs::path>& file) {
    if (!file) return;
    ClassNames names = readNamesOf(dataset, *file);
    if (names.size() == dataset.classes.size()) {
      dataset.classes = std::move(names);
    } else {
      dataset.problems.push_back({shownPath(dataset.root, *file), 0, Severity::Warning,
                                  counted(names.size(), "name", "names") + " for " +
                                      counted(dataset.classes.size(), "label", "labels") +
                                      ": classes are called by their labels"});
    }
  }

  static void addList(Dataset& dataset, const fs::path& file, std::vector<fs::path> bases,
                      const std::string& split, PictureCollection& collection) {
    const fs::path own = file.parent_path();
    if (std::find(bases.begin(), bases.end(), own) == bases.end()) bases.push_back(own);
    readPictureList(dataset, file, bases, split, collection);
  }

  std::optional<fs::path> dataFile_;
  FolderListing listing_;
  TextLabels labels_{TextDialect::Darknet};
  std::optional<PathClasses> pathClasses_;  ///< of a classifier's .data
};

class DarknetFormat final : public DatasetFormat {
 public:
  std::string_view name() const override { return "darknet"; }

  bool describedBy(const fs::path& file) const override {
    return hasEnding(utf8(file.filename()), ".data");
  }

  bool probe(const FolderListing& listing) const override {
    if (findDataFile(listing)) return true;
    // A label for one of the pictures, beside it or in `labels`.
    std::size_t looked = 0;
    for (const std::string& picture : listing.pictures) {
      std::vector<std::string> labels = labelPathsOf(picture);
      labels.push_back(labelPathBy(LabelRule::Pjreddie, {}, picture));
      for (const std::string& label : labels) {
        if (std::binary_search(listing.text.begin(), listing.text.end(), label)) return true;
      }
      if (++looked == 20000) break;
    }
    return false;
  }

  std::unique_ptr<DatasetReader> open(const fs::path& path, FolderListing listing) const override {
    std::optional<fs::path> dataFile;
    if (path != listing.root) {
      dataFile = path;
    } else {
      dataFile = findDataFile(listing);
    }
    return std::make_unique<DarknetReader>(std::move(dataFile), std::move(listing));
  }
};

}  // namespace

const DatasetFormat& darknetFormat() {
  static const DarknetFormat format;
  return format;
}

}  // namespace boxwright
