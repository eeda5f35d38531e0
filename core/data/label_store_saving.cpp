// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the store that is about the label files: what is written into them, when it is not,
// and what is kept of how they were.
#include <algorithm>
#include <deque>
#include <optional>
#include <system_error>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/content_hash.h"
#include "core/data/label_store.h"

namespace boxwright {

namespace fs = std::filesystem;

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

std::optional<std::string> LabelStore::keptAsRead(const fs::path& file, std::uint64_t hash) const {
  const fs::path name = backupName(file);
  for (const fs::path& folder : {places_.own, places_.users}) {
    for (const fs::path& kept : {folder / name, folder / kAsRead / name}) {
      try {
        std::optional<std::string> bytes = bytesOf(kept);
        if (bytes && contentHash(*bytes) == hash) return bytes;
      } catch (const Error&) {
        // Without it what comes back has less.
      }
    }
  }
  return std::nullopt;
}

void LabelStore::keepAsRead(const fs::path& file, const std::string& bytes) const {
  if (keptAsRead(file, contentHash(bytes))) return;
  for (const fs::path& folder : {places_.own, places_.users}) {
    const fs::path kept = folder / kAsRead / backupName(file);
    std::error_code ignored;
    fs::create_directories(kept.parent_path(), ignored);
    try {
      return writeFileAtomically(kept, bytes);
    } catch (const Error&) {
      // It is only for undo.
    }
  }
}

bool LabelStore::isAsRead(const TouchedFile& file, const std::vector<std::size_t>& touched) const {
  return classes_ == start_ && !file.overruled &&
         std::all_of(touched.begin(), touched.end(), [this](std::size_t picture) {
           const TouchedPicture& state = touched_.at(picture);
           return *state.now == *state.first;
         });
}

std::optional<std::string> LabelStore::asRead(const fs::path& path, const TouchedFile& file,
                                              const std::vector<std::size_t>& pictures) const {
  // Nothing has been written yet, or there was no file.
  if (file.sections.empty() || file.firstHash == 0) return std::nullopt;
  const auto comesBack = [&](std::size_t picture) {
    const TouchedPicture& state = touched_.at(picture);
    const auto section = file.sections.find(picture);
    const Annotation& says = section == file.sections.end() ? *state.first : *section->second.says;
    const auto holds = [](const std::vector<Box>& boxes, std::uint32_t id) {
      return std::any_of(boxes.begin(), boxes.end(), [id](const Box& box) { return box.id == id; });
    };
    return (says.state == LabelState::Unlabelled && state.first->state != says.state) ||
           std::any_of(state.now->boxes.begin(), state.now->boxes.end(), [&](const Box& box) {
             return !holds(says.boxes, box.id) && holds(state.first->boxes, box.id);
           });
  };
  const bool wanted =
      !writer_->isShared() || isAsRead(file, withFileOf(pictures.front())) ||
      (classes_ == start_ && std::any_of(pictures.begin(), pictures.end(), comesBack));
  return wanted ? keptAsRead(path, file.firstHash) : std::nullopt;
}

TouchedFile& LabelStore::fileState(const fs::path& file, std::uint64_t hash) {
  return files_.try_emplace(file, TouchedFile{hash, hash, {}, {}, false}).first->second;
}

std::vector<std::size_t> LabelStore::withFileOf(std::size_t picture) const {
  return writer_->isShared() ? touchedIn(sharedFileOf(picture)) : std::vector{picture};
}

std::vector<std::size_t> LabelStore::touchedIn(const std::string& sharedFile) const {
  std::vector<std::size_t> pictures;
  for (const auto& [picture, state] : touched_)
    if (sharedFileOf(picture) == sharedFile) pictures.push_back(picture);
  return pictures;
}

LabelStore::Outcome LabelStore::save(std::size_t picture) {
  const auto found = touched_.find(picture);
  if (found == touched_.end() || isSaved(found->second)) return Outcome::Same;
  // Where classes are numbers, what they stand for is disputed.
  if (key_ == ClassKey::Number && listsConflict()) return Outcome::Waits;
  if (changesClassesOf(picture)) {
    if (!classConflicts().empty())
      return foreign_.contains(writer_->fileOf(dataset_, picture)) ? Outcome::Conflict
                                                                   : Outcome::Waits;
    if (key_ != ClassKey::Identity && listsConflict()) return Outcome::Waits;
  }
  if (!writer_->isShared()) moveTrashed(picture);
  if (isSaved(found->second)) return Outcome::Saved;
  const fs::path file = writer_->fileOf(dataset_, picture);
  const TouchedFile& state = fileState(file, found->second.firstHash);
  const std::optional<std::string> bytes = bytesOf(file);
  std::error_code code;
  if (!bytes && state.hash != 0 && !fs::exists(file.parent_path(), code))
    throw Error("the folder of the labels is not there", utf8(file.parent_path()),
                "bring it back: what was edited is kept, and saved then");
  if ((bytes ? contentHash(*bytes) : 0) != state.hash) return Outcome::Conflict;
  std::vector<std::size_t> pictures = withFileOf(picture);
  std::erase_if(pictures, [&](std::size_t other) { return isSaved(touched_.at(other)); });
  if (!writer_->isShared())
    return write(file, bytes, pictures, true) ? Outcome::Saved : Outcome::Conflict;
  // A file never names a picture that is not in its place: others of that name might be taken for
  // it.
  const auto moveAll = [&](bool toTrash) {
    for (const std::size_t other : pictures)
      if (touched_.at(other).now->trashed == toTrash) moveTrashed(other);
  };
  moveAll(false);
  write(file, bytes, pictures, true);
  moveAll(true);
  return Outcome::Saved;
}

std::string LabelStore::sharedFileOf(std::size_t picture) const {
  const int file = dataset_.pictures[picture].labelFile;
  return writer_->isShared() && file >= 0 ? dataset_.labelFiles[static_cast<std::size_t>(file)]
                                          : std::string();
}

bool LabelStore::hasOwnFile(std::size_t picture, const fs::path& file) const {
  const fs::path stem = pathFromUtf8(pathOf(picture)).stem();
  for (std::size_t i = 0; i < dataset_.pictures.size(); ++i) {
    if (i != picture && pathFromUtf8(pathOf(i)).stem() == stem &&
        writer_->fileOf(dataset_, i) == file && !trash_.holds(pathOf(i)))
      return false;
  }
  return true;
}

void LabelStore::moveTrashed(std::size_t picture, bool again) {
  TouchedPicture& state = touched_.at(picture);
  if (state.now->trashed == state.inTrash && !again) return;
  fs::path file = writer_->fileOf(dataset_, picture);
  if (writer_->isShared() || !hasOwnFile(picture, file)) file.clear();
  if (journal_) journal_->flush();
  if (state.now->trashed)
    trash_.put(pathOf(picture), file);
  else
    trash_.takeBack(pathOf(picture), file);
  state.inTrash = state.now->trashed;
}

void LabelStore::overrule(std::size_t picture) {
  const fs::path file = writer_->fileOf(dataset_, picture);
  const std::optional<std::string> bytes = bytesOf(file);
  if (!touched_.contains(picture)) {
    // It stood in the way of others alone.
    const AnnotationPtr& annotation = dataset_.pictures[picture].annotation;
    std::vector<LabelRecord> news;
    touch({picture, annotation, annotation}, news);
    record(news);
  }
  foreign_.erase(file);
  const std::vector<std::size_t> pictures = withFileOf(picture);
  // With another picture of its file it may have been done already.
  const bool done =
      (bytes ? contentHash(*bytes) : 0) == fileState(file, touched_.at(picture).firstHash).hash &&
      std::all_of(pictures.begin(), pictures.end(),
                  [&](std::size_t i) { return isSaved(touched_.at(i)); });
  if (!done) write(file, bytes, pictures, false);
}

bool LabelStore::write(const fs::path& path, const std::optional<std::string>& bytes,
                       std::vector<std::size_t> pictures, bool known) {
  ListFile* const list = listIn(path);
  std::optional<FileClasses> classes;
  if (list) classes = changeOf(*list);
  TouchedFile& file = fileState(
      path, pictures.empty() ? list->state.hash : touched_.at(pictures.front()).firstHash);
  const bool shared = writer_->isShared();
  const auto keyOf = [&](std::size_t picture) { return shared ? picture : 0; };
  std::vector<LabelChange> changes;
  std::deque<Annotation> translations;
  std::deque<FollowedClasses> followed;
  // What is undone comes back with all that it had: a file of its own is changed from how it was
  // read, not from how it is.
  const std::optional<std::string> read =
      known && !pictures.empty() ? asRead(path, file, pictures) : std::nullopt;
  const bool whole = read && shared && isAsRead(file, withFileOf(pictures.front()));
  if (whole) pictures = withFileOf(pictures.front());
  bool anothers = false;
  for (const std::size_t picture : pictures) {
    const TouchedPicture& state = touched_.at(picture);
    LabelChange change{picture, nullptr, state.now.get()};
    const auto tell = [&](const AnnotationPtr& says, const ClassListPtr& in) {
      change.before =
          in == classes_ ? says.get() : &translations.emplace_back(translated(*says, *in));
      if (in != classes_) change.followed = &followed.emplace_back(followedFrom(*in));
    };
    const auto section = file.sections.find(keyOf(picture));
    anothers = anothers ||
               (known && section != file.sections.end() && section->second.writtenFor != picture);
    if (read && shared && classes_ == start_) {
      change.read = &*read;
      change.said = state.first.get();
    }
    if (read && !shared) {
      tell(state.first, start_);
    } else if (known && section != file.sections.end()) {
      tell(section->second.says, section->second.in);
      change.objects = section->second.objects;
    } else if (known && !file.overruled) {
      tell(state.first, start_);
    }
    changes.push_back(std::move(change));
  }
  std::optional<std::string> out;
  try {
    if (whole)
      out = *read;
    else
      out = writer_->write(read && !shared ? read : bytes, dataset_, changes,
                           classes ? &*classes : nullptr);
  } catch (...) {
    dataset_.classes.resize(classes_->size());
    throw;
  }
  dataset_.classes.resize(classes_->size());
  if (whole) {
    for (LabelChange& change : changes)
      change.objects.reset();
    if (classes) classes->gone.clear();
  }
  if (anothers && out != bytes) return false;
  const std::uint64_t hash = out ? contentHash(*out) : 0;
  const bool overruled = file.overruled || (shared && !known);
  SaveRecord save{hash, {}, overruled};
  if (list) {
    save.file = list->file.path;
    save.gone = classes->gone;
  }
  for (const LabelChange& change : changes)
    save.parts.push_back({pathOf(change.picture), change.objects, std::nullopt});
  // The journal first: whichever of the two states a crash leaves the file in is then known.
  record({std::move(save)});
  journal_->flush();
  try {
    markVerified(changes, &TouchedPicture::now);
    if (out != bytes) {
      if (bytes) keepBackup(path, *bytes, !known);
      if (bytes && file.firstHash != 0 && file.hash == file.firstHash &&
          contentHash(*bytes) == file.firstHash)
        keepAsRead(path, *bytes);
      replaceFile(path, out);
    }
  } catch (const Error&) {
    takeSaveBack(changes);
    throw;
  }
  for (LabelChange& change : changes) {
    TouchedPicture& state = touched_.at(change.picture);
    state.saved = state.now;
    state.savedIn = classes_;
    // It says the same for another picture: that one goes on from there.
    if (!anothers)
      file.sections[keyOf(change.picture)] = {change.picture, state.now, classes_,
                                              std::move(change.objects)};
    file.pictures.insert(change.picture);
  }
  file.hash = hash;
  file.overruled = overruled;
  if (list) list->state = {hash, classes_, std::move(classes->gone)};
  return true;
}

void LabelStore::markVerified(const std::vector<LabelChange>& changes,
                              AnnotationPtr TouchedPicture::*as) {
  if (!verified_) return;
  for (const LabelChange& change : changes)
    verified_->set(pathOf(change.picture), (touched_.at(change.picture).*as)->verified);
  verified_->flush();
}

void LabelStore::takeSaveBack(const std::vector<LabelChange>& changes) {
  try {
    record({NotSavedRecord{}});
    markVerified(changes, &TouchedPicture::saved);
  } catch (const Error&) {
    // The journal is to be written anew, from what is in memory.
  }
}

std::optional<std::string> LabelStore::bytesOf(const fs::path& file) {
  std::error_code code;
  if (!fs::exists(file, code) && !code) return std::nullopt;
  return readFile(file);
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

std::vector<std::vector<std::size_t>> LabelStore::unsavedByFile() const {
  std::vector<std::vector<std::size_t>> groups;
  std::map<int, std::size_t> ofFile;
  for (const std::size_t picture : unsaved()) {
    if (!writer_->isShared()) {
      groups.push_back({picture});
      continue;
    }
    const auto [known, fresh] = ofFile.emplace(dataset_.pictures[picture].labelFile, groups.size());
    if (fresh) groups.emplace_back();
    groups[known->second].push_back(picture);
  }
  return groups;
}

}  // namespace boxwright
