// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/picture_filter.h"

#include <QCoreApplication>
#include <algorithm>

#include "ui/dataset_document.h"

namespace boxwright::ui {
namespace {

struct Token {
  QString key;  ///< empty for a word
  QString value;
  bool negated = false;
  qsizetype begin = 0, end = 0;
};

QString translated(const char* text) {
  return QCoreApplication::translate("boxwright::ui::PictureFilter", text);
}

/// Splits at blanks outside double quotes.
std::vector<Token> tokensOf(const QString& text) {
  std::vector<Token> tokens;
  qsizetype i = 0;
  while (i < text.size()) {
    if (text[i].isSpace()) {
      ++i;
      continue;
    }
    Token token;
    token.begin = i;
    bool quoted = false, sawColon = false;
    if (text[i] == QLatin1Char('-') && i + 1 < text.size() && !text[i + 1].isSpace()) {
      token.negated = true;
      ++i;
    }
    QString current;
    while (i < text.size() && (quoted || !text[i].isSpace())) {
      const QChar c = text[i];
      if (c == QLatin1Char('"')) {
        quoted = !quoted;
      } else if (c == QLatin1Char(':') && !quoted && !sawColon) {
        sawColon = true;
        token.key = current.toLower();
        current.clear();
      } else {
        current += c;
      }
      ++i;
    }
    token.end = i;
    token.value = current;
    tokens.push_back(token);
  }
  return tokens;
}

/// For comparing without case, in any script and however accents are written.
QString folded(const QString& text) {
  return text.normalized(QString::NormalizationForm_C).toLower();
}

/// Whether `pattern` (with * and ?) covers the whole of `text`; both are folded.
bool globMatches(QStringView pattern, QStringView text) {
  constexpr qsizetype none = -1;
  qsizetype p = 0, t = 0, star = none, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && (pattern[p] == QLatin1Char('?') || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (p < pattern.size() && pattern[p] == QLatin1Char('*')) {
      star = p++;
      mark = t;
    } else if (star != none) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == QLatin1Char('*'))
    ++p;
  return p == pattern.size();
}

QStringView fileNameOf(QStringView path) {
  return path.mid(path.lastIndexOf(QLatin1Char('/')) + 1);
}

QString quoted(const QString& value) {
  const bool plain = std::none_of(value.begin(), value.end(), [](QChar c) { return c.isSpace(); });
  return plain ? value : QLatin1Char('"') + value + QLatin1Char('"');
}

bool sameTerm(const Token& token, const QString& key, const QString& value) {
  return !token.negated && token.key == key && token.value.compare(value, Qt::CaseInsensitive) == 0;
}

}  // namespace

PictureFilter::PictureFilter(const QString& text, const ClassNames& classes) {
  for (const Token& token : tokensOf(text)) {
    Term term;
    term.negated = token.negated;
    term.text = folded(token.value);
    if (token.key.isEmpty()) {
      if (token.value.isEmpty()) continue;
      term.kind = Kind::Word;
    } else if (token.value.isEmpty()) {
      problem_ = translated("Say what after \u201c%1:\u201d.").arg(token.key);
      continue;  // half typed: not yet a condition
    } else if (token.key == QLatin1String("name")) {
      term.kind = Kind::Name;
    } else if (token.key == QLatin1String("class")) {
      term.kind = Kind::Class;
      for (std::size_t i = 0; i < classes.size() && term.classId < 0; ++i) {
        if (QString::fromStdString(classes[i]).compare(token.value, Qt::CaseInsensitive) == 0) {
          term.classId = static_cast<int>(i);
        }
      }
      if (term.classId < 0) {
        term.kind = Kind::Never;
        problem_ = translated("There is no class \u201c%1\u201d.").arg(token.value);
      }
    } else if (token.key == QLatin1String("state")) {
      term.kind = Kind::State;
      if (term.text == QLatin1String("labelled") || term.text == QLatin1String("labeled")) {
        term.state = LabelState::Labelled;
      } else if (term.text == QLatin1String("negative")) {
        term.state = LabelState::Negative;
      } else if (term.text == QLatin1String("unlabelled") ||
                 term.text == QLatin1String("unlabeled")) {
        term.state = LabelState::Unlabelled;
      } else {
        term.kind = Kind::Never;
        problem_ = translated("A state is labelled, negative or unlabelled.");
      }
    } else if (token.key == QLatin1String("split")) {
      term.kind = Kind::Split;
    } else {
      term.kind = Kind::Never;
      problem_ = translated("The keys are class, state, split and name; \u201c%1\u201d is none.")
                     .arg(token.key);
    }
    terms_.push_back(std::move(term));
  }
}

bool PictureFilter::needsAnnotations() const {
  return std::any_of(terms_.begin(), terms_.end(), [](const Term& term) {
    return term.kind == Kind::Class || term.kind == Kind::State;
  });
}

bool PictureFilter::needsSplits() const {
  return std::any_of(terms_.begin(), terms_.end(),
                     [](const Term& term) { return term.kind == Kind::Split; });
}

bool PictureFilter::matches(const DatasetDocument& document, int picture) const {
  const Picture& p = document.dataset().pictures[static_cast<std::size_t>(picture)];
  QString path;
  const auto needPath = [&] {
    if (path.isEmpty()) path = folded(QString::fromStdString(p.path));
  };
  for (const Term& term : terms_) {
    bool holdsTrue = false;
    switch (term.kind) {
      case Kind::Word:
        needPath();
        holdsTrue = path.contains(term.text);
        break;
      case Kind::Name:
        needPath();
        holdsTrue = globMatches(term.text, fileNameOf(path)) || globMatches(term.text, path);
        break;
      case Kind::Class:
        holdsTrue = std::any_of(p.annotation->boxes.begin(), p.annotation->boxes.end(),
                                [&](const Box& box) { return box.classId == term.classId; }) ||
                    std::find(p.annotation->imageClasses.begin(), p.annotation->imageClasses.end(),
                              term.classId) != p.annotation->imageClasses.end();
        break;
      case Kind::State:
        holdsTrue = p.annotation->state == term.state;
        break;
      case Kind::Split:
        holdsTrue = folded(QString::fromStdString(document.splitOf(picture))) == term.text;
        break;
      case Kind::Never:
        return false;
    }
    if (holdsTrue == term.negated) return false;
  }
  return true;
}

bool PictureFilter::holds(const QString& text, const QString& key, const QString& value) {
  const std::vector<Token> tokens = tokensOf(text);
  return std::any_of(tokens.begin(), tokens.end(),
                     [&](const Token& token) { return sameTerm(token, key, value); });
}

QString PictureFilter::condition(const QString& key, const QString& value) {
  return key + QLatin1Char(':') + quoted(value);
}

qsizetype PictureFilter::lastTermAt(const QString& text) {
  const std::vector<Token> tokens = tokensOf(text);
  if (tokens.empty() || tokens.back().end < text.size()) return text.size();
  return tokens.back().begin + (tokens.back().negated ? 1 : 0);
}

QString PictureFilter::toggled(const QString& text, const QString& key, const QString& value) {
  QString kept = text;
  bool removed = false;
  std::vector<Token> tokens = tokensOf(text);
  for (auto token = tokens.rbegin(); token != tokens.rend(); ++token) {
    if (sameTerm(*token, key, value)) {
      kept.remove(token->begin, token->end - token->begin);
      removed = true;
    }
  }
  kept = kept.simplified();
  if (!removed) {
    if (!kept.isEmpty()) kept += QLatin1Char(' ');
    kept += condition(key, value);
  }
  return kept;
}

}  // namespace boxwright::ui
