// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/tree_keeper.h"

#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/combined_file.h"
#include "core/data/label_places.h"
#include "ui/studio_state.h"

namespace boxwright::ui {
namespace {

/// What was made of the files, or whose they are.
struct Written {
  TreeFiles files;
  std::vector<std::filesystem::path> others;
};

TreeDraft draftFrom(TreeKeeper::Source source, const std::filesystem::path& path) {
  const std::string name = utf8(path);
  TreeDraft draft;
  switch (source) {
    case TreeKeeper::Source::IndentedText:
      draft = draftFromIndentedText(readFile(path), name);
      break;
    case TreeKeeper::Source::Folders:
      draft = draftFromFolders(path);
      break;
    case TreeKeeper::Source::Paths:
      draft = draftFromPaths(readFile(path), name);
      break;
    case TreeKeeper::Source::TreeFile: {
      std::filesystem::path names = path;
      names.replace_extension(".names");
      std::error_code ignored;
      if (!std::filesystem::exists(names, ignored)) names.clear();
      draft = draftOfTree(readNamedTree(path, names));
      break;
    }
  }
  requireEditable(draft.nodes.size(), name);
  return draft;
}

}  // namespace

struct TreeKeeper::Loaded {
  FiledTree saved;
  std::optional<FiledTree> kept;
  std::optional<JobError> elsewhere;  ///< it is being edited in another window
  bool keptChanged = false;           ///< the files are not those that it was made from
  std::shared_ptr<const Dataset> seen;
};

TreeKeeper::TreeKeeper(StudioState& state, TreeDocument& tree, QObject* parent)
    : QObject(parent),
      state_(state),
      tree_(tree),
      loading_(tr("Reading the tree"), QStringLiteral("tree")),
      keeping_(tr("Keeping the tree"), QStringLiteral("tree")),
      counting_(tr("Counting"), QStringLiteral("tree")),
      suggesting_(tr("Looking for names"), QStringLiteral("tree")),
      saving_(tr("Saving the tree"), QStringLiteral("tree")),
      adding_(tr("Reading a dataset"), QStringLiteral("tree")),
      making_(tr("Making the tree"), QStringLiteral("tree")) {
  for (Job* job : {&keeping_, &counting_, &suggesting_})
    job->setQuiet(true);
  saving_.setKeepsResultWhenCancelled(true);  // what is written is written
  for (Job* job : {&loading_, &keeping_, &counting_, &suggesting_, &adding_, &making_})
    connect(job, &Job::failed, this, &TreeKeeper::failed);
  connect(&saving_, &Job::failed, this, [this](const JobError& error) {
    tree_.endSaving(false);
    Q_EMIT failed(error);
  });
  connect(&loading_, &Job::started, this, &TreeKeeper::loadingChanged);
  connect(&loading_, &Job::finished, this, &TreeKeeper::loadingChanged);
  for (Job* job : {&keeping_, &saving_})
    connect(job, &Job::finished, this, &TreeKeeper::keepNext);
  connect(&Jobs::instance(), &Jobs::stopAsked, this, [this] {
    counting_.cancel();
    suggesting_.cancel();
  });
  const DatasetDocument& document = state.document();
  connect(&document, &DatasetDocument::reset, this, &TreeKeeper::datasetReset);
  connect(&document, &DatasetDocument::opened, this, [this] {
    if (shown_) load();
  });
  connect(&tree_, &TreeDocument::changed, this, &TreeKeeper::treeChanged);
}

bool TreeKeeper::isCombined() const {
  return utf8(state_.document().path().filename()).ends_with(kCombinedEnding);
}

std::filesystem::path TreeKeeper::proposedFile() const {
  return file().empty() ? combinedBeside(state_.document().dataset().root) : file();
}

void TreeKeeper::datasetReset() {
  const DatasetDocument& document = state_.document();
  wanted_ = false;
  loading_.cancel();
  // The same dataset, read again: what was done to the tree stays.
  if (document.isOpen() && document.path() == path_ && tree_.isOpen()) return;
  for (Job* job : {&counting_, &suggesting_, &adding_, &making_})
    job->cancel();
  if (!path_.empty()) {
    pending_.push_back({places_, std::exchange(lock_, std::make_shared<Lock>()), nullptr, true});
    keepNext();
  }
  path_.clear();
  files_ = {};
  seen_.reset();
  shown_ = kept_ = false;
  tree_.close();
  Q_EMIT loadingChanged();
}

void TreeKeeper::show() {
  const DatasetDocument& document = state_.document();
  shown_ = true;
  if (!document.isOpen() || document.isOpening() || isLoading()) return;
  if (!tree_.isOpen() || (!isCombined() && document.snapshot() != seen_)) load();
}

void TreeKeeper::load() {
  // What is on its way to the disk may be what is to be read.
  wanted_ = !isIdle() || saving_.isRunning();
  if (wanted_) return;
  const DatasetDocument& document = state_.document();
  const bool again = tree_.isOpen() && path_ == document.path();
  path_ = document.path();
  places_ = keptTreePlacesOf(path_, document.dataset().root, userDataFolder());
  loading_.start(
      [path = path_, places = places_, lock = lock_, combined = isCombined(),
       dataset = document.snapshot(), again](const std::stop_token& stop, JobProgress& progress) {
        Loaded loaded;
        loaded.seen = dataset;
        if (combined) {
          loaded.saved =
              readTreeProject(path, stop, [&](double fraction) { progress.set(fraction); });
        } else {
          loaded.saved.project = flatTreeProject(path, *dataset);
        }
        if (again) return loaded;
        loaded.kept = readKeptTree(places);
        if (!loaded.kept) return loaded;
        // It may be what another window is about to save.
        try {
          if (!lock->held) lock->held = lockKeptTree(places);
        } catch (const Error& error) {
          loaded.kept.reset();
          loaded.elsewhere = jobErrorFrom(error);
          return loaded;
        }
        learnParts(loaded.kept->project, loaded.saved.project, stop);
        loaded.keptChanged = filesNow(loaded.kept->files) != loaded.kept->files;
        return loaded;
      },
      [this, again](Loaded loaded) { take(std::move(loaded), again); });
}

void TreeKeeper::take(Loaded loaded, bool again) {
  seen_ = loaded.seen;
  if (!again) {
    kept_ = loaded.kept.has_value();
    const bool changed = loaded.keptChanged;
    files_ = kept_ ? loaded.kept->files : loaded.saved.files;
    tree_.setProject(std::move(kept_ ? loaded.kept->project : loaded.saved.project), !kept_);
    if (kept_) Q_EMIT restored(changed);
    if (loaded.elsewhere) Q_EMIT failed(*loaded.elsewhere);
    return;
  }
  const TreeProject& read = loaded.saved.project;
  const bool others = isCombined()
                          ? loaded.saved.files != files_
                          : files_.combined.empty() && !tree_.project().parts().empty() &&
                                read.part(0).facts.classes != tree_.project().part(0).facts.classes;
  if (others && !tree_.isModified()) {
    files_ = loaded.saved.files;
    tree_.setProject(std::move(loaded.saved.project), true);
    return;
  }
  learnFrom(read);
  if (others && isCombined()) Q_EMIT changedOutside();
}

void TreeKeeper::learnFrom(const TreeProject& read) {
  for (int at = 0; at < static_cast<int>(tree_.project().parts().size()); ++at)
    for (const TreePart& part : read.parts())
      if (part.path == tree_.project().part(at).path) tree_.learn(at, part.facts, part.fault);
}

std::shared_ptr<const FiledTree> TreeKeeper::snapshot() const {
  return std::make_shared<const FiledTree>(FiledTree{tree_.project(), files_});
}

void TreeKeeper::treeChanged() {
  if (!tree_.isOpen() || path_.empty()) return;
  const auto now = snapshot();
  counting_.start(
      [now](const std::stop_token& stop, JobProgress&) { return countTree(now->project, stop); },
      [this, now](std::vector<NodeCount> counts) {
        tree_.setCounts(std::move(counts));
        suggesting_.start([now](const std::stop_token& stop,
                                JobProgress&) { return suggestNodes(now->project, stop); },
                          [this](std::vector<std::vector<NodeId>> suggestions) {
                            tree_.setSuggestions(std::move(suggestions));
                          });
      });
  suggesting_.cancel();
  if (tree_.isModified()) {
    keep(now);
  } else if (kept_) {
    keep(nullptr);
  }
}

void TreeKeeper::keep(std::shared_ptr<const FiledTree> tree) {
  kept_ = tree != nullptr;
  std::erase_if(pending_, [this](const Keeping& one) {
    return !one.closing && one.places.own == places_.own;
  });
  lock_->tree = tree;
  lock_->revision = tree_.revision();
  pending_.push_back({places_, lock_, std::move(tree)});
  keepNext();
}

void TreeKeeper::keepNext() {
  if (keeping_.isRunning()) return;
  if (pending_.empty()) {
    if (wanted_) load();
    return;
  }
  Keeping next = std::move(pending_.front());
  pending_.erase(pending_.begin());
  keeping_.start(
      [next = std::move(next)](const std::stop_token&, JobProgress&) {
        // What another window keeps is neither written over nor removed.
        const bool writes = next.tree || !next.closing;
        if (writes && !next.lock->held) next.lock->held = lockKeptTree(next.places);
        if (next.tree) {
          keepTree(next.places, *next.tree);
        } else if (writes) {
          removeKeptTree(next.places);
        }
        if (!next.tree || next.closing) next.lock->held.reset();
      },
      [] {});
}

void TreeKeeper::save(const std::filesystem::path& file, bool overrule) {
  if (!tree_.isOpen() || saving_.isRunning()) return;
  tree_.beginSaving();
  saving_.start(
      [now = snapshot(), file, overrule](const std::stop_token&, JobProgress&) {
        Written written;
        if (!overrule) written.others = othersFiles(file, now->files);
        if (written.others.empty())
          written.files = writeTreeProject(now->project, file, now->files, overrule);
        return written;
      },
      [this, file, revision = tree_.revision(), places = places_,
       lock = lock_](const Written& written) {
        if (lock != lock_) {  // another dataset has been opened meanwhile
          if (!written.others.empty()) return;
          // What was edited after the snapshot is in no file but the kept one.
          const bool more = lock->tree && lock->revision > revision;
          pending_.push_back({places, lock,
                              more ? std::make_shared<const FiledTree>(
                                         FiledTree{lock->tree->project, written.files})
                                   : nullptr,
                              more});
          keepNext();
          return;
        }
        tree_.endSaving(written.others.empty());
        if (!written.others.empty()) {
          Q_EMIT conflicted(file, written.others);
          return;
        }
        files_ = written.files;
        keep(tree_.isModified() ? snapshot() : nullptr);
        Q_EMIT saved(file);
      });
}

void TreeKeeper::makeEdit(std::function<TreeEdit(const TreeProject&)> make) {
  const std::uint64_t revision = tree_.revision();
  making_.start(
      [make, now = snapshot()](const std::stop_token&, JobProgress&) { return make(now->project); },
      [this, make, revision](TreeEdit edit) {
        if (revision == tree_.revision()) {
          tree_.edit(std::move(edit));
        } else {  // something was edited meanwhile
          makeEdit(make);
        }
      });
}

void TreeKeeper::addDataset(const std::filesystem::path& path) {
  if (!tree_.isOpen()) return;
  adding_.start(
      [path](const std::stop_token& stop, JobProgress& progress) {
        return readTreePart(path, {}, stop, [&](double fraction) { progress.set(fraction); });
      },
      [this](TreePart part) {
        makeEdit([part = std::move(part)](const TreeProject& project) {
          return addPart(project, part);
        });
      });
}

void TreeKeeper::takeTree(Source source, const std::filesystem::path& path) {
  if (!tree_.isOpen()) return;
  adding_.start(
      [source, path](const std::stop_token&, JobProgress&) { return draftFrom(source, path); },
      [this, path](TreeDraft draft) {
        makeEdit([draft = std::move(draft), title = "Take the tree of " + utf8(path.filename())](
                     const TreeProject& project) { return replaceTree(project, draft, title); });
      });
}

void TreeKeeper::discard() {
  if (!tree_.isOpen()) return;
  keep(nullptr);
  tree_.close();
  load();
  Q_EMIT loadingChanged();
}

}  // namespace boxwright::ui
