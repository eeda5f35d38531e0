// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/data/annotation.h"
#include "core/data/dataset.h"
#include "core/data/file_classes.h"

namespace boxwright {

/// Which box each object of a label file is, by its id, in the file's order; those that cannot be
/// used have a number too. As read: 1, 2, 3, …
using LabelSlots = std::vector<std::uint32_t>;

/// What the classes of a label file are called now: what cannot be used as a box, and so is in no
/// annotation, follows.
struct FollowedClasses {
  std::vector<int> numbers;                  ///< of each number; -1: it is none's any more
  std::map<std::string, std::string> names;  ///< those that are others
};

/// What a label file is to say of one picture.
struct LabelChange {
  std::size_t picture = 0;
  /// What the file says of it; null: that is not known, and goes.
  const Annotation* before = nullptr;
  const Annotation* after = nullptr;
  /// The picture's objects in the file; nothing: they are as they were read. Brought up to date.
  std::optional<LabelSlots> objects = {};
  /// The file as it was read and what it said of the picture, in the classes of now: a box that
  /// comes back from there brings with it all that it had. Null where that is not known.
  const std::string* read = nullptr;
  const Annotation* said = nullptr;
  /// What has become of the classes since the file was written; null: nothing.
  const FollowedClasses* followed = nullptr;
};

/// Writes labels in one layout, in place: it changes what has changed and leaves everything else
/// byte for byte as it was. Pure but for looking which files there are; any thread.
class LabelWriter {
 public:
  virtual ~LabelWriter() = default;

  /// Whether a file holds the labels of several pictures, each with its own objects.
  virtual bool isShared() const { return false; }

  /// The label file of a picture: the one there is, as the reader finds it, else where one is to be
  /// made.
  virtual std::filesystem::path fileOf(const Dataset& dataset, std::size_t picture) const = 0;

  /// The file's new bytes, from `bytes` (none: there is no file yet), for pictures that all have
  /// their labels there: one, where files are not shared. An object whose box is the same in
  /// `after` stays as it is, and so does all that is not modelled, such as objects that cannot be
  /// used. The file's order stays too: new boxes come at its end. An object that cannot be used
  /// gets another number in the slots where a box of `after` has its.
  /// Unlabelled: what is said of the picture goes, which of a file of its own leaves nothing; where
  /// it was so before, that of which nothing can be used stays. Negative: it has no objects.
  /// `classes`: what the file is to say of them, where it lists them itself.
  /// Throws Error where the bytes are malformed, the layout cannot say `after` (a labelled picture
  /// without boxes, for one), or `bytes` are not what slots and `before` describe; the slots are as
  /// they were then.
  virtual std::optional<std::string> write(const std::optional<std::string>& bytes,
                                           const Dataset& dataset, std::span<LabelChange> changes,
                                           FileClasses* classes = nullptr) const = 0;
};

/// Exact: numbers as they are, so that they read back the same. AsUsual: as the programs of the
/// layout have them, which is whole pixels in VOC, where a file has no others.
enum class LabelNumbers { Exact, AsUsual };

/// The writer for a dataset's own layout; bare pictures get VOC's files beside them. Throws Error
/// for a layout that is not written yet, naming it.
std::unique_ptr<LabelWriter> labelWriterFor(const Dataset& dataset,
                                            LabelNumbers numbers = LabelNumbers::Exact);

/// The first two look at the dataset's files once for where labels lie; it need not live on.
std::unique_ptr<LabelWriter> makeVocWriter(const Dataset& dataset, LabelNumbers numbers);
std::unique_ptr<LabelWriter> makeTextLabelWriter(const Dataset& dataset);
std::unique_ptr<LabelWriter> makeLabelmeWriter();
std::unique_ptr<LabelWriter> makeCocoWriter();
std::unique_ptr<LabelWriter> makeCvatWriter();
std::unique_ptr<LabelWriter> makeCsvWriter();

}  // namespace boxwright
