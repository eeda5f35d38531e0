// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/pictures_gone.h"

#include <unistd.h>

#include <algorithm>

#include "core/base/atomic_file.h"

namespace boxwright {
namespace {

constexpr std::size_t kLookedAt = 16;

bool canBeOpened(const std::filesystem::path& file) {
  return ::access(file.c_str(), R_OK) == 0;
}

}  // namespace

void throwWhenPicturesAreGone(const std::filesystem::path& failed, std::size_t count,
                              const std::function<std::filesystem::path(std::size_t)>& file) {
  if (canBeOpened(failed)) return;
  const std::size_t looks = std::min(count, kLookedAt);
  std::size_t gone = 0;
  for (std::size_t i = 0; i < looks; ++i)
    gone += canBeOpened(file(i * count / looks)) ? 0 : 1;
  if (gone * 2 > looks)
    throw PicturesGone("most of the pictures cannot be opened any more", utf8(failed),
                       "bring their folder back and resume the run");
}

}  // namespace boxwright
