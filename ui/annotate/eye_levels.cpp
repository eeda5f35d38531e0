// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/annotate/eye_levels.h"

#include <QImage>
#include <algorithm>
#include <array>
#include <cmath>

namespace boxwright::ui {

void applyEyeLevels(QImage& image, const QRectF& part, int brightness, int contrast) {
  if (brightness == 0 && contrast == 0) return;
  const double slope = contrast >= 0 ? 1 + contrast / 25.0 : 1 + contrast / 110.0;
  std::array<int, 256> level{};
  for (int i = 0; i < 256; ++i) {
    const double value = (i - 127.5) * slope + 127.5 + 1.28 * brightness;
    level[static_cast<std::size_t>(i)] =
        static_cast<int>(std::lround(std::clamp(value, 0.0, 255.0)));
  }
  const auto to = [&](int value) { return level[static_cast<std::size_t>(value)]; };
  const QRect area = part.toAlignedRect().intersected(image.rect());
  for (int y = area.top(); y <= area.bottom(); ++y) {
    auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
    for (int x = area.left(); x <= area.right(); ++x)
      line[x] = qRgb(to(qRed(line[x])), to(qGreen(line[x])), to(qBlue(line[x])));
  }
}

}  // namespace boxwright::ui
