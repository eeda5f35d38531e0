// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/label_store.h"

#include <algorithm>
#include <optional>
#include <system_error>
#include <variant>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/label_recovery.h"
#include "core/data/shared_labels.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

constexpr const char* kJournalName = "journal";

std::int64_t generationOf(const std::vector<std::string>& records) {
  if (records.empty()) return -1;
  const std::optional<LabelRecord> first = labelRecordFrom(records.front());
  const auto* const begin = first ? std::get_if<BeginRecord>(&*first) : nullptr;
  return begin ? begin->generation : -1;
}

}  // namespace

LabelStore::LabelStore(Dataset dataset, const fs::path& userData)
    : dataset_(std::move(dataset)),
      writer_(labelWriterFor(dataset_, LabelNumbers::AsUsual)),
      places_(labelPlacesOf(dataset_.root, userData)),
      lock_(places_),
      trash_(dataset_.root),
      key_(classKeyOf(dataset_.format)),
      start_(listedClasses(dataset_.classes)),
      classes_(start_) {
  if (const std::string fault = unreadFault(dataset_); !fault.empty())
    throw Error(fault, utf8(dataset_.root),
                "those that no other file lists may have their labels there; mend it or move it "
                "out of the folder, and read the dataset again");
  for (const ClassFile& file : dataset_.classFiles)
    lists_.push_back({file, {file.hash, start_}});
  if (keepsVerifiedList(dataset_.format)) verified_.emplace(dataset_.root);
  recover();
}

bool LabelStore::isSaved(const TouchedPicture& state) const {
  if (state.now->trashed != state.inTrash) return false;
  // Its own file has gone with it; from a file of many it is to be taken out.
  if (state.inTrash && !writer_->isShared()) return true;
  if (state.savedIn == classes_ || key_ == ClassKey::Number)
    return state.now == state.saved || *state.now == *state.saved;
  return *state.now == withClasses(*state.saved, toNow(state.savedIn));
}

void LabelStore::recover() {
  if (verified_) removeTemporaries(dataset_.root / kOwnFolder / "verified");
  std::vector<std::string> records;
  fs::path source;
  int damaged = 0;
  for (const fs::path& folder : {places_.own, places_.users}) {
    const fs::path file = folder / kJournalName;
    removeTemporaries(file);
    int line = 0;
    std::vector<std::string> found = readJournal(file, &line);
    if (generationOf(found) > generation_) {
      generation_ = generationOf(found);
      records = std::move(found);
      source = file;
      damaged = line;
    } else if (line > 0 && found.empty()) {
      // Nothing tells whether it is the newer one.
      const fs::path copy = keepAside(file);
      std::error_code ignored;
      fs::remove(file, ignored);
      found_.problems.push_back({utf8(copy), line, Severity::Error,
                                 "the journal of labels is damaged from its beginning: what was "
                                 "not saved in it is not here"});
    }
  }
  if (records.empty()) return;
  RecoveredLabels recovered = recoverLabels(records, dataset_, *writer_, trash_);
  if (!recovered.lost.empty() || !recovered.whole || damaged > 0) {
    const fs::path copy = keepAside(source);
    for (const std::string& path : recovered.lost)
      found_.problems.push_back({path, 0, Severity::Warning,
                                 "the picture has gone, and with it boxes that were not saved; "
                                 "they are in " +
                                     utf8(copy)});
    if (!recovered.whole)
      found_.problems.push_back({utf8(copy), 0, Severity::Error,
                                 "the journal of labels could not be read to its end; what came "
                                 "before is here again"});
    else if (damaged > 0)
      found_.problems.push_back({utf8(copy), damaged, Severity::Error,
                                 "the journal of labels is damaged here: what was done before is "
                                 "here again, what came after and was not saved is not"});
  }
  for (Problem& problem : recovered.problems)
    found_.problems.push_back(std::move(problem));
  if (recovered.historyGone)
    found_.problems.push_back({utf8(source), 0, Severity::Warning,
                               "somebody else has written labels while your classes were changed: "
                               "yours are here again, but what was done before cannot be undone"});
  start_ = recovered.start;
  setClasses(recovered.classes);
  found_.classes = classes_;
  for (ListFile& list : lists_)
    list.state = std::move(recovered.classFiles.at(list.file.path));
  for (const ListFile& list : lists_)
    recovered.interrupted.push_back(pathOf(list));
  for (const fs::path& file : recovered.interrupted) {
    removeTemporaries(file);
    for (const fs::path& folder : {places_.own, places_.users})
      removeTemporaries(folder / backupName(file));
  }
  touched_ = std::move(recovered.touched);
  compareVerified();
  files_ = std::move(recovered.files);
  for (const auto& [picture, state] : touched_) {
    // A move that was broken off is brought to its end.
    if (!state.inTrash || !state.now->trashed) continue;
    try {
      moveTrashed(picture, true);
    } catch (const Error& error) {
      found_.problems.push_back({pathOf(picture), 0, Severity::Warning,
                                 "its move into the trash could not be brought to its end: " +
                                     std::string(error.what())});
    }
  }
  history_ = std::move(recovered.history);
  for (const auto& [picture, state] : touched_)
    found_.annotations.emplace_back(picture, state.now);
  for (auto& [picture, annotation] : recovered.renumbered) {
    dataset_.pictures[picture].annotation = annotation;
    found_.annotations.emplace_back(picture, std::move(annotation));
  }
  found_.history = history_;
  writeAnew();
}

