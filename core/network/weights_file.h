// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/network/network.h"

namespace boxwright {

/// What a weights file gave.
struct WeightsReport {
  int layersLoaded = 0;   ///< convolutions read
  int layersInNetwork = 0;
  std::uint64_t seen = 0;
  std::uint64_t leftoverBytes = 0;  ///< worth a warning
  bool partial() const { return layersLoaded < layersInNetwork; }
};

/// Reads Darknet weights (both headers, spec section 2) into `network`. The file may end on a layer
/// boundary (partial file); `allowPartial` false makes that an Error as well. A file that ends inside
/// a layer throws Error naming layer and bytes, and leaves the network as it was.
WeightsReport loadWeights(const std::filesystem::path& file, Network& network,
                          bool allowPartial = false, int firstLayers = -1);

enum class WeightsHeader { Version1, Version2 };  ///< 0.1.0 (16 bytes), 0.2.0 (20 bytes)

/// Writes Darknet weights atomically; `firstLayers` >= 0 writes layers 0..firstLayers-1 only.
void saveWeights(const std::filesystem::path& file, const Network& network, std::uint64_t seen,
                 WeightsHeader header = WeightsHeader::Version2, int firstLayers = -1);

}  // namespace boxwright
