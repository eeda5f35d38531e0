// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace boxwright {

/// A file of records that only grows, one line a record with a checksum before it, so that what a
/// crash cut off is told from what is whole. One owner, one thread.
class Journal {
 public:
  /// Makes the file of these records, in place of one that is there, whole or not at all, and opens
  /// it for more. Throws Error where that cannot be.
  Journal(std::filesystem::path file, const std::vector<std::string>& records);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Adds a record (a line without its end): once this has returned, it outlives the process.
  /// Throws Error where it cannot be written, and the file is as before.
  void append(std::string_view record);
  /// What was appended outlives the machine's end as well. Throws Error.
  void flush();

  const std::filesystem::path& file() const { return file_; }
  /// How many bytes of the file a record takes.
  static std::size_t lineLength(std::string_view record);

 private:
  std::filesystem::path file_;
  int descriptor_ = -1;
  std::int64_t size_ = 0;
  bool flushed_ = true;
};

/// The whole records of a journal, up to the first that is not; none where there is no file. Throws
/// Error where it cannot be read. `damaged`: which line ended it, counted from 1; 0 where it was
/// read to its end or to a record that a crash has cut off.
std::vector<std::string> readJournal(const std::filesystem::path& file, int* damaged = nullptr);

}  // namespace boxwright
