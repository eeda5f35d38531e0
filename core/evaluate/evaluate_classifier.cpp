// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/evaluate_classifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/evaluate/class_matching.h"
#include "core/evaluate/picture_loader.h"
#include "core/network/network_tree.h"

namespace boxwright {

ClassifierOutput evaluateClassifier(Classifier& classifier, const Dataset& dataset,
                                    std::span<const std::size_t> indices, int loaderThreads,
                                    std::stop_token stop,
                                    const std::function<void(double)>& progress,
                                    const ClassMap& map) {
  ClassifierOutput output;
  std::vector<std::size_t> pictures;
  std::vector<int> truths;
  std::vector<std::size_t> lacking(dataset.classes.size());
  std::size_t unfit = 0;
  const std::shared_ptr<const ClassTree> tree = classTreeOf(classifier.model().network);
  const std::vector<std::optional<int>> ids = modelClasses(dataset, classifier.model(), map);
  for (const std::size_t index : indices) {
    const Annotation& annotation = *dataset.pictures.at(index).annotation;
    if (annotation.state == LabelState::Unlabelled) continue;
    const std::optional<int> whole = annotation.wholeClass();
    if (!whole || *whole < 0 || std::size_t(*whole) >= dataset.classes.size()) {
      ++unfit;
      continue;
    }
    const auto id = static_cast<std::size_t>(*whole);
    if (const std::optional<int> own = ids[id]) {
      pictures.push_back(index);
      truths.push_back(*own);
    } else {
      ++lacking[id];
    }
  }
  const auto lacked = std::count_if(lacking.begin(), lacking.end(), [](auto n) { return n > 0; });
  if (pictures.empty() && lacked > 0)
    throw Error("the model knows none of the classes of these pictures", classifier.model().title,
                "evaluate it on the dataset it was trained for, or give the right names file");
  if (pictures.empty())
    throw Error("none of the pictures to evaluate on is of a class as a whole", utf8(dataset.root),
                "a classifier takes class folders; for boxes give a detector");
  if (unfit > 0)
    output.problems.push_back(
        {"", 0, Severity::Note,
         counted(unfit, "picture is not of one class as a whole; it is left out",
                 "pictures are not of one class as a whole; they are left out")});
  for (std::size_t c = 0; c < lacking.size(); ++c) {
    if (lacking[c] > 0)
      output.problems.push_back(
          {"", 0, Severity::Warning,
           fmt::format("the model has no class \"{}\"; its {} left out", dataset.classes[c],
                       counted(lacking[c], "picture is", "pictures are"))});
  }

  const auto batch = static_cast<std::size_t>(classifier.batch());
  const std::size_t window = 2 * batch + 2 * static_cast<std::size_t>(std::max(1, loaderThreads));
  PictureLoader loader([&classifier](const Image& image) { return classifier.prepare(image); },
                       dataset, pictures, loaderThreads, window);
  std::vector<PreparedImage> waiting;
  std::vector<std::size_t> positions;
  const auto flush = [&] {
    if (waiting.empty()) return;
    std::vector<const PreparedImage*> pointers;
    for (const PreparedImage& image : waiting)
      pointers.push_back(&image);
    const std::vector<std::vector<float>> found = classifier.classify(pointers);
    for (std::size_t i = 0; i < found.size(); ++i) {
      const int truth = truths[positions[i]];
      output.pictures.push_back(tree ? judge(found[i], truth, *tree) : judge(found[i], truth));
      output.indices.push_back(pictures[positions[i]]);
      output.sizes.push_back({waiting[i].width, waiting[i].height});
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
  if (output.pictures.empty() && !stop.stop_requested())
    throw Error("none of the pictures to evaluate on could be read", utf8(dataset.root),
                "check that the files are there and are pictures");
  output.score = score(output.pictures, static_cast<int>(classifier.names().size()));
  if (tree) output.tree = scoreTree(output.pictures, *tree);
  return output;
}

}  // namespace boxwright
