// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/name_pattern.h"

#include <algorithm>
#include <string_view>

namespace boxwright::ui {
namespace {

/// Whether `pattern` covers the whole of `text`.
template <typename View>
bool globMatches(View pattern, View text) {
  constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::size_t p = 0, t = 0, star = none, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != none) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*')
    ++p;
  return p == pattern.size();
}

template <typename View>
bool pathMatches(View pattern, View path) {
  const std::size_t slash = path.rfind('/');
  return globMatches(pattern, slash == View::npos ? path : path.substr(slash + 1)) ||
         globMatches(pattern, path);
}

/// The path in small letters, into `folded`; false where it is not ASCII alone.
bool foldAscii(const std::string& path, std::string& folded) {
  folded.resize(path.size());
  bool plain = true;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    plain &= static_cast<signed char>(c) >= 0;
    folded[i] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return plain;
}

std::u16string_view view(const QString& text) {
  return {reinterpret_cast<const char16_t*>(text.utf16()), static_cast<std::size_t>(text.size())};
}

std::string_view view(const QByteArray& text) {
  return {text.constData(), static_cast<std::size_t>(text.size())};
}

}  // namespace

QString foldedName(const QString& text) {
  return text.normalized(QString::NormalizationForm_C).toLower();
}

QByteArray asciiOf(const QString& text) {
  const bool plain =
      std::all_of(text.begin(), text.end(), [](QChar c) { return c.unicode() < 128; });
  return plain ? text.toLatin1() : QByteArray();
}

bool nameContains(const std::string& path, const QString& text, const QByteArray& ascii) {
  thread_local std::string folded;
  if (foldAscii(path, folded)) {
    return !ascii.isNull() && folded.find(view(ascii)) != std::string::npos;
  }
  return foldedName(QString::fromStdString(path)).contains(text);
}

bool nameMatches(const std::string& path, const QString& pattern, const QByteArray& ascii) {
  thread_local std::string folded;
  if (foldAscii(path, folded)) {
    return !ascii.isNull() && pathMatches(view(ascii), std::string_view(folded));
  }
  return pathMatches(view(pattern), view(foldedName(QString::fromStdString(path))));
}

}  // namespace boxwright::ui
