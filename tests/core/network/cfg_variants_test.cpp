// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/network/cfg_variants.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/core/network/network_fixture.h"

namespace boxwright {
namespace {

Cfg shippedCfg(std::string_view name) {
  std::vector<Problem> problems;
  return readCfg(findNetwork(name), problems);
}

Network built(const Cfg& cfg) {
  std::vector<Problem> problems;
  Network network = buildNetwork(cfg, problems);
  EXPECT_TRUE(problems.empty()) << (problems.empty() ? "" : problems[0].what);
  return network;
}

std::size_t countOf(const Network& network, std::string_view section) {
  return static_cast<std::size_t>(
      std::count_if(network.layers.begin(), network.layers.end(),
                    [&](const Layer& layer) { return layer.section == section; }));
}

TEST(WithoutBatchNorm, LeavesABiasOnEveryConvolution) {
  const Network with = built(shippedCfg("yolov2-nano"));
  const Network without = built(withoutBatchNorm(shippedCfg("yolov2-nano")));
  std::uint64_t filters = 0;
  for (const Layer& layer : with.layers) {
    const auto* convolution = std::get_if<ConvolutionLayer>(&layer.kind);
    if (convolution && convolution->batchNormalize)
      filters += static_cast<std::uint64_t>(convolution->filters);
  }
  EXPECT_EQ(storedFloatsOf(with) - storedFloatsOf(without), 3 * filters);
}

class WithoutPassthrough : public testing::TestWithParam<const char*> {};

TEST_P(WithoutPassthrough, GoesStraightToTheHead) {
  const Cfg cfg = shippedCfg(GetParam());
  const std::optional<Cfg> plain = withoutPassthrough(cfg);
  ASSERT_TRUE(plain);
  const Network with = built(cfg), without = built(*plain);
  EXPECT_EQ(countOf(without, "reorg") + countOf(without, "route"), 0U);
  EXPECT_GT(countOf(with, "reorg"), 0U);
  EXPECT_EQ(with.layers.back().output, without.layers.back().output);
  EXPECT_EQ(strideOf(without), 32);
  EXPECT_LT(operationsOf(without), operationsOf(with));
  for (std::size_t i = 0; i < without.layers.size(); ++i)
    EXPECT_EQ(without.layers[i].inputs, std::vector<int>{static_cast<int>(i) - 1});
}

INSTANTIATE_TEST_SUITE_P(Shipped, WithoutPassthrough,
                         testing::Values("yolov2", "yolov2-voc", "yolov2-nano", "yolo", "yolo-voc",
                                         "yolov2-nano-wide"),
                         [](const testing::TestParamInfo<const char*>& tested) {
                           std::string name = tested.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST(WithoutPassthroughOfOthers, NothingToTakeOut) {
  EXPECT_FALSE(withoutPassthrough(shippedCfg("yolov2-tiny-voc")));
  EXPECT_FALSE(withoutPassthrough(shippedCfg("darknet19")));
}

constexpr const char* kStart =
    "[net]\nwidth=64\nheight=64\nchannels=3\n[convolutional]\nfilters=4\nsize=3\npad=1\n"
    "activation=leaky\n";

TEST(WithoutPassthroughOfOthers, LaterRoutesGoOnToNameTheirLayers) {
  std::vector<Problem> problems;
  // 0 conv, 1 pool, 2 conv; 3..5 branch from 0, 6 conv, 7 adds 2 by number and 6.
  const std::string branch = "[route]\nlayers=0\n[reorg]\nstride=2\n[route]\nlayers=-1,-3\n";
  const std::string tail =
      "[convolutional]\nfilters=8\nsize=1\nactivation=linear\n"
      "[route]\nlayers=2,-1\n[shortcut]\nfrom=-1\nactivation=linear\n";
  const Cfg cfg = parseCfg(std::string(kStart) +
                               "[maxpool]\nsize=2\nstride=2\n[convolutional]\nfilters=8\nsize=3\n"
                               "pad=1\nactivation=leaky\n" +
                               branch + tail,
                           "test.cfg", problems);
  const std::optional<Cfg> plain = withoutPassthrough(cfg);
  ASSERT_TRUE(plain);
  const Network network = built(*plain);
  ASSERT_EQ(network.layers.size(), 6U);
  EXPECT_EQ(network.layers[4].inputs, (std::vector<int>{2, 3}));
  EXPECT_EQ(network.layers[5].inputs, (std::vector<int>{4, 4}));
}

TEST(WithoutPassthroughOfOthers, RefusesABranchThatIsReadElsewhere) {
  std::vector<Problem> problems;
  const Cfg cfg = parseCfg(std::string(kStart) +
                               "[maxpool]\nsize=2\nstride=2\n[route]\nlayers=0\n[reorg]\nstride=2\n"
                               "[route]\nlayers=-1,-3\n[route]\nlayers=3,-1\n",
                           "test.cfg", problems);
  const std::string said = errorOf([&] { withoutPassthrough(cfg); });
  EXPECT_NE(said.find("cannot be taken out"), std::string::npos) << said;
}

TEST(YoloHead, HasHalfTheGridTwoBoxesAndOneDistributionACell) {
  for (const char* const name : {"yolov2-nano", "yolov2-voc", "yolov2-tiny-voc"}) {
    const Cfg cfg = withHead(withYoloHead(shippedCfg(name)), 20, {}, 448);
    const Network network = built(cfg);
    const Layer& head = network.layers.back();
    EXPECT_EQ(head.output, (LayerShape{2 * 5 + 20, 7, 7})) << name;
    EXPECT_EQ(strideOf(network), 64) << name;
    EXPECT_EQ(network.region().num * head.output.height * head.output.width, 98) << name;
    EXPECT_TRUE(network.region().anchors.empty());
  }
  const Size anchor{1, 1};
  EXPECT_NE(errorOf([&] {
              withHead(withYoloHead(shippedCfg("yolov2-nano")), 20, {&anchor, 1}, 448);
            }).find("no anchors"),
            std::string::npos);
}

TEST(YoloHead, GoesTogetherWithNoPassthrough) {
  const Cfg cfg =
      withHead(withYoloHead(*withoutPassthrough(shippedCfg("yolov2-voc"))), 20, {}, 448);
  EXPECT_EQ(built(cfg).layers.back().output, (LayerShape{30, 7, 7}));
}

TEST(AnchorOffsets, ChangeTheMeaningOfTheHeadAlone) {
  const Cfg cfg = shippedCfg("yolov2-nano");
  const Network direct = built(cfg), offsets = built(withAnchorOffsets(cfg));
  EXPECT_EQ(direct.region().boxForm, BoxForm::Direct);
  EXPECT_EQ(offsets.region().boxForm, BoxForm::Offsets);
  EXPECT_EQ(direct.region().anchors, offsets.region().anchors);
  EXPECT_EQ(storedFloatsOf(direct), storedFloatsOf(offsets));
}

TEST(BoxFormKey, AnUnknownFormIsRefused) {
  Cfg cfg = shippedCfg("yolov2-nano");
  cfg.sections.back().set("box_form", "corners");
  std::vector<Problem> problems;
  const std::string said = errorOf([&] { buildNetwork(cfg, problems); });
  EXPECT_NE(said.find("box_form=corners is unknown"), std::string::npos) << said;
}

}  // namespace
}  // namespace boxwright
