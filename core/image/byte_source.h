// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace boxwright {

/// Bytes read at any offset: a picture's file of which only the header matters, or memory.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::uint64_t size() const = 0;
  /// Up to `count` bytes from `offset`; fewer at the end. Valid until the next call.
  virtual std::string_view read(std::uint64_t offset, std::size_t count) = 0;
};

/// Bytes in memory, not owned.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }
  std::string_view read(std::uint64_t offset, std::size_t count) override {
    return offset < bytes_.size() ? bytes_.substr(static_cast<std::size_t>(offset), count)
                                  : std::string_view();
  }

 private:
  std::string_view bytes_;
};

/// The integer of `count` bytes at `at`, most significant byte first; the bytes must be there.
inline std::uint32_t bigEndian(std::string_view bytes, std::size_t at, int count) {
  std::uint32_t value = 0;
  for (int i = 0; i < count; ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
  }
  return value;
}

/// The same, least significant byte first.
inline std::uint32_t littleEndian(std::string_view bytes, std::size_t at, int count) {
  std::uint32_t value = 0;
  for (int i = count - 1; i >= 0; --i) {
    value = value << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
  }
  return value;
}

}  // namespace boxwright
