// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "core/evaluate/average_precision.h"

namespace boxwright {

/// What was taken for what, [truth][predicted], the last of both is background; counted in `matrix`
/// one picture at a time. Detections are taken by falling confidence. Each first takes the free
/// truth of its own class that it overlaps best, by IOU .5 or more; what is left over is dropped
/// where it lies on a truth of its class that `ignored` names, else takes a free truth of another
/// class, else is a find on background. Truths still free were missed.
void addToConfusion(std::vector<std::vector<std::size_t>>& matrix, std::span<const Box> truths,
                    std::span<const Detection* const> detections,
                    const std::function<bool(const Box&)>& ignored);

}  // namespace boxwright
