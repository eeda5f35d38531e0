// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/cuda/launch.h"

namespace boxwright::cuda {
namespace {

template <typename T>
struct FromPlain {
  const float* plain;
  T* to;
  unsigned channels, pitch, pixels;
  bool add;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const auto [row, first] = placeOf(index, pitch);
    const unsigned picture = row / pixels, pixel = row % pixels;
    const float* const from = plain + std::size_t(picture) * channels * pixels + pixel;
    T* const at = to + std::size_t(row) * pitch + first;
    float values[kLane] = {};
    if (add) load(at, values);
    for (unsigned l = 0; l < kLane; ++l) {
      const unsigned c = first + l;
      if (c < channels) values[l] += from[std::size_t(c) * pixels];
    }
    store(at, values);
  }
};

template <typename T>
struct ToPlain {
  const T* from;
  float* plain;
  unsigned channels, pitch, pixels;
  bool add;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const unsigned pixel = index % pixels, plane = index / pixels;
    const unsigned picture = plane / channels, c = plane % channels;
    const float value = toFloat(from[(std::size_t(picture) * pixels + pixel) * pitch + c]);
    plain[index] = add ? plain[index] + value : value;
  }
};

template <typename T>
struct AddRows {
  const T* from;
  T* to;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    float a[kLane], b[kLane];
    load(from + std::size_t(index) * kLane, a);
    load(to + std::size_t(index) * kLane, b);
    for (unsigned l = 0; l < kLane; ++l)
      a[l] += b[l];
    store(to + std::size_t(index) * kLane, a);
  }
};

/// The channels of the narrower of two tensors; `first` is where they begin in the wider.
template <typename T>
struct TakeChannels {
  const T* wide;
  T* narrow;
  unsigned widePitch, narrowPitch, channels, first;
  bool add;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const auto [row, at] = placeOf(index, narrowPitch);
    const T* const from = wide + std::size_t(row) * widePitch + first + at;
    T* const to = narrow + std::size_t(row) * narrowPitch + at;
    float values[kLane] = {};
    if (add) load(to, values);
    for (unsigned l = 0; l < kLane; ++l)
      if (at + l < channels) values[l] += toFloat(from[l]);
    store(to, values);
  }
};

template <typename T>
struct PutChannels {
  const T* narrow;
  T* wide;
  unsigned widePitch, narrowPitch, channels, first;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const auto [row, at] = placeOf(index, narrowPitch);
    T* const to = wide + std::size_t(row) * widePitch + first + at;
    const Pack<T> pack =
        *reinterpret_cast<const Pack<T>*>(narrow + std::size_t(row) * narrowPitch + at);
    if (first % kLane == 0 && at + kLane <= channels) {
      *reinterpret_cast<Pack<T>*>(to) = pack;
      return;
    }
    for (unsigned l = 0; l < kLane && at + l < channels; ++l)
      to[l] = pack.values[l];
  }
};

template <typename T>
struct Gather {
  const T* from;
  const std::int32_t* table;
  T* to;
  unsigned fromEach, toEach;
  bool add;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    const unsigned picture = index / toEach;
    const std::int32_t at = table[index % toEach];
    float value = at < 0 ? 0 : toFloat(from[std::size_t(picture) * fromEach + unsigned(at)]);
    if (add) value += toFloat(to[index]);
    to[index] = fromFloat<T>(value);
  }
};

struct TakePlanes {
  const float* from;
  const std::int32_t* planes;
  float* to;
  unsigned each;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    to[index] = from[std::size_t(planes[index / each]) * each + index % each];
  }
};

struct PutPlanes {
  const float* from;
  const std::int32_t* planes;
  float* to;
  unsigned each;

  BOXWRIGHT_HD void operator()(unsigned index) const {
    to[std::size_t(planes[index / each]) * each + index % each] = from[index];
  }
};

}  // namespace

void fromPlain(const Queue& queue, const float* plain, const Rows& to, std::size_t pixels,
               bool add) {
  withType(to.precision, [&]<typename T>(T) {
    launch(
        queue, to.values() / kLane,
        FromPlain<T>{plain, static_cast<T*>(to.data), u(to.channels), u(to.pitch), u(pixels), add});
  });
}

void toPlain(const Queue& queue, const Rows& from, float* plain, std::size_t pixels, bool add) {
  withType(from.precision, [&]<typename T>(T) {
    launch(queue, from.rows * static_cast<std::size_t>(from.channels),
           ToPlain<T>{static_cast<const T*>(from.data), plain, u(from.channels), u(from.pitch),
                      u(pixels), add});
  });
}

void addRows(const Queue& queue, const Rows& from, const Rows& to) {
  withType(from.precision, [&]<typename T>(T) {
    launch(queue, to.values() / kLane,
           AddRows<T>{static_cast<const T*>(from.data), static_cast<T*>(to.data)});
  });
}

void takeChannels(const Queue& queue, const Rows& from, int first, const Rows& to, bool add) {
  withType(from.precision, [&]<typename T>(T) {
    launch(queue, to.values() / kLane,
           TakeChannels<T>{static_cast<const T*>(from.data), static_cast<T*>(to.data),
                           u(from.pitch), u(to.pitch), u(to.channels), u(first), add});
  });
}

void putChannels(const Queue& queue, const Rows& from, const Rows& to, int first) {
  withType(from.precision, [&]<typename T>(T) {
    launch(queue, from.values() / kLane,
           PutChannels<T>{static_cast<const T*>(from.data), static_cast<T*>(to.data), u(to.pitch),
                          u(from.pitch), u(from.channels), u(first)});
  });
}

void gather(const Queue& queue, const Rows& from, const std::int32_t* table, const Rows& to,
            std::size_t fromEach, std::size_t toEach, bool add) {
  withType(from.precision, [&]<typename T>(T) {
    launch(queue, to.values(),
           Gather<T>{static_cast<const T*>(from.data), table, static_cast<T*>(to.data), u(fromEach),
                     u(toEach), add});
  });
}

void takePlanes(const Queue& queue, const float* from, const std::int32_t* planes,
                std::size_t count, std::size_t each, float* to) {
  launch(queue, count * each, TakePlanes{from, planes, to, u(each)});
}

void putPlanes(const Queue& queue, const float* from, const std::int32_t* planes, std::size_t count,
               std::size_t each, float* to) {
  launch(queue, count * each, PutPlanes{from, planes, to, u(each)});
}

}  // namespace boxwright::cuda
