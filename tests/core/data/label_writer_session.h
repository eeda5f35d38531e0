// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/random.h"
#include "core/data/content_hash.h"
#include "core/data/label_writer.h"
#include "core/data/open_dataset.h"
#include "tests/core/data/dataset_folder.h"

namespace boxwright {

/// The labels of the first picture of a dataset, edited again and again and written into its file.
class LabelWriterSession {
 public:
  explicit LabelWriterSession(const DatasetFolder& folder)
      : dataset(openDataset(folder.path())),
        now(*dataset.pictures.at(0).annotation),
        writer_(labelWriterFor(dataset)),
        folder_(folder) {
    const std::filesystem::path file = writer_->fileOf(dataset, 0);
    if (std::filesystem::exists(file)) {
      bytes = readFile(file);
      LabelChange nothing{0, &now, &now};
      EXPECT_EQ(writer_->write(bytes, dataset, {&nothing, 1}), bytes);
      slots = nothing.objects.value_or(LabelSlots());
    }
  }

  std::filesystem::path file() const { return writer_->fileOf(dataset, 0); }

  /// Writes the annotation; gives the file's bytes, or "(none)".
  std::string write(const Annotation& after) {
    const std::filesystem::path file = this->file();
    LabelChange change{0, &now, &after, slots};
    bytes = writer_->write(bytes, dataset, {&change, 1});
    slots = change.objects.value_or(LabelSlots());
    now = after;
    if (!bytes) {
      std::filesystem::remove(file);
      return "(none)";
    }
    folder_.text(utf8(file.lexically_relative(folder_.path())), *bytes);
    return *bytes;
  }

  /// The same after a change of what is there now.
  std::string edit(const std::function<void(Annotation&)>& change) {
    Annotation after = now;
    change(after);
    return write(after);
  }

  /// What is wrong where the dataset, opened again, does not say what was written, to `tolerance`
  /// pixels. What a layout has no room for is not compared where `flags` is false.
  std::string differences(double tolerance, bool flags) const {
    const Dataset read = openDataset(folder_.path());
    const Picture& picture = pictureNamed(read, dataset.pictures[0].path);
    const Annotation& there = *picture.annotation;
    if (picture.labelHash != (bytes ? contentHash(*bytes) : 0)) return "the hash is another";
    if (there.state != now.state)
      return std::string("it is ") + labelStateName(there.state) + " instead of " +
             labelStateName(now.state);
    if (there.imageClasses != now.imageClasses) return "classes of the picture";
    if (flags && there.state != LabelState::Unlabelled && there.verified != now.verified)
      return "verified";
    if (there.boxes.size() != now.boxes.size()) return "the number of boxes";
    for (const Box& box : there.boxes) {
      // Numbers as read are places in the file.
      const std::uint32_t id = slots.at(box.id - 1);
      const auto own = std::find_if(now.boxes.begin(), now.boxes.end(),
                                    [&](const Box& b) { return b.id == id; });
      if (own == now.boxes.end()) return "box " + std::to_string(box.id) + " is none of ours";
      const auto off = [&](double Rect::*edge) {
        return !(std::abs(box.rect.*edge - own->rect.*edge) <= tolerance);
      };
      if (off(&Rect::left) || off(&Rect::top) || off(&Rect::right) || off(&Rect::bottom))
        return "the place of box " + std::to_string(box.id);
      if (read.classes.at(static_cast<std::size_t>(box.classId)) !=
          dataset.classes.at(static_cast<std::size_t>(own->classId)))
        return "the class of box " + std::to_string(box.id);
      if (flags && (box.difficult != own->difficult || box.truncated != own->truncated ||
                    box.occluded != own->occluded))
        return "the flags of box " + std::to_string(box.id);
    }
    return {};
  }

  const LabelWriter& writer() const { return *writer_; }

  Dataset dataset;
  std::optional<std::string> bytes;
  LabelSlots slots;
  Annotation now;

 private:
  std::unique_ptr<LabelWriter> writer_;
  const DatasetFolder& folder_;
};

inline Box boxOf(std::uint32_t id, int classId, const Rect& rect) {
  Box box;
  box.id = id;
  box.classId = classId;
  box.rect = rect;
  return box;
}

/// One random edit: boxes come, go, move, change class or flags, all go, the label goes. Numbers of
/// new boxes are those after the largest there is, as the user's boxes have them.
inline Annotation randomEdit(const Annotation& now, RandomStream& random, const Dataset& dataset,
                             const std::function<Rect()>& rect) {
  Annotation after = now;
  const std::uint64_t kind = random.index(10);
  const auto classId = [&] { return static_cast<int>(random.index(dataset.classes.size())); };
  if (kind == 0) {
    after = {};
  } else if (kind == 1) {
    after = {LabelState::Negative, random.index(2) == 0, {}, {}};
  } else if (kind <= 4 || after.boxes.empty()) {
    std::uint32_t id = 0;
    for (const Box& box : after.boxes)
      id = std::max(id, box.id);
    for (std::uint64_t i = 0; i <= random.index(3); ++i) {
      // Anywhere in the list: the file has its own order.
      after.boxes.insert(
          after.boxes.begin() + static_cast<std::ptrdiff_t>(random.index(after.boxes.size() + 1)),
          boxOf(++id, classId(), rect()));
    }
    after.state = LabelState::Labelled;
  } else {
    const std::size_t place = random.index(after.boxes.size());
    Box& box = after.boxes[place];
    if (kind == 5) {
      after.boxes.erase(after.boxes.begin() + static_cast<std::ptrdiff_t>(place));
      if (after.boxes.empty() && after.imageClasses.empty()) after.state = LabelState::Negative;
    } else if (kind == 6) {
      box.classId = classId();
    } else if (kind == 7) {
      bool Box::*const flags[] = {&Box::difficult, &Box::truncated, &Box::occluded};
      bool Box::*const flag = flags[random.index(3)];
      box.*flag = !(box.*flag);
    } else if (kind == 8) {
      box.rect = rect();
    } else {
      box.rect.right = std::max(box.rect.left + 2, rect().right);  // one edge alone
      after.verified = !after.verified;
    }
  }
  return after;
}

/// Objects of a file by their number, as text.
using ObjectTexts = std::vector<std::pair<std::uint32_t, std::string>>;

/// What is wrong where an object that is the same before and after, or was never usable, has other
/// bytes. `before` and `after` are the file's objects with their slots.
inline std::string touched(const ObjectTexts& before, const ObjectTexts& after,
                           const Annotation& was, const Annotation& is) {
  ObjectTexts kept;
  for (const auto& [id, text] : before) {
    const auto of = [id = id](const Annotation& annotation) {
      const auto found = std::find_if(annotation.boxes.begin(), annotation.boxes.end(),
                                      [&](const Box& box) { return box.id == id; });
      return found == annotation.boxes.end() ? nullptr : &*found;
    };
    const Box* const old = of(was);
    const Box* const now = of(is);
    if (!old || (now && *old == *now)) kept.emplace_back(id, text);
  }
  // All that is kept is there, in this order.
  auto at = after.begin();
  for (const auto& [id, text] : kept) {
    at = std::find_if(at, after.end(), [&text = text](const auto& o) { return o.second == text; });
    if (at == after.end()) return "object " + std::to_string(id) + " has changed: " + text;
    ++at;
  }
  return {};
}

}  // namespace boxwright
