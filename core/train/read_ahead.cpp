// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/read_ahead.h"

#include <algorithm>

#include "core/base/error.h"

namespace boxwright {
namespace {

std::vector<ReadPicture> readAll(const std::vector<std::filesystem::path>& files,
                                 PictureCache& cache) {
  std::vector<ReadPicture> read;
  for (const std::filesystem::path& file : files) {
    ReadPicture one;
    try {
      one.image = cache.getReadable(file, one.fault);
    } catch (const Error& error) {
      one.fault = error.problem();
    }
    read.push_back(std::move(one));
  }
  return read;
}

}  // namespace

std::string ReadPicture::sentence(const std::string& name) const {
  return (image ? "Damaged, but counted in validation: " : "Left out of validation: ") + name +
         ": " + fault + ".";
}

ReadAhead::ReadAhead(std::vector<std::filesystem::path> files, std::size_t batch,
                     PictureCache& cache)
    : files_(std::move(files)), batch_(batch), cache_(cache) {
  begin();
}

void ReadAhead::begin() {
  const std::size_t end = std::min(at_ + batch_, files_.size());
  std::vector<std::filesystem::path> files(files_.begin() + static_cast<std::ptrdiff_t>(at_),
                                           files_.begin() + static_cast<std::ptrdiff_t>(end));
  at_ = end;
  if (files.empty()) return;
  ahead_ = std::async(std::launch::async,
                      [this, files = std::move(files)] { return readAll(files, cache_); });
}

std::vector<ReadPicture> ReadAhead::next() {
  if (!ahead_.valid()) return {};
  std::vector<ReadPicture> read = ahead_.get();
  begin();
  return read;
}

}  // namespace boxwright
