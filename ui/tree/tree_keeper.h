// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/data/kept_tree.h"
#include "core/data/tree_project_file.h"
#include "ui/job.h"
#include "ui/tree/tree_document.h"

namespace boxwright::ui {

class StudioState;

/// What stands between a TreeDocument and the disk, all of it in jobs: the tree of the open dataset
/// is read, what is edited is kept at once where a kill does not reach it, counted, and saved when
/// asked for. GUI thread only.
class TreeKeeper : public QObject {
  Q_OBJECT
 public:
  TreeKeeper(StudioState& state, TreeDocument& tree, QObject* parent = nullptr);

  /// The page is looked at: what it needs is read, where that is not so yet.
  void show();
  bool isLoading() const { return loading_.isRunning() || wanted_; }
  /// The dataset that is open is a combined one.
  bool isCombined() const;
  /// The combined dataset that the tree is saved as; empty: none yet.
  const std::filesystem::path& file() const { return files_.combined; }
  /// Where it is proposed to be.
  std::filesystem::path proposedFile() const;

  /// `overrule`: what others have made of the files is kept beside them and written over.
  void save(const std::filesystem::path& file, bool overrule = false);
  /// Reads the dataset and adds it to the tree.
  void addDataset(const std::filesystem::path& path);
  enum class Source { IndentedText, Folders, Paths, TreeFile };
  /// Another tree in place of this one; an edit.
  void takeTree(Source source, const std::filesystem::path& path);
  /// Back to what is saved; what was not is gone.
  void discard();
  /// Nothing is left to be written.
  bool isIdle() const { return pending_.empty() && !keeping_.isRunning(); }
  /// What is not saved could not be kept either; it is tried again every few seconds.
  bool cannotKeep() const { return unkept_.has_value(); }

 Q_SIGNALS:
  void loadingChanged();
  /// Whether what is not saved can be kept.
  void keepingChanged();
  /// What an earlier session has not saved is there again; `changed`: the files are others now than
  /// those that it was made from.
  void restored(bool changed);
  void saved(const std::filesystem::path& file);
  /// Others have made or changed these files.
  void conflicted(const std::filesystem::path& wanted,
                  const std::vector<std::filesystem::path>& files);
  /// The files are others now, and what is not saved stands against it.
  void changedOutside();
  void failed(const boxwright::ui::JobError& error);

 private:
  struct Loaded;
  struct Kept;
  /// What this window keeps of a tree. The GUI thread's: jobs take copies, and say what is so then.
  struct Lock {
    std::shared_ptr<LabelLock> held;  ///< no other window keeps one
    std::uint64_t left = 0;           ///< the hash of what was kept when it was last seen; 0: none
    // What was last to be kept under it, and of which revision.
    std::shared_ptr<const FiledTree> tree;
    std::uint64_t revision = 0;
  };
  /// To be kept, or no more (null).
  struct Keeping {
    KeptTreePlaces places;
    std::shared_ptr<Lock> lock;
    std::shared_ptr<const FiledTree> tree;
    bool closing = false;  ///< what is kept stays, the lock does not
  };
  /// What waits for the end of a save.
  struct Saving {
    std::filesystem::path file;
    bool overrule = false;
  };
  void datasetReset();
  void load();
  void take(Loaded loaded, bool again);
  void learnFrom(const TreeProject& read);
  void treeChanged();
  void count();
  /// None: nothing is unsaved any more.
  void keep(std::shared_ptr<const FiledTree> tree);
  void keepNext();
  void tellKept(const std::shared_ptr<Lock>& lock, const Kept& kept);
  void saveNext();
  void moveTo(const std::filesystem::path& file);
  std::shared_ptr<const FiledTree> snapshot() const;
  void makeEdit(std::function<TreeEdit(const TreeProject&)> make);

  StudioState& state_;
  TreeDocument& tree_;
  TreeFiles files_;
  std::filesystem::path path_;    ///< of the dataset whose tree this is; empty: none
  std::filesystem::path source_;  ///< what it is read from: that dataset, or what it was saved as
  KeptTreePlaces places_;         ///< of the source
  std::shared_ptr<KeptTreeLocks> locks_ = std::make_shared<KeptTreeLocks>();
  std::shared_ptr<Lock> lock_ = std::make_shared<Lock>();
  std::shared_ptr<const Dataset> seen_;  ///< what the counts of a plain dataset were made from
  bool shown_ = false;                   ///< the tree of this dataset was asked for
  bool wanted_ = false;                  ///< and is to be read as soon as can be
  bool kept_ = false;                    ///< something is, or is about to be
  std::optional<JobError> unkept_;       ///< why what is not saved is not kept
  std::vector<Keeping> pending_;
  std::optional<Saving> saveNext_;
  QTimer again_;  ///< to keep what could not be
  Job loading_, keeping_, counting_, suggesting_, saving_, adding_, making_;
};

}  // namespace boxwright::ui
