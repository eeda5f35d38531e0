// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/reorg_map.h"

namespace boxwright {

std::vector<std::size_t> reorgMap(const Shape& input, const ReorgLayer& layer) {
  const auto s = static_cast<std::size_t>(layer.stride);
  const auto area = s * s;
  // Both directions walk the input's own shape; "reverse" scatters where the other gathers.
  const auto c = static_cast<std::size_t>(input.c);
  const auto h = static_cast<std::size_t>(input.h);
  const auto w = static_cast<std::size_t>(input.w);
  const std::size_t quarter = c / area;
  std::vector<std::size_t> map(c * h * w);
  for (std::size_t f = 0; f < map.size(); ++f) {
    const std::size_t k = f / (h * w);
    const std::size_t j = f / w % h;
    const std::size_t i = f % w;
    const std::size_t o = k / quarter;
    const std::size_t q = k % quarter;
    const std::size_t from = i * s + o % s + (w * s) * (j * s + o / s + (h * s) * q);
    if (layer.reverse) {
      map[from] = f;
    } else {
      map[f] = from;
    }
  }
  return map;
}

}  // namespace boxwright
