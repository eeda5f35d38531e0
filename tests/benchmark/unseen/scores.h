// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace boxwright::unseen {

/// AP50 over test pictures with boxes: means over the leaves that had boxes in training, over those
/// that had none, and over the roots.
struct Row {
  std::string method;
  std::optional<double> seen, unseen, roots;
};

/// The folders of runs on one combined dataset; those of `joint` and `boxed` must be there.
struct Runs {
  std::filesystem::path joint;       ///< with boxes and whole pictures
  std::filesystem::path boxed;       ///< with boxes alone, over the same tree, as many updates
  std::filesystem::path shuffled;    ///< as joint, whole pictures having each other's classes
  std::filesystem::path classifier;  ///< on whole pictures
  std::filesystem::path passes;      ///< as boxed, with as many passes over its pictures
};

/// The joint detector beside what can be had without it: (a) the one with boxes alone, (b) its
/// boxes with a leaf drawn below their root, (c) its boxes cut out and classified. Throws Error.
std::vector<Row> scoreRuns(const std::filesystem::path& dataset, const Runs& runs);

}  // namespace boxwright::unseen
