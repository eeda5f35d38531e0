// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/label_places.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/content_hash.h"

namespace boxwright {

namespace fs = std::filesystem;

fs::path trashOf(const fs::path& root) {
  return root / kOwnFolder / "trash";
}

LabelPlaces labelPlacesOf(const fs::path& root, const fs::path& userData) {
  std::error_code code;
  fs::path whole = fs::canonical(root, code);
  if (code) whole = fs::absolute(root, code);
  char hash[17];
  std::snprintf(hash, sizeof hash, "%016llx",
                static_cast<unsigned long long>(contentHash(utf8(whole))));
  return {root / kOwnFolder,
          userData / "labels" / pathFromUtf8(utf8(whole.filename()).substr(0, 100) + "-" + hash)};
}

LabelLock::LabelLock(const LabelPlaces& places)
    : LabelLock({places.own / "lock", places.users / "lock"},
                Error("the labels of this dataset are being edited in another window",
                      utf8(places.own.parent_path()),
                      "close it there first; here they can be looked at")) {}

LabelLock::LabelLock(const std::vector<fs::path>& files, const Error& refusal) {
  for (const fs::path& file : files) {
    std::error_code ignored;
    fs::create_directories(file.parent_path(), ignored);
    file_ = file;
    // Who had it before may have removed the file between the two calls.
    do {
      reset();
      descriptor_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
      if (descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 &&
          errno == EWOULDBLOCK) {
        reset();
        throw refusal;
      }
    } while (descriptor_ >= 0 && !isThere());
    if (descriptor_ >= 0) return;
  }
}

LabelLock::~LabelLock() {
  if (descriptor_ < 0) return;
  ::unlink(file_.c_str());
  reset();
  std::error_code ignored;
  fs::remove(file_.parent_path(), ignored);  // where nothing else is in it
}

bool LabelLock::isThere() const {
  struct stat ours {
  }, there{};
  return ::fstat(descriptor_, &ours) == 0 && ::stat(file_.c_str(), &there) == 0 &&
         ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

void LabelLock::reset() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

}  // namespace boxwright
