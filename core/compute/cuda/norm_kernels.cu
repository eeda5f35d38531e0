// SPDX-License-Identifier: GPL-3.0-or-later
//
// Batch norm of training. A channel's sums over the rows are made in parts of fixed size, in
// float32 within what one index adds up and in float64 beyond, always in the same order: the answer
// is the same each time.
#include <algorithm>

#include "core/compute/cuda/launch.h"

namespace boxwright::cuda {
namespace {

constexpr std::size_t kWantedBlocks = 1024;          ///< of a first pass, where rows are enough
constexpr unsigned kLeastRows = 8, kMostRows = 512;  ///< of one index
constexpr unsigned kMostLanes = 32;                  ///< of a block
constexpr unsigned kSums = 2 * kLane;                ///< two a channel
constexpr unsigned kStrip = 8;  ///< rows whose index reads what it needs of each channel once

/// How the rows of a tensor are dealt out: a block takes some of the lanes of a stretch of rows,
/// and its threads those rows by turns.
struct Parts {
  unsigned rows, pitch;
  unsigned lanes, groups;  ///< lanes of a block; blocks side by side
  unsigned slots;          ///< rows that a block reads at once
  unsigned each;           ///< rows of one index

  Parts(std::size_t count, int rowPitch) : rows(u(count)), pitch(u(rowPitch)) {
    checkCount(count);
    const unsigned all = pitch / kLane;
    groups = (all + kMostLanes - 1) / kMostLanes;
    lanes = (all + groups - 1) / groups;
    slots = kBlock / lanes;
    const std::size_t wanted = std::max<std::size_t>(1, kWantedBlocks / groups) * slots;
    each = u(std::clamp<std::size_t>((count + wanted - 1) / wanted, kLeastRows, kMostRows));
  }
  /// Of the rows.
  unsigned parts() const { return (rows + slots * each - 1) / (slots * each); }
  std::size_t blocks() const { return std::size_t(parts()) * groups; }
  std::size_t bytes() const { return std::size_t(parts()) * 2 * pitch * sizeof(double); }
};

/// Two sums a channel and part. Adds: of(channel) reads what kLane channels need from there on, and
/// add(place, that, sums) adds what the values at a place give; all first sums come first.
template <typename Adds>
struct PartSums {
  struct Shared {
    double sums[kSums * kBlock];
  };
  Adds adds;
  Parts parts;
  double* to;

  BOXWRIGHT_HD void first(Shared& shared, unsigned block, unsigned thread) const {
    const unsigned slot = thread / parts.lanes;
    const unsigned channel = (block % parts.groups * parts.lanes + thread % parts.lanes) * kLane;
    float sums[kSums] = {};
    if (slot < parts.slots && channel < parts.pitch) {
      const typename Adds::Channels own = adds.of(channel);
      const unsigned begin = block / parts.groups * parts.slots * parts.each + slot;
      unsigned count = 0;
      if (begin < parts.rows) count = (parts.rows - begin - 1) / parts.slots + 1;
      if (count > parts.each) count = parts.each;
      std::size_t at = std::size_t(begin) * parts.pitch + channel;
      BOXWRIGHT_UNROLL_4
      for (unsigned r = 0; r < count; ++r, at += std::size_t(parts.slots) * parts.pitch)
        adds.add(at, own, sums);
    }
    for (unsigned s = 0; s < kSums; ++s)
      shared.sums[s * kBlock + thread] = double(sums[s]);
  }
  BOXWRIGHT_HD void second(const Shared& shared, unsigned block, unsigned thread) const {
    for (unsigned which = thread; which < kSums * parts.lanes; which += kBlock) {
      const unsigned s = which / parts.lanes, lane = which % parts.lanes;
      const unsigned channel = (block % parts.groups * parts.lanes + lane) * kLane + s % kLane;
      if (channel >= parts.pitch) continue;
      double sum = 0;
      for (unsigned slot = 0; slot < parts.slots; ++slot)
        sum += shared.sums[s * kBlock + slot * parts.lanes + lane];
      to[(std::size_t(block / parts.groups) * parts.pitch + channel) * 2 + s / kLane] = sum;
    }
  }
};

/// Adds the parts up and hands each channel's two sums to finish(channel, first, second).
template <typename Finish>
struct FoldParts {
  static constexpr unsigned kChannels = 4;  ///< of a block
  struct Shared {
    double sums[kBlock];
  };
  Finish finish;
  const double* from;
  unsigned parts, pitch;

