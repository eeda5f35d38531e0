// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/xml_elements.h"

#include <algorithm>
#include <cstdint>
#include <pugixml.hpp>
#include <utility>

#include "core/base/error.h"
#include "core/data/text_lines.h"

namespace boxwright {
namespace {

constexpr std::size_t npos = std::string_view::npos;
constexpr std::string_view kBlanks = " \t\r\n";

bool isLineEnd(char c) {
  return c == '\r' || c == '\n';
}

/// Whether a parser sees the elements that the scan found.
class Comparison final : public pugi::xml_tree_walker {
 public:
  explicit Comparison(const std::vector<XmlElement>& elements) : elements_(elements) {}

  bool for_each(pugi::xml_node& node) override {
    if (node.type() != pugi::node_element) return true;
    if (next_ == elements_.size() || elements_[next_].name != node.name() ||
        elements_[next_].depth != static_cast<std::size_t>(depth())) {
      return false;
    }
    ++next_;
    return true;
  }
  bool all() const { return next_ == elements_.size(); }

 private:
  const std::vector<XmlElement>& elements_;
  std::size_t next_ = 0;
};

/// Past the comment, CDATA section, instruction or doctype that begins here; the same place where
/// there is none, npos where it does not end.
std::size_t pastMarkup(std::string_view bytes, std::size_t at);

std::size_t pastDoctype(std::string_view bytes, std::size_t at) {
  std::size_t open = 0;
  while (at < bytes.size()) {
    const char c = bytes[at];
    if (c == '"' || c == '\'') {
      at = bytes.find(c, at + 1);
      if (at == npos) return npos;
    } else if (open > 0 &&
               (bytes.substr(at).starts_with("<!--") || bytes.substr(at).starts_with("<?"))) {
      at = pastMarkup(bytes, at);
      if (at == npos) return npos;
      continue;
    } else if (c == '<') {
      ++open;
    } else if (c == '>' && --open == 0) {
      return at + 1;
    }
    ++at;
  }
  return npos;
}

std::size_t pastMarkup(std::string_view bytes, std::size_t at) {
  const auto past = [&](std::string_view end, std::size_t from) {
    const std::size_t found = bytes.find(end, from);
    return found == npos ? npos : found + end.size();
  };
  const std::string_view rest = bytes.substr(at);
  if (rest.starts_with("<!--")) return past("-->", at + 4);
  if (rest.starts_with("<![CDATA[")) return past("]]>", at + 9);
  if (rest.starts_with("<?")) return past("?>", at + 2);
  if (rest.starts_with("<!")) return pastDoctype(bytes, at);
  return at;
}

}  // namespace

std::optional<std::vector<XmlElement>> scanXml(std::string_view bytes, std::size_t deepest) {
  struct Open {
    std::string_view name;
    std::size_t place;  ///< in the elements; npos: too deep
  };
  std::vector<XmlElement> elements;
  std::vector<Open> open;
  std::size_t at = 0;
  while ((at = bytes.find('<', at)) != npos) {
    const std::size_t past = pastMarkup(bytes, at);
    if (past == npos) return std::nullopt;
    if (past != at) {
      at = past;
      continue;
    }
    if (bytes.substr(at).starts_with("</")) {
      if (open.empty() || !bytes.substr(at + 2).starts_with(open.back().name)) return std::nullopt;
      const std::size_t place = open.back().place;
      open.pop_back();
      const std::size_t begin = at;
      at = bytes.find('>', at);
      if (at == npos) return std::nullopt;
      ++at;
      if (place == npos) continue;
      elements[place].contentEnd = begin;
      elements[place].whole.end = at;
      continue;
    }
    XmlElement element;
    element.depth = open.size();
    element.whole.begin = at;
    const std::size_t nameEnd = bytes.find_first_of(" \t\r\n/>", at + 1);
    if (nameEnd == npos) return std::nullopt;
    element.name = bytes.substr(at + 1, nameEnd - at - 1);
    for (at = nameEnd; at < bytes.size() && bytes[at] != '>'; ++at) {
      if (bytes[at] == '"' || bytes[at] == '\'') at = bytes.find(bytes[at], at + 1);
      if (at == npos) return std::nullopt;
    }
    if (at >= bytes.size()) return std::nullopt;
    element.closed = bytes[at - 1] == '/';
    element.tagEnd = ++at;
    element.contentEnd = element.whole.end = at;
    const bool kept = element.depth <= deepest;
    if (!element.closed) open.push_back({element.name, kept ? elements.size() : npos});
    if (kept) elements.push_back(element);
  }
  if (!open.empty()) return std::nullopt;
  return elements;
}

XmlElements::XmlElements(std::string_view bytes, const std::string& file) : bytes_(bytes) {
  pugi::xml_document document;
  const pugi::xml_parse_result result =
      document.load_buffer(bytes.data(), bytes.size(), pugi::parse_default);
  if (!result)
    throw Error(std::string("malformed XML (") + result.description() + ")", file,
                "mend the file or remove it");
  latin1_ = result.encoding == pugi::encoding_latin1;
  if (!latin1_ && result.encoding != pugi::encoding_utf8)
    throw Error("the XML is in UTF-16 or UTF-32, which cannot be changed in place", file,
                "save it as UTF-8");
  std::optional<std::vector<XmlElement>> found = scanXml(bytes_, npos);
  if (found) elements_ = std::move(*found);
  Comparison comparison(elements_);
  if (!found || !document.traverse(comparison) || !comparison.all())
    throw Error("the XML is too unusual to be changed in place", file,
                "let another program write it anew");
}

std::optional<std::size_t> XmlElements::top(std::string_view name) const {
  for (std::size_t i = 0; i < elements_.size(); ++i) {
    if (elements_[i].depth == 0 && elements_[i].name == name) return i;
  }
  return std::nullopt;
}

std::vector<std::size_t> XmlElements::children(std::size_t parent, std::string_view name) const {
  std::vector<std::size_t> found;
  const std::size_t depth = elements_[parent].depth + 1;
  for (std::size_t i = parent + 1; i < elements_.size() && elements_[i].depth >= depth; ++i) {
    if (elements_[i].depth == depth && (name.empty() || elements_[i].name == name))
      found.push_back(i);
  }
  return found;
}

std::optional<std::size_t> XmlElements::child(std::size_t parent, std::string_view name) const {
  const std::vector<std::size_t> found = children(parent, name);
  return found.empty() ? std::nullopt : std::optional(found.front());
}

std::optional<ByteRange> XmlElements::textOf(std::size_t element) const {
  const XmlElement& of = elements_[element];
  std::size_t next = element + 1;  // the child that comes next, and those within it
  for (std::size_t at = of.tagEnd; at < of.contentEnd;) {
    if (bytes_[at] != '<') {
      const std::size_t end = std::min(bytes_.find('<', at), of.contentEnd);
      const std::string_view run = bytes_.substr(at, end - at);
      const std::size_t first = run.find_first_not_of(kBlanks);
      if (first != npos) return ByteRange{at + first, at + run.find_last_not_of(kBlanks) + 1};
      at = end;
    } else if (const std::size_t past = pastMarkup(bytes_, at); past != at) {
      if (bytes_.substr(at).starts_with("<![CDATA[")) return ByteRange{at, past};
      at = past;
    } else {
      while (elements_[next].whole.begin < at)
        ++next;
      at = elements_[next].whole.end;
    }
  }
  return std::nullopt;
}

std::string XmlElements::blanksBefore(std::size_t place) const {
  const std::size_t last = bytes_.substr(0, place).find_last_not_of(kBlanks);
  const std::size_t begin = last == npos ? 0 : last + 1;
  return std::string(bytes_.substr(begin, place - begin));
}

std::optional<XmlElements::Attribute> XmlElements::attribute(std::size_t element,
                                                             std::string_view name) const {
  const XmlElement& of = elements_[element];
  const std::size_t end = of.tagEnd - (of.closed ? 2 : 1);
  std::size_t at = of.whole.begin + 1 + of.name.size();
  while (at < end) {
    const std::size_t begin = at;
    at = bytes_.find_first_not_of(kBlanks, at);
    const std::size_t equals = bytes_.find('=', at);
    const std::size_t quote = bytes_.find_first_of("\"'", at);
    if (equals >= end || quote >= end) break;
    const std::size_t close = bytes_.find(bytes_[quote], quote + 1);
    if (trimmed(bytes_.substr(at, equals - at)) == name)
      return Attribute{{begin, close + 1}, {quote + 1, close}};
    at = close + 1;
  }
  return std::nullopt;
}

void XmlElements::setText(ByteEdits& edits, std::size_t element, const std::string& text) const {
  const XmlElement& of = elements_[element];
  if (of.closed) {
    const std::size_t slash = of.tagEnd - 2;
    edits.replace(slash - blanksBefore(slash).size(), of.tagEnd,
                  ">" + text + "</" + std::string(of.name) + ">");
  } else if (const std::optional<ByteRange> old = textOf(element)) {
    edits.replace(old->begin, old->end, text);
  } else {
    edits.replace(of.tagEnd, of.tagEnd, text);
  }
}

void XmlElements::remove(ByteEdits& edits, std::size_t element) const {
  const ByteRange whole = elements_[element].whole;
  ByteRange lines = whole;
  while (lines.begin > 0 && (bytes_[lines.begin - 1] == ' ' || bytes_[lines.begin - 1] == '\t'))
    --lines.begin;
  while (lines.end < bytes_.size() && (bytes_[lines.end] == ' ' || bytes_[lines.end] == '\t'))
    ++lines.end;
  const bool alone = (lines.begin == 0 || isLineEnd(bytes_[lines.begin - 1])) &&
                     lines.end < bytes_.size() && isLineEnd(bytes_[lines.end]);
  if (!alone) return edits.replace(whole.begin, whole.end, "");
  lines.end += bytes_.substr(lines.end).starts_with("\r\n") ? 2 : 1;
  edits.replace(lines.begin, lines.end, "");
}

std::string xmlEscaped(std::string_view text, bool ascii) {
  std::string escaped;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (text[i] == '&') {
      escaped += "&amp;";
    } else if (text[i] == '<') {
      escaped += "&lt;";
    } else if (text[i] == '>') {
      escaped += "&gt;";
    } else if (byte < 0x20) {
      escaped += "&#" + std::to_string(byte) + ";";
    } else if (ascii && byte >= 0xC0) {
      const std::size_t more = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : 1;
      std::uint32_t code = byte & (0x3FU >> more);
      for (std::size_t k = 0; k < more && i + 1 < text.size(); ++k)
        code = code << 6 | (static_cast<unsigned char>(text[++i]) & 0x3FU);
      escaped += "&#" + std::to_string(code) + ";";
    } else {
      escaped += text[i];
    }
  }
  return escaped;
}

}  // namespace boxwright
