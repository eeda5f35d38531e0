// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/onednn/primitives.h"

#include <array>
#include <cstddef>

namespace boxwright::onednn {
namespace {

using dnnl::algorithm;
using dnnl::memory;
using dnnl::prop_kind;

/// What blocksOf reads of a descriptor, whichever version says it.
struct Layout {
  bool blocked = false;
  memory::dims dims, padded, strides, innerSizes, innerDims;
  std::ptrdiff_t offset = 0;
};

#if DNNL_VERSION_MAJOR >= 3

Layout layoutOf(const Desc& desc) {
  Layout layout;
  layout.blocked = desc.get_format_kind() == memory::format_kind::blocked;
  if (!layout.blocked) return layout;
  layout.dims = desc.get_dims();
  layout.padded = desc.get_padded_dims();
  layout.strides = desc.get_strides();
  layout.innerSizes = desc.get_inner_blks();
  layout.innerDims = desc.get_inner_idxs();
  layout.offset = desc.get_submemory_offset();
  return layout;
}

void appendEltwise(dnnl::post_ops& operations, algorithm kind, float alpha) {
  operations.append_eltwise(kind, alpha, 0.0F);
}

#else

Layout layoutOf(const Desc& desc) {
  Layout layout;
  layout.blocked = desc.data.format_kind == dnnl_blocked;
  if (!layout.blocked) return layout;
  const auto& inner = desc.data.format_desc.blocking;
  const int rank = desc.data.ndims;
  layout.dims.assign(desc.data.dims, desc.data.dims + rank);
  layout.padded.assign(desc.data.padded_dims, desc.data.padded_dims + rank);
  layout.strides.assign(inner.strides, inner.strides + rank);
  layout.innerSizes.assign(inner.inner_blks, inner.inner_blks + inner.inner_nblks);
  layout.innerDims.assign(inner.inner_idxs, inner.inner_idxs + inner.inner_nblks);
  layout.offset = desc.data.offset0;
  return layout;
}

void appendEltwise(dnnl::post_ops& operations, algorithm kind, float alpha) {
  operations.append_eltwise(1.0F, kind, alpha, 0.0F);
}

#endif

dnnl::primitive_attr attributes(Activation fused) {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  if (fused == Activation::Linear) return attr;
  dnnl::post_ops operations;
  switch (fused) {
    case Activation::Leaky:
      appendEltwise(operations, algorithm::eltwise_relu, 0.1F);
      break;
    case Activation::Relu:
      appendEltwise(operations, algorithm::eltwise_relu, 0.0F);
      break;
    case Activation::Logistic:
      appendEltwise(operations, algorithm::eltwise_logistic, 0.0F);
      break;
    case Activation::Linear:
      break;
  }
  attr.set_post_ops(operations);
  return attr;
}

struct Window {
  memory::dims strides, padding, paddingEnd;
};

Window windowOf(const ConvolutionGeometry& g) {
  const auto end = [&](int in, int out) { return (out - 1) * g.stride + g.size - in - g.padding; };
  return {{g.stride, g.stride},
          {g.padding, g.padding},
          {end(g.inHeight, g.outHeight), end(g.inWidth, g.outWidth)}};
}

}  // namespace

memory::dims ConvolutionGeometry::weights() const {
  if (groups == 1) return {outChannels, inChannels, size, size};
  return {groups, outChannels / groups, inChannels / groups, size, size};
}

std::string libraryVersion() {
  const dnnl_version_t* version = dnnl_version();
  return std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
         std::to_string(version->patch);
}

Desc anyDesc(const memory::dims& dims) {
  return {dims, memory::data_type::f32, memory::format_tag::any};
}

Desc plainDesc(const memory::dims& dims) {
  using Tag = memory::format_tag;
  const std::array<Tag, 5> tags{Tag::a, Tag::ab, Tag::abc, Tag::abcd, Tag::abcde};
  return {dims, memory::data_type::f32, tags.at(dims.size() - 1)};
}

Desc blockedDesc(const memory::dims& dims, int block) {
  const auto tag = block == 16 ? memory::format_tag::nChw16c : memory::format_tag::nChw8c;
  return {dims, memory::data_type::f32, tag};
}

Desc channelsLastDesc(const memory::dims& dims) {
  return {dims, memory::data_type::f32, memory::format_tag::nhwc};
}

std::optional<Blocks> blocksOf(const Desc& desc) {
  const Layout layout = layoutOf(desc);
  if (!layout.blocked || layout.dims.size() != 4 || layout.offset != 0) return std::nullopt;
  if (layout.innerSizes.size() > 1) return std::nullopt;
  if (layout.innerSizes.size() == 1 && layout.innerDims[0] != 1) return std::nullopt;
  for (const std::size_t d : {0, 2, 3}) {
    if (layout.padded[d] != layout.dims[d]) return std::nullopt;
  }
  Blocks blocks;
  blocks.channels = static_cast<int>(layout.padded[1]);
  blocks.pictureStride = layout.strides[0];
  blocks.blockStride = layout.strides[1];
  blocks.rowStride = layout.strides[2];
  blocks.columnStride = layout.strides[3];
  if (layout.innerSizes.size() == 1) {
    blocks.block = static_cast<int>(layout.innerSizes[0]);
  } else if (layout.strides[1] == 1 && layout.strides[3] == layout.padded[1] &&
             layout.padded[1] > 1) {
    blocks.block = blocks.channels;  // nhwc: one block of all channels
    blocks.blockStride = 0;
  }
  // Our kernels walk the pixels of a picture's block without a gap.
  const std::ptrdiff_t width = layout.dims[3];
  if (blocks.columnStride != blocks.block || blocks.rowStride != width * blocks.columnStride) {
    return std::nullopt;
  }
  return blocks;
}

#if DNNL_VERSION_MAJOR >= 3

dnnl::convolution_forward::primitive_desc convolutionForward(const dnnl::engine& engine,
                                                             const ConvolutionGeometry& geometry,
                                                             const Desc& input, const Desc& weights,
                                                             const Desc& output, bool bias,
                                                             Activation fused, bool training) {
  const Window w = windowOf(geometry);
  const auto kind = training ? prop_kind::forward_training : prop_kind::forward_inference;
  const auto attr = attributes(fused);
  if (!bias) {
    return {engine,    kind,      algorithm::convolution_direct,
            input,     weights,   output,
            w.strides, w.padding, w.paddingEnd,
            attr};
  }
  return {engine,       kind,      algorithm::convolution_direct,
          input,        weights,   plainDesc({geometry.outChannels}),
          output,       w.strides, w.padding,
          w.paddingEnd, attr};
}

dnnl::convolution_backward_data::primitive_desc convolutionBackwardData(
    const dnnl::engine& engine, const ConvolutionGeometry& geometry, const Desc& inputGradient,
    const Desc& weights, const Desc& outputGradient,
    const dnnl::convolution_forward::primitive_desc& hint) {
  const Window w = windowOf(geometry);
  return {engine,         algorithm::convolution_direct,
          inputGradient,  weights,
          outputGradient, w.strides,
          w.padding,      w.paddingEnd,
          hint,           attributes(Activation::Linear)};
}

dnnl::convolution_backward_weights::primitive_desc convolutionBackwardWeights(
    const dnnl::engine& engine, const ConvolutionGeometry& geometry, const Desc& input,
    const Desc& weightsGradient, const Desc& outputGradient,
    const dnnl::convolution_forward::primitive_desc& hint) {
  const Window w = windowOf(geometry);
  return {engine,         algorithm::convolution_direct,
          input,          weightsGradient,
          outputGradient, w.strides,
          w.padding,      w.paddingEnd,
          hint,           attributes(Activation::Linear)};
}

#else

dnnl::convolution_forward::primitive_desc convolutionForward(const dnnl::engine& engine,
                                                             const ConvolutionGeometry& geometry,
                                                             const Desc& input, const Desc& weights,
                                                             const Desc& output, bool bias,
                                                             Activation fused, bool training) {
  const Window w = windowOf(geometry);
  const auto kind = training ? prop_kind::forward_training : prop_kind::forward_inference;
  const auto attr = attributes(fused);
  if (!bias) {
    return {{kind, algorithm::convolution_direct, input, weights, output, w.strides, w.padding,
             w.paddingEnd},
            attr,
            engine};
  }
  return {{kind, algorithm::convolution_direct, input, weights, plainDesc({geometry.outChannels}),
           output, w.strides, w.padding, w.paddingEnd},
          attr,
          engine};
}

dnnl::convolution_backward_data::primitive_desc convolutionBackwardData(
    const dnnl::engine& engine, const ConvolutionGeometry& geometry, const Desc& inputGradient,
    const Desc& weights, const Desc& outputGradient,
    const dnnl::convolution_forward::primitive_desc& hint) {
  const Window w = windowOf(geometry);
  return {{algorithm::convolution_direct, inputGradient, weights, outputGradient, w.strides,
           w.padding, w.paddingEnd},
          attributes(Activation::Linear),
          engine,
          hint};
}

dnnl::convolution_backward_weights::primitive_desc convolutionBackwardWeights(
    const dnnl::engine& engine, const ConvolutionGeometry& geometry, const Desc& input,
    const Desc& weightsGradient, const Desc& outputGradient,
    const dnnl::convolution_forward::primitive_desc& hint) {
  const Window w = windowOf(geometry);
  return {{algorithm::convolution_direct, input, weightsGradient, outputGradient, w.strides,
           w.padding, w.paddingEnd},
          attributes(Activation::Linear),
          engine,
          hint};
}

#endif

dnnl::reorder::primitive_desc reorderDesc(const dnnl::engine& engine, const Desc& from,
                                          const Desc& to, bool add) {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  if (add) {
    dnnl::post_ops operations;
    operations.append_sum(1.0F);
    attr.set_post_ops(operations);
  }
  return {engine, from, engine, to, attr};
}

std::string implementation(const dnnl::primitive_desc_base& desc) {
  return desc.impl_info_str();
}

}  // namespace boxwright::onednn
