// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/annotate/label_editor.h"

#include <algorithm>

#include "ui/annotate/box_geometry.h"
#include "ui/dataset_document.h"
#include "ui/predictions.h"

namespace boxwright::ui {
namespace {

/// How far a copy lies from what it is a copy of, in pixels of the picture.
constexpr QPointF copyOffset(8, 8);

/// What the boxes of a picture say of its state; a class of the whole picture says as much.
void setStateFromBoxes(Annotation& annotation) {
  const bool anything = !annotation.boxes.empty() || !annotation.imageClasses.empty();
  if (anything) {
    annotation.state = LabelState::Labelled;
  } else {
    annotation.state = LabelState::Unlabelled;  // nobody has said that there is nothing
    annotation.verified = false;
  }
}

}  // namespace

QString boxesText(std::size_t count) {
  return count == 1 ? LabelEditor::tr("a box")
                    : LabelEditor::tr("%L1 boxes").arg(static_cast<qulonglong>(count));
}

LabelEditor::LabelEditor(DatasetDocument& document, QObject* parent)
    : QObject(parent), document_(document) {
  connect(&document_, &DatasetDocument::annotationsChanged, this, [this](int first, int count) {
    if (picture_ < first || picture_ >= first + count) return;
    forgetGone();
    Q_EMIT changed();
  });
  connect(&document_, &DatasetDocument::reset, this, [this] {
    copied_.clear();
    Q_EMIT copiedChanged();
    setPicture(-1);
    setCurrentClass(-1);
  });
  connect(&document_, &DatasetDocument::classesMoved, this, [this](const std::vector<int>& to) {
    const auto now = [&to](int id) {
      return id >= 0 && static_cast<std::size_t>(id) < to.size() ? to[static_cast<std::size_t>(id)]
                                                                 : -1;
    };
    if (currentClass_ >= 0) setCurrentClass(now(currentClass_));
    for (Box& box : copied_)
      box.classId = now(box.classId);
    if (std::erase_if(copied_, [](const Box& box) { return box.classId < 0; }) > 0)
      Q_EMIT copiedChanged();
  });
  connect(&document_, &DatasetDocument::coloursChanged, this, &LabelEditor::changed);
  connect(&document_, &DatasetDocument::classesChanged, this, [this] {
    const auto count = static_cast<int>(document_.dataset().classes.size());
    if (currentClass_ >= count || (currentClass_ < 0 && count > 0))
      setCurrentClass(count > 0 ? 0 : -1);
    Q_EMIT changed();
  });
}

void LabelEditor::setPicture(int picture, QSize size) {
  if (picture == picture_ && size == size_) return;
  picture_ = picture;
  size_ = size;
  select({});
  Q_EMIT changed();
}

const Annotation& LabelEditor::annotation() const {
  static const Annotation none;
  if (picture_ < 0 || picture_ >= document_.pictureCount()) return none;
  return *document_.dataset().pictures[static_cast<std::size_t>(picture_)].annotation;
}

const Box* LabelEditor::box(std::uint32_t id) const {
  const std::vector<Box>& all = boxes();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Box& b) { return b.id == id; });
  return found == all.end() ? nullptr : &*found;
}

QString LabelEditor::className(int classId) const {
  const ClassNames& names = document_.dataset().classes;
  if (classId < 0 || static_cast<std::size_t>(classId) >= names.size())
    return tr("class %1").arg(classId);
  return QString::fromStdString(names[static_cast<std::size_t>(classId)]);
}

const ClassPalette& LabelEditor::palette() const {
  return document_.palette();
}

void LabelEditor::setCurrentClass(int classId) {
  if (classId == currentClass_) return;
  currentClass_ = classId;
  Q_EMIT classChanged();
}

void LabelEditor::chooseClass(int classId) {
  if (classId < 0 || static_cast<std::size_t>(classId) >= document_.dataset().classes.size())
    return;
  setCurrentClass(classId);
  if (selected_.empty() || !mayEdit()) return;
  Annotation after = annotation();
  for (Box& box : after.boxes) {
    if (isSelected(box.id)) box.classId = classId;
  }
  apply(tr("Change the class of %1 to %2").arg(boxesText(selected_.size()), className(classId)),
        std::move(after));
}

bool LabelEditor::isSelected(std::uint32_t id) const {
  return std::binary_search(selected_.begin(), selected_.end(), id);
}

