// SPDX-License-Identifier: GPL-3.0-or-later
//
// Batch norm of training. Sums over the rows are made in parts of fixed size, in float32 within a
// part and in float64 beyond, always in the same order: the answer is the same each time.
#include <algorithm>

#include "core/compute/cuda/launch.h"

namespace boxwright::cuda {
namespace {

constexpr std::size_t kWanted = 1U << 18;  ///< indices of a first pass
constexpr unsigned kLeastRows = 32, kMostRows = 512;
constexpr unsigned kFolded = 64;  ///< parts that become one in a later pass

/// Rows of one part.
unsigned rowsEach(std::size_t rows, int pitch) {
  const std::size_t lanes = static_cast<std::size_t>(pitch) / kLane;
  return static_cast<unsigned>(
      std::clamp<std::size_t>(rows * lanes / kWanted, kLeastRows, kMostRows));
}

std::size_t partsOf(std::size_t count, std::size_t each) {
  return (count + each - 1) / each;
}

/// Two sums a channel and part: of x - first and of its square, with `first` the channel's first
/// value, so that nothing is lost where the mean is far from zero.
template <typename T>
struct Moments {
  const T* raw;
  double* sums;
  unsigned rows, pitch, each;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const auto [part, first] = placeOf(index, pitch);
    float about[kLane], x[kLane], sum[kLane] = {}, squares[kLane] = {};
    load(raw + first, about);
    const unsigned from = part * each, end = from + each < rows ? from + each : rows;
    for (unsigned row = from; row < end; ++row) {
      load(raw + std::size_t(row) * pitch + first, x);
      for (unsigned l = 0; l < kLane; ++l) {
        const float d = x[l] - about[l];
        sum[l] += d;
        squares[l] += d * d;
      }
    }
    for (unsigned l = 0; l < kLane; ++l) {
      double* const to = sums + (std::size_t(part) * pitch + first + l) * 2;
      to[0] = double(sum[l]);
      to[1] = double(squares[l]);
    }
  }
};

/// Of the gradient behind an activation: its sum, and that of its product with x - mean.
template <typename T>
struct GradientMoments {
  const T *raw, *gradient;
  const float *mean, *factor, *shift;
  double* sums;
  unsigned rows, pitch, each;
  Activation activation;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const auto [part, first] = placeOf(index, pitch);
    float x[kLane], d[kLane], sum[kLane] = {}, products[kLane] = {};
    const unsigned from = part * each, end = from + each < rows ? from + each : rows;
    for (unsigned row = from; row < end; ++row) {
      const std::size_t at = std::size_t(row) * pitch + first;
      load(raw + at, x);
      load(gradient + at, d);
      for (unsigned l = 0; l < kLane; ++l) {
        const unsigned c = first + l;
        const float y = activated(activation, factor[c] * x[l] + shift[c]);
        const float dz = d[l] * slopeAt(activation, y);
        sum[l] += dz;
        products[l] += dz * (x[l] - mean[c]);
      }
    }
    for (unsigned l = 0; l < kLane; ++l) {
      double* const to = sums + (std::size_t(part) * pitch + first + l) * 2;
      to[0] = double(sum[l]);
      to[1] = double(products[l]);
    }
  }
};

template <typename T>
struct PlainSums {
  const T* gradient;
  double* sums;
  unsigned rows, pitch, each;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const auto [part, first] = placeOf(index, pitch);
    float d[kLane], sum[kLane] = {};
    const unsigned from = part * each, end = from + each < rows ? from + each : rows;
    for (unsigned row = from; row < end; ++row) {
      load(gradient + std::size_t(row) * pitch + first, d);
      for (unsigned l = 0; l < kLane; ++l)
        sum[l] += d[l];
    }
    for (unsigned l = 0; l < kLane; ++l) {
      double* const to = sums + (std::size_t(part) * pitch + first + l) * 2;
      to[0] = double(sum[l]);
      to[1] = 0;
    }
  }
};

/// kFolded parts become one.
struct Fold {
  const double* from;
  double* to;
  unsigned parts, width;  ///< sums of a part

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const unsigned part = index / width, place = index % width;
    const unsigned first = part * kFolded, end = first + kFolded < parts ? first + kFolded : parts;
    double sum = 0;
    for (unsigned p = first; p < end; ++p)
      sum += from[std::size_t(p) * width + place];
    to[index] = sum;
  }
};

/// D(variance), and what backward divides by where forward divided by `divisor`, as
/// core/network/network.h says.
BOXWRIGHT_HD double divisorOf(BatchNormForm form, double variance) {
  return form == BatchNormForm::EpsilonInside ? sqrt(variance + 1e-5) : sqrt(variance) + 1e-6;
}
BOXWRIGHT_HD double gradientDivisorOf(BatchNormForm form, double divisor) {
  if (form == BatchNormForm::EpsilonInside) return divisor;
  const double deviation = divisor - 1e-6;
  return sqrt(deviation * deviation + 1e-5);
}

