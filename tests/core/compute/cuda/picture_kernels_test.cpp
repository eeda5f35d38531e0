// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "host_device.h"

namespace boxwright::cuda {
namespace {

ConvolutionCall callOf(int n, int height, int width, int filters, Precision precision) {
  ConvolutionCall call;
  call.n = n;
  call.channels = call.inputPitch = 8;
  call.filled = 3;
  call.height = call.outHeight = height;
  call.width = call.outWidth = width;
  call.filters = call.outputPitch = filters;
  call.size = 3;
  call.padding = 1;
  call.precision = precision;
  return call;
}

/// Multiples of 1/8 from -1 to 1, which both precisions hold; the last five of eight channels zero.
std::vector<std::uint8_t> pixels(std::size_t count, Precision precision, unsigned seed) {
  const std::size_t each = precision == Precision::BFloat16 ? 2 : 4;
  std::vector<std::uint8_t> bytes(count * 8 * each);
  for (std::size_t i = 0; i < count * 8; ++i) {
    seed = seed * 1664525U + 1013904223U;
    const float value = i % 8 < 3 ? (float(seed >> 24) - 128) / 128 : 0;
    std::uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    // The upper half of what is small enough to be held whole.
    std::memcpy(&bytes[i * each], reinterpret_cast<const char*>(&bits) + (4 - each), each);
  }
  return bytes;
}

/// By our own way and by the naive one.
void expectTheSame(ConvolutionCall call) {
  HostDevice device(true);
  const std::size_t places = std::size_t(call.n * call.height * call.width);
  auto input = pixels(places, call.precision, 1);
  auto weights = pixels(std::size_t(call.filters) * 9, call.precision, 2);
  std::vector<float> bias(std::size_t(call.filters), 0.25F);
  std::vector<std::uint8_t> own(places * std::size_t(call.filters) * bytesOf(call.precision), 0xcd),
      naive = own;
  ASSERT_TRUE(isOfPictures(call));
  convolvePictures(
      device.queue(), call,
      {input.data(), weights.data(), own.data(), call.finishes ? bias.data() : nullptr});
  const auto convolution = device.prepare(call);
  std::vector<std::uint8_t> workspace(convolution->workspaceBytes());
  convolution->run(
      {input.data(), weights.data(), naive.data(), call.finishes ? bias.data() : nullptr},
      workspace.data());
  EXPECT_EQ(own, naive);
}

TEST(PictureKernels, ComputeWhatTheNaiveOnesDo) {
  for (const Precision precision : {Precision::Float32, Precision::BFloat16})
    for (const int width : {1, 5, 8, 17, 24})
      for (const bool finishes : {false, true}) {
        ConvolutionCall call = callOf(2, 7, width, 16, precision);
        call.finishes = finishes;
        if (finishes) call.activation = Activation::Leaky;
        SCOPED_TRACE(width);
        expectTheSame(call);
      }
}

TEST(PictureKernels, AreForPicturesAlone) {
  const ConvolutionCall call = callOf(1, 8, 8, 32, Precision::BFloat16);
  EXPECT_TRUE(isOfPictures(call));
  for (int ConvolutionCall::*const number :
       {&ConvolutionCall::size, &ConvolutionCall::stride, &ConvolutionCall::padding,
        &ConvolutionCall::groups, &ConvolutionCall::filled, &ConvolutionCall::inputPitch}) {
    ConvolutionCall other = call;
    ++(other.*number);
    EXPECT_FALSE(isOfPictures(other));
  }
  ConvolutionCall backward = call;
  backward.kind = ConvolutionCall::Kind::WeightGradient;
  EXPECT_FALSE(isOfPictures(backward));
}

}  // namespace
}  // namespace boxwright::cuda
