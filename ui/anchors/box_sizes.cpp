// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/anchors/box_sizes.h"

#include <numeric>

#include "core/base/random.h"
#include "core/data/box_sizes.h"

namespace boxwright::ui {

std::vector<std::uint32_t> fixedSample(std::size_t total, std::size_t count) {
  std::vector<std::uint32_t> out;
  if (total <= count) {
    out.resize(total);
    std::iota(out.begin(), out.end(), 0U);
    return out;
  }
  // Selection sampling: each index is taken with the chance that is still due.
  out.reserve(count);
  RandomStream random(1, "scatter sample");
  for (std::size_t i = 0; i < total && out.size() < count; ++i) {
    const auto due = static_cast<double>(count - out.size());
    if (random.uniform() * static_cast<double>(total - i) < due) {
      out.push_back(static_cast<std::uint32_t>(i));
    }
  }
  return out;
}

BoxSizes boxSizesOf(const Dataset& dataset, const Splits& splits, const std::string& split) {
  BoxSizes out;
  const auto found = splits.find(split);
  std::vector<std::size_t> pictures;
  if (found != splits.end()) {
    pictures = found->second;
    std::erase_if(pictures, [&](std::size_t index) { return index >= dataset.pictures.size(); });
  } else {
    pictures.resize(dataset.pictures.size());
    std::iota(pictures.begin(), pictures.end(), std::size_t(0));
  }
  eachLearnedBox(dataset, pictures, [&](std::size_t picture, const Box& box, const Size& size) {
    out.fractions.push_back(size);
    out.origins.push_back({static_cast<int>(picture), box.id});
  });
  out.sample = fixedSample(out.fractions.size(), mostDrawnPoints);
  return out;
}

}  // namespace boxwright::ui
