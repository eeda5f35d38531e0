// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/precision_curve.h"

#include <algorithm>
#include <cstddef>

#include "core/evaluate/detection_matching.h"

namespace boxwright {
namespace {

/// The highest precision at each point or to its right.
std::vector<double> envelopeOf(const PrecisionCurve& curve) {
  std::vector<double> envelope = curve.precision;
  for (std::size_t i = envelope.size(); i-- > 1;) {
    envelope[i - 1] = std::max(envelope[i - 1], envelope[i]);
  }
  return envelope;
}

/// The envelope at the first point whose recall reaches `recall`; 0 where none does.
double envelopeAt(const PrecisionCurve& curve, const std::vector<double>& envelope, double recall) {
  const auto point = std::lower_bound(curve.recall.begin(), curve.recall.end(), recall);
  return point == curve.recall.end()
             ? 0
             : envelope[static_cast<std::size_t>(point - curve.recall.begin())];
}

}  // namespace

PrecisionCurve precisionCurve(const RankedMarks& ranked) {
  PrecisionCurve curve;
  std::size_t hits = 0, counted = 0;
  for (std::size_t i = 0; i < ranked.marks.size(); ++i) {
    if (ranked.marks[i] == Mark::Ignored) continue;
    ++counted;
    if (ranked.marks[i] == Mark::TruePositive) ++hits;
    curve.recall.push_back(double(hits) / double(ranked.truths));
    curve.precision.push_back(double(hits) / double(counted));
    curve.confidence.push_back(ranked.detections[i].detection->confidence);
  }
  return curve;
}

double elevenPointAp(const PrecisionCurve& curve) {
  const std::vector<double> envelope = envelopeOf(curve);
  double sum = 0;
  for (int i = 0; i <= 10; ++i)
    sum += envelopeAt(curve, envelope, i / 10.0);
  return sum / 11;
}

double allPointAp(const PrecisionCurve& curve) {
  const std::vector<double> envelope = envelopeOf(curve);
  double area = 0, reached = 0;
  for (std::size_t i = 0; i < envelope.size(); ++i) {
    area += (curve.recall[i] - reached) * envelope[i];
    reached = curve.recall[i];
  }
  return area;
}

double cocoAp(const PrecisionCurve& curve) {
  const std::vector<double> envelope = envelopeOf(curve);
  double sum = 0;
  for (int i = 0; i <= 100; ++i)
    sum += envelopeAt(curve, envelope, i * 0.01);
  return sum / 101;
}

}  // namespace boxwright
