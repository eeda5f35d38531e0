// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>

#include "core/image/image.h"

namespace boxwright {

/// Small copies of pictures in a folder of the user's cache, each by its picture's path, size and
/// time, the longest unused removed where they are too many. Pictures that are decoded as fast as a
/// copy are not kept. What is damaged is made anew, what cannot be written is done without. Any
/// thread.
class ThumbnailCache {
 public:
  explicit ThumbnailCache(std::filesystem::path folder,
                          std::uintmax_t mostBytes = std::uintmax_t(512) << 20);

  /// The picture with its longer side at most `side` pixels. Throws Error as decodeImage does.
  Image get(const std::filesystem::path& picture, int side);

  /// Files of at least so many bytes are kept.
  static constexpr std::uintmax_t kLeastBytes = 64 << 10;

 private:
  std::filesystem::path placeOf(const std::string& key) const;
  void keep(const std::string& key, const Image& image);
  void trim();

  const std::filesystem::path folder_;
  const std::uintmax_t mostBytes_;
  std::mutex mutex_;  ///< of the following
  std::uintmax_t untilTrim_ = 0;
};

}  // namespace boxwright
