// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/onednn/device.h"

#include <exception>
#include <new>
#include <string>

#include "core/base/out_of_memory.h"
#include "core/compute/host_memory.h"

namespace boxwright::onednn {

Desc descOf(const TensorSpec& spec) {
  if (const auto* layout = dynamic_cast<const BlockLayout*>(spec.layout.get())) return layout->desc;
  return plainDesc(dimsOf(spec.shape));
}

Blocks blocksOf(const TensorSpec& spec) {
  if (const auto* layout = dynamic_cast<const BlockLayout*>(spec.layout.get())) {
    return layout->blocks;
  }
  const Shape& s = spec.shape;
  const std::ptrdiff_t area = std::ptrdiff_t(s.h) * s.w;
  return {1, s.c, s.c * area, area, s.w, 1};
}

TensorSpec specOf(const Shape& shape, const Desc& desc) {
  const auto blocks = blocksOf(desc);
  if (!blocks) throw Error("oneDNN chose a layout that is not known here");
  return {shape, Precision::Float32, std::make_shared<BlockLayout>(desc, *blocks), desc.get_size()};
}

TensorSpec specLike(const TensorSpec& other, const Shape& shape) {
  const Blocks blocks = blocksOf(other);
  const auto dims = dimsOf(shape);
  if (blocks.blockStride == 0 && blocks.block > 1) return specOf(shape, channelsLastDesc(dims));
  if (blocks.block == 8 || blocks.block == 16)
    return specOf(shape, blockedDesc(dims, blocks.block));
  return specOf(shape, plainDesc(dims));
}

dnnl::memory::dims dimsOf(const Shape& shape) {
  return {shape.n, shape.c, shape.h, shape.w};
}

dnnl::memory memoryAt(const Device& device, const Desc& desc, void* data) {
  return {desc, device.engine, data};
}

Reorder::Reorder(const Device& device, const Desc& from, const Desc& to, bool add)
    : from_(from), to_(to) {
  const auto desc = reorderDesc(device.engine, from, to, add);
  scratchDesc_ = desc.scratchpad_desc();
  primitive_ = dnnl::reorder(desc);
}

void Reorder::run(Device& device, void* from, void* to, void* scratch) const {
  primitive_.execute(device.stream,
                     {{DNNL_ARG_FROM, memoryAt(device, from_, from)},
                      {DNNL_ARG_TO, memoryAt(device, to_, to)},
                      {DNNL_ARG_SCRATCHPAD, memoryAt(device, scratchDesc_, scratch)}});
}

PackedWeights::PackedWeights(Device& device, const Desc& plain, const Desc& packed, void* master)
    : packed_(packed),
      reorder_(device, plain, packed),
      data_(allocateHostMemory(packed.get_size())),
      scratch_(allocateHostMemory(reorder_.scratchBytes())) {
  refresh(device, master);
}

void PackedWeights::refresh(Device& device, void* master) {
  reorder_.run(device, master, data_.get(), scratch_.get());
}

std::shared_ptr<PackedWeights> packWeights(Device& device, Parameter& parameter, const Desc& plain,
                                           const Desc& packed) {
  for (const auto& copy : parameter.packed) {
    auto found = std::dynamic_pointer_cast<PackedWeights>(copy);
    if (found && found->desc() == packed) return found;
  }
  auto made = std::make_shared<PackedWeights>(device, plain, packed, parameter.master.get());
  parameter.packed.push_back(made);
  return made;
}

void rethrowAsError(const std::string& where) {
  try {
    throw;
  } catch (const dnnl::error& error) {
    if (error.status == dnnl_out_of_memory) {
      throw OutOfMemory("Not enough memory", where,
                        "choose a smaller batch, input size or network");
    }
    throw Error("oneDNN refused the layer with status " + std::to_string(error.status), where,
                "try the reference device and report the network");
  } catch (const std::bad_alloc&) {
    throw OutOfMemory("Not enough memory", where, "choose a smaller batch, input size or network");
  } catch (const std::exception& error) {
    throw Error(error.what(), where);
  }
}

}  // namespace boxwright::onednn
