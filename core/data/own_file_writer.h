// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string>

#include "core/data/label_writer.h"
#include "core/data/label_writer_plan.h"

namespace boxwright {

/// The writer of a layout in which a picture has a label file of its own.
class OwnFileWriter : public LabelWriter {
 public:
  std::optional<std::string> write(const std::optional<std::string>& bytes, const Dataset& dataset,
                                   std::span<LabelChange> changes,
                                   FileClasses* classes) const final;

 protected:
  /// The objects of a file as it was read: 1, 2, 3, …, as many as there are. Throws Error where the
  /// bytes are malformed, with `file` in its message.
  virtual LabelSlots slotsOf(const std::string& bytes, const std::string& file) const = 0;
  virtual std::optional<std::string> writeOne(const std::optional<std::string>& bytes,
                                              const LabelEdit& edit, LabelSlots& slots) const = 0;
};

}  // namespace boxwright
