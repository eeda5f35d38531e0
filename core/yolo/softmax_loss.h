// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "core/taxonomy/class_tree.h"

namespace boxwright {

/// Softmax cross-entropy over the logits of a mini-batch ([softmax] on an avgpool, n x classes):
/// the sum over its pictures of -ln p[truth] with p = softmax(logits / temperature), and, where
/// `gradient` is not empty, d loss / d logits (as large as the logits, overwritten). Taken on the
/// logits, not on the probabilities: those round to 0 where the gradient is largest. T is float or
/// double.
template <typename T>
double softmaxLoss(std::span<const T> logits, int classes, std::span<const int> truths,
                   double temperature, std::span<T> gradient);

/// The same over a class tree (spec section 11): the sum over pictures and over the groups on the
/// way to the truth, which may be any node; groups off that way learn nothing.
template <typename T>
double treeSoftmaxLoss(std::span<const T> logits, const ClassTree& tree,
                       std::span<const int> truths, double temperature, std::span<T> gradient);

}  // namespace boxwright
