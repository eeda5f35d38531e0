// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <span>

#include "core/data/dataset.h"
#include "core/evaluate/evaluate_model.h"

namespace boxwright {

/// Writes `comp4_det_<class>.txt` a class into `folder` (made if needed): "id confidence xmin ymin
/// xmax ymax", 1-based pixels clipped to the picture, as the VOC development kit reads (spec
/// section 9). `indices` and `output.pictures` go together. Throws Error when the folder cannot be
/// written.
void writeVocDetections(const std::filesystem::path& folder, const Dataset& dataset,
                        std::span<const std::size_t> indices, const EvaluateOutput& output,
                        const ClassNames& names);

/// Writes `detections.json` into `folder`: a COCO results list with x, y, w, h clipped to the
/// picture. The picture's id is the number at the end of its name where every picture has its own,
/// else its position from 1; the category id is the class id + 1, for 80 classes COCO's own
/// numbering.
void writeCocoDetections(const std::filesystem::path& folder, const Dataset& dataset,
                         std::span<const std::size_t> indices, const EvaluateOutput& output,
                         const ClassNames& names);

}  // namespace boxwright
