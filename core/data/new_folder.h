// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace boxwright {

/// Throws Error where something other than an empty folder has the name already.
void checkNewFolder(const std::filesystem::path& target);

/// A folder that grows beside the wanted one and takes its name when it is whole: nobody finds half
/// of it. Removed when it is not kept. Several threads may write files.
class NewFolder {
 public:
  /// As checkNewFolder().
  explicit NewFolder(const std::filesystem::path& target);
  ~NewFolder();
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

  const std::filesystem::path& path() const { return folder_; }

  void makeFolder(const std::string& name) const;
  /// A file, with the folders it lies in: plainly, without a flush for each of many small ones;
  /// they can be made again.
  void write(const std::string& name, std::string_view bytes) const;
  /// A copy of a file, or a link to it.
  void take(const std::string& name, const std::filesystem::path& file, bool link) const;
  /// It is whole.
  void keep();

 private:
  [[noreturn]] void fail(const char* what, const std::error_code& fault) const;

  std::filesystem::path target_, folder_;
  bool kept_ = false;
};

}  // namespace boxwright
