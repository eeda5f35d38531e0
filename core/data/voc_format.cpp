// SPDX-License-Identifier: GPL-3.0-or-later
// VOC: one XML file a picture in Annotations (or beside the picture), lists in ImageSets/Main.
#include <algorithm>
#include <memory>
#include <optional>
#include <pugixml.hpp>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/class_list.h"
#include "core/data/content_hash.h"
#include "core/data/dataset_format.h"
#include "core/data/label_check.h"
#include "core/data/own_labels.h"
#include "core/data/text_lines.h"
#include "core/data/voc_layout.h"
#include "core/geometry/conversion.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// Whether a listing holds something in the folder ("" is the root: always).
bool holds(const std::vector<std::string>& files, const std::string& folder) {
  const auto found = std::lower_bound(files.begin(), files.end(), folder);
  return found != files.end() && found->starts_with(folder);
}

/// Where VOC layouts lie in a listing: "" (the root, which then is the only one) or "VOC2007/", ….
std::vector<std::string> findLayouts(const FolderListing& listing) {
  std::vector<std::string> bases;
  for (const std::string& file : listing.xml) {
    if (file.starts_with("Annotations/")) return {""};
    const std::size_t at = file.find("/Annotations/");
    if (at == std::string::npos) continue;
    const std::string_view base = std::string_view(file).substr(0, at + 1);
    // Sorted: those of one layout mostly follow each other.
    if (!bases.empty() && bases.back() == base) continue;
    if (std::find(bases.begin(), bases.end(), base) == bases.end()) bases.emplace_back(base);
  }
  return bases;
}

/// The one layout there is; nothing where there are none or several.
std::optional<std::string> findLayout(const FolderListing& listing) {
  std::vector<std::string> bases = findLayouts(listing);
  if (bases.size() != 1) return std::nullopt;
  return std::move(bases.front());
}

/// The lines of places in a text that are asked for one after the other: it is gone through once.
class LineCounter {
 public:
  explicit LineCounter(std::string_view text) : text_(text) {}

  int at(std::ptrdiff_t offset) {
    if (offset < 0) return 0;
    const auto end = std::min(text_.size(), static_cast<std::size_t>(offset));
    if (end < counted_) {
      counted_ = 0;
      line_ = 1;
    }
    const auto place = [&](std::size_t i) {
      return text_.begin() + static_cast<std::ptrdiff_t>(i);
    };
    line_ += static_cast<int>(std::count(place(counted_), place(end), '\n'));
    counted_ = end;
    return line_;
  }

 private:
  std::string_view text_;
  std::size_t counted_ = 0;
  int line_ = 1;
};

bool isTrue(const pugi::xml_node& object, const char* name) {
  const std::string_view text = trimmed(object.child_value(name));
  return text == "1" || text == "true" || text == "yes" || text == "True";
}

class VocReader final : public DatasetReader {
 public:
  explicit VocReader(FolderListing listing) : listing_(std::move(listing)) {}

  void list(Dataset& dataset, std::stop_token stop) override {
    base_ = findLayout(withTrashed(listing_)).value_or("");
    const bool classic = holds(listing_.xml, base_ + "Annotations/") ||
                         holds(listing_.trashed, base_ + "Annotations/");
    // Pictures lie in JPEGImages, or where the dataset has them.
    const VocFolders folders = vocFolders(classic, [this](const std::string& folder) {
      return holds(listing_.pictures, base_ + folder) || holds(listing_.trashed, base_ + folder);
    });
    labelFolder_ = base_ + folders.labels;
    pictureFolder_ = base_ + folders.pictures;
    dataset.root = base_.empty() ? listing_.root : listing_.root / pathFromUtf8(base_);
    for (const std::string& path : listing_.pictures) {
      if (!path.starts_with(pictureFolder_)) continue;
      Picture picture;
      picture.path = path.substr(base_.size());
      picture.annotation = empty_;
      dataset.pictures.push_back(std::move(picture));
    }
    folders_ = folders;
    findOwnLabels(dataset, {folders, ".xml", pictureNamedIn},
                  below(base_, listing_.pictures, listing_.trashed),
                  below(base_, listing_.xml, listing_.trashed));
    nameStems(dataset);
    for (const std::string& path : listing_.trashed) {
      if (path.starts_with(pictureFolder_))
        trashed_.insert(withoutExtension(path.substr(pictureFolder_.size())));
    }
    const std::vector<std::string> places = {base_, base_ + "ImageSets/", labelFolder_};
    if (const auto names = findNamesFile(listing_, places)) {
      dataset.classes = readNamesOf(dataset, listing_.root / pathFromUtf8(*names));
      dataset.classesListed = !dataset.classes.empty();
    }
    for (std::size_t i = 0; i < dataset.classes.size(); ++i) {
      classIds_.emplace(dataset.classes[i], static_cast<int>(i));
    }
    const std::string sets = base_ + "ImageSets/Main/";
    for (const std::string& file : listing_.text) {
      if (stop.stop_requested()) return;
      if (file.starts_with(sets)) readSplit(dataset, file, sets.size());
    }
  }

