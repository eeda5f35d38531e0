// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/curve_chart.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "ui/class_palette.h"
#include "ui/detect/detection_list.h"

namespace boxwright::ui {
namespace {

constexpr std::size_t around = 12;  ///< points on either side of the one that is picked

}  // namespace

CurveChart::CurveChart(QWidget* parent) : Chart(parent) {
  setObjectName(QStringLiteral("curves"));
  setAccessibleName(tr("Precision over recall of each class"));
  setTitle(tr("Precision over recall"));
  setKeyName(QStringLiteral("recall"));
  setAxisNames(tr("recall"), tr("precision"));
  setValueBounds(0, 1);
  setSharedExtent(QCPRange(0, 1));
  setDirectLabels(false);
  connect(this, &Chart::clicked, this, [this](double recall, double precision) {
    const FindingScope scope = scopeNear(recall, precision);
    if (scope.of == FindingScope::Of::Point) Q_EMIT picked(scope);
  });
}

void CurveChart::setEvaluations(std::vector<ScoredEvaluation> models, const ClassPalette& byClass) {
  models_ = std::move(models);
  clearLines();
  std::vector<std::pair<double, double>> operating;
  for (std::size_t m = 0; m < models_.size(); ++m) {
    const Evaluation& evaluation = *models_[m].evaluation;
    const std::vector<PrecisionCurve>& curves = models_[m].score->curves;
    for (std::size_t c = 0; c < curves.size(); ++c) {
      if (curves[c].recall.empty()) continue;
      const auto id = static_cast<int>(c);
      LineStyle style;
      style.name = classText(evaluation.names, id);
      if (models_.size() > 1) style.name += QStringLiteral(", ") + evaluation.request.model;
      style.fixed = byClass(evaluation.shownClass(id));
      style.dashed = m > 0;
      style.width = m > 0 ? 1.2 : 1.6;
      setPoints(addLine(style), curves[c].recall, curves[c].precision);
      // The last point whose find is above the operating confidence.
      const auto above = std::partition_point(
          curves[c].confidence.begin(), curves[c].confidence.end(),
          [&](float confidence) { return double(confidence) > models_[m].confidence; });
      if (above == curves[c].confidence.begin()) continue;
      const auto last = static_cast<std::size_t>(above - curves[c].confidence.begin()) - 1;
      operating.emplace_back(curves[c].recall[last], curves[c].precision[last]);
    }
  }
  std::sort(operating.begin(), operating.end());
  std::vector<double> xs, ys;
  for (const auto& [recall, precision] : operating) {
    xs.push_back(recall);
    ys.push_back(precision);
  }
  LineStyle dots;
  dots.fixed = palette().color(QPalette::WindowText);
  dots.markers = true;
  dots.line = false;
  dots.dot = 7;
  setPoints(addLine(dots), xs, ys);
  refresh();
}

FindingScope CurveChart::scopeNear(double recall, double precision) const {
  FindingScope scope;
  if (models_.empty()) return scope;
  const std::vector<PrecisionCurve>& curves = models_[0].score->curves;
  double nearest = std::numeric_limits<double>::max();
  for (std::size_t c = 0; c < curves.size(); ++c) {
    const PrecisionCurve& curve = curves[c];
    const std::size_t points = curve.recall.size();
    for (std::size_t i = 0; i < points; ++i) {
      const double x = curve.recall[i] - recall, y = curve.precision[i] - precision;
      if (x * x + y * y >= nearest) continue;
      nearest = x * x + y * y;
      const std::size_t first = i > around ? i - around : 0;
      const std::size_t last = std::min(points - 1, i + around);
      scope = {.of = FindingScope::Of::Point,
               .classId = static_cast<int>(c),
               .low = double(curve.confidence[last]),
               .high = double(curve.confidence[first])};
    }
  }
  return scope;
}

}  // namespace boxwright::ui
