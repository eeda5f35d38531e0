// SPDX-License-Identifier: GPL-3.0-or-later
// Writes the text labels of Darknet and Ultralytics in place, row by row. What they have no room
// for (looked over, difficult, …) is left out without a word.
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/label_rule.h"
#include "core/data/label_writer.h"
#include "core/data/label_writer_plan.h"
#include "core/data/own_file_writer.h"
#include "core/data/picture_trash.h"
#include "core/data/text_labels.h"
#include "core/data/text_lines.h"
#include "core/geometry/conversion.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// Pixels by which a number that stays may be off: rounding of a box that was moved.
constexpr double kSame = 1e-10;

/// A row in the file.
struct FileRow {
  LineSpan line;
  TextRow text;
};

std::vector<FileRow> rowsOf(std::string_view bytes, TextDialect dialect) {
  std::vector<FileRow> rows;
  for (const LineSpan& line : lineSpansOf(bytes)) {
    const std::string_view text = bytes.substr(line.begin, line.end - line.begin);
    if (!trimmed(text).empty()) rows.push_back({line, textRowFrom(text, dialect)});
  }
  return rows;
}

std::string lineEndOf(std::string_view bytes) {
  for (const LineSpan& line : lineSpansOf(bytes)) {
    if (line.next > line.end) return std::string(bytes.substr(line.end, line.next - line.end));
  }
  return "\n";
}

/// One edit of one file.
class TextEdit {
 public:
  TextEdit(LabelEdit edit, TextDialect dialect) : edit_(std::move(edit)), dialect_(dialect) {}

  std::string apply(std::string_view bytes, LabelSlots& slots) {
    const std::vector<FileRow> rows = rowsOf(bytes, dialect_);
    const LabelPlan plan = labelPlan(edit_, slots, rows.size());
    bytes_ = bytes;
    LabelSlots left;
    std::vector<int> wholes;  // classes of the picture, as the file has them
    std::size_t dropped = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const LabelPlan::Object& object = plan.objects[i];
      const FileRow& row = rows[i];
      const bool whole = isWhole(row.text);
      if (object.before && (whole || !row.text.fault.empty())) throw unfit();
      bool stays = object.fate != LabelPlan::Fate::Remove;
      if (whole) {
        if (stays) stays = keepWhole(row, wholes.size());
        wholes.push_back(row.text.classId);
      } else if (object.fate == LabelPlan::Fate::Change) {
        change(row.text, *object.before, *object.after);
      } else if (!object.before && stays) {
        follow(row.text);
      }
      if (stays) {
        left.push_back(object.id);
      } else {
        edits_.replace(row.line.begin, row.line.next, "");
        ++dropped;
      }
    }
    if (wholes != edit_.before.imageClasses) throw unfit();
    // "Nothing there" is a file without a byte, unless it said so in its own way.
    if (edit_.after.state == LabelState::Negative && dropped > 0) {
      slots.clear();
      return {};
    }
    std::vector<std::string> news;
    for (std::size_t i = wholes.size(); i < edit_.after.imageClasses.size(); ++i) {
      news.push_back(std::to_string(edit_.after.imageClasses[i]) + " 0 0 1 1");
      LabelSlots taken = left;
      for (const Box* box : plan.added)
        taken.push_back(box->id);
      left.push_back(unusedId(taken, edit_.after));
    }
    for (const Box* box : plan.added) {
      news.push_back(newRow(*box));
      left.push_back(box->id);
    }
    slots = std::move(left);
    return appended(edits_.applied(bytes), news);
  }

 private:
  Error unfit() const {
    return Error("the label file is not what was read (a row is another)", edit_.file,
                 "open the dataset again");
  }

  bool isWhole(const TextRow& row) const {
    return row.fault.empty() && row.wholePicture && row.classId >= 0 &&
           static_cast<std::size_t>(row.classId) < edit_.dataset.classes.size();
  }

  /// The row of the picture's class number `index` gets what is wanted there; nothing: it goes.
  bool keepWhole(const FileRow& row, std::size_t index) {
    const std::vector<int>& wanted = edit_.after.imageClasses;
    if (index >= wanted.size()) return false;
    if (row.text.classId != wanted[index])
      put(row.text.words.front(), std::to_string(wanted[index]));
    return true;
  }

  void put(std::string_view word, std::string text) {
    const auto begin = static_cast<std::size_t>(word.data() - bytes_.data());
    edits_.replace(begin, begin + word.size(), std::move(text));
  }

  /// A row that cannot be used is of a class, too.
  void follow(const TextRow& row) {
    if (!edit_.followed || !row.fault.empty() || row.classId < 0) return;
    const auto id = static_cast<std::size_t>(row.classId);
    const std::vector<int>& numbers = edit_.followed->numbers;
    if (id < numbers.size() && numbers[id] >= 0 && numbers[id] != row.classId)
      put(row.words[0], std::to_string(numbers[id]));
  }

  int width() const { return edit_.dataset.pictures[edit_.picture].width; }
  int height() const { return edit_.dataset.pictures[edit_.picture].height; }

  void change(const TextRow& row, const Box& before, const Box& after) {
    if (row.classId != after.classId) put(row.words[0], std::to_string(after.classId));
    const bool across =
        before.rect.left != after.rect.left || before.rect.right != after.rect.right;
    const bool down = before.rect.top != after.rect.top || before.rect.bottom != after.rect.bottom;
    if (!across && !down) return;
    const CentreBox now = fractionsFromRect(after.rect, width(), height());
    if (row.outline) {
      changeOutline(row, rectFromCentre(now), across, down);
      return;
    }
    const std::array<double, 4> values = {now.x, now.y, now.w, now.h};
    for (std::size_t i = 0; i < values.size(); ++i) {
      const bool horizontal = i % 2 == 0;
      const double off = (row.values[i + 1] - values[i]) * (horizontal ? width() : height());
      if ((horizontal ? across : down) && std::abs(off) > kSame)
        put(row.words[i + 1], decimalText(values[i]));
    }
  }

  /// Stretches an outline from its own bounds, which may stick out of the picture, to the new ones.
  void changeOutline(const TextRow& row, const Rect& to, bool across, bool down) {
    const Rect from = outlineBounds(row);
    for (std::size_t i = 1; i < row.values.size(); ++i) {
      const bool horizontal = i % 2 == 1;
      if (!(horizontal ? across : down)) continue;
      const double place = horizontal ? (row.values[i] - from.left) / from.width()
                                      : (row.values[i] - from.top) / from.height();
      put(row.words[i],
          decimalText(horizontal ? to.left + place * to.width() : to.top + place * to.height()));
    }
  }

  /// Without a score: labels say what is there, and trainers take rows of five numbers only.
  std::string newRow(const Box& box) const {
    const CentreBox now = fractionsFromRect(box.rect, width(), height());
    std::string row = std::to_string(box.classId);
    for (const double value : {now.x, now.y, now.w, now.h})
      row += " " + decimalText(value);
    return row;
  }

  /// A file whose last line does not end keeps that habit.
  std::string appended(std::string text, const std::vector<std::string>& rows) const {
    if (rows.empty()) return text;
    const std::string end = lineEndOf(bytes_);
    const std::vector<LineSpan> lines = lineSpansOf(text);
    const bool open = !lines.empty() && lines.back().next == lines.back().end;
    for (const std::string& row : rows)
      text += open ? end + row : row + end;
    return text;
  }

  LabelEdit edit_;
  TextDialect dialect_;
  std::string_view bytes_;
  ByteEdits edits_;
};

