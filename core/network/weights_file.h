// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/network/network.h"

namespace boxwright {

/// What a weights file gave.
struct WeightsReport {
  int layersLoaded = 0;     ///< convolutions read
  int layersInNetwork = 0;  ///< convolutions there are
  int lastLayer = -1;       ///< the last layer read, of all kinds; -1: none
  std::uint64_t seen = 0;
  std::uint64_t leftoverBytes = 0;  ///< after the network's last layer; worth a warning
};

/// Reads Darknet weights (both headers, spec section 2) into `network`. With `allowPartial` the
/// file may end on a layer boundary (partial file): the layers beyond it keep their weights, so
/// initialise them first. `firstLayers` >= 0 reads layers 0..firstLayers-1 only. A file that ends
/// inside a layer, and one with values that are not finite or variances below 0, throws Error
/// naming layer and bytes; on any Error the network is as it was. Floats are read straight into
/// their place: no second copy where the network has no weights yet. dontload and dontloadscales
/// are obeyed.
WeightsReport loadWeights(const std::filesystem::path& file, Network& network,
                          bool allowPartial = false, int firstLayers = -1);

/// How many numbers a weights file holds after its header. Throws Error as loadWeights does for a
/// file that is none.
std::uint64_t floatsInWeights(const std::filesystem::path& file);

enum class WeightsHeader { Version1, Version2 };  ///< 0.1.0 (16 bytes), 0.2.0 (20 bytes)

/// Writes Darknet weights atomically, streamed; `firstLayers` >= 0 writes layers 0..firstLayers-1
/// only (a partial file). A folded network has biases alone and is for its own cfg only. Throws
/// Error for a layer without weights, or when the file cannot be written (the old one is then
/// untouched).
void saveWeights(const std::filesystem::path& file, const Network& network, std::uint64_t seen,
                 WeightsHeader header = WeightsHeader::Version2, int firstLayers = -1);

}  // namespace boxwright
