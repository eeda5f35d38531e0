// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/network/network_tree.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/taxonomy/class_map.h"
#include "core/taxonomy/class_tree.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

fs::path findNamed(const std::string& name, const Network& network, const std::string& what) {
  const fs::path file = pathFromUtf8(name);
  const fs::path folder = pathFromUtf8(network.file).parent_path();
  for (const fs::path& place : {folder / file, folder / ".." / file}) {
    std::error_code ignored;
    if (fs::is_regular_file(place, ignored)) return place.lexically_normal();
  }
  throw Error(what + " that the cfg names is missing", utf8((folder / file).lexically_normal()),
              "put it there: " + network.file + " asks for " + name);
}

std::shared_ptr<const ClassTree> readTree(const std::string& name, const Network& network) {
  const fs::path file = findNamed(name, network, "the class tree");
  auto tree = std::make_shared<const ClassTree>(readClassTree(file));
  const int classes = classCountOf(network);
  if (tree->size() != classes)
    throw Error("the tree has " + counted(std::size_t(tree->size()), "class", "classes") +
                    ", the network of " + network.file + " has " + std::to_string(classes),
                utf8(file), "give the tree that the network is made for");
  return tree;
}

}  // namespace

void openClassTree(Network& network) {
  for (Layer& layer : network.layers) {
    if (auto* const softmax = std::get_if<SoftmaxLayer>(&layer.kind); softmax) {
      if (!softmax->tree.empty()) softmax->classTree = readTree(softmax->tree, network);
    } else if (auto* const region = std::get_if<RegionLayer>(&layer.kind); region) {
      if (region->tree.empty()) continue;
      region->classTree = readTree(region->tree, network);
      if (!region->map.empty())
        region->classMap = readClassMap(findNamed(region->map, network, "the class map"),
                                        region->classTree->size(), region->tree);
    }
  }
}

const std::shared_ptr<const ClassTree>& classTreeOf(const Network& network) {
  static const std::shared_ptr<const ClassTree> kNone;
  for (const Layer& layer : network.layers) {
    if (const auto* const softmax = std::get_if<SoftmaxLayer>(&layer.kind))
      return softmax->classTree;
    if (const auto* const region = std::get_if<RegionLayer>(&layer.kind)) return region->classTree;
  }
  return kNone;
}

}  // namespace boxwright
