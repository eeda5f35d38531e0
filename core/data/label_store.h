// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/problem.h"
#include "core/data/dataset.h"
#include "core/data/edit_history.h"
#include "core/data/journal.h"
#include "core/data/label_places.h"
#include "core/data/label_record.h"
#include "core/data/label_writer.h"
#include "core/data/picture_trash.h"
#include "core/data/touched_picture.h"
#include "core/data/verified_list.h"

namespace boxwright {

/// What is edited in the labels of a dataset, safe on disk: every edit goes into the journal first,
/// label files are written when asked, and neither is done over something that somebody else has
/// written meanwhile. What a session that did not end left in the journal comes back with all of
/// its undo. One owner, one thread.
class LabelStore {
 public:
  /// What an earlier session left.
  struct Found {
    EditHistory history;
    ClassListPtr classes;  ///< in place of the dataset's; null: it left nothing
    /// Of every picture that it had touched, or whose classes have other ids, in place of what is
    /// in the dataset.
    std::vector<std::pair<std::size_t, AnnotationPtr>> annotations;
    /// What could not come back; it stays in a copy of the journal, which is named.
    std::vector<Problem> problems;
  };

  /// Takes the dataset for editing. Throws Error where somebody else has it, or its layout cannot
  /// be written.
  LabelStore(Dataset dataset, const std::filesystem::path& userData);

  /// Once.
  Found takeFound() { return std::move(found_); }

  /// What was done, into the journal. Throws Error where it can be written nowhere: it is kept in
  /// memory then, and written by the first call after it that succeeds.
  void edit(const Edit& edit);
  void undo();
  void redo();
  /// All that was told outlives the machine's end. Throws Error.
  void flush();

  enum class Outcome {
    Same,  ///< the file says it already
    Saved,
    Conflict,  ///< somebody else has written the file since: it was left alone
    /// A change of the classes is written into all labels and lists or nowhere: one of the others
    /// is in conflict, or cannot be written.
    Waits,
  };
  /// Brings the label file of a picture up to date, for all pictures that have it where it is
  /// shared; before its first change it goes to the backups. Throws Error where that cannot be.
  Outcome save(std::size_t picture);
  /// After a conflict: what is here counts, all of it; of a shared file that is what was edited
  /// here. What stands in the file goes to the backups.
  void overrule(std::size_t picture);
  /// The same of the files that list the classes, after all label files; the first that is in
  /// conflict tells.
  Outcome saveClasses();
  void overruleClasses();
  bool classesSaved() const;
  /// Pictures whose files do not say yet what they should.
  std::vector<std::size_t> unsaved() const;
  /// While files are to call classes otherwise: pictures whose label files somebody else has
  /// written, touched here or not. Nothing of the change is written until they are as they were, or
  /// overruled: others' labels would call the classes as before.
  std::vector<std::size_t> classConflicts();
  /// The same in groups that are saved at once: of a shared file all, else each alone.
  std::vector<std::vector<std::size_t>> unsavedByFile() const;

  /// The session ends. Of what is saved nothing stays but the backups; what is not is there for the
  /// next session.
  void close();

  const LabelPlaces& places() const { return places_; }

 private:
  /// The folder of label files as they were read, in those of the store.
  static constexpr const char* kAsRead = "as-read";

