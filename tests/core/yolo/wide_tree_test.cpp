// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/yolo/activation.h"
#include "core/yolo/decode.h"
#include "core/yolo/loss_planes.h"
#include "core/yolo/region_loss.h"

namespace boxwright {
namespace {

/// A head over a tree of 3 + 12 + 60 + 300 classes with random values, some of them certain: large
/// enough that its loss is shared out among tasks.
class WideTree : public testing::Test {
 protected:
  static constexpr int kBatch = 3, kAnchors = 3, kSide = 17;

  WideTree() {
    ClassNames labels;
    std::vector<int> parents;
    std::vector<int> level(3, -1);
    for (const int children : {4, 5, 5, 0}) {
      std::vector<int> below;
      for (const int parent : level) {
        for (int child = 0; child < children; ++child)
          below.push_back(static_cast<int>(labels.size()));
        labels.push_back("n" + std::to_string(labels.size()));
        parents.push_back(parent);
      }
      level = std::move(below);
    }
    region_.classTree = std::make_shared<const ClassTree>(std::move(labels), std::move(parents));
    region_.classes = region_.classTree->size();
    region_.num = kAnchors;
    region_.softmax = region_.biasMatch = region_.rescore = true;
    region_.threshold = 0.6;
    region_.objectScale = 5;
    region_.anchors = {{1, 1}, {3, 4}, {9, 9}};
    RandomStream random(5, "wide tree");
    values_.resize(head().size());
    for (float& value : values_)
      value = static_cast<float>(random.normal() * (random.uniform() < .1 ? 8 : 1));
    for (int b = 0; b < kBatch; ++b) {
      std::vector<Truth>& own = truths_.emplace_back();
      for (int i = 0; i < 20; ++i) {
        own.push_back(
            {{random.uniform(), random.uniform(), random.uniform(.05, .6), random.uniform(.05, .6)},
             static_cast<int>(random.index(std::size_t(region_.classes))),
             i,
             b == 1});
      }
    }
  }

  HeadView<float> head() const {
    return {values_.data(), kBatch, kAnchors, region_.classes, kSide, kSide};
  }

