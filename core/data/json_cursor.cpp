// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/json_cursor.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <utility>

#include "core/base/error.h"
#include "core/data/text_lines.h"

namespace boxwright {
namespace {

bool isBlank(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

bool isWord(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '+' || c == '.';
}

constexpr std::array<std::string_view, 3> kNoNumbers = {"NaN", "Infinity", "-Infinity"};

bool isNumber(std::string_view word) {
  if (std::find(kNoNumbers.begin(), kNoNumbers.end(), word) != kNoNumbers.end()) return true;
  const auto digits = [&word] {
    const std::size_t count = std::min(word.find_first_not_of("0123456789"), word.size());
    word.remove_prefix(count);
    return count;
  };
  const auto take = [&word](std::string_view any) {
    if (word.empty() || any.find(word.front()) == std::string_view::npos) return false;
    word.remove_prefix(1);
    return true;
  };
  take("-");
  if (!take("0") && digits() == 0) return false;
  if (take(".") && digits() == 0) return false;
  if (take("eE")) {
    take("+-");
    if (digits() == 0) return false;
  }
  return word.empty();
}

void appendUtf8(std::string& text, std::uint32_t code) {
  const auto more = [&](int shift) { text += static_cast<char>(0x80U | (code >> shift & 0x3FU)); };
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0U | code >> 6);
    more(0);
  } else if (code < 0x10000) {
    text += static_cast<char>(0xE0U | code >> 12);
    more(6);
    more(0);
  } else {
    text += static_cast<char>(0xF0U | code >> 18);
    more(12);
    more(6);
    more(0);
  }
}

std::optional<std::uint32_t> hexFrom(std::string_view digits) {
  std::uint32_t code = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  if (digits.size() != 4 || fault != std::errc() || end != digits.data() + digits.size())
    return std::nullopt;
  return code;
}

}  // namespace

JsonCursor::JsonCursor(std::string_view bytes, std::string file)
    : JsonCursor(bytes, std::move(file), bytes.starts_with("\xEF\xBB\xBF") ? 3 : 0) {}

JsonCursor::JsonCursor(std::string_view bytes, std::string file, std::size_t begin)
    : bytes_(bytes), file_(std::move(file)), at_(begin) {}

void JsonCursor::fail(const std::string& what) {
  throw Error("malformed JSON (" + what + ")", file_ + ":" + std::to_string(lineOf(at_)),
              "mend the file or have it written anew");
}

int JsonCursor::lineOf(std::size_t place) {
  place = std::min(place, bytes_.size());
  if (place < countedTo_) {
    countedTo_ = 0;
    countedLine_ = 1;
  }
  countedLine_ +=
      static_cast<int>(std::count(bytes_.begin() + static_cast<std::ptrdiff_t>(countedTo_),
                                  bytes_.begin() + static_cast<std::ptrdiff_t>(place), '\n'));
  countedTo_ = place;
  return countedLine_;
}

char JsonCursor::next() {
  while (at_ < bytes_.size() && isBlank(bytes_[at_]))
    ++at_;
  return at_ < bytes_.size() ? bytes_[at_] : '\0';
}

std::size_t JsonCursor::place() {
  next();
  return at_;
}

void JsonCursor::expect(char c) {
  if (next() != c || at_ == bytes_.size()) {
    fail(at_ == bytes_.size() ? std::string("it ends too early")
                              : std::string("'") + c + "' is missing");
  }
  ++at_;
}

bool JsonCursor::enter(char open) {
  if (next() != open) {
    skip();
    return false;
  }
  ++at_;
  return true;
}

bool JsonCursor::leave(char close, bool first) {
  if (next() == close) {
    ++at_;
    return true;
  }
  if (!first) {
    expect(',');
    if (next() == close) fail("a value is missing");
  }
  return false;
}

ByteRange JsonCursor::quoted() {
  if (next() != '"') fail(at_ == bytes_.size() ? "it ends too early" : "a key is missing");
  const std::size_t begin = at_;
  for (std::size_t at = at_ + 1;;) {
    const std::size_t end = bytes_.find_first_of("\"\\", at);
    if (end == std::string_view::npos || (bytes_[end] == '\\' && end + 1 >= bytes_.size())) {
      at_ = bytes_.size();
      fail("a text does not end");
    }
    if (bytes_[end] == '"') {
      at_ = end + 1;
      return {begin, at_};
    }
    at = end + 2;
  }
}

