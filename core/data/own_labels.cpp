// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/own_labels.h"

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/data/picture_trash.h"
#include "core/image/codec.h"

namespace boxwright {
namespace {

constexpr std::size_t kToldAlone = 10;

std::string_view nameIn(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

/// Who has which label file.
class OwnLabels {
 public:
  OwnLabels(Dataset& dataset, const OwnLabelLayout& layout, const std::vector<std::string>& labels)
      : dataset_(dataset), layout_(layout), labels_(labels), trash_(dataset.root) {}

  void find(const std::vector<std::string>& pictures) {
    for (const std::string& picture : pictures)
      stems_.emplace_back(std::string_view(picture).substr(0, withoutExtension(picture).size()),
                          &picture);
    // By stems, those of one in the order of the pictures.
    std::stable_sort(stems_.begin(), stems_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string> group;
    for (std::size_t i = 0; i < stems_.size(); ++i) {
      group.push_back(*stems_[i].second);
      if (i + 1 < stems_.size() && stems_[i + 1].first == stems_[i].first) continue;
      place(std::string(stems_[i].first), group);
      group.clear();
    }
    if (pairs_ > kToldAlone)
      dataset_.problems.push_back(
          {"", 0, Severity::Warning,
           counted(pairs_ - kToldAlone, "more picture has", "more pictures have") +
               " a name that another has with another ending, and label files of their own"});
  }

 private:
  bool isThere(const std::string& label) const {
    return std::binary_search(labels_.begin(), labels_.end(), label);
  }

  bool isTaken(const std::string& stem) const {
    const auto found =
        std::lower_bound(stems_.begin(), stems_.end(), stem,
                         [](const auto& entry, const std::string& of) { return entry.first < of; });
    return taken_.contains(stem) || (found != stems_.end() && found->first == stem);
  }

  std::string labelOf(const std::string& stem) const {
    return layout_.folders.labels + stem.substr(layout_.folders.pictures.size()) +
           std::string(layout_.ending);
  }

  bool names(const std::string& label, const std::string& picture) const {
    if (!isThere(label)) return false;
    try {
      const std::string bytes = readFile(trash_.now(dataset_.root / pathFromUtf8(label)));
      return nameIn(layout_.pictureNamed(bytes)) == nameIn(picture);
    } catch (const Error&) {
      return false;  // told where it is read
    }
  }

  void place(const std::string& stem, const std::vector<std::string>& group) {
    const std::string common = labelOf(stem);
    // As a rule.
    if (group.size() == 1 && isThere(common)) return;
    std::vector<std::string> own(group.size());
    std::vector<bool> has(group.size());
    std::optional<std::size_t> owner;
    for (std::size_t i = 0; i < group.size(); ++i) {
      std::string name = ownStem(group[i]);
      while (isTaken(name))
        name += "_";
      own[i] = labelOf(name);
      has[i] = names(own[i], group[i]);
      if (!owner && group.size() > 1 && names(common, group[i])) owner = i;
      if (group.size() > 1 || has[i]) taken_.insert(name);
    }
    for (std::size_t i = 0; i < group.size() && !owner; ++i)
      if (!has[i]) owner = i;
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (owner == i) continue;
      dataset_.ownLabels.emplace(group[i], own[i]);
      if (group.size() == 1 || ++pairs_ > kToldAlone) continue;
      const std::string& first = owner ? group[*owner] : group[i == 0 ? 1 : 0];
      dataset_.problems.push_back(
          {group[i], 0, Severity::Warning,
           "'" + first +
               "' has the same name but for its ending: the labels of this picture are "
               "in " +
               own[i] +
               ", where other programs may not look for them; rename one of the "
               "two"});
    }
  }

  Dataset& dataset_;
  const OwnLabelLayout& layout_;
  const std::vector<std::string>& labels_;
  PictureTrash trash_;
  std::vector<std::pair<std::string_view, const std::string*>> stems_;  ///< of all, sorted
  std::unordered_set<std::string> taken_;                               ///< those that were made
  std::size_t pairs_ = 0;
};

}  // namespace

std::string ownStem(std::string_view picture) {
  std::string stem = withoutExtension(picture);
  const std::string_view ending = picture.substr(std::min(picture.size(), stem.size() + 1));
  return stem + "_" + std::string(ending);
}

std::vector<std::string> below(const std::string& base, const std::vector<std::string>& files,
                               const std::vector<std::string>& more) {
  std::vector<std::string> found;
  for (const std::vector<std::string>* list : {&files, &more}) {
    for (const std::string& file : *list)
      if (file.starts_with(base)) found.push_back(file.substr(base.size()));
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

void findOwnLabels(Dataset& dataset, const OwnLabelLayout& layout,
                   const std::vector<std::string>& pictures,
                   const std::vector<std::string>& labels) {
  std::vector<std::string> inside;
  for (const std::string& picture : pictures) {
    if (picture.starts_with(layout.folders.pictures) && isImageFile(pathFromUtf8(picture)))
      inside.push_back(picture);
  }
  OwnLabels(dataset, layout, labels).find(inside);
}

void findOwnLabels(Dataset& dataset, const FolderListing& listing) {
  const OwnLabelLayout layout{{}, ".xml", [](const std::string&) { return std::string(); }};
  findOwnLabels(dataset, layout, below("", listing.pictures, listing.trashed), {});
}

std::string labelFileIn(const Dataset& dataset, const VocFolders& folders, std::string_view ending,
                        const std::string& picture) {
  const auto own = dataset.ownLabels.find(picture);
  if (own != dataset.ownLabels.end()) return own->second;
  return folders.labels + withoutExtension(picture.substr(folders.pictures.size())) +
         std::string(ending);
}

}  // namespace boxwright
