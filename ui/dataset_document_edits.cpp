// SPDX-License-Identifier: GPL-3.0-or-later
//
// The part of DatasetDocument that changes labels.
#include <algorithm>
#include <utility>

#include "core/data/class_edit.h"
#include "core/data/format_room.h"
#include "ui/dataset_document.h"

namespace boxwright::ui {
namespace {

/// How often an edit is told at most, each time for a row of pictures.
constexpr std::size_t mostTellings = 64;

std::uint32_t largestId(const Annotation& annotation) {
  std::uint32_t largest = 0;
  for (const Box& box : annotation.boxes)
    largest = std::max(largest, box.id);
  return largest;
}

}  // namespace

void DatasetDocument::setReadOnly(const QString& why) {
  if (why == readOnly_) return;
  readOnly_ = why;
  Q_EMIT editableChanged();
}

void DatasetDocument::edit(Edit edit) {
  Q_ASSERT(isEditable());
  if (!isEditable() || (edit.pictures.empty() && !edit.classes)) return;
  for ([[maybe_unused]] const PictureEdit& change : edit.pictures) {
    Q_ASSERT(change.picture < dataset_.pictures.size());
    Q_ASSERT(*dataset_.pictures[change.picture].annotation == *change.before);
  }
  counts_.erase(counts_.lower_bound(history_.inForce()), counts_.end());
  replace(edit, true);
  const Edit kept = edit;  // a slot may edit again
  history_.push(std::move(edit));
  Q_EMIT edited(kept);
  Q_EMIT historyChanged();
}

void DatasetDocument::editClasses(Edit edit, std::vector<DatasetStatistics::PerClass> after) {
  if (!isEditable() || !edit.classes) return;
  const std::size_t place = history_.inForce();
  counts_.erase(counts_.lower_bound(place), counts_.end());
  counts_[place] = {statistics_.classes, std::move(after)};
  replace(edit, true);
  const Edit kept = edit;
  history_.push(std::move(edit));
  Q_EMIT edited(kept);
  Q_EMIT historyChanged();
}

void DatasetDocument::undo() {
  if (!isEditable()) return;
  const Edit* last = history_.undo();
  if (!last) return;
  const Edit edit = *last;
  replace(edit, false);
  Q_EMIT undone(edit);
  Q_EMIT historyChanged();
}

void DatasetDocument::redo() {
  if (!isEditable()) return;
  const Edit* next = history_.redoable();
  if (!next) return;
  const Edit edit = *next;
  replace(edit, true);
  history_.redo();
  Q_EMIT redone(edit);
  Q_EMIT historyChanged();
}

void DatasetDocument::replace(const Edit& edit, bool forward) {
  snapshot_.reset();
  indexIsCurrent_ = false;
  if (edit.classes) return replaceClasses(edit, forward);
  noteIds(edit);
  std::vector<std::size_t> pictures;
  pictures.reserve(edit.pictures.size());
  for (const PictureEdit& change : edit.pictures) {
    AnnotationPtr& annotation = dataset_.pictures[change.picture].annotation;
    count(*annotation, -1);
    annotation = forward ? change.after : change.before;
    count(*annotation, 1);
    std::uint8_t& marks = marks_[change.picture];
    marks = static_cast<std::uint8_t>((marks & problemMark) | marksOf(*annotation));
    pictures.push_back(change.picture);
  }
  // Neighbours are told together, and of many that lie far apart those between them too: who hears
  // it some hundred times has long work to do, for twenty thousand there is no end.
  std::sort(pictures.begin(), pictures.end());
  const std::size_t near =
      pictures.empty() ? 1 : (pictures.back() - pictures.front()) / mostTellings + 1;
  for (std::size_t i = 0; i < pictures.size();) {
    std::size_t end = i + 1;
    while (end < pictures.size() && pictures[end] - pictures[end - 1] <= near)
      ++end;
    Q_EMIT annotationsChanged(static_cast<int>(pictures[i]),
                              static_cast<int>(pictures[end - 1] - pictures[i] + 1));
    i = end;
  }
}

void DatasetDocument::setClassList(ClassListPtr classes) {
  classList_ = std::move(classes);
  dataset_.classes = namesOf(*classList_);
  palette_ = ClassPalette(dataset_.classes, palette_.chosen());
  for (const ListedClass& listed : *classList_)
    nextIdentity_ = std::max(nextIdentity_, listed.identity + 1);
}

/// States, boxes and their ids stay as they are, so that pointers and counts are all that changes:
/// it may be every picture there is.
void DatasetDocument::replaceClasses(const Edit& edit, bool forward) {
  const ClassChange& change = *edit.classes;
  const ClassListPtr& now = forward ? change.after : change.before;
  ChosenColours colours =
      renamedColours(palette_.chosen(), forward ? *change.before : *change.after, *now);
  setClassList(now);
  const auto known = counts_.find(history_.inForce());
  const bool counted = known != counts_.end();
  std::size_t first = dataset_.pictures.size(), last = 0;
  for (const PictureEdit& picture : edit.pictures) {
    AnnotationPtr& annotation = dataset_.pictures[picture.picture].annotation;
    if (!counted) count(*annotation, -1);
    annotation = forward ? picture.after : picture.before;
    if (!counted) count(*annotation, 1);
    first = std::min(first, picture.picture);
    last = std::max(last, picture.picture);
  }
  if (counted) statistics_.classes = forward ? known->second.after : known->second.before;
  Q_EMIT classesMoved(forward ? change.to
                              : placesIn(*change.after, *change.before, ClassKey::Identity));
  Q_EMIT classesChanged();
  if (first <= last)
    Q_EMIT annotationsChanged(static_cast<int>(first), static_cast<int>(last - first + 1));
  chooseColours(std::move(colours));
}

void DatasetDocument::chooseColours(ChosenColours chosen) {
  if (chosen == palette_.chosen()) return;
  palette_ = ClassPalette(dataset_.classes, std::move(chosen));
  Q_EMIT coloursChanged();
}

void DatasetDocument::restore(LabelStore::Found found) {
  if (found.classes && *found.classes != *classList_) {
    setClassList(found.classes);
    Q_EMIT classesChanged();
  }
  Edit all;
  for (auto& [picture, annotation] : found.annotations)
    all.pictures.push_back({picture, dataset_.pictures[picture].annotation, annotation});
  replace(all, true);
  history_ = std::move(found.history);
  // Boxes and classes that an undo may bring back keep their ids to themselves.
  const auto note = [this](const Edit& edit) {
    noteIds(edit);
    if (!edit.classes) return;
    for (const ClassListPtr& list : {edit.classes->before, edit.classes->after}) {
      for (const ListedClass& listed : *list)
        nextIdentity_ = std::max(nextIdentity_, listed.identity + 1);
    }
  };
  for (EditHistory history = history_; const Edit* edit = history.undo();)
    note(*edit);
  for (EditHistory history = history_; const Edit* edit = history.redo();)
    note(*edit);
  addProblems(found.problems);
  Q_EMIT historyChanged();
}

void DatasetDocument::noteIds(const Edit& edit) {
  for (const PictureEdit& change : edit.pictures) {
    std::uint32_t& largest = largestIds_[change.picture];
    largest = std::max({largest, largestId(*change.before), largestId(*change.after)});
  }
}

std::uint32_t DatasetDocument::newBoxId(int picture) const {
  const auto index = static_cast<std::size_t>(picture);
  const auto found = largestIds_.find(index);
  return 1 + std::max(found == largestIds_.end() ? 0 : found->second,
                      largestId(*dataset_.pictures[index].annotation));
}

bool DatasetDocument::takesClasses() const {
  return isEditable() && !classesFixed(dataset_);
}

bool DatasetDocument::sharesLabelFiles() const {
  return formatRoomOf(dataset_.format).shared;
}

int DatasetDocument::addClass(const QString& name) {
  return addClasses({name}) == 1 ? static_cast<int>(dataset_.classes.size()) - 1 : -1;
}

int DatasetDocument::addClasses(const QStringList& names) {
  if (!takesClasses()) return 0;
  ClassChange change{classList_, nullptr, placesIn(*classList_, *classList_, ClassKey::Number)};
  ClassList after = *classList_;
  QString last;
  for (const QString& name : names) {
    const std::string wanted = name.trimmed().toStdString();
    const bool known = std::any_of(after.begin(), after.end(), [&](const ListedClass& listed) {
      return listed.name == wanted;
    });
    if (known || classNameFault(wanted)) continue;
    after.push_back({nextIdentity_ + static_cast<int>(after.size() - classList_->size()), wanted});
    last = name.trimmed();
  }
  const auto added = static_cast<int>(after.size() - classList_->size());
  if (added == 0) return 0;
  std::vector<DatasetStatistics::PerClass> counts = statistics_.classes;
  counts.resize(after.size());
  change.after = std::make_shared<const ClassList>(std::move(after));
  const QString title =
      added == 1 ? tr("Add the class %1").arg(last) : tr("Add %L1 classes").arg(added);
  Edit edit{title.toStdString(), {}};
  edit.classes = std::make_shared<const ClassChange>(std::move(change));
  editClasses(std::move(edit), std::move(counts));
  return added;
}

}  // namespace boxwright::ui
