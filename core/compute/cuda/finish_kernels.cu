// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/cuda/launch.h"

namespace boxwright::cuda {
namespace {

template <typename T>
struct Finish {
  T* rows;
  const float* bias;
  unsigned channels, pitch;
  Activation activation;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const auto [row, first] = placeOf(index, pitch);
    T* const at = rows + std::size_t(row) * pitch + first;
    float values[kLane];
    load(at, values);
    for (unsigned l = 0; l < kLane; ++l)
      values[l] = first + l < channels ? activated(activation, values[l] + bias[first + l]) : 0;
    store(at, values);
  }
};

template <typename T>
struct Unfinish {
  const T* outputs;
  T* gradient;
  Activation activation;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const std::size_t at = std::size_t(index) * kLane;
    float y[kLane], d[kLane];
    load(outputs + at, y);
    load(gradient + at, d);
    for (unsigned l = 0; l < kLane; ++l)
      d[l] *= slopeAt(activation, y[l]);
    store(gradient + at, d);
  }
};

template <typename T>
struct AddActivated {
  const T *a, *b;
  T* to;
  unsigned channels, pitch;
  Activation activation;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const unsigned first = index % (pitch / kLane) * kLane;
    const std::size_t at = std::size_t(index) * kLane;
    float x[kLane], y[kLane];
    load(a + at, x);
    load(b + at, y);
    for (unsigned l = 0; l < kLane; ++l)
      x[l] = first + l < channels ? activated(activation, x[l] + y[l]) : 0;
    store(to + at, x);
  }
};

template <typename T>
struct AddGradient {
  const T *outputs, *gradient;
  T* to;
  Activation activation;
  bool add;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const std::size_t at = std::size_t(index) * kLane;
    float y[kLane], d[kLane], sum[kLane] = {};
    load(outputs + at, y);
    load(gradient + at, d);
    if (add) load(to + at, sum);
    for (unsigned l = 0; l < kLane; ++l)
      sum[l] += d[l] * slopeAt(activation, y[l]);
    store(to + at, sum);
  }
};

template <typename T>
struct Multiply {
  const T* from;
  const float* mask;
  T* to;
  bool add;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    float value = toFloat(from[index]) * mask[index];
    if (add) value += toFloat(to[index]);
    to[index] = fromFloat<T>(value);
  }
};

}  // namespace

void finish(const Queue& queue, const Rows& rows, const float* bias, Activation activation) {
  withType(rows.precision, [&]<typename T>(T) {
    launch(
        queue, rows.values() / kLane,
        Finish<T>{static_cast<T*>(rows.data), bias, u(rows.channels), u(rows.pitch), activation});
  });
}

void unfinish(const Queue& queue, const Rows& outputs, const Rows& gradient,
              Activation activation) {
  withType(outputs.precision, [&]<typename T>(T) {
    launch(queue, outputs.values() / kLane,
           Unfinish<T>{static_cast<const T*>(outputs.data), static_cast<T*>(gradient.data),
                       activation});
  });
}

void addActivated(const Queue& queue, const Rows& a, const Rows& b, const Rows& to,
                  Activation activation) {
  withType(to.precision, [&]<typename T>(T) {
    launch(queue, to.values() / kLane,
           AddActivated<T>{static_cast<const T*>(a.data), static_cast<const T*>(b.data),
                           static_cast<T*>(to.data), u(to.channels), u(to.pitch), activation});
  });
}

void addGradient(const Queue& queue, const Rows& outputs, const Rows& gradient, const Rows& to,
                 Activation activation, bool add) {
  withType(to.precision, [&]<typename T>(T) {
    launch(queue, to.values() / kLane,
           AddGradient<T>{static_cast<const T*>(outputs.data), static_cast<const T*>(gradient.data),
                          static_cast<T*>(to.data), activation, add});
  });
}

void multiply(const Queue& queue, const Rows& from, const float* mask, const Rows& to, bool add) {
  withType(from.precision, [&]<typename T>(T) {
    launch(queue, to.values(),
           Multiply<T>{static_cast<const T*>(from.data), mask, static_cast<T*>(to.data), add});
  });
}

}  // namespace boxwright::cuda
