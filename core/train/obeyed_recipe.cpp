// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/obeyed_recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <variant>

#include "core/base/error.h"
#include "core/network/model.h"

namespace boxwright {
namespace {

void checkWhole(const Recipe& recipe, const std::string& where) {
  for (const double count : {recipe.batch, recipe.subdivisions}) {
    if (count != std::floor(count))
      throw Error(
          fmt::format("a batch of {} pictures in {} parts", recipe.batch, recipe.subdivisions),
          where, "choose whole numbers");
  }
}

/// The weights of YOLO's own loss where the user says nothing: its head has roots of sizes in place
/// of logarithms, and no box beside the responsible one is spared.
void weighAsYolo(Recipe& recipe, const RunSettings& s) {
  const auto set = [&](const char* name, auto& entry, auto value) {
    if (!isAdjusted(s, name)) entry = value;
  };
  set("coord_scale", recipe.coordScale, 5.0);
  set("object_scale", recipe.objectScale, 1.0);
  set("noobject_scale", recipe.noObjectScale, 0.5);
  set("two_minus_area", recipe.coordinateTwoMinusArea, false);
  set("thresh", recipe.ignoreThreshold, 1.0);
}

std::string numberText(double value) {
  return fmt::format("{:.9g}", value);
}

}  // namespace

void checkBatch(const Recipe& recipe, const std::string& where) {
  checkWhole(recipe, where);
  const auto batch = static_cast<int>(recipe.batch);
  const auto parts = static_cast<int>(recipe.subdivisions);
  if (parts < 1 || batch < 1 || batch % parts != 0)
    throw Error(fmt::format("a batch of {} cannot be worked off in {} equal parts", batch, parts),
                where, "choose subdivisions that divide the batch");
}

Recipe obeyedRecipe(const RunSettings& s, const Network& network) {
  Recipe recipe = findRecipe(s.recipe, network);
  for (const std::string& assignment : s.adjustments)
    adjust(recipe, assignment, taskOf(network));
  checkWhole(recipe, {});
  if (s.batch > 0) {
    recipe.batch = s.batch;
    if (s.subdivisions == 0) {
      // The recipe's share of a batch, where it divides the one asked for.
      const int parts = static_cast<int>(recipe.subdivisions);
      recipe.subdivisions = s.batch % parts == 0 ? parts : 1;
    }
  }
  if (s.subdivisions != 0) recipe.subdivisions = std::max(s.subdivisions, 1);
  if (s.epochs > 0) recipe.epochs = s.epochs;
  if (s.learningRate > 0) recipe.learningRate = s.learningRate;
  if (const Layer* layer = network.regionLayer(); layer && recipe.name != "cfg") {
    if (std::get<RegionLayer>(layer->kind).boxForm == BoxForm::Yolo) weighAsYolo(recipe, s);
  }
  checkRecipe(recipe);
  checkBatch(recipe, {});
  return recipe;
}

void writeRecipeInto(Cfg& cfg, const Recipe& r, const RunSettings& s) {
  CfgSection& net = cfg.sections.front();
  net.set("batch", numberText(r.batch));
  net.set("subdivisions", numberText(r.subdivisions));
  setDetectionSize(cfg, s.ideas.highResolutionDetector ? s.size + kDetectorExtra : 0);
  if (r.darknetExact) setBatchNormForm(cfg, BatchNormForm::EpsilonOutside);
  for (CfgSection& section : cfg.sections) {
    if (section.name != "region") continue;
    setInputRule(cfg, r.crop == CropRule::Crop ? InputRule::Plain : InputRule::Letterbox);
    section.set("rescore", r.rescore ? "1" : "0");
    section.set("coord_scale", numberText(r.coordScale));
    section.set("object_scale", numberText(r.objectScale));
    section.set("noobject_scale", numberText(r.noObjectScale));
    section.set("class_scale", numberText(r.classScale));
    section.set("thresh", numberText(r.ignoreThreshold));
    section.set("jitter", numberText(r.jitter));
    section.set("random", s.ideas.multiScale == MultiScale::On ? "1" : "0");
  }
}

}  // namespace boxwright
