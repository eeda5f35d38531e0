// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "core/compute/cuda/convolution_call.h"
#include "core/compute/cuda/cuda_runtime.h"

namespace boxwright::cuda {

/// A finalized plan of cuDNN's for a call, to be run on a stream, which must outlive it, with
/// tensors of any place.
std::shared_ptr<Convolution> convolutionOf(Descriptor plan, const ConvolutionCall& call,
                                           const Stream& stream);

}  // namespace boxwright::cuda
