// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label_keeper.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/label_places.h"
#include "ui/dataset_document.h"
#include "ui/label_watch.h"

namespace boxwright::ui {
namespace {

constexpr int kTryAgainMilliseconds = 3000;
/// Without an edit, until a file of many pictures is written.
constexpr int kIdleMilliseconds = 4000;
constexpr std::size_t kMostListed = 50;

/// The first of them, how many more there are, and all under Details.
JobError faultOf(const std::vector<Error>& faults) {
  JobError error = jobErrorFrom(faults.front());
  if (faults.size() == 1) return error;
  const auto nameOf = [](const Error& fault) {
    return QString::fromStdString(utf8(pathFromUtf8(fault.where()).filename()));
  };
  const QString first = nameOf(faults.front());
  error.problem = LabelKeeper::tr("%1, and %L2 more")
                      .arg(first.isEmpty() || error.problem.contains(first)
                               ? error.problem
                               : error.problem + QStringLiteral(": ") + first)
                      .arg(static_cast<qulonglong>(faults.size() - 1));
  QStringList lines;
  for (std::size_t i = 0; i < std::min(faults.size(), kMostListed); ++i) {
    const QString problem = QString::fromStdString(faults[i].problem());
    const QString where = QString::fromStdString(faults[i].where());
    lines << (where.isEmpty() ? problem : LabelKeeper::tr("%1: %2").arg(where, problem));
  }
  if (faults.size() > kMostListed)
    lines << LabelKeeper::tr("and %L1 more")
                 .arg(static_cast<qulonglong>(faults.size() - kMostListed));
  error.where = lines.join(QLatin1Char('\n'));
  return error;
}

bool isLocked(const LabelPlaces& places) {
  try {
    const LabelLock lock(places);
    return false;
  } catch (const Error&) {
    return true;
  }
}

/// What cannot be saved, in several files.
struct NotSaved {
  JobError error;
};

}  // namespace

/// What the GUI and the job share. Only the job touches the store.
struct LabelKeeper::Desk {
  std::filesystem::path userData;
  DrainQueue<Command> commands;
  DrainQueue<News> news;
  std::optional<LabelStore> store;
  std::optional<ChosenColours> colours;  ///< that are not on the disk yet
  std::unique_ptr<LabelWatch> watch;
  std::set<std::size_t> edited;  ///< pictures, in the store's session or one that it found
  bool found = false;            ///< there was something of an earlier session
  std::atomic<int> pending = 0;  ///< commands told and not done
  std::optional<Command> next;   ///< taken from them, to be done first