fs::path LabelStore::keepAside(const fs::path& journal) const {
  const std::string bytes = readFile(journal);
  std::optional<Error> first;
  for (const fs::path& folder : {journal.parent_path(), places_.users}) {
    fs::path copy;
    std::error_code code;
    for (int i = 1; copy.empty() || fs::exists(copy, code); ++i)
      copy = folder / (std::string(kJournalName) + "-" + std::to_string(i));
    try {
      fs::create_directories(folder, code);
      writeFileAtomically(copy, bytes);
      return copy;
    } catch (const Error& error) {
      if (!first) first = error;
    }
  }
  throw *first;
}

void LabelStore::compareVerified() {
  if (!verified_) return;
  for (auto& [picture, state] : touched_) {
    if (state.saved->verified == verified_->holds(pathOf(picture))) continue;
    Annotation saved = *state.saved;
    saved.verified = !saved.verified;
    state.saved = std::make_shared<const Annotation>(std::move(saved));
  }
}

void LabelStore::touch(const PictureEdit& edit, std::vector<LabelRecord>& news) {
  if (touched_.contains(edit.picture)) return;
  std::uint64_t hash = dataset_.pictures[edit.picture].labelHash;
  if (writer_->isShared()) {
    // As the journal has it of the others of the file, which may be of an earlier session.
    const auto file = files_.find(writer_->fileOf(dataset_, edit.picture));
    if (file != files_.end()) hash = file->second.firstHash;
  }
  touched_.emplace(edit.picture,
                   TouchedPicture{edit.before, hash, edit.before, edit.before, start_});
  news.push_back(BaseRecord{pathOf(edit.picture), hash, *edit.before, sharedFileOf(edit.picture)});
}

void LabelStore::put(const Edit& edit, bool forward) {
  for (const PictureEdit& picture : edit.pictures)
    touched_.at(picture.picture).now = forward ? picture.after : picture.before;
  if (edit.classes) setClasses(forward ? edit.classes->after : edit.classes->before);
}

EditRecord LabelStore::recordOf(const Edit& edit) const {
  EditRecord done{edit.name, {}, edit.classes};
  for (const PictureEdit& picture : edit.pictures) {
    const std::string& path = pathOf(picture.picture);
    if (edit.classes && withClasses(*picture.before, edit.classes->to) == *picture.after)
      done.following.push_back(path);
    else
      done.pictures.emplace_back(path, changeBetween(*picture.before, *picture.after));
  }
  return done;
}

void LabelStore::edit(const Edit& edit) {
  std::vector<LabelRecord> news;
  for (const PictureEdit& picture : edit.pictures)
    touch(picture, news);
  news.push_back(recordOf(edit));
  put(edit, true);
  history_.push(edit);
  record(news);
}

void LabelStore::undo() {
  const Edit* const edit = history_.undo();
  if (!edit) return;
  put(*edit, false);
  record({UndoRecord{}});
}

