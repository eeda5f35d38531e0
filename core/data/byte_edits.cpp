// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/byte_edits.h"

#include <algorithm>
#include <utility>

namespace boxwright {

void ByteEdits::replace(std::size_t begin, std::size_t end, std::string text) {
  replacements_.push_back({begin, end, std::move(text)});
}

std::string ByteEdits::applied(std::string_view bytes) const {
  std::vector<const Replacement*> sorted;
  for (const Replacement& replacement : replacements_)
    sorted.push_back(&replacement);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Replacement* a, const Replacement* b) {
    if (a->begin != b->begin) return a->begin < b->begin;
    return a->end == a->begin && b->end > b->begin;
  });
  std::string result;
  std::size_t at = 0;
  for (const Replacement* replacement : sorted) {
    result += bytes.substr(at, replacement->begin - at);
    result += replacement->text;
    at = replacement->end;
  }
  return result + std::string(bytes.substr(at));
}

}  // namespace boxwright
