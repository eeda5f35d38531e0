// SPDX-License-Identifier: GPL-3.0-or-later
// Writes CSV files of boxes in place, row by row.
#include <array>
#include <utility>

#include "core/base/error.h"
#include "core/data/csv_file.h"
#include "core/data/picture_finder.h"
#include "core/data/shared_writer.h"
#include "core/geometry/conversion.h"

namespace boxwright {
namespace {

/// The rows of one picture.
struct PictureRows {
  std::vector<const CsvRow*> boxes, empty;
  const CsvRow* last = nullptr;
  std::string name;  ///< as they call it
};

class CsvWriter final : public SharedWriter {
 protected:
  std::string apply(const std::string& bytes, const Dataset& dataset, const std::string& file,
                    std::vector<Part>& parts, FileClasses*) const override {
    const std::optional<CsvForm> form = csvFormOf(bytes);
    if (!form) throw Error("the columns are not those of boxes", file, "open the dataset again");
    const PictureFinder finder = finderFor(dataset, file, splitOfPath(file), "");
    const std::vector<CsvRow> rows = csvRowsOf(bytes, *form);
    const std::vector<PictureRows> found = rowsOf(bytes, *form, rows, finder, dataset, parts);
    const std::vector<LineSpan> lines = lineSpansOf(bytes);
    std::string lineEnd = "\n";
    for (const LineSpan& line : lines) {
      if (line.next == line.end) continue;
      lineEnd = bytes.substr(line.end, line.next - line.end);
      break;
    }
    const EarlierRows earlier(*form, finder, dataset, parts);
    ByteEdits edits;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      Part& part = parts[i];
      const PictureRows& picture = found[i];
      std::vector<std::string> added;
      const auto remove = [&](const CsvRow& row) {
        edits.replace(row.line.begin, row.line.next, "");
      };
      if (part.goes()) {
        for (const CsvRow* row : picture.boxes)
          remove(*row);
      } else {
        const LabelPlan plan = part.plan(picture.boxes.size());
        for (std::size_t k = 0; k < picture.boxes.size(); ++k) {
          const LabelPlan::Object& object = plan.objects[k];
          if (object.fate == LabelPlan::Fate::Remove) {
            remove(*picture.boxes[k]);
            continue;
          }
          if (object.fate == LabelPlan::Fate::Change)
            change(edits, bytes, *form, part.edit, *picture.boxes[k], *object.before,
                   *object.after);
          if (!object.before) follow(edits, bytes, *form, part.edit, *picture.boxes[k]);
          part.left.push_back(object.id);
        }
        const std::string name =
            picture.last ? picture.name : finder.nameOf(dataset.pictures[part.edit.picture].path);
        for (const Box* box : plan.added) {
          const auto back = earlier.rowOf(part, *box);
          added.push_back(back ? *back : rowText(*form, part.edit, name, box));
          part.left.push_back(box->id);
        }
        if (part.edit.after.state == LabelState::Negative && picture.empty.empty())
          added.push_back(rowText(*form, part.edit, name, nullptr));
      }
      if (part.edit.after.state != LabelState::Negative) {
        for (const CsvRow* row : picture.empty)
          remove(*row);
      }
      // After the picture's own rows, else at the end.
      const LineSpan end{bytes.size(), bytes.size(), bytes.size()};
      const LineSpan after = picture.last ? picture.last->line : lines.empty() ? end : lines.back();
      const bool open = after.next == after.end && !bytes.empty();
      for (const std::string& row : added)
        edits.replace(after.next, after.next, open ? lineEnd + row : row + lineEnd);
    }
    return edits.applied(bytes);
  }

  std::string newFile(const Dataset&) const override {
    return "filename,width,height,class,xmin,ymin,xmax,ymax\n";
  }

 private:
  /// The rows of the file as it was read.
  class EarlierRows {
   public:
    EarlierRows(const CsvForm& form, const PictureFinder& finder, const Dataset& dataset,
                const std::vector<Part>& parts)
        : form_(form), first_(parts.data()) {
      for (const Part& part : parts)
        if (part.change.read) bytes_ = part.change.read;
      if (!bytes_) return;
      const std::optional<CsvForm> read = csvFormOf(*bytes_);
      if (!read || read->columns != form.columns || read->delimiter != form.delimiter) return;
      rows_ = csvRowsOf(*bytes_, form);
      found_ = rowsOf(*bytes_, form, rows_, finder, dataset, parts);
    }

