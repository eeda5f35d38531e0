// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/cuda/launch.h"

namespace boxwright::cuda {
namespace {

constexpr std::uint8_t kNone = 255;

/// kLane winners at once.
BOXWRIGHT_HD void loadWinners(const std::uint8_t* from, std::uint8_t* winners) {
  const std::uint64_t all = *reinterpret_cast<const std::uint64_t*>(from);
  for (unsigned l = 0; l < kLane; ++l)
    winners[l] = std::uint8_t(all >> (8 * l));
}
BOXWRIGHT_HD void storeWinners(std::uint8_t* to, const std::uint8_t* winners) {
  std::uint64_t all = 0;
  for (unsigned l = 0; l < kLane; ++l)
    all |= std::uint64_t(winners[l]) << (8 * l);
  *reinterpret_cast<std::uint64_t*>(to) = all;
}

/// Where the window of an output begins, which may be beyond the picture, and the picture's first
/// row among all.
struct Corner {
  int x, y;
  std::size_t picture;
};
BOXWRIGHT_HD Corner cornerOf(unsigned row, const PoolShape& shape) {
  const unsigned above = row / unsigned(shape.outWidth);
  return {int(row % unsigned(shape.outWidth)) * shape.stride - shape.before,
          int(above % unsigned(shape.outHeight)) * shape.stride - shape.before,
          std::size_t(above / unsigned(shape.outHeight)) * unsigned(shape.height * shape.width)};
}

/// The first largest value of a window, in the order of its rows (spec section 1).
template <typename T>
struct MaxPool {
  const T* from;
  T* to;
  std::uint8_t* chosen;
  PoolShape shape;
  unsigned pitch;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const auto [row, first] = placeOf(index, pitch);
    const auto [x, y, picture] = cornerOf(row, shape);
    float best[kLane] = {}, values[kLane];
    std::uint8_t winner[kLane];
    for (unsigned l = 0; l < kLane; ++l)
      winner[l] = kNone;
    for (int v = 0; v < shape.size; ++v) {
      if (y + v < 0 || y + v >= shape.height) continue;
      for (int h = 0; h < shape.size; ++h) {
        if (x + h < 0 || x + h >= shape.width) continue;
        load(from + (picture + unsigned((y + v) * shape.width + x + h)) * pitch + first, values);
        for (unsigned l = 0; l < kLane; ++l) {
          if (winner[l] != kNone && !(values[l] > best[l])) continue;
          best[l] = values[l];
          winner[l] = std::uint8_t(v * shape.size + h);
        }
      }
    }
    const std::size_t at = std::size_t(row) * pitch + first;
    store(to + at, best);
    if (chosen) storeWinners(chosen + at, winner);
  }
};

/// An input takes the gradients of all windows that it has won.
template <typename T>
struct MaxPoolGradient {
  const T* gradient;
  const std::uint8_t* chosen;
  T* to;
  PoolShape shape;
  unsigned pitch;
  bool add;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const auto [row, first] = placeOf(index, pitch);
    const int x = int(row % unsigned(shape.width)) + shape.before;
    const unsigned above = row / unsigned(shape.width);
    const int y = int(above % unsigned(shape.height)) + shape.before;
    const std::size_t picture =
        std::size_t(above / unsigned(shape.height)) * unsigned(shape.outHeight * shape.outWidth);
    T* const target = to + std::size_t(row) * pitch + first;
    float sum[kLane] = {}, values[kLane];
    std::uint8_t winner[kLane];
    if (add) load(target, sum);
    for (int v = y % shape.stride; v < shape.size; v += shape.stride) {
      const int oy = (y - v) / shape.stride;
      if (y < v || oy >= shape.outHeight) continue;
      for (int h = x % shape.stride; h < shape.size; h += shape.stride) {
        const int ox = (x - h) / shape.stride;
        if (x < h || ox >= shape.outWidth) continue;
        const std::size_t at = (picture + unsigned(oy * shape.outWidth + ox)) * pitch + first;
        load(gradient + at, values);
        loadWinners(chosen + at, winner);
        for (unsigned l = 0; l < kLane; ++l)
          if (winner[l] == v * shape.size + h) sum[l] += values[l];
      }
    }
    store(target, sum);
  }
};