  /// A file that lists the classes.
  struct ListFile {
    ClassFile file;
    ListedIn state;
  };
  void recover();
  /// A copy of a journal that cannot come back as a whole.
  std::filesystem::path keepAside(const std::filesystem::path& journal) const;
  /// What was recovered as saved says what the list of verified pictures does.
  void compareVerified();
  void setClasses(const ClassListPtr& classes);
  /// Whether the files say what they should.
  bool isSaved(const TouchedPicture& state) const;
  bool isSaved(const ListFile& list) const;
  void write(ListFile& list, const std::optional<std::string>& bytes, bool known);
  std::filesystem::path pathOf(const ListFile& list) const;
  /// The list in a label file; null where it has none.
  ListFile* listIn(const std::filesystem::path& labelFile);
  const ListFile* listIn(const std::filesystem::path& labelFile) const;
  /// What is to be made of it.
  FileClasses changeOf(const ListFile& list) const;
  /// Somebody else has written a list of the classes that is to be written.
  bool listsConflict() const;
  /// Its label file calls classes by numbers of before.
  bool isRenumbered(const TouchedPicture& state) const;
  /// Its label file is to call classes otherwise.
  bool isReclassed(const TouchedPicture& state) const;
  /// The same of all pictures of its file, or that is to list others.
  bool changesClassesOf(std::size_t picture) const;
  /// Some file is to.
  bool changesClasses() const;
  /// Brings `foreign_` up to date.
  void lookForOthers();
  bool isForeign(const std::filesystem::path& file, std::size_t picture) const;
  /// What an annotation says, told with the classes of now; what they do not have joins those of
  /// the dataset, for the writer.
  Annotation translated(const Annotation& annotation, const ClassList& in);
  /// The ids that the classes of a list have now.
  const std::vector<int>& toNow(const ClassListPtr& from) const;
  /// The picture's state; made, with its record in `news`, where this is its first edit.
  void touch(const PictureEdit& edit, std::vector<LabelRecord>& news);
  void put(const Edit& edit, bool forward);
  EditRecord recordOf(const Edit& edit) const;
  void record(const std::vector<LabelRecord>& news);
  /// The whole of it into a new journal.
  void writeAnew();
  std::vector<std::string> allRecords() const;
  const std::string& pathOf(std::size_t picture) const { return dataset_.pictures[picture].path; }
  /// Where the backup of a label file goes, in either of the places.
  std::filesystem::path backupName(const std::filesystem::path& file) const;
  /// Its label file as in Dataset::labelFiles, where that is shared.
  std::string sharedFileOf(std::size_t picture) const;
  /// The picture, and its label file where that is its own, into the trash or back, as it should
  /// be. `again`: also where the picture is there already.
  void moveTrashed(std::size_t picture, bool again = false);
  /// No other picture has the same label file.
  bool hasOwnFile(std::size_t picture, const std::filesystem::path& file) const;
  /// `hash`: of the file as it was read.
  TouchedFile& fileState(const std::filesystem::path& file, std::uint64_t hash);
  /// All touched pictures that have the same label file, where it is shared.
  std::vector<std::size_t> touchedIn(const std::string& sharedFile) const;
  std::vector<std::size_t> withFileOf(std::size_t picture) const;
  /// Has a label file, which holds `bytes`, say of the pictures what it should, and of the classes
  /// where it lists them. `known`: what it says of them is; else that is replaced.
  /// False, and nothing is done: what another picture has written into its file would be lost.
  bool write(const std::filesystem::path& file, const std::optional<std::string>& bytes,
             std::vector<std::size_t> pictures, bool known);
  /// The bytes of a label file as they were when it was read, where they are known and wanted.
  std::optional<std::string> asRead(const std::filesystem::path& path, const TouchedFile& file,
                                    const std::vector<std::size_t>& pictures) const;
  /// All that was edited in a shared file has been undone.
  bool isAsRead(const TouchedFile& file, const std::vector<std::size_t>& touched) const;
  FollowedClasses followedFrom(const ClassList& in) const;
  /// Into the list of the verified, where there is one.
  void markVerified(const std::vector<LabelChange>& changes, AnnotationPtr TouchedPicture::*as);
  /// The file of the save that was told last is as before.
  void takeSaveBack(const std::vector<LabelChange>& changes);
  /// Nothing where there is no file.
  static std::optional<std::string> bytesOf(const std::filesystem::path& file);
  /// No bytes: it goes.
  static void replaceFile(const std::filesystem::path& file,
                          const std::optional<std::string>& bytes);
  void keepBackup(const std::filesystem::path& file, const std::string& bytes, bool another) const;
  /// As it was read, until the session ends, where the backups do not have it.
  void keepAsRead(const std::filesystem::path& file, const std::string& bytes) const;
  std::optional<std::string> keptAsRead(const std::filesystem::path& file,
                                        std::uint64_t hash) const;

  Dataset dataset_;
  std::unique_ptr<LabelWriter> writer_;
  LabelPlaces places_;
  LabelLock lock_;
  PictureTrash trash_;
  std::optional<VerifiedList> verified_;  ///< where the label files have no room for it
  std::map<std::size_t, TouchedPicture> touched_;
  std::map<std::filesystem::path, TouchedFile> files_;
  EditHistory history_;
  ClassKey key_;
  ClassListPtr start_, classes_;  ///< before the first edit, and now
  std::vector<ListFile> lists_;
  mutable std::map<ClassListPtr, std::vector<int>> toNow_;
  /// Label files that somebody else has written, with one of their pictures; all were looked at for
  /// this list of classes.
  std::map<std::filesystem::path, std::size_t> foreign_;
  ClassListPtr lookedFor_;
  bool looked_ = false;               ///< since the last round of saves
  std::unique_ptr<Journal> journal_;  ///< null while there is nothing to keep, or nowhere
  std::int64_t generation_ = 0;
  Found found_;
};

}  // namespace boxwright
