// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/tree_classification.h"

#include "core/evaluate/tree_score.h"

namespace boxwright {

TreeClassification scoreTree(std::span<const ClassifiedPicture> pictures, const ClassTree& tree) {
  TreeClassification scored;
  std::vector<TreeClassification::Share> shares(static_cast<std::size_t>(tree.size()));
  double known = 0;
  for (const ClassifiedPicture& picture : pictures) {
    const std::vector<int> way = tree.pathTo(picture.truth);
    if (scored.depths.size() < way.size()) scored.depths.resize(way.size());
    for (std::size_t depth = 0; depth < way.size(); ++depth) {
      const bool found = tree.isWithin(picture.predicted, way[depth]);
      for (TreeClassification::Share* const share :
           {&scored.depths[depth], &shares[static_cast<std::size_t>(way[depth])]}) {
        ++share->pictures;
        if (found) ++share->found;
      }
    }
    known += tree.isWithin(picture.predicted, picture.truth)
                 ? 1
                 : shareOfWay(tree, picture.predicted, picture.truth);
  }
  for (std::size_t node = 0; node < shares.size(); ++node)
    if (shares[node].pictures > 0) scored.nodes.push_back({static_cast<int>(node), shares[node]});
  if (!pictures.empty()) scored.hierarchicalPrecision = known / double(pictures.size());
  return scored;
}

}  // namespace boxwright
