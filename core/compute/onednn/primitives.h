// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <dnnl.hpp>
#include <optional>
#include <string>

#include "core/network/network.h"

namespace boxwright::onednn {

// The one place that knows that oneDNN 2 and oneDNN 3 differ: how primitives are made and how a
// memory descriptor is read.

using Desc = dnnl::memory::desc;

struct ConvolutionGeometry {
  int n = 1;
  int inChannels = 1, inHeight = 1, inWidth = 1;
  int outChannels = 1, outHeight = 1, outWidth = 1;
  int size = 1, stride = 1, padding = 0, groups = 1;

  dnnl::memory::dims input() const { return {n, inChannels, inHeight, inWidth}; }
  dnnl::memory::dims output() const { return {n, outChannels, outHeight, outWidth}; }
  dnnl::memory::dims weights() const;
};

/// The version that is linked, "2.6.0".
std::string libraryVersion();

Desc anyDesc(const dnnl::memory::dims& dims);
Desc plainDesc(const dnnl::memory::dims& dims);  ///< NCHW, OIHW or GOIHW, or one entry
/// Channels in blocks of 8 or 16 (nChw8c, nChw16c).
Desc blockedDesc(const dnnl::memory::dims& dims, int block);
Desc channelsLastDesc(const dnnl::memory::dims& dims);

/// A 4-D descriptor whose channels lie in at most one block: the layouts our own kernels read.
struct Blocks {
  int block = 1;     ///< channels beside each other; nhwc: all of them
  int channels = 0;  ///< with padding up to a whole block
  std::ptrdiff_t pictureStride = 0, blockStride = 0, rowStride = 0, columnStride = 0;
};
std::optional<Blocks> blocksOf(const Desc& desc);

/// Forward with bias and, where `fused` is set, the activation at its end. `bias` false: no bias.
dnnl::convolution_forward::primitive_desc convolutionForward(const dnnl::engine& engine,
                                                             const ConvolutionGeometry& geometry,
                                                             const Desc& input, const Desc& weights,
                                                             const Desc& output, bool bias,
                                                             Activation fused, bool training);
dnnl::convolution_backward_data::primitive_desc convolutionBackwardData(
    const dnnl::engine& engine, const ConvolutionGeometry& geometry, const Desc& inputGradient,
    const Desc& weights, const Desc& outputGradient,
    const dnnl::convolution_forward::primitive_desc& hint);
dnnl::convolution_backward_weights::primitive_desc convolutionBackwardWeights(
    const dnnl::engine& engine, const ConvolutionGeometry& geometry, const Desc& input,
    const Desc& weightsGradient, const Desc& outputGradient,
    const dnnl::convolution_forward::primitive_desc& hint);

/// A copy between layouts; `add` adds to what lies at the destination.
dnnl::reorder::primitive_desc reorderDesc(const dnnl::engine& engine, const Desc& from,
                                          const Desc& to, bool add);

/// The implementation oneDNN chose, "jit:avx2" or the slow "ref:any".
std::string implementation(const dnnl::primitive_desc_base& desc);

}  // namespace boxwright::onednn
