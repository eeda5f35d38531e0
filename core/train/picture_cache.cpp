// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/picture_cache.h"

#include <new>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/image/codec.h"

namespace boxwright {

namespace {

DecodedImage decoded(const std::filesystem::path& file, int atLeast) {
  try {
    DecodedImage image = decodeImage(file, atLeast);
    if (image.truncated && image.warning.empty()) image.warning = "the file ends early";
    return image;
  } catch (const std::bad_alloc&) {
    throw Error("the picture is too large for the memory", utf8(file), "make it smaller");
  }
}

}  // namespace

std::shared_ptr<const Image> PictureCache::find(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = pictures_.find(key);
  return found == pictures_.end() ? nullptr : found->second;
}

void PictureCache::keep(const std::string& key, const std::shared_ptr<const Image>& image) {
  const std::lock_guard lock(mutex_);
  if (bytes_ + image->pixels.size() <= limit_ && pictures_.emplace(key, image).second)
    bytes_ += image->pixels.size();
}

std::shared_ptr<const Image> PictureCache::get(const std::filesystem::path& file, int atLeast) {
  const std::string key = file.native() + (atLeast > 0 ? "\n" + std::to_string(atLeast) : "");
  if (auto known = find(key)) return known;
  DecodedImage picture = decoded(file, atLeast);
  if (picture.truncated)
    throw Error("the picture is damaged: " + picture.warning, utf8(file), "replace the file");
  const auto image = std::make_shared<const Image>(std::move(picture.image));
  keep(key, image);
  return image;
}

std::shared_ptr<const Image> PictureCache::getReadable(const std::filesystem::path& file,
                                                       std::string& warning) {
  // A whole picture is the same to both; a damaged one must not reach those who refuse it.
  const std::string whole = file.native(), damaged = whole + "\ndamaged";
  if (auto known = find(whole)) return known;
  if (auto known = find(damaged)) return known;
  DecodedImage picture = decoded(file, 0);
  if (picture.truncated) warning = picture.warning;
  const auto image = std::make_shared<const Image>(std::move(picture.image));
  keep(picture.truncated ? damaged : whole, image);
  return image;
}

std::size_t PictureCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace boxwright
