// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "ui/charts/chart.h"
#include "ui/class_palette.h"
#include "ui/evaluate/evaluation.h"
#include "ui/evaluate/finding_filter.h"

namespace boxwright::ui {

/// Precision over recall, a line a class in its colour, a dot where the operating confidence is; of
/// a second model dashed. A click picks the boxes around the nearest point.
class CurveChart : public Chart {
  Q_OBJECT
 public:
  explicit CurveChart(QWidget* parent = nullptr);

  void setEvaluations(std::vector<ScoredEvaluation> models, const ClassPalette& byClass);
  /// The boxes whose confidences lie around the point of a curve that is nearest to this recall and
  /// precision; everything where there is no curve. Of the first model.
  FindingScope scopeNear(double recall, double precision) const;

 Q_SIGNALS:
  void picked(const boxwright::ui::FindingScope& scope);

 private:
  std::vector<ScoredEvaluation> models_;
};

}  // namespace boxwright::ui
