// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <dnnl.hpp>
#include <memory>
#include <string>

#include "core/base/error.h"
#include "core/compute/onednn/primitives.h"
#include "core/compute/op.h"

namespace boxwright::onednn {

/// The layout token of this backend: oneDNN's descriptor, and how our kernels walk it.
class BlockLayout : public Layout {
 public:
  BlockLayout(Desc layoutDesc, const Blocks& layoutBlocks)
      : desc(std::move(layoutDesc)), blocks(layoutBlocks) {}

  Desc desc;
  Blocks blocks;
};

/// oneDNN's engine and stream for one backend.
struct Device {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
};

Desc descOf(const TensorSpec& spec);
Blocks blocksOf(const TensorSpec& spec);
/// A tensor of `desc`, which blocksOf must be able to read.
TensorSpec specOf(const Shape& shape, const Desc& desc);
/// A tensor of `shape` laid out like `other`.
TensorSpec specLike(const TensorSpec& other, const Shape& shape);
dnnl::memory::dims dimsOf(const Shape& shape);

dnnl::memory memoryAt(const Device& device, const Desc& desc, void* data);

/// Runs a copy between two layouts prepared beforehand.
class Reorder {
 public:
  Reorder(const Device& device, const Desc& from, const Desc& to, bool add = false);
  std::size_t scratchBytes() const { return scratchDesc_.get_size(); }
  void run(Device& device, void* from, void* to, void* scratch) const;

 private:
  Desc from_, to_, scratchDesc_;
  dnnl::reorder primitive_;
};

/// Weights in the layout of one primitive, on the Parameter, refreshed after every update.
class PackedWeights : public Parameter::Packed {
 public:
  PackedWeights(Device& device, const Desc& plain, const Desc& packed, void* master);
  void refresh(Device& device, void* master);
  const Desc& desc() const { return packed_; }
  void* data() const { return data_.get(); }

 private:
  Desc packed_;
  Reorder reorder_;
  std::shared_ptr<void> data_, scratch_;
};

/// The copy of `parameter` in layout `packed`, made where it is not there yet.
std::shared_ptr<PackedWeights> packWeights(Device& device, Parameter& parameter, const Desc& plain,
                                           const Desc& packed);

/// Throws the exception being handled again, as Error naming `where`.
[[noreturn]] void rethrowAsError(const std::string& where);

/// Runs `work`; what oneDNN or the allocator throws leaves as Error naming `where`.
template <typename Work>
auto guarded(const std::string& where, Work&& work) {
  try {
    return work();
  } catch (const Error&) {
    throw;
  } catch (...) {
    rethrowAsError(where);
  }
}

}  // namespace boxwright::onednn
