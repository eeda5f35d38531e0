// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/packed_boxes.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace boxwright {
namespace {

enum Flag : std::uint8_t {
  kDifficult = 1,
  kCrowd = 2,
  kTruncated = 4,
  kOccluded = 8,
  kArea = 16,
  kScore = 32
};

template <typename T>
void put(std::string& bytes, const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <typename T>
bool take(std::string_view& bytes, T& value) {
  if (bytes.size() < sizeof value) return false;
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
  return true;
}

bool takeBox(std::string_view& bytes, Box& box) {
  std::uint8_t flags = 0;
  Rect& r = box.rect;
  if (!take(bytes, box.id) || !take(bytes, box.classId) || !take(bytes, flags) ||
      !take(bytes, r.left) || !take(bytes, r.top) || !take(bytes, r.right) ||
      !take(bytes, r.bottom))
    return false;
  box.difficult = flags & kDifficult;
  box.crowd = flags & kCrowd;
  box.truncated = flags & kTruncated;
  box.occluded = flags & kOccluded;
  if (flags & kArea && !take(bytes, box.area.emplace())) return false;
  if (flags & kScore && !take(bytes, box.score.emplace())) return false;
  return std::isfinite(r.left) && std::isfinite(r.top) && std::isfinite(r.right) &&
         std::isfinite(r.bottom);
}

}  // namespace

std::string packBoxes(const std::vector<Box>& boxes) {
  std::string bytes;
  bytes.reserve(boxes.size() * 48 + sizeof(std::uint32_t));
  put(bytes, static_cast<std::uint32_t>(boxes.size()));
  for (const Box& box : boxes) {
    put(bytes, box.id);
    put(bytes, box.classId);
    put(bytes, static_cast<std::uint8_t>(
                   (box.difficult ? kDifficult : 0) | (box.crowd ? kCrowd : 0) |
                   (box.truncated ? kTruncated : 0) | (box.occluded ? kOccluded : 0) |
                   (box.area ? kArea : 0) | (box.score ? kScore : 0)));
    for (const double edge : {box.rect.left, box.rect.top, box.rect.right, box.rect.bottom})
      put(bytes, edge);
    if (box.area) put(bytes, *box.area);
    if (box.score) put(bytes, *box.score);
  }
  return bytes;
}

std::optional<std::vector<Box>> unpackBoxes(std::string_view bytes) {
  std::uint32_t count = 0;
  if (!take(bytes, count) || count > bytes.size()) return std::nullopt;
  std::vector<Box> boxes(count);
  for (Box& box : boxes) {
    if (!takeBox(bytes, box)) return std::nullopt;
  }
  if (!bytes.empty()) return std::nullopt;
  return boxes;
}

}  // namespace boxwright
