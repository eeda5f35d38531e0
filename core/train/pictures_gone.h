// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>

#include "core/base/error.h"

namespace boxwright {

/// The place where the pictures lie is gone: a drive unplugged, a folder moved. Training keeps a
/// checkpoint before it ends with this.
class PicturesGone : public Error {
 public:
  using Error::Error;
};

/// To be asked when a picture could not be read. Where the file `failed` cannot be opened it looks
/// at some of the `count` pictures, spread over their list, and throws PicturesGone when most of
/// them cannot be either: then it is not a fault of one picture, and going on would mean to learn
/// from the few that are still in memory.
void throwWhenPicturesAreGone(const std::filesystem::path& failed, std::size_t count,
                              const std::function<std::filesystem::path(std::size_t)>& file);

}  // namespace boxwright
