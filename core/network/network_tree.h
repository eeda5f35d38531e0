// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/network/network.h"

namespace boxwright {

/// Reads the class tree and the map that the cfg of a network names, and gives the tree to its
/// [region] or [softmax]; a network without one stays as it is. A relative name is looked for in
/// the cfg's folder, then in the folder above, from where Darknet is started (cfg/yolo9000.cfg
/// names data/9k.tree). Throws Error naming both files where the tree does not have as many nodes
/// as the network has classes, or the map leads out of it. Allocates no weights.
void openClassTree(Network& network);

/// The network's class tree; null without one.
const std::shared_ptr<const ClassTree>& classTreeOf(const Network& network);

}  // namespace boxwright
