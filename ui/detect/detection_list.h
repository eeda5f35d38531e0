// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTreeWidget>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/geometry/box.h"
#include "core/taxonomy/class_tree.h"

namespace boxwright::ui {

/// What was found in the frame: class and confidence with a bar, the surest first. Ids are places
/// in the list of detections.
class DetectionList : public QTreeWidget {
  Q_OBJECT
 public:
  explicit DetectionList(QWidget* parent = nullptr);

  /// With a tree a tooltip says the way down to each.
  void show(const std::vector<Detection>& detections, const ClassNames& names,
            const ClassTree* tree = nullptr);
  void select(std::optional<std::uint32_t> id);

 Q_SIGNALS:
  void picked(std::optional<std::uint32_t> id);

 private:
  static constexpr int kMost = 200;
};

/// The class's name, or "class 7" where the model has none.
QString classText(const ClassNames& names, int classId);

}  // namespace boxwright::ui
