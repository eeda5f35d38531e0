// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/own_file_writer.h"

#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"

namespace boxwright {

std::optional<std::string> OwnFileWriter::write(const std::optional<std::string>& bytes,
                                                const Dataset& dataset,
                                                std::span<LabelChange> changes,
                                                FileClasses*) const {
  if (changes.size() != 1) throw Error("a label file is of one picture in this layout");
  LabelChange& change = changes.front();
  static const Annotation nothing;
  // What is not known goes: the file is made anew.
  const bool anew = change.before == nullptr;
  LabelSlots slots;
  if (change.objects && !anew)
    slots = *change.objects;
  else if (bytes && !anew)
    slots = slotsOf(*bytes, utf8(fileOf(dataset, change.picture)));
  const LabelEdit edit{dataset,
                       change.picture,
                       anew ? nothing : *change.before,
                       *change.after,
                       utf8(fileOf(dataset, change.picture)),
                       change.followed};
  std::optional<std::string> out = writeOne(anew ? std::nullopt : bytes, edit, slots);
  change.objects = std::move(slots);
  return out;
}

}  // namespace boxwright
