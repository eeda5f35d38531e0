// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/evaluate_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/evaluate/class_matching.h"
#include "core/evaluate/picture_loader.h"
#include "core/network/network_tree.h"

namespace boxwright {
EvaluateOutput evaluateModel(Detector& detector, const Dataset& dataset,
                             std::span<const std::size_t> indices, const EvaluateOptions& options,
                             std::stop_token stop, const std::function<void(double)>& progress) {
  EvaluateOutput output;
  std::vector<std::size_t> pictures;
  std::size_t classesOnly = 0;
  for (const std::size_t index : indices) {
    if (index >= dataset.pictures.size()) {
      throw Error(fmt::format("picture {} of a dataset of {}", index, dataset.pictures.size()));
    }
    const Annotation& annotation = *dataset.pictures[index].annotation;
    if (annotation.state == LabelState::Unlabelled) continue;
    if (annotation.classesOnly()) {
      ++classesOnly;
    } else {
      pictures.push_back(index);
    }
  }
  if (classesOnly > 0) {
    output.problems.push_back(
        {"", 0, Severity::Note,
         counted(classesOnly, "picture has classes but no boxes; it is left out",
                 "pictures have classes but no boxes; they are left out")});
  }
  if (pictures.empty()) {
    throw Error(indices.empty() ? "there is no picture to evaluate on"
                                : "none of the pictures to evaluate on is labelled with boxes",
                utf8(dataset.root), "choose another split, or label pictures first");
  }

  const std::vector<std::optional<int>> ids = modelClasses(dataset, detector.model(), options.map);
  std::vector<std::size_t> lacking(dataset.classes.size());
  std::size_t truths = 0, matched = 0;
  std::vector<std::vector<Box>> truthBoxes(pictures.size());
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    for (const Box& box : dataset.pictures[pictures[i]].annotation->boxes) {
      if (box.classId < 0 || std::size_t(box.classId) >= ids.size()) continue;
      ++truths;
      if (!ids[box.classId]) {
        ++lacking[box.classId];
        continue;
      }
      ++matched;
      truthBoxes[i].push_back(box);
      truthBoxes[i].back().classId = *ids[box.classId];
    }
  }
  if (truths > 0 && matched == 0) {
    throw Error("the model knows none of the classes of these pictures", detector.model().title,
                "evaluate it on the dataset it was trained for, or give the right names file");
  }
  for (std::size_t c = 0; c < lacking.size(); ++c) {
    if (lacking[c] == 0) continue;
    output.problems.push_back(
        {"", 0, Severity::Warning,
         fmt::format("the model has no class \"{}\"; its {} left out", dataset.classes[c],
                     counted(lacking[c], "box is", "boxes are"))});
  }

  const std::shared_ptr<const ClassTree>& tree = classTreeOf(detector.model().network);
  DetectSettings detect = options.detect, asAnswers = options.detect;
  std::vector<int> labelled;
  if (tree) {
    for (const std::vector<Box>& boxes : truthBoxes)
      for (const Box& box : boxes)
        labelled.push_back(box.classId);
    detect.tree.nodes = nodesOnTheWay(*tree, labelled);
    asAnswers.tree.nodes.clear();
    asAnswers.threshold = std::min(options.scoring.operatingConfidence, options.answersFrom);
  }

  const std::size_t batch = std::size_t(detector.batch());
  const std::size_t window = 2 * batch + 2 * std::size_t(std::max(1, options.loaderThreads));
  PictureLoader loader([&detector](const Image& image) { return detector.prepare(image); }, dataset,
                       pictures, options.loaderThreads, window);
  std::vector<PreparedImage> waiting;
  std::vector<std::size_t> positions;
  const auto flush = [&] {
    if (waiting.empty()) return;
    std::vector<const PreparedImage*> pointers;
    for (const PreparedImage& image : waiting)
      pointers.push_back(&image);
    std::vector<std::vector<Detection>> found =
        detector.detect(std::span<const PreparedImage* const>(pointers), detect);
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (tree) output.answers.push_back(detector.redecode(i, asAnswers));
      output.pictures.push_back({std::move(truthBoxes[positions[i]]), std::move(found[i])});
      output.indices.push_back(pictures[positions[i]]);
    }
    waiting.clear();
    positions.clear();
  };
  for (std::size_t i = 0; i < pictures.size() && !stop.stop_requested(); ++i) {
    std::optional<PictureLoader::Loaded> loaded = loader.next(stop);
    if (!loaded) break;
    if (auto problem = loaded->problem(dataset.pictures[pictures[i]].path))
      output.problems.push_back(std::move(*problem));
    if (loaded->image) {
      waiting.push_back(std::move(*loaded->image));
      positions.push_back(i);
    }
    if (waiting.size() == batch || i + 1 == pictures.size()) {
      flush();
      if (progress) progress(double(i + 1) / double(pictures.size()));
    }
  }
  if (output.pictures.empty() && !stop.stop_requested()) {
    throw Error("none of the pictures to evaluate on could be read", utf8(dataset.root),
                "check that the files are there and are pictures");
  }
  if (tree) {
    output.tree = scoreTree(output.pictures, output.answers, *tree, detector.model().boxedClasses,
                            options.scoring);
    keepLabelledClasses(output.pictures, labelled);
  }
  output.result = score(output.pictures, int(detector.names().size()), options.scoring);
  return output;
}

}  // namespace boxwright
