// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/classifier_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <vector>

#include "app/cli/console.h"
#include "core/base/counted.h"

namespace boxwright::cli {
namespace {

constexpr std::size_t kConfusionsShown = 5;

double share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string percentOf(std::size_t part, std::size_t whole) {
  return whole == 0 ? "    none" : fmt::format("{:6.2f} %", 100 * share(part, whole));
}

/// The mistakes that are made most; over a tree what is within the truth is none.
std::string confusions(const ClassificationScore& score, const ClassNames& names,
                       const ClassTree* tree) {
  std::vector<std::tuple<std::size_t, std::size_t, std::size_t>> found;
  if (score.confusion.empty()) return {};  // too many classes
  for (std::size_t t = 0; t < names.size(); ++t)
    for (std::size_t p = 0; p < names.size(); ++p)
      if (score.confusion[t][p] > 0 && t != p &&
          !(tree && tree->isWithin(static_cast<int>(p), static_cast<int>(t))))
        found.emplace_back(score.confusion[t][p], t, p);
  if (found.empty()) return {};
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return std::get<0>(a) > std::get<0>(b); });
  if (found.size() > kConfusionsShown) found.resize(kConfusionsShown);
  std::string text = "\nTaken for another most often:\n";
  for (const auto& [count, truth, predicted] : found)
    text += fmt::format("  {} for {}: {} of {}\n", names[truth], names[predicted], count,
                        score.classes[truth].truths);
  return text;
}

/// A tree may have thousands of classes that no picture is labelled with or taken for.
bool isTold(const ClassificationScore::PerClass& c, const ClassTree* tree) {
  return !tree || c.truths > 0 || c.predicted > 0;
}

}  // namespace

Json classifierJson(const ClassificationScore& score, const ClassNames& names,
                    const std::string& split, const ClassTree* tree) {
  Json classes = Json::array();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const ClassificationScore::PerClass& c = score.classes[i];
    if (!isTold(c, tree)) continue;
    classes.push_back({{"classId", i},
                       {"name", names[i]},
                       {"truths", c.truths},
                       {"found", c.found},
                       {"foundTop5", c.foundTop5},
                       {"predicted", c.predicted},
                       {"right", c.right},
                       {"precision", share(c.right, c.predicted)},
                       {"recall", share(c.found, c.truths)}});
  }
  return {{"top1", score.top1}, {"top5", score.top5},           {"loss", score.loss},
          {"classes", classes}, {"confusion", score.confusion}, {"images", score.pictures},
          {"split", split}};
}

std::string classifierText(const ClassificationScore& score, const ClassNames& names,
                           const std::string& split, const ClassTree* tree) {
  std::string text = fmt::format("{} of split {}\ntop-1 {:.2f} %   top-5 {:.2f} %   loss {:.3f}\n",
                                 counted(score.pictures, "picture", "pictures"), split,
                                 100 * score.top1, 100 * score.top5, score.loss);
  std::size_t width = 5;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (isTold(score.classes[i], tree)) width = std::max(width, names[i].size());
  text += fmt::format("\n  {:<{}}  {:>8}  {:>8}  {:>9}  {:>8}  {:>6}\n", "class", width, "top-1",
                      "top-5", "precision", "pictures", "first");
  for (std::size_t i = 0; i < names.size(); ++i) {
    const ClassificationScore::PerClass& c = score.classes[i];
    if (!isTold(c, tree)) continue;
    text += fmt::format("  {:<{}}  {}  {}  {:>9}  {:>8}  {:>6}\n", names[i], width,
                        percentOf(c.found, c.truths), percentOf(c.foundTop5, c.truths),
                        percentOf(c.right, c.predicted), c.truths, c.found);
  }
  return text + confusions(score, names, tree);
}

}  // namespace boxwright::cli