  BOXWRIGHT_HD void first(Shared& shared, unsigned block, unsigned thread) const {
    constexpr unsigned kWide = 2 * kChannels;
    const double* const own = from + std::size_t(block) * kWide + thread % kWide;
    double sum = 0;
    for (unsigned part = thread / kWide; part < parts; part += kBlock / kWide)
      sum += own[std::size_t(part) * 2 * pitch];
    shared.sums[thread] = sum;
  }
  BOXWRIGHT_HD void second(const Shared& shared, unsigned block, unsigned thread) const {
    if (thread >= kChannels) return;
    double sum = 0, other = 0;
    for (unsigned at = 2 * thread; at < kBlock; at += 2 * kChannels) {
      sum += shared.sums[at];
      other += shared.sums[at + 1];
    }
    finish(block * kChannels + thread, sum, other);
  }
};

/// Of x - about and of its square, with `about` the channel's first value, so that nothing is lost
/// where the mean is far from zero.
template <typename T>
struct Moments {
  struct Channels {
    float about[kLane];
  };
  const T* raw;

  BOXWRIGHT_HD Channels of(unsigned channel) const {
    Channels own;
    load(raw + channel, own.about);
    return own;
  }
  BOXWRIGHT_HD void add(std::size_t at, const Channels& own, float* sums) const {
    float x[kLane];
    load(raw + at, x);
    for (unsigned l = 0; l < kLane; ++l) {
      const float d = x[l] - own.about[l];
      sums[l] += d;
      sums[kLane + l] += d * d;
    }
  }
};

/// Of the gradient behind an activation: its sum, and that of its product with x - mean.
template <typename T, Activation activation>
struct GradientMoments {
  struct Channels {
    float mean[kLane], factor[kLane], shift[kLane];
  };
  const T *raw, *gradient;
  const float *mean, *factor, *shift;

  BOXWRIGHT_HD Channels of(unsigned channel) const {
    Channels own;
    load(mean + channel, own.mean);
    load(factor + channel, own.factor);
    load(shift + channel, own.shift);
    return own;
  }
  BOXWRIGHT_HD void add(std::size_t at, const Channels& own, float* sums) const {
    float x[kLane], d[kLane];
    load(raw + at, x);
    load(gradient + at, d);
    for (unsigned l = 0; l < kLane; ++l) {
      const float y = activated(activation, own.factor[l] * x[l] + own.shift[l]);
      const float dz = d[l] * slopeAt(activation, y);
      sums[l] += dz;
      sums[kLane + l] += dz * (x[l] - own.mean[l]);
    }
  }
};

template <typename T>
struct PlainSums {
  struct Channels {};
  const T* gradient;

