// SPDX-License-Identifier: GPL-3.0-or-later
//
// The part of DatasetDocument that changes labels.
#include <algorithm>
#include <utility>

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
  if (!isEditable() || edit.pictures.empty()) return;
  for ([[maybe_unused]] const PictureEdit& change : edit.pictures) {
    Q_ASSERT(change.picture < dataset_.pictures.size());
    Q_ASSERT(*dataset_.pictures[change.picture].annotation == *change.before);
  }
  replace(edit, &PictureEdit::after);
  const Edit kept = edit;  // a slot may edit again
  history_.push(std::move(edit));
  Q_EMIT edited(kept);
  Q_EMIT historyChanged();
}

void DatasetDocument::undo() {
  if (!isEditable()) return;
  const Edit* last = history_.undo();
  if (!last) return;
  const Edit edit = *last;
  replace(edit, &PictureEdit::before);
  Q_EMIT undone(edit);
  Q_EMIT historyChanged();
}

void DatasetDocument::redo() {
  if (!isEditable()) return;
  const Edit* next = history_.redo();
  if (!next) return;
  const Edit edit = *next;
  replace(edit, &PictureEdit::after);
  Q_EMIT redone(edit);
  Q_EMIT historyChanged();
}

void DatasetDocument::replace(const Edit& edit, AnnotationPtr PictureEdit::*with) {
  snapshot_.reset();
  indexIsCurrent_ = false;
  noteIds(edit);
  std::vector<std::size_t> pictures;
  pictures.reserve(edit.pictures.size());
  for (const PictureEdit& change : edit.pictures) {
    AnnotationPtr& annotation = dataset_.pictures[change.picture].annotation;
    count(*annotation, -1);
    annotation = change.*with;
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

void DatasetDocument::restore(LabelStore::Found found) {
  if (!found.classes.empty()) {
    dataset_.classes.insert(dataset_.classes.end(), found.classes.begin(), found.classes.end());
    Q_EMIT classesChanged();
  }
  Edit all;
  for (auto& [picture, annotation] : found.annotations)
    all.pictures.push_back({picture, dataset_.pictures[picture].annotation, annotation});
  replace(all, &PictureEdit::after);
  history_ = std::move(found.history);
  // Boxes that an undo may bring back keep their ids to themselves.
  for (EditHistory history = history_; const Edit* edit = history.undo();)
    noteIds(*edit);
  for (EditHistory history = history_; const Edit* edit = history.redo();)
    noteIds(*edit);
  if (!found.problems.empty()) {
    const auto first = static_cast<int>(dataset_.problems.size());
    dataset_.problems.insert(dataset_.problems.end(), found.problems.begin(), found.problems.end());
    markProblems(first);
    Q_EMIT problemsAdded(first, static_cast<int>(found.problems.size()));
    Q_EMIT problemsPlaced();
  }
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
  return isEditable() && !dataset_.classesListed && formatRoomOf(dataset_.format).namesInLabels;
}

bool DatasetDocument::sharesLabelFiles() const {
  return formatRoomOf(dataset_.format).shared;
}

int DatasetDocument::addClass(const QString& name) {
  const std::string wanted = name.trimmed().toStdString();
  const ClassNames& names = dataset_.classes;
  if (wanted.empty() || !takesClasses()) return -1;
  if (std::find(names.begin(), names.end(), wanted) != names.end()) return -1;
  snapshot_.reset();
  dataset_.classes.push_back(wanted);
  Q_EMIT classAdded(QString::fromStdString(wanted));
  Q_EMIT classesChanged();
  return static_cast<int>(dataset_.classes.size()) - 1;
}

}  // namespace boxwright::ui
