// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/json_edits.h"

#include <algorithm>

namespace boxwright {

std::optional<JsonObject> readObject(JsonCursor& json) {
  JsonObject object;
  const bool is = json.members(
      [&](std::string_view key) { object.members.emplace_back(std::string(key), json.skip()); },
      &object.whole);
  return is ? std::optional(std::move(object)) : std::nullopt;
}

std::optional<ByteRange> JsonObject::find(std::string_view key) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const auto& member) { return member.first == key; });
  return found == members.end() ? std::nullopt : std::optional(found->second);
}

void JsonObject::set(ByteEdits& edits,
                     const std::vector<std::pair<std::string, std::string>>& values) const {
  std::string added;
  for (const auto& [key, value] : values) {
    if (const std::optional<ByteRange> there = find(key)) {
      edits.replace(there->begin, there->end, value);
    } else {
      if (!members.empty() || !added.empty()) added += ", ";
      added += jsonQuoted(key) + ": " + value;
    }
  }
  if (added.empty()) return;
  const std::size_t place = members.empty() ? whole.begin + 1 : members.back().second.end;
  edits.replace(place, place, std::move(added));
}

void JsonArrayEdits::see(ByteRange element) {
  std::size_t begin = element.begin;
  while (begin > 0 && std::string_view(" \t\r\n").find(bytes_[begin - 1]) != std::string_view::npos)
    --begin;
  blanks_.assign(bytes_.substr(begin, element.begin - begin));
  lastEnd_ = element.end;
}

void JsonArrayEdits::keep(ByteRange element) {
  see(element);
  if (removing_) {
    // With the comma of the last one kept, or of those that go where they come first.
    if (keptEnd_)
      edits_.replace(*keptEnd_, removing_->end, "");
    else
      edits_.replace(removing_->begin, element.begin, "");
    removing_.reset();
  }
  keptEnd_ = element.end;
}

void JsonArrayEdits::remove(ByteRange element) {
  see(element);
  if (!removing_) removing_ = element;
  removing_->end = element.end;
}

void JsonArrayEdits::finish(const std::vector<std::string>& added, std::size_t end) {
  if (removing_) edits_.replace(keptEnd_.value_or(removing_->begin), removing_->end, "");
  if (added.empty()) return;
  // In lines of their own where those before have that.
  std::string text;
  for (std::size_t i = 0; i < added.size(); ++i) {
    const bool first = i == 0 && !keptEnd_;
    if (!first) text += "," + (lastEnd_ ? blanks_ : std::string("\n    "));
    // The first of all stands where one stood, or alone.
    if (first && !lastEnd_) text += "\n    ";
    text += added[i];
  }
  if (!lastEnd_) {
    edits_.replace(begin_ + 1, end - 1, text + "\n  ");
  } else {
    edits_.replace(*lastEnd_, *lastEnd_, std::move(text));
  }
}

}  // namespace boxwright
