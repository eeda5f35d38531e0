// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/train/picture_check.h"

namespace boxwright {

/// Which training pictures a run leaves alone. Only what is learned from is ever left out:
/// validation and test keep their pictures, so that scores stay comparable.
struct QuarantineRule {
  bool damaged = true;      ///< those that cannot be decoded, or not to their end
  bool duplicates = false;  ///< near-copies of validation and test pictures
};

/// "damaged", "duplicates", both with a comma between them, or "none".
bool isQuarantineRule(const std::string& text);
/// The rule so named; Error for anything else.
QuarantineRule quarantineRule(const std::string& text);

/// The training pictures that a run leaves alone, kept in its quarantine.json with the whole report
/// of the check: decided once, when the run begins, so that a resume trains on the same ones. The
/// dataset itself is never touched.
struct Quarantine {
  struct Entry {
    std::string path;    ///< as in the dataset
    std::string reason;  ///< "damaged" or "duplicate"
    std::string what;    ///< for people
  };
  std::vector<Entry> entries;

  /// `paths` without those in quarantine.
  std::vector<std::string> rest(const std::vector<std::string>& paths) const;
};

/// What the rule takes of what was found.
Quarantine quarantineOf(const PictureCheck& check, std::span<const CheckedPicture> pictures,
                        const QuarantineRule& rule);

/// What was found, and what is done about it, in sentences.
std::vector<std::string> describe(const PictureCheck& check,
                                  std::span<const CheckedPicture> pictures,
                                  const QuarantineRule& rule);

/// quarantine.json of a run folder. A run from before there was one has an empty quarantine; a
/// damaged file is an Error.
void writeQuarantine(const std::filesystem::path& file, const Quarantine& quarantine,
                     const PictureCheck& check, std::span<const CheckedPicture> pictures,
                     const QuarantineRule& rule);
Quarantine readQuarantine(const std::filesystem::path& file);

}  // namespace boxwright
