// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the store that is about the classes and the files that list them.
#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/content_hash.h"
#include "core/data/label_store.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

const ListedClass* classIn(const ClassList& classes, int identity) {
  const auto found = std::find_if(classes.begin(), classes.end(), [&](const ListedClass& listed) {
    return listed.identity == identity;
  });
  return found == classes.end() ? nullptr : &*found;
}

/// Of each class of a list, its id now, or that of the class that it became part of; -1: it went.
std::vector<int> followed(const ClassList& from, const ClassList& now, EditHistory history) {
  std::vector<ClassChangePtr> changes;
  while (const Edit* const edit = history.undo())
    if (edit->classes) changes.push_back(edit->classes);
  std::vector<int> to;
  for (const ListedClass& listed : from) {
    int identity = listed.identity;
    for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
      const ClassList &before = *(*change)->before, &after = *(*change)->after;
      const ListedClass* const then = classIn(before, identity);
      if (classIn(now, identity) || !then || classIn(after, identity)) continue;
      const int place = (*change)->to[static_cast<std::size_t>(then - before.data())];
      if (place >= 0) identity = after[static_cast<std::size_t>(place)].identity;
    }
    const ListedClass* const found = classIn(now, identity);
    to.push_back(found ? static_cast<int>(found - now.data()) : -1);
  }
  return to;
}

/// Not the same with classes at the end more or less.
bool areOthers(const ClassList& before, const ClassList& now) {
  const std::size_t both = std::min(before.size(), now.size());
  return !std::equal(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(both),
                     now.begin());
}

}  // namespace

void LabelStore::setClasses(const ClassListPtr& classes) {
  classes_ = *classes == *start_ ? start_ : classes;
  dataset_.classes = namesOf(*classes);
  toNow_.clear();
  looked_ = false;
}

const std::vector<int>& LabelStore::toNow(const ClassListPtr& from) const {
  const auto [known, fresh] = toNow_.try_emplace(from);
  if (fresh) known->second = placesIn(*from, *classes_, key_);
  return known->second;
}

Annotation LabelStore::translated(const Annotation& annotation, const ClassList& in) {
  std::vector<int> to = placesIn(in, *classes_, key_);
  for (std::size_t i = 0; i < to.size(); ++i) {
    if (to[i] < 0) {
      to[i] = static_cast<int>(dataset_.classes.size());
      dataset_.classes.push_back(in[i].name);
    }
    while (static_cast<std::size_t>(to[i]) >= dataset_.classes.size())
      dataset_.classes.push_back(in[i].name);
  }
  return withClasses(annotation, to);
}

FollowedClasses LabelStore::followedFrom(const ClassList& in) const {
  FollowedClasses classes{followed(in, *classes_, history_), {}};
  for (std::size_t i = 0; i < in.size(); ++i) {
    const int to = classes.numbers[i];
    if (to < 0) continue;
    const std::string& name = (*classes_)[static_cast<std::size_t>(to)].name;
    if (name != in[i].name) classes.names.emplace(in[i].name, name);
  }
  return classes;
}

fs::path LabelStore::pathOf(const ListFile& list) const {
  return dataset_.root / pathFromUtf8(list.file.path);
}

const LabelStore::ListFile* LabelStore::listIn(const fs::path& labelFile) const {
  const auto found = std::find_if(lists_.begin(), lists_.end(), [&](const ListFile& list) {
    return list.file.kind == ClassFile::Kind::Labels && pathOf(list) == labelFile;
  });
  return found == lists_.end() ? nullptr : &*found;
}

LabelStore::ListFile* LabelStore::listIn(const fs::path& labelFile) {
  return const_cast<ListFile*>(std::as_const(*this).listIn(labelFile));
}

FileClasses LabelStore::changeOf(const ListFile& list) const {
  const ClassListPtr& says = list.state.says;
  FileClasses classes{list.file.path, says, classes_, {}, list.state.gone};
  if (classes.change()) classes.to = followed(*says, *classes_, history_);
  return classes;
}

bool LabelStore::isSaved(const ListFile& list) const {
  const ClassListPtr& says = list.state.says;
  switch (list.file.kind) {
    case ClassFile::Kind::Count:
      return says->size() == classes_->size();
    case ClassFile::Kind::Labels:
      return says == classes_ || *says == *classes_;
    default:
      return says == classes_ || namesOf(*says) == dataset_.classes;
  }
}

bool LabelStore::classesSaved() const {
  return std::all_of(lists_.begin(), lists_.end(),
                     [this](const ListFile& list) { return isSaved(list); });
}

bool LabelStore::isRenumbered(const TouchedPicture& state) const {
  return key_ == ClassKey::Number && state.savedIn != classes_ && !isSaved(state);
}

bool LabelStore::listsConflict() const {
  return std::any_of(lists_.begin(), lists_.end(), [this](const ListFile& list) {
    if (isSaved(list)) return false;
    const std::optional<std::string> bytes = bytesOf(pathOf(list));
    return (bytes ? contentHash(*bytes) : 0) != list.state.hash;
  });
}

bool LabelStore::isReclassed(const TouchedPicture& state) const {
  return !isSaved(state) && areOthers(*state.savedIn, *classes_);
}

