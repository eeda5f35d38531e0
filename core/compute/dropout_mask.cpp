// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/dropout_mask.h"

#include "core/base/random.h"

namespace boxwright {

std::vector<float> dropoutMask(const Shape& shape, double probability, std::uint64_t seed,
                               std::uint64_t iteration) {
  RandomStream random(seed, "dropout", iteration);
  const float kept = probability < 1 ? static_cast<float>(1 / (1 - probability)) : 0;
  std::vector<float> mask(shape.count());
  for (float& factor : mask)
    factor = random.uniform() < probability ? 0 : kept;
  return mask;
}

}  // namespace boxwright
