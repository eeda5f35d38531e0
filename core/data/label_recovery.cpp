// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/label_recovery.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <variant>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/class_list.h"
#include "core/data/class_recovery.h"
#include "core/data/content_hash.h"
#include "core/data/label_record.h"

namespace boxwright {
namespace {

struct Played {
  AnnotationPtr first, now;
  std::uint64_t hash = 0;  ///< of its label file before the first edit
  std::string file = {};   ///< as BaseRecord's
};

/// What one of the saves was to make of a label file.
struct PlayedSave {
  struct Part {
    std::string picture;
    std::optional<LabelSlots> objects;
    AnnotationPtr annotation;
    ClassListPtr classes;  ///< of the annotation; null: those at the start
  };
  std::uint64_t hash = 0;
  std::vector<Part> parts;
  bool overruled = false;
  std::string file = {};  ///< as SaveRecord's
};

AnnotationPtr shared(Annotation annotation) {
  return std::make_shared<const Annotation>(std::move(annotation));
}

bool changesClasses(const LabelRecord& record) {
  if (const auto* edit = std::get_if<EditRecord>(&record)) return edit->classes != nullptr;
  if (const auto* save = std::get_if<SaveRecord>(&record))
    return std::any_of(save->parts.begin(), save->parts.end(),
                       [](const SaveRecord::Part& part) { return part.classes != nullptr; });
  return std::holds_alternative<ClassFileRecord>(record);
}

/// What label files say: of pictures by their paths, boxes by their ids with their classes; classes
/// of the whole picture have the id 0.
using SaidClasses = std::map<std::string, std::set<std::pair<std::uint32_t, int>>>;

void note(SaidClasses& said, const std::string& picture, const Annotation& annotation) {
  auto& classes = said[picture];
  for (const Box& box : annotation.boxes)
    classes.emplace(box.id, box.classId);
  for (const int id : annotation.imageClasses)
    classes.emplace(0, id);
}

/// Plays records; pictures go by their paths.
class Player {
 public:
  /// `own`: the journal's classes count, not the dataset's. `said`: where classes are numbers and
  /// the list has changed since: what the files say keeps its number, all else goes by its name.
  Player(const Dataset& dataset, bool own, const SaidClasses* said = nullptr)
      : dataset_(dataset), own_(own), said_(said), classes_(own ? ClassNames() : dataset.classes) {}

  /// False where the record does not follow from those before it.
  bool play(LabelRecord record) {
    return std::visit([this](auto& r) { return take(r); }, record);
  }

  std::int64_t generation() const { return generation_; }
  ClassListPtr start() const { return own_ ? start_ : listedClasses(classes_); }
  /// Null: those at the start.
  const ClassListPtr& now() const { return now_; }
  /// Of a class that its number does not stand for any more.
  bool renamed = false;
  std::unordered_map<std::string, Played> pictures;
  std::vector<PlayedSave> saves;
  PlayedClassFiles classFiles;
  /// An edit's pictures have their number in `paths`.
  EditHistory history;
  std::vector<std::string> paths;

 private:
  bool take(BeginRecord& begin) {
    generation_ = begin.generation;
    if (own_) {
      start_ = now_ = std::make_shared<const ClassList>(std::move(begin.classes));
      highest_ = start_->size();
      for (const auto& [file, hash] : begin.classFiles)
        classFiles[file] = {{hash, start_, {}}};
    } else if (said_) {
      for (ListedClass& listed : begin.classes)
        names_.push_back(std::move(listed.name));
    } else {
      for (const ListedClass& listed : begin.classes)
        map(listed.name);
    }
    return true;
  }

  bool take(ClassFileRecord& record) {
    classFiles[record.file].push_back(
        {record.hash, record.classes ? record.classes : now_, std::move(record.gone)});
    return true;
  }

  bool take(BaseRecord& base) {
    if (!renumber(base.annotation, base.picture)) return false;
    const AnnotationPtr annotation = shared(std::move(base.annotation));
    if (!pictures.emplace(base.picture, Played{annotation, annotation, base.hash, base.file})
             .second)
      return false;
    numbers_.emplace(base.picture, paths.size());
    paths.push_back(base.picture);
    return true;
  }