  void readLabel(Dataset& dataset, std::size_t index) override {
    const bool readable = readPictureSize(dataset, index);
    const std::string& key = dataset.pictures[index].path;
    const std::string file = base_ + labelFileIn(dataset, folders_, ".xml", key);
    if (!std::binary_search(listing_.xml.begin(), listing_.xml.end(), file) || !readable) return;
    std::string bytes;
    const std::string shown = file.substr(base_.size());
    try {
      bytes = readFile(listing_.root / pathFromUtf8(file));
    } catch (const Error& error) {
      dataset.problems.push_back(
          {shown, 0, Severity::Error, error.problem() + "; the picture counts as unlabelled"});
      return;
    }
    dataset.pictures[index].labelHash = contentHash(bytes);
    readXml(dataset, index, bytes, shown);
  }

  void finish(Dataset& dataset) override {
    std::set<std::string> own;
    for (const auto& [picture, label] : dataset.ownLabels)
      own.insert(label);
    for (const std::string& file : listing_.xml) {
      if (!file.starts_with(labelFolder_)) continue;
      const std::string stem = withoutExtension(file.substr(labelFolder_.size()));
      if (byStem_.contains(stem) || trashed_.contains(stem) ||
          own.contains(file.substr(base_.size())))
        continue;
      dataset.problems.push_back({file.substr(base_.size()), 0, Severity::Warning,
                                  "there is no picture for this label; it is left out"});
    }
  }

 private:
  static std::string pictureNamedIn(const std::string& bytes) {
    pugi::xml_document document;
    (void)document.load_buffer(bytes.data(), bytes.size(), pugi::parse_default);
    return std::string(trimmed(document.child("annotation").child_value("filename")));
  }

  /// What lists and label files call the pictures.
  void nameStems(const Dataset& dataset) {
    const auto plain = [&](const std::string& path) {
      return path.substr(folders_.pictures.size());
    };
    const auto& own = dataset.ownLabels;
    for (std::size_t i = 0; i < dataset.pictures.size(); ++i) {
      const std::string& path = dataset.pictures[i].path;
      if (!own.contains(path)) byStem_.emplace(withoutExtension(plain(path)), i);
    }
    if (own.empty()) return;
    for (std::size_t i = 0; i < dataset.pictures.size(); ++i) {
      const std::string& path = dataset.pictures[i].path;
      const auto found = own.find(path);
      if (found == own.end()) continue;
      byStem_.emplace(withoutExtension(found->second.substr(folders_.labels.size())), i);
      byStem_.emplace(plain(path), i);
      byStem_.emplace(withoutExtension(plain(path)), i);
    }
  }

  void readSplit(Dataset& dataset, const std::string& file, std::size_t prefix) {
    const std::string shown = file.substr(base_.size());
    std::vector<TextLine> lines;
    try {
      lines = linesOf(readFile(listing_.root / pathFromUtf8(file)));
    } catch (const Error& error) {
      dataset.problems.push_back(
          {shown, 0, Severity::Error, error.problem() + "; the split is left out"});
      return;
    }
    std::vector<std::size_t> split;
    std::vector<const TextLine*> missing;
    for (const TextLine& line : lines) {
      auto found = byStem_.find(line.text);
      if (found == byStem_.end()) found = byStem_.find(withoutExtension(line.text));
      if (found == byStem_.end()) {
        // Lists of one class ("aeroplane_train.txt": name and -1, 0 or 1) are no splits.
        const std::vector<std::string_view> words = wordsOf(line.text);
        if (words.size() == 2 && (words[1] == "1" || words[1] == "-1" || words[1] == "0")) return;
        missing.push_back(&line);
        continue;
      }
      split.push_back(found->second);
    }
    for (const TextLine* line : missing) {
      if (trashed_.contains(withoutExtension(line->text))) continue;
      dataset.problems.push_back({shown, line->number, Severity::Error,
                                  "there is no picture '" + line->text + "'; it is left out"});
    }
    std::sort(split.begin(), split.end());
    split.erase(std::unique(split.begin(), split.end()), split.end());
    std::string name = withoutExtension(file.substr(prefix));
    if (name == "valid" || name == "validation") name = "val";
    if (!split.empty()) dataset.splits[name] = std::move(split);
  }

  void readXml(Dataset& dataset, std::size_t index, const std::string& bytes,
               const std::string& shown) {
    pugi::xml_document document;
    const pugi::xml_parse_result result =
        document.load_buffer(bytes.data(), bytes.size(), pugi::parse_default);
    const pugi::xml_node root = document.child("annotation");
    LineCounter lines(bytes);
    if (!result || !root) {
      const std::string why = result ? "there is no <annotation>" : result.description();
      dataset.problems.push_back({shown, result ? 1 : lines.at(result.offset), Severity::Error,
                                  "malformed XML (" + why + "); the picture counts as unlabelled"});
      return;
    }
    checkSize(dataset, index, lines, root, shown);
    Annotation annotation;
    annotation.verified = std::string_view(root.attribute("verified").as_string()) == "yes";
    std::uint32_t id = 0;
    bool any = false;
    for (const pugi::xml_node& object : root.children("object")) {
      ++id;
      any = true;
      if (auto box = readObject(dataset, index, object, shown, lines.at(object.offset_debug()))) {
        box->id = id;
        annotation.boxes.push_back(std::move(*box));
      }
    }
    if (any && annotation.boxes.empty()) {
      // Something stood there, but none of it can be used: not the same as "nothing in the
      // picture".
      return;
    }
    annotation.state = any ? LabelState::Labelled : LabelState::Negative;
    setAnnotation(dataset, index, std::move(annotation));
  }

