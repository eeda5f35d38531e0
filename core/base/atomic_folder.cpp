// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/atomic_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "core/base/atomic_file.h"
#include "core/base/error.h"

namespace boxwright {

namespace fs = std::filesystem;

void checkNewFolder(const fs::path& target) {
  std::error_code fault;
  if (!fs::exists(target, fault)) return;
  if (!fs::is_directory(target, fault))
    throw Error("a file stands where the folder is to be", utf8(target), "choose another name");
  const bool empty = fs::is_empty(target, fault);
  if (fault || !empty) {
    throw Error(fault ? "cannot read the folder (" + fault.message() + ")"
                      : std::string("the folder is not empty"),
                utf8(target), "choose a new or an empty folder");
  }
}

AtomicFolder::AtomicFolder(const fs::path& target)
    : target_(fs::absolute(target).lexically_normal()) {
  if (!target_.has_filename()) target_ = target_.parent_path();
  checkNewFolder(target_);
  folder_ = target_.parent_path() /
            ("." + target_.filename().string() + "." + std::to_string(::getpid()) + ".partial");
  part("");
}

AtomicFolder::~AtomicFolder() {
  std::error_code ignored;
  if (!kept_) fs::remove_all(folder_, ignored);
}

fs::path AtomicFolder::part(const fs::path& name) const {
  // Names of splits and classes come from files that anybody may have written.
  if (name.is_absolute() || std::find(name.begin(), name.end(), "..") != name.end())
    throw Error("'" + utf8(name) + "' would lie outside of the folder", utf8(target_),
                "rename the split or class that it is called after");
  const fs::path file = folder_ / name;
  std::error_code fault;
  fs::create_directories(file.parent_path(), fault);
  if (fault) fail("make the folder", fault);
  return file;
}

void AtomicFolder::write(const fs::path& name, std::string_view bytes) const {
  std::ofstream out(part(name), std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) fail("write into the folder", std::error_code(errno, std::generic_category()));
}

void AtomicFolder::take(const fs::path& name, const fs::path& file, bool link) const {
  const fs::path place = part(name);
  std::error_code fault;
  if (link) {
    const fs::path whole = fs::canonical(file, fault);
    fs::create_symlink(fault ? fs::absolute(file) : whole, place, fault);
  } else {
    fs::copy_file(file, place, fault);
  }
  if (fault) fail(link ? "link a picture" : "copy a picture", fault);
}

void AtomicFolder::keep() {
  // All at once: a flush for each of thousands of files would take minutes.
  const int folder = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool flushed = folder >= 0 && ::syncfs(folder) == 0;
  std::error_code fault(flushed ? 0 : errno, std::generic_category());
  if (folder >= 0) ::close(folder);
  if (fault) fail("write into the folder", fault);
  fs::rename(folder_, target_, fault);
  if (fault) fail("make the folder", fault);
  kept_ = true;
}

void AtomicFolder::fail(const std::string& what, const std::error_code& fault) const {
  throw Error("cannot " + what + " (" + fault.message() + ")", utf8(target_),
              fault == std::errc::no_space_on_device
                  ? "free some space or choose another folder"
                  : "check the permissions or choose another folder");
}

fs::path freeName(const fs::path& folder, const std::string& name) {
  fs::path path = folder / pathFromUtf8(name);
  std::error_code ignored;
  for (int i = 2; fs::exists(path, ignored); ++i)
    path = folder / pathFromUtf8(name + "-" + std::to_string(i));
  return path;
}

}  // namespace boxwright
