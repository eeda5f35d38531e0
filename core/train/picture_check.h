// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/train/picture_cache.h"

namespace boxwright {

/// A picture that a run is going to use.
struct CheckedPicture {
  std::filesystem::path file;
  std::string name;   ///< the dataset's path of it
  std::string split;  ///< "train", "val", "test", ...
};

struct PictureCheckSettings {
  int threads = 1;
  std::uint64_t seed = 1;
  /// So many pixels are decoded at most, about a minute's work; of more a sample drawn by the seed,
  /// so that what is found does not depend on the clock.
  double pixels = 20e9;
  int decodeAtLeast = 0;  ///< see PictureCache::get; for training pictures
};

/// What was found before the first update.
struct PictureCheck {
  struct Fault {
    std::size_t picture = 0;
    std::string what;
    bool readable = false;  ///< in part: the rest of it is grey
  };
  /// A picture that looks like one of another split.
  struct NearCopy {
    std::size_t picture = 0, of = 0;
    int distance = 0;  ///< in bits, see perceptualHash()
  };
  std::size_t pictures = 0;  ///< whose header was read
  std::size_t decoded = 0;   ///< of them, read to their end
  std::vector<Fault> faults;
  /// Ordered by `picture`, which is the one to give way: of training and validation the training
  /// picture, of validation and test the validation picture. Each is named once, with its nearest.
  std::vector<NearCopy> nearCopies;
};

/// Reads the header of every picture and decodes as many as `settings` allow, into `cache` as
/// training (split "train") and validation ("val") will want them, on threads of its own. The same
/// with any number of threads. `progress` is called on the calling thread with pictures done and in
/// all. Nothing when it was stopped.
std::optional<PictureCheck> checkPictures(
    std::span<const CheckedPicture> pictures, const PictureCheckSettings& settings,
    PictureCache& cache, const std::stop_token& stop,
    const std::function<void(std::size_t done, std::size_t all)>& progress = {});

}  // namespace boxwright