  bool take(EditRecord& record) {
    Edit edit{record.name, {}};
    if (record.classes) {
      if (*record.classes->before != *now_) return false;
      highest_ = std::max(highest_, record.classes->after->size());
      edit.classes = std::move(record.classes);
    }
    for (const std::string& path : record.following) {
      const auto found = pictures.find(path);
      if (found == pictures.end() || !edit.classes) return false;
      const AnnotationPtr& before = found->second.now;
      Annotation after = withClasses(*before, edit.classes->to);
      edit.pictures.push_back(
          {numbers_.at(path), before, after == *before ? before : shared(std::move(after))});
    }
    for (auto& [path, change] : record.pictures) {
      const auto found = pictures.find(path);
      if (found == pictures.end() || !renumber(change, path)) return false;
      std::optional<Annotation> after = changed(*found->second.now, change);
      if (!after) return false;
      edit.pictures.push_back({numbers_.at(path), found->second.now, shared(std::move(*after))});
    }
    put(edit, true);
    history.push(std::move(edit));
    return true;
  }

  bool take(UndoRecord&) {
    const Edit* const edit = history.undo();
    if (edit) put(*edit, false);
    return edit != nullptr;
  }

  bool take(RedoRecord&) {
    const Edit* const edit = history.redo();
    if (edit) put(*edit, true);
    return edit != nullptr;
  }

  bool take(SaveRecord& save) {
    PlayedSave played{save.hash, {}, save.overruled, save.file};
    for (SaveRecord::Part& part : save.parts) {
      const auto found = pictures.find(part.picture);
      if (part.classes) highest_ = std::max(highest_, part.classes->size());
      if (found == pictures.end() || (part.annotation && !renumber(*part.annotation, part.picture)))
        return false;
      played.parts.push_back(
          {part.picture, std::move(part.objects),
           part.annotation ? shared(std::move(*part.annotation)) : found->second.now,
           part.annotation ? std::move(part.classes) : now_});
    }
    if (own_ && !save.file.empty())
      classFiles[save.file].push_back(
          {save.hash, save.classes ? save.classes : now_, std::move(save.gone)});
    saves.push_back(std::move(played));
    return true;
  }

  bool take(NotSavedRecord&) {
    if (saves.empty()) return false;
    saves.pop_back();
    return true;
  }

  void put(const Edit& edit, bool forward) {
    for (const PictureEdit& picture : edit.pictures)
      pictures.at(paths[picture.picture]).now = forward ? picture.after : picture.before;
    if (edit.classes) now_ = forward ? edit.classes->after : edit.classes->before;
  }

  /// The next of the journal's classes is this one.
  void map(const std::string& name) {
    // Names may be there twice: the one at the same place first.
    const std::size_t place = ids_.size();
    const bool numbers = dataset_.format == "darknet" || dataset_.format == "ultralytics";
    auto found = place < classes_.size() && (numbers || classes_[place] == name)
                     ? classes_.begin() + static_cast<std::ptrdiff_t>(place)
                 : numbers ? classes_.end()
                           : std::find(classes_.begin(), classes_.end(), name);
    if (found == classes_.end()) {
      if (dataset_.classesListed) failWithout(name);
      found = classes_.insert(classes_.end(), name);
    }
    ids_.push_back(static_cast<int>(found - classes_.begin()));
  }

  [[noreturn]] void failWithout(const std::string& name) const {
    throw Error("labels that were not saved have the class '" + name +
                    "', which is not in the dataset's list any more",
                utf8(dataset_.root), "put it back into the list and open the dataset again");
  }

  /// As the constructor says.
  bool renumberByName(const std::string& picture, std::uint32_t box, int& id) {
    const auto place = static_cast<std::size_t>(id);
    if (id < 0 || place >= names_.size()) return false;
    const bool there = place < classes_.size();
    if (there && (classes_[place] == names_[place] || names_[place] == std::to_string(id)))
      return true;
    const auto known = said_->find(picture);
    if (there && known != said_->end() && known->second.contains({box, id})) return true;
    const auto found = std::find(classes_.begin(), classes_.end(), names_[place]);
    if (found == classes_.end()) failWithout(names_[place]);
    id = static_cast<int>(found - classes_.begin());
    renamed = true;
    return true;
  }

