// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/export/export_model.h"
#include "core/export/onnx_graph.h"
#include "core/network/network.h"

namespace boxwright {

/// Decodes the raw head N x A*(5+K) x H x W inside the graph (spec sections 5 and 9) and declares
/// the outputs. Without suppression "boxes" N x A*H*W x 4 (xmin, ymin, xmax, ymax in pixels of the
/// network's input, not clipped, by anchor, then row by row) and "scores" N x A*H*W x K (objectness
/// times class probability). With it "detections" M x 7: picture of the batch, class, confidence,
/// and the box as above; M depends on the pictures. Throws Error for a head that it cannot decode.
void writeDecode(OnnxGraph& graph, const Network& network, const OnnxValue& head,
                 const ExportOptions& options);

}  // namespace boxwright
