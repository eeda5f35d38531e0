// SPDX-License-Identifier: GPL-3.0-or-later
// Ultralytics: a data.yaml (path, train, val, test, names) over folders or lists of pictures; text
// labels in `labels` beside `images`.
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cstdint>
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
#include "core/data/class_file.h"
#include "core/data/class_list.h"
#include "core/data/content_hash.h"
#include "core/data/dataset_format.h"
#include "core/data/label_rule.h"
#include "core/data/text_labels.h"
#include "core/data/text_lines.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

bool isYaml(const fs::path& path) {
  const std::string name = utf8(path.filename());
  return hasEnding(name, ".yaml") || hasEnding(name, ".yml");
}

/// A file that describes a dataset: names, and train or val. Nothing where it is another YAML.
std::optional<YAML::Node> describes(const std::string& bytes) {
  try {
    YAML::Node node = YAML::Load(bytes);
    if (node.IsMap() && node["names"] && (node["train"] || node["val"] || node["path"]))
      return node;
  } catch (const YAML::Exception&) {
    // Not ours to judge: other programs' files lie about as well.
  }
  return std::nullopt;
}

std::optional<fs::path> findYaml(const FolderListing& listing) {
  std::vector<std::string> names = {"data.yaml", "dataset.yaml", "data.yml", "dataset.yml"};
  for (const std::string& name : listing.other) {
    if (name.find('/') == std::string::npos && isYaml(pathFromUtf8(name))) names.push_back(name);
  }
  for (const std::string& name : names) {
    if (!std::binary_search(listing.other.begin(), listing.other.end(), name)) continue;
    const fs::path file = listing.root / pathFromUtf8(name);
    const std::optional<std::string> bytes = readSmallFile(file);
    if (bytes && describes(*bytes)) return file;
  }
  return std::nullopt;
}

std::vector<std::string> entriesOf(const YAML::Node& node) {
  std::vector<std::string> entries;
  if (!node || node.IsNull()) return entries;
  if (node.IsSequence()) {
    for (const YAML::Node& item : node)
      entries.push_back(item.as<std::string>());
  } else if (node.IsScalar()) {
    entries.push_back(node.as<std::string>());
  }
  std::erase(entries, "");
  return entries;
}

class UltralyticsReader final : public DatasetReader {
 public:
  UltralyticsReader(fs::path file, FolderListing listing)
      : file_(std::move(file)), listing_(std::move(listing)) {}

  void list(Dataset& dataset, std::stop_token stop) override {
    dataset.root = listing_.root;
    const std::string bytes = readFile(file_);
    dataset.classFiles.push_back(
        {shownPath(dataset.root, file_), ClassFile::Kind::Yaml, contentHash(bytes)});
    try {
      read(dataset, YAML::Load(bytes), stop);
    } catch (const YAML::Exception& error) {
      throw Error("the YAML cannot be read (" + error.msg + ")",
                  utf8(file_) + (error.mark.line >= 0 ? ":" + std::to_string(error.mark.line + 1)
                                                      : std::string()),
                  "mend the line or write the file anew");
    }
    try {
      ClassNames more = dataset.classes;
      more.emplace_back("one more");
      (void)withYamlNames(bytes, more, shownPath(dataset.root, file_));
    } catch (const Error& error) {
      dataset.classesFixed = error.problem();
    }
  }

  void readLabel(Dataset& dataset, std::size_t picture) override {
    labels_.readLabel(dataset, picture);
  }

  void finish(Dataset& dataset) override {
    labels_.reportPlaces(dataset);
    for (const FolderListing& listing : listings_)
      labels_.reportOrphans(dataset, listing);
    labels_.reportOrphans(dataset, listing_);
    // Listings may lie within each other, and then tell of the same file.
    std::set<std::pair<std::string, std::string>> told;
    std::erase_if(dataset.problems, [&](const Problem& problem) {
      return problem.line == 0 && !told.insert({problem.file, problem.what}).second;
    });
  }

 private:
  void read(Dataset& dataset, const YAML::Node& node, std::stop_token stop) {
    const std::string shown = shownPath(dataset.root, file_);
    if (!node.IsMap())
      throw Error("no description of a dataset", utf8(file_), "it needs names and train");
    readNames(dataset, node, shown);
    bases_.clear();
    const fs::path own = fs::absolute(file_).lexically_normal().parent_path();
    std::error_code ignored;
    if (node["path"] && node["path"].IsScalar()) {
      const fs::path named = pathFromUtf8(node["path"].as<std::string>());
      const std::array<fs::path, 2> candidates = {own / named, own.parent_path() / named};
      for (const fs::path& candidate : candidates) {
        if (fs::is_directory(candidate, ignored)) {
          bases_.push_back(candidate.lexically_normal());
          break;
        }
      }
      if (bases_.empty()) {
        dataset.problems.push_back({shown, lineOf(node["path"]), Severity::Note,
                                    "folder '" + node["path"].as<std::string>() +
                                        "' is not there; the file's own folder is taken"});
      }
    }
    bases_.push_back(own);
    PictureCollection collection(dataset.root);
    for (const char* key : {"train", "val", "valid", "test"}) {
      const YAML::Node value = node[key];
      if (!value) continue;
      const std::string split = std::string(key) == "valid" ? "val" : key;
      for (const std::string& entry : entriesOf(value)) {
        if (stop.stop_requested()) return;
        addEntry(dataset, entry, split, shown, lineOf(value), stop, collection);
      }
    }
    dataset.classesListed = !dataset.classes.empty();
    collection.finish(dataset);
    dataset.labelRule = labelRuleName(labelRuleOf(dataset, LabelRule::Ultralytics));
  }

