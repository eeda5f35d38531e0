// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/image/image.h"
#include "core/train/picture_cache.h"

namespace boxwright {

/// A picture read for validation, or nothing; and what is wrong with it. What can be read of a
/// damaged one counts, as in `evaluate`.
struct ReadPicture {
  std::shared_ptr<const Image> image;
  std::string fault;

  /// The fault in words about the picture called `name`.
  std::string sentence(const std::string& name) const;
};

/// Reads the pictures of validation in order, `batch` at a time, the next ones on a thread of its
/// own while the last are looked at. The cache must outlive it. One thread.
class ReadAhead {
 public:
  ReadAhead(std::vector<std::filesystem::path> files, std::size_t batch, PictureCache& cache);
  /// The next batch; shorter at the end, empty behind it.
  std::vector<ReadPicture> next();

 private:
  void begin();

  std::vector<std::filesystem::path> files_;
  std::size_t batch_, at_ = 0;
  PictureCache& cache_;
  std::future<std::vector<ReadPicture>> ahead_;
};

/// Sentences about faults, each told once.
class FaultList {
 public:
  void add(std::string fault) {
    if (told_.insert(fault).second) waiting_.push_back(std::move(fault));
  }
  std::vector<std::string> take() { return std::exchange(waiting_, {}); }

 private:
  std::vector<std::string> waiting_;
  std::set<std::string> told_;
};

}  // namespace boxwright
