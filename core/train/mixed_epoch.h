// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "core/train/batch_loader.h"

namespace boxwright {

/// Of pictures without boxes there are at most so many to one with boxes, where nobody says another
/// ratio (YOLO9000's paper, section 4: COCO oversampled until ImageNet is larger by 4:1 only).
inline constexpr double kPaperMix = 4;

/// An epoch of joint training: each picture at least once, and those with boxes, or those without,
/// repeated until there are `mix` without boxes to one with; with a mix of 0 the ones with boxes
/// until there are kPaperMix at most. Empty where each stands once. What remains of whole rounds
/// goes to the first of the list.
std::vector<std::uint32_t> mixedEpoch(const std::vector<LoaderPicture>& pictures, double mix);

}  // namespace boxwright
