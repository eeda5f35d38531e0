// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "core/data/dataset.h"
#include "core/geometry/box.h"

namespace boxwright {

/// Calls `visit(picture, box, size)` for every box of `pictures` that training learns from and that
/// anchors are therefore clustered from: neither difficult (spec 8) nor crowd, cut to its picture,
/// with an area. `size` is in fractions of the picture; pictures of unknown size are passed over.
void eachLearnedBox(
    const Dataset& dataset, std::span<const std::size_t> pictures,
    const std::function<void(std::size_t picture, const Box& box, const Size& size)>& visit);

/// Their sizes alone, in the same order.
std::vector<Size> boxFractions(const Dataset& dataset, std::span<const std::size_t> pictures);

}  // namespace boxwright
