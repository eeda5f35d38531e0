// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/cuda/launch.h"

namespace boxwright::cuda {
namespace {

template <typename T>
struct PackWeights {
  const float *weights, *factor;
  T* packed;
  unsigned filters, each, area, packedEach;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const unsigned c = index % packedEach, tap = index / packedEach % area;
    const unsigned filter = index / packedEach / area;
    float value = 0;
    if (c < each && filter < filters) {
      value = weights[(std::size_t(filter) * each + c) * area + tap];
      if (factor) value *= factor[filter];
    }
    packed[index] = fromFloat<T>(value);
  }
};

template <typename T>
struct AddWeightGradient {
  const T* packed;
  float* gradient;
  unsigned each, area, packedEach;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const unsigned tap = index % area, c = index / area % each, filter = index / area / each;
    gradient[index] += toFloat(packed[(std::size_t(filter) * area + tap) * packedEach + c]);
  }
};

struct PackVector {
  const float* values;
  float* packed;
  unsigned count;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    packed[index] = index < count ? values[index] : 0;
  }
};

struct Step {
  float *weights, *gradient, *momentum;
  float rate, decay, keep;

  BOXWRIGHT_HD void operator()(unsigned i) const {
    const float step = momentum[i] - gradient[i] - decay * weights[i];
    weights[i] += rate * step;
    momentum[i] = keep * step;
    gradient[i] = 0;
  }
};

struct MoveAverage {
  const float* weights;
  float* average;
  float share;

  BOXWRIGHT_HD void operator()(unsigned i) const {
    average[i] += share * (weights[i] - average[i]);
  }
};

}  // namespace

void packWeights(const Queue& queue, const float* weights, const float* factor,
                 const WeightShape& shape, Precision precision, void* packed) {
  withType(precision, [&]<typename T>(T) {
    launch(queue, shape.packedCount(),
           PackWeights<T>{weights, factor, static_cast<T*>(packed), u(shape.filters), u(shape.each),
                          u(shape.size * shape.size), u(shape.packedEach)});
  });
}

void addWeightGradient(const Queue& queue, const void* packed, const WeightShape& shape,
                       Precision precision, float* gradient) {
  withType(precision, [&]<typename T>(T) {
    launch(queue, shape.count(),
           AddWeightGradient<T>{static_cast<const T*>(packed), gradient, u(shape.each),
                                u(shape.size * shape.size), u(shape.packedEach)});
  });
}

void packVector(const Queue& queue, const float* values, int count, int pitch, float* packed) {
  launch(queue, static_cast<std::size_t>(pitch), PackVector{values, packed, u(count)});
}

void step(const Queue& queue, float* weights, float* gradient, float* momentum, std::size_t count,
          float rate, float decay, float keep) {
  launch(queue, count, Step{weights, gradient, momentum, rate, decay, keep});
}

void moveAverage(const Queue& queue, const float* weights, std::size_t count, float share,
                 float* average) {
  launch(queue, count, MoveAverage{weights, average, share});
}

}  // namespace boxwright::cuda
