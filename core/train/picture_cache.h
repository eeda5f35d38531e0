// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "core/image/image.h"

namespace boxwright {

/// Decoded pictures kept in memory up to a limit; what comes after that is decoded each time.
/// Nothing is thrown out again: in shuffled passes every picture is as likely to be next as any
/// other. For any number of threads.
class PictureCache {
 public:
  explicit PictureCache(std::size_t limitBytes) : limit_(limitBytes) {}

  /// The picture upright, decoded at a reduced scale whose shorter side is at least `atLeast` where
  /// that is > 0. Throws Error when it cannot be decoded, and when the file is damaged: what is
  /// missing of it would teach that there is nothing.
  std::shared_ptr<const Image> get(const std::filesystem::path& file, int atLeast);
  /// The same for scoring, which takes a damaged picture as `evaluate` and `detect` do: what can be
  /// read of it, the rest grey. `warning` then says what is wrong, as often as it is decoded.
  std::shared_ptr<const Image> getReadable(const std::filesystem::path& file, std::string& warning);

  std::size_t bytes() const;

 private:
  std::shared_ptr<const Image> find(const std::string& key) const;
  void keep(const std::string& key, const std::shared_ptr<const Image>& image);

  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::size_t bytes_ = 0;
  std::unordered_map<std::string, std::shared_ptr<const Image>> pictures_;
};

}  // namespace boxwright
