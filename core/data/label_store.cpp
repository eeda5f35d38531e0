// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/label_store.h"

#include <algorithm>
#include <optional>
#include <system_error>
#include <variant>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/content_hash.h"
#include "core/data/label_recovery.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

constexpr const char* kJournalName = "journal";

bool isSaved(const TouchedPicture& state) {
  if (state.now->trashed != state.inTrash) return false;
  return state.inTrash || state.now == state.saved || *state.now == *state.saved;
}

/// Nothing where there is no file.
std::optional<std::string> bytesOf(const fs::path& file) {
  std::error_code code;
  if (!fs::exists(file, code) && !code) return std::nullopt;
  return readFile(file);
}

std::int64_t generationOf(const std::vector<std::string>& records) {
  if (records.empty()) return -1;
  const std::optional<LabelRecord> first = labelRecordFrom(records.front());
  const auto* const begin = first ? std::get_if<BeginRecord>(&*first) : nullptr;
  return begin ? begin->generation : -1;
}

}  // namespace

LabelStore::LabelStore(Dataset dataset, const fs::path& userData)
    : dataset_(std::move(dataset)),
      writer_(labelWriterFor(dataset_)),
      places_(labelPlacesOf(dataset_.root, userData)),
      lock_(places_),
      trash_(dataset_.root) {
  recover();
}

void LabelStore::recover() {
  std::vector<std::string> records;
  fs::path source;
  for (const fs::path& folder : {places_.own, places_.users}) {
    const fs::path file = folder / kJournalName;
    removeTemporaries(file);
    std::vector<std::string> found = readJournal(file);
    if (generationOf(found) > generation_) {
      generation_ = generationOf(found);
      records = std::move(found);
      source = file;
    }
  }
  if (records.empty()) return;
  RecoveredLabels recovered = recoverLabels(records, dataset_, *writer_, trash_);
  if (!recovered.lost.empty() || !recovered.whole) {
    fs::path copy;
    std::error_code code;
    for (int i = 1; copy.empty() || fs::exists(copy, code); ++i)
      (copy = source) += "-" + std::to_string(i);
    writeFileAtomically(copy, readFile(source));
    for (const std::string& path : recovered.lost)
      found_.problems.push_back({path, 0, Severity::Warning,
                                 "the picture has gone, and with it boxes that were not saved; "
                                 "they are in " +
                                     utf8(copy)});
    if (!recovered.whole)
      found_.problems.push_back({utf8(copy), 0, Severity::Warning,
                                 "the journal of labels could not be read to its end; what came "
                                 "before is here again"});
  }
  found_.classes = recovered.classes;
  dataset_.classes.insert(dataset_.classes.end(), found_.classes.begin(), found_.classes.end());
  for (const std::size_t picture : recovered.interrupted) {
    const fs::path file = writer_->fileOf(dataset_, picture);
    removeTemporaries(file);
    for (const fs::path& folder : {places_.own, places_.users})
      removeTemporaries(folder / backupName(file));
  }
  touched_ = std::move(recovered.touched);
  for (const auto& [picture, state] : touched_) {
    // A move that was broken off is brought to its end.
    if (state.inTrash && state.now->trashed) moveTrashed(picture);
  }
  history_ = std::move(recovered.history);
  for (const auto& [picture, state] : touched_)
    found_.annotations.emplace_back(picture, state.now);
  found_.history = history_;
  writeAnew();
}

void LabelStore::addClass(const std::string& name) {
  dataset_.classes.push_back(name);
  // Before the first edit the journal is yet to be begun, with all classes.
  if (journal_ || !touched_.empty()) record({ClassRecord{name}});
}

void LabelStore::touch(const PictureEdit& edit, std::vector<LabelRecord>& news) {
  if (touched_.contains(edit.picture)) return;
  const std::uint64_t hash = dataset_.pictures[edit.picture].labelHash;
  touched_.emplace(edit.picture,
                   TouchedPicture{edit.before, hash, edit.before, edit.before, hash, {}, false});
  news.push_back(BaseRecord{pathOf(edit.picture), hash, *edit.before});
}

void LabelStore::put(const Edit& edit, bool forward) {
  for (const PictureEdit& picture : edit.pictures)
    touched_.at(picture.picture).now = forward ? picture.after : picture.before;
}

void LabelStore::edit(const Edit& edit) {
  std::vector<LabelRecord> news;
  EditRecord done{edit.name, {}};
  for (const PictureEdit& picture : edit.pictures) {
    touch(picture, news);
    done.pictures.emplace_back(pathOf(picture.picture),
                               changeBetween(*picture.before, *picture.after));
  }
  news.push_back(std::move(done));
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
    if (std::holds_alternative<SaveRecord>(record)) journal_->append(toJson(record));
  }
}

