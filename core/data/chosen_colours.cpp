// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/chosen_colours.h"

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/json_cursor.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFile = "colours.json";

std::optional<Colour> colourOf(const std::string& text) {
  if (text.size() != 7 || text[0] != '#') return std::nullopt;
  std::uint32_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data() + 1, end, value, 16);
  if (fault != std::errc() || stop != end) return std::nullopt;
  return Colour{std::uint8_t(value >> 16), std::uint8_t(value >> 8), std::uint8_t(value)};
}

ChosenColours coloursIn(JsonCursor& cursor) {
  ChosenColours colours;
  const bool object = cursor.members([&](std::string_view name) {
    const auto text = cursor.string();
    const auto colour = text ? colourOf(*text) : std::nullopt;
    if (!colour) cursor.fail("a colour is written like \"#ff6600\"");
    colours[std::string(name)] = *colour;
  });
  if (!object) cursor.fail("a list of names with colours is expected");
  cursor.finish();
  return colours;
}

}  // namespace

std::string colourText(Colour colour) {
  char text[8];
  std::snprintf(text, sizeof text, "#%02x%02x%02x", colour.red, colour.green, colour.blue);
  return text;
}

FoundColours readChosenColours(const LabelPlaces& places) {
  FoundColours found;
  for (const fs::path& folder : {places.users, places.own}) {
    const fs::path file = folder / kFile;
    std::error_code ignored;
    if (!fs::exists(file, ignored)) continue;
    const std::string shown =
        folder == places.own ? std::string(kOwnFolder) + "/" + kFile : utf8(file);
    int line = 0;
    try {
      const std::string bytes = readFile(file);
      JsonCursor cursor(bytes, shown);
      try {
        found.colours = coloursIn(cursor);
      } catch (const Error&) {
        line = cursor.line();
        throw;
      }
    } catch (const Error& error) {
      found.problem = {shown, line, Severity::Warning,
                       error.problem() + "; the classes have their usual colours"};
    }
    break;
  }
  return found;
}

void writeChosenColours(const LabelPlaces& places, const ChosenColours& colours) {
  std::string text = "{";
  for (const auto& [name, colour] : colours) {
    text += text.size() == 1 ? "\n  " : ",\n  ";
    text += jsonQuoted(name) + ": " + jsonQuoted(colourText(colour));
  }
  text += text.size() == 1 ? "}\n" : "\n}\n";
  std::error_code fault;
  try {
    if (colours.empty()) {
      fs::remove(places.own / kFile, fault);
    } else {
      fs::create_directories(places.own, fault);
      writeFileAtomically(places.own / kFile, text);
      fault.clear();
    }
  } catch (const Error&) {
    fault = std::make_error_code(std::errc::permission_denied);
  }
  if (fault) {
    fs::create_directories(places.users, fault);
    writeFileAtomically(places.users / kFile, text);
  } else {
    fs::remove(places.users / kFile, fault);  // it would count
  }
}

ChosenColours renamedColours(ChosenColours colours, const ClassList& before,
                             const ClassList& after) {
  std::map<int, std::string> names;
  for (const ListedClass& listed : before)
    names[listed.identity] = listed.name;
  ChosenColours moved;
  std::set<std::string> renamed;  // by their names before and after
  for (const ListedClass& listed : after) {
    const auto known = names.find(listed.identity);
    if (known == names.end() || known->second == listed.name) continue;
    if (const auto chosen = colours.find(known->second); chosen != colours.end())
      moved[listed.name] = chosen->second;
    renamed.insert({known->second, listed.name});
  }
  for (const std::string& name : renamed)
    colours.erase(name);
  colours.merge(moved);
  return colours;
}

}  // namespace boxwright
