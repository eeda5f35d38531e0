// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/yolo/box_form.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "core/base/random.h"
#include "core/yolo/decode.h"
#include "core/yolo/region_loss.h"

namespace boxwright {
namespace {

constexpr int kHeight = 4, kWidth = 3;

RegionLayer regionWith(BoxForm form) {
  RegionLayer region;
  region.boxForm = form;
  region.classes = 3;
  region.num = 2;
  region.softmax = true;
  region.biasMatch = true;
  region.rescore = true;
  if (form != BoxForm::Yolo) region.anchors = {{0.7, 0.9}, {2, 1.5}};
  return region;
}

TEST(BoxForm, OffsetsAreThoseOfTheRpn) {
  // x = (i + .5 + tx pw) / W and the target (xW - i - .5) / pw, worked out by hand.
  const RegionLayer region = regionWith(BoxForm::Offsets);
  const BoxPlace at{1, 2, 0, kHeight, kWidth};
  const PlacedBox<double> box = placeBox<double>(region, at, {0.25, -0.5, std::log(0.5), 0});
  EXPECT_NEAR(box.x, (0 + 0.5 + 0.25 * 2) / 3, 1e-15);
  EXPECT_NEAR(box.y, (2 + 0.5 - 0.5 * 1.5) / 4, 1e-15);
  EXPECT_NEAR(box.w, 1.0 / 3, 1e-15);
  EXPECT_NEAR(box.h, 1.5 / 4, 1e-15);
  EXPECT_EQ(centreValue(BoxForm::Offsets, 0.25), 0.25);
  EXPECT_EQ(centreSlope(BoxForm::Offsets, 0.25), 1);
}

TEST(BoxForm, YoloSaysRootsOfThePicture) {
  const RegionLayer region = regionWith(BoxForm::Yolo);
  const PlacedBox<double> box =
      placeBox<double>(region, {1, 2, 1, kHeight, kWidth}, {.5, .25, .6, -.7});
  EXPECT_NEAR(box.x, 1.5 / 3, 1e-15);
  EXPECT_NEAR(box.y, 2.25 / 4, 1e-15);
  EXPECT_NEAR(box.w, 0.36, 1e-15);
  EXPECT_NEAR(box.h, 0.49, 1e-15);
}

class EveryBoxForm : public testing::TestWithParam<BoxForm> {};

TEST_P(EveryBoxForm, PlacesABoxWhereItsTargetSaysIt) {
  const RegionLayer region = regionWith(GetParam());
  RandomStream random(5, "box form");
  for (int tried = 0; tried < 50; ++tried) {
    const CentreBox truth{random.uniform(.05, .95), random.uniform(.05, .95),
                          random.uniform(.05, .9), random.uniform(.05, .9)};
    const BoxPlace at{static_cast<int>(random.index(2)), static_cast<int>(truth.y * kHeight),
                      static_cast<int>(truth.x * kWidth), kHeight, kWidth};
    const BoxEntries<double> target = targetOf(region, at, truth);
    BoxEntries<double> raw = target;
    if (GetParam() == BoxForm::Direct) {
      raw.x = std::log(target.x / (1 - target.x));
      raw.y = std::log(target.y / (1 - target.y));
    }
    EXPECT_NEAR(centreValue(GetParam(), raw.x), target.x, 1e-12);
    const PlacedBox<double> placed = placeBox(region, at, raw);
    EXPECT_NEAR(placed.x, truth.x, 1e-12);
    EXPECT_NEAR(placed.y, truth.y, 1e-12);
    EXPECT_NEAR(placed.w, truth.w, 1e-12);
    EXPECT_NEAR(placed.h, truth.h, 1e-12);
  }
}

TEST_P(EveryBoxForm, DecodesWhatTheLossDrawsTheHeadTo) {
  // A head that gradient descent has moved says its truths, and decoding finds them there.
  const RegionLayer region = regionWith(GetParam());
  RandomStream random(7, "box form descent");
  std::vector<float> values(headView<float>(region, nullptr, 1, kHeight, kWidth).size());
  for (float& value : values)
    value = 0.3F * static_cast<float>(random.normal());
  const HeadView<float> head = headView(region, values.data(), 1, kHeight, kWidth);
  const BatchTruths truths{{{{0.2, 0.3, 0.25, 0.2}, 1}, {{0.7, 0.8, 0.5, 0.35}, 2}}};
  LossSettings settings;
  settings.priorImages = 0;
  std::vector<float> gradient(values.size());
  for (int step = 0; step < 4000; ++step) {
    const RegionTargets targets = assign(head, truths, region, settings);
    regionLoss<float>(head, targets, region, gradient);
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] -= 0.2F * gradient[i];
  }
  const std::vector<Candidate> found = suppress(decodeRegion(head, region, 0, 0.5), 0.45);
  ASSERT_EQ(found.size(), 2U);
  for (const Truth& truth : truths[0]) {
    const auto same = std::find_if(found.begin(), found.end(), [&](const Candidate& candidate) {
      return candidate.classId == truth.classId;
    });
    ASSERT_NE(same, found.end());
    const CentreBox box = centreBox(same->rect);
    EXPECT_NEAR(box.x, truth.box.x, 0.01);
    EXPECT_NEAR(box.y, truth.box.y, 0.01);
    EXPECT_NEAR(box.w, truth.box.w, 0.01);
    EXPECT_NEAR(box.h, truth.box.h, 0.01);
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryBoxForm,
                         testing::Values(BoxForm::Direct, BoxForm::Offsets, BoxForm::Yolo),
                         [](const testing::TestParamInfo<BoxForm>& tested) {
                           return std::string(tested.param == BoxForm::Direct    ? "direct"
                                              : tested.param == BoxForm::Offsets ? "offsets"
                                                                                 : "yolo");
                         });

TEST(YoloHead, HoldsTheClassesOnceACell) {
  const RegionLayer region = regionWith(BoxForm::Yolo);
  const HeadView<float> head = headView<float>(region, nullptr, 2, kHeight, kWidth);
  EXPECT_EQ(head.channels(), 2U * 5 + 3);
  EXPECT_EQ(head.size(), 2U * 13 * 12);
  std::set<std::size_t> geometry;
  for (int n = 0; n < 2; ++n)
    for (int entry = 0; entry < 5; ++entry)
      geometry.insert(head.index(1, n, entry, 3, 2));
  EXPECT_EQ(geometry.size(), 10U);
  for (int entry = 5; entry < 8; ++entry) {
    EXPECT_EQ(head.index(1, 0, entry, 3, 2), head.index(1, 1, entry, 3, 2));
    EXPECT_FALSE(geometry.contains(head.index(1, 0, entry, 3, 2)));
  }
  for (int n = 0; n < 2; ++n)
    for (int entry = 0; entry < 8; ++entry)
      EXPECT_EQ(headChannel(region, n, entry) * 12, head.index(0, n, entry, 0, 0));
}

TEST(YoloHead, TheBoxOfBestIouIsResponsibleAndACellHasOneObject) {
  const RegionLayer region = regionWith(BoxForm::Yolo);
  std::vector<float> values(headView<float>(region, nullptr, 1, kHeight, kWidth).size(), 0.F);
  const HeadView<float> head = headView(region, values.data(), 1, kHeight, kWidth);
  const auto say = [&](int n, const BoxEntries<float>& box) {
    values[head.index(0, n, 0, 1, 1)] = box.x;
    values[head.index(0, n, 1, 1, 1)] = box.y;
    values[head.index(0, n, 2, 1, 1)] = box.w;
    values[head.index(0, n, 3, 1, 1)] = box.h;
  };
  say(0, {.5F, .5F, .2F, .2F});
  say(1, {.5F, .5F, .6F, .6F});
  LossSettings settings;
  settings.priorImages = 12800;  // no anchors, so nothing to be drawn to
  const Truth large{{0.5, 0.375, 0.4, 0.4}, 0}, second{{0.45, 0.3, 0.1, 0.1}, 1};
  const RegionTargets targets = assign(head, {{large, second}}, region, settings);
  int objects = 0;
  for (const RegionTargets::Entry& entry : targets.entries) {
    EXPECT_EQ(entry.hasBox, entry.isObject);
    if (!entry.isObject) continue;
    ++objects;
    EXPECT_EQ(entry.n, 1);
    EXPECT_EQ(entry.classId, 0);
    EXPECT_NEAR(entry.box.w, std::sqrt(0.4), 1e-12);
  }
  EXPECT_EQ(objects, 1);
  EXPECT_EQ(targets.statistics.truths, 1U);
  EXPECT_EQ(targets.statistics.sharedTruths, 1U);

  // Where no box overlaps the truth, the nearest one is to learn it.
  say(0, {-5, -5, .1F, .1F});
  say(1, {-1, -1, .1F, .1F});
  for (const RegionTargets::Entry& entry : assign(head, {{large}}, region, settings).entries) {
    if (!entry.isObject) continue;
    EXPECT_EQ(entry.n, 1);
  }
}

}  // namespace
}  // namespace boxwright
