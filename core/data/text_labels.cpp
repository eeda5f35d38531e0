// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/text_labels.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/data/class_list.h"
#include "core/data/content_hash.h"
#include "core/data/label_check.h"
#include "core/data/label_rule.h"
#include "core/data/picture_trash.h"
#include "core/data/text_lines.h"
#include "core/geometry/conversion.h"
#include "core/image/codec.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

std::string stemOf(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  const std::size_t dot = path.rfind('.');
  if (dot == std::string_view::npos || (slash != std::string_view::npos && dot < slash)) {
    return std::string(path);
  }
  return std::string(path.substr(0, dot));
}

bool isPictureFolder(std::string_view component) {
  static constexpr std::array<std::string_view, 3> kNames = {"images", "JPEGImages", "raw"};
  return std::find(kNames.begin(), kNames.end(), component) != kNames.end();
}

/// Text files that are no labels wherever they lie.
bool isKnownText(std::string_view path) {
  static constexpr std::array<std::string_view, 14> kNames = {
      "classes.txt", "_classes.txt", "labels.txt",         "train.txt",          "val.txt",
      "valid.txt",   "test.txt",     "trainval.txt",       "names.txt",          "README.txt",
      "readme.txt",  "LICENSE.txt",  "README.dataset.txt", "README.roboflow.txt"};
  const std::size_t slash = path.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

}  // namespace

std::vector<std::string> labelPathsOf(std::string_view picture) {
  std::vector<std::string> paths;
  const std::string stem = stemOf(picture);
  std::size_t end = stem.rfind('/');
  while (end != std::string::npos) {
    const std::size_t slash = end == 0 ? std::string::npos : stem.rfind('/', end - 1);
    const std::size_t begin = slash == std::string::npos ? 0 : slash + 1;
    if (isPictureFolder(std::string_view(stem).substr(begin, end - begin))) {
      paths.push_back(stem.substr(0, begin) + "labels" + stem.substr(end) + ".txt");
    }
    end = slash;
  }
  paths.push_back(stem + ".txt");
  return paths;
}

std::optional<std::string> findLabel(const Dataset& dataset, std::size_t index) {
  const std::string picture = utf8(dataset.absolutePath(index));
  std::vector<std::string> paths = labelPathsOf(picture);
  if (const auto rule = labelRuleFrom(dataset.labelRule))
    paths.insert(paths.begin(), labelPathBy(*rule, dataset.root, picture));
  for (std::string& path : paths) {
    std::error_code ignored;
    if (fs::is_regular_file(pathFromUtf8(path), ignored)) return std::move(path);
  }
  return std::nullopt;
}

void TextLabels::readLabel(Dataset& dataset, std::size_t index) {
  const bool readable = readPictureSize(dataset, index);
  const auto rule = labelRuleFrom(dataset.labelRule);
  const std::optional<std::string> path = findLabel(dataset, index);
  std::string place = path.value_or("");
  if (!path && rule) place = labelPathBy(*rule, dataset.root, utf8(dataset.absolutePath(index)));
  const std::string shown = shownPath(dataset.root, pathFromUtf8(place));
  if (!place.empty() && !used_.insert(place).second) shared_.push_back(shown);
  if (!path) return;
  folders_.insert(path->substr(0, path->rfind('/') + 1));
  if (rule && labelPathBy(*rule, dataset.root, utf8(dataset.absolutePath(index))) != *path)
    elsewhere_.push_back(shown);
  if (!readable) return;
  std::string bytes;
  try {
    bytes = readFile(pathFromUtf8(*path));
  } catch (const Error& error) {
    dataset.problems.push_back(
        {shown, 0, Severity::Error, error.problem() + "; the picture counts as unlabelled"});
    return;
  }
  dataset.pictures[index].labelHash = contentHash(bytes);
  readRows(dataset, index, bytes, shown);
}

void TextLabels::reportPlaces(Dataset& dataset) const {
  const auto rule = labelRuleFrom(dataset.labelRule);
  if (rule && !elsewhere_.empty())
    dataset.problems.push_back(
        {elsewhere_.front(), 0, Severity::Warning,
         counted(elsewhere_.size(), "label (this one) lies", "labels (this is the first) lie") +
             " elsewhere than the others, which are " + labelRuleText(*rule) +
             ": other programs do not find " + (elsewhere_.size() == 1 ? "it" : "them")});
  if (!shared_.empty())
    dataset.problems.push_back(
        {shared_.front(), 0, Severity::Warning,
         counted(shared_.size(), "label file (this one) is",
                 "label files (this is the first) are") +
             " of several pictures of one name, and counts for all of them: what is drawn in one "
             "is "
             "not written over what was drawn in another; rename all but one"});
}

