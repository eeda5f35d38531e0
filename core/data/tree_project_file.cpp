// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/tree_project_file.h"

#include <algorithm>
#include <map>
#include <set>
#include <system_error>
#include <tuple>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/data/combined_file.h"
#include "core/data/content_hash.h"
#include "core/data/dataset_format.h"
#include "core/data/open_dataset.h"
#include "core/taxonomy/class_map.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

constexpr int kMostStepsUp = 2;  ///< of a relative path
/// In the name of a file that is yet to take its place. Nobody chooses it for a file of their own.
constexpr const char* kAside = ".boxwright-new";

std::uint64_t hashOf(const fs::path& file) {
  std::error_code fault;
  if (file.empty() || !fs::exists(file, fault)) return 0;
  return contentHash(readFile(file));
}

/// The end of a name taken off.
std::string stemOf(const fs::path& combined) {
  const std::string name = utf8(combined.filename()), ending = kCombinedEnding;
  return name.ends_with(ending) && name.size() > ending.size()
             ? name.substr(0, name.size() - ending.size())
             : utf8(combined.stem());
}

/// How a file in `folder` names a place: relative, where that is not far.
std::string pathFrom(const fs::path& folder, const fs::path& place) {
  const fs::path relative = place.lexically_relative(folder);
  const auto up = std::count(relative.begin(), relative.end(), fs::path(".."));
  return utf8(relative.empty() || up > kMostStepsUp ? place : relative);
}

/// What the combined file says of a part that cannot be read.
void takeFromFile(const CombinedFile::Part& said, const CombinedTree& tree, const fs::path& file,
                  TreePart& part) {
  if (!said.mapFile.empty()) {
    const ClassMap map =
        readClassMap(placeIn(file, said.mapFile), tree.tree->size(), "of " + utf8(file));
    part.numbered = true;
    part.nodes.assign(map.begin(), map.end());
    for (std::size_t id = 0; id < map.size(); ++id)
      part.facts.classes.push_back(std::to_string(id));
  } else {
    for (const auto& [name, label] : said.labels)
      part.facts.classes.push_back(name);
    part.nodes = nodesOf(part.facts.classes, true, said, tree, file);
  }
  part.facts.counts.resize(part.facts.classes.size());
}

/// The map of a part over the tree that is written, as the combined file says it. A map that needs
/// numbers goes into `maps`, by its file.
CombinedFile::Part written(const TreePart& part, const std::vector<int>& placeOf,
                           const NamedTree& named, const fs::path& combined, std::size_t number,
                           std::map<fs::path, ClassMap>& maps) {
  CombinedFile::Part said;
  said.path = part.written.empty() || placeIn(combined, part.written) != part.path
                  ? pathFrom(combined.parent_path(), part.path)
                  : part.written;
  said.format = part.format;
  ClassMap nodes;
  for (const NodeId node : part.nodes)
    nodes.push_back(node < 0 ? -1 : placeOf[static_cast<std::size_t>(node)]);
  std::map<std::string, int> byName;
  bool asNumbers = part.numbered;
  for (std::size_t id = 0; id < nodes.size(); ++id) {
    const auto [found, isNew] = byName.emplace(part.facts.classes[id], nodes[id]);
    asNumbers = asNumbers || (!isNew && found->second != nodes[id]);
  }
  if (asNumbers) {
    if (std::find(nodes.begin(), nodes.end(), -1) != nodes.end())
      throw Error("classes of " + part.name() +
                      (part.numbered ? " are known by their numbers alone"
                                     : " have one name and different nodes") +
                      ", and one of them has no node",
                  utf8(part.path), "give all of them nodes, or remove the dataset from the tree");
    const std::string file = stemOf(combined) + "-" + std::to_string(number + 1) + ".map";
    maps[combined.parent_path() / pathFromUtf8(file)] = nodes;
    said.mapFile = file;
    return said;
  }
  const ClassMap known = mapByName(part.facts.classes, named.tree, named.names);
  for (std::size_t id = 0; id < nodes.size(); ++id) {
    // Of a dataset that cannot be read now nothing that is known gets lost.
    if (nodes[id] == known[id] && part.fault.empty()) continue;
    said.labels[part.facts.classes[id]] =
        nodes[id] < 0 ? std::string() : named.tree.labels()[static_cast<std::size_t>(nodes[id])];
  }
  return said;
}

