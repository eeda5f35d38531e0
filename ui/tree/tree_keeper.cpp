// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/tree_keeper.h"

#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/user_folders.h"
#include "core/data/combined_file.h"
#include "core/data/label_places.h"
#include "ui/studio_state.h"

namespace boxwright::ui {
namespace {

constexpr int againMilliseconds = 3000;

bool isCombinedFile(const std::filesystem::path& path) {
  return utf8(path.filename()).ends_with(kCombinedEnding);
}

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

/// What is kept; what is damaged is set aside, which is told.
std::optional<FiledTree> keptOrAside(const KeptTreePlaces& places, std::optional<JobError>& told) {
  try {
    return readKeptTree(places);
  } catch (const Error& error) {
    const std::filesystem::path aside = setAsideKeptTree(places);
    told = JobError{
        TreeKeeper::tr("%1; the saved one is shown").arg(QString::fromStdString(error.problem())),
        QString::fromStdString(utf8(aside)),
        TreeKeeper::tr("What was kept has this name now. It is not read again.")};
    return std::nullopt;
  }
}

}  // namespace

struct TreeKeeper::Loaded {
  FiledTree saved;
  std::optional<FiledTree> kept;
  std::shared_ptr<LabelLock> held;  ///< of what is kept
  std::uint64_t left = 0;           ///< its hash
  std::optional<JobError> told;     ///< it is being edited in another window, or was damaged
  bool keptChanged = false;         ///< the files are not those that it was made from
  bool keptIsSaved = false;         ///< it is what the files say: only a kill has left it
  std::shared_ptr<const Dataset> seen;
};

/// What became of keeping a tree.
struct TreeKeeper::Kept {
  std::shared_ptr<LabelLock> held;
  std::uint64_t left = 0;
  std::optional<JobError> fault;
  bool closing = false;
  bool writes = false;
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
    saveNext_.reset();
    Q_EMIT failed(error);
  });
  connect(&loading_, &Job::started, this, &TreeKeeper::loadingChanged);
  connect(&loading_, &Job::finished, this, &TreeKeeper::loadingChanged);
  for (Job* job : {&keeping_, &saving_})
    connect(job, &Job::finished, this, &TreeKeeper::keepNext);
  connect(&saving_, &Job::finished, this, &TreeKeeper::saveNext);
  again_.setSingleShot(true);
  again_.setInterval(againMilliseconds);
  connect(&again_, &QTimer::timeout, this, [this] {
    if (tree_.isModified()) keep(snapshot());
  });
  connect(&Jobs::instance(), &Jobs::stopAsked, this, [this] {
    counting_.cancel();
    suggesting_.cancel();
  });
  const DatasetDocument& document = state.document();
  connect(&document, &DatasetDocument::reset, this, &TreeKeeper::datasetReset);
  // What is not saved is noticed at once: no run is to start over another tree.
  connect(&document, &DatasetDocument::opened, this, [this, &document] {
    if (shown_ ||
        isTreeKept(keptTreePlacesOf(document.path(), document.dataset().root, userDataFolder())))
      load();
  });
  connect(&tree_, &TreeDocument::changed, this, &TreeKeeper::treeChanged);
}

bool TreeKeeper::isCombined() const {
  return isCombinedFile(state_.document().path());
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
  source_.clear();
  saveNext_.reset();
  again_.stop();
  unkept_.reset();
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
  const bool known = path_ == document.path() && !source_.empty();
  const bool again = tree_.isOpen() && known;
  if (!known) {
    path_ = source_ = document.path();
    places_ = keptTreePlacesOf(path_, document.dataset().root, userDataFolder());
  }
  // Of a plain dataset the counts are those of what is open, whatever its tree was saved as.
  const bool combined = isCombined() || (!again && isCombinedFile(source_));
  loading_.start(
      [path = source_, places = places_, locks = locks_, held = lock_->held, combined,
       dataset = document.snapshot(), again](const std::stop_token& stop, JobProgress& progress) {
        Loaded loaded;
        loaded.seen = dataset;
        // What is kept may be what another window is about to save: only under the lock is it read,
        // and before the files are.
        if (!again && !stop.stop_requested() && keptTreeHash(places) != 0) {
          try {
            loaded.held = held ? held : locks->take(places);
            loaded.kept = keptOrAside(places, loaded.told);
            loaded.left = keptTreeHash(places);
            if (!loaded.kept) loaded.held.reset();
          } catch (const Error& error) {
            if (loaded.held) throw;  // it is in the way
            loaded.told = jobErrorFrom(error);
          }
        }
        if (combined) {
          loaded.saved =
              readTreeProject(path, stop, [&](double fraction) { progress.set(fraction); });
        } else {
          loaded.saved.project = flatTreeProject(path, *dataset);
        }
        if (!loaded.kept) return loaded;
        learnParts(loaded.kept->project, loaded.saved.project, stop);
        loaded.keptChanged = filesNow(loaded.kept->files) != loaded.kept->files;
        loaded.keptIsSaved =
            loaded.keptChanged && sameTree(loaded.kept->project, loaded.saved.project);
        return loaded;
      },
      [this, again](Loaded loaded) { take(std::move(loaded), again); });
}