  BOXWRIGHT_HD Channels of(unsigned) const { return {}; }
  BOXWRIGHT_HD void add(std::size_t at, const Channels&, float* sums) const {
    float d[kLane];
    load(gradient + at, d);
    for (unsigned l = 0; l < kLane; ++l)
      sums[l] += d[l];
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
  const T* raw;
  const float *momentum, *scales, *biases;
  float *rollingMean, *rollingVariance;
  NormVectors to;
  double rows;
  unsigned channels;
  BatchNormForm form;

  BOXWRIGHT_HD void operator()(unsigned c, double sum, double sumOfSquares) const {
    if (c >= channels) {
      to.mean[c] = to.inverse[c] = to.factor[c] = to.shift[c] = 0;
      return;
    }
    const double away = sum / rows;
    const double squares = sumOfSquares - away * sum;
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

/// The rows of an index, kStrip or fewer, far from each other: neighbours read neighbouring rows.
struct Strips {
  unsigned rows, pitch, slots;

  Strips(std::size_t count, int rowPitch)
      : rows(u(count)), pitch(u(rowPitch)), slots((rows + kStrip - 1) / kStrip) {
    checkCount(count);
  }
  std::size_t indices() const { return std::size_t(slots) * (pitch / kLane); }
  /// Calls work(place of the first value) for each.
  template <typename Work>
  BOXWRIGHT_HD void each(unsigned index, Work work) const {
    const auto [slot, channel] = placeOf(index, pitch);
    for (unsigned row = slot; row < rows; row += slots)
      work(std::size_t(row) * pitch + channel);
  }
};

template <typename T, Activation activation>
struct Normalise {
  const T* raw;
  T* to;
  const float *factor, *shift;
  unsigned channels;
  Strips strips;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const unsigned first = placeOf(index, strips.pitch).first;
    float f[kLane], s[kLane];
    load(factor + first, f);
    load(shift + first, s);
    strips.each(index, [&](std::size_t at) {
      float x[kLane];
      load(raw + at, x);
      for (unsigned l = 0; l < kLane; ++l)
        x[l] = first + l < channels ? activated(activation, f[l] * x[l] + s[l]) : 0;
      store(to + at, x);
    });
  }
};

/// From the sums to what the gradient of a value is made of: dz * a - (x - mean) * b - c.
struct Coefficients {
  const float *scales, *inverse;
  float *a, *b, *c;
  float *scaleGradient, *biasGradient;
  double rows;
  unsigned channels;
  BatchNormForm form;

  BOXWRIGHT_HD void operator()(unsigned at, double sum, double products) const {
    if (at >= channels) {
      a[at] = b[at] = c[at] = 0;
      return;
    }
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

template <typename T, Activation activation>
struct NormaliseGradient {
  const T* raw;
  T* gradient;
  const float *mean, *factor, *shift, *a, *b, *c;
  Strips strips;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const unsigned first = placeOf(index, strips.pitch).first;
    float m[kLane], f[kLane], s[kLane], ka[kLane], kb[kLane], kc[kLane];
    load(mean + first, m);
    load(factor + first, f);
    load(shift + first, s);
    load(a + first, ka);
    load(b + first, kb);
    load(c + first, kc);
    strips.each(index, [&](std::size_t at) {
      float x[kLane], d[kLane];
      load(raw + at, x);
      load(gradient + at, d);
      for (unsigned l = 0; l < kLane; ++l) {
        const float y = activated(activation, f[l] * x[l] + s[l]);
        d[l] = ka[l] * d[l] * slopeAt(activation, y) - kb[l] * (x[l] - m[l]) - kc[l];
      }
      store(gradient + at, d);
    });
  }
};

struct AddSums {
  float* to;
  unsigned channels;

  BOXWRIGHT_HD void operator()(unsigned c, double sum, double) const {
    if (c < channels) to[c] += float(sum);
  }
};

/// Sums what `adds` takes from the rows, and hands each channel's two sums to `finish`.
template <typename Adds, typename Finish>
void sumChannels(const Queue& queue, const Rows& rows, void* scratch, const Adds& adds,
                 const Finish& finish) {
  const Parts parts(rows.rows, rows.pitch);
  auto* const sums = static_cast<double*>(scratch);
  launchBlocks(queue, parts.blocks(), PartSums<Adds>{adds, parts, sums});
  using Fold = FoldParts<Finish>;
  launchBlocks(queue, parts.pitch / Fold::kChannels,
               Fold{finish, sums, parts.parts(), parts.pitch});
}

}  // namespace

std::size_t sumBytes(std::size_t rows, int pitch) {
  return Parts(rows, pitch).bytes();
}

void takeStatistics(const Queue& queue, const Rows& raw, void* scratch, BatchNormForm form,
                    const float* momentum, const float* scales, const float* biases,
                    float* rollingMean, float* rollingVariance, const NormVectors& to) {
  withType(raw.precision, [&]<typename T>(T) {
    const auto* const values = static_cast<const T*>(raw.data);
    sumChannels(queue, raw, scratch, Moments<T>{values},
                Statistics<T>{values, momentum, scales, biases, rollingMean, rollingVariance, to,
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
  const Strips strips(raw.rows, raw.pitch);
  withType(raw.precision, [&]<typename T>(T) {
    withActivation(activation, [&]<Activation kind>(std::integral_constant<Activation, kind>) {
      launch(queue, strips.indices(),
             Normalise<T, kind>{static_cast<const T*>(raw.data), static_cast<T*>(to.data),
                                norm.factor, norm.shift, u(raw.channels), strips});
    });
  });
}

void normaliseGradient(const Queue& queue, const Rows& raw, const NormVectors& norm,
                       Activation activation, BatchNormForm form, const float* scales,
                       void* scratch, float* coefficients, float* scaleGradient,
                       float* biasGradient, const Rows& gradient) {
  float *const a = coefficients, *const b = a + raw.pitch, *const c = b + raw.pitch;
  const Strips strips(raw.rows, raw.pitch);
  withType(raw.precision, [&]<typename T>(T) {
    const auto* const values = static_cast<const T*>(raw.data);
    auto* const deltas = static_cast<T*>(gradient.data);
    const Coefficients toCoefficients{scales,
                                      norm.inverse,
                                      a,
                                      b,
                                      c,
                                      scaleGradient,
                                      biasGradient,
                                      static_cast<double>(raw.rows),
                                      u(raw.channels),
                                      form};
    withActivation(activation, [&]<Activation kind>(std::integral_constant<Activation, kind>) {
      sumChannels(queue, raw, scratch,
                  GradientMoments<T, kind>{values, deltas, norm.mean, norm.factor, norm.shift},
                  toCoefficients);
      launch(queue, strips.indices(),
             NormaliseGradient<T, kind>{values, deltas, norm.mean, norm.factor, norm.shift, a, b, c,
                                        strips});
    });
  });
}

void addSums(const Queue& queue, const Rows& gradient, void* scratch, float* biasGradient) {
  withType(gradient.precision, [&]<typename T>(T) {
    sumChannels(queue, gradient, scratch, PlainSums<T>{static_cast<const T*>(gradient.data)},
                AddSums{biasGradient, u(gradient.channels)});
  });
}

}  // namespace boxwright::cuda
