// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace boxwright {

struct RankedMarks;

/// Recall and precision after every counted detection, by falling confidence.
struct PrecisionCurve {
  std::vector<double> recall, precision;
  std::vector<float> confidence;
};

/// There must be truths.
PrecisionCurve precisionCurve(const RankedMarks& ranked);

/// VOC 2007: the mean over recalls 0, .1 … 1 of the highest precision at that recall or more.
double elevenPointAp(const PrecisionCurve& curve);

/// VOC 2010 and later: the area under the precision envelope.
double allPointAp(const PrecisionCurve& curve);

/// COCO: the mean of the envelope at the 101 recalls i * 0.01 as numpy's linspace rounds them.
double cocoAp(const PrecisionCurve& curve);

}  // namespace boxwright
