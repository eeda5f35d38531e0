// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/data/tree_counts.h"
#include "core/data/tree_edits.h"
#include "core/data/tree_project.h"

namespace boxwright::ui {

/// The class tree that is being edited, with its history. Models follow step by step. GUI thread
/// only; reads and writes nothing (TreeKeeper does).
class TreeDocument : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;

  /// Another project, without a history; `saved`: it is what the files say.
  void setProject(TreeProject project, bool saved);
  void close();
  bool isOpen() const { return open_; }
  const TreeProject& project() const { return project_; }

  /// Puts it in force; false where it was refused, which refused() says, or changes nothing.
  bool edit(TreeEdit edit);
  void undo();
  void redo();
  /// The titles; empty: there is nothing to.
  QString undoTitle() const;
  QString redoTitle() const;

  /// Counts what has happened to the project.
  std::uint64_t revision() const { return revision_; }
  /// Something is not saved.
  bool isModified() const { return open_ && savedAt_ != done_; }
  /// What is there now is being written; endSaving says how that went.
  void beginSaving() { savingAt_ = done_; }
  void endSaving(bool written);

  /// What is newly known of a part; no edit.
  void learn(int part, ClassFacts facts, const std::string& fault);

  /// Of what is being reset: nodes have the ids that they had.
  bool nodesStay() const { return nodesStay_; }

  const NodeCount& countOf(NodeId node) const;
  void setCounts(std::vector<NodeCount> counts);
  /// For a class without a node; -1: none.
  NodeId suggestionOf(ClassPlace place) const;
  void setSuggestions(std::vector<std::vector<NodeId>> suggestions);
  /// One for each class without a node that has a suggestion.
  std::vector<ClassChoice> allSuggestions() const;

 Q_SIGNALS:
  /// Around each step that changes the tree; none of a kind may follow in between.
  void stepping(const boxwright::TreeStep& step);
  void stepped(const boxwright::TreeStep& step);
  /// Around everything else that changes it.
  void resetting();
  void wasReset();
  /// After all steps, whatever they were.
  void changed();
  void countsChanged();
  void suggestionsChanged();
  void historyChanged();
  void refused(const QString& why);

 private:
  void put(const TreeEdit& edit);
  bool namesTheNew(const TreeEdit& edit);

  TreeProject project_;
  bool open_ = false;
  std::vector<TreeEdit> edits_;
  std::size_t done_ = 0;  ///< of the edits
  /// Where it stood when it was saved, and when what is being saved was there; nothing: nowhere.
  std::optional<std::size_t> savedAt_, savingAt_;
  std::uint64_t revision_ = 0;
  bool nodesStay_ = true;
  std::vector<NodeCount> counts_;
  std::vector<std::vector<NodeId>> suggestions_;
};

}  // namespace boxwright::ui