ByteRange JsonCursor::scalar() {
  if (next() == '"') return quoted();
  const std::size_t begin = at_;
  std::size_t end = at_;
  while (end < bytes_.size() && isWord(bytes_[end]))
    ++end;
  const std::string_view word = bytes_.substr(begin, end - begin);
  if (word.empty()) fail(at_ == bytes_.size() ? "it ends too early" : "a value is missing");
  if (word != "true" && word != "false" && word != "null" && !isNumber(word))
    fail("'" + std::string(word.substr(0, 40)) + "' is no value");
  at_ = end;
  return {begin, end};
}

ByteRange JsonCursor::skip() {
  const std::size_t begin = place();
  std::string open;  // the brackets that are to come
  const auto key = [&] {
    quoted();
    expect(':');
  };
  for (;;) {
    const char c = next();
    if (c == '{' || c == '[') {
      ++at_;
      open.push_back(c == '{' ? '}' : ']');
      if (next() != open.back()) {
        if (c == '{') key();
        continue;
      }
      ++at_;
      open.pop_back();
    } else {
      scalar();
    }
    for (;;) {
      if (open.empty()) return {begin, at_};
      if (next() == ',') {
        ++at_;
        if (open.back() == '}') key();
        break;
      }
      expect(open.back());
      open.pop_back();
    }
  }
}

JsonCursor::Kind JsonCursor::kind() {
  switch (next()) {
    case '{':
      return Kind::Object;
    case '[':
      return Kind::Array;
    case '"':
      return Kind::String;
    case 't':
    case 'f':
      return Kind::Boolean;
    case 'n':
      return Kind::Null;
    default:
      return Kind::Number;
  }
}

std::optional<double> JsonCursor::number() {
  if (kind() != Kind::Number) {
    skip();
    return std::nullopt;
  }
  const ByteRange range = scalar();
  return numberFrom(bytes_.substr(range.begin, range.end - range.begin));
}

std::optional<std::string> JsonCursor::string() {
  if (kind() != Kind::String) {
    skip();
    return std::nullopt;
  }
  return textOf(quoted());
}

std::optional<bool> JsonCursor::boolean() {
  if (kind() != Kind::Boolean) {
    skip();
    return std::nullopt;
  }
  const ByteRange range = scalar();
  return bytes_[range.begin] == 't';
}

std::optional<std::int64_t> JsonCursor::integer() {
  const Kind is = kind();
  if (is != Kind::Number && is != Kind::String) {
    skip();
    return std::nullopt;
  }
  const ByteRange range = scalar();
  std::string_view word = bytes_.substr(range.begin, range.end - range.begin);
  if (is == Kind::String) word = trimmed(word.substr(1, word.size() - 2));
  std::int64_t whole = 0;
  const auto [end, fault] = std::from_chars(word.data(), word.data() + word.size(), whole);
  if (fault == std::errc() && end == word.data() + word.size()) return whole;
  const std::optional<double> value = numberFrom(word);  // 7.0
  if (!value || *value != std::floor(*value) || std::abs(*value) > 9e15) return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

void JsonCursor::finish() {
  next();
  if (at_ != bytes_.size()) fail("something follows its end");
}

std::string JsonCursor::textOf(ByteRange range) {
  const std::string_view inner = bytes_.substr(range.begin + 1, range.end - range.begin - 2);
  if (inner.find('\\') == std::string_view::npos) return std::string(inner);
  std::string text;
  for (std::size_t i = 0; i < inner.size(); ++i) {
    if (inner[i] != '\\') {
      text += inner[i];
      continue;
    }
    const char c = inner[++i];
    static constexpr std::string_view kEscapes = "\"\\/bfnrt", kMeant = "\"\\/\b\f\n\r\t";
    if (const std::size_t known = kEscapes.find(c); known != std::string_view::npos) {
      text += kMeant[known];
      continue;
    }
    std::optional<std::uint32_t> code =
        c == 'u' ? hexFrom(inner.substr(std::min(i + 1, inner.size()), 4)) : std::nullopt;
    if (!code) fail("a text holds an unknown \\ sign");
    i += 4;
    if (*code >= 0xD800 && *code < 0xDC00 && inner.substr(i + 1).starts_with("\\u")) {
      const auto low = hexFrom(inner.substr(std::min(i + 3, inner.size()), 4));
      if (low && *low >= 0xDC00 && *low < 0xE000) {
        code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
        i += 6;
      }
    }
    appendUtf8(text, *code >= 0xD800 && *code < 0xE000 ? 0xFFFD : *code);
  }
  return text;
}

std::string jsonQuoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(c));
      quoted += code;
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

}  // namespace boxwright
