// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/class_recovery.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>

namespace boxwright {
namespace {

/// The history goes, the state stays: what it begins with is what is there now, and what the label
/// files say stands with each of them.
void endHistory(RecoveredLabels& recovered, const Dataset& dataset, const LabelWriter& writer) {
  recovered.historyGone = true;
  recovered.history = {};
  for (auto& [picture, touched] : recovered.touched) {
    TouchedFile& file = recovered.files.at(writer.fileOf(dataset, picture));
    file.sections.try_emplace(
        writer.isShared() ? picture : 0,
        TouchedFile::Section{picture, touched.first, recovered.start, std::nullopt});
    file.pictures.insert(picture);
    touched.first = touched.now;
    // What it begins with now is not what was read.
    touched.firstHash = file.firstHash = 0;
  }
}

/// The dataset's classes as one of its label files has them, where that lists its own: as it was
/// left, so that they are ours whatever they are called and wherever they stand by now.
ClassList classesAsRead(const RecoveredLabels& recovered, const Dataset& dataset, int file) {
  ClassList classes = *listedClasses(dataset.classes);
  const auto list =
      file < 0 ? recovered.classFiles.end()
               : recovered.classFiles.find(dataset.labelFiles[static_cast<std::size_t>(file)]);
  if (list == recovered.classFiles.end()) return classes;
  const ClassList& says = *list->second.says;
  const std::vector<int> places = placesIn(classes, says, ClassKey::Name);
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const bool same = i < says.size() && says[i].name == classes[i].name;
    const auto place = same ? i : static_cast<std::size_t>(places[i]);
    classes[i].identity = same || places[i] >= 0 ? says[place].identity : -1;
  }
  return classes;
}

/// Which of the classes no edit of the history gives another id or, where labels go by it, name.
std::vector<bool> steadyClasses(const EditHistory& history, std::size_t count, ClassKey key) {
  std::vector<bool> steady(count, true);
  const auto look = [&](const Edit& edit) {
    if (!edit.classes) return;
    const ClassList &before = *edit.classes->before, &after = *edit.classes->after;
    for (std::size_t i = 0; i < count; ++i) {
      const bool stays = i < before.size() && i < after.size() &&
                         edit.classes->to[i] == static_cast<int>(i) &&
                         (key != ClassKey::Name || before[i].name == after[i].name);
      if (!stays) steady[i] = false;
    }
  };
  for (EditHistory past = history; const Edit* edit = past.undo();)
    look(*edit);
  for (EditHistory coming = history; const Edit* edit = coming.redo();)
    look(*edit);
  return steady;
}

}  // namespace

void recoverClassFiles(RecoveredLabels& recovered, const Dataset& dataset,
                       const PlayedClassFiles& files) {
  for (const ClassFile& file : dataset.classFiles) {
    const auto played = files.find(file.path);
    auto& state = recovered.classFiles[file.path];
    if (played == files.end()) {
      state = {file.hash, listedClasses(dataset.classes)};
      continue;
    }
    // Where it is none of them somebody else has written it: saving it is a conflict.
    state = played->second.back();
    bool known = false;
    for (const ListedIn& then : played->second) {
      if (then.hash != file.hash) continue;
      state = then;
      known = true;
    }
    // What numbers stand for is what it says, until it is settled.
    if (!known && classKeyOf(dataset.format) == ClassKey::Number)
      state.says = listedClasses(dataset.classes);
  }
}

void renumberUntouched(RecoveredLabels& recovered, const Dataset& dataset,
                       const LabelWriter& writer) {
  const ClassKey key = classKeyOf(dataset.format);
  std::map<int, std::vector<int>> toOf;  // by label file, where each has a list of its own
  const auto toFor = [&](int file) -> std::vector<int>& {
    if (key != ClassKey::Identity) file = -1;
    const auto [to, fresh] = toOf.try_emplace(file);
    if (fresh)
      to->second = placesIn(classesAsRead(recovered, dataset, file), *recovered.classes, key);
    return to->second;
  };
  ClassList all = *recovered.classes;
  int identity = 0;
  for (const ClassList* list : {recovered.classes.get(), recovered.start.get()}) {
    for (const ListedClass& listed : *list)
      identity = std::max(identity, listed.identity + 1);
  }
  const std::vector<bool> steady = steadyClasses(recovered.history, recovered.classes->size(), key);
  bool known = true;
  const auto use = [&](int file, int id) {
    int& now = toFor(file).at(static_cast<std::size_t>(id));
    if (now < 0) {
      now = static_cast<int>(all.size());
      all.push_back({identity++, dataset.classes[static_cast<std::size_t>(id)]});
    }
    // Numbers stay what they are.
    while (static_cast<std::size_t>(now) >= all.size())
      all.push_back({identity++, dataset.classes[all.size()]});
    const auto place = static_cast<std::size_t>(now);
    known = known && place < steady.size() && steady[place];
  };
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < dataset.pictures.size(); ++i) {
    if (recovered.touched.contains(i)) continue;
    const Annotation& annotation = *dataset.pictures[i].annotation;
    for (const Box& box : annotation.boxes)
      use(dataset.pictures[i].labelFile, box.classId);
    for (const int id : annotation.imageClasses)
      use(dataset.pictures[i].labelFile, id);
    others.push_back(i);
  }
  for (const std::size_t i : others) {
    const Annotation& annotation = *dataset.pictures[i].annotation;
    Annotation now = withClasses(annotation, toFor(dataset.pictures[i].labelFile));
    if (now != annotation)
      recovered.renumbered.emplace_back(i, std::make_shared<const Annotation>(std::move(now)));
  }
  if (known) return;
  endHistory(recovered, dataset, writer);
  recovered.start = recovered.classes = std::make_shared<const ClassList>(std::move(all));
}

}  // namespace boxwright