  void obey(Begin& begin) {
    try {
      if (store) store->close();  // where the end of its session could not
      store.reset();
      colours.reset();
      store.emplace(*begin.dataset, userData);
    } catch (const Error& error) {
      news.push(
          Refused{jobErrorFrom(error), isLocked(labelPlacesOf(begin.dataset->root, userData))});
      return;
    }
    auto left = std::make_shared<LabelStore::Found>(store->takeFound());
    found = left->history.size() > 0 || !left->annotations.empty() || left->classes;
    edited.clear();
    for (const auto& [picture, annotation] : left->annotations)
      edited.insert(picture);
    news.push(Opened{std::move(left)});
  }
  void obey(Renew& renew) {
    // Nothing is in the document's history, or it would not have been read again.
    if (!store->unsaved().empty() || !store->classesSaved()) {
      news.push(Refused{{LabelKeeper::tr("The labels were read again while some were not saved."),
                         {},
                         LabelKeeper::tr("Read the dataset again to edit it.")},
                        false});
      return;
    }
    try {
      store->close();
      store.reset();
      found = false;
      edited.clear();
      store.emplace(*renew.dataset, userData);
    } catch (const Error& error) {
      news.push(
          Refused{jobErrorFrom(error), isLocked(labelPlacesOf(renew.dataset->root, userData))});
    }
  }
  void obey(Watch& told) {
    watch = told.dataset ? std::make_unique<LabelWatch>(std::move(told.dataset)) : nullptr;
  }
  void obey(Look& look) {
    if (watch && watch->look(look.picture))
      news.push(Changed{look.picture, look.watch, edited.contains(look.picture)});
  }
  void obey(TryLock& lock) {
    if (!isLocked(lock.places)) news.push(Unlocked{});
  }
  void obey(Did& did) {
    for (const PictureEdit& picture : did.edit.pictures)
      edited.insert(picture.picture);
    store->edit(did.edit);
  }
  void obey(Undid&) { store->undo(); }
  void obey(Redid&) { store->redo(); }
  void obey(SaveAll&) {
    store->flush();
    const std::vector<std::size_t> others = store->classConflicts();
    if (!others.empty()) news.push(Unsaved{store->unsaved().size(), !store->classesSaved()});
    for (const std::size_t picture : others)
      news.push(Conflict{picture});
    std::vector<Error> faults;  // which keep no other file from being written
    for (const std::vector<std::size_t>& pictures : store->unsavedByFile()) {
      obeyEdits();
      try {
        const LabelStore::Outcome outcome = store->save(pictures.front());
        if (outcome == LabelStore::Outcome::Saved && watch) watch->note(pictures.front());
        for (const std::size_t picture : pictures) {
          if (outcome == LabelStore::Outcome::Saved) news.push(Saved{picture});
          if (outcome == LabelStore::Outcome::Conflict) news.push(Conflict{picture});
        }
      } catch (const Error& error) {
        faults.push_back(error);
      }
    }
    if (!faults.empty()) throw NotSaved{faultOf(faults)};
    // Last, and not before all labels that go with it.
    const LabelStore::Outcome classes = store->saveClasses();
    if (classes == LabelStore::Outcome::Saved) {
      if (watch) watch->noteLists();
      news.push(ClassesSaved{});
    }
    if (classes == LabelStore::Outcome::Conflict) news.push(ClassConflict{});
    writeColours();
    news.push(SavedAll{});
  }
  void obey(Overrule& overrule) {
    store->overrule(overrule.picture);
    if (watch) watch->note(overrule.picture);
    news.push(Saved{overrule.picture});
  }
  void obey(OverruleClasses&) {
    store->overruleClasses();
    if (watch) watch->noteLists();
    SaveAll all;  // what has waited for it
    obey(all);
  }
  void obey(Coloured& coloured) {
    colours = std::move(coloured.colours);
    writeColours();
  }
  void obey(End&) {
    try {
      SaveAll all;
      obey(all);
    } catch (const NotSaved&) {
      // As below.
    } catch (const Error&) {
      // The journal has it for the next session, or the following says that it has not.
    }
    try {
      store->close();
      store.reset();
    } catch (const Error& error) {
      news.push(NotKept{jobErrorFrom(error)});
    }
  }

  void writeColours() {
    if (!colours) return;
    writeChosenColours(store->places(), *colours);
    colours.reset();
  }

  static bool needsNoStore(const Command& command) {
    return std::holds_alternative<Begin>(command) || std::holds_alternative<Watch>(command) ||
           std::holds_alternative<Look>(command) || std::holds_alternative<TryLock>(command);
  }

  std::optional<Command> take() {
    if (next) return std::exchange(next, std::nullopt);
    std::vector<Command> told = commands.take(1);
    return told.empty() ? std::nullopt : std::optional(std::move(told.front()));
  }

  /// What has been edited meanwhile is in the journal before the next file is written, however slow
  /// the disk of that is.
  void obeyEdits() {
    while (std::optional<Command> told = take()) {
      const bool edit = std::holds_alternative<Did>(*told) ||
                        std::holds_alternative<Undid>(*told) ||
                        std::holds_alternative<Redid>(*told);
      if (!edit) {
        next = std::move(told);
        return;
      }
      obeyOne(*told);
    }
  }

  /// Others wait for a command, whatever becomes of it.
  void obeyOne(Command& told) {
    try {
      // After a refusal there is nothing to do most things with.
      if (store || needsNoStore(told)) std::visit([this](auto& command) { obey(command); }, told);
    } catch (const NotSaved& fault) {
      news.push(Fault{fault.error});
    } catch (const Error& error) {
      news.push(Fault{jobErrorFrom(error)});
    } catch (const std::exception& error) {
      news.push(Fault{{QString::fromUtf8(error.what()), {}, {}}});
    }
    --pending;
  }

