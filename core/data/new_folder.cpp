// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/new_folder.h"

#include <unistd.h>

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

NewFolder::NewFolder(const fs::path& target) : target_(fs::absolute(target).lexically_normal()) {
  if (!target_.has_filename()) target_ = target_.parent_path();
  checkNewFolder(target_);
  std::error_code fault;
  folder_ = target_.parent_path() /
            ("." + target_.filename().string() + "." + std::to_string(::getpid()) + ".partial");
  fs::create_directories(folder_, fault);
  if (fault) fail("make the folder", fault);
}

NewFolder::~NewFolder() {
  std::error_code ignored;
  if (!kept_) fs::remove_all(folder_, ignored);
}

void NewFolder::makeFolder(const std::string& name) const {
  std::error_code fault;
  fs::create_directories(folder_ / pathFromUtf8(name), fault);
  if (fault) fail("make the folder", fault);
}

void NewFolder::write(const std::string& name, std::string_view bytes) const {
  const fs::path file = folder_ / pathFromUtf8(name);
  std::error_code ignored;
  fs::create_directories(file.parent_path(), ignored);
  std::ofstream out(file, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) fail("write a file", std::error_code(errno, std::generic_category()));
}

void NewFolder::take(const std::string& name, const fs::path& file, bool link) const {
  const fs::path place = folder_ / pathFromUtf8(name);
  std::error_code fault;
  fs::create_directories(place.parent_path(), fault);
  if (link) {
    const fs::path whole = fs::canonical(file, fault);
    fs::create_symlink(fault ? fs::absolute(file) : whole, place, fault);
  } else {
    fs::copy_file(file, place, fault);
  }
  if (fault) fail(link ? "link a picture" : "copy a picture", fault);
}

void NewFolder::keep() {
  std::error_code fault;
  fs::rename(folder_, target_, fault);
  if (fault) fail("make the folder", fault);
  kept_ = true;
}

void NewFolder::fail(const char* what, const std::error_code& fault) const {
  throw Error(std::string("cannot ") + what + " (" + fault.message() + ")", utf8(target_),
              fault == std::errc::no_space_on_device
                  ? "free some space or choose another folder"
                  : "check the permissions or choose another folder");
}

}  // namespace boxwright
