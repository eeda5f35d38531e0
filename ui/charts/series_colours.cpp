// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/series_colours.h"

#include <array>

namespace boxwright::ui {

QColor seriesColour(int index, bool dark) {
  static const std::array<QRgb, seriesColourCount> onDark = {
      0xff6ea3f8, 0xffe0a33e, 0xff5fb865, 0xffb794f4, 0xff45bfc4, 0xffee7b7b, 0xffc3d64b};
  static const std::array<QRgb, seriesColourCount> onLight = {
      0xff2763cf, 0xff985a00, 0xff237a2f, 0xff7346c0, 0xff0b7378, 0xffbf3434, 0xff5f6a00};
  const auto at = static_cast<std::size_t>(index < 0 ? 0 : index % seriesColourCount);
  return QColor::fromRgb(dark ? onDark[at] : onLight[at]);
}

}  // namespace boxwright::ui