  /// No command is left over.
  void obeyAll() {
    while (std::optional<Command> told = take())
      obeyOne(*told);
    if (!store) return;
    try {
      store->flush();
    } catch (const Error& error) {
      news.push(Fault{jobErrorFrom(error)});
    }
    news.push(Unsaved{store->unsaved().size(), !store->classesSaved()});
  }
};

LabelKeeper::LabelKeeper(DatasetDocument& document, std::filesystem::path userData, QObject* parent)
    : QObject(parent),
      document_(document),
      desk_(std::make_shared<Desk>()),
      job_(tr("Saving labels"), QStringLiteral("annotate")) {
  desk_->userData = std::move(userData);
  job_.setQuiet(true);
  job_.setKeepsResultWhenCancelled(true);
  listening_.setInterval(drainInterval);
  connect(&listening_, &QTimer::timeout, this, &LabelKeeper::hear);
  again_.setInterval(kTryAgainMilliseconds);
  again_.setSingleShot(true);
  connect(&again_, &QTimer::timeout, this, [this] { saveAll(); });
  idle_.setInterval(kIdleMilliseconds);
  idle_.setSingleShot(true);
  connect(&idle_, &QTimer::timeout, this, [this] { saveAll(); });
  connect(&job_, &Job::finished, this, [this] {
    hear();
    work();
  });

  lock_.setInterval(kTryAgainMilliseconds);
  connect(&lock_, &QTimer::timeout, this, &LabelKeeper::tryLock);

  connect(&document, &DatasetDocument::reset, this, [this] {
    end();
    documentGone_ = true;
    if (std::exchange(watching_, false)) tell(Watch{});
  });
  connect(&document, &DatasetDocument::opened, this, [this] {
    if (document_.isPartial()) return;
    ++watch_;
    watching_ = true;
    tell(Watch{document_.snapshot()});
  });
  connect(&document, &DatasetDocument::refreshed, this, &LabelKeeper::takeRefreshed);
  connect(&document, &DatasetDocument::refreshRefused, this, [this] {
    lock_.stop();  // until somebody reads it again
    Q_EMIT changedElsewhere(std::exchange(changed_, -1));
  });
  const auto changed = [this](Command command, const Edit& edit) {
    tell(std::move(command));
    // Labels of old and new classes beside each other are not left about.
    if (edit.classes && !onlyAdds(*edit.classes))
      saveAll();
    else if (document_.sharesLabelFiles())
      idle_.start();
  };
  connect(&document, &DatasetDocument::coloursChanged, this,
          [this] { tell(Coloured{document_.palette().chosen()}); });
  connect(&document, &DatasetDocument::edited, this,
          [changed](const Edit& edit) { changed(Did{edit}, edit); });
  connect(&document, &DatasetDocument::undone, this,
          [changed](const Edit& edit) { changed(Undid{}, edit); });
  connect(&document, &DatasetDocument::redone, this,
          [changed](const Edit& edit) { changed(Redid{}, edit); });
}

LabelKeeper::~LabelKeeper() = default;

void LabelKeeper::begin() {
  if (phase_ != Phase::Off || !document_.isOpen() || document_.isOpening() || document_.isPartial())
    return;
  phase_ = Phase::Asked;
  documentGone_ = false;
  tell(Begin{document_.snapshot()});
}

void LabelKeeper::end() {
  const bool had = phase_ == Phase::Asked || phase_ == Phase::Ready;
  phase_ = Phase::Off;
  unsaved_ = 0;
  classesUnsaved_ = false;
  takeConflicts();
  fault_.reset();
  savedAt_ = {};
  again_.stop();
  idle_.stop();
  lock_.stop();
  locked_ = unlocked_ = false;
  document_.setReadOnly(tr("The labels are not open for editing."));
  // What an earlier dataset could not keep is tried again.
  if (had || leftover_) tell(End{});
  Q_EMIT stateChanged();
}

void LabelKeeper::left() {
  if (!document_.sharesLabelFiles()) saveAll();
}

void LabelKeeper::saveAll(bool again) {
  if (!isReady()) return;
  idle_.stop();
  if (again) takeConflicts();
  tell(SaveAll{});
}

QSet<int> LabelKeeper::takeConflicts() {
  QSet<int> taken = std::exchange(conflicts_, {});
  const bool classes = std::exchange(classConflict_, false);
  if (!taken.isEmpty() || classes) Q_EMIT conflictsEnded();
  return taken;
}

void LabelKeeper::overrule() {
  const bool classes = classConflict_;
  for (const int picture : takeConflicts())
    tell(Overrule{static_cast<std::size_t>(picture)});
  if (classes) tell(OverruleClasses{});
  tell(SaveAll{});  // what has waited for it
  Q_EMIT stateChanged();
}

void LabelKeeper::look(int picture) {
  if (!watching_ || picture < 0) return;
  tell(Look{static_cast<std::size_t>(picture), watch_});
  if (locked_) tryLock();
}

void LabelKeeper::tryLock() {
  if (!locked_ || phase_ != Phase::Refused) return;
  tell(TryLock{labelPlacesOf(document_.dataset().root, desk_->userData)});
}

void LabelKeeper::takeRefreshed(const std::shared_ptr<const Dataset>& dataset) {
  changed_ = -1;
  ++watch_;
  tell(Watch{dataset});
  if (phase_ == Phase::Refused && unlocked_) {
    phase_ = Phase::Asked;
    documentGone_ = false;
    tell(Begin{dataset});
  } else if (phase_ == Phase::Ready || phase_ == Phase::Asked) {
    tell(Renew{dataset});
  }
}

void LabelKeeper::tell(Command command) {
  ++desk_->pending;
  desk_->commands.push(std::move(command));
  work();
}

std::function<void(std::stop_token)> LabelKeeper::wait() const {
  return [desk = desk_](std::stop_token stop) {
    constexpr std::chrono::milliseconds kLook{2};
    while (desk->pending > 0 && !stop.stop_requested())
      std::this_thread::sleep_for(kLook);
  };
}

void LabelKeeper::work() {
  if (job_.isRunning() || desk_->commands.isEmpty()) return;
  listening_.start();
  job_.start([desk = desk_](std::stop_token, JobProgress&) { desk->obeyAll(); }, [] {});
}

void LabelKeeper::hear() {
  if (!job_.isRunning()) listening_.stop();
  std::vector<News> all = desk_->news.take();
  if (all.empty()) return;
  for (News& news : all) {
    if (auto* opened = std::get_if<Opened>(&news)) {
      if (phase_ == Phase::Asked) open(*opened->found);
    } else if (const auto* refused = std::get_if<Refused>(&news)) {
      take(*refused);
    } else if (const auto* changed = std::get_if<Changed>(&news)) {
      take(*changed);
    } else if (std::holds_alternative<Unlocked>(news)) {
      // They may have changed what is shown: it is read again first.
      if (phase_ != Phase::Refused || !locked_) continue;
      unlocked_ = true;
      document_.refresh();
    } else if (auto* notKept = std::get_if<NotKept>(&news)) {
      take(*notKept);
    } else if (!isReady()) {
      continue;  // of a session that has ended
    } else if (auto* fault = std::get_if<Fault>(&news)) {
      take(*fault);
    } else if (const auto* saved = std::get_if<Saved>(&news)) {
      take(*saved);
    } else if (std::holds_alternative<SavedAll>(news)) {
      if (std::exchange(fault_, std::nullopt)) Q_EMIT recovered();
    } else if (const auto* conflict = std::get_if<Conflict>(&news)) {
      take(*conflict);
    } else if (const auto* unsaved = std::get_if<Unsaved>(&news)) {
      unsaved_ = static_cast<int>(unsaved->count);
      classesUnsaved_ = unsaved->classes;
    } else if (std::holds_alternative<ClassesSaved>(news)) {
      if (std::exchange(classConflict_, false) && conflicts_.isEmpty()) Q_EMIT conflictsEnded();
      savedAt_ = QTime::currentTime();
    } else if (std::holds_alternative<ClassConflict>(news)) {
      if (!std::exchange(classConflict_, true)) Q_EMIT classConflictFound();
    }
  }
  // Once for all of them: there may be thousands.
  const std::optional<int> conflict = std::exchange(newConflict_, std::nullopt);
  if (conflict && conflicts_.contains(*conflict)) Q_EMIT conflictFound(*conflict);
  Q_EMIT stateChanged();
}

void LabelKeeper::take(const Refused& refused) {
  if (phase_ != Phase::Asked && phase_ != Phase::Ready) return;
  const bool again = locked_ && refused.locked;
  phase_ = Phase::Refused;
  locked_ = refused.locked;
  unlocked_ = false;
  if (locked_) lock_.start();
  document_.setReadOnly(refused.error.problem);
  if (!again) Q_EMIT failed(refused.error);
}

void LabelKeeper::take(const Changed& changed) {
  const auto picture = static_cast<int>(changed.picture);
  if (changed.watch != watch_ || !watching_ || conflicts_.contains(picture)) return;
  if (document_.history().size() == 0 && unsaved_ == 0 && !classesUnsaved_) {
    changed_ = picture;
    document_.refresh();
  } else if (changed.edited && !document_.sharesLabelFiles() && isReady()) {
    take(Conflict{changed.picture});
  } else {
    Q_EMIT changedElsewhere(picture);
  }
}

void LabelKeeper::take(const Saved& saved) {
  if (conflicts_.remove(static_cast<int>(saved.picture)) && conflicts_.isEmpty() && !classConflict_)
    Q_EMIT conflictsEnded();
  savedAt_ = QTime::currentTime();
  Q_EMIT this->saved(static_cast<int>(saved.picture));
}

void LabelKeeper::take(const Conflict& conflict) {
  const int picture = static_cast<int>(conflict.picture);
  if (conflicts_.contains(picture)) return;
  conflicts_.insert(picture);
  if (!newConflict_) newConflict_ = picture;
}

void LabelKeeper::take(Fault& fault) {
  again_.start();
  const bool known = fault_ == fault.error;
  fault_ = std::move(fault.error);
  if (!known) Q_EMIT failed(*fault_);
}

void LabelKeeper::take(NotKept& notKept) {
  leftover_ = true;
  // Another dataset may be on its way to be edited by now.
  if (!documentGone_ && phase_ == Phase::Off) {
    phase_ = Phase::Ready;
    document_.setReadOnly({});
    Q_EMIT this->notKept();
  }
  Fault fault{std::move(notKept.error)};
  take(fault);
}

void LabelKeeper::open(LabelStore::Found& found) {
  phase_ = Phase::Ready;
  leftover_ = false;
  document_.setReadOnly({});
  const int edits = static_cast<int>(found.history.inForce());
  std::optional<JobError> fault;
  if (!found.problems.empty())
    fault = {QString::fromStdString(found.problems.front().what),
             QString::fromStdString(found.problems.front().file),
             found.problems.size() == 1
                 ? tr("The list of problems on the Data page keeps it.")
                 : tr("%L1 more stand in the list of problems on the Data page.")
                       .arg(static_cast<qulonglong>(found.problems.size() - 1))};
  document_.restore(std::move(found));
  lock_.stop();
  locked_ = false;
  if (std::exchange(unlocked_, false)) Q_EMIT unlocked();
  if (edits > 0) Q_EMIT restored(edits);
  if (fault) Q_EMIT partlyRestored(*fault);
  saveAll();
}

QString LabelKeeper::stateText() const {
  if (phase_ != Phase::Ready) return {};
  if (fault_) return tr("not saved: %1").arg(fault_->problem);
  if (unsaved_ == 1) return tr("1 picture not saved yet");
  if (unsaved_ > 1) return tr("%L1 pictures not saved yet").arg(unsaved_);
  if (classesUnsaved_) return tr("classes not saved yet");
  return savedAt_.isValid() ? tr("saved %1").arg(savedAt_.toString(QStringLiteral("hh:mm")))
                            : QString();
}

}  // namespace boxwright::ui
