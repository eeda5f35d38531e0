// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>

namespace boxwright::unseen {

/// Into the new folder `out`: the whole pictures of a taxonomy sample, or of what makeCells() made,
/// with each other's classes, and a combined dataset of them and `world`'s pictures with boxes.
/// Throws Error.
void shuffleClasses(const std::filesystem::path& world, const std::filesystem::path& out,
                    std::uint64_t seed);

/// Into the new folder `out`, of the BCCD dataset at `bccd`: `boxed`, tiles with boxes, for
/// training and validation those that hold red cells alone, to test all; `whole`, crops about
/// cells, of a random size and place, whose class alone is told; cells.tree and
/// cells.combined.json. Throws Error.
void makeCells(const std::filesystem::path& bccd, const std::filesystem::path& out,
               std::uint64_t seed);

}  // namespace boxwright::unseen