/// Where new bytes of a file are until those that name it name them.
fs::path besideOf(const fs::path& place) {
  return place.parent_path() / pathFromUtf8(utf8(place.stem()) + kAside + utf8(place.extension()));
}

/// The file that such a one stands for; the same where it is none.
fs::path withoutAside(const fs::path& place) {
  const std::string stem = utf8(place.stem());
  if (!stem.ends_with(kAside)) return place;
  return place.parent_path() /
         pathFromUtf8(stem.substr(0, stem.size() - std::string(kAside).size()) +
                      utf8(place.extension()));
}

bool isAside(const fs::path& place) {
  return withoutAside(place) != place;
}

/// Copies the file beside it, under a name that nothing has.
void keepTheirs(const fs::path& file) {
  const std::string bytes = readFile(file);
  fs::path aside = file;
  aside += ".theirs";
  for (int number = 2; fs::exists(aside); ++number) {
    if (readFile(aside) == bytes) return;
    aside = file;
    aside += ".theirs-" + std::to_string(number);
  }
  writeFileAtomically(aside, bytes);
}

/// The files that a combined one names.
TreeFiles filesIn(const fs::path& file, const CombinedFile& said) {
  TreeFiles files;
  files.combined = file;
  files.tree = placeIn(file, said.tree);
  if (!said.names.empty()) files.names = placeIn(file, said.names);
  for (const CombinedFile::Part& part : said.parts)
    if (!part.mapFile.empty()) files.maps[placeIn(file, part.mapFile)] = 0;
  return files;
}