bool LabelStore::changesClassesOf(std::size_t picture) const {
  for (const std::size_t other : withFileOf(picture))
    if (isReclassed(touched_.at(other))) return true;
  const ListFile* const list = listIn(writer_->fileOf(dataset_, picture));
  return list && !isSaved(*list) && areOthers(*list->state.says, *classes_);
}

bool LabelStore::changesClasses() const {
  return std::any_of(lists_.begin(), lists_.end(),
                     [this](const ListFile& list) {
                       return !isSaved(list) && areOthers(*list.state.says, *classes_);
                     }) ||
         std::any_of(touched_.begin(), touched_.end(),
                     [this](const auto& touched) { return isReclassed(touched.second); });
}

bool LabelStore::isForeign(const fs::path& file, std::size_t picture) const {
  const auto known = files_.find(file);
  const auto touched = touched_.find(picture);
  std::uint64_t hash = dataset_.pictures[picture].labelHash;
  if (touched != touched_.end()) hash = touched->second.firstHash;
  if (known != files_.end()) hash = known->second.hash;
  try {
    const std::optional<std::string> bytes = bytesOf(file);
    return (bytes ? contentHash(*bytes) : 0) != hash;
  } catch (const Error&) {
    return false;  // it is told when it is to be written
  }
}

void LabelStore::lookForOthers() {
  if (looked_) return;
  looked_ = true;
  const bool some = !foreign_.empty();
  std::erase_if(foreign_, [this](const auto& f) { return !isForeign(f.first, f.second); });
  if (!foreign_.empty() || (lookedFor_ == classes_ && !some)) return;
  std::set<fs::path> seen;
  for (std::size_t i = 0; i < dataset_.pictures.size(); ++i) {
    const Picture& picture = dataset_.pictures[i];
    const auto touched = touched_.find(i);
    const bool known = touched != touched_.end();
    if (known ? touched->second.inTrash || touched->second.now->trashed
              : picture.annotation->trashed)
      continue;
    // Of a picture that cannot be read neither was its label.
    if (!known && picture.labelHash == 0 && picture.width == 0) continue;
    fs::path file = writer_->fileOf(dataset_, i);
    if (!seen.insert(file).second) continue;
    if (isForeign(file, i)) foreign_.emplace(std::move(file), i);
  }
  lookedFor_ = classes_;
}

std::vector<std::size_t> LabelStore::classConflicts() {
  std::vector<std::size_t> pictures;
  if (!changesClasses()) return pictures;
  lookForOthers();
  for (const auto& [file, picture] : foreign_)
    pictures.push_back(picture);
  return pictures;
}

LabelStore::Outcome LabelStore::saveClasses() {
  if (classesSaved()) return Outcome::Same;
  if (listsConflict()) {
    looked_ = false;
    return Outcome::Conflict;
  }
  const bool waits = std::any_of(touched_.begin(), touched_.end(), [this](const auto& touched) {
    return isRenumbered(touched.second) || isReclassed(touched.second);
  });
  if (waits || !classConflicts().empty()) {
    looked_ = false;
    return Outcome::Waits;
  }
  Outcome outcome = Outcome::Same;
  for (ListFile& list : lists_) {
    if (isSaved(list)) continue;
    const std::optional<std::string> bytes = bytesOf(pathOf(list));
    const std::uint64_t hash = list.file.kind == ClassFile::Kind::Labels
                                   ? fileState(pathOf(list), list.state.hash).hash
                                   : list.state.hash;
    if ((bytes ? contentHash(*bytes) : 0) != hash) {
      outcome = Outcome::Conflict;
    } else {
      write(list, bytes, true);
      if (outcome == Outcome::Same) outcome = Outcome::Saved;
    }
  }
  return outcome;
}

void LabelStore::overruleClasses() {
  for (ListFile& list : lists_) {
    if (isSaved(list)) continue;
    const std::optional<std::string> bytes = bytesOf(pathOf(list));
    if (key_ != ClassKey::Number) {
      write(list, bytes, false);
      continue;
    }
    // It is known now, and written when the labels that go with it are.
    if (bytes) keepBackup(pathOf(list), *bytes, true);
    list.state.hash = bytes ? contentHash(*bytes) : 0;
  }
  saveClasses();
}

void LabelStore::write(ListFile& list, const std::optional<std::string>& bytes, bool known) {
  const fs::path file = pathOf(list);
  if (list.file.kind == ClassFile::Kind::Labels)
    return (void)write(file, bytes, known ? std::vector<std::size_t>() : touchedIn(list.file.path),
                       known);
  // One that was made here goes again with what it was made for.
  std::optional<std::string> out;
  if (list.file.hash != 0 || dataset_.classes != namesOf(*start_))
    out = withClassNames(list.file.kind, bytes, dataset_.classes, utf8(file));
  const std::uint64_t hash = out ? contentHash(*out) : 0;
  record({ClassFileRecord{list.file.path, hash}});
  journal_->flush();
  if (bytes) keepBackup(file, *bytes, !known);
  if (out != bytes) replaceFile(file, out);
  list.state = {hash, classes_};
}

}  // namespace boxwright
