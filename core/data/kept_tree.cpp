// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/kept_tree.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/content_hash.h"
#include "core/data/label_places.h"
#include "core/data/open_dataset.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr int kVersion = 1;

/// What is kept of a tree.
Json written(const FiledTree& tree) {
  const TreeProject& project = tree.project;
  std::vector<NodeId> ids;
  const TreeDraft draft = project.draft(&ids);
  std::vector<int> placeOf(static_cast<std::size_t>(project.idEnd()), -1);
  for (std::size_t at = 0; at < ids.size(); ++at)
    placeOf[static_cast<std::size_t>(ids[at])] = static_cast<int>(at);
  Json nodes = Json::array();
  for (const TreeDraft::Node& node : draft.nodes)
    nodes.push_back({node.name, node.parent, node.label});
  Json parts = Json::array();
  for (const TreePart& part : project.parts()) {
    Json map = Json::array();
    for (const NodeId node : part.nodes)
      map.push_back(node < 0 ? -1 : placeOf[static_cast<std::size_t>(node)]);
    parts.push_back({{"path", utf8(part.path)},
                     {"written", part.written},
                     {"format", part.format},
                     {"classes", part.facts.classes},
                     {"nodes", std::move(map)},
                     {"numbered", part.numbered}});
  }
  const TreeFiles& files = tree.files;
  Json maps = Json::array();
  for (const auto& [place, hash] : files.maps)
    maps.push_back({utf8(place), hash});
  return {{"version", kVersion},
          {"files",
           {utf8(files.combined), files.combinedHash, utf8(files.tree), files.treeHash,
            utf8(files.names), files.namesHash}},
          {"maps", std::move(maps)},
          {"nodes", std::move(nodes)},
          {"parts", std::move(parts)}};
}

FiledTree taken(const Json& json) {
  if (json.at("version").get<int>() != kVersion) throw std::invalid_argument("version");
  FiledTree tree;
  const Json& files = json.at("files");
  tree.files = {pathFromUtf8(files.at(0).get<std::string>()),
                pathFromUtf8(files.at(2).get<std::string>()),
                pathFromUtf8(files.at(4).get<std::string>()),
                files.at(1).get<std::uint64_t>(),
                files.at(3).get<std::uint64_t>(),
                files.at(5).get<std::uint64_t>(),
                {}};
  for (const Json& map : json.at("maps"))
    tree.files.maps[pathFromUtf8(map.at(0).get<std::string>())] = map.at(1).get<std::uint64_t>();
  TreeDraft draft;
  for (const Json& node : json.at("nodes"))
    draft.nodes.push_back(
        {node.at(0).get<std::string>(), node.at(1).get<int>(), node.at(2).get<std::string>()});
  if (!draft.nodes.empty()) treeOfDraft(draft);  // which sees circles
  tree.project = TreeProject(draft);
  for (const Json& own : json.at("parts")) {
    TreePart part;
    part.path = pathFromUtf8(own.at("path").get<std::string>());
    part.written = own.at("written").get<std::string>();
    part.format = own.at("format").get<std::string>();
    part.facts.classes = own.at("classes").get<ClassNames>();
    part.facts.counts.resize(part.facts.classes.size());
    part.nodes = own.at("nodes").get<std::vector<NodeId>>();
    part.numbered = own.at("numbered").get<bool>();
    part.fault = "it has not been read";
    const bool whole = part.nodes.size() == part.facts.classes.size() &&
                       std::all_of(part.nodes.begin(), part.nodes.end(), [&](NodeId node) {
                         return node >= -1 && node < tree.project.idEnd();
                       });
    if (!whole) throw std::invalid_argument("nodes");
    tree.project.appendPart(std::move(part));
  }
  return tree;
}

/// The file that is read, of the two; empty: there is none.
fs::path keptIn(const KeptTreePlaces& places) {
  std::error_code ignored;
  for (const fs::path& place : {places.users, places.own})
    if (fs::exists(place, ignored)) return place;
  return {};
}

}  // namespace

