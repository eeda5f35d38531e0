// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/image/thumbnail_cache.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/image/codec.h"
#include "core/image/resize.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "boxwright thumbnail 1\n";
constexpr int kQuality = 88;
constexpr auto kFresh = std::chrono::hours(24);  ///< used again within it is not written down

Image made(const fs::path& picture, int side) {
  Image image = decodeImage(picture, side).image;
  const double scale = std::min(1.0, double(side) / std::max(image.width, image.height));
  const auto scaledTo = [&](int length) {
    return std::max(1, static_cast<int>(std::lround(length * scale)));
  };
  const int width = scaledTo(image.width), height = scaledTo(image.height);
  if (width == image.width && height == image.height) return image;
  return scaled(image, width, height);
}

/// Path, size, time and side as text; empty where nothing is to be kept.
std::string keyOf(const fs::path& picture, int side) {
  std::error_code fault;
  const std::uintmax_t size = fs::file_size(picture, fault);
  if (fault || size < ThumbnailCache::kLeastBytes) return {};
  const auto time = fs::last_write_time(picture, fault);
  if (fault) return {};
  const fs::path whole = fs::absolute(picture, fault);
  if (fault) return {};
  return std::to_string(side) + ' ' + std::to_string(size) + ' ' +
         std::to_string(time.time_since_epoch().count()) + ' ' + utf8(whole) + '\n';
}

/// FNV-1a, for the file's name; the key stands in the file as well.
std::uint64_t hashOf(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

}  // namespace

ThumbnailCache::ThumbnailCache(fs::path folder, std::uintmax_t mostBytes)
    : folder_(std::move(folder)), mostBytes_(mostBytes) {}

fs::path ThumbnailCache::placeOf(const std::string& key) const {
  char name[17];
  std::snprintf(name, sizeof name, "%016llx", static_cast<unsigned long long>(hashOf(key)));
  return folder_ / std::string_view(name, 2) / (std::string(name) + ".thumbnail");
}

Image ThumbnailCache::get(const fs::path& picture, int side) {
  const std::string key = keyOf(picture, side);
  if (key.empty()) return made(picture, side);
  const fs::path place = placeOf(key);
  std::error_code fault;
  if (fs::is_regular_file(place, fault)) {
    try {
      const std::string bytes = readFile(place);
      std::string_view rest = bytes;
      if (rest.starts_with(kMagic) && rest.substr(kMagic.size()).starts_with(key)) {
        rest.remove_prefix(kMagic.size() + key.size());
        DecodedImage kept = decodeImageBytes(rest, "thumbnail");
        if (!kept.truncated && std::max(kept.image.width, kept.image.height) <= side) {
          const auto now = fs::file_time_type::clock::now();
          if (now - fs::last_write_time(place, fault) > kFresh && !fault)
            fs::last_write_time(place, now, fault);
          return std::move(kept.image);
        }
      }
    } catch (const Error&) {
      // Damaged, or gone meanwhile.
    }
  }
  Image image = made(picture, side);
  keep(key, image);
  return image;
}

void ThumbnailCache::keep(const std::string& key, const Image& image) {
  static std::atomic<unsigned> number = 0;
  const fs::path place = placeOf(key);
  std::error_code fault;
  fs::create_directories(place.parent_path(), fault);
  // Not flushed to the disk: it can be made again.
  fs::path half = place;
  half += "." + std::to_string(::getpid()) + "." + std::to_string(number++) + ".tmp";
  std::uintmax_t size = 0;
  {
    const std::string jpeg = encodeImage(image, ".jpg", kQuality);
    std::ofstream file(half, std::ios::binary);
    file << kMagic << key << jpeg;
    file.close();
    if (file) size = kMagic.size() + key.size() + jpeg.size();
  }
  if (size > 0) fs::rename(half, place, fault);
  if (size == 0 || fault) {
    fs::remove(half, fault);
    return;
  }
  const std::lock_guard lock(mutex_);
  if (size > untilTrim_) {
    trim();
    untilTrim_ = mostBytes_ / 8;
  }
  untilTrim_ -= std::min(size, untilTrim_);
}

void ThumbnailCache::trim() {
  struct Kept {
    fs::file_time_type used;
    std::uintmax_t size;
    fs::path file;
  };
  std::vector<Kept> all;
  std::uintmax_t bytes = 0;
  std::error_code fault;
  for (fs::recursive_directory_iterator at(folder_, fault), end; !fault && at != end;
       at.increment(fault)) {
    std::error_code gone;
    if (!at->is_regular_file(gone)) continue;
    Kept kept{at->last_write_time(gone), at->file_size(gone), at->path()};
    if (gone) continue;
    bytes += kept.size;
    all.push_back(std::move(kept));
  }
  if (bytes <= mostBytes_) return;
  std::sort(all.begin(), all.end(), [](const Kept& a, const Kept& b) { return a.used < b.used; });
  for (const Kept& kept : all) {
    if (bytes <= mostBytes_ / 8 * 7) break;
    if (fs::remove(kept.file, fault)) bytes -= kept.size;
  }
}

}  // namespace boxwright
