// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/run_tree.h"

#include <system_error>

#include "core/base/error.h"
#include "core/network/run_files.h"

namespace boxwright::ui {

std::shared_ptr<const RunTree> readRunTree(const std::filesystem::path& run) {
  std::error_code ignored;
  if (!std::filesystem::exists(run / kRunTreeFile, ignored)) return nullptr;
  try {
    auto tree = std::make_shared<const ClassTree>(readClassTree(run / kRunTreeFile));
    auto names = std::make_shared<const ClassNames>(readClassNames(run / "classes.names"));
    if (static_cast<int>(names->size()) != tree->size()) return nullptr;
    return std::make_shared<const RunTree>(RunTree{std::move(tree), std::move(names)});
  } catch (const Error&) {
    return nullptr;
  }
}

}  // namespace boxwright::ui