void LabelEditor::select(std::vector<std::uint32_t> ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  if (ids == selected_) return;
  selected_ = std::move(ids);
  Q_EMIT selectionChanged();
}

void LabelEditor::toggle(std::uint32_t id) {
  std::vector<std::uint32_t> ids = selected_;
  const auto at = std::lower_bound(ids.begin(), ids.end(), id);
  if (at != ids.end() && *at == id) {
    ids.erase(at);
  } else {
    ids.insert(at, id);
  }
  select(std::move(ids));
}

void LabelEditor::selectAll() {
  std::vector<std::uint32_t> ids;
  for (const Box& box : boxes())
    ids.push_back(box.id);
  select(std::move(ids));
}

void LabelEditor::forgetGone() {
  std::vector<std::uint32_t> there;
  for (const Box& box : boxes()) {
    if (isSelected(box.id)) there.push_back(box.id);
  }
  select(std::move(there));
}

bool LabelEditor::mayEdit() {
  if (picture_ < 0) {
    Q_EMIT told(tr("The picture is not in view yet"));
    return false;
  }
  if (annotation().trashed) {
    Q_EMIT told(tr("The picture is in the trash"));
    return false;
  }
  if (document_.isEditable()) return true;
  Q_EMIT told(document_.readOnlyReason().isEmpty() ? tr("The dataset cannot be edited now")
                                                   : document_.readOnlyReason());
  return false;
}

void LabelEditor::apply(const QString& name, Annotation after) {
  const auto index = static_cast<std::size_t>(picture_);
  const AnnotationPtr before = document_.dataset().pictures[index].annotation;
  if (after == *before) return;
  document_.edit({name.toStdString(),
                  {{index, before, std::make_shared<const Annotation>(std::move(after))}}});
}

void LabelEditor::draw(const Rect& rect) {
  if (!mayEdit()) return;
  if (currentClass_ < 0) {
    Q_EMIT told(tr("There is no class yet: add one first"));
    return;
  }
  Annotation after = annotation();
  Box box;
  box.id = document_.newBoxId(picture_);
  box.classId = currentClass_;
  box.rect = rect;
  after.boxes.push_back(box);
  setStateFromBoxes(after);
  apply(tr("Draw %1").arg(className(currentClass_)), std::move(after));
}

void LabelEditor::applyPlaces(const QString& name, const Places& places) {
  if (!mayEdit()) return;
  Annotation after = annotation();
  Places sorted = places;
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  for (Box& box : after.boxes) {
    const auto at = std::lower_bound(sorted.begin(), sorted.end(), box.id,
                                     [](const auto& p, std::uint32_t id) { return p.first < id; });
    if (at == sorted.end() || at->first != box.id) continue;
    if (box.rect != at->second) box.area.reset();  // it was that of the old place
    box.rect = at->second;
  }
  apply(name, std::move(after));
}

void LabelEditor::move(const Places& places) {
  applyPlaces(tr("Move %1").arg(boxesText(places.size())), places);
}

void LabelEditor::resize(std::uint32_t id, const Rect& rect) {
  applyPlaces(tr("Resize a box"), {{id, rect}});
}

void LabelEditor::accept(const std::vector<Prediction>& predictions) {
  if (predictions.empty() || !mayEdit()) return;
  std::vector<Box> boxes;
  for (const Prediction& prediction : predictions) {
    Box box;
    box.classId = prediction.classId;
    box.rect = prediction.rect;
    boxes.push_back(box);
  }
  add(tr("Accept %1 of the model").arg(boxesText(boxes.size())), boxes);
}

void LabelEditor::replace(std::uint32_t id, const Rect& rect, int classId) {
  if (!mayEdit()) return;
  Annotation after = annotation();
  for (Box& box : after.boxes) {
    if (box.id != id) continue;
    if (box.rect != rect) box.area.reset();
    box.rect = rect;
    box.classId = classId;
  }
  apply(tr("Accept %1 of the model").arg(boxesText(1)), std::move(after));
}

void LabelEditor::removeSelected() {
  if (selected_.empty() || !mayEdit()) return;
  Annotation after = annotation();
  const QString name = tr("Delete %1").arg(boxesText(selected_.size()));
  std::erase_if(after.boxes, [this](const Box& box) { return isSelected(box.id); });
  setStateFromBoxes(after);
  apply(name, std::move(after));
}