  RegionLayer region_;
  std::vector<float> values_;
  BatchTruths truths_;
};

TEST_F(WideTree, HasGroupsOfSiblings) {
  EXPECT_EQ(region_.classTree->size(), 3 + 12 + 60 + 300);
  EXPECT_EQ(region_.classTree->depth(), 3);
}

/// What is left out because nothing below can be over the threshold would not have been there.
TEST_F(WideTree, EveryClassOverTheThresholdIsDecoded) {
  TreeSettings settings;
  for (int node = 0; node < region_.classes; ++node)
    settings.nodes.push_back(node);
  for (const double threshold : {0.0, 0.005, 0.3}) {
    const std::vector<Candidate> found = decodeRegion(head(), region_, 1, threshold, settings);
    std::size_t next = 0;
    std::vector<float> absolute(static_cast<std::size_t>(region_.classes));
    for (int n = 0; n < kAnchors; ++n) {
      for (int cell = 0; cell < kSide * kSide; ++cell) {
        classProbabilities<float>(head(), region_, 1, n, cell / kSide, cell % kSide, absolute);
        makeAbsolute<float>(*region_.classTree, absolute);
        const float objectness = logistic(head().at(1, n, 4, cell / kSide, cell % kSide));
        for (int node = 0; node < region_.classes; ++node) {
          const float confidence = objectness * absolute[static_cast<std::size_t>(node)];
          if (!(confidence > static_cast<float>(threshold))) continue;
          ASSERT_LT(next, found.size());
          ASSERT_EQ(found[next].classId, node);
          ASSERT_EQ(found[next].confidence, confidence);
          ++next;
        }
      }
    }
    EXPECT_EQ(next, found.size());
    EXPECT_GT(next, 0U);
  }
}

/// Bit for bit: a run goes on on another machine as it would have here.
TEST_F(WideTree, LossAndGradientDoNotDependOnTheThreads) {
  const auto compute = [&](int threads, std::vector<float>& gradient,
                           std::vector<ObjectLoss>& objects) {
    const ComputeScope scope(threads);
    const RegionTargets targets = assign(head(), truths_, region_, {.seen = 1000});
    return regionLoss<float>(head(), targets, region_, gradient, &objects);
  };
  std::vector<float> one(values_.size(), 7), many(values_.size(), -7);
  std::vector<ObjectLoss> oneObjects, manyObjects;
  const LossParts alone = compute(1, one, oneObjects);
  const LossParts shared = compute(4, many, manyObjects);
  EXPECT_EQ(alone.total(), shared.total());
  EXPECT_EQ(alone.classOnly, shared.classOnly);
  EXPECT_GT(alone.classOnly, 0);
  EXPECT_EQ(one, many);
  ASSERT_EQ(oneObjects.size(), manyObjects.size());
  EXPECT_GE(oneObjects.size(), 30U);
  for (std::size_t i = 0; i < oneObjects.size(); ++i) {
    EXPECT_EQ(oneObjects[i].source, manyObjects[i].source);
    EXPECT_EQ(oneObjects[i].loss, manyObjects[i].loss);
  }
}

/// All else may be anything: it was not brought, and nobody looks at its gradient.
TEST_F(WideTree, TheLossNeedsItsPlanesAlone) {
  BatchTruths ofAllClasses = truths_;
  for (std::vector<Truth>& own : ofAllClasses)
    for (int node = 0; node < region_.classes; ++node)
      own.push_back({{.5, .5, .1, .1}, node});
  EXPECT_TRUE(lossPlanes(region_, ofAllClasses).empty()) << "they are most";
  for (std::vector<Truth>& own : truths_)
    own.resize(2);
  truths_[2].clear();
  const std::vector<std::int32_t> planes = lossPlanes(region_, truths_);
  ASSERT_FALSE(planes.empty());
  EXPECT_LT(planes.size(), std::size_t(kBatch) * kAnchors * 40);
  EXPECT_TRUE(std::is_sorted(planes.begin(), planes.end()));
  constexpr std::size_t kPlane = std::size_t(kSide) * kSide;
  std::vector<bool> isPlane(values_.size() / kPlane);
  for (const std::int32_t plane : planes)
    isPlane[static_cast<std::size_t>(plane)] = true;

  const LossSettings settings{.seen = 1000};
  std::vector<float> whole(values_.size(), 7);
  const RegionTargets targets = assign(head(), truths_, region_, settings);
  const LossParts loss = regionLoss<float>(head(), targets, region_, whole);
  for (std::size_t i = 0; i < values_.size(); ++i)
    if (!isPlane[i / kPlane]) values_[i] = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> parts(values_.size(), 7);
  const RegionTargets again = assign(head(), truths_, region_, settings);
  const LossParts same = regionLoss<float>(head(), again, region_, parts, nullptr, planes);
  EXPECT_EQ(loss.total(), same.total());
  EXPECT_GT(loss.classOnly, 0);
  EXPECT_EQ(targets.statistics.classProbability, again.statistics.classProbability);
  for (std::size_t i = 0; i < values_.size(); ++i) {
    ASSERT_EQ(parts[i], isPlane[i / kPlane] ? whole[i] : 7) << i;
    ASSERT_TRUE(isPlane[i / kPlane] || whole[i] == 0) << i;
  }
}

TEST_F(WideTree, GroupsOnTheWayAreEachNamedOnce) {
  const ClassTree& tree = *region_.classTree;
  const std::vector<int> path = tree.pathTo(200);
  const std::vector<ClassTree::Group> groups =
      groupsOnTheWay(tree, std::vector<int>{200, 201, path[1]});
  ASSERT_EQ(groups.size(), path.size());
  for (std::size_t i = 0; i < path.size(); ++i)
    EXPECT_EQ(groups[i].first, tree.groupOf(path[i]).first);
  EXPECT_TRUE(groupsOnTheWay(tree, {}).empty());
}

TEST_F(WideTree, WithoutATreeAllPlanesAreNeeded) {
  region_.classTree = nullptr;
  EXPECT_TRUE(lossPlanes(region_, truths_).empty());
}

/// The likeliest box is the one of all boxes, wherever its task stands.
TEST_F(WideTree, AWholePictureTeachesItsLikeliestBox) {
  const RegionTargets targets = assign(head(), truths_, region_, {.seen = 1000000});
  const int classId = truths_[1].front().classId;
  double most = 0;
  BoxPlace best;
  for (int n = 0; n < kAnchors; ++n) {
    for (int cell = 0; cell < kSide * kSide; ++cell) {
      const double likelihood =
          logistic(head().at(1, n, 4, cell / kSide, cell % kSide)) *
          absoluteProbability(*region_.classTree,
                              treeValues(head(), 1, n, cell / kSide, cell % kSide), classId);
      if (likelihood <= most) continue;
      most = likelihood;
      best = {n, cell / kSide, cell % kSide, kSide, kSide};
    }
  }
  const auto entry = std::find_if(targets.entries.begin(), targets.entries.end(),
                                  [](const auto& one) { return one.isClassOnly; });
  ASSERT_NE(entry, targets.entries.end());
  EXPECT_EQ(entry->b, 1);
  EXPECT_EQ(entry->n, best.n);
  EXPECT_EQ(entry->j, best.j);
  EXPECT_EQ(entry->i, best.i);
  EXPECT_EQ(entry->classId, classId);
}

}  // namespace
}  // namespace boxwright
