// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>

#include "core/taxonomy/class_names.h"
#include "core/taxonomy/class_tree.h"

namespace boxwright::ui {

/// The class tree that a run learns over, with what its nodes are called for people.
struct RunTree {
  std::shared_ptr<const ClassTree> tree;
  std::shared_ptr<const ClassNames> names;
};

/// Of a run's folder; null where it has none, or none that can be read (who opens the run says so).
/// Any thread.
std::shared_ptr<const RunTree> readRunTree(const std::filesystem::path& run);

}  // namespace boxwright::ui