/// The same where every input lies in one window: a window gives its own.
template <typename T>
struct TiledPoolGradient {
  const T* gradient;
  const std::uint8_t* chosen;
  T* to;
  PoolShape shape;
  unsigned pitch;
  bool add;

  static bool fits(const PoolShape& shape) {
    return shape.size == shape.stride &&
           shape.outWidth * shape.size >= shape.width + shape.before &&
           shape.outHeight * shape.size >= shape.height + shape.before;
  }

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const auto [row, first] = placeOf(index, pitch);
    const auto [x, y, picture] = cornerOf(row, shape);
    const std::size_t at = std::size_t(row) * pitch + first;
    float values[kLane], sum[kLane];
    std::uint8_t winner[kLane];
    load(gradient + at, values);
    loadWinners(chosen + at, winner);
    for (int v = 0; v < shape.size; ++v) {
      if (y + v < 0 || y + v >= shape.height) continue;
      for (int h = 0; h < shape.size; ++h) {
        if (x + h < 0 || x + h >= shape.width) continue;
        T* const target = to + (picture + unsigned((y + v) * shape.width + x + h)) * pitch + first;
        for (unsigned l = 0; l < kLane; ++l)
          sum[l] = 0;
        if (add) load(target, sum);
        for (unsigned l = 0; l < kLane; ++l)
          if (winner[l] == v * shape.size + h) sum[l] += values[l];
        store(target, sum);
      }
    }
  }
};

template <typename T>
struct AveragePool {
  const T* from;
  T* to;
  unsigned pitch, pixels;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const auto [picture, first] = placeOf(index, pitch);
    float sum[kLane] = {}, values[kLane];
    for (unsigned p = 0; p < pixels; ++p) {
      load(from + (std::size_t(picture) * pixels + p) * pitch + first, values);
      for (unsigned l = 0; l < kLane; ++l)
        sum[l] += values[l];
    }
    for (unsigned l = 0; l < kLane; ++l)
      sum[l] /= float(pixels);
    store(to + std::size_t(picture) * pitch + first, sum);
  }
};

template <typename T>
struct AveragePoolGradient {
  const T* gradient;
  T* to;
  unsigned pitch, pixels;
  bool add;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const auto [row, first] = placeOf(index, pitch);
    T* const target = to + std::size_t(row) * pitch + first;
    float sum[kLane] = {}, values[kLane];
    if (add) load(target, sum);
    load(gradient + std::size_t(row / pixels) * pitch + first, values);
    for (unsigned l = 0; l < kLane; ++l)
      sum[l] += values[l] / float(pixels);
    store(target, sum);
  }
};

/// Where value `at` of a run lies: runs cut each picture, in NCHW's order, into pieces.
struct RunPlace {
  unsigned pixels, pitch, each;  ///< each: values of a run
  unsigned groups;

  BOXWRIGHT_HD std::size_t operator()(unsigned run, unsigned at) const {
    const unsigned picture = run / groups, flat = run % groups * each + at;
    return (std::size_t(picture) * pixels + flat % pixels) * pitch + flat / pixels;
  }
};

template <typename T>
struct Softmax {
  const T* from;
  T* to;
  RunPlace place;
  float temperature;

  BOXWRIGHT_HD void operator()(unsigned run) const {
    float largest = toFloat(from[place(run, 0)]);
    for (unsigned i = 1; i < place.each; ++i) {
      const float value = toFloat(from[place(run, i)]);
      if (value > largest) largest = value;
    }
    double sum = 0;
    for (unsigned i = 0; i < place.each; ++i)
      sum += double(expf((toFloat(from[place(run, i)]) - largest) / temperature));
    for (unsigned i = 0; i < place.each; ++i) {
      const std::size_t at = place(run, i);
      to[at] = fromFloat<T>(float(double(expf((toFloat(from[at]) - largest) / temperature)) / sum));
    }
  }
};

