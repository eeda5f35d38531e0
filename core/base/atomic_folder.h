// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace boxwright {

/// Throws Error where something other than an empty folder has the name already.
void checkNewFolder(const std::filesystem::path& target);

/// A folder that grows beside the wanted one and takes its name when it is whole: nobody finds half
/// of it. Removed where it is not kept. Its parts may be written by several threads.
class AtomicFolder {
 public:
  /// As checkNewFolder(), or where it cannot be made.
  explicit AtomicFolder(const std::filesystem::path& target);
  ~AtomicFolder();
  AtomicFolder(const AtomicFolder&) = delete;
  AtomicFolder& operator=(const AtomicFolder&) = delete;

  /// Where it grows.
  const std::filesystem::path& path() const { return folder_; }
  /// `name` in it, its folders made.
  std::filesystem::path part(const std::filesystem::path& name) const;
  /// Writes a part plainly, without a flush for each of many small files. Throws Error.
  void write(const std::filesystem::path& name, std::string_view bytes) const;
  /// A copy of a file, or a link to it.
  void take(const std::filesystem::path& name, const std::filesystem::path& file, bool link) const;
  /// All is there. Throws Error where it cannot take its name.
  void keep();

 private:
  [[noreturn]] void fail(const std::string& what, const std::error_code& fault) const;

  std::filesystem::path target_, folder_;
  bool kept_ = false;
};

/// `folder`/name, or name-2, name-3 …, whichever is not there yet.
std::filesystem::path freeName(const std::filesystem::path& folder, const std::string& name);

}  // namespace boxwright
