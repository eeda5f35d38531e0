// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernel_proof.h"

#include <gtest/gtest.h>

#include "host_device.h"

namespace boxwright::cuda {
namespace {

TEST(Kernels, ComputeWhatPlainLoopsDo) {
  HostDevice device(true);
  for (const std::string& wrong : wrongKernels(device, false))
    ADD_FAILURE() << wrong;
}

TEST(Kernels, OfPicturesAreForPicturesAlone) {
  ConvolutionCall call;
  call.n = 1;
  call.channels = call.inputPitch = 8;
  call.filled = 3;
  call.height = call.outHeight = call.width = call.outWidth = 8;
  call.filters = call.outputPitch = 32;
  call.size = 3;
  call.padding = 1;
  EXPECT_TRUE(isOfPictures(call));
  for (int ConvolutionCall::*const number :
       {&ConvolutionCall::size, &ConvolutionCall::stride, &ConvolutionCall::padding,
        &ConvolutionCall::groups, &ConvolutionCall::filled, &ConvolutionCall::inputPitch,
        &ConvolutionCall::channels, &ConvolutionCall::filters}) {
    ConvolutionCall other = call;
    ++(other.*number);
    EXPECT_FALSE(isOfPictures(other));
  }
  for (const ConvolutionCall::Kind kind :
       {ConvolutionCall::Kind::WeightGradient, ConvolutionCall::Kind::InputGradient}) {
    ConvolutionCall backward = call;
    backward.kind = kind;
    EXPECT_FALSE(isOfPictures(backward));
  }
}

}  // namespace
}  // namespace boxwright::cuda
