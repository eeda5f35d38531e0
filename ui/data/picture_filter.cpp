// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/picture_filter.h"

#include <QCoreApplication>
#include <algorithm>

#include "ui/data/filter_text.h"
#include "ui/data/name_pattern.h"
#include "ui/dataset_document.h"
#include "ui/picture_doubts.h"

namespace boxwright::ui {
namespace {

QString translated(const char* text) {
  return QCoreApplication::translate("boxwright::ui::PictureFilter", text);
}

/// "32" or, where that is the unit, "32px".
bool readValue(QStringView text, QLatin1String unit, double& value) {
  if (text.endsWith(unit, Qt::CaseInsensitive)) text.chop(unit.size());
  bool number = false;
  value = text.toDouble(&number);
  return number;
}

bool holdsClass(const Annotation& annotation, int classId) {
  return std::find(annotation.imageClasses.begin(), annotation.imageClasses.end(), classId) !=
         annotation.imageClasses.end();
}

}  // namespace

PictureFilter::PictureFilter(const QString& text, const ClassNames& classes) {
  for (const FilterTerm& written : filterTermsOf(text)) {
    if (written.value.isEmpty()) {
      // Half typed: not yet a condition.
      if (!written.key.isEmpty()) {
        problem_ = translated("Say what after \u201c%1%2\u201d.").arg(written.key, written.sign);
      }
      continue;
    }
    empty_ = false;
    Term term = read(written, classes);
    term.negated = written.negated;
    const bool ofBoxes = term.kind == Kind::Class || term.kind == Kind::Measure;
    needsAnnotations_ |= ofBoxes || term.kind == Kind::State || term.kind == Kind::Verified ||
                         term.kind == Kind::Boxes || term.kind == Kind::Width ||
                         term.kind == Kind::Height || term.kind == Kind::Disagree;
    needsDoubts_ |= term.kind == Kind::Doubt || term.kind == Kind::Disagree;
    needsSplits_ |= term.kind == Kind::Split;
    needsProblems_ |= term.kind == Kind::Problem;
    if (term.kind == Kind::Class && !term.negated) {
      classes_.push_back(term.classId);
    } else if (term.kind == Kind::Measure && !term.negated) {
      measures_.push_back(std::move(term));
    } else {
      terms_.push_back(std::move(term));
    }
  }
  std::stable_sort(terms_.begin(), terms_.end(),
                   [](const Term& a, const Term& b) { return a.kind < b.kind; });
}

void PictureFilter::refuse(Term& term, const QString& problem) {
  term.kind = Kind::Never;
  problem_ = problem;
}

PictureFilter::Term PictureFilter::read(const FilterTerm& written, const ClassNames& classes) {
  Term term;
  term.text = foldedName(written.value);
  term.ascii = asciiOf(term.text);
  struct Number {
    QLatin1String key;
    QLatin1String unit;
    Kind kind;
    Measure measure = Measure::Size;
  };
  static constexpr QLatin1String none(""), pixels("px"), percent("%");
  static constexpr Number numbers[] = {
      {QLatin1String("boxes"), none, Kind::Boxes},
      {QLatin1String("width"), pixels, Kind::Width},
      {QLatin1String("height"), pixels, Kind::Height},
      {QLatin1String("doubt"), none, Kind::Doubt},
      {QLatin1String("disagree"), none, Kind::Disagree},
      {QLatin1String("size"), pixels, Kind::Measure, Measure::Size},
      {QLatin1String("aspect"), none, Kind::Measure, Measure::Aspect},
      {QLatin1String("score"), none, Kind::Measure, Measure::Score},
      {QLatin1String("x"), percent, Kind::Measure, Measure::X},
      {QLatin1String("y"), percent, Kind::Measure, Measure::Y}};
  for (const Number& number : numbers) {
    if (written.key != number.key) continue;
    term.kind = number.kind;
    term.measure = number.measure;
    readNumber(written, number.unit, term);
    return term;
  }
  const auto is = [&](const char* key) { return written.key == QLatin1String(key); };
  if (written.key.isEmpty()) {
    term.kind = Kind::Word;
  } else if (is("name")) {
    term.kind = Kind::Name;
  } else if (is("class")) {
    term.kind = Kind::Class;
    for (std::size_t i = 0; i < classes.size() && term.classId < 0; ++i) {
      if (QString::fromStdString(classes[i]).compare(written.value, Qt::CaseInsensitive) == 0) {
        term.classId = static_cast<int>(i);
      }
    }
    if (term.classId < 0)
      refuse(term, translated("There is no class \u201c%1\u201d.").arg(written.value));
  } else if (is("state")) {
    term.kind = Kind::State;
    if (term.text == u"labelled" || term.text == u"labeled") {
      term.state = LabelState::Labelled;
    } else if (term.text == u"negative") {
      term.state = LabelState::Negative;
    } else if (term.text == u"unlabelled" || term.text == u"unlabeled") {
      term.state = LabelState::Unlabelled;
    } else {
      refuse(term, translated("A state is labelled, negative or unlabelled."));
    }
  } else if (is("verified")) {
    term.kind = Kind::Verified;
    term.yes = term.text == u"yes";
    if (!term.yes && term.text != u"no")
      refuse(term, translated("A picture is verified:yes or verified:no."));
  } else if (is("split")) {
    term.kind = Kind::Split;
  } else if (is("problem")) {
    term.kind = Kind::Problem;
  } else {
    refuse(
        term,
        translated("\u201c%1\u201d is no key. There are name, class, state, verified, split, "
                   "problem, boxes, size, aspect, score, doubt, disagree, x, y, width and height.")
            .arg(written.key));
    return term;
  }
  if (written.sign.startsWith(u'<') || written.sign.startsWith(u'>')) {
    refuse(
        term,
        translated("\u201c%1\u201d is not a number; write %1:%2.").arg(written.key, written.value));
  }
  return term;
}

void PictureFilter::readNumber(const FilterTerm& written, QLatin1String unit, Term& term) {
  Range& range = term.range;
  double value = 0;
  const qsizetype dots = written.value.indexOf(QLatin1String(".."));
  const bool equal = written.sign == u":" || written.sign == u"=";
  if (equal && dots >= 0) {
    if (readValue(QStringView(written.value).left(dots), unit, range.low) &&
        readValue(QStringView(written.value).mid(dots + 2), unit, range.high) &&
        range.low <= range.high)
      return;
  } else if (readValue(written.value, unit, value)) {
    if (equal || written.sign.startsWith(u'>')) range.low = value;
    if (equal || written.sign.startsWith(u'<')) range.high = value;
    range.withLow = written.sign != u">";
    range.withHigh = written.sign != u"<";
    return;
  }
  refuse(
      term,
      translated("\u201c%1\u201d takes a number: %1>5, %1<=5, %1:5 or %1:5..9.").arg(written.key));
}

bool PictureFilter::isLike(const Term& term, const Box& box, const Picture& picture) {
  switch (term.measure) {
    case Measure::Size:
      return term.range.has(std::max(box.rect.width(), box.rect.height()));
    case Measure::Aspect:
      return box.rect.height() > 0 && term.range.has(box.rect.width(), box.rect.height());
    case Measure::Score:
      return box.score && term.range.has(static_cast<double>(*box.score));
    case Measure::X:
      return picture.width > 0 && term.range.has(100 * box.rect.centreX(), picture.width);
    case Measure::Y:
      return picture.height > 0 && term.range.has(100 * box.rect.centreY(), picture.height);
  }
  return false;
}

bool PictureFilter::anyBoxIsLike(const Term& term, const Picture& picture) {
  const std::vector<Box>& boxes = picture.annotation->boxes;
  return std::any_of(boxes.begin(), boxes.end(),
                     [&](const Box& box) { return isLike(term, box, picture); });
}

bool PictureFilter::anyBoxMatches(int classId, const Picture& picture) const {
  const std::vector<Box>& boxes = picture.annotation->boxes;
  return std::any_of(boxes.begin(), boxes.end(), [&](const Box& box) {
    return (classId < 0 || box.classId == classId) &&
           std::all_of(measures_.begin(), measures_.end(),
                       [&](const Term& term) { return isLike(term, box, picture); });
  });
}

bool PictureFilter::boxesMatch(const Picture& picture) const {
  if (classes_.empty()) return measures_.empty() || anyBoxMatches(-1, picture);
  return std::all_of(classes_.begin(), classes_.end(), [&](int classId) {
    return anyBoxMatches(classId, picture) ||
           (measures_.empty() && holdsClass(*picture.annotation, classId));
  });
}

bool PictureFilter::holds(const Term& term, const DatasetDocument& document, const Picture& p,
                          int index, const PictureDoubts* doubts) const {
  switch (term.kind) {
    case Kind::State:
      return p.annotation->state == term.state;
    case Kind::Verified:
      return p.annotation->verified == term.yes;
    case Kind::Boxes:
      return term.range.has(static_cast<double>(p.annotation->boxes.size()));
    case Kind::Split:
      return foldedName(QString::fromStdString(document.splitOf(index))) == term.text;
    case Kind::Problem: {
      if (!document.hasProblem(index)) return false;
      if (term.text == u"*") return true;
      const std::vector<int> problems = document.problemsOf(index);
      return std::any_of(problems.begin(), problems.end(), [&](int problem) {
        const Problem& found = document.dataset().problems[static_cast<std::size_t>(problem)];
        return foldedName(QString::fromStdString(found.what)).contains(term.text);
      });
    }
    case Kind::Width:
      return p.width > 0 && term.range.has(p.width);
    case Kind::Height:
      return p.height > 0 && term.range.has(p.height);
    case Kind::Class:
      return anyBoxMatches(term.classId, p) || holdsClass(*p.annotation, term.classId);
    case Kind::Measure:
      return anyBoxIsLike(term, p);
    case Kind::Doubt: {
      const auto doubt = doubts ? doubts->doubt(index) : std::nullopt;
      return doubt && term.range.has(static_cast<double>(*doubt));
    }
    case Kind::Disagree: {
      const auto count = doubts ? doubts->disagreement(index) : std::nullopt;
      return count && term.range.has(*count);
    }
    case Kind::Name:
      return nameMatches(p.path, term.text, term.ascii);
    case Kind::Word:
      return nameContains(p.path, term.text, term.ascii);
    case Kind::Never:
      return false;
  }
  return false;
}

bool PictureFilter::matches(const DatasetDocument& document, int picture,
                            const PictureDoubts* doubts) const {
  const Picture& p = document.dataset().pictures[static_cast<std::size_t>(picture)];
  const auto passes = [&](const Term& term) {
    return term.kind != Kind::Never && holds(term, document, p, picture, doubts) != term.negated;
  };
  // The boxes come between what the picture says and what its name says.
  const auto names = std::find_if(terms_.begin(), terms_.end(),
                                  [](const Term& term) { return term.kind >= Kind::Name; });
  return std::all_of(terms_.begin(), names, passes) && boxesMatch(p) &&
         std::all_of(names, terms_.end(), passes);
}

bool PictureFilter::matchesBox(const Box& box, const Picture& picture) const {
  if (!classes_.empty() &&
      std::find(classes_.begin(), classes_.end(), box.classId) == classes_.end())
    return false;
  const auto like = [&](const Term& term) { return isLike(term, box, picture); };
  return std::all_of(measures_.begin(), measures_.end(), like) &&
         std::none_of(terms_.begin(), terms_.end(), [&](const Term& term) {
           return term.kind == Kind::Never ||
                  (term.kind == Kind::Class && term.classId == box.classId) ||
                  (term.kind == Kind::Measure && like(term));
         });
}

}  // namespace boxwright::ui
