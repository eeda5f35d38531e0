// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/problem.h"
#include "core/network/network.h"
#include "core/taxonomy/class_names.h"

namespace boxwright {

/// How pictures are brought to the input size (the rule itself lives in core/image).
enum class InputRule { Plain, Letterbox };

/// A network with weights and all that is needed to use it. The one way in for canvas, evaluator,
/// export and command line.
struct Model {
  Network network;  ///< not folded
  ClassNames names;
  InputRule inputRule = InputRule::Letterbox;
  BatchNormForm batchNorm = BatchNormForm::EpsilonInside;
  /// Over a class tree: the classes that had boxes in training, ascending; empty where not known.
  std::vector<int> boxedClasses;
  std::string title;  ///< for people: the run's folder name or the cfg's file name
  std::vector<Problem> problems;
  Cfg cfg;  ///< the text of the network; empty where not opened
  /// That it was opened from, of a run all that its folder may hold: not to be overwritten.
  std::vector<std::filesystem::path> files;
};

/// How a cfg says that its network is to be used: [net] input_rule=plain|letterbox and
/// batch_norm_form=inside|outside, two keys of ours that Darknet passes over with a warning.
/// Without them (foreign cfgs) letterbox and epsilon inside. Throw Error for another value.
InputRule inputRuleOf(const Cfg& cfg);
BatchNormForm batchNormFormOf(const Cfg& cfg);
/// The side at which the network detects, where it is not the one it is trained at: [net]
/// detection_size=, a third such key; 0 where there is none. Throws Error for a side that cannot
/// be.
int detectionSizeOf(const Cfg& cfg);
/// Write them; a detection size of 0 takes the key out.
void setInputRule(Cfg& cfg, InputRule inputRule);
void setBatchNormForm(Cfg& cfg, BatchNormForm form);
void setDetectionSize(Cfg& cfg, int side);

/// Opens a run folder (model.cfg, classes.names, weights/best.weights, else weights/last.weights).
/// Throws Error naming the missing file, and where the names do not fit the classes.
Model openRunModel(const std::filesystem::path& run);

/// Opens Darknet's three files; an empty `names` gives "class 0", … Throws as above.
Model openModel(const std::filesystem::path& cfg, const std::filesystem::path& weights,
                const std::filesystem::path& names);

}  // namespace boxwright
