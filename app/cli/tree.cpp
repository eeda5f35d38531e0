// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "app/cli/commands.h"
#include "app/cli/json_output.h"
#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/data/combined_file.h"
#include "core/taxonomy/class_map.h"
#include "core/taxonomy/tree_draft.h"
#include "core/taxonomy/tree_reading.h"

namespace boxwright::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string source, from = "auto", write, names;
  std::vector<std::string> maps;
};

/// What the source is: "tree", "combined", "folders", "paths" or "text".
std::string kindOf(const Options& options, const fs::path& source) {
  if (options.from != "auto") return options.from;
  if (options.source.ends_with(kCombinedEnding)) return "combined";
  std::error_code ignored;
  if (fs::is_directory(source, ignored)) return "folders";
  if (source.extension() == ".tree") return "tree";
  return readFile(source).find('>') != std::string::npos ? "paths" : "text";
}

NamedTree readSource(const Options& options, Console& console) {
  const fs::path source = pathFromUtf8(options.source);
  const std::string kind = kindOf(options, source);
  console.message("read as " + kind);
  if (kind == "combined") {
    CombinedTree combined = readCombinedTree(source, readCombinedFile(source));
    return {*combined.tree, std::move(combined.names)};
  }
  if (kind == "folders") return treeOfDraft(draftFromFolders(source));
  if (kind == "paths") return treeOfDraft(draftFromPaths(readFile(source), options.source));
  if (kind == "text") return treeOfDraft(draftFromIndentedText(readFile(source), options.source));
  return readNamedTree(source, pathFromUtf8(options.names));
}

/// Nothing that is there already is written over.
void requireNew(const fs::path& file) {
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(file, ignored)))
    throw Error("there is such a file already", utf8(file), "give another name, or move it away");
}

void write(const fs::path& out, const NamedTree& named) {
  const fs::path names = fs::path(out).replace_extension(".names");
  if (names == out) throw Error("this is the name of the names file", utf8(out), "end it in .tree");
  requireNew(out);
  requireNew(names);
  writeClassTree(out, named.tree);
  writeClassNames(names, named.names);
}

/// Labels that several classes have: a map cannot tell them apart.
std::size_t sharedLabels(const ClassTree& tree) {
  std::map<std::string, int> bearers;
  for (const std::string& label : tree.labels())
    ++bearers[label];
  return static_cast<std::size_t>(std::count_if(
      bearers.begin(), bearers.end(), [](const auto& label) { return label.second > 1; }));
}

int run(const Options& options, Console& console) {
  const NamedTree named = readSource(options, console);
  const ClassTree& tree = named.tree;
  Json maps = Json::array();
  std::string text =
      fmt::format("{}: {} in {}, {} without children, {} deep, largest group {}\n",
                  counted(static_cast<std::size_t>(tree.size()), "class", "classes"),
                  counted(static_cast<std::size_t>(tree.groups().front().count), "root", "roots"),
                  counted(tree.groups().size(), "group", "groups"), tree.leafCount(),
                  tree.depth() + 1, largestGroup(tree));
  if (const std::size_t shared = sharedLabels(tree); shared > 0)
    console.message(
        counted(shared, "label is of several classes", "labels are of several classes each") +
        ": a map by name cannot say which");
  for (const std::string& file : options.maps) {
    const ClassMap map = readClassMap(pathFromUtf8(file), tree.size(), options.source);
    const auto leaves = static_cast<std::size_t>(
        std::count_if(map.begin(), map.end(), [&](int node) { return tree.isLeaf(node); }));
    text += fmt::format("{}: {}, {} of them without children\n", file,
                        counted(map.size(), "class", "classes"), leaves);
    maps.push_back({{"file", file}, {"classes", map.size()}, {"leaves", leaves}});
  }
  if (!options.write.empty()) {
    write(pathFromUtf8(options.write), named);
    console.message("written to " + options.write + ", the names beside it");
  }
  if (console.json) {
    console.printLine(textOf({{"classes", tree.size()},
                              {"roots", tree.groups().front().count},
                              {"groups", tree.groups().size()},
                              {"leaves", tree.leafCount()},
                              {"depth", tree.depth() + 1},
                              {"largestGroup", largestGroup(tree)},
                              {"maps", maps}}));
  } else {
    console.print(text);
  }
  return 0;
}

}  // namespace

void addTree(CLI::App& app, Console& console, Action& action) {
  CLI::App* command =
      app.add_subcommand("tree", "Check a class tree with its names and maps, or make one");
  auto options = std::make_shared<Options>();
  command
      ->add_option(
          "SOURCE", options->source,
          "A .tree, or a .combined.json for its tree; or what one is made from: folders in "
          "folders, an indented text, or ways from the root (\"animal > dog > pug\") a line each")
      ->required();
  command->add_option("--from", options->from, "What SOURCE is, where it is not found out")
      ->check(CLI::IsMember({"auto", "tree", "combined", "folders", "text", "paths"}))
      ->capture_default_str();
  command->add_option("--names", options->names, "What the classes of a .tree are called")
      ->type_name("FILE");
  command->add_option("--map", options->maps, "Also check a .map; repeatable")->type_name("FILE");
  command
      ->add_option("--write", options->write,
                   "Write the tree into FILE, and what its classes are called beside it (.names)")
      ->type_name("FILE");
  command->callback([options, &console, &action] {
    action = [options, &console] { return run(*options, console); };
  });
}

}  // namespace boxwright::cli