  static int lineOf(const YAML::Node& node) { return node.Mark().line + 1; }

  static void readNames(Dataset& dataset, const YAML::Node& node, const std::string& shown) {
    const YAML::Node names = node["names"];
    std::vector<int> lines;
    if (names && names.IsSequence()) {
      for (const YAML::Node& item : names) {
        dataset.classes.push_back(item.as<std::string>());
        lines.push_back(lineOf(item));
      }
    } else if (names && names.IsMap()) {
      for (const auto& item : names) {
        const int id = item.first.as<int>();
        if (id < 0 || id > 99999) {
          dataset.problems.push_back(
              {shown, lineOf(item.first), Severity::Error,
               "class number " + std::to_string(id) + " makes no sense; it is left out"});
          continue;
        }
        growNumberedNames(dataset.classes, id);
        lines.resize(dataset.classes.size(), 0);
        dataset.classes[static_cast<std::size_t>(id)] = item.second.as<std::string>();
        lines[static_cast<std::size_t>(id)] = lineOf(item.second);
      }
      for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i] != 0) continue;
        dataset.problems.push_back(
            {shown, lineOf(names), Severity::Warning,
             "class " + std::to_string(i) + " has no name; it is called by its number"});
      }
    }
    if (node["nc"] && node["nc"].IsScalar() && !dataset.classes.empty() &&
        node["nc"].as<std::size_t>(dataset.classes.size()) != dataset.classes.size()) {
      dataset.problems.push_back({shown, lineOf(node["nc"]), Severity::Warning,
                                  "nc is " + node["nc"].as<std::string>() + " but there " +
                                      (dataset.classes.size() == 1 ? "is " : "are ") +
                                      counted(dataset.classes.size(), "name", "names") +
                                      "; the names count"});
    }
    reportDuplicates(dataset, dataset.classes, shown, lines);
  }

  /// A folder of pictures or a list of them. Exports of some services say "../train/images" of a
  /// folder that lies beside the file.
  void addEntry(Dataset& dataset, const std::string& entry, const std::string& split,
                const std::string& shown, int line, std::stop_token stop,
                PictureCollection& collection) {
    std::string text = entry;
    std::replace(text.begin(), text.end(), '\\', '/');
    std::string stripped = text;
    while (stripped.starts_with("../"))
      stripped.erase(0, 3);
    std::error_code ignored;
    for (const std::string& name : {text, stripped}) {
      for (const fs::path& base : bases_) {
        const fs::path path = (base / pathFromUtf8(name)).lexically_normal();
        if (fs::is_directory(path, ignored)) {
          addFolder(dataset, path, split, stop, collection);
          return;
        }
        if (fs::is_regular_file(path, ignored)) {
          std::vector<fs::path> bases = {path.parent_path()};
          bases.insert(bases.end(), bases_.begin(), bases_.end());
          readPictureList(dataset, path, bases, split, collection);
          return;
        }
      }
    }
    dataset.problems.push_back(
        {shown, line, Severity::Error,
         split + ": '" + entry + "' is neither a folder nor a list; it is left out"});
  }

  void addFolder(Dataset& dataset, const fs::path& folder, const std::string& split,
                 std::stop_token stop, PictureCollection& collection) {
    const std::string shown = shownPath(dataset.root, folder);
    const bool inside = shown != utf8(folder);
    if (inside || folder == dataset.root) {
      // Listed already.
      std::string prefix = folder == dataset.root ? "" : shown;
      if (!prefix.empty() && !prefix.ends_with('/')) prefix += '/';
      auto at = std::lower_bound(listing_.pictures.begin(), listing_.pictures.end(), prefix);
      for (; at != listing_.pictures.end() && at->starts_with(prefix); ++at) {
        collection.add(*at, split);
      }
      return;
    }
    FolderListing listing = listFolder(folder, stop);
    dataset.problems.insert(dataset.problems.end(), listing.problems.begin(),
                            listing.problems.end());
    const std::string prefix = utf8(folder) + "/";
    for (const std::string& path : listing.pictures)
      collection.add(prefix + path, split);
    // Labels lie beside `images`.
    listings_.push_back(std::move(listing));
  }

  fs::path file_;
  FolderListing listing_;
  std::vector<FolderListing> listings_;  ///< of folders outside the root
  std::vector<fs::path> bases_;
  TextLabels labels_{TextDialect::Ultralytics};
};

class UltralyticsFormat final : public DatasetFormat {
 public:
  std::string_view name() const override { return "ultralytics"; }

  bool describedBy(const fs::path& file) const override { return isYaml(file); }

  bool probe(const FolderListing& listing) const override { return findYaml(listing).has_value(); }

  std::unique_ptr<DatasetReader> open(const fs::path& path, FolderListing listing) const override {
    std::optional<fs::path> file;
    if (path != listing.root) {
      file = path;
    } else {
      file = findYaml(listing);
    }
    if (!file) {
      throw Error("no data.yaml with names and train", utf8(path),
                  "give the file, or let the format be detected");
    }
    return std::make_unique<UltralyticsReader>(std::move(*file), std::move(listing));
  }
};

}  // namespace

const DatasetFormat& ultralyticsFormat() {
  static const UltralyticsFormat format;
  return format;
}

}  // namespace boxwright
