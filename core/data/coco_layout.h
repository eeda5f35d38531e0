// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "core/data/picture_finder.h"

namespace boxwright {

/// "annotations/instances_train2017.json" -> "train"; empty where the name tells none.
inline std::string cocoSplitOf(std::string_view file) {
  return splitOfPath(file);
}

/// "annotations/instances_train2017.json" -> "train2017": what the folder of its pictures may be
/// called.
inline std::string cocoFolderHint(std::string_view file) {
  std::string_view name = file.substr(folderOfPath(file).size());
  name = name.substr(0, name.rfind('.'));
  const std::size_t line = name.find('_');
  return std::string(line == std::string_view::npos ? name : name.substr(line + 1));
}

}  // namespace boxwright
