// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/cuda/convolution_call.h"

namespace boxwright::cuda {

std::string text(const ConvolutionCall& call) {
  using Kind = ConvolutionCall::Kind;
  std::string all = call.kind == Kind::Forward         ? "convolution"
                    : call.kind == Kind::InputGradient ? "input-gradient"
                                                       : "weight-gradient";
  for (const int value : {call.n, call.channels, call.height, call.width, call.inputPitch,
                          call.filters, call.outHeight, call.outWidth, call.outputPitch, call.size,
                          call.stride, call.padding, call.groups, static_cast<int>(call.precision),
                          call.finishes ? 1 : 0, static_cast<int>(call.activation)})
    all += "-" + std::to_string(value);
  return all;
}

}  // namespace boxwright::cuda
