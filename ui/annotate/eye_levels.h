// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>

class QImage;

namespace boxwright::ui {

/// Makes a part of a painted picture brighter and richer in contrast, each by -100 to 100; nothing
/// at 0. RGB32.
void applyEyeLevels(QImage& image, const QRectF& part, int brightness, int contrast);

}  // namespace boxwright::ui
