// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSize>
#include <QString>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/data/annotation.h"

namespace boxwright::ui {

class DatasetDocument;
class ClassPalette;
struct Prediction;

/// What is done to the labels of the picture in view: its boxes, which of them are selected, the
/// class that new ones get, and what was copied. Each thing done is one edit of the document. GUI
/// thread only.
class LabelEditor : public QObject {
  Q_OBJECT
 public:
  explicit LabelEditor(DatasetDocument& document, QObject* parent = nullptr);

  /// The picture in view, of `size` pixels; -1 while none is, and nothing can be done then.
  void setPicture(int picture, QSize size = {});
  int picture() const { return picture_; }
  QSize size() const { return size_; }
  /// An empty one where no picture is in view.
  const Annotation& annotation() const;
  const std::vector<Box>& boxes() const { return annotation().boxes; }
  /// Null where the picture has none of this id; valid until the next edit.
  const Box* box(std::uint32_t id) const;
  /// A word of the name of a class, whatever its number.
  QString className(int classId) const;
  const ClassPalette& palette() const;

  /// Of the next box; -1 where the dataset has no classes.
  int currentClass() const { return currentClass_; }
  void setCurrentClass(int classId);
  /// Makes it the class of the next box, and of the selected ones.
  void chooseClass(int classId);

  /// Ids, ascending.
  const std::vector<std::uint32_t>& selected() const { return selected_; }
  bool isSelected(std::uint32_t id) const;
  void select(std::vector<std::uint32_t> ids);
  void toggle(std::uint32_t id);
  void selectAll();

  void draw(const Rect& rect);
  /// Boxes by their ids, with their new places.
  using Places = std::vector<std::pair<std::uint32_t, Rect>>;
  void move(const Places& places);
  void resize(std::uint32_t id, const Rect& rect);
  void removeSelected();
  /// Labels like these, which a model found and whose classes the dataset has.
  void accept(const std::vector<Prediction>& predictions);
  /// Gives a box another place and class at once.
  void replace(std::uint32_t id, const Rect& rect, int classId);
  void duplicate();
  void copy();
  void cut();
  void paste();
  /// The boxes of the picture before this one in the dataset, once.
  void pastePrevious();
  bool hasCopied() const { return !copied_.empty(); }

  void markNegative();
  void markUnlabelled();
  void toggleVerified();

 Q_SIGNALS:
  /// The picture, its boxes or its state.
  void changed();
  void selectionChanged();
  void classChanged();
  void copiedChanged();
  /// A sentence for people: why nothing was done, or what was.
  void told(const QString& text);

 private:
  bool mayEdit();
  /// One edit that gives the picture this annotation; nothing where it is the one it has.
  void apply(const QString& name, Annotation after);
  void applyPlaces(const QString& name, const Places& places);
  /// Adds copies of the boxes under new ids, fitted into the picture, and selects them.
  void add(const QString& name, const std::vector<Box>& boxes);
  std::vector<Box> selectedBoxes() const;
  void forgetGone();

  DatasetDocument& document_;
  int picture_ = -1;
  QSize size_;
  int currentClass_ = -1;
  std::vector<std::uint32_t> selected_;
  std::vector<Box> copied_;
};

/// "a box", "3 boxes".
QString boxesText(std::size_t count);

}  // namespace boxwright::ui
