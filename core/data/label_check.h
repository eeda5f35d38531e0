// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "core/data/dataset.h"
#include "core/geometry/box.h"

namespace boxwright {

/// Reads size and structure of a picture into the dataset; a fault becomes a Problem. Returns
/// whether the picture has a size.
bool readPictureSize(Dataset& dataset, std::size_t picture);

/// The part of the box that lies in the picture. A box without area, or wholly outside, is a
/// Problem and gives nothing; one that sticks out by more than a pixel is cut and a Problem, by
/// less (the rounding of other tools) just cut. `what` names the box in messages: "box of 'cat'".
std::optional<Rect> checkedRect(Dataset& dataset, std::size_t picture, const Rect& rect,
                                const std::string& file, int line, const std::string& what);

/// A Problem where a label says another size than the picture has: the picture's own counts. Some
/// tools leave it at 0, which says nothing.
void reportOtherSize(Dataset& dataset, std::size_t picture, double width, double height,
                     const std::string& file, int line);

/// Sets the annotation of a picture.
void setAnnotation(Dataset& dataset, std::size_t picture, Annotation annotation);

}  // namespace boxwright
