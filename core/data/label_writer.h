// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/data/annotation.h"
#include "core/data/dataset.h"

namespace boxwright {

/// Which box each object of a label file is, by its id, in the file's order; those that cannot be
/// used have a number too. As read: 1, 2, 3, …
using LabelSlots = std::vector<std::uint32_t>;

/// Writes the labels of single pictures in one layout, in place: it changes what has changed and
/// leaves everything else byte for byte as it was. Pure but for looking which files there are; any
/// thread.
class LabelWriter {
 public:
  virtual ~LabelWriter() = default;

  /// The label file of a picture: the one there is, as the reader finds it, else where one is to be
  /// made.
  virtual std::filesystem::path fileOf(const Dataset& dataset, std::size_t picture) const = 0;

  /// The objects of a label file as it was read: 1, 2, 3, …, as many as there are. Throws Error
  /// where the bytes are malformed, with `file` in its message.
  virtual LabelSlots slotsOf(const std::string& bytes, const std::string& file) const = 0;

  /// The file's new bytes, from `bytes` (none: there is no file yet), which say `before`; an object
  /// whose box is the same in `after` stays as it is, and so does all that is not modelled, such as
  /// objects that cannot be used. The file's order stays too: new boxes come at its end. `slots`
  /// are brought up to date; an object that cannot be used gets another number there where a box of
  /// `after` has its.
  /// Nothing: the picture is unlabelled, the file is to go; where it was so before, a file of which
  /// nothing can be used stays. Negative: a file without objects.
  /// Throws Error where the layout cannot say `after` (a labelled picture without boxes, for one),
  /// or `bytes` are not what `slots` and `before` describe; `slots` are as they were then.
  virtual std::optional<std::string> write(const std::optional<std::string>& bytes,
                                           const Dataset& dataset, std::size_t picture,
                                           const Annotation& before, const Annotation& after,
                                           LabelSlots& slots) const = 0;
};

/// The writer for a dataset's own layout; bare pictures get VOC's files beside them. Throws Error
/// for a layout that is not written yet, naming it.
std::unique_ptr<LabelWriter> labelWriterFor(const Dataset& dataset);

/// These look at the dataset's files once for where labels lie; it need not live on.
std::unique_ptr<LabelWriter> makeVocWriter(const Dataset& dataset);
std::unique_ptr<LabelWriter> makeTextLabelWriter(const Dataset& dataset);

}  // namespace boxwright