template <typename T>
struct Statistics {
  const double* sums;
  const T* raw;
  const float *momentum, *scales, *biases;
  float *rollingMean, *rollingVariance;
  NormVectors to;
  double rows;
  unsigned channels;
  BatchNormForm form;

  BOXWRIGHT_HD void operator()(unsigned c) const {
    if (c >= channels) {
      to.mean[c] = to.inverse[c] = to.factor[c] = to.shift[c] = 0;
      return;
    }
    const double away = sums[2 * c] / rows;
    const double squares = sums[2 * c + 1] - away * sums[2 * c];
    const double biased = squares > 0 ? squares / rows : 0;
    const double unbiased = squares > 0 ? squares / (rows > 2 ? rows - 1 : 1) : 0;
    const double mean = double(toFloat(raw[c])) + away;
    const double inverse =
        1 / divisorOf(form, form == BatchNormForm::EpsilonInside ? biased : unbiased);
    const double factor = double(scales[c]) * inverse, old = double(*momentum);
    to.mean[c] = float(mean);
    to.inverse[c] = float(inverse);
    to.factor[c] = float(factor);
    to.shift[c] = float(double(biases[c]) - mean * factor);
    rollingMean[c] = float(old * double(rollingMean[c]) + (1 - old) * mean);
    rollingVariance[c] = float(old * double(rollingVariance[c]) + (1 - old) * unbiased);
  }
};

struct RollingStatistics {
  const float *scales, *biases, *rollingMean, *rollingVariance;
  NormVectors to;
  unsigned channels;
  BatchNormForm form;

  BOXWRIGHT_HD void operator()(unsigned c) const {
    const bool real = c < channels;
    const double mean = real ? double(rollingMean[c]) : 0;
    const double inverse = real ? 1 / divisorOf(form, double(rollingVariance[c])) : 0;
    const double factor = real ? double(scales[c]) * inverse : 0;
    to.mean[c] = float(mean);
    to.inverse[c] = float(inverse);
    to.factor[c] = float(factor);
    to.shift[c] = real ? float(double(biases[c]) - mean * factor) : 0;
  }
};

template <typename T>
struct Normalise {
  const T* raw;
  T* to;
  const float *factor, *shift;
  unsigned channels, pitch;
  Activation activation;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const unsigned first = index % (pitch / kLane) * kLane;
    const std::size_t at = std::size_t(index) * kLane;
    float x[kLane];
    load(raw + at, x);
    for (unsigned l = 0; l < kLane; ++l) {
      const unsigned c = first + l;
      x[l] = c < channels ? activated(activation, factor[c] * x[l] + shift[c]) : 0;
    }
    store(to + at, x);
  }
};

/// From the sums to what the gradient of a value is made of: dz * a - (x - mean) * b - c.
struct Coefficients {
  const double* sums;
  const float *scales, *inverse;
  float *a, *b, *c;
  float *scaleGradient, *biasGradient;
  double rows;
  unsigned channels;
  BatchNormForm form;

  BOXWRIGHT_HD void operator()(unsigned at) const {
    if (at >= channels) {
      a[at] = b[at] = c[at] = 0;
      return;
    }
    const double sum = sums[2 * at], products = sums[2 * at + 1];
    const double kept = double(inverse[at]);
    scaleGradient[at] += float(products * kept);
    biasGradient[at] += float(sum);
    const double back = 1 / gradientDivisorOf(form, 1 / kept);
    const double whole = double(scales[at]) * back;
    a[at] = float(whole);
    b[at] = float(whole * back * back * products / rows);
    c[at] = float(whole * sum / rows);
  }
};

template <typename T>
struct NormaliseGradient {
  const T* raw;
  T* gradient;
  const float *mean, *factor, *shift, *a, *b, *c;
  unsigned pitch;
  Activation activation;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const unsigned first = index % (pitch / kLane) * kLane;
    const std::size_t at = std::size_t(index) * kLane;
    float x[kLane], d[kLane];
    load(raw + at, x);
    load(gradient + at, d);
    for (unsigned l = 0; l < kLane; ++l) {
      const unsigned k = first + l;
      const float y = activated(activation, factor[k] * x[l] + shift[k]);
      const float dz = d[l] * slopeAt(activation, y);
      d[l] = a[k] * dz - b[k] * (x[l] - mean[k]) - c[k];
    }
    store(gradient + at, d);
  }
};

struct AddSums {
  const double* sums;
  float* to;

  BOXWRIGHT_HD void operator()(unsigned c) const { to[c] += float(sums[2 * c]); }
};

