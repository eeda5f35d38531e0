// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/anchors/box_sizes.h"

#include <numeric>

#include "core/base/random.h"

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
  const auto add = [&](std::size_t index) {
    const Picture& picture = dataset.pictures[index];
    if (picture.width <= 0 || picture.height <= 0) return;
    for (const Box& box : picture.annotation->boxes) {
      if (!(box.rect.width() > 0) || !(box.rect.height() > 0)) continue;
      out.fractions.push_back(
          {box.rect.width() / picture.width, box.rect.height() / picture.height});
      out.origins.push_back({static_cast<int>(index), box.id});
    }
  };
  const auto found = splits.find(split);
  if (found != splits.end()) {
    for (const std::size_t index : found->second) {
      if (index < dataset.pictures.size()) add(index);
    }
  } else {
    for (std::size_t i = 0; i < dataset.pictures.size(); ++i)
      add(i);
  }
  out.sample = fixedSample(out.fractions.size(), mostDrawnPoints);
  return out;
}

}  // namespace boxwright::ui
