// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/accuracy_colour.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "ui/theme.h"

namespace boxwright::ui {

QColor accuracyColour(double score) {
  // Viridis, from a little above its darkest.
  static constexpr std::array<QRgb, 7> kSteps = {0xff5a3a86, 0xff44598f, 0xff31768f, 0xff21938c,
                                                 0xff35b478, 0xff85d04a, 0xfffde725};
  const double at = std::clamp(score, 0.0, 1.0) * (kSteps.size() - 1);
  const auto low = std::min(static_cast<std::size_t>(at), kSteps.size() - 2);
  const double share = at - static_cast<double>(low);
  const auto mix = [&](int (*part)(QRgb)) {
    return static_cast<int>(
        std::lround(part(kSteps[low]) * (1 - share) + part(kSteps[low + 1]) * share));
  };
  return {mix(qRed), mix(qGreen), mix(qBlue)};
}

QColor wordsOn(const QColor& ground) {
  const QColor black(Qt::black), white(Qt::white);
  return contrast(black, ground) > contrast(white, ground) ? black : white;
}

}  // namespace boxwright::ui