void TextLabels::readRows(Dataset& dataset, std::size_t index, std::string_view bytes,
                          const std::string& shown) {
  const int width = dataset.pictures[index].width;
  const int height = dataset.pictures[index].height;
  Annotation annotation;
  std::uint32_t id = 0;
  for (const TextLine& line : linesOf(bytes)) {
    ++id;
    const auto fault = [&](const std::string& what) {
      dataset.problems.push_back({shown, line.number, Severity::Error, what + "; it is left out"});
    };
    const TextRow row = textRowFrom(line.text, dialect_);
    if (!row.fault.empty()) {
      fault(row.fault);
      continue;
    }
    const int classId = row.classId;
    if (classId < 0 ||
        (dataset.classesListed && classId >= static_cast<int>(dataset.classes.size()))) {
      fault("unknown class " + std::to_string(classId) + " (the dataset has " +
            counted(dataset.classes.size(), "class", "classes") + ")");
      continue;
    }
    if (!dataset.classesListed) {
      if (classId > 99999) {
        fault("unknown class " + std::to_string(classId));
        continue;
      }
      growNumberedNames(dataset.classes, classId);
    }
    if (row.wholePicture) {
      annotation.imageClasses.push_back(classId);
      continue;
    }
    Rect rect;
    if (row.outline) {
      const Rect bounds = outlineBounds(row);
      rect = {bounds.left * width, bounds.top * height, bounds.right * width,
              bounds.bottom * height};
    } else {
      rect = rectFromFractions(row.values[1], row.values[2], row.values[3], row.values[4], width,
                               height);
    }
    const std::string called =
        "box of '" + dataset.classes[static_cast<std::size_t>(classId)] + "'";
    const auto inside = checkedRect(dataset, index, rect, shown, line.number, called);
    if (!inside) continue;
    Box box;
    box.id = id;
    box.classId = classId;
    box.rect = *inside;
    if (row.scored) box.score = static_cast<float>(row.values[5]);
    annotation.boxes.push_back(std::move(box));
  }
  const bool any = !annotation.boxes.empty() || !annotation.imageClasses.empty();
  // Rows that are all faulty do not say that the picture shows nothing.
  if (!any && id > 0) return;
  annotation.state = any ? LabelState::Labelled : LabelState::Negative;
  setAnnotation(dataset, index, std::move(annotation));
}

void TextLabels::reportOrphans(Dataset& dataset, const FolderListing& listing) const {
  std::unordered_set<std::string> pictureStems;
  for (const std::string& path : listing.pictures) {
    for (std::string& label : labelPathsOf(path))
      pictureStems.insert(std::move(label));
  }
  const std::string root = utf8(listing.root);
  for (const std::string& file : listing.text) {
    if (isKnownText(file) || pictureStems.contains(file)) continue;
    const std::string absolute = utf8(listing.root / pathFromUtf8(file));
    if (used_.contains(absolute)) continue;
    if (!folders_.contains(absolute.substr(0, absolute.rfind('/') + 1))) continue;
    dataset.problems.push_back({shownPath(dataset.root, pathFromUtf8(absolute)), 0,
                                Severity::Warning,
                                "there is no picture for this label; it is left out"});
  }
}

void PictureCollection::add(std::string key, std::string_view split) {
  int number = -1;
  if (!split.empty()) {
    const auto known = std::find(splitNames_.begin(), splitNames_.end(), split);
    number = static_cast<int>(known - splitNames_.begin());
    if (known == splitNames_.end()) splitNames_.emplace_back(split);
  }
  entries_.push_back({std::move(key), number});
}

void PictureCollection::finish(Dataset& dataset) {
  const auto before = [](const Entry& a, const Entry& b) { return a.key < b.key; };
  // What was found in a folder is in order already, which is worth a look: there may be many.
  if (!std::is_sorted(entries_.begin(), entries_.end(), before)) {
    std::stable_sort(entries_.begin(), entries_.end(), before);
  }
  const auto empty = std::make_shared<const Annotation>();
  std::vector<std::vector<std::size_t>> splits(splitNames_.size());
  dataset.pictures.reserve(entries_.size());
  for (Entry& entry : entries_) {
    if (dataset.pictures.empty() || dataset.pictures.back().path != entry.key) {
      dataset.pictures.push_back({std::move(entry.key), 0, 0, empty});
    }
    if (entry.split < 0) continue;
    std::vector<std::size_t>& split = splits[static_cast<std::size_t>(entry.split)];
    const std::size_t place = dataset.pictures.size() - 1;
    if (split.empty() || split.back() != place) split.push_back(place);
  }
  for (std::size_t i = 0; i < splits.size(); ++i) {
    dataset.splits[splitNames_[i]] = std::move(splits[i]);
  }
}

void readPictureList(Dataset& dataset, const fs::path& file, const std::vector<fs::path>& bases,
                     const std::string& split, PictureCollection& collection) {
  const std::string shown = shownPath(dataset.root, file);
  std::size_t last = 0;  // the base that was right for the line before
  for (const TextLine& line : linesOf(readFile(file))) {
    std::string text = line.text;
    std::replace(text.begin(), text.end(), '\\', '/');
    const fs::path named = pathFromUtf8(text);
    std::optional<fs::path> found;
    bool trashed = false;
    std::error_code ignored;
    for (std::size_t i = 0; i < bases.size() && !found; ++i) {
      const std::size_t base = (last + i) % bases.size();
      const fs::path candidate = named.is_absolute() ? named : bases[base] / named;
      if (fs::is_regular_file(candidate, ignored)) {
        found = candidate;
        last = base;
      }
      trashed = trashed || isTrashed(dataset.root, candidate);
    }
    if (!found && trashed) continue;
    if (!found) {
      dataset.problems.push_back({shown, line.number, Severity::Error,
                                  "there is no picture '" + line.text + "'; it is left out"});
    } else if (!isImageFile(*found)) {
      dataset.problems.push_back({shown, line.number, Severity::Error,
                                  "'" + line.text + "' is no picture; it is left out"});
    } else {
      collection.add(shownPath(collection.root(), *found), split);
    }
  }
}

}  // namespace boxwright
