// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dataset_lookup.h"

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <string_view>

#include "core/base/atomic_file.h"
#include "core/data/text_labels.h"

namespace boxwright::ui {
namespace {

constexpr std::uint16_t noSplit = 0xffff;

/// `path` without its first folder where that is one of `folders`, and without its extension.
std::string_view inside(std::string_view path, std::initializer_list<std::string_view> folders) {
  path = path.substr(0, path.rfind('.'));
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return path;
  const bool known =
      std::find(folders.begin(), folders.end(), path.substr(0, slash)) != folders.end();
  return known ? path.substr(slash + 1) : path;
}

/// Whether a reader takes `file` for the label of the picture; both as a Problem names them.
bool isLabelOf(const std::string& file, const std::string& picture,
               const std::filesystem::path& root) {
  if (inside(file, {}) == inside(picture, {})) return true;
  if (file.ends_with(".xml")) {
    return inside(file, {"Annotations"}) == inside(picture, {"JPEGImages", "images", "Images"});
  }
  // Whole paths: the folder that takes turns with `labels` may be the root or lie above it.
  const std::vector<std::string> labels = labelPathsOf(utf8(root / pathFromUtf8(picture)));
  return std::find(labels.begin(), labels.end(), utf8(root / pathFromUtf8(file))) != labels.end();
}

std::string stemOf(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  const std::size_t dot = path.find_last_of('.');
  if (dot != std::string_view::npos && dot > 0) path = path.substr(0, dot);
  return std::string(path);
}

}  // namespace

DatasetLookup::DatasetLookup(const Dataset& dataset, const Splits& splits) {
  byPath_.reserve(dataset.pictures.size());
  byStem_.reserve(dataset.pictures.size());
  for (std::size_t i = 0; i < dataset.pictures.size(); ++i) {
    const std::string& path = dataset.pictures[i].path;
    byPath_.emplace(path, static_cast<int>(i));
    byStem_.emplace(stemOf(path), static_cast<int>(i));
  }
  split_.assign(dataset.pictures.size(), noSplit);
  // Darknet's and VOC's trainval overlap train and val: the narrower list names the picture.
  std::vector<std::pair<std::size_t, std::string>> order;
  for (const auto& entry : splits)
    order.emplace_back(entry.second.size(), entry.first);
  std::sort(order.begin(), order.end());
  for (const auto& entry : order) {
    const auto index = static_cast<std::uint16_t>(splitNames_.size());
    splitNames_.push_back(entry.second);
    for (const std::size_t picture : splits.at(entry.second)) {
      if (picture < split_.size() && split_[picture] == noSplit) split_[picture] = index;
    }
  }
  for (std::size_t i = 0; i < dataset.problems.size(); ++i) {
    const int picture = pictureOf(dataset.problems[i], dataset);
    pictureOfProblem_.push_back(picture);
    if (picture >= 0) problems_.emplace_back(picture, static_cast<int>(i));
  }
  std::sort(problems_.begin(), problems_.end());
}

int DatasetLookup::indexOf(const std::string& path) const {
  const auto found = byPath_.find(path);
  return found == byPath_.end() ? -1 : found->second;
}

const std::string& DatasetLookup::splitOf(int picture) const {
  static const std::string none;
  if (picture < 0 || picture >= static_cast<int>(split_.size())) return none;
  const std::uint16_t split = split_[static_cast<std::size_t>(picture)];
  return split == noSplit ? none : splitNames_[split];
}

int DatasetLookup::pictureOfProblem(int problem) const {
  return problem >= 0 && problem < problemCount()
             ? pictureOfProblem_[static_cast<std::size_t>(problem)]
             : unknown;
}

int DatasetLookup::pictureOf(const Problem& problem, const Dataset& dataset) const {
  if (const int exact = indexOf(problem.file); exact >= 0) return exact;
  // Equal names may lie in several folders.
  const auto [begin, end] = byStem_.equal_range(stemOf(problem.file));
  int best = -1;
  for (auto at = begin; at != end; ++at) {
    const Picture& picture = dataset.pictures[static_cast<std::size_t>(at->second)];
    if (best >= 0 && best < at->second) continue;
    if (isLabelOf(problem.file, picture.path, dataset.root)) best = at->second;
  }
  return best;
}

std::vector<int> DatasetLookup::problemsOf(int picture) const {
  std::vector<int> out;
  auto at = std::lower_bound(problems_.begin(), problems_.end(), std::pair(picture, 0));
  for (; at != problems_.end() && at->first == picture; ++at)
    out.push_back(at->second);
  return out;
}

}  // namespace boxwright::ui
