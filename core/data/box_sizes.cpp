// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/box_sizes.h"

#include <algorithm>

namespace boxwright {

void eachLearnedBox(
    const Dataset& dataset, std::span<const std::size_t> pictures,
    const std::function<void(std::size_t picture, const Box& box, const Size& size)>& visit) {
  for (const std::size_t index : pictures) {
    const Picture& picture = dataset.pictures.at(index);
    if (picture.width <= 0 || picture.height <= 0) continue;
    const double width = picture.width, height = picture.height;
    for (const Box& box : picture.annotation->boxes) {
      if (box.difficult || box.crowd) continue;
      const double w =
          std::clamp(box.rect.right, 0.0, width) - std::clamp(box.rect.left, 0.0, width);
      const double h =
          std::clamp(box.rect.bottom, 0.0, height) - std::clamp(box.rect.top, 0.0, height);
      if (w > 0 && h > 0) visit(index, box, {w / width, h / height});
    }
  }
}

std::vector<Size> boxFractions(const Dataset& dataset, std::span<const std::size_t> pictures) {
  std::vector<Size> sizes;
  eachLearnedBox(dataset, pictures,
                 [&](std::size_t, const Box&, const Size& size) { sizes.push_back(size); });
  return sizes;
}

}  // namespace boxwright