class TextLabelWriter final : public OwnFileWriter {
 public:
  explicit TextLabelWriter(const Dataset& dataset)
      : dialect_(dataset.format == "ultralytics" ? TextDialect::Ultralytics : TextDialect::Darknet),
        rule_(labelRuleFrom(dataset.labelRule)) {
    // A dataset that was made in memory.
    if (!rule_)
      rule_ = labelRuleOf(dataset, dialect_ == TextDialect::Ultralytics ? LabelRule::Ultralytics
                                                                        : LabelRule::Beside);
  }

  fs::path fileOf(const Dataset& dataset, std::size_t index) const override {
    if (const auto there = findLabel(dataset, index)) return pathFromUtf8(*there);
    // One in the trash has the place that it had.
    for (const std::string& path : labelPathsOf(utf8(dataset.absolutePath(index)))) {
      if (isTrashed(dataset.root, pathFromUtf8(path))) return pathFromUtf8(path);
    }
    return pathFromUtf8(labelPathBy(*rule_, dataset.root, utf8(dataset.absolutePath(index))));
  }

 protected:
  LabelSlots slotsOf(const std::string& bytes, const std::string&) const override {
    return firstSlots(rowsOf(bytes, dialect_).size());
  }

  std::optional<std::string> writeOne(const std::optional<std::string>& bytes,
                                      const LabelEdit& edit, LabelSlots& slots) const override {
    checkAnnotation(edit, dialect_ == TextDialect::Darknet);
    if (edit.after.state == LabelState::Unlabelled)
      return leftUnlabelled(bytes, edit.before, slots);
    return TextEdit(edit, dialect_).apply(bytes ? std::string_view(*bytes) : "", slots);
  }

 private:
  TextDialect dialect_;
  std::optional<LabelRule> rule_;
};

}  // namespace

std::unique_ptr<LabelWriter> makeTextLabelWriter(const Dataset& dataset) {
  return std::make_unique<TextLabelWriter>(dataset);
}

}  // namespace boxwright
