// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/picture_finder.h"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/data/class_list.h"
#include "core/data/dataset.h"
#include "core/data/text_lines.h"
#include "core/image/codec.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

std::string_view lastPart(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool isAbsolute(std::string_view path) {
  return path.starts_with('/') || (path.size() > 2 && path[1] == ':' && path[2] == '/');
}

std::string slashed(std::string_view name) {
  std::string text(trimmed(name));
  std::replace(text.begin(), text.end(), '\\', '/');
  return text;
}

std::vector<std::string> usualFolders(const std::string& file, const std::string& split,
                                      const std::string& hint) {
  const std::string own(folderOfPath(file));
  const std::string above(own.empty() ? "" : folderOfPath(own.substr(0, own.size() - 1)));
  std::vector<std::string> folders = {own};
  for (const std::string& base : {own, above, std::string()}) {
    for (const char* pictures : {"images/", "JPEGImages/", "Images/", ""}) {
      for (const std::string& part : {hint, split, std::string()})
        folders.push_back(base + pictures + part + (part.empty() ? "" : "/"));
      if (split == "val") folders.push_back(base + pictures + "valid/");
    }
  }
  return folders;
}

}  // namespace

std::string_view folderOfPath(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash + 1);
}

std::optional<std::string> plainPath(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    at = end + 1;
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (parts.empty()) {
      return std::nullopt;
    } else {
      parts.pop_back();
    }
  }
  std::string plain;
  for (const std::string_view part : parts)
    (plain += plain.empty() ? "" : "/") += part;
  return plain;
}

std::string splitOfPath(std::string_view path) {
  static constexpr std::array<std::pair<std::string_view, const char*>, 7> kSplits = {
      {{"trainval", "trainval"},
       {"train", "train"},
       {"training", "train"},
       {"val", "val"},
       {"valid", "val"},
       {"validation", "val"},
       {"test", "test"}}};
  std::string word;
  // From the end: the file's name counts before its folders.
  std::vector<std::string> words;
  for (const char c : path) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter) {
      word += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(word);
  for (auto at = words.rbegin(); at != words.rend(); ++at) {
    for (const auto& [name, split] : kSplits)
      if (*at == name) return split;
  }
  return {};
}

PictureFinder::PictureFinder(std::string root, const std::vector<std::string_view>& pictures,
                             const std::vector<std::string_view>& gone,
                             const std::vector<std::string>& folders)
    : root_(std::move(root)), pictures_(pictures.begin(), pictures.end()) {
  if (!root_.ends_with('/')) root_ += '/';
  pictures_.insert(gone.begin(), gone.end());
  std::unordered_set<std::string_view> inUse;
  for (const std::string_view key : pictures) {
    for (std::string_view folder = folderOfPath(key);; folder = folderOfPath(folder)) {
      if (!inUse.insert(folder).second || folder.empty()) break;
      folder.remove_suffix(1);
    }
    const auto [known, fresh] = byName_.emplace(lastPart(key), key);
    if (!fresh) known->second = {};
  }
  for (const std::string& folder : folders) {
    const bool known = std::find(folders_.begin(), folders_.end(), folder) != folders_.end();
    if (!known && inUse.contains(folder)) folders_.push_back(folder);
  }
  if (folders_.empty()) folders_.emplace_back();
}

std::optional<std::string> PictureFinder::find(std::string_view name) const {
  const std::string text = slashed(name);
  if (text.empty() || text.ends_with('/')) return std::nullopt;
  if (isAbsolute(text)) {
    if (text.starts_with(root_) && pictures_.contains(std::string_view(text).substr(root_.size())))
      return text.substr(root_.size());
    if (pictures_.contains(text)) return text;
    std::error_code ignored;
    const fs::path path = pathFromUtf8(text);
    if (isImageFile(path) && fs::is_regular_file(path, ignored)) return shownPath(root_, path);
  } else {
    for (const std::string& folder : folders_) {
      std::optional<std::string> key = plainPath(folder + text);
      if (key && pictures_.contains(*key)) return key;
    }
  }
  // Moved since, all of them: the name alone, where it is the only one.
  const auto found = byName_.find(lastPart(text));
  if (found == byName_.end() || found->second.empty()) return std::nullopt;
  return std::string(found->second);
}

std::string PictureFinder::nameOf(const std::string& key) const {
  // From the uppermost of the usual folders, as other programs have it.
  std::string best;
  for (const std::string& folder : folders_) {
    if (folder.empty() || !key.starts_with(folder)) continue;
    const std::string name = key.substr(folder.size());
    if (name.size() > best.size() && find(name) == key) best = name;
  }
  if (!best.empty()) return best;
  if (find(key) == key) return key;
  return isAbsolute(key) ? key : root_ + key;
}

PictureFinder finderFor(const Dataset& dataset, const std::string& file, const std::string& split,
                        const std::string& hint) {
  std::vector<std::string_view> keys, gone;
  keys.reserve(dataset.pictures.size());
  for (const Picture& picture : dataset.pictures)
    (picture.annotation && picture.annotation->trashed ? gone : keys).emplace_back(picture.path);
  return PictureFinder(utf8(dataset.root), keys, gone, usualFolders(file, split, hint));
}

PictureFinder finderFor(const FolderListing& listing, const std::string& file,
                        const std::string& split, const std::string& hint) {
  return PictureFinder(utf8(listing.root), {listing.pictures.begin(), listing.pictures.end()},
                       {listing.trashed.begin(), listing.trashed.end()},
                       usualFolders(file, split, hint));
}

}  // namespace boxwright