std::vector<std::string> LabelStore::allRecords() const {
  std::vector<std::string> records = {toJson(BeginRecord{generation_, dataset_.classes})};
  for (const auto& [picture, state] : touched_)
    records.push_back(toJson(BaseRecord{pathOf(picture), state.firstHash, *state.first}));
  EditHistory history = history_;
  std::size_t undone = 0;
  while (history.redo())
    ++undone;
  std::vector<const Edit*> edits;
  while (const Edit* edit = history.undo())
    edits.push_back(edit);
  std::for_each(edits.rbegin(), edits.rend(), [&](const Edit* edit) {
    EditRecord done{edit->name, {}};
    for (const PictureEdit& picture : edit->pictures)
      done.pictures.emplace_back(pathOf(picture.picture),
                                 changeBetween(*picture.before, *picture.after));
    records.push_back(toJson(std::move(done)));
  });
  for (; undone > 0; --undone)
    records.push_back(toJson(UndoRecord{}));
  for (const auto& [picture, state] : touched_) {
    if (state.objectsKnown)
      records.push_back(
          toJson(SaveRecord{pathOf(picture), state.hash, state.objects, *state.saved}));
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
  if (!journal_ && !touched_.empty()) writeAnew();
  if (journal_) journal_->flush();
}

fs::path LabelStore::backupName(const fs::path& file) const {
  const fs::path inside = file.lexically_relative(dataset_.root);
  const bool elsewhere = inside.empty() || *inside.begin() == "..";
  return "backup" / (elsewhere ? "elsewhere" / file.relative_path() : inside);
}

void LabelStore::keepBackup(const fs::path& file, const std::string& bytes, bool another) const {
  const fs::path name = backupName(file);
  std::optional<Error> first;
  for (const fs::path& folder : {places_.own, places_.users}) {
    fs::path backup = folder / name;
    std::error_code code;
    if (fs::exists(backup, code) && !another) return;
    for (int i = 2; fs::exists(backup, code); ++i)
      backup = folder / (name.string() + "." + std::to_string(i));
    try {
      fs::create_directories(backup.parent_path(), code);
      return writeFileAtomically(backup, bytes);
    } catch (const Error& error) {
      if (!first) first = error;
    }
  }
  throw *first;
}

LabelStore::Outcome LabelStore::save(std::size_t picture) {
  const auto found = touched_.find(picture);
  if (found == touched_.end() || isSaved(found->second)) return Outcome::Same;
  const TouchedPicture& state = found->second;
  if (state.now->trashed != state.inTrash) moveTrashed(picture);
  if (isSaved(state)) return Outcome::Saved;
  const fs::path file = writer_->fileOf(dataset_, picture);
  const std::optional<std::string> bytes = bytesOf(file);
  std::error_code code;
  if (!bytes && state.hash != 0 && !fs::exists(file.parent_path(), code))
    throw Error("the folder of the labels is not there", utf8(file.parent_path()),
                "bring it back: what was edited is kept, and saved then");
  if ((bytes ? contentHash(*bytes) : 0) != state.hash) return Outcome::Conflict;
  LabelSlots slots = state.objectsKnown ? state.objects
                     : bytes            ? writer_->slotsOf(*bytes, utf8(file))
                                        : LabelSlots();
  const std::optional<std::string> out =
      writer_->write(bytes, dataset_, picture, *state.saved, *state.now, slots);
  write(picture, file, bytes, out, std::move(slots), false);
  return Outcome::Saved;
}

bool LabelStore::hasOwnFile(std::size_t picture, const fs::path& file) const {
  const fs::path stem = pathFromUtf8(pathOf(picture)).stem();
  for (std::size_t i = 0; i < dataset_.pictures.size(); ++i) {
    if (i != picture && pathFromUtf8(pathOf(i)).stem() == stem &&
        writer_->fileOf(dataset_, i) == file)
      return false;
  }
  return true;
}

void LabelStore::moveTrashed(std::size_t picture) {
  TouchedPicture& state = touched_.at(picture);
  fs::path file = writer_->fileOf(dataset_, picture);
  if (!hasOwnFile(picture, file)) file.clear();
  if (journal_) journal_->flush();
  if (state.now->trashed)
    trash_.put(pathOf(picture), file);
  else
    trash_.takeBack(pathOf(picture), file);
  state.inTrash = state.now->trashed;
}

void LabelStore::overrule(std::size_t picture) {
  const fs::path file = writer_->fileOf(dataset_, picture);
  LabelSlots slots;
  const std::optional<std::string> out = writer_->write(
      std::nullopt, dataset_, picture, Annotation(), *touched_.at(picture).now, slots);
  write(picture, file, bytesOf(file), out, std::move(slots), true);
}

void LabelStore::write(std::size_t picture, const fs::path& file,
                       const std::optional<std::string>& old,
                       const std::optional<std::string>& bytes, LabelSlots objects,
                       bool anotherBackup) {
  const std::uint64_t hash = bytes ? contentHash(*bytes) : 0;
  // The journal first: whichever of the two states a crash leaves the file in is then known.
  record({SaveRecord{pathOf(picture), hash, objects, std::nullopt}});
  journal_->flush();
  if (old) keepBackup(file, *old, anotherBackup);
  if (bytes != old) replaceFile(file, bytes);
  TouchedPicture& state = touched_.at(picture);
  state.saved = state.now;
  state.hash = hash;
  state.objects = std::move(objects);
  state.objectsKnown = true;
}

void LabelStore::replaceFile(const fs::path& file, const std::optional<std::string>& bytes) {
  std::error_code code;
  if (bytes) {
    fs::create_directories(file.parent_path(), code);
    writeFileAtomically(file, *bytes);
  } else if (!fs::remove(file, code) && code) {
    throw Error("the label file cannot be removed (" + code.message() + ")", utf8(file),
                "check the permissions of its folder");
  }
}

std::vector<std::size_t> LabelStore::unsaved() const {
  std::vector<std::size_t> pictures;
  for (const auto& [picture, state] : touched_) {
    if (!isSaved(state)) pictures.push_back(picture);
  }
  return pictures;
}

void LabelStore::close() {
  if (!unsaved().empty()) return flush();
  journal_.reset();
  touched_.clear();
  history_ = {};
  for (const fs::path& folder : {places_.own, places_.users}) {
    std::error_code ignored;
    fs::remove(folder / kJournalName, ignored);
    fs::remove(folder, ignored);  // where nothing else is in it
  }
}

}  // namespace boxwright