  bool renumber(const std::string& picture, std::uint32_t box, int& id) {
    if (said_) return renumberByName(picture, box, id);
    if (own_) return id >= 0 && static_cast<std::size_t>(id) < highest_;
    if (id < 0 || static_cast<std::size_t>(id) >= ids_.size()) return false;
    id = ids_[static_cast<std::size_t>(id)];
    return true;
  }

  bool renumber(std::vector<int>& ids, const std::string& picture) {
    return std::all_of(ids.begin(), ids.end(), [&](int& id) { return renumber(picture, 0, id); });
  }

  bool renumber(Annotation& annotation, const std::string& picture) {
    return renumber(annotation.imageClasses, picture) &&
           std::all_of(annotation.boxes.begin(), annotation.boxes.end(),
                       [&](Box& box) { return renumber(picture, box.id, box.classId); });
  }

  bool renumber(AnnotationChange& change, const std::string& picture) {
    const auto all = [&](std::vector<AnnotationChange::PlacedBox>& boxes) {
      return std::all_of(boxes.begin(), boxes.end(), [&](auto& placed) {
        return renumber(picture, placed.box.id, placed.box.classId);
      });
    };
    return all(change.removed) && all(change.added) &&
           renumber(change.before.imageClasses, picture) &&
           renumber(change.after.imageClasses, picture);
  }

  const Dataset& dataset_;
  bool own_;
  const SaidClasses* said_;
  ClassNames names_;  ///< the journal's, where `said_` counts
  ClassListPtr start_, now_;
  std::size_t highest_ = 0;  ///< number of classes, so far
  ClassNames classes_;
  std::vector<int> ids_;  ///< the dataset's of each of the journal's classes
  std::unordered_map<std::string, std::size_t> numbers_;
  std::int64_t generation_ = 0;
};

std::uint64_t hashOf(const std::filesystem::path& file) {
  std::error_code code;
  return std::filesystem::exists(file, code) ? contentHash(readFile(file)) : 0;
}

/// The number of a shared label file, which joins the others where it is not among them.
int labelFileNamed(Dataset& dataset, const std::string& file) {
  const auto found = std::find(dataset.labelFiles.begin(), dataset.labelFiles.end(), file);
  const auto place = static_cast<int>(found - dataset.labelFiles.begin());
  if (found == dataset.labelFiles.end()) dataset.labelFiles.push_back(file);
  return place;
}

/// The edits but for those of pictures that have no index; those that are left with none go.
EditHistory kept(EditHistory history, const std::vector<std::optional<std::size_t>>& indices) {
  const std::size_t inForce = history.inForce();
  while (history.redo()) {
  }
  std::vector<Edit> edits;
  while (const Edit* edit = history.undo())
    edits.push_back(*edit);
  std::reverse(edits.begin(), edits.end());
  EditHistory result;
  std::size_t undone = 0;
  for (std::size_t i = 0; i < edits.size(); ++i) {
    Edit edit{std::move(edits[i].name), {}, edits[i].classes};
    for (PictureEdit& picture : edits[i].pictures) {
      if (const auto index = indices[picture.picture])
        edit.pictures.push_back({*index, std::move(picture.before), std::move(picture.after)});
    }
    if (edit.pictures.empty() && !edit.classes) continue;
    result.push(std::move(edit));
    if (i >= inForce) ++undone;
  }
  for (; undone > 0; --undone)
    result.undo();
  return result;
}

/// An annotation, and the classes that it is told with; null: those at the start.
struct Said {
  AnnotationPtr annotation;
  ClassListPtr classes;
};

/// Whether all records made sense.
bool playAll(Player& player, std::vector<std::optional<LabelRecord>> records) {
  for (std::optional<LabelRecord>& record : records) {
    const bool begins = &record == &records.front();
    if (!record || std::holds_alternative<BeginRecord>(*record) != begins ||
        !player.play(std::move(*record)))
      return false;
  }
  return true;
}

/// The file that lists the names.
std::string listPath(const Dataset& dataset) {
  const auto list =
      std::find_if(dataset.classFiles.begin(), dataset.classFiles.end(),
                   [](const ClassFile& file) { return file.kind != ClassFile::Kind::Count; });
  return list == dataset.classFiles.end() ? std::string() : list->path;
}

/// Whether a number of the journal's classes stands for another one in the list of now.
bool listHasChanged(const std::optional<LabelRecord>& first, const ClassNames& now) {
  const auto* const begin = first ? std::get_if<BeginRecord>(&*first) : nullptr;
  if (!begin) return false;
  const ClassNames before = namesOf(begin->classes);
  return before.size() > now.size() || !std::equal(before.begin(), before.end(), now.begin());
}

/// What the label files have said and say, as far as the journal tells.
SaidClasses saidClasses(const std::vector<std::optional<LabelRecord>>& records,
                        const Dataset& dataset, const LabelWriter& writer,
                        const PictureTrash& trash) {
  Player player(dataset, true);  // all classes as they are in the journal
  playAll(player, records);
  if (!player.saves.empty()) {
    // Killed between the record and the file it has not been written.
    const PlayedSave& last = player.saves.back();
    const auto written = [&](const PlayedSave::Part& part) {
      for (std::size_t i = 0; i < dataset.pictures.size(); ++i) {
        if (dataset.pictures[i].path != part.picture) continue;
        try {
          return hashOf(trash.now(writer.fileOf(dataset, i))) == last.hash;
        } catch (const Error&) {
          return false;
        }
      }
      return false;
    };
    if (std::none_of(last.parts.begin(), last.parts.end(), written)) player.saves.pop_back();
  }
  SaidClasses said;
  for (const auto& [path, picture] : player.pictures)
    note(said, path, *picture.first);
  for (const PlayedSave& save : player.saves) {
    for (const PlayedSave::Part& part : save.parts)
      note(said, part.picture, *part.annotation);
  }
  return said;
}

/// A label file and what the journal tells of it.
struct PlayedFile {
  std::vector<std::size_t> pictures;  ///< by their number in the journal
  std::vector<const PlayedSave*> saves;
  std::uint64_t firstHash = 0;

