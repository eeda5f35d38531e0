// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/yolo/region_loss.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/yolo/activation.h"
#include "tests/core/yolo/region_case.h"

namespace boxwright {
namespace {

void expectNear(double expected, double actual, double tolerance, const std::string& what) {
  EXPECT_NEAR(expected, actual, tolerance * std::max(1.0, std::abs(expected))) << what;
}

class RegionGolden : public testing::TestWithParam<NamedGolden> {
 protected:
  /// Runs the case in T and compares everything the golden file holds.
  template <typename T>
  void check(double tolerance) const {
    const nlohmann::json& golden = GetParam().golden;
    RegionLayer region = regionOf(golden);
    region.classTree = GetParam().tree;
    std::vector<T> input = valuesOf<T>(golden.at("input"));
    for (T& value : input) {
      if (value <= -200) value = -1000;  // an objectness of 0 in double, too, as the reference's
    }
    const HeadView<T> head = headOf<T>(golden, input);
    checkOutput(golden, region, head, tolerance);

    const RegionTargets targets = assign(head, truthsOf(golden), region, settingsOf(golden));
    std::vector<T> gradient(input.size(), T(77));
    regionLoss<T>(head, targets, region, gradient);
    const std::vector<double> delta = goldenValues(golden.at("delta"));
    ASSERT_EQ(delta.size(), gradient.size());
    for (std::size_t i = 0; i < delta.size(); ++i) {
      expectNear(delta[i], -double(gradient[i]), tolerance, "delta " + std::to_string(i));
    }
    checkStatistics(golden.at("stats"), targets.statistics, tolerance);
    checkCosts(golden, region, head, gradient, tolerance);
  }

 private:
  template <typename T>
  static void checkOutput(const nlohmann::json& golden, const RegionLayer& region,
                          const HeadView<T>& head, double tolerance) {
    const std::vector<double> output = goldenValues(golden.at("output"));
    std::vector<T> classes(head.classes);
    for (int b = 0; b < head.batch; ++b) {
      for (int n = 0; n < head.anchors; ++n) {
        for (int j = 0; j < head.height; ++j) {
          for (int i = 0; i < head.width; ++i) {
            const auto expectEntry = [&](int entry, T actual) {
              expectNear(output[head.index(b, n, entry, j, i)], actual, tolerance,
                         "output entry " + std::to_string(entry));
            };
            expectEntry(0, logistic(head.at(b, n, 0, j, i)));
            expectEntry(1, logistic(head.at(b, n, 1, j, i)));
            expectEntry(4, objectnessOf<T>(head, region, b, n, j, i, classes));
            classProbabilities<T>(head, region, b, n, j, i, classes);
            for (int k = 0; k < head.classes; ++k)
              expectEntry(5 + k, classes[k]);
          }
        }
      }
    }
  }

  static void checkStatistics(const nlohmann::json& expected, const RegionStatistics& actual,
                              double tolerance) {
    const auto expectStatistic = [&](const char* key, double value) {
      if (expected.at(key).is_null()) {
        EXPECT_TRUE(std::isnan(value)) << key;
      } else {
        expectNear(expected.at(key), value, tolerance, key);
      }
    };
    expectStatistic("avg_iou", actual.averageIou);
    expectStatistic("class", actual.classProbability);
    expectStatistic("obj", actual.objectness);
    expectStatistic("no_obj", actual.noObjectness);
    expectStatistic("avg_recall", actual.recall);
    EXPECT_EQ(expected.at("count").get<std::size_t>(), actual.truths);
  }

