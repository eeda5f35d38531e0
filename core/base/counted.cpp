// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/counted.h"

namespace boxwright {

std::string counted(std::size_t n, std::string_view one, std::string_view many) {
  std::string text = std::to_string(n);
  for (int i = static_cast<int>(text.size()) - 3; i > 0; i -= 3)
    text.insert(static_cast<std::size_t>(i), ",");
  return text.append(" ").append(n == 1 ? one : many);
}

std::string megabytes(std::size_t bytes) {
  constexpr std::size_t kMegabyte = 1000000;
  return std::to_string(bytes / kMegabyte + (bytes % kMegabyte != 0 ? 1 : 0)) + " MB";
}

}  // namespace boxwright
