// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/cuda/planned_convolution.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "core/compute/cuda/cudnn_graph.h"

namespace boxwright::cuda {
namespace {

class PlannedConvolution : public Convolution {
 public:
  PlannedConvolution(const Stream& stream, Descriptor plan, bool finishes)
      : stream_(stream),
        plan_(std::move(plan)),
        finishes_(finishes),
        bytes_(static_cast<std::size_t>(plan_.number(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE))) {}

  std::size_t workspaceBytes() const override { return bytes_; }

  void run(const ConvolutionTensors& tensors, void* workspace) override {
    std::vector<std::int64_t> ids = {kInputId, kWeightsId, kOutputId};
    std::vector<void*> addresses = {tensors.input, tensors.weights, tensors.output};
    if (finishes_) {
      ids.push_back(kBiasId);
      addresses.push_back(const_cast<float*>(tensors.bias));
    }
    Descriptor pack(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
    pack.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, ids);
    pack.set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR, addresses.data(),
             static_cast<std::int64_t>(addresses.size()));
    pack.set(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, &workspace);
    pack.finalize("the tensors of a convolution");
    stream_.use();
    const Cudnn& cudnn = Cudnn::library();
    cudnn.check(cudnn.execute(stream_.handle(), plan_.raw(), pack.raw()), "a convolution");
  }

 private:
  const Stream& stream_;
  Descriptor plan_;
  bool finishes_;
  std::size_t bytes_;
};

}  // namespace

std::shared_ptr<Convolution> convolutionOf(Descriptor plan, const ConvolutionCall& call,
                                           const Stream& stream) {
  return std::make_shared<PlannedConvolution>(stream, std::move(plan), call.finishes);
}

}  // namespace boxwright::cuda
