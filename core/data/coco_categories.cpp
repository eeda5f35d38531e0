// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/coco_categories.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "core/data/json_edits.h"
#include "core/data/shared_writer.h"

namespace boxwright {
namespace {

/// Those that the reader takes for classes.
std::vector<std::optional<std::string>> namesOf(const std::vector<CocoCategory>& categories) {
  std::vector<std::optional<std::string>> names;
  for (const CocoCategory& category : categories)
    names.push_back(category.id ? category.name : std::nullopt);
  return names;
}

std::optional<std::int64_t> idIn(const std::string& category, const std::string& file) {
  JsonCursor json(category, file);
  std::optional<std::int64_t> id;
  json.members([&](std::string_view key) {
    if (key == "id") id = json.integer();
  });
  return id;
}

std::string renamed(const std::string& category, const std::string& name, const std::string& file) {
  JsonCursor json(category, file);
  const std::optional<JsonObject> object = readObject(json);
  const std::optional<ByteRange> there = object ? object->find("name") : std::nullopt;
  if (!there || JsonCursor(category, file, there->begin).string() == name) return category;
  ByteEdits edits;
  object->set(edits, {{"name", jsonQuoted(name)}});
  return edits.applied(category);
}

/// The id of the first category that has it; the others of that id have none.
std::vector<std::optional<std::int64_t>> ownIds(const std::vector<CocoCategory>& categories) {
  std::vector<std::optional<std::int64_t>> ids;
  std::unordered_set<std::int64_t> used;
  for (const CocoCategory& category : categories) {
    const bool own = category.id && category.name && used.insert(*category.id).second;
    ids.push_back(own ? category.id : std::nullopt);
  }
  return ids;
}

}  // namespace

CocoCategories::CocoCategories(const ClassNames& classes,
                               const std::vector<CocoCategory>& categories) {
  const std::vector<std::optional<std::int64_t>> own = ownIds(categories);
  for (const ClassEntries::Place& entry : entriesNamed(classes, namesOf(categories)))
    ids_.push_back(entry ? own[*entry] : std::nullopt);
}

CocoCategories::CocoCategories(const std::string& bytes, FileClasses& classes,
                               const std::vector<CocoCategory>& categories) {
  const std::vector<std::optional<std::int64_t>> own = ownIds(categories);
  const ClassEntries entries(classes, namesOf(categories));
  const auto textAt = [&](std::size_t entry) {
    const ByteRange& whole = categories[entry].whole;
    return bytes.substr(whole.begin, whole.end - whole.begin);
  };
  std::unordered_set<std::int64_t> used;
  std::int64_t largest = 0;
  for (const CocoCategory& category : categories) {
    if (!category.id) continue;
    used.insert(*category.id);
    largest = std::max(largest, *category.id);
  }
  // Those that may come back keep theirs.
  for (const auto& [identity, text] : classes.gone)
    largest = std::max(largest, idIn(text, classes.file).value_or(0));

  std::vector<std::string> texts;
  for (std::size_t i = 0; i < classes.after->size(); ++i) {
    const auto& [identity, name] = (*classes.after)[i];
    if (const ClassEntries::Place& entry = entries.after[i]) {
      ids_.push_back(own[*entry]);
      texts.push_back(renamed(textAt(*entry), name, classes.file));
      continue;
    }
    const auto back = classes.gone.find(identity);
    const auto id = back == classes.gone.end() ? std::nullopt : idIn(back->second, classes.file);
    if (id && used.insert(*id).second) {
      ids_.push_back(id);
      texts.push_back(renamed(back->second, name, classes.file));
    } else {
      ids_.push_back(largest = nextId(largest, classes.file));
      texts.push_back("{\"id\": " + std::to_string(largest) + ", \"name\": " + jsonQuoted(name) +
                      "}");
    }
    classes.gone.erase(identity);
  }
  for (std::size_t i = 0; i < entries.before.size(); ++i) {
    const ClassEntries::Place& entry = entries.before[i];
    if (!entry ||
        std::find(entries.after.begin(), entries.after.end(), entry) != entries.after.end())
      continue;
    classes.gone[(*classes.before)[i].identity] = textAt(*entry);
    const auto to = classes.to[i] < 0 ? std::nullopt : idOf(classes.to[i]);
    if (own[*entry] && to) instead_.emplace(*own[*entry], *to);
  }
  // Categories of the same name are the same class, and become what it becomes.
  const std::vector<std::optional<std::string>> names = namesOf(categories);
  const std::vector<int> places = placesIn(*classes.before, *classes.after, ClassKey::Identity);
  std::unordered_map<std::size_t, std::optional<std::string>> twins;
  for (std::size_t i = 0; i < entries.before.size(); ++i) {
    const ClassEntries::Place& first = entries.before[i];
    for (std::size_t entry = 0; first && entry < categories.size(); ++entry) {
      const bool ours = std::find(entries.before.begin(), entries.before.end(),
                                  ClassEntries::Place(entry)) != entries.before.end();
      if (ours || names[entry] != names[*first]) continue;
      if (places[i] >= 0) {
        const std::string& name = (*classes.after)[static_cast<std::size_t>(places[i])].name;
        twins[entry] = renamed(textAt(entry), name, classes.file);
      } else {
        twins[entry] = std::nullopt;
        const auto to = classes.to[i] < 0 ? std::nullopt : idOf(classes.to[i]);
        if (own[entry] && to) instead_.emplace(*own[entry], *to);
      }
    }
  }
  for (std::size_t entry = 0; entry < categories.size(); ++entry) {
    const auto twin = twins.find(entry);
    if (twin != twins.end()) {
      entries_.push_back({categories[entry].whole, twin->second});
      continue;
    }
    const ClassEntries::Place& at = entries.classAt[entry];
    entries_.push_back({categories[entry].whole, at ? std::optional(texts[*at])
                                                 : entries.goes[entry]
                                                     ? std::nullopt
                                                     : std::optional(textAt(entry))});
  }
  added_.assign(texts.begin() + static_cast<std::ptrdiff_t>(entries.placed), texts.end());
}

std::optional<std::int64_t> CocoCategories::insteadOf(std::int64_t category) const {
  const auto found = instead_.find(category);
  return found == instead_.end() ? std::nullopt : std::optional(found->second);
}

void CocoCategories::write(ByteEdits& edits, const std::string& bytes, ByteRange whole) const {
  JsonArrayEdits list(bytes, whole.begin, edits);
  for (const auto& [place, text] : entries_) {
    if (!text) {
      list.remove(place);
      continue;
    }
    edits.replace(place.begin, place.end, *text);
    list.keep(place);
  }
  list.finish(added_, whole.end);
}

}  // namespace boxwright
