// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

namespace boxwright {

/// Whether the boxes give reason to think that pictures of this dataset have no up and down
/// (microscopes, views from above): the mean height of the box centres (0 top, 1 bottom) lies
/// within 0.03 of the middle beyond doubt (two standard errors). In photographs of a world with
/// gravity it hardly ever does; with few boxes there is doubt, and the answer is no.
bool upMeansNothing(std::span<const double> centresY);

}  // namespace boxwright
