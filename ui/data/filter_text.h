// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringView>
#include <vector>

namespace boxwright::ui {

/// How the filter field's text is cut into terms: words, and conditions of a key, a sign and a
/// value
/// (`class:RBC`, `boxes>=20`). Terms are parted by blanks; a minus in front turns one round; what
/// has blanks or begins like a condition stands in double quotes.
struct FilterTerm {
  QString key;   ///< in lower case; empty for a word
  QString sign;  ///< ":", "=", "<", "<=", ">" or ">="; empty for a word
  QString value;
  bool negated = false;
  qsizetype begin = 0, end = 0;  ///< in the text, with the minus
};

std::vector<FilterTerm> filterTermsOf(const QString& text);

/// "key:value" as it is written in the field.
QString filterCondition(const QString& key, const QString& value);
/// Where the term at the end of `text` begins, behind its minus; the end after a blank.
qsizetype lastFilterTermAt(const QString& text);
/// `text` with the condition `key:value` added, or taken out where it is there already.
QString filterToggled(const QString& text, const QString& key, const QString& value);
/// Whether `text` holds the condition.
bool filterHolds(const QString& text, const QString& key, const QString& value);
/// `text` with all its conditions on `keys` taken out and `conditions` put behind.
QString filterReplaced(const QString& text, const QStringList& keys, const QString& conditions);

}  // namespace boxwright::ui
