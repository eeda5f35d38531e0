// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/shared_labels.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <unordered_set>
#include <utility>

#include "core/data/content_hash.h"
#include "core/data/label_check.h"
#include "core/data/picture_finder.h"
#include "core/data/text_labels.h"

namespace boxwright {
namespace {

/// How gladly a file takes pictures that are in none yet: to learn from rather than to be judged
/// by.
int rankOf(const std::string& split) {
  if (split == "train") return 0;
  if (split == "trainval") return 1;
  if (split.empty()) return 2;
  return split == "test" ? 4 : 3;
}

}  // namespace

void SharedLabels::beginFile(Dataset& dataset, const std::string& file, const std::string& bytes,
                             const std::string& split, const std::string& home) {
  files_.push_back({file, contentHash(bytes), split, home});
  dataset.labelFiles.push_back(file);
}

void SharedLabels::leaveOut(Dataset& dataset, const std::string& file, int line,
                            const std::string& why) {
  dataset.problems.push_back({file, line, Severity::Error, why + "; the file is left out"});
  dataset.unreadFiles.push_back(file);
  dataset.classesFixed = notReadText(dataset) + ": the classes cannot be changed until " +
                         (dataset.unreadFiles.size() == 1 ? "it is" : "they are") + " mended";
}

std::optional<std::uint32_t> SharedLabels::add(Dataset& dataset, Entry entry) {
  const auto number = static_cast<std::uint32_t>(entries_.size());
  const auto [known, fresh] = byKey_.emplace(entry.key, number);
  if (!fresh) {
    const File& first = files_[static_cast<std::size_t>(fileOf_[known->second])];
    const File& here = files_.back();
    const std::string where =
        first.shown == here.shown ? "twice" : "in " + first.shown + " as well";
    dataset.problems.push_back(
        {here.shown, entry.line, Severity::Error,
         "the picture '" + entry.key + "' is listed " + where + "; what is said here is left out"});
    return std::nullopt;
  }
  entries_.push_back(std::move(entry));
  fileOf_.push_back(static_cast<int>(files_.size()) - 1);
  return number;
}

std::optional<std::uint32_t> SharedLabels::entryOf(const std::string& key) const {
  const auto found = byKey_.find(key);
  return found == byKey_.end() ? std::nullopt : std::optional(found->second);
}

void SharedLabels::addBox(std::uint32_t entry, const std::optional<Box>& box, int line) {
  objects_.push_back({box.value_or(Box()), entry, line, box.has_value()});
}

void SharedLabels::finish(Dataset& dataset, const FolderListing& listing) {
  // By entries, in the order of the files.
  firstOf_.assign(entries_.size() + 1, 0);
  for (const Object& object : objects_)
    ++firstOf_[object.entry + 1];
  std::partial_sum(firstOf_.begin(), firstOf_.end(), firstOf_.begin());
  order_.resize(objects_.size());
  std::vector<std::uint32_t> next(firstOf_.begin(), firstOf_.end() - 1);
  for (std::size_t i = 0; i < objects_.size(); ++i)
    order_[next[objects_[i].entry]++] = static_cast<std::uint32_t>(i);

  PictureCollection collection(dataset.root);
  std::unordered_map<std::string, int> folders;  // and the file of new pictures there
  const auto offer = [&](const std::string& folder, int file) {
    const auto [known, fresh] = folders.emplace(folder, file);
    const auto rank = [&](int i) { return rankOf(files_[static_cast<std::size_t>(i)].split); };
    if (!fresh && rank(file) < rank(known->second)) known->second = file;
  };
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const std::string& own = entries_[i].split;
    const std::string& files = files_[static_cast<std::size_t>(fileOf_[i])].split;
    collection.add(entries_[i].key, own.empty() ? files : own);
    offer(std::string(folderOfPath(entries_[i].key)), fileOf_[i]);
  }
  for (std::size_t file = 0; file < files_.size(); ++file) {
    const int number = static_cast<int>(file);
    if (std::find(fileOf_.begin(), fileOf_.end(), number) == fileOf_.end())
      offer(files_[file].home, number);
  }
  for (const std::string& path : listing.pictures) {
    if (folders.contains(std::string(folderOfPath(path)))) collection.add(path, "");
  }
  collection.finish(dataset);
  entryOfPicture_.reserve(dataset.pictures.size());
  for (Picture& picture : dataset.pictures) {
    const auto entry = byKey_.find(picture.path);
    entryOfPicture_.push_back(entry == byKey_.end() ? -1
                                                    : static_cast<std::int64_t>(entry->second));
    // It may be in one that was left out.
    if (entry == byKey_.end() && !dataset.unreadFiles.empty()) continue;
    picture.labelFile = entry == byKey_.end() ? folders.at(std::string(folderOfPath(picture.path)))
                                              : fileOf_[entry->second];
    picture.labelHash = files_[static_cast<std::size_t>(picture.labelFile)].hash;
  }
}

void SharedLabels::readLabel(Dataset& dataset, std::size_t index) {
  const bool readable = readPictureSize(dataset, index);
  const std::int64_t number = entryOfPicture_[index];
  if (!readable || number < 0) return;
  const auto place = static_cast<std::size_t>(number);
  const Entry& entry = entries_[place];
  const std::string& shown = files_[static_cast<std::size_t>(fileOf_[place])].shown;
  const Picture& picture = dataset.pictures[index];
  reportOtherSize(dataset, index, entry.width, entry.height, shown, entry.line);
  if (!entry.told) return;
  Annotation annotation;
  std::uint32_t id = 0;
  annotation.boxes.reserve(firstOf_[place + 1] - firstOf_[place]);
  for (std::uint32_t i = firstOf_[place]; i < firstOf_[place + 1]; ++i) {
    Object& object = objects_[order_[i]];
    object.box.id = ++id;
    if (!object.usable) continue;
    const auto rect =
        checkedRect(dataset, index, object.box.rect, shown, object.line,
                    "box of '" + dataset.classes[static_cast<std::size_t>(object.box.classId)] +
                        "' in " + picture.path);
    if (!rect) continue;
    object.box.rect = *rect;
    annotation.boxes.push_back(object.box);
  }
  // Objects that are all faulty do not say that the picture shows nothing.
  if (annotation.boxes.empty() && id > 0) return;
  annotation.state = annotation.boxes.empty() ? LabelState::Negative : LabelState::Labelled;
  setAnnotation(dataset, index, std::move(annotation));
}

std::vector<std::string> withUnknown(std::vector<std::string> found,
                                     const std::vector<std::string>& unknown) {
  if (found.empty()) return found;
  found.insert(found.end(), unknown.begin(), unknown.end());
  std::sort(found.begin(), found.end());
  return found;
}

std::string notReadText(const Dataset& dataset) {
  std::string text;
  for (const std::string& file : dataset.unreadFiles)
    text += (text.empty() ? "" : ", ") + file;
  return text + " could not be read";
}

std::string unreadFault(const Dataset& dataset) {
  const bool unknown =
      !dataset.unreadFiles.empty() &&
      std::any_of(dataset.pictures.begin(), dataset.pictures.end(), [](const Picture& picture) {
        return picture.labelFile < 0 && !picture.annotation->trashed;
      });
  if (!unknown) return {};
  return notReadText(dataset) + ": the pictures cannot be labelled until " +
         (dataset.unreadFiles.size() == 1 ? "it is" : "they are") + " mended";
}

}  // namespace boxwright
