// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>

#include "core/geometry/box.h"

namespace boxwright {

// How little a model knows, and where it and the labels are at odds: so that the pictures come
// first in which a person's look changes most. Pure functions of one picture, any thread. What was
// found is as a Detector gives it, the surest first, also what is below `threshold` (over 0, below
// 1), from which on a find is shown. Two boxes are about one place from an IOU of .5 on.

/// 0, sure, to 1. A place is a find with those of other classes on it. Its doubt is how near its
/// score p is to the threshold t, (1 - p) / (1 - t) above and p / t below, or, above, how near the
/// next class comes, q / p, whichever is more. The picture's is the mean of its three most doubtful
/// places, of fewer where there are fewer; 0 where nothing was found.
double pictureDoubt(std::span<const Detection> found, double threshold);

/// How little the model is of the label's mind: 1 less what the score of the label's class at its
/// place is ahead of the best other class there; 1 where it sees no such thing.
double labelDoubt(const Box& label, std::span<const Detection> found);

/// Finds above the threshold that no label of their class matches, and labels that no such find
/// matches. One of each at one place, of two classes, is one. Difficult and crowd labels are not
/// missed.
std::size_t disagreement(std::span<const Box> labels, std::span<const Detection> found,
                         double threshold);

}  // namespace boxwright