void LabelStore::redo() {
  const Edit* const edit = history_.redo();
  if (!edit) return;
  put(*edit, true);
  record({RedoRecord{}});
}

void LabelStore::record(const std::vector<LabelRecord>& news) {
  if (journal_) {
    try {
      for (const LabelRecord& record : news)
        journal_->append(toJson(record));
      return;
    } catch (const Error&) {
      journal_.reset();  // elsewhere, or later; memory has it
    }
  }
  writeAnew();
  for (const LabelRecord& record : news) {
    // All else is in memory already, and so in the new one.
    if (std::holds_alternative<SaveRecord>(record) ||
        std::holds_alternative<ClassFileRecord>(record))
      journal_->append(toJson(record));
  }
}

std::vector<std::string> LabelStore::allRecords() const {
  BeginRecord begin{generation_, *start_};
  for (const ListFile& list : lists_)
    begin.classFiles.emplace(list.file.path, list.state.hash);
  std::vector<std::string> records = {toJson(begin)};
  for (const auto& [picture, state] : touched_)
    records.push_back(
        toJson(BaseRecord{pathOf(picture), state.firstHash, *state.first, sharedFileOf(picture)}));
  EditHistory history = history_;
  std::size_t undone = 0;
  while (history.redo())
    ++undone;
  std::vector<const Edit*> edits;
  while (const Edit* edit = history.undo())
    edits.push_back(edit);
  std::for_each(edits.rbegin(), edits.rend(),
                [&](const Edit* edit) { records.push_back(toJson(recordOf(*edit))); });
  for (; undone > 0; --undone)
    records.push_back(toJson(UndoRecord{}));
  for (const auto& [path, file] : files_) {
    if (file.sections.empty() && file.hash == file.firstHash) continue;
    SaveRecord save{file.hash, {}, file.overruled};
    if (const ListFile* const list = listIn(path)) {
      save.file = list->file.path;
      save.classes = list->state.says;
    }
    const auto tell = [&](std::size_t picture, const AnnotationPtr& says, const ClassListPtr& in,
                          std::optional<LabelSlots> objects) {
      save.parts.push_back(
          {pathOf(picture), std::move(objects), *says, in == start_ ? nullptr : in});
    };
    // Whom it was written for last comes last.
    for (const std::size_t picture : file.pictures) {
      const auto touched = touched_.find(picture);
      if (touched != touched_.end())
        tell(picture, touched->second.saved, touched->second.savedIn, std::nullopt);
    }
    for (const auto& [key, section] : file.sections) {
      if (touched_.contains(section.writtenFor))

        tell(section.writtenFor, section.says, section.in, section.objects);
    }
    records.push_back(toJson(std::move(save)));
  }
  for (const ListFile& list : lists_) {
    const auto& [hash, says, gone] = list.state;
    if (*says != *start_ || !gone.empty())
      records.push_back(toJson(ClassFileRecord{list.file.path, hash, says, gone}));
  }
  return records;
}

void LabelStore::writeAnew() {
  journal_.reset();
  ++generation_;
  const std::vector<std::string> records = allRecords();
  std::optional<Error> first;
  for (const fs::path& folder : {places_.own, places_.users}) {
    std::error_code ignored;
    fs::create_directories(folder, ignored);
    try {
      journal_ = std::make_unique<Journal>(folder / kJournalName, records);
      // The other is of an older generation.
      fs::remove((folder == places_.own ? places_.users : places_.own) / kJournalName, ignored);
      return;
    } catch (const Error& error) {
      if (!first) first = error;
    }
  }
  throw *first;
}

void LabelStore::flush() {
  if (!journal_ && (!touched_.empty() || history_.size() > 0)) writeAnew();
  if (journal_) journal_->flush();
}

void LabelStore::close() {
  if (!unsaved().empty() || !classesSaved()) return flush();
  journal_.reset();
  touched_.clear();
  files_.clear();
  history_ = {};
  for (const fs::path& folder : {places_.own, places_.users}) {
    std::error_code ignored;
    fs::remove(folder / kJournalName, ignored);
    fs::remove_all(folder / kAsRead, ignored);
    fs::remove(folder, ignored);  // where nothing else is in it
  }
}

}  // namespace boxwright
