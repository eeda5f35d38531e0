// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "core/data/dataset.h"
#include "core/taxonomy/class_names.h"
#include "core/taxonomy/tree_draft.h"

namespace boxwright {

/// A node of a TreeProject: the same through all edits. -1: none, or what the roots lie below.
using NodeId = int;

/// Which classes are together in one picture, for all pictures of a dataset, so that pictures can
/// be counted over any part of a tree.
struct ClassSets {
  struct Set {
    std::vector<int> classes;  ///< ascending
    std::size_t pictures = 0;
  };
  std::vector<Set> sets;
};

/// What is known of the classes of a dataset.
struct ClassFacts {
  ClassNames classes;
  std::vector<DatasetStatistics::PerClass> counts;  ///< of each class
  std::shared_ptr<const ClassSets> sets;            ///< null: it was not read
};
ClassFacts classFactsOf(const Dataset& dataset);

/// A dataset whose classes are nodes of a tree.
struct TreePart {
  std::filesystem::path path;  ///< absolute
  std::string written;         ///< as the combined file has it; empty: it does not yet
  std::string format;          ///< empty: detected
  std::filesystem::path root;  ///< the dataset's folder, links followed; empty: it was not read
  ClassFacts facts;
  std::vector<NodeId> nodes;  ///< of each class
  /// The names of its classes are not known: they are numbers, as Darknet's .map has them.
  bool numbered = false;
  std::string fault;  ///< why it could not be read; empty: it was

  /// For people: the folder's name; of a file that describes a dataset with the file's.
  std::string name() const;
};

/// A node without children comes (at this row of its parent's children) or goes.
struct NodeStep {
  bool comes = true;
  NodeId node = -1, parent = -1;
  int row = 0;
  std::string name, label;
};
struct NameStep {
  NodeId node = -1;
  std::string before, after;
  std::string labelBefore, labelAfter;
};
/// Rows [fromRow, fromRow + count) of `from` go below `to`, where the first then has `toRow`.
struct MoveStep {
  NodeId from = -1;
  int fromRow = 0, count = 1;
  NodeId to = -1;
  int toRow = 0;
};
struct MapStep {
  struct Class {
    int part = 0, id = 0;
    NodeId before = -1, after = -1;
  };
  std::vector<Class> classes;
};
struct PartStep {
  bool comes = true;
  int at = 0;
  std::shared_ptr<const TreePart> part;
};
/// Another tree altogether, with the nodes of all classes in it.
struct ReplaceStep {
  struct State;
  std::shared_ptr<const State> before, after;
};
/// One change of a TreeProject, with what takes it back.
using TreeStep = std::variant<NodeStep, NameStep, MoveStep, MapStep, PartStep, ReplaceStep>;
TreeStep inverse(const TreeStep& step);

/// What a user does in one go; `refusal` says why it cannot be done, and then there are no steps.
struct TreeEdit {
  std::string title;  ///< "Rename dog to puppy"
  std::vector<TreeStep> steps;
  std::string refusal;
};
/// What takes it back.
TreeEdit inverse(const TreeEdit& edit);

/// A class tree that is being edited, with the datasets whose classes are its nodes. A value;
/// edits are made by tree_edits.h and put in force step by step.
class TreeProject {
 public:
  struct Node {
    std::string name;
    std::string label;  ///< in files; empty: made of the name
    NodeId parent = -1;
    std::vector<NodeId> children;
    bool there = true;
  };

  TreeProject() = default;
  explicit TreeProject(const TreeDraft& draft);

  /// Of those that are there.
  int nodeCount() const { return count_; }
  /// All ids are below it; the next new node has it.
  NodeId idEnd() const { return static_cast<NodeId>(nodes_.size()); }
  bool has(NodeId node) const { return node >= 0 && node < idEnd() && node_(node).there; }
  const Node& node(NodeId node) const { return node_(node); }
  const std::string& nameOf(NodeId node) const { return node_(node).name; }
  NodeId parentOf(NodeId node) const { return node_(node).parent; }
  /// Of -1: the roots.
  const std::vector<NodeId>& childrenOf(NodeId node) const {
    return node < 0 ? roots_ : node_(node).children;
  }
  /// Among its siblings.
  int rowOf(NodeId node) const;
  /// Whether `node` is `above` or lies below it; everything lies below -1.
  bool isWithin(NodeId node, NodeId above) const;
  /// All nodes as they are shown, each above its children.
  std::vector<NodeId> inOrder() const;
  /// "animal > dog > pug".
  std::string pathText(NodeId node) const;

  const std::vector<TreePart>& parts() const { return parts_; }
  const TreePart& part(int at) const { return parts_[static_cast<std::size_t>(at)]; }
  /// Of all parts together.
  int unmappedCount() const;
  void appendPart(TreePart part) { parts_.push_back(std::move(part)); }
  /// What is newly known of a part, outside of any edit: classes keep their nodes by their names,
  /// new ones have that of their name. Whether it has other classes than before.
  bool learn(int part, ClassFacts facts, std::string fault = {});

  void apply(const TreeStep& step);
  void apply(const TreeEdit& edit);

  /// The tree alone; `ids`, where given, takes the node at each place. In the order of the ids
  /// where they are in the order shown among siblings, so that a tree that was read and is not
  /// changed stays as it was.
  TreeDraft draft(std::vector<NodeId>* ids = nullptr) const;
  /// The tree and nodes of now, for a ReplaceStep.
  std::shared_ptr<const ReplaceStep::State> state() const;

 private:
  const Node& node_(NodeId node) const { return nodes_[static_cast<std::size_t>(node)]; }
  Node& node_(NodeId node) { return nodes_[static_cast<std::size_t>(node)]; }
  std::vector<NodeId>& children_(NodeId node) { return node < 0 ? roots_ : node_(node).children; }
  void apply(const NodeStep& step);
  void apply(const NameStep& step);
  void apply(const MoveStep& step);
  void apply(const MapStep& step);
  void apply(const PartStep& step);
  void apply(const ReplaceStep& step);

  std::vector<Node> nodes_;
  std::vector<NodeId> roots_;
  int count_ = 0;
  std::vector<TreePart> parts_;
};

struct ReplaceStep::State {
  std::vector<TreeProject::Node> nodes;
  std::vector<NodeId> roots;
  int count = 0;
  std::vector<std::vector<NodeId>> maps;  ///< of each part
};

/// The nodes of classes by their names, as mapByName has it.
std::vector<NodeId> nodesByName(const TreeProject& project, const ClassNames& classes);

}  // namespace boxwright
