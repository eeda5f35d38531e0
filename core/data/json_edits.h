// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/data/byte_edits.h"
#include "core/data/json_cursor.h"

namespace boxwright {

/// The members of one JSON object by the places of their values.
struct JsonObject {
  ByteRange whole;
  std::vector<std::pair<std::string, ByteRange>> members;

  /// The value of a member, of the first of this name.
  std::optional<ByteRange> find(std::string_view key) const;
  /// Gives members these values, which are JSON; those that are not there come at its end.
  void set(ByteEdits& edits, const std::vector<std::pair<std::string, std::string>>& values) const;
};

/// The next value; nothing, passing it over, where it is no object.
std::optional<JsonObject> readObject(JsonCursor& json);

/// Takes elements out of a JSON array and adds some at its end, while it is gone through: what
/// stays keeps its bytes, its order and the blanks around it.
class JsonArrayEdits {
 public:
  /// `begin`: of the array.
  JsonArrayEdits(std::string_view bytes, std::size_t begin, ByteEdits& edits)
      : bytes_(bytes), begin_(begin), edits_(edits) {}

  // Each element in its turn.
  void keep(ByteRange element);
  void remove(ByteRange element);
  /// After the last one; once. `end`: past the array.
  void finish(const std::vector<std::string>& added, std::size_t end);

 private:
  void see(ByteRange element);

  std::string_view bytes_;
  std::size_t begin_;
  ByteEdits& edits_;
  std::optional<ByteRange> removing_;  ///< those since the last one kept
  std::optional<std::size_t> keptEnd_, lastEnd_;
  std::string blanks_;  ///< before the last one
};

}  // namespace boxwright
