// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace boxwright::ui {

class DatasetDocument;

/// Labels the unlabelled pictures between this one and the last labelled one before it in its
/// numbered series, such as the frames of a video, with boxes on their way from the one to the
/// other. One edit. Returns a sentence for people: what was done, or why nothing was.
QString fillSeries(DatasetDocument& document, int picture);

}  // namespace boxwright::ui
