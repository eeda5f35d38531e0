// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace boxwright::cuda {

/// Plans that were chosen once, as files, a folder for each card and version of cuDNN. Nothing
/// depends on it: what cannot be read is made again, what cannot be written is not kept.
class PlanStore {
 public:
  /// `card`: what tells cards and versions apart.
  PlanStore(const std::filesystem::path& folder, const std::string& card);

  std::optional<std::string> read(const std::string& call) const;
  void write(const std::string& call, const std::string& plan) const;

 private:
  std::filesystem::path fileOf(const std::string& call) const;

  std::filesystem::path folder_;
};

}  // namespace boxwright::cuda