  /// Darknet's printed cost is a sum of squared deltas, after the logistic's slope (R17) or before
  /// (R18): both follow from the gradient.
  template <typename T>
  static void checkCosts(const nlohmann::json& golden, const RegionLayer& region,
                         const HeadView<T>& head, const std::vector<T>& gradient,
                         double tolerance) {
    double before = 0, after = 0;
    const std::size_t plane = std::size_t(head.height) * head.width;
    for (std::size_t index = 0; index < gradient.size(); ++index) {
      const auto entry = static_cast<int>(index / plane % (5 + head.classes));
      double value = double(gradient[index]);
      after += value * value;
      if (entry < 2 || (entry == 4 && !region.background)) {
        const T v = logistic(head.data[index]);
        if (v == 0) return;  // the slope that would have to be taken out again is none
        value /= double(v) * (1 - double(v));
      }
      before += value * value;
    }
    expectNear(golden.at("cost_after_step3"), after, tolerance, "cost after step 3");
    expectNear(golden.at("cost_before_step3"), before, tolerance, "cost before step 3");
    const bool isAfter = golden.at("cost_is") == "sum of delta^2 after step 3";
    expectNear(golden.at("cost"), isAfter ? after : before, 4 * tolerance, "cost");
  }
};

TEST_P(RegionGolden, InDouble) {
  check<double>(1e-5);
}
TEST_P(RegionGolden, InFloat) {
  check<float>(1e-5);
}

INSTANTIATE_TEST_SUITE_P(RegionLoss, RegionGolden,
                         testing::ValuesIn(namedGoldens("region_loss.json")),
                         [](const testing::TestParamInfo<NamedGolden>& tested) {
                           return tested.param.name;
                         });

INSTANTIATE_TEST_SUITE_P(RegionTree, RegionGolden, testing::ValuesIn(treeGoldens()),
                         [](const testing::TestParamInfo<NamedGolden>& tested) {
                           return tested.param.name;
                         });

/// A head of one picture, two anchors and 3x3 cells that says zero everywhere.
struct SmallHead {
  RegionLayer region;
  std::vector<float> values;

