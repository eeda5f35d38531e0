// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <optional>
#include <vector>

#include "core/data/annotation.h"
#include "core/taxonomy/class_names.h"

namespace boxwright::ui {

class DatasetDocument;

/// The filter field's language: words and `key:value` conditions, all of which must hold; a minus
/// in front turns one round; values with blanks stand in double quotes.
///   class:RBC  state:labelled|negative|unlabelled  split:val  name:*.png  anything-in-the-name
/// Names are compared without case. A value.
class PictureFilter {
 public:
  PictureFilter() = default;
  /// Class names are looked up in `classes`.
  PictureFilter(const QString& text, const ClassNames& classes);

  bool isEmpty() const { return terms_.empty(); }
  /// What is wrong with the text, for people; empty when all is understood. Terms that are not
  /// understood match nothing.
  const QString& problem() const { return problem_; }
  /// Whether the answer may change as annotations arrive.
  bool needsAnnotations() const;
  /// Whether the answer may change when splits become known.
  bool needsSplits() const;

  bool matches(const DatasetDocument& document, int picture) const;

  /// "key:value" as it is written in the field.
  static QString condition(const QString& key, const QString& value);
  /// Where the term at the end of `text` begins, behind its minus; the end after a blank.
  static qsizetype lastTermAt(const QString& text);
  /// `text` with the condition `key:value` added, or taken out where it is there already.
  static QString toggled(const QString& text, const QString& key, const QString& value);
  /// Whether `text` holds the condition.
  static bool holds(const QString& text, const QString& key, const QString& value);

 private:
  enum class Kind { Word, Name, Class, State, Split, Never };
  struct Term {
    Kind kind = Kind::Word;
    bool negated = false;
    QString text;  ///< in lower case
    int classId = -1;
    LabelState state = LabelState::Unlabelled;
  };

  std::vector<Term> terms_;
  QString problem_;
};

}  // namespace boxwright::ui
