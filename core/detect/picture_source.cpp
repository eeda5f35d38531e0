// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/picture_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/image/codec.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostAhead = std::size_t(512) << 20;  ///< bytes of pictures

/// Digits compare as numbers: "frame 2" comes before "frame 10".
bool naturallyLess(std::string_view a, std::string_view b) {
  std::size_t i = 0, j = 0;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  while (i < a.size() && j < b.size()) {
    if (digit(a[i]) && digit(b[j])) {
      while (i < a.size() && a[i] == '0')
        ++i;
      while (j < b.size() && b[j] == '0')
        ++j;
      std::size_t endA = i, endB = j;
      while (endA < a.size() && digit(a[endA]))
        ++endA;
      while (endB < b.size() && digit(b[endB]))
        ++endB;
      if (endA - i != endB - j) return endA - i < endB - j;
      const int order = a.substr(i, endA - i).compare(b.substr(j, endB - j));
      if (order != 0) return order < 0;
      i = endA;
      j = endB;
    } else {
      if (a[i] != b[j]) return (unsigned char)a[i] < (unsigned char)b[j];
      ++i;
      ++j;
    }
  }
  if (a.size() - i != b.size() - j) return a.size() - i < b.size() - j;
  return a < b;  // equal but for leading zeros
}

template <typename Iterator>
std::vector<fs::path> picturesIn(const fs::path& folder, const std::stop_token& stop) {
  std::error_code error;
  std::vector<fs::path> pictures;
  Iterator entry(folder, fs::directory_options::skip_permission_denied, error);
  if (error) {
    throw Error("the folder cannot be read", utf8(folder),
                error.message() + "; check its permissions");
  }
  for (; entry != Iterator() && !stop.stop_requested(); entry.increment(error)) {
    if (error) break;
    std::error_code ignored;
    if (isImageFile(entry->path()) && entry->is_regular_file(ignored)) {
      pictures.push_back(entry->path());
    }
  }
  return pictures;
}

}  // namespace

PictureSource::PictureSource(const fs::path& picture) : pictures_{picture} {}

PictureSource::PictureSource(std::vector<fs::path> pictures) : pictures_(std::move(pictures)) {}

std::unique_ptr<PictureSource> PictureSource::ofFolder(const fs::path& folder,
                                                       std::stop_token stop) {
  std::vector<fs::path> pictures = picturesIn<fs::directory_iterator>(folder, stop);
  if (pictures.empty()) pictures = picturesIn<fs::recursive_directory_iterator>(folder, stop);
  if (pictures.empty() && !stop.stop_requested()) {
    throw Error("there are no pictures in the folder", utf8(folder),
                "choose one that holds JPEG, PNG, BMP or WebP files");
  }
  std::vector<std::pair<std::string, fs::path>> named;
  named.reserve(pictures.size());
  for (fs::path& picture : pictures) {
    std::string name = utf8(picture);
    named.emplace_back(std::move(name), std::move(picture));
  }
  std::sort(named.begin(), named.end(),
            [](const auto& a, const auto& b) { return naturallyLess(a.first, b.first); });
  pictures.clear();
  for (auto& entry : named)
    pictures.push_back(std::move(entry.second));
  return std::unique_ptr<PictureSource>(new PictureSource(std::move(pictures)));
}

std::optional<Frame> PictureSource::next(std::stop_token stop) {
  std::size_t bad = 0;    // since the last one given
  std::string condition;  // of them
  while (position_ < pictures_.size() && !stop.stop_requested()) {
    const std::size_t mine = position_++;
    const fs::path& path = pictures_[mine];
    try {
      DecodedImage decoded = take(mine);
      if (decoded.truncated) {
        condition += fmt::format("{}{} is damaged: its missing part is grey",
                                 condition.empty() ? "" : "; ", utf8(path.filename()));
      }
      ++read_;
      Frame frame;
      frame.image = std::move(decoded.image);
      frame.source = utf8(path);
      frame.number = mine;
      frame.captured = std::chrono::steady_clock::now();
      const std::lock_guard lock(mutex_);
      condition_ = std::move(condition);
      return frame;
    } catch (const Error& error) {
      // One bad picture does not end a folder.
      condition = ++bad == 1 ? "passed over "
                             : fmt::format("passed over {} pictures, the last of them ", bad);
      condition += utf8(path.filename()) + ": " + error.problem();
      {
        const std::lock_guard lock(mutex_);
        ++passedOver_;
        condition_ = condition;
      }
      if (pictures_.size() == 1) throw;
    }
  }
  if (read_ == 0 && !pictures_.empty() && !stop.stop_requested()) {
    throw Error(fmt::format("none of the {} pictures could be read", pictures_.size()),
                utf8(pictures_.front().parent_path()), "check that the files are whole");
  }
  return std::nullopt;
}

std::string PictureSource::condition() const {
  const std::lock_guard lock(mutex_);
  return condition_;
}

std::uint64_t PictureSource::passedOver() const {
  const std::lock_guard lock(mutex_);
  return passedOver_;
}

DecodedImage PictureSource::take(std::size_t index) {
  if (threads_ < 1) return decodeImage(pictures_[index]);
  for (std::size_t next = index + ahead_.size(); next < pictures_.size() && ahead_.size() < window_;
       ++next)
    ahead_.push_back(
        std::async(std::launch::async, [path = pictures_[next]] { return decodeImage(path); }));
  std::future<DecodedImage> first = std::move(ahead_.front());
  ahead_.pop_front();
  DecodedImage decoded = first.get();
  // As many as there are threads wait while as many are read, unless they are large.
  const std::size_t bytes = std::max<std::size_t>(1, decoded.image.pixels.size());
  window_ = std::clamp<std::size_t>(kMostAhead / bytes, 1, 2 * static_cast<std::size_t>(threads_));
  return decoded;
}

bool PictureSource::seek(std::uint64_t number) {
  if (number >= pictures_.size()) return false;
  ahead_.clear();
  position_ = std::size_t(number);
  return true;
}

}  // namespace boxwright