void TreeKeeper::take(Loaded loaded, bool again) {
  seen_ = loaded.seen;
  if (!again) {
    if (loaded.kept) {
      lock_->held = loaded.held;
      lock_->left = loaded.left;
    }
    kept_ = loaded.kept.has_value();
    const bool shows = kept_ && !loaded.keptIsSaved;
    files_ = shows ? loaded.kept->files : loaded.saved.files;
    tree_.setProject(std::move(shows ? loaded.kept->project : loaded.saved.project), !shows);
    if (shows) Q_EMIT restored(loaded.keptChanged);
    if (loaded.told) Q_EMIT failed(*loaded.told);
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
  std::erase_if(pending_, [this](const Keeping& one) { return !one.closing && one.lock == lock_; });
  lock_->tree = tree;
  lock_->revision = tree_.revision();
  again_.stop();
  if (!tree && std::exchange(unkept_, std::nullopt)) Q_EMIT keepingChanged();
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
  Kept was;
  was.closing = next.closing;
  was.left = next.lock->left;
  // Only the job has it then: whoever goes on takes it from there.
  was.held = std::exchange(next.lock->held, nullptr);
  keeping_.start(
      [places = next.places, tree = next.tree, locks = locks_, kept = std::move(was)](
          const std::stop_token&, JobProgress&) mutable {
        // What another window keeps, or has left, is neither written over nor removed.
        kept.writes = tree || (!kept.closing && (kept.held || kept.left != 0));
        try {
          if (kept.writes && !kept.held) {
            kept.held = locks->take(places);
            if (keptTreeHash(places) != kept.left) {
              kept.held.reset();
              throw Error("another window has left a class tree of this dataset unsaved",
                          utf8(places.own.parent_path().parent_path()),
                          "save this one under another name and open the dataset again: the other "
                          "one is there then; what is done here is not kept until then");
            }
          }
          if (tree) {
            keepTree(places, *tree);
            kept.left = keptTreeHash(places);
          } else if (kept.writes) {
            removeKeptTree(places);
            kept.left = keptTreeHash(places);
          }
        } catch (const Error& error) {
          if (tree) kept.fault = jobErrorFrom(error);
        }
        if (!tree || kept.closing) kept.held.reset();
        return std::move(kept);
      },
      [this, lock = next.lock](const Kept& kept) { tellKept(lock, kept); });
}

void TreeKeeper::tellKept(const std::shared_ptr<Lock>& lock, const Kept& kept) {
  lock->held = kept.held;
  lock->left = kept.left;
  if (lock != lock_) {
    if (kept.fault) Q_EMIT failed(*kept.fault);
    return;
  }
  const std::optional<JobError> before = unkept_;
  unkept_ = tree_.isModified() && kept.writes ? kept.fault : std::nullopt;
  if (unkept_) again_.start();
  if (unkept_ == before) return;
  Q_EMIT keepingChanged();
  if (unkept_) Q_EMIT failed(*unkept_);
}

/// The tree is another file's from now on, and kept with that one.
void TreeKeeper::moveTo(const std::filesystem::path& file) {
  if (file == std::filesystem::absolute(source_).lexically_normal()) return;
  pending_.push_back({places_, std::exchange(lock_, std::make_shared<Lock>()), nullptr});
  source_ = file;
  places_ = keptTreePlacesOf(file, file.parent_path(), userDataFolder());
}

void TreeKeeper::save(const std::filesystem::path& file, bool overrule) {
  if (!tree_.isOpen()) return;
  if (saving_.isRunning()) {
    saveNext_ = Saving{file, overrule};
    return;
  }
  if (loading_.isRunning()) {  // what it reads is about to be of the past
    loading_.cancel();
    wanted_ = true;
  }
  tree_.beginSaving();
  saving_.start(
      [now = snapshot(), file, overrule](const std::stop_token&, JobProgress&) {
        Written written;
        if (!overrule) written.others = othersFiles(now->project, file, now->files);
        if (written.others.empty())
          written.files = writeTreeProject(now->project, file, now->files, overrule);
        return written;
      },
      [this, file, revision = tree_.revision(), places = places_, source = source_,
       lock = lock_](const Written& written) {
        if (lock != lock_) {  // another dataset has been opened meanwhile
          if (!written.others.empty()) return;
          // What was edited after the snapshot is in no file but the kept one.
          std::shared_ptr<const FiledTree> more;
          if (lock->tree && lock->revision > revision)
            more = std::make_shared<const FiledTree>(FiledTree{lock->tree->project, written.files});
          if (written.files.combined == std::filesystem::absolute(source).lexically_normal()) {
            pending_.push_back({places, lock, more, more != nullptr});
          } else {
            pending_.push_back({places, lock, nullptr});
            if (more)
              pending_.push_back(
                  {keptTreePlacesOf(written.files.combined, written.files.combined.parent_path(),
                                    userDataFolder()),
                   std::make_shared<Lock>(), more, true});
          }
          keepNext();
          return;
        }
        tree_.endSaving(written.others.empty());
        if (!written.others.empty()) {
          if (saveNext_ && saveNext_->file == file) saveNext_.reset();
          Q_EMIT conflicted(file, written.others);
          return;
        }
        files_ = written.files;
        moveTo(files_.combined);
        keep(tree_.isModified() ? snapshot() : nullptr);
        Q_EMIT saved(file);
      });
}

/// What was asked for while another save was under way, unless that one has done it.
void TreeKeeper::saveNext() {
  const std::optional<Saving> next = std::exchange(saveNext_, std::nullopt);
  if (next && (tree_.isModified() || next->file != files_.combined))
    save(next->file, next->overrule);
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
