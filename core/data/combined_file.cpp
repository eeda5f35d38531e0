// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/combined_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/taxonomy/tree_draft.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kAdvice =
    "it says \"tree\", a file, and \"datasets\", a list of objects that say \"path\"";

/// A text in an object; empty where it is not there.
std::string textOf(const Json& object, const char* key, const fs::path& file) {
  const auto found = object.find(key);
  if (found == object.end()) return {};
  if (!found->is_string())
    throw Error(std::string("\"") + key + "\" is no text", utf8(file), kAdvice);
  return found->get<std::string>();
}

Json parse(const fs::path& file) {
  const std::string text = readFile(file);
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& fault) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(fault.byte, text.size()));
    const auto line = std::count(text.begin(), end, '\n') + 1;
    throw Error("this is no JSON", utf8(file) + ":" + std::to_string(line), kAdvice);
  }
}

CombinedFile::Part partOf(const Json& object, const fs::path& file) {
  if (!object.is_object()) throw Error("a dataset that is no object", utf8(file), kAdvice);
  CombinedFile::Part part;
  part.path = textOf(object, "path", file);
  if (part.path.empty()) throw Error("a dataset without \"path\"", utf8(file), kAdvice);
  part.format = textOf(object, "format", file);
  const auto map = object.find("map");
  if (map == object.end()) return part;
  if (!map->is_object()) {
    part.mapFile = textOf(object, "map", file);
    return part;
  }
  for (const auto& [name, label] : map->items()) {
    if (!label.is_string() && !label.is_null())
      throw Error("the map of " + part.path + " gives " + name + " no label", utf8(file),
                  "a map is an object of class to label of its node (null: none), or the name of a "
                  ".map file");
    part.labels[name] = label.is_null() ? std::string() : label.get<std::string>();
  }
  return part;
}

/// What a file says already, whatever it is; an object.
Json likeIn(const fs::path& file) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return Json::object();
  Json json = Json::parse(readFile(file), nullptr, false);
  return json.is_object() ? std::move(json) : Json::object();
}

/// What it says of the dataset at a place; an object.
Json partLike(const Json& before, const fs::path& like, const fs::path& place) {
  const auto datasets = before.find("datasets");
  if (datasets == before.end() || !datasets->is_array()) return Json::object();
  for (const Json& object : *datasets) {
    const auto path = object.is_object() ? object.find("path") : object.end();
    if (path == object.end() || !path->is_string()) continue;
    if (placeIn(like, path->get<std::string>()) == place) return object;
  }
  return Json::object();
}

/// Nothing, where the text is empty.
void put(Json& object, const char* key, const std::string& text) {
  if (text.empty()) {
    object.erase(key);
  } else {
    object[key] = text;
  }
}

}  // namespace

CombinedFile readCombinedFile(const fs::path& file) {
  const Json json = parse(file);
  if (!json.is_object()) throw Error("this is no combined dataset", utf8(file), kAdvice);
  CombinedFile combined;
  combined.tree = textOf(json, "tree", file);
  combined.names = textOf(json, "names", file);
  if (combined.tree.empty()) throw Error("\"tree\" is missing", utf8(file), kAdvice);
  const auto datasets = json.find("datasets");
  if (datasets == json.end() || !datasets->is_array() || datasets->empty())
    throw Error("\"datasets\" is missing or no list", utf8(file), kAdvice);
  for (const Json& object : *datasets)
    combined.parts.push_back(partOf(object, file));
  return combined;
}

void writeCombinedFile(const fs::path& file, const CombinedFile& combined, const fs::path& like) {
  const fs::path from = like.empty() ? file : like;
  const Json before = likeIn(from);
  Json json = before;
  json["tree"] = combined.tree;
  put(json, "names", combined.names);
  Json& datasets = json["datasets"] = Json::array();
  for (const CombinedFile::Part& part : combined.parts) {
    Json object = partLike(before, from, placeIn(file, part.path));
    object["path"] = part.path;
    put(object, "format", part.format);
    if (part.labels.empty()) {
      put(object, "map", part.mapFile);
    } else {
      object["map"] = Json::object();
    }
    for (const auto& [name, label] : part.labels)
      object["map"][name] = label.empty() ? Json() : Json(label);
    datasets.push_back(std::move(object));
  }
  std::string text;
  try {
    text = json.dump(2) + "\n";
  } catch (const Json::exception&) {
    throw Error("a name or a path of the combined dataset is not in UTF-8", utf8(file),
                "rename it");
  }
  writeFileAtomically(file, text);
}

fs::path placeIn(const fs::path& file, const std::string& path) {
  return (fs::absolute(file).parent_path() / pathFromUtf8(path)).lexically_normal();
}

CombinedTree readCombinedTree(const fs::path& file, const CombinedFile& combined) {
  NamedTree named =
      readNamedTree(placeIn(file, combined.tree),
                    combined.names.empty() ? fs::path() : placeIn(file, combined.names));
  auto index = std::make_shared<const NodeIndex>(named.tree, named.names);
  return {std::make_shared<const ClassTree>(std::move(named.tree)), std::move(named.names),
          std::move(index)};
}

ClassMap nodesOf(const ClassNames& classes, bool all, const CombinedFile::Part& part,
                 const CombinedTree& tree, const fs::path& file) {
  if (!part.mapFile.empty()) {
    const fs::path place = placeIn(file, part.mapFile);
    ClassMap map = readClassMap(place, tree.tree->size(), "of " + utf8(file));
    if (map.size() < classes.size() || (all && map.size() != classes.size()))
      throw Error("the map has " + counted(map.size(), "line", "lines") + ", the dataset " +
                      part.path + " has " + counted(classes.size(), "class", "classes"),
                  utf8(place), "write a line for each class: the number of its node");
    map.resize(classes.size());
    return map;
  }
  ClassMap map;
  for (const std::string& name : classes)
    map.push_back(tree.index->find(name));
  for (std::size_t id = 0; id < classes.size(); ++id) {
    const auto label = part.labels.find(classes[id]);
    if (label == part.labels.end()) continue;
    if (label->second.empty()) {
      map[id] = -1;
      continue;
    }
    const std::optional<int> node = classIdOf(tree.tree->labels(), label->second);
    if (!node)
      throw Error("the map of " + part.path + " gives " + classes[id] + " the label " +
                      label->second + ", which the tree does not have",
                  utf8(file), "write a label of the tree");
    map[id] = *node;
  }
  return map;
}

}  // namespace boxwright
