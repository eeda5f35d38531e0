// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/network/cfg.h"

namespace boxwright {

/// Where the anchors come from.
enum class Priors {
  Clusters,    ///< k-means with 1 - IOU on the training boxes
  HandPicked,  ///< three areas by three shapes, whatever the boxes
  Euclidean,   ///< k-means with the squared distance
};

/// Whether a run draws another input size every 10 updates.
enum class MultiScale {
  AsRecipe,  ///< only the recipe "cfg", where the cfg says random=1
  On,
  Off,
};

/// The ideas that lead from YOLO to YOLOv2 (the paper's section 2), each a switch of a run. An idea
/// that is on leaves the network as its cfg has it; one that is off takes it out. A value.
struct Ideas {
  bool batchNorm = true;
  bool anchors = true;  ///< off: YOLO's head, and priors and directLocation mean nothing
  Priors priors = Priors::Clusters;
  bool directLocation = true;
  bool passthrough = true;
  MultiScale multiScale = MultiScale::AsRecipe;  ///< of a run that has been made: on or off
  bool highResolutionDetector = false;           ///< detect with an input kDetectorExtra larger

  bool operator==(const Ideas&) const = default;
};

/// 416 to 544, as in the paper.
inline constexpr int kDetectorExtra = 128;

/// What a person reads of one idea.
struct IdeaRow {
  std::string name;                 ///< "batch-norm", as in --idea batch-norm=off
  std::vector<std::string> values;  ///< the first is the default, as often as not "on" of two
  std::string title;                ///< "Batch normalisation"
  std::string sentence;             ///< what it is, and what stands in its place
};

/// Every idea, in the order of the paper's table.
const std::vector<IdeaRow>& ideaRows();

/// "name=value". Throws Error listing what there is.
void setIdea(Ideas& ideas, const std::string& assignment);
/// Every idea's value by name, and back: unknown names are passed over, absent ones are left.
std::map<std::string, std::string> ideaValues(const Ideas& ideas);
void setIdeaValues(Ideas& ideas, const std::map<std::string, std::string>& values);

/// "Batch normalisation: off", a line for each idea that departs from the defaults. Multi-scale off
/// is none: it is what all recipes do but a cfg that asks for more.
std::vector<std::string> departures(const Ideas& ideas);

/// The input side that a network of these ideas takes in place of `size`: YOLO's coarser grid wants
/// a multiple of 64.
int inputSizeFor(const Ideas& ideas, int size);

/// The cfg with what is off taken out; withHead() comes after. What there was nothing to take out
/// of is said in `notes`. Throws Error where the network cannot be without it.
Cfg applyIdeas(Cfg cfg, const Ideas& ideas, std::vector<std::string>& notes);

}  // namespace boxwright
