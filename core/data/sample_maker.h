// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>

namespace boxwright {

/// Boxes: the VOC layout with splits, so that other tools open it too; objects of six classes that
/// differ by shape alone, look-alike distractors, varied backgrounds. Classes: folders train, val
/// and test with a folder for each of sixteen shapes, one piece a picture. Taxonomy: a combined
/// dataset over a tree of families and their shapes (sample_taxonomy.h): `images` pictures with
/// boxes and twice as many of which the shape alone is known.
enum class SampleKind { Boxes, Classes, Taxonomy };

struct SampleOptions {
  SampleKind kind = SampleKind::Boxes;
  int images = 600;
  std::uint64_t seed = 1;
};

/// Writes a built-in sample dataset into `folder`. The same bytes for the same options. Throws
/// Error when the folder holds anything already or cannot be written. When stopped it leaves
/// nothing behind. Works on every core; `progress` (0..1) is called on the calling thread.
void makeSampleDataset(const std::filesystem::path& folder, const SampleOptions& options,
                       std::stop_token stop = {}, const std::function<void(double)>& progress = {});

}  // namespace boxwright
