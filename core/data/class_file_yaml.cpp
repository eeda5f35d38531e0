// SPDX-License-Identifier: GPL-3.0-or-later
// The names of a data.yaml, changed in place: quotes, comments and the form of the list stay.
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/data/byte_edits.h"
#include "core/data/class_file.h"

namespace boxwright {
namespace {

/// A name in the file: where its scalar stands and, in a map, its key.
struct Entry {
  ByteRange scalar;
  std::size_t begin = 0;  ///< of the key; of a list's entry the scalar's
};

class YamlNames {
 public:
  YamlNames(const std::string& bytes, const std::string& file) : bytes_(bytes), file_(file) {
    try {
      root_ = YAML::Load(bytes);
    } catch (const YAML::Exception& error) {
      throw Error("the YAML cannot be read (" + error.msg + ")", file);
    }
    if (!root_.IsMap() || !root_["names"]) throw unfit("it has no names");
    const YAML::Node names = root_["names"];
    map_ = names.IsMap();
    flow_ = names.Style() == YAML::EmitterStyle::Flow;
    if (map_) {
      for (const auto& item : names) {
        if (item.first.as<std::string>("") != std::to_string(old_.size()))
          throw unfit("its names do not stand in the order of their numbers");
        add(item.second, item.first);
      }
    } else if (names.IsSequence()) {
      for (const YAML::Node& item : names)
        add(item, item);
    }
    if (old_.empty()) throw unfit("its names are no list");
  }

  std::string with(const ClassNames& names) const {
    if (names.empty()) throw Error("a dataset needs a class", file_);
    ByteEdits edits;
    const std::size_t kept = std::min(names.size(), old_.size());
    for (std::size_t i = 0; i < kept; ++i) {
      if (old_[i] != names[i])
        edits.replace(entries_[i].scalar.begin, entries_[i].scalar.end,
                      scalarText(names[i], bytes_[entries_[i].scalar.begin]));
    }
    const std::size_t last = flow_ ? entries_.back().scalar.end : lineEnd(entries_.back());
    if (kept < old_.size())
      edits.replace(flow_ ? entries_[kept - 1].scalar.end : lineEnd(entries_[kept - 1]), last, "");
    std::string added;
    for (std::size_t i = kept; i < names.size(); ++i)
      added += (flow_ ? std::string(", ") : indentation()) + (map_ ? keyText(i) : std::string()) +
               scalarText(names[i], bytes_[entries_.front().scalar.begin]);
    if (!added.empty()) edits.replace(last, last, added);
    setCount(edits, names.size());
    return edits.applied(bytes_);
  }

  const ClassNames& names() const { return old_; }

 private:
  Error unfit(const std::string& why) const {
    return Error("the names cannot be changed in this YAML: " + why, file_,
                 "change them in a text editor and open the dataset again");
  }

  void add(const YAML::Node& value, const YAML::Node& first) {
    if (!value.IsScalar()) throw unfit("its names are no texts");
    const auto begin = static_cast<std::size_t>(value.Mark().pos);
    const std::string text = value.as<std::string>();
    old_.push_back(text);
    std::size_t end = begin + text.size();
    if (begin < bytes_.size() && (bytes_[begin] == '"' || bytes_[begin] == '\'')) {
      const char quote = bytes_[begin];
      for (end = begin + 1; end < bytes_.size() && bytes_[end] != quote; ++end) {
        if (quote == '"' && bytes_[end] == '\\') ++end;
        if (quote == '\'' && bytes_.compare(end, 2, "''") == 0) ++end;
        while (quote == '\'' && bytes_.compare(end, 2, "''") == 0)
          ++end;
      }
      ++end;
    } else if (bytes_.compare(begin, text.size(), text) != 0) {
      throw unfit("the name '" + text + "' is written in a way that is not known here");
    }
    if (end > bytes_.size()) throw unfit("a quote does not end");
    entries_.push_back({{begin, end}, static_cast<std::size_t>(first.Mark().pos)});
  }

  std::size_t lineEnd(const Entry& entry) const {
    return std::min(bytes_.find_first_of("\r\n", entry.scalar.end), bytes_.size());
  }

  /// What stands before a new entry of a block: the line's end and what is before the last one.
  std::string indentation() const {
    const std::size_t first = bytes_.find_first_of("\r\n");
    const std::string end = first == std::string::npos              ? "\n"
                            : bytes_.compare(first, 2, "\r\n") == 0 ? "\r\n"
                                                                    : "\n";
    const std::size_t before = bytes_.find_last_of("\r\n", entries_.back().begin);
    const std::size_t line = before == std::string::npos ? 0 : before + 1;
    return end + bytes_.substr(line, entries_.back().begin - line);
  }

  std::string keyText(std::size_t id) const {
    const Entry& model = entries_.back();
    const std::string key = bytes_.substr(model.begin, model.scalar.begin - model.begin);
    const std::size_t colon = key.find(':');
    const bool quoted = key.front() == '"' || key.front() == '\'';
    const std::string quote = quoted ? key.substr(0, 1) : std::string();
    return quote + std::to_string(id) + quote + key.substr(std::min(colon, key.size()));
  }

  /// In the quotes of the one it is put in place of; a new one in those of the first.
  static std::string scalarText(const std::string& name, char model) {
    if (model == '"') {
      std::string text = "\"";
      for (const char c : name) {
        if (c == '"' || c == '\\') text += '\\';
        text += c;
      }
      return text + '"';
    }
    if (model != '\'' && isPlain(name)) return name;
    std::string text = "'";
    for (const char c : name) {
      if (c == '\'') text += '\'';
      text += c;
    }
    return text + '\'';
  }

  /// It may stand without quotes, whoever reads it.
  static bool isPlain(const std::string& name) {
    static constexpr std::array<std::string_view, 10> kWords = {
        "y", "n", "yes", "no", "on", "true", "false", "off", "null", "nan"};
    std::string small;
    for (const char c : name)
      small += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (std::find(kWords.begin(), kWords.end(), small) != kWords.end()) return false;
    const auto isLetter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
    if (small.empty() || !isLetter(small.front()) || small.back() == ' ') return false;
    return std::all_of(small.begin(), small.end(), [&](char c) {
      return isLetter(c) || (c >= '0' && c <= '9') || c == ' ' || c == '-' || c == '.';
    });
  }

  void setCount(ByteEdits& edits, std::size_t count) const {
    const YAML::Node node = root_["nc"];
    if (!node || !node.IsScalar()) return;
    const std::string text = node.as<std::string>();
    const auto begin = static_cast<std::size_t>(node.Mark().pos);
    if (text == std::to_string(count) || bytes_.compare(begin, text.size(), text) != 0) return;
    edits.replace(begin, begin + text.size(), std::to_string(count));
  }

  const std::string& bytes_;
  const std::string& file_;
  YAML::Node root_;
  bool map_ = false, flow_ = false;
  ClassNames old_;
  std::vector<Entry> entries_;
};

}  // namespace

std::string withYamlNames(const std::string& bytes, const ClassNames& names,
                          const std::string& file) {
  std::string now = YamlNames(bytes, file).with(names);
  if (YamlNames(now, file).names() != names)
    throw Error("the names cannot be changed in this YAML", file,
                "change them in a text editor and open the dataset again");
  return now;
}

}  // namespace boxwright