KeptTreePlaces keptTreePlacesOf(const fs::path& path, const fs::path& root,
                                const fs::path& userData) {
  const LabelPlaces labels = labelPlacesOf(root, userData);
  // Several files may describe datasets in one folder.
  std::error_code ignored;
  const bool file = isDatasetFile(path) || fs::is_regular_file(path, ignored);
  const std::string kept = file ? utf8(path.filename()) + ".unsaved" : std::string("tree.unsaved");
  return {labels.own / pathFromUtf8(kept), labels.users / pathFromUtf8(kept)};
}

std::unique_ptr<LabelLock> lockKeptTree(const KeptTreePlaces& places) {
  const auto lockOf = [](fs::path place) { return place += ".lock"; };
  return std::make_unique<LabelLock>(
      std::vector<fs::path>{lockOf(places.own), lockOf(places.users)},
      Error("the class tree of this dataset is being edited in another window",
            utf8(places.own.parent_path().parent_path()),
            "save or close it there first; what is done to it here is not kept until then"));
}

std::shared_ptr<LabelLock> KeptTreeLocks::take(const KeptTreePlaces& places) {
  std::unique_lock guard(state_->mutex);
  const std::string key = utf8(places.own);
  // One that is being given back is waited for: it would be taken for another window's.
  for (;;) {
    const auto found = state_->held.find(key);
    if (found == state_->held.end()) break;
    if (auto held = found->second.lock()) return held;
    state_->given.wait(guard);
  }
  std::shared_ptr<LabelLock> held(lockKeptTree(places).release(),
                                  [state = state_, key](LabelLock* lock) {
                                    delete lock;
                                    const std::lock_guard own(state->mutex);
                                    state->held.erase(key);
                                    state->given.notify_all();
                                  });
  state_->held[key] = held;
  return held;
}

void keepTree(const KeptTreePlaces& places, const FiledTree& tree) {
  std::string text;
  try {
    text = written(tree).dump();
  } catch (const Json::exception&) {
    throw Error("the tree cannot be kept: a name or a path in it is not in UTF-8",
                utf8(places.own.parent_path().parent_path()), "rename it");
  }
  const auto write = [&](const fs::path& place) {
    std::error_code ignored;
    const bool made = fs::create_directories(place.parent_path(), ignored);
    try {
      writeFileAtomically(place, text);
    } catch (const Error&) {
      if (made) fs::remove(place.parent_path(), ignored);
      throw;
    }
  };
  std::error_code ignored;
  try {
    write(places.own);
    fs::remove(places.users, ignored);
  } catch (const Error&) {
    write(places.users);
    fs::remove(places.own, ignored);
  }
}

std::uint64_t keptTreeHash(const KeptTreePlaces& places) {
  const fs::path place = keptIn(places);
  return place.empty() ? 0 : contentHash(readFile(place));
}

std::optional<FiledTree> readKeptTree(const KeptTreePlaces& places) {
  if (const fs::path place = keptIn(places); !place.empty()) {
    const std::string text = readFile(place);
    try {
      return taken(Json::parse(text));
    } catch (const std::exception&) {
      throw Error("the unsaved tree of this dataset is damaged", utf8(place),
                  "move the file away to go on with the saved one");
    }
  }
  return std::nullopt;
}

fs::path setAsideKeptTree(const KeptTreePlaces& places) {
  const fs::path place = keptIn(places);
  std::error_code fault;
  fs::path aside = place;
  aside += ".damaged";
  for (int number = 2; fs::exists(aside, fault); ++number) {
    aside = place;
    aside += ".damaged-" + std::to_string(number);
  }
  fs::rename(place, aside, fault);
  if (fault)
    throw Error("the unsaved tree of this dataset is damaged and cannot be renamed", utf8(place),
                "move the file away to go on with the saved one");
  return aside;
}

bool isTreeKept(const KeptTreePlaces& places) {
  return !keptIn(places).empty();
}

void removeKeptTree(const KeptTreePlaces& places) {
  std::error_code ignored;
  for (const fs::path& place : {places.own, places.users}) {
    removeTemporaries(place);
    fs::remove(place, ignored);
    fs::remove(place.parent_path(), ignored);
  }
}

}  // namespace boxwright
