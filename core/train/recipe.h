// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/network/network.h"
#include "core/train/augment.h"
#include "core/train/schedule.h"

namespace boxwright {

/// What to do in training where neither the network nor the user says so. Lengths are given in
/// epochs where they depend on how many pictures there are, else in updates. Every number has a
/// name (the comments), by which `adjust` changes it and run.json keeps it. A value.
struct Recipe {
  std::string name;
  double epochs = 100;           ///< epochs
  double batch = 4;              ///< batch
  double subdivisions = 1;       ///< subdivisions
  bool withReplacement = false;  ///< with_replacement: pictures are drawn, not dealt

  RatePolicy policy = RatePolicy::Cosine;  ///< policy
  double learningRate = 0.001;             ///< learning_rate
  double finalShare = 0.01;                ///< final_share of the rate at the end of a cosine
  double warmUpEpochs = 2;                 ///< warm_up_epochs: burn-in, where warmUpUpdates is 0
  double warmUpUpdates = 0;                ///< warm_up_updates: burn-in as Darknet counts it
  double warmUpPower = 2;                  ///< warm_up_power
  double firstDrop = 0.375;                ///< first_drop: policy steps; share of the whole length
  double secondDrop = 0.5625;              ///< second_drop
  double momentum = 0.9;                   ///< momentum
  double decay = 0.0005;                   ///< decay

  double priorEpochs = 0;      ///< prior_epochs: boxes are drawn to their anchors
  double priorImages = 0;      ///< prior_images: the same as Darknet counts it
  double rollingEpochs = 1;    ///< rolling_epochs: memory of the rolling statistics
  double rollingMomentum = 0;  ///< rolling_momentum: > 0 overrides rolling_epochs
  bool darknetExact = false;   ///< darknet_exact: batch norm as Darknet's CPU code computes it
  double averageEpochs = 1;    ///< average_epochs: memory of the weight average; 0: none

  CropRule crop = CropRule::Crop;  ///< letterbox: 0 crop jitter and plain resize, 1 R18's
  double jitter = 0.2;             ///< jitter
  double hue = 0.03;               ///< hue
  double saturation = 1.5;         ///< saturation
  double exposure = 1.5;           ///< exposure
  bool horizontalFlip = true;      ///< horizontal_flip
  bool verticalFlip = false;       ///< vertical_flip
  bool transpose = false;          ///< transpose: rows and columns exchanged half of the time
  double smallestBox = 0.001;      ///< smallest_box kept, as a share of the side
  double angle = 7;                ///< angle: of a classifier's pictures, degrees either way
  double aspect = 0.75;            ///< aspect: of them, by up to this factor or its inverse
  double minRatio = 0.9;           ///< min_ratio: of their shorter side to the input's, least
  double maxRatio = 1.3;           ///< max_ratio: most
  double plainEpochs = 0;          ///< plain_epochs: the last ones are not augmented

  bool rescore = true;                 ///< rescore: objectness is drawn to the IOU
  bool coordinateTwoMinusArea = true;  ///< two_minus_area: weight of spec 5 (R18)
  double coordScale = 1;               ///< coord_scale
  double objectScale = 5;              ///< object_scale
  double noObjectScale = 1;            ///< noobject_scale
  double classScale = 1;               ///< class_scale
  double classBalance = 0.5;           ///< class_balance: exponent of classWeights
  bool quietStart = true;              ///< quiet_start: see quietHead
  double ignoreThreshold = 0.6;        ///< thresh
  double mix = 0;                      ///< mix: see mixedEpoch
  /// whole_background: whole pictures have but one object, ClassOnlyForm::Early
  bool wholeBackground = false;
};

/// "small", "paper", "cfg".
std::vector<std::string> recipeNames();

/// The recipe by name for what `network` is made for; "cfg" takes what its [net] and [region] say.
/// Throws Error listing the names there are.
Recipe findRecipe(const std::string& name, const Network& network);

/// Changes one entry: "name=value". Throws Error listing the names there are, or where the entry
/// means nothing to the task; without a task none is wrong.
void adjust(Recipe& recipe, const std::string& assignment,
            std::optional<NetworkTask> task = NetworkTask::Detection);

/// The names of all entries, "epochs, batch, …", for help texts.
std::string recipeEntries();

/// Throws Error naming the entry that is out of the table's range.
void checkRecipe(const Recipe& recipe);

/// Every entry by name, and back: what was written is what is obeyed, whatever the defaults are by
/// then. Unknown names are passed over; an entry that came later takes what runs did before there
/// was one; Error names another that is absent, or out of range.
std::map<std::string, double> recipeValues(const Recipe& recipe);
void setRecipeValues(Recipe& recipe, const std::map<std::string, double>& values);

/// The recipe worked out for a number of pictures: what depends on epochs in updates and images.
struct RecipeNumbers {
  double updatesPerEpoch = 1;
  Schedule schedule;  ///< maxBatches still 0 where the length is not known yet
  std::uint64_t priorImages = 0;
  double rollingMomentum = 0.99;  ///< of a mini-batch
  double averageDecay = 0;        ///< of an update; 0: no average
};
RecipeNumbers workOut(const Recipe& recipe, std::size_t pictures, std::int64_t iterations,
                      const NetSettings& net, std::uint64_t seed);

/// What the recipe sets, in sentences for people.
std::vector<std::string> describe(const Recipe& recipe, const RecipeNumbers& numbers,
                                  std::size_t pictures, NetworkTask task = NetworkTask::Detection);

}  // namespace boxwright
