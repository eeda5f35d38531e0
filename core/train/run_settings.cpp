// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/run_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/geometry/conversion.h"
#include "core/network/network.h"
#include "core/train/quarantine.h"

namespace boxwright {

void checkSettings(const RunSettings& s) {
  if (s.size < kHeadStride || s.size > kLargestInput || s.size % kHeadStride != 0)
    throw Error(fmt::format("the input size {} does not fit", s.size), {},
                fmt::format("take a multiple of {} from {} to {}, for example {}", kHeadStride,
                            kHeadStride, kLargestInput,
                            (std::clamp(s.size, kHeadStride, kLargestInput) + kHeadStride / 2) /
                                kHeadStride * kHeadStride));
  if (s.ideas.highResolutionDetector && s.size + kDetectorExtra > kLargestInput)
    throw Error(
        fmt::format("detection at {} pixels is more than there may be", s.size + kDetectorExtra),
        {},
        fmt::format("take an input size of {} at most, or leave the high-resolution "
                    "detector off",
                    kLargestInput - kDetectorExtra));
  if (s.batch < 0 || s.subdivisions < kFittingParts || s.epochs < 0 || s.patience < 0 ||
      s.anchors < 0 || s.threads < 0 || s.loaderThreads < 0 || s.retries < 0 || s.freeze < 0)
    throw Error(
        "batch, subdivisions, epochs, patience, anchors, threads, retries and frozen layers cannot "
        "be negative");
  quarantineRule(s.quarantine);  // throws where it says nothing
  if (s.ideas.anchors && s.ideas.priors != Priors::Clusters &&
      (!s.anchorSet.empty() || (s.anchors == 0 && s.ideas.priors == Priors::Euclidean)))
    throw Error("dimension-clusters says how anchors are made, but they are given", {},
                "leave one of them out");
  if (!std::isfinite(s.minutes) || s.minutes < 0)
    throw Error("the number of minutes must be positive");
  if (!std::isfinite(s.learningRate) || s.learningRate < 0)
    throw Error("the learning rate must be positive");
  if (s.initLayers == 0 || s.initLayers < -1)
    throw Error(fmt::format("{} layers cannot be taken from weights", s.initLayers), {},
                "give 1 or more");
  if (s.freeze > 0 && s.init.empty())
    throw Error("layers that start at random would be frozen", {},
                "say which weights to start from, or let them learn");
  if (s.initLayers > 0 && s.init.empty())
    throw Error("a number of layers to take, but no weights to take them from", {},
                "name the weights file too");
}

bool isAdjusted(const RunSettings& s, const std::string& entry) {
  return std::any_of(s.adjustments.begin(), s.adjustments.end(),
                     [&](const std::string& a) { return a.starts_with(entry + "="); });
}

}  // namespace boxwright
