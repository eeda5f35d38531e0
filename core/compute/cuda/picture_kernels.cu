// SPDX-License-Identifier: GPL-3.0-or-later
//
// The convolution of pictures themselves, which has the most pixels of all in a network: three
// channels, of which tensor cores make eight. PlanChooser times it beside cuDNN's.
#include "core/compute/cuda/launch.h"

namespace boxwright::cuda {
namespace {

constexpr unsigned kPixels = 6;  ///< beside each other, of one index
constexpr unsigned kColours = 3;
constexpr int kSize = 3;

/// The first channels of a pixel or of a filter's weights for one.
template <typename T>
struct alignas(4 * sizeof(T)) Colours {
  T values[4];
};

/// kPixels pixels of kLane filters.
template <typename T, Activation activation>
struct PictureConvolution {
  const T *input, *weights;
  const float* bias;
  T* output;
  int height, width;
  unsigned filters, outputPitch;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const unsigned lanes = filters / kLane, strips = (unsigned(width) + kPixels - 1) / kPixels;
    const unsigned first = index % lanes * kLane, row = index / lanes / strips;
    const int x = int(index / lanes % strips * kPixels), y = int(row % unsigned(height));
    const T* const picture = input + std::size_t(row - unsigned(y)) * unsigned(width) * kLane;
    float sums[kPixels][kLane] = {};
    for (int v = 0; v < kSize; ++v) {
      const int from = y + v - 1;
      if (from < 0 || from >= height) continue;
      float seen[kPixels + 2][kColours];
      BOXWRIGHT_UNROLL
      for (unsigned p = 0; p < kPixels + 2; ++p) {
        const int at = x + int(p) - 1;
        Colours<T> pixel = {};
        if (at >= 0 && at < width)
          pixel = *reinterpret_cast<const Colours<T>*>(
              picture + (std::size_t(from) * unsigned(width) + unsigned(at)) * kLane);
        BOXWRIGHT_UNROLL
        for (unsigned c = 0; c < kColours; ++c)
          seen[p][c] = toFloat(pixel.values[c]);
      }
      BOXWRIGHT_UNROLL
      for (unsigned h = 0; h < unsigned(kSize); ++h) {
        BOXWRIGHT_UNROLL
        for (unsigned f = 0; f < kLane; ++f) {
          const auto own = *reinterpret_cast<const Colours<T>*>(
              weights + ((first + f) * kSize * kSize + unsigned(v) * kSize + h) * kLane);
          BOXWRIGHT_UNROLL
          for (unsigned c = 0; c < kColours; ++c) {
            const float weight = toFloat(own.values[c]);
            BOXWRIGHT_UNROLL
            for (unsigned p = 0; p < kPixels; ++p)
              sums[p][f] += seen[p + h][c] * weight;
          }
        }
      }
    }
    BOXWRIGHT_UNROLL
    for (unsigned p = 0; p < kPixels; ++p) {
      if (x + int(p) >= width) continue;
      BOXWRIGHT_UNROLL
      for (unsigned f = 0; f < kLane; ++f)
        sums[p][f] = activated(activation, sums[p][f] + (bias ? bias[first + f] : 0));
      store(output + (std::size_t(row) * unsigned(width) + unsigned(x) + p) * outputPitch + first,
            sums[p]);
    }
  }
};

}  // namespace

bool isOfPictures(const ConvolutionCall& call) {
  return call.kind == ConvolutionCall::Kind::Forward && call.size == kSize && call.stride == 1 &&
         call.padding == 1 && call.groups == 1 && call.filled == int(kColours) &&
         call.channels == int(kLane) && call.inputPitch == int(kLane) &&
         call.filters % int(kLane) == 0;
}

void convolvePictures(const Queue& queue, const ConvolutionCall& call,
                      const ConvolutionTensors& tensors) {
  const std::size_t strips = (u(call.width) + kPixels - 1) / kPixels;
  const std::size_t indices =
      std::size_t(call.n) * u(call.height) * strips * (u(call.filters) / kLane);
  const Activation activation = call.finishes ? call.activation : Activation::Linear;
  withType(call.precision, [&]<typename T>(T) {
    withActivation(activation, [&]<Activation kind>(std::integral_constant<Activation, kind>) {
      launch(queue, indices,
             PictureConvolution<T, kind>{
                 static_cast<const T*>(tensors.input), static_cast<const T*>(tensors.weights),
                 call.finishes ? tensors.bias : nullptr, static_cast<T*>(tensors.output),
                 call.height, call.width, u(call.filters), u(call.outputPitch)});
    });
  });
}

}  // namespace boxwright::cuda
