// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/atomic_folder.h"
#include "core/data/sample_scene.h"

namespace boxwright {

// What the samples write, each picture by its number.

/// "sample_00012".
std::string sampleName(int number);
/// Every 20th picture is a PNG, the others are JPEG.
const char* sampleEnding(int number);

/// A picture and its labels in the VOC layout under `folder` (empty: the sample's own).
void writeVocPicture(const AtomicFolder& out, const std::string& folder, int number,
                     const SampleScene& scene, const std::vector<std::string>& classes);
/// The lists of its splits, ascending, and the names of its classes.
void writeVocLists(const AtomicFolder& out, const std::string& folder,
                   std::map<std::string, std::vector<int>> splits,
                   const std::vector<std::string>& classes);

/// 70 % of the pictures in any order to learn from, 12 % for validation, the rest to test.
std::map<std::string, std::vector<int>> sampleSplits(int pictures, std::uint64_t seed);

/// Of `count` pictures of a class, the `place`th: the first 70 % are to learn from.
const char* splitOfPlace(int place, int count);

}  // namespace boxwright
