// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

#include "core/base/error.h"

namespace boxwright {

/// Where the program keeps what belongs to the labels of a dataset: the journal, the backups, the
/// lock.
struct LabelPlaces {
  std::filesystem::path own;  ///< `.boxwright` in the dataset
  std::filesystem::path
      users;  ///< in the user's data folder, for where the first cannot be written
};

/// Of the dataset, for what the program keeps there.
inline constexpr const char* kOwnFolder = ".boxwright";

/// Where pictures of the dataset go that are deleted (picture_trash.h).
std::filesystem::path trashOf(const std::filesystem::path& root);

/// `userData` is the program's folder there; the dataset's is named after its root, so that equal
/// names do not meet.
LabelPlaces labelPlacesOf(const std::filesystem::path& root, const std::filesystem::path& userData);

/// While it lives, nobody else edits the labels of the dataset, or what else it is made for. Goes
/// with the process.
class LabelLock {
 public:
  /// Throws Error where another process (or store) has it. Where neither place can be written there
  /// is nothing to lock, and nobody to fear.
  explicit LabelLock(const LabelPlaces& places);
  /// The first of these files that can be made; throws `refusal` where another has it.
  LabelLock(const std::vector<std::filesystem::path>& files, const Error& refusal);
  ~LabelLock();
  LabelLock(const LabelLock&) = delete;
  LabelLock& operator=(const LabelLock&) = delete;

 private:
  bool isThere() const;
  void reset();

  std::filesystem::path file_;
  int descriptor_ = -1;
};

}  // namespace boxwright
