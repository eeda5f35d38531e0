// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/folder_listing.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/label_places.h"
#include "core/image/codec.h"

namespace boxwright {

bool hasEnding(std::string_view name, std::string_view ending) {
  if (name.size() <= ending.size()) return false;
  name.remove_prefix(name.size() - ending.size());
  return std::equal(name.begin(), name.end(), ending.begin(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

namespace {

/// Where a file of this name stands; null: nowhere.
std::vector<std::string>* listOf(FolderListing& listing, std::string_view name) {
  if (hasEnding(name, ".txt")) return &listing.text;
  if (hasEnding(name, ".xml")) return &listing.xml;
  if (hasEnding(name, ".json")) return &listing.json;
  if (hasEnding(name, ".csv")) return &listing.csv;
  for (const char* ending : {".yaml", ".yml", ".data", ".names"})
    if (hasEnding(name, ending)) return &listing.other;
  return isImageFile(std::filesystem::path(name)) ? &listing.pictures : nullptr;
}

class Walk {
 public:
  Walk(FolderListing& listing, std::stop_token stop) : listing_(listing), stop_(std::move(stop)) {}

  /// Lists one folder, `prefix` being its path from the root with a slash at its end.
  void folder(const std::string& path, const std::string& prefix) {
    const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(path.c_str()), ::closedir);
    if (!dir) {
      const int code = errno;
      if (prefix.empty()) {
        throw Error(std::string("cannot open the folder (") + std::strerror(code) + ")", path,
                    "check the path and its permissions");
      }
      listing_.problems.push_back(
          {prefix, 0, Severity::Error,
           std::string("the folder cannot be read (") + std::strerror(code) + "); it is left out"});
      return;
    }
    struct stat info {};
    if (::fstat(::dirfd(dir.get()), &info) == 0 &&
        !visited_.emplace(info.st_dev, info.st_ino).second) {
      return;
    }
    std::vector<std::string> folders;
    while (const dirent* entry = ::readdir(dir.get())) {
      if (stop_.stop_requested()) return;
      const std::string_view name(entry->d_name);
      if (name == kOwnFolder && !inTrash_) trash(path, prefix);
      if (name.starts_with('.')) continue;
      unsigned char type = entry->d_type;
      if (type == DT_LNK || type == DT_UNKNOWN) {
        struct stat target {};
        if (::fstatat(::dirfd(dir.get()), entry->d_name, &target, 0) != 0) {
          // A link to nothing: as a file it is reported when it is opened.
          type = type == DT_LNK ? DT_REG : DT_UNKNOWN;
        } else {
          type = S_ISDIR(target.st_mode) ? DT_DIR : S_ISREG(target.st_mode) ? DT_REG : DT_CHR;
        }
      }
      if (type != DT_REG && type != DT_UNKNOWN && !inTrash_ && listOf(listing_, name))
        listing_.noFiles.push_back(prefix + std::string(name));
      if (type == DT_DIR) {
        folders.emplace_back(name);
      } else if (type == DT_REG) {
        file(prefix, name);
      }
    }
    std::sort(folders.begin(), folders.end());
    for (const std::string& name : folders)
      folder(path + "/" + name, prefix + name + "/");
  }

 private:
  void trash(const std::string& path, const std::string& prefix) {
    const std::string place = utf8(trashOf(path));
    std::error_code ignored;
    if (!std::filesystem::is_directory(place, ignored)) return;
    inTrash_ = true;
    folder(place, prefix);
    inTrash_ = false;
  }

  void file(const std::string& prefix, std::string_view name) {
    std::vector<std::string>* list = listOf(listing_, name);
    if (list && inTrash_) list = &listing_.trashed;
    if (list) list->push_back(prefix + std::string(name));
  }

  FolderListing& listing_;
  std::stop_token stop_;
  std::set<std::pair<dev_t, ino_t>> visited_;
  bool inTrash_ = false;
};

}  // namespace

FolderListing listFolder(const std::filesystem::path& folder, std::stop_token stop) {
  FolderListing listing;
  listing.root = folder;
  Walk(listing, std::move(stop)).folder(folder.string(), "");
  for (std::vector<std::string>* list :
       {&listing.pictures, &listing.xml, &listing.text, &listing.json, &listing.csv, &listing.other,
        &listing.noFiles, &listing.trashed}) {
    std::sort(list->begin(), list->end());
  }
  return listing;
}

FolderListing withTrashed(FolderListing listing) {
  for (const std::string& path : listing.trashed) {
    std::vector<std::string>& list = *listOf(listing, path);
    list.insert(std::lower_bound(list.begin(), list.end(), path), path);
  }
  return listing;
}

}  // namespace boxwright