  /// The picture's own size wins over the label's.
  static void checkSize(Dataset& dataset, std::size_t index, LineCounter& lines,
                        const pugi::xml_node& root, const std::string& shown) {
    const pugi::xml_node size = root.child("size");
    if (!size) return;
    const auto width = numberFrom(size.child_value("width"));
    const auto height = numberFrom(size.child_value("height"));
    if (!width || !height) return;
    reportOtherSize(dataset, index, *width, *height, shown, lines.at(size.offset_debug()));
  }

  std::optional<Box> readObject(Dataset& dataset, std::size_t index, const pugi::xml_node& object,
                                const std::string& shown, int line) {
    const std::string name(trimmed(object.child_value("name")));
    const auto fault = [&](const std::string& what) {
      dataset.problems.push_back({shown, line, Severity::Error, what + "; it is left out"});
      return std::nullopt;
    };
    if (name.empty()) return fault("a box has no class name");
    const std::string called = "box of '" + name + "'";
    const pugi::xml_node corners = object.child("bndbox");
    if (!corners) return fault(called + " has no <bndbox>");
    double values[4];
    const char* const keys[4] = {"xmin", "ymin", "xmax", "ymax"};
    for (int i = 0; i < 4; ++i) {
      const auto value = numberFrom(corners.child_value(keys[i]));
      if (!value) return fault(called + ": <" + keys[i] + "> is no number");
      values[i] = *value;
    }
    // VOC's corners are inclusive, so that equal ones would be one pixel: labelling tools write
    // them for a click without a drag, which nobody means.
    if (values[2] <= values[0] || values[3] <= values[1]) return fault(called + " has no area");
    auto known = classIds_.find(name);
    if (known == classIds_.end()) {
      if (dataset.classesListed) return fault("unknown class '" + name + "'");
      known = classIds_.emplace(name, static_cast<int>(dataset.classes.size())).first;
      dataset.classes.push_back(name);
    }
    const auto rect =
        checkedRect(dataset, index, rectFromVoc(values[0], values[1], values[2], values[3]), shown,
                    line, called);
    if (!rect) return std::nullopt;
    Box box;
    box.classId = known->second;
    box.rect = *rect;
    box.difficult = isTrue(object, "difficult");
    box.truncated = isTrue(object, "truncated");
    box.occluded = isTrue(object, "occluded");
    return box;
  }

  FolderListing listing_;
  std::string base_;           ///< of the layout in the listing: "" or ends with a slash
  VocFolders folders_;         ///< in the layout
  std::string labelFolder_;    ///< in the listing
  std::string pictureFolder_;  ///< in the listing
  std::unordered_map<std::string, std::size_t> byStem_;
  std::set<std::string> trashed_;  ///< stems of pictures in the trash: lists may name them
  std::unordered_map<std::string, int> classIds_;
  AnnotationPtr empty_ = std::make_shared<const Annotation>();
};

class VocFormat final : public DatasetFormat {
 public:
  std::string_view name() const override { return "voc"; }

  bool probe(const FolderListing& listing) const override {
    if (listing.xml.empty()) return false;
    if (findLayout(listing)) return true;
    // Labels beside the pictures: a few are looked for.
    std::size_t looked = 0;
    for (const std::string& path : listing.pictures) {
      for (const std::string& stem : {withoutExtension(path), ownStem(path)}) {
        if (std::binary_search(listing.xml.begin(), listing.xml.end(), stem + ".xml")) return true;
      }
      if (++looked == 20000) break;
    }
    return false;
  }

  std::unique_ptr<DatasetReader> open(const fs::path&, FolderListing listing) const override {
    return std::make_unique<VocReader>(std::move(listing));
  }
};

}  // namespace

std::optional<Problem> severalVocDatasets(const FolderListing& listing) {
  const std::vector<std::string> bases = findLayouts(listing);
  if (bases.size() < 2) return std::nullopt;
  std::string names;
  for (std::size_t i = 0; i < std::min<std::size_t>(bases.size(), 5); ++i)
    names += (i == 0 ? "" : ", ") + bases[i].substr(0, bases[i].size() - 1);
  if (bases.size() > 5) names += ", …";
  return Problem{"", 0, Severity::Error,
                 "VOC datasets lie side by side here, and their labels are not read: open one of "
                 "them (" +
                     names + ")"};
}

const DatasetFormat& vocFormat() {
  static const VocFormat format;
  return format;
}

}  // namespace boxwright
