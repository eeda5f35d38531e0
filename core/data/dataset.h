// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/problem.h"
#include "core/data/annotation.h"
#include "core/data/class_file.h"
#include "core/taxonomy/class_names.h"

namespace boxwright {

class ClassTree;

/// One picture of a dataset.
struct Picture {
  std::string path;  ///< UTF-8, relative to the dataset's root where inside it: its key
  int width = 0;     ///< upright pixels; 0 while not yet known
  int height = 0;
  AnnotationPtr annotation;  ///< never null
  /// Of the bytes of its own label file as they were read (content_hash.h); 0: there was none.
  std::uint64_t labelHash = 0;
  /// Where several pictures have their labels in one file: which of Dataset::labelFiles. The hash
  /// is that of this file then.
  int labelFile = -1;
};

/// Named lists of picture indices, each ascending in the order of the dataset ("train", "val", …).
using Splits = std::map<std::string, std::vector<std::size_t>>;

/// Pictures, class names, annotations, splits and the faults found. A value: a copy shares the
/// annotations, so that a snapshot costs a few pointers a picture.
struct Dataset {
  std::filesystem::path root;
  std::string format;  ///< name of its DatasetFormat: "voc", "class-folders", …
  ClassNames classes;
  /// A file of the dataset lists the classes: others are faults. Else they are those that occur in
  /// labels or, of text labels, the numbers up to the highest.
  bool classesListed = false;
  /// Why the list of classes can be read but not changed; empty where it can.
  std::string classesFixed;
  /// Of a combined dataset: the tree whose nodes the classes are; null elsewhere.
  std::shared_ptr<const ClassTree> classTree;
  /// The files that say so, and what a new list is to be written into; none where the classes stand
  /// in the labels alone.
  std::vector<ClassFile> classFiles;
  /// Files that hold the labels of several pictures, relative to the root.
  std::vector<std::string> labelFiles;
  /// Those that could not be read and were left out: whose labels they hold is not known.
  std::vector<std::string> unreadFiles;
  /// The label files, relative to the root, of pictures whose name another has with another ending
  /// (own_labels.h); by the pictures' paths.
  std::map<std::string, std::string> ownLabels;
  /// Where text labels lie, seen from their pictures: the name of a LabelRule; else empty.
  std::string labelRule;
  std::vector<Picture> pictures;  ///< those in the trash too, where they stand among the others
  Splits splits;                  ///< as found in the dataset; empty when it has none
  std::vector<Problem> problems;

  /// Where the picture lies or, while it is in the trash, belongs.
  std::filesystem::path absolutePath(std::size_t picture) const;
};

/// The pictures a command works on: "all", a split of the dataset by its name, or Error naming the
/// splits there are.
std::vector<std::size_t> picturesOfSplit(const Dataset& dataset, const Splits& splits,
                                         const std::string& name);

/// The dataset's own splits where they hold train and val; else what is missing is made by seed:
/// test 15 %, val 15 %, train the rest, of labelled and negative pictures. A dataset with a train
/// split and no val gets its val from train. Pure function of (dataset's paths, seed).
Splits splitsFor(const Dataset& dataset, std::uint64_t seed);

/// A 64-bit fingerprint (hex) of paths, boxes and class names, kept in run.json.
std::string fingerprint(const Dataset& dataset);

/// Counts for `info` and the Data page.
struct DatasetStatistics {
  std::size_t images = 0, boxes = 0, labelled = 0, negative = 0, unlabelled = 0;
  std::size_t classesOnly = 0;  ///< of the labelled: what they show is known, but not where
  struct PerClass {
    std::size_t boxes = 0, images = 0;
  };
  std::vector<PerClass> classes;
};
DatasetStatistics statisticsOf(const Dataset& dataset);

}  // namespace boxwright