std::vector<Box> LabelEditor::selectedBoxes() const {
  std::vector<Box> out;
  for (const Box& box : boxes()) {
    if (isSelected(box.id)) out.push_back(box);
  }
  return out;
}

void LabelEditor::add(const QString& name, const std::vector<Box>& boxes) {
  Annotation after = annotation();
  std::vector<std::uint32_t> ids;
  std::uint32_t id = document_.newBoxId(picture_);
  for (Box box : boxes) {
    box.id = id++;
    const Rect rect = fitted(box.rect, size_);
    if (rect != box.rect) box.area.reset();
    box.rect = rect;
    ids.push_back(box.id);
    after.boxes.push_back(std::move(box));
  }
  setStateFromBoxes(after);
  apply(name, std::move(after));
  select(std::move(ids));
}

void LabelEditor::duplicate() {
  if (selected_.empty() || !mayEdit()) return;
  std::vector<Box> copies = selectedBoxes();
  for (Box& box : copies)
    box.rect = moved(box.rect, copyOffset);
  add(tr("Duplicate %1").arg(boxesText(copies.size())), copies);
}

void LabelEditor::copy() {
  if (selected_.empty()) return;
  copied_ = selectedBoxes();
  Q_EMIT copiedChanged();
  Q_EMIT told(tr("Copied %1").arg(boxesText(copied_.size())));
}

void LabelEditor::cut() {
  if (selected_.empty() || !mayEdit()) return;
  copied_ = selectedBoxes();
  Q_EMIT copiedChanged();
  Annotation after = annotation();
  std::erase_if(after.boxes, [this](const Box& box) { return isSelected(box.id); });
  setStateFromBoxes(after);
  apply(tr("Cut %1").arg(boxesText(copied_.size())), std::move(after));
}

void LabelEditor::paste() {
  if (copied_.empty() || !mayEdit()) return;
  std::vector<Box> pasted = copied_;
  // Beside what lies there already: a copy that cannot be seen would be labelled twice.
  const auto covers = [&](const Box& box) {
    return std::any_of(boxes().begin(), boxes().end(), [&](const Box& there) {
      return there.classId == box.classId && there.rect == fitted(box.rect, size_);
    });
  };
  for (int tries = 0; tries < 64 && std::any_of(pasted.begin(), pasted.end(), covers); ++tries) {
    for (Box& box : pasted)
      box.rect = moved(box.rect, copyOffset);
  }
  add(tr("Paste %1").arg(boxesText(pasted.size())), pasted);
}

void LabelEditor::pastePrevious() {
  if (!mayEdit()) return;
  if (picture_ == 0) {
    Q_EMIT told(tr("This is the first picture"));
    return;
  }
  const Picture& previous = document_.dataset().pictures[static_cast<std::size_t>(picture_) - 1];
  const QString file = QString::fromStdString(previous.path).section(QLatin1Char('/'), -1);
  const std::vector<Box>& boxes = previous.annotation->boxes;
  if (boxes.empty()) {
    Q_EMIT told(tr("%1, the picture before, has no boxes").arg(file));
    return;
  }
  const QString text = boxesText(boxes.size());
  add(tr("Paste %1 of the previous picture").arg(text), boxes);
  Q_EMIT told(tr("Pasted %1 of %2").arg(text, file));
}

void LabelEditor::markNegative() {
  if (!mayEdit()) return;
  Annotation after = annotation();
  if (!after.boxes.empty()) {
    Q_EMIT told(tr("The picture has %1, so it is not negative").arg(boxesText(after.boxes.size())));
    return;
  }
  after.imageClasses.clear();
  after.state = LabelState::Negative;
  apply(tr("Mark as negative"), std::move(after));
}

void LabelEditor::markUnlabelled() {
  if (!mayEdit()) return;
  apply(tr("Mark as unlabelled"), Annotation());
}

void LabelEditor::toggleVerified() {
  if (!mayEdit()) return;
  Annotation after = annotation();
  if (after.state == LabelState::Unlabelled) {
    Q_EMIT told(
        tr("An unlabelled picture has nothing to verify: draw its boxes, or mark it as "
           "negative"));
    return;
  }
  after.verified = !after.verified;
  apply(after.verified ? tr("Mark as verified") : tr("Mark as not verified"), std::move(after));
}

}  // namespace boxwright::ui