/// Those that the one on the disk names now; nothing where none is there that can be read.
std::optional<TreeFiles> namedBy(const fs::path& file) {
  std::error_code fault;
  if (!fs::exists(file, fault)) return std::nullopt;
  try {
    return filesIn(file, readCombinedFile(file));
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::set<fs::path> placesOf(const std::optional<TreeFiles>& files) {
  std::set<fs::path> places;
  if (!files) return places;
  places = {files->tree, files->names};
  for (const auto& [place, hash] : files->maps)
    places.insert(place);
  places.erase(fs::path());
  return places;
}

/// Whether another combined dataset in the folder of this one names its tree or names, too: it
/// would know other classes from one moment to the next.
bool areShared(const TreeFiles& files) {
  std::error_code fault;
  for (fs::directory_iterator entry(files.combined.parent_path(), fault), end;
       !fault && entry != end; entry.increment(fault)) {
    const fs::path other = entry->path();
    if (other == files.combined || !utf8(other).ends_with(kCombinedEnding)) continue;
    try {
      const CombinedFile said = readCombinedFile(other);
      const auto isOurs = [&](const std::string& theirs, const fs::path& place) {
        return !theirs.empty() && !place.empty() &&
               withoutAside(placeIn(other, theirs)) == withoutAside(place);
      };
      if (isOurs(said.tree, files.tree) || isOurs(said.names, files.names)) return true;
    } catch (const Error&) {
      continue;  // names nothing
    }
  }
  return false;
}

/// The files of a combined dataset at this place: those of before, where it is the same and they
/// are its own.
TreeFiles filesOf(const fs::path& file, const TreeFiles& before) {
  TreeFiles files;
  if (before.combined == file) files = before;
  files.combined = file;
  const bool shared = areShared(files);
  if (shared) {
    files.tree.clear();
    files.names.clear();
    files.treeHash = files.namesHash = 0;
    files.maps.clear();
  }
  const auto beside = [&](const std::string& ending) {
    fs::path place = file.parent_path() / pathFromUtf8(stemOf(file) + ending);
    for (int number = 2; shared && fs::exists(place); ++number)
      place =
          file.parent_path() / pathFromUtf8(stemOf(file) + "-" + std::to_string(number) + ending);
    return place;
  };
  if (files.tree.empty()) files.tree = beside(".tree");
  if (files.names.empty()) files.names = beside(".names");
  return files;
}

/// What a project is as files at a place.
struct Plan {
  TreeFiles files;  ///< where they will be, with what is known of what is there
  NamedTree named;
  CombinedFile said;
  std::map<fs::path, ClassMap> maps;
};

Plan planOf(const TreeProject& project, const fs::path& file, const TreeFiles& before) {
  Plan plan;
  plan.files = filesOf(file, before);
  std::vector<NodeId> ids;
  std::vector<int> places;
  plan.named = treeOfDraft(project.draft(&ids), &places);
  std::vector<int> placeOf(static_cast<std::size_t>(project.idEnd()), -1);
  for (std::size_t at = 0; at < ids.size(); ++at)
    placeOf[static_cast<std::size_t>(ids[at])] = places[at];
  for (std::size_t at = 0; at < project.parts().size(); ++at)
    plan.said.parts.push_back(
        written(project.parts()[at], placeOf, plan.named, file, at, plan.maps));
  return plan;
}

/// Files in the way of a plan that are others', or have become so.
std::vector<fs::path> othersOf(const Plan& plan, const TreeFiles& before) {
  const TreeFiles& known = plan.files;
  const TreeFiles now = filesNow(known);
  std::vector<fs::path> others;
  const auto check = [&](const fs::path& place, std::uint64_t then, std::uint64_t found) {
    if (found != 0 && found != then) others.push_back(place);
  };
  check(now.tree, known.treeHash, now.treeHash);
  check(now.names, known.namesHash, now.namesHash);
  for (const auto& [place, map] : plan.maps) {
    // Where a save was cut off, these are what it was writing.
    const bool isOurs = known.maps.contains(besideOf(place));
    const auto then = known.maps.find(place);
    if (!isOurs) check(place, then == known.maps.end() ? 0 : then->second, hashOf(place));
  }
  if (before.combined == known.combined) check(now.combined, known.combinedHash, now.combinedHash);
  return others;
}

}  // namespace

TreeFiles filesNow(TreeFiles files) {
  files.combinedHash = hashOf(files.combined);
  files.treeHash = hashOf(files.tree);
  files.namesHash = hashOf(files.names);
  for (auto& [place, hash] : files.maps)
    hash = hashOf(place);
  return files;
}

void requireEditable(std::size_t nodes, const std::string& where) {
  if (nodes > kMostTreeNodes)
    throw Error("a tree of " + counted(nodes, "class", "classes"), where,
                "up to " + counted(kMostTreeNodes, "class", "classes") +
                    " can be edited here; larger ones are made with `boxwright tree`");
}

void learnParts(TreeProject& project, const TreeProject& from, const std::stop_token& stop) {
  for (int at = 0; at < static_cast<int>(project.parts().size()); ++at) {
    const TreePart& part = project.part(at);
    const TreePart* known = nullptr;
    for (const TreePart& own : from.parts())
      if (own.path == part.path) known = &own;
    if (known) {
      project.learn(at, known->facts, known->fault);
      continue;
    }
    try {
      project.learn(at, readTreePart(part.path, part.format, stop).facts, {});
    } catch (const Error& error) {
      project.learn(at, {}, error.what());
    }
    if (stop.stop_requested()) return;
  }
}

TreePart readTreePart(const fs::path& path, const std::string& format, const std::stop_token& stop,
                      const std::function<void(double)>& progress) {
  if (combinedFormat().describedBy(path))
    throw Error("a combined dataset in another", utf8(path), "add the datasets of that one");
  OpenOptions options;
  options.format = format;
  OpenSink sink;
  sink.progress = progress;
  const Dataset dataset = openDataset(path, options, stop, sink);
  TreePart part;
  part.path = fs::absolute(path).lexically_normal();
  part.format = format;
  std::error_code ignored;
  part.root = fs::weakly_canonical(dataset.root, ignored);
  part.facts = classFactsOf(dataset);
  part.nodes.assign(part.facts.classes.size(), -1);
  return part;
}

FiledTree readTreeProject(const fs::path& combined, const std::stop_token& stop,
                          const std::function<void(double)>& progress) {
  const CombinedFile said = readCombinedFile(combined);
  FiledTree filed;
  filed.files = filesNow(filesIn(fs::absolute(combined).lexically_normal(), said));
  const CombinedTree tree = readCombinedTree(combined, said);
  requireEditable(tree.names.size(), utf8(combined));
  filed.project = TreeProject(draftOfTree({*tree.tree, tree.names}));
  for (std::size_t at = 0; at < said.parts.size(); ++at) {
    const CombinedFile::Part& own = said.parts[at];
    TreePart part;
    try {
      part = readTreePart(placeIn(combined, own.path), own.format, stop, [&](double fraction) {
        if (progress)
          progress((static_cast<double>(at) + fraction) / static_cast<double>(said.parts.size()));
      });
      if (stop.stop_requested()) return filed;
      part.nodes = nodesOf(part.facts.classes, true, own, tree, combined);
    } catch (const Error& error) {
      if (!part.facts.classes.empty()) throw;  // its map is wrong
      part = {};
      part.path = placeIn(combined, own.path);
      part.format = own.format;
      part.fault = error.what();
      takeFromFile(own, tree, combined, part);
    }
    part.written = own.path;
    filed.project.appendPart(std::move(part));
  }
  return filed;
}

TreeProject flatTreeProject(const fs::path& path, const Dataset& dataset) {
  requireEditable(dataset.classes.size(), utf8(path));
  TreeDraft draft;
  for (const std::string& name : dataset.classes)
    draft.nodes.push_back({name, -1});
  TreeProject project(draft);
  TreePart part;
  part.path = fs::absolute(path).lexically_normal();
  std::error_code ignored;
  part.root = fs::weakly_canonical(dataset.root, ignored);
  part.facts = classFactsOf(dataset);
  for (NodeId node = 0; node < project.idEnd(); ++node)
    part.nodes.push_back(node);
  project.appendPart(std::move(part));
  return project;
}

fs::path combinedBeside(const fs::path& root) {
  const fs::path folder = root.filename().empty() ? root.parent_path() : root;
  return folder.parent_path() / pathFromUtf8(utf8(folder.filename()) + kCombinedEnding);
}

std::vector<fs::path> othersFiles(const TreeProject& project, const fs::path& combined,
                                  const TreeFiles& before) {
  return othersOf(planOf(project, fs::absolute(combined).lexically_normal(), before), before);
}

TreeFiles writeTreeProject(const TreeProject& project, const fs::path& combined,
                           const TreeFiles& before, bool overrule) {
  if (project.nodeCount() == 0)
    throw Error("the tree holds no class", utf8(combined), "add one before you save");
  if (project.parts().empty())
    throw Error("the tree has no dataset", utf8(combined), "add one before you save");
  const fs::path file = fs::absolute(combined).lexically_normal(), folder = file.parent_path();
  const Plan plan = planOf(project, file, before);
  std::set<fs::path> named = placesOf(namedBy(file));
  for (const fs::path& theirs : othersOf(plan, before)) {
    if (!overrule)
      throw Error("another program has made or changed the file", utf8(theirs),
                  "look at it first; or write over it, then it is kept as .theirs");
    keepTheirs(theirs);
    // A save of theirs that was cut off lies beside.
    if (theirs == file)
      for (const fs::path& place : named)
        if (isAside(place) && hashOf(place) != 0) keepTheirs(place);
  }
  TreeFiles after = plan.files;
  after.tree = withoutAside(after.tree);
  after.names = withoutAside(after.names);
  after.maps.clear();
  for (const auto& [place, map] : plan.maps)
    after.maps[place] = 0;

  const auto writeAll = [&](bool aside) {
    const auto at = [&](const fs::path& place) { return aside ? besideOf(place) : place; };
    writeClassTree(at(after.tree), plan.named.tree);
    writeClassNames(at(after.names), plan.named.names);
    for (const auto& [place, map] : plan.maps)
      writeClassMap(at(place), map);
    CombinedFile pointing = plan.said;
    pointing.tree = pathFrom(folder, at(after.tree));
    pointing.names = pathFrom(folder, at(after.names));
    for (CombinedFile::Part& part : pointing.parts)
      if (!part.mapFile.empty()) part.mapFile = pathFrom(folder, at(placeIn(file, part.mapFile)));
    writeCombinedFile(file, pointing, fs::exists(file) ? file : before.combined);
  };
  const std::set<fs::path> finals = placesOf(after);
  /// What is beside and not named.
  const auto removeAside = [&] {
    std::error_code ignored;
    const std::optional<TreeFiles> now = namedBy(file);
    if (!now && fs::exists(file, ignored)) return;  // it may name any
    std::set<fs::path> beside = named;              // by a save that was cut off
    for (const fs::path& place : finals)
      beside.insert(besideOf(place));
    const std::set<fs::path> needed = placesOf(now);
    for (const fs::path& place : beside)
      if (isAside(place) && !needed.contains(place)) fs::remove(place, ignored);
  };
  // Files that the combined one on the disk names are not written while it does: first it is made
  // to name new ones beside them. Where a save was cut off it does so already, and the others are
  // free.
  const bool inUse = std::any_of(finals.begin(), finals.end(),
                                 [&](const fs::path& place) { return named.contains(place); });
  if (inUse) {
    // Then those beside are free, unless somebody has written both into the file by hand.
    for (const fs::path& place : finals)
      if (named.contains(besideOf(place)))
        throw Error("the combined dataset names both " + utf8(place.filename()) + " and " +
                        utf8(besideOf(place).filename()),
                    utf8(file), "save under another name");
    try {
      writeAll(true);
    } catch (...) {
      removeAside();
      throw;
    }
  }
  try {
    writeAll(false);
  } catch (...) {
    // What was to be saved is, though not where it was to be: the next save goes on from there.
    const std::optional<TreeFiles> now = namedBy(file);
    if (!inUse || !now || !isAside(now->tree)) throw;
    return filesNow(*now);
  }
  removeAside();
  return filesNow(after);
}

bool sameTree(const TreeProject& a, const TreeProject& b) {
  if (a.parts().size() != b.parts().size() || a.nodeCount() != b.nodeCount()) return false;
  if (a.nodeCount() == 0) return true;
  const auto placesOfParts = [](const TreeProject& project, NamedTree& named) {
    std::vector<NodeId> ids;
    std::vector<int> places;
    named = treeOfDraft(project.draft(&ids), &places);
    std::vector<int> placeOf(static_cast<std::size_t>(project.idEnd()), -1);
    for (std::size_t at = 0; at < ids.size(); ++at)
      placeOf[static_cast<std::size_t>(ids[at])] = places[at];
    std::vector<std::tuple<fs::path, std::string, ClassNames, std::vector<int>>> parts;
    for (const TreePart& part : project.parts()) {
      std::vector<int> nodes;
      for (const NodeId node : part.nodes)
        nodes.push_back(node < 0 ? -1 : placeOf[static_cast<std::size_t>(node)]);
      parts.emplace_back(part.path, part.format, part.facts.classes, std::move(nodes));
    }
    return parts;
  };
  NamedTree one, other;
  const bool sameParts = placesOfParts(a, one) == placesOfParts(b, other);
  return sameParts && one.names == other.names && one.tree.labels() == other.tree.labels() &&
         one.tree.parents() == other.tree.parents();
}

}  // namespace boxwright
