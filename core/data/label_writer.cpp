// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/label_writer.h"

#include <algorithm>

#include "core/base/atomic_file.h"
#include "core/base/error.h"

namespace boxwright {
namespace {

/// A classifier's pictures have their classes from their paths: there is no file to write.
bool classesAreOfPaths(const Dataset& dataset) {
  return std::any_of(dataset.pictures.begin(), dataset.pictures.end(), [](const Picture& picture) {
    return picture.annotation->classesOnly() && picture.labelHash == 0;
  });
}

}  // namespace

std::unique_ptr<LabelWriter> labelWriterFor(const Dataset& dataset, LabelNumbers numbers) {
  const std::string& format = dataset.format;
  if (format == "voc" || format == "images") return makeVocWriter(dataset, numbers);
  const bool text = format == "ultralytics" || format == "darknet";
  if (text && !classesAreOfPaths(dataset)) return makeTextLabelWriter(dataset);
  if (format == "labelme") return makeLabelmeWriter();
  if (format == "coco") return makeCocoWriter();
  if (format == "cvat") return makeCvatWriter();
  if (format == "csv") return makeCsvWriter();
  if (format == "combined")
    throw Error("a combined dataset is read only", utf8(dataset.root),
                "open one of its datasets to edit its labels");
  throw Error(text ? "classes that are told by the pictures' paths cannot be written yet"
                   : "labels in the layout '" + format + "' cannot be written yet",
              utf8(dataset.root));
}

}  // namespace boxwright
