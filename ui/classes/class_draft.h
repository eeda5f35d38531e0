// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QString>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/data/chosen_colours.h"
#include "core/data/class_change.h"

namespace boxwright::ui {

/// What is to become of the classes of a dataset while it is thought over: nothing is changed by
/// it. A value.
class ClassDraft {
  Q_DECLARE_TR_FUNCTIONS(boxwright::ui::ClassDraft)
 public:
  struct Row {
    int identity = 0;
    std::string name;
    std::vector<int>
        from;  ///< ids of the classes that it is made of, its own first; none: it is new

    std::optional<Colour> colour;  ///< none: the usual one of its id
  };

  /// New classes get identities from `identity` on.
  ClassDraft(ClassListPtr before, int identity, ChosenColours colours);

  const std::vector<Row>& rows() const { return rows_; }
  const ClassList& before() const { return *before_; }

  std::size_t add(std::string name);
  void setColour(std::size_t row, std::optional<Colour> colour);
  void rename(std::size_t row, std::string name);
  /// The row comes to stand at place `to` among the others.
  void move(std::size_t row, std::size_t to);
  /// All that is of one class is of the other then, whose name and place stay.
  void merge(std::size_t row, std::size_t into);
  /// Only of rows without boxes.
  void remove(std::size_t row);

  /// What keeps the row's name from being one, for people; nothing where it can be.
  std::optional<QString> faultOf(std::size_t row) const;
  /// "1 dog", "new", "1 dog, 2 fox".
  QString beforeText(std::size_t row) const;
  /// The one it has, chosen or not.
  Colour colourOf(std::size_t row) const;
  /// Apart from colours.
  bool isChanged() const;
  /// How many classes have another colour than before.
  int recoloured() const;
  /// Also of classes that are gone, for when they come back.
  ChosenColours chosenColours() const;
  ClassChangePtr change() const;
  /// What the edit is called: "Rename the class dog to puppy".
  QString title() const;

 private:
  std::optional<Colour> colourBefore(const Row& row) const;

  ClassListPtr before_;
  ChosenColours colours_;  ///< before
  std::vector<Row> rows_;
  int identity_;
};

}  // namespace boxwright::ui
