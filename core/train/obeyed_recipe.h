// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/network/cfg.h"
#include "core/network/network.h"
#include "core/train/recipe.h"
#include "core/train/run_settings.h"

namespace boxwright {

/// The recipe as a run obeys it: its own numbers, then the adjustments, then the settings that have
/// a place of their own. Pure. Throws Error where they do not fit each other or the network.
Recipe obeyedRecipe(const RunSettings& settings, const Network& network);

/// Throws Error (`where` names the file, if any) when the batch cannot be worked off in equal parts
/// of whole pictures.
void checkBatch(const Recipe& recipe, const std::string& where);

/// Writes what the recipe says about the network into its cfg: the loss, and for readers of the cfg
/// the training numbers.
void writeRecipeInto(Cfg& cfg, const Recipe& recipe, const RunSettings& settings);

}  // namespace boxwright
