// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/cvat_labels.h"

#include <algorithm>
#include <optional>
#include <pugixml.hpp>
#include <vector>

#include "core/base/error.h"
#include "core/data/text_lines.h"

namespace boxwright {
namespace {

std::string renamed(const std::string& label, const std::string& name, const std::string& file) {
  if (cvatLabelName(label) == name) return label;
  const XmlElements xml(label, file);
  const auto element = xml.top("label");
  const auto child = element ? xml.child(*element, "name") : std::nullopt;
  if (!child) return label;
  ByteEdits edits;
  xml.setText(edits, *child, xmlEscaped(name, false));
  return edits.applied(label);
}

/// One list of them.
void writeList(ByteEdits& edits, const XmlElements& xml, std::size_t list, FileClasses& classes,
               std::map<int, std::string>& gone) {
  const std::vector<std::size_t> labels = xml.children(list, "label");
  const auto textAt = [&](std::size_t entry) {
    const ByteRange& whole = xml[labels[entry]].whole;
    return std::string(xml.bytes().substr(whole.begin, whole.end - whole.begin));
  };
  std::vector<std::optional<std::string>> names;
  for (std::size_t i = 0; i < labels.size(); ++i)
    names.emplace_back(cvatLabelName(textAt(i)));
  const ClassEntries entries(classes, names);
  const std::string before =
      xml.blanksBefore(labels.empty() ? xml[list].whole.begin : xml[labels.back()].whole.begin) +
      (labels.empty() ? "  " : "");
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < classes.after->size(); ++i) {
    const auto& [identity, name] = (*classes.after)[i];
    const auto back = classes.gone.find(identity);
    if (const ClassEntries::Place& entry = entries.after[i])
      texts.push_back(renamed(textAt(*entry), name, classes.file));
    else if (back != classes.gone.end())
      texts.push_back(renamed(back->second, name, classes.file));
    else
      texts.push_back("<label>" + before + "  <name>" + xmlEscaped(name, false) + "</name>" +
                      before + "</label>");
  }
  for (std::size_t i = 0; i < entries.before.size(); ++i) {
    const ClassEntries::Place& entry = entries.before[i];
    if (entry &&
        std::find(entries.after.begin(), entries.after.end(), entry) == entries.after.end())
      gone.emplace((*classes.before)[i].identity, textAt(*entry));
  }
  for (std::size_t entry = 0; entry < labels.size(); ++entry) {
    const ByteRange& whole = xml[labels[entry]].whole;
    if (const ClassEntries::Place& at = entries.classAt[entry])
      edits.replace(whole.begin, whole.end, texts[*at]);
    else if (entries.goes[entry])
      xml.remove(edits, labels[entry]);
  }
  std::string added;
  for (std::size_t i = entries.placed; i < texts.size(); ++i)
    added += before + texts[i];
  if (added.empty()) return;
  if (labels.empty())
    xml.setText(edits, list, added + xml.blanksBefore(xml[list].whole.begin));
  else
    edits.replace(xml[labels.back()].whole.end, xml[labels.back()].whole.end, added);
}

}  // namespace

std::string cvatLabelName(std::string_view element) {
  pugi::xml_document document;
  if (!document.load_buffer(element.data(), element.size(), pugi::parse_default,
                            pugi::encoding_utf8))
    return {};
  return std::string(trimmed(document.child("label").child_value("name")));
}

void writeCvatLabels(ByteEdits& edits, const CvatFile& cvat, FileClasses& classes) {
  if (!cvat.meta) return;
  const std::string_view text = cvat.part(*cvat.meta);
  const XmlElements xml(text, classes.file);
  ByteEdits within;
  std::map<int, std::string> gone;
  // In <task>, <job> or <project>, by version.
  for (const std::size_t owner : xml.children(xml.top("meta").value_or(0))) {
    if (const auto list = xml.child(owner, "labels")) writeList(within, xml, *list, classes, gone);
  }
  for (const ListedClass& back : *classes.after)
    classes.gone.erase(back.identity);
  classes.gone.merge(gone);
  edits.replace(cvat.meta->whole.begin, cvat.meta->whole.end, within.applied(text));
}

CvatRenames::CvatRenames(const FileClasses& classes) {
  for (std::size_t i = 0; i < classes.before->size(); ++i) {
    if (classes.to[i] < 0) continue;
    const std::string& before = (*classes.before)[i].name;
    const std::string& after = (*classes.after)[static_cast<std::size_t>(classes.to[i])].name;
    if (before != after) names_.emplace(before, after);
  }
}

void CvatRenames::apply(ByteEdits& edits, const XmlElements& xml, std::size_t element) const {
  const auto there = xml.attribute(element, "label");
  if (!there) return;
  const XmlElement& found = xml[element];
  std::string tag(xml.bytes().substr(found.whole.begin, found.tagEnd - found.whole.begin));
  if (!found.closed) tag += "</" + std::string(found.name) + ">";
  pugi::xml_document document;
  if (!document.load_buffer(tag.data(), tag.size(), pugi::parse_default, pugi::encoding_utf8))
    return;
  const auto name =
      names_.find(std::string(trimmed(document.first_child().attribute("label").as_string())));
  if (name != names_.end())
    edits.replace(there->value.begin, there->value.end, cvatAttributeText(name->second));
}

std::string CvatRenames::applied(std::string_view text, const std::string& file) const try {
  const XmlElements xml(text, file);
  ByteEdits edits;
  apply(edits, xml, 0);
  for (const std::size_t child : xml.children(0))
    apply(edits, xml, child);
  return edits.applied(text);
} catch (const Error&) {
  return std::string(text);
}

std::string cvatAttributeText(const std::string& text) {
  std::string escaped;
  for (const char c : xmlEscaped(text, false))
    escaped += c == '"'    ? std::string("&quot;")
               : c == '\'' ? std::string("&apos;")
                           : std::string(1, c);
  return escaped;
}

}  // namespace boxwright
