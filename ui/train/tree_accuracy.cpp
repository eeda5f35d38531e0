// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/tree_accuracy.h"

#include <limits>
#include <utility>

#include "ui/number_text.h"

namespace boxwright::ui {

TreeAccuracy::TreeAccuracy(QWidget* parent) : TreeChart(tr("Accuracy over the tree"), parent) {
  hide();
}

void TreeAccuracy::showCurves(std::shared_ptr<const RunCurves> curves) {
  const std::shared_ptr<const RunTree> tree = curves ? curves->tree() : nullptr;
  const std::shared_ptr<const NodeResults> results = curves ? curves->nodes() : nullptr;
  const bool shows = tree && (results || curves->validations().empty());
  setVisible(shows);
  // Of a run that has gone back behind its first validation nothing is known again.
  if (tree_ != tree || (results_ && !results)) {
    tree_ = tree;
    results_ = nullptr;
    places_.clear();
    setTree(tree ? tree->tree : nullptr, tree ? tree->names : nullptr);
    setTitle(tr("Accuracy over the tree"));
  }
  if (!shows || !results || results == results_) return;
  results_ = results;
  const auto size = static_cast<std::size_t>(tree_->tree->size());
  places_.assign(size, -1);
  std::vector<float> scores(size, std::numeric_limits<float>::quiet_NaN());
  for (std::size_t i = 0; i < results_->nodes.size(); ++i) {
    const ValidationEvent::NodeResult& result = results_->nodes[i];
    const auto node = static_cast<std::size_t>(result.node);
    if (result.node < 0 || node >= size) continue;
    places_[node] = static_cast<int>(i);
    if (result.ap || result.top1)
      scores[node] = static_cast<float>(result.ap.value_or(result.top1.value_or(0)));
  }
  const bool boxes = curves->validations().back().top1 == std::nullopt;
  setTitle((boxes ? tr("AP50 over the tree, top-1 where there are no boxes; epoch %1")
                  : tr("Top-1 over the tree; epoch %1"))
               .arg(numberText(results_->epoch, 1)));
  setScores(std::move(scores), [this](int node) { return textOf(node); });
}

QString TreeAccuracy::textOf(int node) const {
  const auto at = static_cast<std::size_t>(node);
  const QString name = QString::fromStdString((*tree_->names)[at]);
  const int place = places_[at];
  if (place < 0) return tr("%1: not measured").arg(name);
  const ValidationEvent::NodeResult& result = results_->nodes[static_cast<std::size_t>(place)];
  QStringList parts;
  if (result.ap)
    parts << tr("AP50 %1 of %L2 boxes").arg(numberText(*result.ap, 3)).arg(result.truths);
  if (result.top1) {
    parts << tr("top-1 %1 of %L2 whole pictures")
                 .arg(numberText(*result.top1, 3))
                 .arg(result.pictures);
  }
  return QStringLiteral("%1: %2").arg(name, parts.join(QStringLiteral(", ")));
}

}  // namespace boxwright::ui
