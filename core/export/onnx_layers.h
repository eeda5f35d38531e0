// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/export/onnx_graph.h"
#include "core/network/network.h"

namespace boxwright {

/// Writes the layers before [region] of a folded network into `graph`, each layer's weights moved
/// out of the network as it goes, and returns what the last one gives, N x C x H x W. Throws Error
/// naming a layer that ONNX cannot say.
OnnxValue writeLayers(OnnxGraph& graph, Network& network, const OnnxValue& input);

}  // namespace boxwright