  explicit SmallHead(int classes = 2) {
    region.classes = classes;
    region.num = 2;
    region.softmax = region.biasMatch = region.rescore = true;
    region.threshold = 0.6;
    region.objectScale = 5;
    region.anchors = {{1, 1}, {2, 2}};
    values.resize(std::size_t(2) * (5 + classes) * 9);
  }
  HeadView<float> view() const { return {values.data(), 1, 2, region.classes, 3, 3}; }
};

LossSettings grown() {
  LossSettings settings;
  settings.seen = 1000000;
  return settings;
}

/// What the objects add, each for itself, is all of the loss but that of boxes without an object;
/// each is known by its source.
TEST_P(RegionGolden, ObjectsAddUp) {
  const nlohmann::json& golden = GetParam().golden;
  RegionLayer region = regionOf(golden);
  region.classTree = GetParam().tree;
  const std::vector<double> input = valuesOf<double>(golden.at("input"));
  const HeadView<double> head = headOf<double>(golden, input);
  BatchTruths truths = truthsOf(golden);
  for (std::vector<Truth>& picture : truths) {
    for (std::size_t t = 0; t < picture.size(); ++t)
      picture[t].source = 100 + static_cast<int>(t);
  }
  LossSettings settings = settingsOf(golden);
  settings.seen = 1 << 30;  // no box is drawn to its anchor
  const RegionTargets targets = assign(head, truths, region, settings);
  std::vector<ObjectLoss> objects;
  const LossParts parts = regionLoss<double>(head, targets, region, {}, &objects);
  EXPECT_EQ(targets.statistics.classOnly > 0, parts.classOnly > 0);
  double sum = 0;
  for (const ObjectLoss& object : objects) {
    sum += object.loss;
    const std::size_t count = truths[static_cast<std::size_t>(object.b)].size();
    EXPECT_GE(object.source, 100);
    EXPECT_LT(object.source, 100 + static_cast<int>(count));
  }
  expectNear(parts.box + parts.objectness + parts.classes, sum, 1e-12, "sum");
  EXPECT_EQ(targets.statistics.truths == 0, objects.empty());
}

TEST(RegionAssign, ObeysMaxOnlyWhereTheCfgNamesIt) {
  SmallHead head;
  const Truth truth{{0.5, 0.5, 0.3, 0.3}, 0};
  const BatchTruths truths{std::vector<Truth>(40, truth)};
  const RegionTargets all = assign(head.view(), truths, head.region, grown());
  EXPECT_EQ(40U, all.statistics.truths);
  EXPECT_EQ(0U, all.statistics.droppedTruths);
  EXPECT_EQ(39U, all.statistics.sharedTruths);
  head.region.maxTruthsGiven = true;
  head.region.maxTruths = 30;
  const RegionTargets capped = assign(head.view(), truths, head.region, grown());
  EXPECT_EQ(30U, capped.statistics.truths);
  EXPECT_EQ(10U, capped.statistics.droppedTruths);
}

TEST(RegionAssign, EntriesAreInBoxOrderAndAtMostOneABox) {
  SmallHead head;
  const BatchTruths truths{{{{0.9, 0.1, 0.6, 0.6}, 1}, {{0.1, 0.9, 0.3, 0.3}, 0}}};
  LossSettings settings;  // seen 0: every box has an entry
  const RegionTargets targets = assign(head.view(), truths, head.region, settings);
  ASSERT_EQ(18U, targets.entries.size());
  for (std::size_t box = 0; box < targets.entries.size(); ++box) {
    const RegionTargets::Entry& entry = targets.entries[box];
    EXPECT_EQ(box, (std::size_t(entry.n) * 3 + entry.j) * 3 + entry.i);
    EXPECT_TRUE(entry.hasBox);
  }
  EXPECT_EQ(1, targets.entries[9 + 2].classId);  // the large truth: anchor 1, row 0, column 2
  EXPECT_EQ(0, targets.entries[3 * 2].classId);  // the small one: anchor 0, row 2, column 0
}

TEST(RegionAssign, AGoodBoxWithoutTruthIsLeftAlone) {
  SmallHead head;
  // Both anchors' boxes in the middle cell are centred; the truth is anchor 1's box made a bit
  // smaller in one axis, so that anchor 0 at the same place has a low IOU and keeps its term.
  const BatchTruths truths{{{{0.5, 0.5, 2.0 / 3, 2.0 / 3 * 0.8}, 0}}};
  head.region.anchors = {{2, 2}, {2, 1.6}};
  const RegionTargets targets = assign(head.view(), truths, head.region, grown());
  // Anchor 1 is the truth's own; anchor 0 covers it with IOU .8 > .6 and gets no term at all.
  EXPECT_TRUE(
      std::none_of(targets.entries.begin(), targets.entries.end(),
                   [](const RegionTargets::Entry& e) { return e.n == 0 && e.j == 1 && e.i == 1; }));
  head.region.threshold = 0.8;  // strict: an IOU of .8 (rounded below) is not over it
  const RegionTargets gated = assign(head.view(), truths, head.region, grown());
  EXPECT_EQ(1, std::count_if(gated.entries.begin(), gated.entries.end(),
                             [](const RegionTargets::Entry& e) {
                               return e.n == 0 && e.j == 1 && e.i == 1 && e.hasObjectness;
                             }));
}

TEST(RegionAssign, PriorImagesAreASetting) {
  SmallHead head;
  LossSettings settings;
  settings.seen = 99;
  settings.priorImages = 100;
  const auto hasBoxTerms = [&] {
    const RegionTargets targets = assign(head.view(), {{}}, head.region, settings);
    return targets.entries.front().hasBox;
  };
  EXPECT_TRUE(hasBoxTerms());
  settings.seen = 100;
  EXPECT_FALSE(hasBoxTerms());
}

TEST(RegionAssign, CentresOutsideThePictureGoToTheNearestCell) {
  SmallHead head;
  const BatchTruths truths{{{{1.0, -0.01, 0.2, 0.2}, 1}}};
  const RegionTargets targets = assign(head.view(), truths, head.region, grown());
  const auto object =
      std::find_if(targets.entries.begin(), targets.entries.end(),
                   [](const RegionTargets::Entry& entry) { return entry.isObject; });
  ASSERT_NE(targets.entries.end(), object);
  EXPECT_EQ(2, object->i);
  EXPECT_EQ(0, object->j);
}

TEST(RegionAssign, RefusesWhatDoesNotFit) {
  const SmallHead head;
  const auto assigned = [&](const Truth& truth) {
    return assign(head.view(), {{truth}}, head.region, grown());
  };
  EXPECT_THROW(assigned({{0.5, 0.5, 0, 0.2}, 0}), Error);
  EXPECT_THROW(assigned({{0.5, 0.5, std::nan(""), 0.2}, 0}), Error);
  EXPECT_THROW(assigned({{0.5, 0.5, 0.2, 0.2}, 2}), Error);
  EXPECT_THROW(assigned({{0.5, 0.5, 0.2, 0.2}, -1}), Error);
  EXPECT_THROW(assign(head.view(), {}, head.region, grown()), Error);  // a batch of other length
  RegionLayer other = head.region;
  other.classes = 3;
  EXPECT_THROW(assign(head.view(), {{}}, other, grown()), Error);
  const RegionTargets targets = assigned({{0.5, 0.5, 0.2, 0.2}, 0});
  std::vector<float> tooShort(3);
  EXPECT_THROW(regionLoss<float>(head.view(), targets, head.region, tooShort), Error);
}

TEST(RegionLoss, AHugePredictionGivesNoNan) {
  SmallHead head;
  for (float& value : head.values)
    value = 300;  // e^300 overflows float
  const BatchTruths truths{{{{0.5, 0.5, 0.3, 0.3}, 0}}};
  const RegionTargets targets = assign(head.view(), truths, head.region, grown());
  std::vector<float> gradient(head.values.size());
  const LossParts parts = regionLoss<float>(head.view(), targets, head.region, gradient);
  EXPECT_TRUE(std::isfinite(parts.total()));
  EXPECT_TRUE(
      std::all_of(gradient.begin(), gradient.end(), [](float g) { return std::isfinite(g); }));
}

TEST(RegionLoss, IsZeroWhereThePredictionIsRight) {
  SmallHead head;
  head.region.rescore = false;
  // Nearly saturated: objectness 1 at the truth and 0 elsewhere, the true class alone, its box
  // exact.
  const auto at = [&](int n, int entry, int j, int i) -> float& {
    return head.values[head.view().index(0, n, entry, j, i)];
  };
  for (int n = 0; n < 2; ++n) {
    for (int cell = 0; cell < 9; ++cell)
      at(n, 4, cell / 3, cell % 3) = -20;
  }
  at(1, 4, 1, 1) = 20;
  at(1, 6, 1, 1) = 40;
  const BatchTruths truths{{{{0.5, 0.5, 2.0 / 3, 2.0 / 3}, 1}}};
  const RegionTargets targets = assign(head.view(), truths, head.region, grown());
  const LossParts parts = regionLoss<float>(head.view(), targets, head.region, {});
  EXPECT_NEAR(0, parts.total(), 1e-6);
  EXPECT_NEAR(1, targets.statistics.averageIou, 1e-6);
  EXPECT_NEAR(1, targets.statistics.recall, 0);
}

/// Bit for bit, in every form of the head; large enough to be shared out among tasks.
TEST(RegionLoss, DoesNotDependOnTheThreads) {
  struct Form {
    bool softmax;
    BoxForm box;
  };
  for (const Form form :
       {Form{true, BoxForm::Direct}, Form{false, BoxForm::Direct}, Form{true, BoxForm::Yolo}}) {
    RegionLayer region;
    region.classes = 6;
    region.num = 3;
    region.softmax = form.softmax;
    region.boxForm = form.box;
    region.biasMatch = region.rescore = true;
    region.threshold = 0.6;
    region.objectScale = 5;
    if (form.box == BoxForm::Direct) region.anchors = {{1, 1}, {3, 4}, {8, 7}};
    const int batch = 4, side = 13;
    std::vector<float> values(headView<float>(region, nullptr, batch, side, side).size());
    RandomStream random(3, "threads");
    for (float& value : values)
      value = static_cast<float>(random.normal());
    const HeadView<float> head = headView<float>(region, values.data(), batch, side, side);
    BatchTruths truths(batch);
    for (std::vector<Truth>& own : truths) {
      for (int i = 0; i < 25; ++i) {
        own.push_back(
            {{random.uniform(), random.uniform(), random.uniform(.05, .6), random.uniform(.05, .6)},
             static_cast<int>(random.index(6)),
             i});
      }
    }
    const auto compute = [&](int threads, std::vector<float>& gradient) {
      const ComputeScope scope(threads);
      return regionLoss<float>(head, assign(head, truths, region, grown()), region, gradient)
          .total();
    };
    std::vector<float> one(values.size(), 1), many(values.size(), 2);
    EXPECT_EQ(compute(1, one), compute(4, many));
    EXPECT_EQ(one, many);
  }
}

}  // namespace
}  // namespace boxwright
