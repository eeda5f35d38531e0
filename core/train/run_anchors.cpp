// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/run_anchors.h"

#include <fmt/format.h>

#include <utility>

#include "core/anchors/cluster_anchors.h"
#include "core/anchors/hand_picked.h"
#include "core/base/error.h"
#include "core/base/thread_budget.h"

namespace boxwright {
namespace {

/// Anchors that are not of these boxes, with what they reach.
RunAnchors measured(std::vector<Size> anchors, const RunSettings& s, std::vector<Size> fractions,
                    const char* origin) {
  AnchorSet set = measureAnchors(std::move(anchors), fractions, s.size);
  RunAnchors chosen{std::move(set.anchors), set.meanIou, {}};
  chosen.note = fmt::format("{} anchors {} reach a mean IOU of {:.1f} % on the training boxes.",
                            chosen.anchors.size(), origin, 100 * chosen.meanIou);
  return chosen;
}

}  // namespace

RunAnchors chooseAnchors(const RunSettings& s, BoxForm form, const std::vector<Size>& fractions,
                         const std::stop_token& stop) {
  RunAnchors chosen;
  if (form == BoxForm::Yolo) {
    if (!s.anchorSet.empty())
      throw Error("the network has no anchors, but some are given", {},
                  "leave them out, or keep the idea of anchors on");
    chosen.note = "YOLO's head has no anchors.";
  } else if (!s.anchorSet.empty()) {
    chosen = measured(s.anchorSet, s, fractions, "as given");
  } else if (s.ideas.priors == Priors::HandPicked) {
    chosen = measured(handPickedAnchors(s.size), s, fractions, "picked by hand");
  } else if (s.anchors > 0) {
    ClusterOptions options;
    options.k = s.anchors;
    options.seed = s.seed;
    options.inputSize = s.size;
    options.threads = ThreadBudget::of(s.threads).compute;
    const bool euclidean = s.ideas.priors == Priors::Euclidean;
    if (euclidean) options.distance = ClusterDistance::Euclidean;
    AnchorSet set = clusterAnchors(fractions, options, stop);
    chosen.anchors = std::move(set.anchors);
    chosen.meanIou = set.meanIou;
    chosen.note =
        fmt::format("{} anchors clustered {}from {} training boxes reach a mean IOU of {:.1f} %.",
                    chosen.anchors.size(), euclidean ? "by plain distance " : "", fractions.size(),
                    100 * chosen.meanIou);
  } else {
    chosen.note = "The anchors are those of the cfg.";
  }
  return chosen;
}

}  // namespace boxwright