template <typename T>
struct SoftmaxGradient {
  const T *outputs, *gradient;
  T* to;
  RunPlace place;
  float temperature;
  bool add;

  BOXWRIGHT_HD void operator()(unsigned run) const {
    double sum = 0;
    for (unsigned i = 0; i < place.each; ++i) {
      const std::size_t at = place(run, i);
      sum += double(toFloat(outputs[at])) * double(toFloat(gradient[at]));
    }
    for (unsigned i = 0; i < place.each; ++i) {
      const std::size_t at = place(run, i);
      float value = toFloat(outputs[at]) * (toFloat(gradient[at]) - float(sum)) / temperature;
      if (add) value += toFloat(to[at]);
      to[at] = fromFloat<T>(value);
    }
  }
};

RunPlace placesOf(const Rows& rows, std::size_t pixels, int groups) {
  const auto area = u(pixels);
  return {area, u(rows.pitch), u(rows.channels) * area / u(groups), u(groups)};
}

std::size_t runsOf(const Rows& rows, std::size_t pixels, int groups) {
  return rows.rows / pixels * static_cast<std::size_t>(groups);
}

}  // namespace

void maxPool(const Queue& queue, const Rows& from, const PoolShape& shape, const Rows& to,
             std::uint8_t* chosen) {
  withType(from.precision, [&]<typename T>(T) {
    launch(queue, to.values() / kLane,
           MaxPool<T>{static_cast<const T*>(from.data), static_cast<T*>(to.data), chosen, shape,
                      u(from.pitch)});
  });
}

void maxPoolGradient(const Queue& queue, const Rows& gradient, const PoolShape& shape,
                     const std::uint8_t* chosen, const Rows& to, bool add) {
  withType(to.precision, [&]<typename T>(T) {
    if (TiledPoolGradient<T>::fits(shape)) {
      launch(queue, gradient.values() / kLane,
             TiledPoolGradient<T>{static_cast<const T*>(gradient.data), chosen,
                                  static_cast<T*>(to.data), shape, u(to.pitch), add});
      return;
    }
    launch(queue, to.values() / kLane,
           MaxPoolGradient<T>{static_cast<const T*>(gradient.data), chosen,
                              static_cast<T*>(to.data), shape, u(to.pitch), add});
  });
}

void averagePool(const Queue& queue, const Rows& from, std::size_t pixels, const Rows& to) {
  withType(from.precision, [&]<typename T>(T) {
    launch(queue, to.values() / kLane,
           AveragePool<T>{static_cast<const T*>(from.data), static_cast<T*>(to.data), u(from.pitch),
                          u(pixels)});
  });
}

void averagePoolGradient(const Queue& queue, const Rows& gradient, std::size_t pixels,
                         const Rows& to, bool add) {
  withType(to.precision, [&]<typename T>(T) {
    launch(queue, to.values() / kLane,
           AveragePoolGradient<T>{static_cast<const T*>(gradient.data), static_cast<T*>(to.data),
                                  u(to.pitch), u(pixels), add});
  });
}

void softmax(const Queue& queue, const Rows& from, std::size_t pixels, int groups,
             float temperature, const Rows& to) {
  withType(from.precision, [&]<typename T>(T) {
    launch(queue, runsOf(from, pixels, groups),
           Softmax<T>{static_cast<const T*>(from.data), static_cast<T*>(to.data),
                      placesOf(from, pixels, groups), temperature});
  });
}

void softmaxGradient(const Queue& queue, const Rows& outputs, const Rows& gradient,
                     std::size_t pixels, int groups, float temperature, const Rows& to, bool add) {
  withType(to.precision, [&]<typename T>(T) {
    launch(queue, runsOf(to, pixels, groups),
           SoftmaxGradient<T>{static_cast<const T*>(outputs.data),
                              static_cast<const T*>(gradient.data), static_cast<T*>(to.data),
                              placesOf(to, pixels, groups), temperature, add});
  });
}

}  // namespace boxwright::cuda
