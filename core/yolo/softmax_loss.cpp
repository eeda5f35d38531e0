// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/yolo/softmax_loss.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>

#include "core/base/error.h"

namespace boxwright {

template <typename T>
double softmaxLoss(std::span<const T> logits, int classes, std::span<const int> truths,
                   double temperature, std::span<T> gradient) {
  const auto count = static_cast<std::size_t>(classes);
  if (logits.size() != count * truths.size())
    throw Error(std::to_string(logits.size()) + " logits for " + std::to_string(truths.size()) +
                " pictures of " + std::to_string(classes) + " classes");
  double loss = 0;
  for (std::size_t picture = 0; picture < truths.size(); ++picture) {
    const std::span<const T> z = logits.subspan(picture * count, count);
    const auto truth = static_cast<std::size_t>(truths[picture]);
    const double largest = static_cast<double>(*std::max_element(z.begin(), z.end()));
    double sum = 0;
    for (const T value : z)
      sum += std::exp((static_cast<double>(value) - largest) / temperature);
    loss += std::log(sum) - (static_cast<double>(z[truth]) - largest) / temperature;
    if (gradient.empty()) continue;
    const std::span<T> out = gradient.subspan(picture * count, count);
    for (std::size_t k = 0; k < count; ++k) {
      const double p = std::exp((static_cast<double>(z[k]) - largest) / temperature) / sum;
      out[k] = static_cast<T>((p - (k == truth ? 1 : 0)) / temperature);
    }
  }
  return loss;
}

template <typename T>
double treeSoftmaxLoss(std::span<const T> logits, const ClassTree& tree,
                       std::span<const int> truths, double temperature, std::span<T> gradient) {
  const auto count = static_cast<std::size_t>(tree.size());
  std::fill(gradient.begin(), gradient.end(), T(0));
  double loss = 0;
  for (std::size_t picture = 0; picture < truths.size(); ++picture) {
    for (int node = truths[picture]; node >= 0; node = tree.parentOf(node)) {
      // A group is a softmax of its own.
      const ClassTree::Group& group = tree.groupOf(node);
      const std::size_t first = picture * count + static_cast<std::size_t>(group.first);
      const auto size = static_cast<std::size_t>(group.count);
      const std::array<int, 1> place = {node - group.first};
      loss += softmaxLoss<T>(logits.subspan(first, size), group.count, place, temperature,
                             gradient.empty() ? gradient : gradient.subspan(first, size));
    }
  }
  return loss;
}

template double treeSoftmaxLoss<float>(std::span<const float>, const ClassTree&,
                                       std::span<const int>, double, std::span<float>);
template double treeSoftmaxLoss<double>(std::span<const double>, const ClassTree&,
                                        std::span<const int>, double, std::span<double>);
template double softmaxLoss<float>(std::span<const float>, int, std::span<const int>, double,
                                   std::span<float>);
template double softmaxLoss<double>(std::span<const double>, int, std::span<const int>, double,
                                    std::span<double>);

}  // namespace boxwright
