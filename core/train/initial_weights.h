// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/network/network.h"

namespace boxwright {

/// Loads the weights file `init` (UTF-8) over the random start of `network`: layers 0 to
/// layers - 1. With -1: all where the file has just as many numbers as the network; else, of
/// weights in a run's folder, the layers that both cfgs begin with; else as many of the layers
/// before the head as the file holds. Returns what was loaded, in a sentence. Throws Error when
/// nothing of the file fits, or it ends within a layer (it is then of another network).
std::string loadInitialWeights(Network& network, const std::string& init, int layers);

}  // namespace boxwright
