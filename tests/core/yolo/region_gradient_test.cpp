// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include "core/base/random.h"
#include "core/taxonomy/class_tree.h"
#include "core/yolo/region_loss.h"

namespace boxwright {
namespace {

struct GradientCase {
  std::string name;
  bool softmax = true, rescore = true, biasMatch = true, background = false;
  std::uint64_t seen = 1000000;
  CoordinateWeight weight = CoordinateWeight::TwoMinusArea;
  BoxForm form = BoxForm::Direct;
  bool tree = false;  ///< a, b and below b: c, d
};

void PrintTo(const GradientCase& tried, std::ostream* out) {
  *out << tried.name;
}

class RegionGradient : public testing::TestWithParam<GradientCase> {
 protected:
  RegionGradient() {
    const GradientCase& tried = GetParam();
    region_.classes = 4;
    region_.num = 3;
    region_.softmax = tried.softmax;
    region_.rescore = tried.rescore;
    region_.biasMatch = tried.biasMatch;
    region_.background = tried.background;
    region_.threshold = 0.3;
    region_.coordScale = 1.5;
    region_.objectScale = 5;
    region_.noObjectScale = 0.7;
    region_.classScale = 2;
    region_.boxForm = tried.form;
    if (tried.form != BoxForm::Yolo) region_.anchors = {{0.8, 1.1}, {1.6, 0.9}, {2.4, 2.1}};
    if (tried.tree)
      region_.classTree = std::make_shared<const ClassTree>(ClassNames{"a", "b", "c", "d"},
                                                            std::vector<int>{-1, -1, 1, 1});
    RandomStream random(3, "region gradient");
    values_.resize(head().size());
    for (double& value : values_)
      value = random.normal();
    for (int i = 0; i < 6; ++i) {
      truths_[0].push_back(
          {{random.uniform(), random.uniform(), random.uniform(.1, .9), random.uniform(.1, .9)},
           static_cast<int>(random.index(4))});
    }
    truths_[0].push_back({truths_[0][2].box, (truths_[0][2].classId + 1) % 4});  // same box twice
    if (tried.tree) truths_[1].push_back({{}, 3, -1, true});
    LossSettings settings;
    settings.seen = tried.seen;
    settings.coordinateWeight = tried.weight;
    targets_ = assign(head(), truths_, region_, settings);
  }

  HeadView<double> head() const { return headView(region_, values_.data(), 2, 4, 3); }

  template <typename Part>
  double slope(std::size_t index, const Part& part) {
    constexpr double kStep = 1e-5;
    const double value = values_[index];
    values_[index] = value + kStep;
    const double above = part(regionLoss<double>(head(), targets_, region_, {}));
    values_[index] = value - kStep;
    const double below = part(regionLoss<double>(head(), targets_, region_, {}));
    values_[index] = value;
    return (above - below) / (2 * kStep);
  }

  RegionLayer region_;
  std::vector<double> values_;
  BatchTruths truths_{2};
  RegionTargets targets_;
};

TEST_P(RegionGradient, EqualsFiniteDifferences) {
  EXPECT_GT(targets_.statistics.sharedTruths, 0U);
  std::vector<double> gradient(values_.size());
  regionLoss<double>(head(), targets_, region_, gradient);
  std::size_t moved = 0;
  for (std::size_t index = 0; index < values_.size(); ++index) {
    const auto entry = static_cast<int>(index / 12 % 9);  // with anchors
    // The reference differentiates the background's cross-entropy by `to` alone and the classes' by
    // their own entries alone (README): so each part is compared on its own entries.
    const double expected = slope(index, [&](const LossParts& parts) {
      if (!GetParam().background) return parts.total();
      return entry >= 5 ? parts.classes : parts.total() - parts.classes;
    });
    EXPECT_NEAR(expected, gradient[index], 1e-7) << "entry " << entry << " at " << index;
    moved += gradient[index] != 0;
  }
  EXPECT_GT(moved, 30U);
}

TEST_P(RegionGradient, FloatAgreesWithDouble) {
  std::vector<double> gradient(values_.size());
  const LossParts parts = regionLoss<double>(head(), targets_, region_, gradient);
  const std::vector<float> narrow(values_.begin(), values_.end());
  const HeadView<float> view = headView(region_, narrow.data(), 2, 4, 3);
  LossSettings settings;
  settings.seen = GetParam().seen;
  settings.coordinateWeight = GetParam().weight;
  const RegionTargets targets = assign(view, truths_, region_, settings);
  std::vector<float> narrowGradient(values_.size());
  const LossParts narrowParts = regionLoss<float>(view, targets, region_, narrowGradient);
  for (std::size_t index = 0; index < values_.size(); ++index) {
    EXPECT_NEAR(gradient[index], narrowGradient[index],
                1e-5 * std::max(1.0, std::abs(gradient[index])));
  }
  EXPECT_NEAR(parts.total(), narrowParts.total(), 1e-5 * parts.total());
}

INSTANTIATE_TEST_SUITE_P(
    RegionLoss, RegionGradient,
    testing::Values(GradientCase{"plain"}, GradientCase{"logistic_classes", false},
                    GradientCase{"rescore_off", true, false},
                    GradientCase{"predicted_shapes", true, true, false},
                    GradientCase{"background", true, true, true, true},
                    GradientCase{"early", true, true, true, false, 0},
                    GradientCase{"coordinates_plain", true, true, true, false, 1000000,
                                 CoordinateWeight::Plain},
                    GradientCase{"offsets", true, true, true, false, 1000000,
                                 CoordinateWeight::TwoMinusArea, BoxForm::Offsets},
                    GradientCase{"offsets_early", true, true, true, false, 0,
                                 CoordinateWeight::TwoMinusArea, BoxForm::Offsets},
                    GradientCase{"yolo", true, true, true, false, 1000000, CoordinateWeight::Plain,
                                 BoxForm::Yolo},
                    GradientCase{"yolo_logistic_classes", false, true, true, false, 0,
                                 CoordinateWeight::Plain, BoxForm::Yolo},
                    GradientCase{"tree", true, true, true, false, 1000000,
                                 CoordinateWeight::TwoMinusArea, BoxForm::Direct, true},
                    GradientCase{"tree_early", true, true, true, false, 0,
                                 CoordinateWeight::TwoMinusArea, BoxForm::Direct, true}),
    [](const testing::TestParamInfo<GradientCase>& tested) { return tested.param.name; });

}  // namespace
}  // namespace boxwright
