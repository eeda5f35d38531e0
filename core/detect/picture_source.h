// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <deque>
#include <filesystem>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/detect/frame_source.h"
#include "core/image/codec.h"

namespace boxwright {

/// Pictures one after the other. Those of several that cannot be read are passed over, counted and
/// named in condition() at the next one that can, or at the end; the only one, or all, throws
/// Error.
class PictureSource : public FrameSource {
 public:
  /// One picture.
  explicit PictureSource(const std::filesystem::path& picture);
  /// Pictures in this order.
  explicit PictureSource(std::vector<std::filesystem::path> pictures);
  /// The pictures of a folder by name, numbers in names in their order ("2" before "10"); of its
  /// subfolders where it has none itself. Throws Error when there are none.
  static std::unique_ptr<PictureSource> ofFolder(const std::filesystem::path& folder,
                                                 std::stop_token stop);

  std::optional<Frame> next(std::stop_token stop) override;
  bool live() const override { return false; }
  std::uint64_t length() const override { return pictures_.size(); }
  std::string condition() const override;
  std::uint64_t passedOver() const override;
  bool seek(std::uint64_t number) override;
  void readAhead(int threads) override { threads_ = threads; }

 private:
  /// The picture at `index`, the one after the last; others begin to be read.
  DecodedImage take(std::size_t index);

  std::vector<std::filesystem::path> pictures_;
  std::size_t position_ = 0;
  int threads_ = 0;                              ///< that read ahead
  std::size_t window_ = 1;                       ///< pictures ahead, at most
  std::deque<std::future<DecodedImage>> ahead_;  ///< from position_ on
  std::size_t read_ = 0;                         ///< pictures that could be read
  mutable std::mutex mutex_;
  std::uint64_t passedOver_ = 0;
  std::string condition_;
};

}  // namespace boxwright
