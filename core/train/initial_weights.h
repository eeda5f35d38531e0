// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/network/network.h"

namespace boxwright {

/// Loads the weights file `init` (UTF-8) over the random start of `network`: layers 0 to
/// layers - 1; with -1 those before the head, and the head too where the file has just as many
/// numbers as the network. Returns what was loaded, in a sentence. Throws Error when nothing of the
/// file fits.
std::string loadInitialWeights(Network& network, const std::string& init, int layers);

}  // namespace boxwright
