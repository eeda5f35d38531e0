// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

namespace boxwright {

/// What lies in a run folder, by paths from it. run.json is written first and removed last: while
/// it is there, the others can be told as ours.
inline constexpr std::array kRunRecordFiles = {"metrics.jsonl", "metrics.csv",   "log.txt",
                                               "model.cfg",     "classes.names", "quarantine.json",
                                               "split.json",    "run.json"};
/// How much there was to learn from each box, written when a training ends or is stopped.
inline constexpr const char* kBoxLossesFile = "box_losses.jsonl";
/// Only there once something has been learned.
inline constexpr std::array kLearnedFiles = {"checkpoints/last.ckpt", "checkpoints/good.ckpt",
                                             "weights/best.weights", "weights/last.weights",
                                             kBoxLossesFile};

}  // namespace boxwright
