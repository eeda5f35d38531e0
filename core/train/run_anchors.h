// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "core/geometry/box.h"
#include "core/network/network.h"
#include "core/train/run_settings.h"

namespace boxwright {

/// The anchors of a new run. A value.
struct RunAnchors {
  std::vector<Size> anchors;  ///< empty: the cfg's own, or none
  double meanIou = 0;         ///< that they reach on the training boxes; 0 where unknown
  std::string note;           ///< where they come from and what they reach, for people
};

/// Those that the settings ask for: given, picked by hand, clustered from the training boxes
/// (`fractions` of their pictures), or the cfg's own. Pure; stopped, the clusters are unfinished.
/// Throws Error where anchors are given that a head of this form has no use of, and what
/// clusterAnchors() throws.
RunAnchors chooseAnchors(const RunSettings& settings, BoxForm form,
                         const std::vector<Size>& fractions, const std::stop_token& stop);

}  // namespace boxwright
