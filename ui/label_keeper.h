// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSet>
#include <QString>
#include <QTime>
#include <QTimer>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>

#include "core/data/chosen_colours.h"
#include "core/data/edit_history.h"
#include "core/data/label_places.h"
#include "core/data/label_store.h"
#include "ui/drain_queue.h"
#include "ui/job.h"

namespace boxwright::ui {

class DatasetDocument;

/// Keeps what is edited in the open dataset safe. Every edit goes into the journal at once; label
/// files are written when a picture is left() or saveAll() is called; a file that many pictures
/// share, when nothing has been edited for some seconds; colours at once. A quiet Job does it in
/// the order in which it was told, so that the GUI never waits for a disk. What cannot be written
/// is tried again every few seconds. GUI thread only.
class LabelKeeper : public QObject {
  Q_OBJECT
 public:
  /// `userData`: as userDataFolder().
  LabelKeeper(DatasetDocument& document, std::filesystem::path userData, QObject* parent = nullptr);
  ~LabelKeeper() override;

  /// Takes the open dataset for editing, once it is read; the document is editable when that has
  /// been done. What an earlier session left comes back with it.
  void begin();
  /// Saves everything and gives the dataset back; it cannot be edited until it is opened anew.
  void end();
  /// A picture was left: time to save what has a file of its own.
  void left();
  /// `again`: also what was told to be in conflict, which is told once more.
  void saveAll(bool again = false);
  /// Of pictures in conflict(), and classes: what is here counts.
  void overrule();
  /// Has it seen to that what is shown of the picture is what its label file says: where somebody
  /// else has written it, everything is read again or, where that cannot be, it is told.
  void look(int picture);

  /// The document can be edited.
  bool isReady() const { return phase_ == Phase::Ready; }
  /// begin() is on its way.
  bool isBeginning() const { return phase_ == Phase::Asked; }
  /// Something is being written, or looked at.
  bool isBusy() const { return job_.isRunning(); }
  /// For other threads: returns when all that has been told so far is done, or at a stop.
  std::function<void(std::stop_token)> wait() const;
  /// Pictures whose label files do not say yet what they should.
  int unsaved() const { return unsaved_; }
  /// A list of classes does not say yet what it should.
  bool classesUnsaved() const { return classesUnsaved_; }
  /// Pictures whose label files somebody else has written, so that they were left alone.
  const QSet<int>& conflicts() const { return conflicts_; }
  /// For the status bar: "saved 12:04", "2 pictures not saved yet", "not saved: the disk is full".
  QString stateText() const;

 Q_SIGNALS:
  void stateChanged();
  /// The dataset cannot be edited, or cannot be saved now.
  void failed(const boxwright::ui::JobError& error);
  /// It could be saved again.
  void recovered();
  /// What an earlier session left is there again; so many edits of it are in force.
  void restored(int edits);
  /// Something of it could not come back, or not as it was: the first of it.
  void partlyRestored(const boxwright::ui::JobError& why);
  /// Somebody else has written this picture's labels.
  void conflictFound(int picture);
  /// Somebody else has written a list of the classes.
  void classConflictFound();
  /// Nothing is in conflict any more.
  void conflictsEnded();
  /// Somebody else has written this picture's labels, which are shown only when the dataset is
  /// opened anew. -1: those of other pictures or classes than are open.
  void changedElsewhere(int picture);
  /// A picture's label file says what it should, or it lies in the trash as it should.
  void saved(int picture);
  /// Whoever had the labels open has gone: they can be edited here.
  void unlocked();
  /// At an end(): something is in memory alone, and the dataset can be edited as before.
  void notKept();

 private:
  enum class Phase { Off, Asked, Ready, Refused };
  struct Begin {
    std::shared_ptr<const Dataset> dataset;
  };
  struct Did {
    Edit edit;
  };
  struct Undid {};
  struct Redid {};
  struct SaveAll {};
  struct Overrule {
    std::size_t picture = 0;
  };
  struct OverruleClasses {};
  struct Coloured {
    ChosenColours colours;
  };
  /// The dataset was read again: nothing has been edited in it.
  struct Renew {
    std::shared_ptr<const Dataset> dataset;
  };
  struct Watch {
    std::shared_ptr<const Dataset> dataset;
  };
  struct Look {
    std::size_t picture = 0;
    int watch = 0;
  };
  /// Whether the labels can be had that somebody else has had open.
  struct TryLock {
    LabelPlaces places;
  };
  struct End {};
  using Command = std::variant<Begin, Did, Undid, Redid, SaveAll, Overrule, OverruleClasses,
                               Coloured, Renew, Watch, Look, TryLock, End>;

  struct Opened {
    std::shared_ptr<LabelStore::Found> found;
  };
  struct Refused {
    JobError error;
    bool locked = false;  ///< somebody else has them open
  };
  struct Fault {
    JobError error;
  };
  struct Saved {
    std::size_t picture = 0;
  };
  struct SavedAll {};
  struct NotKept {
    JobError error;
  };
  struct Conflict {
    std::size_t picture = 0;
  };
  struct ClassesSaved {};
  struct ClassConflict {};
  struct Unsaved {
    std::size_t count = 0;
    bool classes = false;
  };
  struct Changed {
    std::size_t picture = 0;
    int watch = 0;
    bool edited = false;  ///< here
  };
  struct Unlocked {};
  using News = std::variant<Opened, Refused, Fault, Saved, SavedAll, NotKept, Conflict,
                            ClassesSaved, ClassConflict, Unsaved, Changed, Unlocked>;
  struct Desk;

  /// Forgets conflicts, and says so.
  QSet<int> takeConflicts();
  void tryLock();
  void tell(Command command);
  void work();
  void hear();
  void open(LabelStore::Found& found);
  void take(const Saved& saved);
  void take(const Conflict& conflict);
  void take(NotKept& notKept);
  void take(const Refused& refused);
  void take(const Changed& changed);
  void takeRefreshed(const std::shared_ptr<const Dataset>& dataset);
  void take(Fault& fault);

  DatasetDocument& document_;
  std::shared_ptr<Desk> desk_;  ///< shared with the job
  Phase phase_ = Phase::Off;
  bool documentGone_ = true;  ///< of the session that begun last
  int unsaved_ = 0;
  bool classesUnsaved_ = false, classConflict_ = false;
  QSet<int> conflicts_;
  std::optional<int> newConflict_;  ///< the first of those that have not been told yet
  bool leftover_ = false;           ///< an earlier session has something that it could not keep
  std::optional<JobError> fault_;
  QTime savedAt_;
  int watch_ = 0;  ///< the number of the newest
  bool watching_ = false;
  int changed_ = -1;                        ///< the picture that everything is read again for
  bool locked_ = false, unlocked_ = false;  ///< by somebody else, and no more
  QTimer listening_, again_, idle_, lock_;
  Job job_;
};

}  // namespace boxwright::ui
