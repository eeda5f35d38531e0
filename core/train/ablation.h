// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/train/run.h"
#include "core/train/trainer.h"

namespace boxwright {

/// What every training of an ablation is told; its ideas are those of the path's steps.
struct AblationSettings {
  RunSettings base;  ///< with `epochs` or `updates`: the same for each; `seed` is the first seed
  int seeds = 3;     ///< trainings a step: seed, seed + 1, ...
  /// Two classifiers' weights over the network's first layers, one learned at a low resolution and
  /// one trained on at a high one: the steps before the high-resolution classifier start from the
  /// first, the others from the second. Both or neither.
  std::string lowWeights, highWeights;
  int classifierLayers = -1;  ///< with them: so many of the first layers
};

/// One step of the path from YOLO to YOLOv2 (the paper's Table 2): all ideas so far.
struct AblationStep {
  std::string key;   ///< "batch-norm", in file names
  std::string name;  ///< "+ batch normalisation"
  Ideas ideas;
  /// Nothing to train: the weights of the step before, looked at with a larger input.
  bool sameWeights = false;
  bool highClassifier = false;  ///< starts from highWeights where there are any
  std::string missing;          ///< why the step cannot be shown; empty where it can
};

/// The path for these settings' network; a step that they cannot show says why.
std::vector<AblationStep> ablationPath(const AblationSettings& settings);

/// One training of a step, evaluated.
struct AblationTrial {
  std::uint64_t seed = 0;
  std::string fault;  ///< why it gave no detector (the loss was no number any more); else empty
  std::int64_t updates = 0;
  double map50 = 0;
  double recall = 0;  ///< of all detections of confidence .005 and more that NMS leaves
};

struct AblationRow {
  AblationStep step;
  int inputSize = 0, cells = 0;    ///< the grid is cells x cells
  int boxes = 0;                   ///< a picture, before suppression
  std::optional<double> priorIou;  ///< mean IOU of the anchors with the training boxes
  std::vector<AblationTrial> trials;

  struct Range {
    double mean = 0, least = 0, most = 0;
  };
  /// Over the trials that gave a detector; nothing where none did.
  std::optional<Range> map50() const;
  std::optional<Range> recall() const;
};

/// How a row stands to the last one before it that could be measured.
enum class AblationVerdict {
  First,
  Better,
  Worse,
  NotDistinguishable,  ///< the ranges of mAP50 overlap
  Unknown,             ///< one seed shows no range, or the row has no result
};
const char* verdictText(AblationVerdict verdict);

struct AblationResult {
  std::vector<AblationRow> rows;  ///< one a step, with the trials done so far
  std::string model, split;       ///< evaluated on
  std::size_t pictures = 0;       ///< of that split
  int size = 0, seeds = 0;
  std::string budget;  ///< "40 epochs"
  bool stopped = false;

  AblationVerdict verdict(std::size_t row) const;
};

/// Where an ablation tells what it does, on the calling thread.
struct AblationSink {
  std::function<void(const std::string&)> say;               ///< "YOLO, seed 1 (training 1 of 21)"
  std::function<void(const TrainEvent&)> train;              ///< of the training that runs
  std::function<void(const AblationResult&)> trialFinished;  ///< with all trials so far
};

/// Trains the path step by step in `folder`, all steps with one seed before the next seed, and
/// evaluates each on the test pictures (validation's where there are none). All trainings share one
/// split. Stopped or killed and called again it goes on with the training it was in; what is done
/// is not done again; more seeds may be asked for later. Throws Error where the folder holds an
/// ablation of other settings, and what train() throws, but for a training that diverges: that is
/// the trial's result.
AblationResult ablate(const std::filesystem::path& folder, const AblationSettings& settings,
                      const Dataset& dataset, const std::stop_token& stop,
                      const AblationSink& sink);

}  // namespace boxwright
