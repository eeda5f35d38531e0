// SPDX-License-Identifier: GPL-3.0-or-later
// COCO instances: JSON files with the labels of many pictures, one a split.
#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <unordered_map>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/class_list.h"
#include "core/data/coco_file.h"
#include "core/data/coco_layout.h"
#include "core/data/content_hash.h"
#include "core/data/dataset_format.h"
#include "core/data/picture_finder.h"
#include "core/data/shared_labels.h"
#include "core/data/text_lines.h"
#include "core/geometry/conversion.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

std::string_view nameOfPath(std::string_view path) {
  return path.substr(folderOfPath(path).size());
}

bool isInstances(std::string_view file) {
  const std::string_view name = nameOfPath(file);
  return name.starts_with("instances") || name == "_annotations.coco.json";
}

/// The files of a dataset: those called as COCO's are, else those that look like them. Captions
/// and key points tell of the same pictures and are left alone then.
std::vector<std::string> findCocoFiles(const FolderListing& listing) {
  std::vector<std::string> called, looking, unknown;
  std::size_t looked = 0;
  for (const std::string& file : listing.json) {
    const auto depth = std::count(file.begin(), file.end(), '/');
    if (depth > 2) continue;
    if (isInstances(file)) {
      called.push_back(file);
      continue;
    }
    if (!called.empty() || depth > 1 || ++looked > 20) continue;
    const auto beginning = readBeginning(listing.root / pathFromUtf8(file));
    if (beginning && looksLikeCoco(*beginning)) looking.push_back(file);
    if (!beginning || beginning->empty()) unknown.push_back(file);
  }
  if (called.empty()) return withUnknown(std::move(looking), unknown);
  for (const std::string& file : listing.noFiles)
    if (isInstances(file)) unknown.push_back(file);
  return withUnknown(std::move(called), unknown);
}

class CocoReader final : public DatasetReader {
 public:
  CocoReader(std::vector<std::string> files, FolderListing listing)
      : files_(std::move(files)), listing_(std::move(listing)) {}

  void list(Dataset& dataset, std::stop_token stop) override {
    dataset.root = listing_.root;
    for (const std::string& file : files_) {
      if (stop.stop_requested()) return;
      readFileOf(dataset, file);
    }
    dataset.classesListed = !dataset.classes.empty();
    labels_.finish(dataset, listing_);
  }

  void readLabel(Dataset& dataset, std::size_t picture) override {
    labels_.readLabel(dataset, picture);
  }

  void finish(Dataset&) override {}

 private:
  struct Parsed {
    std::vector<CocoCategory> categories;
    std::vector<CocoImage> images;
    std::vector<CocoAnnotation> annotations;
  };

  void readFileOf(Dataset& dataset, const std::string& file) {
    const auto fault = [&](int line, const std::string& what, Severity severity = Severity::Error) {
      dataset.problems.push_back({file, line, severity, what});
    };
    std::string bytes;
    try {
      bytes = readFile(listing_.root / pathFromUtf8(file));
    } catch (const Error& error) {
      return SharedLabels::leaveOut(dataset, file, 0, error.problem());
    }
    JsonCursor json(bytes, file);
    // Twice through it, so that annotations may come before what they name, and none is held.
    std::vector<CocoCategory> categories;
    std::vector<CocoImage> images;
    CocoLists lists;
    try {
      lists = readCoco(json, {[&](const CocoCategory& c) { categories.push_back(c); },
                              [&](const CocoImage& i) { images.push_back(i); },
                              {}});
    } catch (const Error& error) {
      return SharedLabels::leaveOut(dataset, file, json.line(), error.problem());
    }
    const std::string split = cocoSplitOf(file);
    const PictureFinder finder = finderFor(listing_, file, split, cocoFolderHint(file));
    labels_.beginFile(dataset, file, bytes, split, finder.home());
    if (lists.categories)
      dataset.classFiles.push_back({file, ClassFile::Kind::Labels, contentHash(bytes)});
    takeCategories(dataset, file, categories);
    takeImages(dataset, file, finder, images, lists.annotations.has_value());
    if (!lists.annotations)
      return fault(0, "there is no list of annotations; its pictures count as unlabelled",
                   Severity::Note);
    images = {};
    JsonCursor again(bytes, file);
    try {
      readCoco(again, {{}, {}, [&](const CocoAnnotation& a) { take(dataset, file, a); }});
    } catch (const Error& error) {
      fault(again.line(), error.problem() + "; the boxes from here on are left out");
    }
  }

  /// Ids are those of the order of the list.
  void takeCategories(Dataset& dataset, const std::string& file,
                      const std::vector<CocoCategory>& categories) {
    classOf_.clear();
    ClassNames& names = dataset.classes;
    std::set<std::string> here;
    for (const CocoCategory& category : categories) {
      if (!category.id || !category.name) {
        dataset.problems.push_back({file, category.line, Severity::Error,
                                    "a category has no id or no name; it is left out"});
        continue;
      }
      if (trimmed(*category.name).empty())
        dataset.problems.push_back(
            {file, category.line, Severity::Warning, "a category has an empty name; give it one"});
      if (!here.insert(*category.name).second)
        dataset.problems.push_back(
            {file, category.line, Severity::Warning,
             "two categories are called '" + *category.name + "'; they are taken for one class"});
      auto known = std::find(names.begin(), names.end(), *category.name);
      if (known == names.end()) known = names.insert(names.end(), *category.name);
      if (!classOf_.emplace(*category.id, static_cast<int>(known - names.begin())).second)
        dataset.problems.push_back({file, category.line, Severity::Warning,
                                    "two categories have the id " + std::to_string(*category.id) +
                                        "; the first one counts"});
    }
  }

