// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <string>

namespace boxwright::ui {

/// Names of pictures compared without case, in any script and however accents are written. What is
/// looked for is folded once, by foldedName(), and given as asciiOf() too: names of plain letters,
/// which nearly all are, are then compared byte by byte.
QString foldedName(const QString& text);
/// The text as bytes; null where it is not ASCII alone.
QByteArray asciiOf(const QString& text);

/// Whether the UTF-8 path holds the text.
bool nameContains(const std::string& path, const QString& text, const QByteArray& ascii);
/// Whether the pattern (with * and ?) covers the whole of the path or of its last part.
bool nameMatches(const std::string& path, const QString& pattern, const QByteArray& ascii);

}  // namespace boxwright::ui
