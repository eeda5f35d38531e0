// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "core/base/problem.h"
#include "core/data/dataset.h"
#include "core/data/journal.h"

namespace boxwright {

/// Which pictures of a dataset are verified, where its label files have no room for that: a journal
/// in `.boxwright` with a record a mark. One owner, one thread.
class VerifiedList {
 public:
  /// Reads what there is, as far as it is whole.
  explicit VerifiedList(const std::filesystem::path& root);
  /// What could not be read; what it holds stays in a copy before the first set().
  const std::optional<Problem>& problem() const { return problem_; }

  bool holds(const std::string& picture) const { return pictures_.contains(picture); }
  /// Outlives the process when it returns. Throws Error where it cannot be written, and then all is
  /// as before.
  void set(const std::string& picture, bool verified);
  /// What was set outlives the machine's end as well. Throws Error.
  void flush();

 private:
  std::filesystem::path file_;
  std::set<std::string> pictures_;  ///< by their paths, the dataset's keys
  std::optional<Problem> problem_;
  std::unique_ptr<Journal> journal_;  ///< null until something is set
};

/// Whether the label files of this format have no room for the mark, so that it is in such a list.
bool keepsVerifiedList(const std::string& format);

/// Marks what the list does, of pictures that have labels or say that they have none.
void markVerified(Picture& picture, const VerifiedList& list);

}  // namespace boxwright
