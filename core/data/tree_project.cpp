// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/tree_project.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/open_dataset.h"
#include "core/taxonomy/class_map.h"

namespace boxwright {

ClassFacts classFactsOf(const Dataset& dataset) {
  ClassFacts facts;
  facts.classes = dataset.classes;
  for (const std::string& name : facts.classes) {
    try {
      requireUtf8(name, {});
    } catch (const Error&) {
      throw Error(
          "the name of class " + std::to_string(&name - facts.classes.data()) + " is not in UTF-8",
          utf8(dataset.root), "save what names the classes as UTF-8");
    }
  }
  facts.counts = statisticsOf(dataset).classes;
  std::map<std::vector<int>, std::size_t> sets;
  const auto classes = static_cast<int>(dataset.classes.size());
  std::vector<int> set;
  for (const Picture& picture : dataset.pictures) {
    if (picture.annotation->trashed) continue;
    set.clear();
    for (const Box& box : picture.annotation->boxes)
      if (box.classId >= 0 && box.classId < classes) set.push_back(box.classId);
    for (const int id : picture.annotation->imageClasses)
      if (id >= 0 && id < classes) set.push_back(id);
    std::sort(set.begin(), set.end());
    set.erase(std::unique(set.begin(), set.end()), set.end());
    if (!set.empty()) ++sets[set];
  }
  auto found = std::make_shared<ClassSets>();
  for (auto& [members, pictures] : sets)
    found->sets.push_back({members, pictures});
  facts.sets = std::move(found);
  return facts;
}

std::string TreePart::name() const {
  const std::filesystem::path last = path.filename().empty() ? path.parent_path() : path;
  // What a data.yaml is of is said by its folder.
  return utf8(isDatasetFile(last) ? last.parent_path().filename() / last.filename()
                                  : last.filename());
}

TreeStep inverse(const TreeStep& step) {
  struct Inverter {
    TreeStep operator()(NodeStep s) const {
      s.comes = !s.comes;
      return s;
    }
    TreeStep operator()(NameStep s) const {
      std::swap(s.before, s.after);
      std::swap(s.labelBefore, s.labelAfter);
      return s;
    }
    TreeStep operator()(const MoveStep& s) const {
      return MoveStep{s.to, s.toRow, s.count, s.from, s.fromRow};
    }
    TreeStep operator()(MapStep s) const {
      for (MapStep::Class& one : s.classes)
        std::swap(one.before, one.after);
      return s;
    }
    TreeStep operator()(PartStep s) const {
      s.comes = !s.comes;
      return s;
    }
    TreeStep operator()(ReplaceStep s) const {
      std::swap(s.before, s.after);
      return s;
    }
  };
  return std::visit(Inverter(), step);
}

TreeEdit inverse(const TreeEdit& edit) {
  TreeEdit back;
  back.title = edit.title;
  for (auto step = edit.steps.rbegin(); step != edit.steps.rend(); ++step)
    back.steps.push_back(inverse(*step));
  return back;
}

TreeProject::TreeProject(const TreeDraft& draft) : count_(static_cast<int>(draft.nodes.size())) {
  nodes_.reserve(draft.nodes.size());
  for (const TreeDraft::Node& node : draft.nodes)
    nodes_.push_back({node.name, node.label, node.parent, {}, true});
  for (NodeId id = 0; id < idEnd(); ++id)
    children_(node_(id).parent).push_back(id);
}

int TreeProject::rowOf(NodeId node) const {
  const std::vector<NodeId>& siblings = childrenOf(parentOf(node));
  return static_cast<int>(std::find(siblings.begin(), siblings.end(), node) - siblings.begin());
}

bool TreeProject::isWithin(NodeId node, NodeId above) const {
  if (above < 0) return true;
  for (; node >= 0; node = parentOf(node))
    if (node == above) return true;
  return false;
}

std::vector<NodeId> TreeProject::inOrder() const {
  std::vector<NodeId> order;
  order.reserve(static_cast<std::size_t>(count_));
  std::vector<NodeId> open(roots_.rbegin(), roots_.rend());
  while (!open.empty()) {
    const NodeId node = open.back();
    open.pop_back();
    order.push_back(node);
    const std::vector<NodeId>& below = childrenOf(node);
    open.insert(open.end(), below.rbegin(), below.rend());
  }
  return order;
}

std::string TreeProject::pathText(NodeId node) const {
  std::string text;
  for (; node >= 0; node = parentOf(node))
    text = text.empty() ? nameOf(node) : nameOf(node) + " > " + text;
  return text;
}

int TreeProject::unmappedCount() const {
  int count = 0;
  for (const TreePart& part : parts_)
    count += static_cast<int>(std::count(part.nodes.begin(), part.nodes.end(), -1));
  return count;
}

bool TreeProject::learn(int at, ClassFacts facts, std::string fault) {
  TreePart& part = parts_[static_cast<std::size_t>(at)];
  part.fault = std::move(fault);
  if (!part.fault.empty()) return false;
  if (part.numbered) {
    part.numbered = false;  // the names of those numbers
    part.nodes.resize(facts.classes.size(), -1);
    part.facts = std::move(facts);
    return true;
  }
  if (facts.classes == part.facts.classes) {
    part.facts = std::move(facts);
    return false;
  }
  std::unordered_map<std::string, NodeId> known;
  for (std::size_t id = 0; id < part.nodes.size(); ++id)
    known.emplace(part.facts.classes[id], part.nodes[id]);
  std::vector<NodeId> nodes;
  try {
    nodes = nodesByName(*this, facts.classes);
  } catch (const Error& error) {  // the tree can stand in no file
    part.fault = error.what();
    return false;
  }
  for (std::size_t id = 0; id < nodes.size(); ++id) {
    const auto found = known.find(facts.classes[id]);
    if (found != known.end()) nodes[id] = found->second;
  }
  part.nodes = std::move(nodes);
  part.facts = std::move(facts);
  return true;
}

void TreeProject::apply(const TreeStep& step) {
  std::visit([this](const auto& one) { apply(one); }, step);
}

void TreeProject::apply(const TreeEdit& edit) {
  for (const TreeStep& step : edit.steps)
    apply(step);
}

void TreeProject::apply(const NodeStep& step) {
  std::vector<NodeId>* siblings = nullptr;
  if (step.comes) {
    if (step.node == idEnd()) nodes_.emplace_back();
    node_(step.node) = {step.name, step.label, step.parent, {}, true};
    siblings = &children_(step.parent);
    siblings->insert(siblings->begin() + step.row, step.node);
    ++count_;
  } else {
    siblings = &children_(step.parent);
    siblings->erase(siblings->begin() + step.row);
    node_(step.node).there = false;
    --count_;
  }
}

void TreeProject::apply(const NameStep& step) {
  node_(step.node).name = step.after;
  node_(step.node).label = step.labelAfter;
}

void TreeProject::apply(const MoveStep& step) {
  std::vector<NodeId>& from = children_(step.from);
  const auto first = from.begin() + step.fromRow;
  const std::vector<NodeId> moved(first, first + step.count);
  from.erase(first, first + step.count);
  std::vector<NodeId>& to = children_(step.to);
  to.insert(to.begin() + step.toRow, moved.begin(), moved.end());
  for (const NodeId node : moved)
    node_(node).parent = step.to;
}

void TreeProject::apply(const MapStep& step) {
  for (const MapStep::Class& one : step.classes)
    parts_[static_cast<std::size_t>(one.part)].nodes[static_cast<std::size_t>(one.id)] = one.after;
}

void TreeProject::apply(const PartStep& step) {
  if (step.comes) {
    parts_.insert(parts_.begin() + step.at, *step.part);
  } else {
    parts_.erase(parts_.begin() + step.at);
  }
}

void TreeProject::apply(const ReplaceStep& step) {
  nodes_ = step.after->nodes;
  roots_ = step.after->roots;
  count_ = step.after->count;
  for (std::size_t at = 0; at < parts_.size(); ++at)
    parts_[at].nodes = step.after->maps[at];
}

TreeDraft TreeProject::draft(std::vector<NodeId>* ids) const {
  std::vector<NodeId> order;
  bool ascending = true;
  const auto check = [&](NodeId parent) {
    const std::vector<NodeId>& below = childrenOf(parent);
    if (!std::is_sorted(below.begin(), below.end())) ascending = false;
    if (!below.empty() && below.front() < parent) ascending = false;
  };
  check(-1);
  for (NodeId node = 0; node < idEnd(); ++node) {
    if (!node_(node).there) continue;
    order.push_back(node);
    check(node);
  }
  if (!ascending) order = inOrder();
  std::vector<int> placeOf(nodes_.size(), -1);
  for (std::size_t at = 0; at < order.size(); ++at)
    placeOf[static_cast<std::size_t>(order[at])] = static_cast<int>(at);
  TreeDraft draft;
  for (const NodeId node : order) {
    const NodeId parent = parentOf(node);
    draft.nodes.push_back({nameOf(node),
                           parent < 0 ? -1 : placeOf[static_cast<std::size_t>(parent)],
                           node_(node).label});
  }
  if (ids) *ids = std::move(order);
  return draft;
}

std::shared_ptr<const ReplaceStep::State> TreeProject::state() const {
  auto state = std::make_shared<ReplaceStep::State>();
  state->nodes = nodes_;
  state->roots = roots_;
  state->count = count_;
  for (const TreePart& part : parts_)
    state->maps.push_back(part.nodes);
  return state;
}

std::vector<NodeId> nodesByName(const TreeProject& project, const ClassNames& classes) {
  if (project.nodeCount() == 0) return std::vector<NodeId>(classes.size(), -1);
  std::vector<NodeId> ids;
  std::vector<int> places;
  const NamedTree named = treeOfDraft(project.draft(&ids), &places);
  std::vector<NodeId> idAt(ids.size());
  for (std::size_t at = 0; at < ids.size(); ++at)
    idAt[static_cast<std::size_t>(places[at])] = ids[at];
  std::vector<NodeId> nodes = mapByName(classes, named.tree, named.names);
  for (NodeId& node : nodes)
    if (node >= 0) node = idAt[static_cast<std::size_t>(node)];
  return nodes;
}

}  // namespace boxwright
