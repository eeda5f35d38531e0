// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/verdicts.h"

#include <algorithm>

#include "core/geometry/iou.h"

namespace boxwright {
namespace {

constexpr double kOverlap = 0.5;      ///< from here on a detection stands for a truth
constexpr double kBadlyPlaced = 0.1;  ///< from here on it meant it

/// One picture while it is being judged.
class PictureJudge {
 public:
  PictureJudge(std::size_t picture, std::span<const Box> truths, bool coco,
               std::vector<JudgedBox>& verdicts)
      : picture_(picture),
        truths_(truths),
        coco_(coco),
        verdicts_(verdicts),
        taken_(truths.size()),
        ignored_(truths.size()) {}

  /// A hit, or one that is left out: `truth` is null where it is so for another reason.
  void decided(std::size_t index, const Detection& found, Mark mark, const Box* truth) {
    const std::optional<std::size_t> which =
        truth ? std::optional(static_cast<std::size_t>(truth - truths_.data())) : std::nullopt;
    if (which) (mark == Mark::TruePositive ? taken_ : ignored_)[*which] = true;
    add(mark == Mark::TruePositive ? Verdict::TruePositive : Verdict::Ignored, index, found, which);
  }

  /// A miss; by falling confidence, after all that are decided.
  void miss(std::size_t index, const Detection& found) {
    const auto other = best(found, kOverlap, [&](std::size_t t) {
      return truths_[t].classId != found.classId && !taken_[t] && !isLeftOut(truths_[t]);
    });
    if (other) {
      taken_[*other] = true;
      add(Verdict::WrongClass, index, found, other);
      return;
    }
    const auto own = best(found, kBadlyPlaced,
                          [&](std::size_t t) { return truths_[t].classId == found.classId; });
    if (!own) {
      add(Verdict::Background, index, found, {});
    } else {
      const bool on = iou(found.rect, truths_[*own].rect) >= kOverlap;
      add(on ? Verdict::Duplicate : Verdict::BadlyPlaced, index, found, own);
    }
  }

  /// The truths that nothing stands for.
  void finish() {
    for (std::size_t t = 0; t < truths_.size(); ++t) {
      if (taken_[t] || ignored_[t]) continue;
      JudgedBox box;
      box.picture = picture_;
      box.truth = t;
      box.truthClass = truths_[t].classId;
      box.verdict = isLeftOut(truths_[t]) ? Verdict::Ignored : Verdict::Missed;
      verdicts_.push_back(box);
    }
  }

 private:
  bool isLeftOut(const Box& truth) const { return coco_ ? truth.crowd : truth.difficult; }

  template <typename Fits>
  std::optional<std::size_t> best(const Detection& found, double least, const Fits& fits) const {
    std::optional<std::size_t> which;
    double most = least;
    for (std::size_t t = 0; t < truths_.size(); ++t) {
      if (!fits(t)) continue;
      const double overlap = iou(found.rect, truths_[t].rect);
      if (overlap > most || (overlap == most && !which)) {
        most = overlap;
        which = t;
      }
    }
    return which;
  }

  void add(Verdict verdict, std::size_t index, const Detection& found,
           std::optional<std::size_t> truth) {
    JudgedBox box;
    box.picture = picture_;
    box.verdict = verdict;
    box.detection = index;
    box.predictedClass = found.classId;
    box.confidence = found.confidence;
    if (truth) {
      box.truth = truth;
      box.truthClass = truths_[*truth].classId;
      box.iou = iou(found.rect, truths_[*truth].rect);
    }
    verdicts_.push_back(box);
  }

  std::size_t picture_;
  std::span<const Box> truths_;
  bool coco_;
  std::vector<JudgedBox>& verdicts_;
  std::vector<bool> taken_, ignored_;
};

/// What the marks say of one detection.
struct Decision {
  Mark mark = Mark::Ignored;  ///< COCO counts the 100 most confident of a class and picture
  const Box* truth = nullptr;
};

}  // namespace

std::vector<JudgedBox> judge(const SortedBoxes& boxes, std::span<const RankedMarks> marks,
                             const ScoringOptions& options) {
  std::vector<std::vector<Decision>> decisions(boxes.pictures());
  for (std::size_t picture = 0; picture < boxes.pictures(); ++picture)
    decisions[picture].resize(boxes.detections(picture).size());
  for (const RankedMarks& own : marks) {
    for (std::size_t i = 0; i < own.marks.size(); ++i) {
      const ClassCase::Found& found = own.detections[i];
      decisions[found.picture][found.index] = {own.marks[i], own.matched[i]};
    }
  }

  std::vector<JudgedBox> verdicts;
  std::vector<std::size_t> order;
  for (std::size_t picture = 0; picture < boxes.pictures(); ++picture) {
    const std::vector<const Detection*>& found = boxes.detections(picture);
    order.clear();
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (double(found[i]->confidence) > options.operatingConfidence) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(), [&found](std::size_t a, std::size_t b) {
      return found[a]->confidence > found[b]->confidence;
    });
    const std::size_t first = verdicts.size();
    PictureJudge judging(picture, boxes.truths(picture), options.protocol == Protocol::Coco,
                         verdicts);
    for (const std::size_t i : order) {
      const Decision& decision = decisions[picture][i];
      if (decision.mark != Mark::FalsePositive)
        judging.decided(i, *found[i], decision.mark, decision.truth);
    }
    for (const std::size_t i : order) {
      if (decisions[picture][i].mark == Mark::FalsePositive) judging.miss(i, *found[i]);
    }
    std::stable_sort(
        verdicts.begin() + static_cast<std::ptrdiff_t>(first), verdicts.end(),
        [](const JudgedBox& a, const JudgedBox& b) { return a.confidence > b.confidence; });
    judging.finish();
  }
  return verdicts;
}

std::optional<std::pair<std::size_t, std::size_t>> confusionCell(const JudgedBox& box,
                                                                 std::size_t background) {
  const auto truth = static_cast<std::size_t>(box.truthClass);
  const auto predicted = static_cast<std::size_t>(box.predictedClass);
  switch (box.verdict) {
    case Verdict::TruePositive:
    case Verdict::WrongClass:
      return std::pair(truth, predicted);
    case Verdict::Background:
    case Verdict::BadlyPlaced:
    case Verdict::Duplicate:
      return std::pair(background, predicted);
    case Verdict::Missed:
      return std::pair(truth, background);
    case Verdict::Ignored:
      break;
  }
  return std::nullopt;
}

}  // namespace boxwright
