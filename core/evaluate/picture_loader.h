// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/base/problem.h"
#include "core/data/dataset.h"
#include "core/detect/prepared_image.h"
#include "core/image/image.h"

namespace boxwright {

/// Decodes and resizes pictures ahead of a network on threads of its own, handing them out in
/// order; at most `window` lie ready. Dataset, indices and `prepare` must outlive it; `prepare` is
/// called by its threads.
class PictureLoader {
 public:
  /// One picture as it was loaded.
  struct Loaded {
    std::optional<PreparedImage> image;  ///< nothing where it could not be read
    std::string warning;

    /// What is wrong, as a Problem of the picture at `path`; nothing where all is well.
    std::optional<Problem> problem(const std::string& path) const;
  };

  PictureLoader(std::function<PreparedImage(const Image&)> prepare, const Dataset& dataset,
                std::span<const std::size_t> pictures, int threads, std::size_t window);
  ~PictureLoader();
  PictureLoader(const PictureLoader&) = delete;
  PictureLoader& operator=(const PictureLoader&) = delete;

  /// The next picture in order; nothing when stopped. An exception that is nobody's data fault (out
  /// of memory) is thrown here.
  std::optional<Loaded> next(std::stop_token stop);

 private:
  void work(const std::stop_token& stop);
  Loaded load(std::size_t position) const;

  const std::function<PreparedImage(const Image&)> prepare_;
  const Dataset& dataset_;
  std::span<const std::size_t> pictures_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<std::optional<Loaded>> slots_;  ///< picture i lies in slot i mod window
  std::size_t given_ = 0;                     ///< pictures that a thread has begun
  std::size_t taken_ = 0;                     ///< pictures handed out
  std::exception_ptr failure_;
  std::vector<std::jthread> threads_;  ///< last: joined before the rest goes
};

}  // namespace boxwright
