// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/filter_text.h"

#include <QStringList>
#include <algorithm>

namespace boxwright::ui {
namespace {

bool isLetters(const QString& text) {
  return !text.isEmpty() &&
         std::all_of(text.begin(), text.end(), [](QChar c) { return c.isLetter(); });
}

QString quoted(const QString& value) {
  const bool plain = std::none_of(value.begin(), value.end(), [](QChar c) { return c.isSpace(); });
  return plain ? value : QLatin1Char('"') + value + QLatin1Char('"');
}

bool same(const FilterTerm& term, const QString& key, const QString& value) {
  return !term.negated && term.key == key && (term.sign == u":" || term.sign == u"=") &&
         term.value.compare(value, Qt::CaseInsensitive) == 0;
}

template <typename Unwanted>
QString without(QString text, Unwanted unwanted, bool* removed = nullptr) {
  const std::vector<FilterTerm> terms = filterTermsOf(text);
  for (auto term = terms.rbegin(); term != terms.rend(); ++term) {
    if (!unwanted(*term)) continue;
    text.remove(term->begin, term->end - term->begin);
    if (removed) *removed = true;
  }
  return text.simplified();
}

QString joined(QString text, const QString& more) {
  if (!text.isEmpty() && !more.isEmpty()) text += QLatin1Char(' ');
  return text + more;
}

}  // namespace

std::vector<FilterTerm> filterTermsOf(const QString& text) {
  std::vector<FilterTerm> terms;
  qsizetype i = 0;
  while (i < text.size()) {
    if (text[i].isSpace()) {
      ++i;
      continue;
    }
    FilterTerm term;
    term.begin = i;
    if (text[i] == u'-' && i + 1 < text.size() && !text[i + 1].isSpace()) {
      term.negated = true;
      ++i;
    }
    bool quotes = false, anyQuotes = false;
    QString current;
    for (; i < text.size() && (quotes || !text[i].isSpace()); ++i) {
      const QChar c = text[i];
      const bool sign =
          term.sign.isEmpty() && !anyQuotes &&
          (c == u':' || ((c == u'<' || c == u'>' || c == u'=') && isLetters(current)));
      if (c == u'"') {
        quotes = !quotes;
        anyQuotes = true;
      } else if (sign) {
        term.sign = c;
        if ((c == u'<' || c == u'>') && i + 1 < text.size() && text[i + 1] == u'=') {
          term.sign += text[++i];
        }
        term.key = current.toLower();
        current.clear();
      } else {
        current += c;
      }
    }
    term.end = i;
    term.value = current;
    terms.push_back(term);
  }
  return terms;
}

QString filterCondition(const QString& key, const QString& value) {
  return key + QLatin1Char(':') + quoted(value);
}

qsizetype lastFilterTermAt(const QString& text) {
  const std::vector<FilterTerm> terms = filterTermsOf(text);
  if (terms.empty() || terms.back().end < text.size()) return text.size();
  return terms.back().begin + (terms.back().negated ? 1 : 0);
}

QString filterToggled(const QString& text, const QString& key, const QString& value) {
  bool removed = false;
  const QString kept = without(
      text, [&](const FilterTerm& term) { return same(term, key, value); }, &removed);
  return removed ? kept : joined(kept, filterCondition(key, value));
}

bool filterHolds(const QString& text, const QString& key, const QString& value) {
  const std::vector<FilterTerm> terms = filterTermsOf(text);
  return std::any_of(terms.begin(), terms.end(),
                     [&](const FilterTerm& term) { return same(term, key, value); });
}

QString filterReplaced(const QString& text, const QStringList& keys, const QString& conditions) {
  return joined(without(text, [&](const FilterTerm& term) { return keys.contains(term.key); }),
                conditions);
}

}  // namespace boxwright::ui