/// Memory of the passes: one after the other takes what the one before has left.
struct Passes {
  Passes(std::size_t count, int channels, void* memory)
      : rows(count),
        pitch(channels),
        each(rowsEach(count, channels)),
        parts(partsOf(count, each)),
        first(static_cast<double*>(memory)) {}

  /// The two sums of each channel, from those of the parts.
  const double* foldAll(const Queue& queue) const {
    const auto width = static_cast<unsigned>(2 * pitch);
    double *from = first, *to = first + parts * width;
    for (std::size_t left = parts; left > 1; left = partsOf(left, kFolded)) {
      launch(queue, partsOf(left, kFolded) * width, Fold{from, to, u(left), width});
      std::swap(from, to);
    }
    return from;
  }
  std::size_t indices() const { return parts * (static_cast<std::size_t>(pitch) / kLane); }

  std::size_t rows;
  int pitch;
  unsigned each;
  std::size_t parts;
  double* first;
};

}  // namespace

std::size_t sumBytes(std::size_t rows, int pitch) {
  const std::size_t parts = partsOf(rows, rowsEach(rows, pitch));
  const std::size_t width = 2 * static_cast<std::size_t>(pitch);
  return (parts + partsOf(parts, kFolded)) * width * sizeof(double);
}

void takeStatistics(const Queue& queue, const Rows& raw, void* scratch, BatchNormForm form,
                    const float* momentum, const float* scales, const float* biases,
                    float* rollingMean, float* rollingVariance, const NormVectors& to) {
  const Passes passes(raw.rows, raw.pitch, scratch);
  withType(raw.precision, [&]<typename T>(T) {
    const auto* const values = static_cast<const T*>(raw.data);
    launch(queue, passes.indices(),
           Moments<T>{values, passes.first, u(raw.rows), u(raw.pitch), passes.each});
    const double* const sums = passes.foldAll(queue);
    launch(queue, static_cast<std::size_t>(raw.pitch),
           Statistics<T>{sums, values, momentum, scales, biases, rollingMean, rollingVariance, to,
                         static_cast<double>(raw.rows), u(raw.channels), form});
  });
}

void useRollingStatistics(const Queue& queue, int channels, int pitch, BatchNormForm form,
                          const float* scales, const float* biases, const float* rollingMean,
                          const float* rollingVariance, const NormVectors& to) {
  launch(queue, static_cast<std::size_t>(pitch),
         RollingStatistics{scales, biases, rollingMean, rollingVariance, to, u(channels), form});
}

void normalise(const Queue& queue, const Rows& raw, const NormVectors& norm, Activation activation,
               const Rows& to) {
  withType(raw.precision, [&]<typename T>(T) {
    launch(queue, raw.values() / kLane,
           Normalise<T>{static_cast<const T*>(raw.data), static_cast<T*>(to.data), norm.factor,
                        norm.shift, u(raw.channels), u(raw.pitch), activation});
  });
}

void normaliseGradient(const Queue& queue, const Rows& raw, const NormVectors& norm,
                       Activation activation, BatchNormForm form, const float* scales,
                       void* scratch, float* coefficients, float* scaleGradient,
                       float* biasGradient, const Rows& gradient) {
  const Passes passes(raw.rows, raw.pitch, scratch);
  float *const a = coefficients, *const b = a + raw.pitch, *const c = b + raw.pitch;
  withType(raw.precision, [&]<typename T>(T) {
    const auto* const values = static_cast<const T*>(raw.data);
    auto* const deltas = static_cast<T*>(gradient.data);
    launch(queue, passes.indices(),
           GradientMoments<T>{values, deltas, norm.mean, norm.factor, norm.shift, passes.first,
                              u(raw.rows), u(raw.pitch), passes.each, activation});
    const double* const sums = passes.foldAll(queue);
    launch(queue, static_cast<std::size_t>(raw.pitch),
           Coefficients{sums, scales, norm.inverse, a, b, c, scaleGradient, biasGradient,
                        static_cast<double>(raw.rows), u(raw.channels), form});
    launch(queue, raw.values() / kLane,
           NormaliseGradient<T>{values, deltas, norm.mean, norm.factor, norm.shift, a, b, c,
                                u(raw.pitch), activation});
  });
}

void addSums(const Queue& queue, const Rows& gradient, void* scratch, float* biasGradient) {
  const Passes passes(gradient.rows, gradient.pitch, scratch);
  withType(gradient.precision, [&]<typename T>(T) {
    launch(queue, passes.indices(),
           PlainSums<T>{static_cast<const T*>(gradient.data), passes.first, u(gradient.rows),
                        u(gradient.pitch), passes.each});
  });
  launch(queue, static_cast<std::size_t>(gradient.channels),
         AddSums{passes.foldAll(queue), biasGradient});
}

}  // namespace boxwright::cuda