  void takeImages(Dataset& dataset, const std::string& file, const PictureFinder& finder,
                  const std::vector<CocoImage>& images, bool told) {
    entryOf_.clear();
    for (const CocoImage& image : images) {
      const auto fault = [&](const std::string& what) {
        dataset.problems.push_back({file, image.line, Severity::Error, what});
        if (image.id)
          entryOf_.emplace(*image.id, -1);  // its annotations need no fault of their own
      };
      if (!image.id || !image.fileName || image.fileName->empty()) {
        fault("a picture has no id or no file_name; it is left out");
        continue;
      }
      if (entryOf_.contains(*image.id)) {
        fault("two pictures have the id " + std::to_string(*image.id) +
              "; the first one counts, this one is left out");
        continue;
      }
      const std::optional<std::string> key = finder.find(*image.fileName);
      if (!key) {
        fault("there is no picture '" + *image.fileName + "'; it is left out");
        continue;
      }
      const auto entry = labels_.add(dataset, {*key, image.width, image.height, image.line, told});
      entryOf_.emplace(*image.id, entry ? static_cast<std::int64_t>(*entry) : -1);
    }
  }

  void take(Dataset& dataset, const std::string& file, const CocoAnnotation& annotation) {
    const auto fault = [&](const std::string& what) {
      dataset.problems.push_back(
          {file, annotation.line, Severity::Error, what + "; it is left out"});
    };
    const std::string called =
        annotation.id ? "annotation " + std::to_string(*annotation.id) : "an annotation";
    if (!annotation.image) return fault(called + " has no image_id");
    const auto entry = entryOf_.find(*annotation.image);
    if (entry == entryOf_.end())
      return fault(called + ": there is no image " + std::to_string(*annotation.image));
    if (entry->second < 0) return;
    std::optional<Box> box = boxOf(annotation, called, fault);
    labels_.addBox(static_cast<std::uint32_t>(entry->second), box, annotation.line);
  }

  std::optional<Box> boxOf(const CocoAnnotation& annotation, const std::string& called,
                           const std::function<void(const std::string&)>& fault) const {
    const auto none = [&](const std::string& what) {
      fault(called + what);
      return std::nullopt;
    };
    const auto classId = annotation.category ? classOf_.find(*annotation.category) : classOf_.end();
    if (classId == classOf_.end()) {
      return none(annotation.category
                      ? ": there is no category " + std::to_string(*annotation.category)
                      : std::string(" has no category_id"));
    }
    if (!annotation.boxed) return none(" has no bbox of four numbers");
    for (const std::optional<double>& number : annotation.box) {
      if (!number) return none(": its bbox holds something that is no number");
    }
    Box box;
    box.classId = classId->second;
    box.rect = rectFromCorner(*annotation.box[0], *annotation.box[1], *annotation.box[2],
                              *annotation.box[3]);
    box.crowd = annotation.crowd;
    box.area = annotation.area;
    if (annotation.score) box.score = static_cast<float>(*annotation.score);
    return box;
  }

  std::vector<std::string> files_;
  FolderListing listing_;
  SharedLabels labels_;
  std::unordered_map<std::int64_t, int> classOf_;           ///< by the ids of the file at hand
  std::unordered_map<std::int64_t, std::int64_t> entryOf_;  ///< -1: the picture is left out
};

class CocoFormat final : public DatasetFormat {
 public:
  std::string_view name() const override { return "coco"; }

  bool describedBy(const fs::path& file) const override {
    return hasEnding(utf8(file.filename()), ".json");
  }

  bool probe(const FolderListing& listing) const override {
    return !listing.json.empty() && !listing.pictures.empty() && !findCocoFiles(listing).empty();
  }

  std::unique_ptr<DatasetReader> open(const fs::path& path, FolderListing listing) const override {
    if (path != listing.root) {
      // The pictures lie beside the folder of annotations as a rule.
      std::string file = utf8(path.filename());
      if (listing.pictures.empty() && listing.root.has_parent_path()) {
        file = utf8(listing.root.filename()) + "/" + file;
        listing = listFolder(listing.root.parent_path());
      }
      return std::make_unique<CocoReader>(std::vector<std::string>{std::move(file)},
                                          std::move(listing));
    }
    std::vector<std::string> files = findCocoFiles(listing);
    if (files.empty())
      throw Error("there is no COCO file (instances_….json)", utf8(listing.root),
                  "give the file itself");
    return std::make_unique<CocoReader>(std::move(files), std::move(listing));
  }
};

}  // namespace

const DatasetFormat& cocoFormat() {
  static const CocoFormat format;
  return format;
}

}  // namespace boxwright
