// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/evaluate/detection_matching.h"

namespace boxwright {

/// Recall and precision after every counted detection, by falling confidence.
struct PrecisionCurve {
  std::vector<double> recall, precision;
};

/// `truths` must be over 0.
PrecisionCurve precisionCurve(std::span<const Mark> marks, std::size_t truths);

/// VOC 2007: the mean over recalls 0, .1 … 1 of the highest precision at that recall or more.
double elevenPointAp(const PrecisionCurve& curve);

/// VOC 2010 and later: the area under the precision envelope.
double allPointAp(const PrecisionCurve& curve);

/// COCO: the mean of the envelope at the 101 recalls i * 0.01 as numpy's linspace rounds them.
double cocoAp(const PrecisionCurve& curve);

}  // namespace boxwright