  std::uint64_t hashAfter(std::size_t saved) const {
    return saved == 0 ? firstHash : saves[saved - 1]->hash;
  }
  /// After how many of the saves the file has this hash, the most; nothing where after none.
  std::optional<std::size_t> matching(std::uint64_t hash) const {
    for (std::size_t saved = saves.size() + 1; saved-- > 0;) {
      if (hashAfter(saved) == hash) return saved;
    }
    return std::nullopt;
  }
  /// What was saved of each picture, and with which of the saves, counted from 1.
  std::unordered_map<std::string, std::vector<std::pair<std::size_t, Said>>> parts;

  void add(const PlayedSave& save) {
    saves.push_back(&save);
    for (const PlayedSave::Part& part : save.parts)
      parts[part.picture].emplace_back(saves.size(), Said{part.annotation, part.classes});
  }
  /// What was saved of a picture within so many saves; else what it says at first.
  Said savedOf(const std::string& picture, const Played& played, std::size_t within) const {
    Said said{played.first, nullptr};
    const auto found = parts.find(picture);
    if (found == parts.end()) return said;
    for (const auto& [save, then] : found->second) {
      if (save <= within) said = then;
    }
    return said;
  }
};

}  // namespace

RecoveredLabels recoverLabels(const std::vector<std::string>& records, Dataset& dataset,
                              const LabelWriter& writer, const PictureTrash& trash) {
  RecoveredLabels recovered;
  std::vector<std::optional<LabelRecord>> played;
  bool own = false;
  for (const std::string& line : records) {
    played.push_back(labelRecordFrom(line));
    own = own || (played.back() && changesClasses(*played.back()));
  }
  const ClassKey key = classKeyOf(dataset.format);
  std::optional<SaidClasses> inFiles;
  if (!own && key == ClassKey::Number && dataset.classesListed && !played.empty() &&
      listHasChanged(played.front(), dataset.classes))
    inFiles = saidClasses(played, dataset, writer, trash);
  Player player(dataset, own, inFiles ? &*inFiles : nullptr);
  recovered.whole = playAll(player, std::move(played));
  if (player.renamed)
    recovered.problems.push_back(
        {listPath(dataset), 0, Severity::Warning,
         "the classes stand in another order than when labels were drawn that are not saved yet: "
         "those are here again by the names of their classes"});
  recovered.generation = player.generation();
  recovered.start = player.start();
  recovered.classes = player.now() ? player.now() : recovered.start;
  recoverClassFiles(recovered, dataset, player.classFiles);
  const auto says = [&](const Said& said, const Annotation& now) {
    const ClassListPtr& in = said.classes ? said.classes : recovered.start;
    if (in == recovered.classes || key == ClassKey::Number) return *said.annotation == now;
    return withClasses(*said.annotation, placesIn(*in, *recovered.classes, key)) == now;
  };
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < dataset.pictures.size(); ++i) {
    if (player.pictures.contains(dataset.pictures[i].path))
      places.emplace(dataset.pictures[i].path, i);
  }

