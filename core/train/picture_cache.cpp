// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/picture_cache.h"

#include <new>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/image/codec.h"

namespace boxwright {

std::shared_ptr<const Image> PictureCache::get(const std::filesystem::path& file, int atLeast) {
  const std::string key = file.native() + (atLeast > 0 ? "\n" + std::to_string(atLeast) : "");
  {
    const std::lock_guard lock(mutex_);
    const auto found = pictures_.find(key);
    if (found != pictures_.end()) return found->second;
  }
  std::shared_ptr<const Image> image;
  try {
    DecodedImage decoded = decodeImage(file, atLeast);
    if (decoded.truncated)
      throw Error("the picture is damaged: " +
                      (decoded.warning.empty() ? "the file ends early" : decoded.warning),
                  utf8(file), "replace the file");
    image = std::make_shared<const Image>(std::move(decoded.image));
  } catch (const std::bad_alloc&) {
    throw Error("the picture is too large for the memory", utf8(file), "make it smaller");
  }
  const std::lock_guard lock(mutex_);
  if (bytes_ + image->pixels.size() <= limit_ && pictures_.emplace(key, image).second)
    bytes_ += image->pixels.size();
  return image;
}

std::size_t PictureCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace boxwright
