// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/picture_trash.h"

#include <system_error>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/label_places.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

bool isThere(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(file, ignored));
}

}  // namespace

PictureTrash::PictureTrash(const fs::path& root) : root_(root), trash_(trashOf(root)) {}

fs::path PictureTrash::placeOf(const fs::path& file) const {
  const fs::path inside = file.lexically_relative(root_);
  if (inside.empty() || *inside.begin() == "..")
    throw Error("a file outside of the dataset's folder cannot go into its trash", utf8(file));
  return trash_ / inside;
}

fs::path PictureTrash::now(const fs::path& file) const {
  return isThere(file) || !isTrashed(root_, file) ? file : placeOf(file);
}

bool PictureTrash::holds(const std::string& path) const {
  const fs::path file = root_ / pathFromUtf8(path);
  return pathFromUtf8(path).is_relative() && !isThere(file) && isThere(trash_ / pathFromUtf8(path));
}

void PictureTrash::move(const fs::path& from, const fs::path& to) const {
  if (!isThere(from)) return;
  if (isThere(to))
    throw Error("another file is there already", utf8(to), "move it away and try again");
  std::error_code code;
  fs::create_directories(to.parent_path(), code);
  if (!code) fs::rename(from, to, code);
  if (code)
    throw Error("the file cannot be moved (" + code.message() + ")", utf8(from),
                "check the permissions of its folder and of " + utf8(trash_));
  // Emptied folders of the trash go; one of the dataset stays.
  for (fs::path folder = from.parent_path();
       folder != trash_.parent_path() && utf8(folder).starts_with(utf8(trash_));
       folder = folder.parent_path()) {
    if (!fs::remove(folder, code)) break;
  }
}

void PictureTrash::put(const std::string& path, const fs::path& labelFile) const {
  const fs::path picture = root_ / pathFromUtf8(path);
  const fs::path place = placeOf(picture);
  if (!isThere(picture) && !isThere(place))
    throw Error("the picture is not there", utf8(picture), "bring it back, or undo its deletion");
  move(picture, place);
  if (!labelFile.empty()) move(labelFile, placeOf(labelFile));
}

void PictureTrash::takeBack(const std::string& path, const fs::path& labelFile) const {
  const fs::path picture = root_ / pathFromUtf8(path);
  if (!labelFile.empty()) move(placeOf(labelFile), labelFile);
  move(placeOf(picture), picture);
}

bool isTrashed(const fs::path& root, const fs::path& file) {
  const fs::path inside = file.lexically_normal().lexically_relative(root);
  return !inside.empty() && *inside.begin() != ".." && isThere(trashOf(root) / inside);
}

}  // namespace boxwright
