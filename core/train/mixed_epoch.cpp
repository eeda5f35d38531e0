// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/mixed_epoch.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace boxwright {
namespace {

/// `list` gone round until it has `count`.
void fill(std::vector<std::uint32_t>& epoch, const std::vector<std::uint32_t>& list,
          std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    epoch.push_back(list[i % list.size()]);
}

}  // namespace

std::vector<std::uint32_t> mixedEpoch(const std::vector<LoaderPicture>& pictures, double mix) {
  std::vector<std::uint32_t> boxed, whole;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    (pictures[i].classOnly() ? whole : boxed).push_back(static_cast<std::uint32_t>(i));
  }
  if (boxed.empty() || whole.empty()) return {};
  const auto b = static_cast<double>(boxed.size()), w = static_cast<double>(whole.size());
  const double ratio = mix > 0 ? mix : std::min(kPaperMix, w / b);
  const auto times = [](double count) { return static_cast<std::size_t>(std::llround(count)); };
  std::vector<std::uint32_t> epoch;
  fill(epoch, boxed, std::max(boxed.size(), times(w / ratio)));
  fill(epoch, whole, std::max(whole.size(), times(b * ratio)));
  if (epoch.size() == pictures.size()) return {};
  return epoch;
}

}  // namespace boxwright
