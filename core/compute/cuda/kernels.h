// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/compute/cuda/convolution_call.h"

/// Our own kernels, given to a queue and not waited for. Tensors are pixels in rows: `pitch` values
/// a pixel, a multiple of 8, of which the first `channels` are the tensor's; the others are zero
/// and are kept so. Vectors have a float32 a channel and `pitch` of them.
namespace boxwright::cuda {

/// Where kernels are given to: a stream of the card, or this thread at once.
struct Queue {
  void* stream = nullptr;  ///< cudaStream_t
  bool onHost = false;
};

struct Rows {
  void* data = nullptr;
  std::size_t rows = 0;
  int channels = 0, pitch = 0;
  Precision precision = Precision::Float32;

  std::size_t values() const { return rows * static_cast<std::size_t>(pitch); }
};

inline int pitchOf(int channels) {
  return (channels + 7) / 8 * 8;
}

// layout_kernels.cu
/// From and to dense NCHW float32 of pictures of so many pixels; `add` to what lies there.
void fromPlain(const Queue& queue, const float* plain, const Rows& to, std::size_t pixels,
               bool add);
void toPlain(const Queue& queue, const Rows& from, float* plain, std::size_t pixels, bool add);
/// to += from.
void addRows(const Queue& queue, const Rows& from, const Rows& to);
/// Channels [first, first + to.channels) of `from`, or into [first, …) of `to`: for concatenation.
void takeChannels(const Queue& queue, const Rows& from, int first, const Rows& to, bool add);
void putChannels(const Queue& queue, const Rows& from, const Rows& to, int first);
/// to[i] = from[table[i]] within each picture of so many values; -1: zero.
void gather(const Queue& queue, const Rows& from, const std::int32_t* table, const Rows& to,
            std::size_t fromEach, std::size_t toEach, bool add);

/// Of dense planes of `each` float32 the numbered ones, beside each other, and back to their
/// places.
void takePlanes(const Queue& queue, const float* from, const std::int32_t* planes,
                std::size_t count, std::size_t each, float* to);
void putPlanes(const Queue& queue, const float* from, const std::int32_t* planes, std::size_t count,
               std::size_t each, float* to);

// finish_kernels.cu
/// In place: adds a bias a channel and activates.
void finish(const Queue& queue, const Rows& rows, const float* bias, Activation activation);
/// In place: the gradient before an activation, from the activated values.
void unfinish(const Queue& queue, const Rows& outputs, const Rows& gradient, Activation activation);
void addActivated(const Queue& queue, const Rows& a, const Rows& b, const Rows& to,
                  Activation activation);
/// The gradient of addActivated for one of its inputs.
void addGradient(const Queue& queue, const Rows& outputs, const Rows& gradient, const Rows& to,
                 Activation activation, bool add);
/// to = from * mask, a float32 a value, padding included.
void multiply(const Queue& queue, const Rows& from, const float* mask, const Rows& to, bool add);

// norm_kernels.cu
/// What a training step needs of each channel; vectors.
struct NormVectors {
  float *mean = nullptr, *inverse = nullptr;  ///< of the batch; 1 / D(variance)
  float *factor = nullptr, *shift = nullptr;  ///< output = factor * raw + shift, then activated
};
/// Bytes of scratch memory that sums over the rows need.
std::size_t sumBytes(std::size_t rows, int pitch);
/// Statistics of a batch; moves the rolling ones by *momentum, which is on the device.
void takeStatistics(const Queue& queue, const Rows& raw, void* scratch, BatchNormForm form,
                    const float* momentum, const float* scales, const float* biases,
                    float* rollingMean, float* rollingVariance, const NormVectors& to);
/// Those of inference. Parameters have `channels` values, not padded.
void useRollingStatistics(const Queue& queue, int channels, int pitch, BatchNormForm form,
                          const float* scales, const float* biases, const float* rollingMean,
                          const float* rollingVariance, const NormVectors& to);
void normalise(const Queue& queue, const Rows& raw, const NormVectors& norm, Activation activation,
               const Rows& to);
/// In place: from the gradient of what normalise wrote that of what it read. Adds to the gradients
/// of scales and biases. `coefficients`: three vectors of scratch memory.
void normaliseGradient(const Queue& queue, const Rows& raw, const NormVectors& norm,
                       Activation activation, BatchNormForm form, const float* scales,
                       void* scratch, float* coefficients, float* scaleGradient,
                       float* biasGradient, const Rows& gradient);
/// Adds each channel's sum.
void addSums(const Queue& queue, const Rows& gradient, void* scratch, float* biasGradient);

// window_kernels.cu
struct PoolShape {
  int n = 0, height = 0, width = 0, outHeight = 0, outWidth = 0;
  int size = 1, stride = 1, before = 0;
};
/// `chosen`, where given: the winner's place in its window, a byte a value; 255: none.
void maxPool(const Queue& queue, const Rows& from, const PoolShape& shape, const Rows& to,
             std::uint8_t* chosen);
void maxPoolGradient(const Queue& queue, const Rows& gradient, const PoolShape& shape,
                     const std::uint8_t* chosen, const Rows& to, bool add);
void averagePool(const Queue& queue, const Rows& from, std::size_t pixels, const Rows& to);
void averagePoolGradient(const Queue& queue, const Rows& gradient, std::size_t pixels,
                         const Rows& to, bool add);
/// Softmax of `groups` runs, in the order of NCHW, of each picture.
void softmax(const Queue& queue, const Rows& from, std::size_t pixels, int groups,
             float temperature, const Rows& to);
void softmaxGradient(const Queue& queue, const Rows& outputs, const Rows& gradient,
                     std::size_t pixels, int groups, float temperature, const Rows& to, bool add);

// picture_kernels.cu
/// Whether it is one of pictures: forward, 3 x 3 with a stride and a padding of 1, in one group,
/// over three channels in rows of eight, to filters in eights.
bool isOfPictures(const ConvolutionCall& call);
void convolvePictures(const Queue& queue, const ConvolutionCall& call,
                      const ConvolutionTensors& tensors);

// weight_kernels.cu
/// Weights as convolutions read them: [filters][size][size][each], padded with zeros, of float32
/// [filters][each][size][size]. `factor`, where given: one a filter, multiplied in.
struct WeightShape {
  int filters = 0, each = 0, size = 1;
  int packedFilters = 0, packedEach = 0;

  std::size_t count() const { return std::size_t(filters) * each * size * size; }
  std::size_t packedCount() const { return std::size_t(packedFilters) * packedEach * size * size; }
};
void packWeights(const Queue& queue, const float* weights, const float* factor,
                 const WeightShape& shape, Precision precision, void* packed);
/// Adds a packed gradient to that of the parameter.
void addWeightGradient(const Queue& queue, const void* packed, const WeightShape& shape,
                       Precision precision, float* gradient);
/// A vector of `count` values, padded with zeros.
void packVector(const Queue& queue, const float* values, int count, int pitch, float* packed);
/// One SGD step of `count` values, as every backend's (spec section 6); clears the gradient.
void step(const Queue& queue, float* weights, float* gradient, float* momentum, std::size_t count,
          float rate, float decay, float keep);
/// Moves an average of `count` weights so large a share of the way to them.
void moveAverage(const Queue& queue, const float* weights, std::size_t count, float share,
                 float* average);

}  // namespace boxwright::cuda
