// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/vary_colour.h"

#include <algorithm>

namespace boxwright {
namespace {

float clampUnit(float v) {
  return std::min(1.0F, std::max(0.0F, v));
}

/// For whatever instructions its caller may use: the numbers are the same.
[[gnu::always_inline]] inline void vary(float* red, float* green, float* blue, std::size_t count,
                                        float hueSextants, float saturation, float exposure) {
  for (std::size_t i = 0; i < count; ++i) {
    const float r = red[i], g = green[i], b = blue[i];
    const float high = std::max(r, std::max(g, b));
    const float chroma = high - std::min(r, std::min(g, b));
    const float inverse = 1 / std::max(chroma, 1e-12F);
    const float fromRed = (g - b) * inverse;
    const float fromGreen = (b - r) * inverse + 2;
    const float fromBlue = (r - g) * inverse + 4;
    float hue = r == high ? fromRed : (g == high ? fromGreen : fromBlue);
    hue = chroma > 0 ? hue : 0;
    hue += hueSextants;
    const float value = high * exposure;
    const float reach = chroma * saturation * exposure;
    const auto channel = [&](float offset) {
      float k = hue + offset;  // in [-2, 12)
      k = k < 0 ? k + 6 : k;
      k = k >= 6 ? k - 6 : k;
      k = k >= 6 ? k - 6 : k;
      return clampUnit(value - reach * clampUnit(std::min(k, 4 - k)));
    };
    red[i] = channel(5);
    green[i] = channel(3);
    blue[i] = channel(1);
  }
}

#if defined(__x86_64__)
/// Without fma, which rounds once where others round twice.
[[gnu::target("avx2")]] void varyWithAvx2(float* red, float* green, float* blue, std::size_t count,
                                          float hueSextants, float saturation, float exposure) {
  vary(red, green, blue, count, hueSextants, saturation, exposure);
}

bool hasAvx2() {
  static const bool has = [] {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") != 0;
  }();
  return has;
}
#endif

}  // namespace

double randomScale(double s, RandomStream& random) {
  const double v = random.uniform(std::min(1.0, s), std::max(1.0, s));
  return random.uniform() < 0.5 ? v : 1 / v;
}

void varyColour(float* red, float* green, float* blue, std::size_t count, float hueSextants,
                float saturation, float exposure) {
#if defined(__x86_64__)
  if (hasAvx2()) return varyWithAvx2(red, green, blue, count, hueSextants, saturation, exposure);
#endif
  vary(red, green, blue, count, hueSextants, saturation, exposure);
}

}  // namespace boxwright
