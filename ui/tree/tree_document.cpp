// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/tree_document.h"

#include <algorithm>
#include <utility>

namespace boxwright::ui {
namespace {

/// Beyond so many steps models begin anew, instead of following each.
constexpr std::size_t mostFollowed = 64;

}  // namespace

void TreeDocument::setProject(TreeProject project, bool saved) {
  nodesStay_ = false;
  Q_EMIT resetting();
  project_ = std::move(project);
  open_ = true;
  edits_.clear();
  done_ = 0;
  savedAt_ = saved ? std::optional<std::size_t>(0) : std::nullopt;
  savingAt_.reset();
  counts_.clear();
  suggestions_.clear();
  ++revision_;
  Q_EMIT wasReset();
  Q_EMIT historyChanged();
  Q_EMIT changed();
}

void TreeDocument::close() {
  if (!open_) return;
  setProject({}, true);
  open_ = false;
  Q_EMIT historyChanged();
}

bool TreeDocument::edit(TreeEdit edit) {
  if (!edit.refusal.empty()) {
    Q_EMIT refused(QString::fromStdString(edit.refusal));
    return false;
  }
  if (!open_ || edit.steps.empty()) return false;
  for (std::optional<std::size_t>* place : {&savedAt_, &savingAt_})
    if (*place && **place > done_) place->reset();
  if (namesTheNew(edit)) return true;
  edits_.resize(done_);
  edits_.push_back(std::move(edit));
  ++done_;
  put(edits_.back());
  return true;
}

/// A node that has just been added and is given its name is added by that name.
bool TreeDocument::namesTheNew(const TreeEdit& edit) {
  if (done_ == 0 || done_ != edits_.size() || savedAt_ == done_ || savingAt_ == done_) return false;
  TreeEdit& last = edits_.back();
  if (last.steps.size() != 1 || edit.steps.size() != 1) return false;
  auto* const added = std::get_if<NodeStep>(&last.steps.front());
  const auto* const name = std::get_if<NameStep>(&edit.steps.front());
  if (!added || !name || !added->comes || added->node != name->node) return false;
  added->name = name->after;
  last.title = "Add " + name->after;
  put(edit);
  return true;
}

void TreeDocument::undo() {
  if (done_ > 0) put(inverse(edits_[--done_]));
}

void TreeDocument::redo() {
  if (done_ == edits_.size()) return;
  const std::size_t next = done_++;
  put(edits_[next]);
}

void TreeDocument::put(const TreeEdit& edit) {
  ++revision_;
  const auto holds = [&edit]<typename Step>() {
    return std::any_of(edit.steps.begin(), edit.steps.end(),
                       [](const TreeStep& step) { return std::holds_alternative<Step>(step); });
  };
  const bool other = holds.operator()<ReplaceStep>();
  const bool whole = other || edit.steps.size() > mostFollowed;
  nodesStay_ = !other;
  // They are by the numbers of nodes and datasets, which are others' now.
  if (other || holds.operator()<PartStep>()) {
    suggestions_.clear();
    counts_.clear();
  }
  if (whole) Q_EMIT resetting();
  for (const TreeStep& step : edit.steps) {
    if (!whole) Q_EMIT stepping(step);
    project_.apply(step);
    if (!whole) Q_EMIT stepped(step);
  }
  if (whole) Q_EMIT wasReset();
  Q_EMIT historyChanged();
  Q_EMIT changed();
}

QString TreeDocument::undoTitle() const {
  return done_ > 0 ? QString::fromStdString(edits_[done_ - 1].title) : QString();
}

QString TreeDocument::redoTitle() const {
  return done_ < edits_.size() ? QString::fromStdString(edits_[done_].title) : QString();
}

void TreeDocument::endSaving(bool written) {
  if (written) savedAt_ = savingAt_;
  savingAt_.reset();
  Q_EMIT historyChanged();
}

void TreeDocument::learn(int part, ClassFacts facts, const std::string& fault) {
  if (project_.learn(part, std::move(facts), fault)) {
    // Steps name classes by their places.
    const bool saved = !isModified();
    edits_.clear();
    done_ = 0;
    savedAt_ = saved ? std::optional<std::size_t>(0) : std::nullopt;
    savingAt_.reset();
    suggestions_.clear();
    Q_EMIT historyChanged();
  }
  ++revision_;
  Q_EMIT changed();
}

const NodeCount& TreeDocument::countOf(NodeId node) const {
  static const NodeCount none;
  const auto place = static_cast<std::size_t>(node);
  return place < counts_.size() ? counts_[place] : none;
}

void TreeDocument::setCounts(std::vector<NodeCount> counts) {
  counts_ = std::move(counts);
  Q_EMIT countsChanged();
}

NodeId TreeDocument::suggestionOf(ClassPlace place) const {
  const auto part = static_cast<std::size_t>(place.part), id = static_cast<std::size_t>(place.id);
  if (part >= suggestions_.size() || id >= suggestions_[part].size()) return -1;
  const NodeId node = suggestions_[part][id];
  return project_.has(node) ? node : -1;
}

void TreeDocument::setSuggestions(std::vector<std::vector<NodeId>> suggestions) {
  suggestions_ = std::move(suggestions);
  Q_EMIT suggestionsChanged();
}

std::vector<ClassChoice> TreeDocument::allSuggestions() const {
  std::vector<ClassChoice> choices;
  for (int part = 0; part < static_cast<int>(project_.parts().size()); ++part) {
    const std::vector<NodeId>& nodes = project_.part(part).nodes;
    for (int id = 0; id < static_cast<int>(nodes.size()); ++id) {
      if (nodes[static_cast<std::size_t>(id)] >= 0) continue;
      const NodeId node = suggestionOf({part, id});
      if (node >= 0) choices.push_back({{part, id}, node});
    }
  }
  return choices;
}

}  // namespace boxwright::ui