  std::map<std::filesystem::path, PlayedFile> files;
  std::unordered_map<std::string, PlayedFile*> fileOf;
  PlayedFile gone;  // of pictures that have gone
  for (std::size_t number = 0; number < player.paths.size(); ++number) {
    const std::string& path = player.paths[number];
    const auto place = places.find(path);
    const std::string& shared = player.pictures.at(path).file;
    if (place != places.end() && !shared.empty())
      dataset.pictures[place->second].labelFile = labelFileNamed(dataset, shared);
    PlayedFile& file = place == places.end() ? gone : files[writer.fileOf(dataset, place->second)];
    if (file.pictures.empty()) file.firstHash = player.pictures.at(path).hash;
    file.pictures.push_back(number);
    fileOf.emplace(path, &file);
  }
  for (const PlayedSave& save : player.saves) {
    std::vector<PlayedFile*> told;
    for (const PlayedSave::Part& part : save.parts) {
      PlayedFile* const file = fileOf.at(part.picture);
      if (std::find(told.begin(), told.end(), file) == told.end()) told.push_back(file);
    }
    const auto listing = files.find(dataset.root / pathFromUtf8(save.file));
    if (!save.file.empty() && told.empty() && listing != files.end())
      told.push_back(&listing->second);
    for (PlayedFile* file : told)
      file->add(save);
  }

  for (const std::size_t number : gone.pictures) {
    const std::string& path = player.paths[number];
    const Played& picture = player.pictures.at(path);
    if (!says(gone.savedOf(path, picture, gone.saves.size()), *picture.now))
      recovered.lost.push_back(path);
  }
  std::vector<std::optional<std::size_t>> indices(player.paths.size());
  for (const auto& [path, file] : files) {
    std::optional<std::size_t> match;
    try {
      match = file.matching(hashOf(trash.now(path)));
    } catch (const Error& error) {
      recovered.problems.push_back(
          {shownPath(dataset.root, path), 0, Severity::Error,
           error.problem() +
               ": labels that were not saved are here again, but cannot be saved into it" +
               (error.advice().empty() ? "" : " (" + error.advice() + ")")});
    }
    const std::size_t all = file.saves.size();
    if (match != all) recovered.interrupted.push_back(path);
    const std::size_t saved = match.value_or(all);
    TouchedFile touched{file.firstHash, file.hashAfter(saved), {}, {}, false};
    bool any = false;
    for (const std::size_t number : file.pictures) {
      const std::string& picture = player.paths[number];
      const Played& labels = player.pictures.at(picture);
      // Of what was saved last nothing is lost: who wrote after it had it before their eyes.
      if (!match && says(file.savedOf(picture, labels, all), *labels.now)) continue;
      const Said then = file.savedOf(picture, labels, saved);
      indices[number] = places.at(picture);
      any = true;
      recovered.touched.emplace(
          places.at(picture),
          TouchedPicture{labels.first, file.firstHash, labels.now, then.annotation,
                         then.classes ? then.classes : recovered.start, trash.holds(picture)});
    }
    for (std::size_t i = 0; i < saved; ++i) {
      for (const PlayedSave::Part& part : file.saves[i]->parts) {
        const auto place = places.find(part.picture);
        if (place == places.end()) continue;
        touched.sections[writer.isShared() ? place->second : 0] = {
            place->second, part.annotation, part.classes ? part.classes : recovered.start,
            part.objects};
        touched.pictures.insert(place->second);
      }
      touched.overruled = touched.overruled || file.saves[i]->overruled;
    }
    if (any) recovered.files.emplace(path, std::move(touched));
  }
  recovered.history = kept(std::move(player.history), indices);
  if (own) renumberUntouched(recovered, dataset, writer);
  return recovered;
}

}  // namespace boxwright