    /// The row in which a box stood there, with what has changed since.
    std::optional<std::string> rowOf(const Part& part, const Box& box) const {
      const Box* const before = asItStood(part.change, box);
      if (found_.empty() || !before) return std::nullopt;
      const std::vector<const CsvRow*>& rows =
          found_[static_cast<std::size_t>(&part - first_)].boxes;
      if (box.id > rows.size()) return std::nullopt;
      const LineSpan& line = rows[box.id - 1]->line;
      const std::string text = bytes_->substr(line.begin, line.end - line.begin);
      CsvForm alone = form_;
      alone.header = false;
      const std::vector<CsvRow> row = csvRowsOf(text, alone);
      if (row.size() != 1) return std::nullopt;
      ByteEdits edits;
      change(edits, text, alone, part.edit, row.front(), *before, box);
      return edits.applied(text);
    }

   private:
    const CsvForm& form_;
    const Part* first_;
    const std::string* bytes_ = nullptr;
    std::vector<CsvRow> rows_;
    std::vector<PictureRows> found_;
  };

  static std::vector<PictureRows> rowsOf(const std::string& bytes, const CsvForm& form,
                                         const std::vector<CsvRow>& rows,
                                         const PictureFinder& finder, const Dataset& dataset,
                                         const std::vector<Part>& parts) {
    PartsByKey byKey;
    for (std::size_t i = 0; i < parts.size(); ++i)
      byKey.emplace(dataset.pictures[parts[i].edit.picture].path, i);
    // As the reader has it: of several names for one picture the first counts.
    std::unordered_map<std::string, std::optional<std::size_t>> names;
    std::vector<PictureRows> found(parts.size());
    for (const CsvRow& row : rows) {
      const std::string name = csvText(bytes, row, form.path);
      const auto [known, fresh] = names.emplace(name, std::nullopt);
      if (fresh && !name.empty()) {
        const auto key = finder.find(name);
        const auto part = key ? byKey.find(*key) : byKey.end();
        // Called by two names, the first counts; it goes with both.
        if (part != byKey.end() && (!found[part->second].last || parts[part->second].goes())) {
          known->second = part->second;
          found[part->second].name = name;
        }
      }
      if (!known->second) continue;
      PictureRows& picture = found[*known->second];
      (isEmptyRow(row, form) ? picture.empty : picture.boxes).push_back(&row);
      picture.last = &row;
    }
    return found;
  }

  static std::string rowText(const CsvForm& form, const LabelEdit& edit, const std::string& name,
                             const Box* box) {
    std::vector<std::string> cells(static_cast<std::size_t>(form.columns));
    const auto put = [&](int column, std::string text) {
      if (column >= 0) cells[static_cast<std::size_t>(column)] = std::move(text);
    };
    const Picture& picture = edit.dataset.pictures[edit.picture];
    put(form.path, name);
    put(form.width, std::to_string(picture.width));
    put(form.height, std::to_string(picture.height));
    if (box) {
      put(form.name, plainNameOf(edit, *box, "CSV"));
      const std::array<double, 4> edges = edgesOf(box->rect);
      for (std::size_t i = 0; i < edges.size(); ++i)
        put(form.edges[i], decimalText(edges[i]));
    }
    return csvLine(cells, form.delimiter);
  }

  static void change(ByteEdits& edits, const std::string& bytes, const CsvForm& form,
                     const LabelEdit& edit, const CsvRow& row, const Box& before,
                     const Box& after) {
    const auto put = [&](int column, const std::string& text) {
      putCell(edits, bytes, form, edit, row, column, text);
    };
    if (before.classId != after.classId) put(form.name, plainNameOf(edit, after, "CSV"));
    const std::array<double, 4> old = edgesOf(before.rect), now = edgesOf(after.rect);
    for (std::size_t i = 0; i < now.size(); ++i)
      if (old[i] != now[i]) put(form.edges[i], decimalText(now[i]));
  }

  /// A row that cannot be used is of a class, too.
  static void follow(ByteEdits& edits, const std::string& bytes, const CsvForm& form,
                     const LabelEdit& edit, const CsvRow& row) {
    if (const auto name = edit.nameNow(csvText(bytes, row, form.name)))
      putCell(edits, bytes, form, edit, row, form.name, *name);
  }

  static void putCell(ByteEdits& edits, const std::string& bytes, const CsvForm& form,
                      const LabelEdit& edit, const CsvRow& row, int column,
                      const std::string& text) {
    if (static_cast<std::size_t>(column) >= row.cells.size())
      throw Error("the label file is not what was read (a row is another)", edit.file,
                  "open the dataset again");
    ByteRange cell = row.cells[static_cast<std::size_t>(column)];
    // With the quotes, which the new text has where it needs them.
    if (cell.begin > row.line.begin && bytes[cell.begin - 1] == '"') {
      --cell.begin;
      if (cell.end < row.line.end && bytes[cell.end] == '"') ++cell.end;
    }
    edits.replace(cell.begin, cell.end, csvQuoted(text, form.delimiter));
  }
};

}  // namespace

std::unique_ptr<LabelWriter> makeCsvWriter() {
  return std::make_unique<CsvWriter>();
}

}  // namespace boxwright
