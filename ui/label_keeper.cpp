// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label_keeper.h"

#include <atomic>
#include <chrono>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "ui/dataset_document.h"

namespace boxwright::ui {
namespace {

constexpr int kTryAgainMilliseconds = 3000;
/// Without an edit, until a file of many pictures is written.
constexpr int kIdleMilliseconds = 4000;

}  // namespace

/// What the GUI and the job share. Only the job touches the store.
struct LabelKeeper::Desk {
  std::filesystem::path userData;
  DrainQueue<Command> commands;
  DrainQueue<News> news;
  std::optional<LabelStore> store;
  std::optional<ChosenColours> colours;  ///< that are not on the disk yet
  std::atomic<int> pending = 0;          ///< commands told and not done
  std::optional<Command> next;           ///< taken from them, to be done first

  void obey(Begin& begin) {
    try {
      if (store) store->close();  // where the end of its session could not
      store.reset();
      colours.reset();
      store.emplace(*begin.dataset, userData);
    } catch (const Error& error) {
      news.push(Refused{jobErrorFrom(error)});
      return;
    }
    news.push(Opened{std::make_shared<LabelStore::Found>(store->takeFound())});
  }
  void obey(Did& did) { store->edit(did.edit); }
  void obey(Undid&) { store->undo(); }
  void obey(Redid&) { store->redo(); }
  void obey(SaveAll&) {
    store->flush();
    const std::vector<std::size_t> others = store->classConflicts();
    if (!others.empty()) news.push(Unsaved{store->unsaved().size(), !store->classesSaved()});
    for (const std::size_t picture : others)
      news.push(Conflict{picture});
    std::optional<Error> first;  // which keeps no other file from being written
    for (const std::vector<std::size_t>& pictures : store->unsavedByFile()) {
      obeyEdits();
      try {
        const LabelStore::Outcome outcome = store->save(pictures.front());
        for (const std::size_t picture : pictures) {
          if (outcome == LabelStore::Outcome::Saved) news.push(Saved{picture});
          if (outcome == LabelStore::Outcome::Conflict) news.push(Conflict{picture});
        }
      } catch (const Error& error) {
        if (!first) first = error;
      }
    }
    if (first) throw *first;
    // Last, and not before all labels that go with it.
    const LabelStore::Outcome classes = store->saveClasses();
    if (classes == LabelStore::Outcome::Saved) news.push(ClassesSaved{});
    if (classes == LabelStore::Outcome::Conflict) news.push(ClassConflict{});
    writeColours();
    news.push(SavedAll{});
  }
  void obey(Overrule& overrule) {
    store->overrule(overrule.picture);
    news.push(Saved{overrule.picture});
  }
  void obey(OverruleClasses&) {
    store->overruleClasses();
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
      // After a refusal there is nothing to do anything with.
      if (store || std::holds_alternative<Begin>(told))
        std::visit([this](auto& command) { obey(command); }, told);
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

  connect(&document, &DatasetDocument::reset, this, [this] {
    end();
    documentGone_ = true;
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
  document_.setReadOnly(tr("The labels are not open for editing."));
  if (had) tell(End{});
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
    } else if (auto* refused = std::get_if<Refused>(&news)) {
      if (phase_ != Phase::Asked) continue;
      phase_ = Phase::Refused;
      document_.setReadOnly(refused->error.problem);
      Q_EMIT failed(refused->error);
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
  Q_EMIT stateChanged();
}

void LabelKeeper::take(const Saved& saved) {
  if (conflicts_.remove(static_cast<int>(saved.picture)) && conflicts_.isEmpty() && !classConflict_)
    Q_EMIT conflictsEnded();
  savedAt_ = QTime::currentTime();
}

void LabelKeeper::take(const Conflict& conflict) {
  const int picture = static_cast<int>(conflict.picture);
  if (conflicts_.contains(picture)) return;
  conflicts_.insert(picture);
  Q_EMIT conflictFound(picture);
}

void LabelKeeper::take(Fault& fault) {
  again_.start();
  const bool known = fault_ == fault.error;
  fault_ = std::move(fault.error);
  if (!known) Q_EMIT failed(*fault_);
}

void LabelKeeper::take(NotKept& notKept) {
  if (!documentGone_) {
    phase_ = Phase::Ready;
    document_.setReadOnly({});
    Q_EMIT this->notKept();
  }
  Fault fault{std::move(notKept.error)};
  take(fault);
}

void LabelKeeper::open(LabelStore::Found& found) {
  phase_ = Phase::Ready;
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
