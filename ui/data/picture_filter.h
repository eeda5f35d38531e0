// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <limits>
#include <vector>

#include "core/data/annotation.h"
#include "core/taxonomy/class_names.h"

namespace boxwright {
struct Picture;
}

namespace boxwright::ui {

class DatasetDocument;
class PictureDoubts;
struct FilterTerm;

/// The filter field's language: words and conditions (filter_text.h), all of which must hold.
///   class:RBC  state:labelled|negative|unlabelled  verified:yes|no  split:val  name:*.png
///   problem:* boxes>20 boxes:10..19 width>=1920 height<480  anything-in-the-name
///   doubt>0.3 disagree>0
///   size<32px aspect>2 score>0.5 x<10% y:40..60
/// The line before the last is about what a model found in the picture. The last line and `class`
/// are about boxes: one box has all of them, and there is such a box of each class that is named.
/// With a minus no box is like that. Names are compared without case. A value.
class PictureFilter {
 public:
  PictureFilter() = default;
  /// Class names are looked up in `classes`.
  PictureFilter(const QString& text, const ClassNames& classes);

  bool isEmpty() const { return empty_; }
  /// What is wrong with the text, for people; empty when all is understood. Terms that are not
  /// understood match nothing.
  const QString& problem() const { return problem_; }
  /// Whether the answer may change as annotations arrive.
  bool needsAnnotations() const { return needsAnnotations_; }
  /// Whether the answer may change when splits become known, or problems are found.
  bool needsSplits() const { return needsSplits_; }
  bool needsProblems() const { return needsProblems_; }
  /// Whether it hangs on what a model found.
  bool needsDoubts() const { return needsDoubts_; }

  /// Without `doubts` no model was asked.
  bool matches(const DatasetDocument& document, int picture,
               const PictureDoubts* doubts = nullptr) const;
  /// Whether the conditions on boxes hold for this one: of one of the classes named, like all that
  /// is asked for and like nothing that is ruled out. Any thread.
  bool matchesBox(const Box& box, const Picture& picture) const;

 private:
  /// In the order in which they are looked at: what costs least first.
  enum class Kind {
    Never,
    State,
    Verified,
    Boxes,
    Split,
    Problem,
    Width,
    Height,
    Class,
    Measure,
    Doubt,
    Disagree,
    Name,
    Word
  };
  enum class Measure { Size, Aspect, Score, X, Y };
  struct Range {
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();
    bool withLow = true, withHigh = true;
    /// `unit`, over 0, is what the limits are given in.
    bool has(double value, double unit = 1) const {
      const double least = low * unit, most = high * unit;
      return (withLow ? value >= least : value > least) &&
             (withHigh ? value <= most : value < most);
    }
  };
  struct Term {
    Kind kind = Kind::Word;
    bool negated = false;
    QString text;      ///< folded
    QByteArray ascii;  ///< the same where it is nothing else
    int classId = -1;
    LabelState state = LabelState::Unlabelled;
    bool yes = false;
    Measure measure = Measure::Size;
    Range range;
  };

  Term read(const FilterTerm& written, const ClassNames& classes);
  void readNumber(const FilterTerm& written, QLatin1String unit, Term& term);
  void refuse(Term& term, const QString& problem);
  bool holds(const Term& term, const DatasetDocument& document, const Picture& picture, int index,
             const PictureDoubts* doubts) const;
  static bool isLike(const Term& term, const Box& box, const Picture& picture);
  static bool anyBoxIsLike(const Term& term, const Picture& picture);
  bool boxesMatch(const Picture& picture) const;
  bool anyBoxMatches(int classId, const Picture& picture) const;

  bool empty_ = true;
  bool needsAnnotations_ = false, needsSplits_ = false, needsProblems_ = false,
       needsDoubts_ = false;
  std::vector<Term> terms_;     ///< but for:
  std::vector<Term> measures_;  ///< that one box has
  std::vector<int> classes_;    ///< of each of which there is such a box
  QString problem_;
};

}  // namespace boxwright::ui
