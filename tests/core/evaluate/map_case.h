// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/evaluate/average_precision.h"
#include "core/geometry/conversion.h"
#include "tests/golden_file.h"

namespace boxwright {

/// A case of map.json. VOC reads the corners as inclusive, COCO as edges (the file's layout text).
struct MapCase {
  nlohmann::json golden;
  std::vector<std::vector<Box>> truths;
  std::vector<FiledDetection> detections;
  int classes = 0;

  MapCase(const nlohmann::json& from, Protocol protocol) : golden(from) {
    classes = golden.at("classes");
    const auto rectOf = [&](const double* corner) {
      return protocol == Protocol::Coco ? Rect{corner[0], corner[1], corner[2], corner[3]}
                                        : rectFromVoc(corner[0], corner[1], corner[2], corner[3]);
    };
    const std::vector<double> truthRows = goldenValues(golden.at("truths"));
    const std::vector<double> foundRows = goldenValues(golden.at("detections"));
    double last = 0;
    for (std::size_t i = 0; i < truthRows.size(); i += 9)
      last = std::max(last, truthRows[i]);
    for (std::size_t i = 0; i < foundRows.size(); i += 7)
      last = std::max(last, foundRows[i]);
    truths.resize(static_cast<std::size_t>(last) + 1);  // by image id
    for (std::size_t i = 0; i < truthRows.size(); i += 9) {
      const double* row = truthRows.data() + i;
      Box box;
      box.classId = static_cast<int>(row[1]);
      box.rect = rectOf(row + 2);
      box.difficult = row[6] != 0;
      box.crowd = row[7] != 0;
      box.area = row[8];
      truths[static_cast<std::size_t>(row[0])].push_back(box);
    }
    for (std::size_t i = 0; i < foundRows.size(); i += 7) {
      const double* row = foundRows.data() + i;
      detections.push_back(
          {static_cast<std::size_t>(row[0]),
           {rectOf(row + 3), static_cast<int>(row[1]), static_cast<float>(row[2])}});
    }
  }

  /// The same by pictures: in them the order of the file is kept.
  std::vector<PictureResult> pictures() const {
    std::vector<PictureResult> out(truths.size());
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i].truths = truths[i];
    for (const FiledDetection& filed : detections)
      out[filed.picture].detections.push_back(filed.detection);
    return out;
  }

  EvaluationResult scored(Protocol protocol) const {
    ScoringOptions options;
    options.protocol = protocol;
    return score(truths, detections, classes, options);
  }
};

}  // namespace boxwright
