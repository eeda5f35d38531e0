// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

namespace boxwright {

/// What lies in a run folder, by paths from it. run.json is written first and removed last: while
/// it is there, the others can be told as ours.
inline constexpr std::array kRunRecordFiles = {
    "metrics.jsonl", "metrics.csv",   "log.txt",         "model.cfg",  "classes.names",
    "classes.tree",  "classes.boxed", "quarantine.json", "split.json", "run.json"};
/// The tree of its classes, where they have one.
inline constexpr const char* kRunTreeFile = "classes.tree";
/// Which of them had boxes to learn from: a line a class, its number.
inline constexpr const char* kRunBoxedFile = "classes.boxed";
/// How much there was to learn from each box, written when a training ends or is stopped.
inline constexpr const char* kBoxLossesFile = "box_losses.jsonl";
/// Only there once something has been learned.
inline constexpr std::array kLearnedFiles = {"checkpoints/last.ckpt", "checkpoints/good.ckpt",
                                             "weights/best.weights", "weights/last.weights",
                                             kBoxLossesFile};

}  // namespace boxwright
