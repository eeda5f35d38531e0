// SPDX-License-Identifier: GPL-3.0-or-later
// Costs and shapes of the shipped cfgs and their kin, as spec section 14 gives them.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "core/network/weights_file.h"
#include "tests/core/network/network_fixture.h"

namespace boxwright {
namespace {

struct Cost {
  const char* name;
  int size;
  std::uint64_t operations, parameters, floats, bytes;
};
void PrintTo(const Cost& cost, std::ostream* out) {
  *out << cost.name << " at " << cost.size;
}

class ShippedCost : public testing::TestWithParam<Cost> {};

TEST_P(ShippedCost, EqualsTheReference) {
  const Cost& cost = GetParam();
  Network network = shippedNetwork(cost.name);
  resizeNetwork(network, cost.size, cost.size);
  EXPECT_EQ(operationsOf(network), cost.operations);
  EXPECT_EQ(parametersOf(network), cost.parameters);
  EXPECT_EQ(storedFloatsOf(network), cost.floats);
  EXPECT_EQ(16 + 4 * storedFloatsOf(network), cost.bytes);
}

INSTANTIATE_TEST_SUITE_P(
    Spec14, ShippedCost,
    testing::Values(Cost{"darknet19", 256, 7290748928, 20842376, 20856776, 83427120},
                    Cost{"darknet19", 224, 5581979648, 20842376, 20856776, 83427120},
                    Cost{"darknet19", 448, 22327918592, 20842376, 20856776, 83427120},
                    Cost{"darknet19_448", 448, 22327918592, 20842376, 20856776, 83427120},
                    Cost{"darknet-nano", 224, 588664832, 1240440, 1241944, 4967792},
                    Cost{"yolov2", 608, 62938253312, 50962889, 50983561, 203934260},
                    Cost{"yolov2", 416, 29464168448, 50962889, 50983561, 203934260},
                    Cost{"yolov2-voc", 416, 29360334848, 50655389, 50676061, 202704260},
                    Cost{"yolov2-voc", 544, 50207909888, 50655389, 50676061, 202704260},
                    Cost{"yolo9000", 544, 49062045696, 48793101, 48807501, 195230020},
                    Cost{"darknet9000", 448, 25706971136, 29470826, 29485226, 117940920},
                    Cost{"yolo-voc", 416, 34898126848, 67137565, 67158109, 268632452},
                    Cost{"yolo-voc", 544, 59677861888, 67137565, 67158109, 268632452},
                    Cost{"yolo", 416, 35001960448, 67445065, 67465609, 269862452},
                    Cost{"yolov2-tiny", 416, 5406442496, 11232057, 11237145, 44948596},
                    Cost{"yolov2-tiny-voc", 416, 6971041792, 15861773, 15867885, 63471556}));

Cfg shippedCfg(std::string_view name) {
  std::vector<Problem> problems;
  return readCfg(findNetwork(name), problems);
}

void expectCost(const Cfg& cfg, int size, std::uint64_t operations, std::uint64_t parameters,
                std::uint64_t floats) {
  std::vector<Problem> problems;
  Network network = buildNetwork(cfg, problems);
  resizeNetwork(network, size, size);
  EXPECT_EQ(operationsOf(network), operations);
  EXPECT_EQ(parametersOf(network), parameters);
  EXPECT_EQ(storedFloatsOf(network), floats);
}

TEST(FamilyCost, Darknet9000) {
  Cfg cfg = shippedCfg("darknet19");
  CfgSection& last = cfg.sections[cfg.sections.size() - 3];
  ASSERT_EQ(last.integer("filters", 0), 1000);
  last.set("filters", "9418");
  expectCost(cfg, 448, 25706971136, 29470826, 29485226);
}

TEST(FamilyCost, Yolo9000) {
  Cfg cfg = shippedCfg("yolov2");
  cfg.sections.resize(1 + 23);
  CfgSection head{"convolutional", 0, {}};
  head.set("filters", "28269");
  head.set("size", "1");
  head.set("activation", "linear");
  CfgSection region{"region", 0, {}};
  region.set("anchors", "0.77871,1.14074,3.00525,4.31277,9.22725,9.61974");
  region.set("classes", "9418");
  region.set("num", "3");
  region.set("tree", "9k.tree");
  cfg.sections.push_back(head);
  cfg.sections.push_back(region);
  expectCost(cfg, 544, 49062045696, 48793101, 48807501);
}

/// "416x32": width (= height) and channels of every layer's output.
std::string shapesOf(const Network& network) {
  std::ostringstream text;
  for (const Layer& layer : network.layers) {
    EXPECT_EQ(layer.output.width, layer.output.height);
    text << (text.tellp() > 0 ? " " : "") << layer.output.width << 'x' << layer.output.channels;
  }
  return text.str();
}

TEST(ShippedShapes, Yolov2Voc) {
  const Network network = shippedNetwork("yolov2-voc");
  EXPECT_EQ(shapesOf(network),
            "416x32 208x32 208x64 104x64 104x128 104x64 104x128 52x128 52x256 52x128 52x256 26x256 "
            "26x512 26x256 26x512 26x256 26x512 13x512 13x1024 13x512 13x1024 13x512 13x1024 "
            "13x1024 13x1024 26x512 26x64 13x256 13x1280 13x1024 13x125 13x125");
  EXPECT_EQ(network.layers[25].inputs, std::vector<int>{16});
  EXPECT_EQ(network.layers[28].inputs, (std::vector<int>{27, 24}));
  for (const int pool : {1, 3, 7, 11, 17}) {
    EXPECT_TRUE(std::holds_alternative<MaxPoolLayer>(network.layers[pool].kind)) << pool;
  }
  for (const int single : {5, 9, 13, 15, 19, 21, 26, 30}) {
    EXPECT_EQ(std::get<ConvolutionLayer>(network.layers[single].kind).size, 1) << single;
  }
  const auto& head = std::get<ConvolutionLayer>(network.layers[30].kind);
  EXPECT_FALSE(head.batchNormalize);
  EXPECT_EQ(head.activation, Activation::Linear);
  const auto& first = std::get<ConvolutionLayer>(network.layers[0].kind);
  EXPECT_TRUE(first.batchNormalize);
  EXPECT_EQ(first.activation, Activation::Leaky);
}

TEST(ShippedShapes, Yolov2TinyVoc) {
  const Network network = shippedNetwork("yolov2-tiny-voc");
  EXPECT_EQ(shapesOf(network),
            "416x16 208x16 208x32 104x32 104x64 52x64 52x128 26x128 26x256 13x256 13x512 13x512 "
            "13x1024 13x1024 13x125 13x125");
  const auto& pool = std::get<MaxPoolLayer>(network.layers[11].kind);
  EXPECT_EQ(pool.stride, 1);
  EXPECT_EQ(pool.size, 2);
  EXPECT_EQ(pool.padding, 1);
}

TEST(ShippedShapes, Yolov2Tiny) {
  const Network network = shippedNetwork("yolov2-tiny");
  EXPECT_EQ(network.layers[13].output.channels, 512);
  EXPECT_EQ(network.layers[14].output.channels, 425);
  EXPECT_FALSE(network.region().rescore);
}

TEST(ShippedShapes, Yolov2NanoIsSmallAndAligned) {
  const Network network = shippedNetwork("yolov2-nano");
  EXPECT_NEAR(double(operationsOf(network)), 2e9, 0.3e9);
  bool passthrough = false;
  for (const Layer& layer : network.layers) {
    passthrough = passthrough || std::holds_alternative<ReorgLayer>(layer.kind);
    const auto* const convolution = std::get_if<ConvolutionLayer>(&layer.kind);
    if (convolution && convolution->batchNormalize) {
      EXPECT_EQ(convolution->filters % 16, 0);
    }
  }
  EXPECT_TRUE(passthrough);
  EXPECT_EQ(network.layers.back().output, (LayerShape{125, 13, 13}));
}

/// A layer as far as its weights depend on it: where its input comes from and what it does to it.
std::string backboneText(const Network& network, std::size_t layers) {
  std::ostringstream text;
  for (std::size_t i = 0; i < layers; ++i) {
    const Layer& layer = network.layers.at(i);
    text << layer.section << ' ' << layer.inputs.at(0) << " -> " << layer.output.channels;
    if (const auto* c = std::get_if<ConvolutionLayer>(&layer.kind))
      text << " size " << c->size << ' ' << c->stride << ' ' << c->padding << ' '
           << c->batchNormalize << ' ' << static_cast<int>(c->activation);
    if (const auto* p = std::get_if<MaxPoolLayer>(&layer.kind))
      text << " size " << p->size << ' ' << p->stride;
    text << '\n';
  }
  return text.str();
}

TEST(ShippedShapes, ClassifiersAreTheBackbonesOfDetectors) {
  EXPECT_EQ(backboneText(shippedNetwork("darknet-nano"), 11),
            backboneText(shippedNetwork("yolov2-nano"), 11));
  EXPECT_EQ(backboneText(shippedNetwork("darknet19_448"), 23),
            backboneText(shippedNetwork("darknet19"), 23));
  EXPECT_EQ(backboneText(shippedNetwork("darknet19"), 23),
            backboneText(shippedNetwork("yolov2-voc"), 23));
  // No layer more is shared: the next one is the classifier's own.
  const Network nano = shippedNetwork("darknet-nano");
  EXPECT_EQ(nano.layers[11].output.channels, 1000);
  EXPECT_TRUE(std::holds_alternative<AveragePoolLayer>(nano.layers[12].kind));
  const Network nineteen = shippedNetwork("darknet19");
  EXPECT_EQ(nineteen.layers[23].output.channels, 1000);
}

TEST(ShippedSettings, RegionsAsInTheFamily) {
  for (const char* name : {"yolov2", "yolov2-voc", "yolov2-tiny", "yolov2-tiny-voc", "yolov2-nano",
                           "yolo", "yolo-voc", "yolov2-nano-wide"}) {
    const Network network = shippedNetwork(name);
    const RegionLayer& region = network.region();
    EXPECT_EQ(region.num, 5) << name;
    EXPECT_EQ(region.coords, 4) << name;
    EXPECT_TRUE(region.softmax && region.biasMatch) << name;
    EXPECT_FALSE(region.background || region.maxTruthsGiven) << name;
    EXPECT_EQ(region.maxTruths, 30) << name;
    EXPECT_EQ(region.objectScale, 5) << name;
    EXPECT_EQ(region.noObjectScale, 1) << name;
    EXPECT_EQ(region.classScale, 1) << name;
    EXPECT_EQ(region.coordScale, 1) << name;
    EXPECT_EQ(region.threshold, 0.6) << name;
    EXPECT_EQ(region.anchors.size(), 5u) << name;
  }
  EXPECT_EQ(shippedNetwork("yolov2-voc").region().jitter, 0.3);
  EXPECT_EQ(shippedNetwork("yolov2-tiny-voc").region().jitter, 0.2);
  EXPECT_EQ(shippedNetwork("yolov2-voc").region().anchors[0], (Size{1.3221, 1.73145}));
}

TEST(ShippedShapes, ThePassthroughOf2016IsFourTimesAsWide) {
  for (const auto& [name, channels] : {std::pair("yolo-voc", 2048), std::pair("yolo", 2048),
                                       std::pair("yolov2-nano-wide", 1024)}) {
    const Network network = shippedNetwork(name);
    const auto reorg = std::find_if(network.layers.begin(), network.layers.end(),
                                    [](const Layer& layer) { return layer.section == "reorg"; });
    ASSERT_NE(reorg, network.layers.end());
    EXPECT_EQ(reorg->input, (LayerShape{channels / 4, 26, 26})) << name;
    EXPECT_EQ(reorg->output, (LayerShape{channels, 13, 13})) << name;
  }
  EXPECT_EQ(storedFloatsOf(shippedNetwork("yolov2-nano-wide")), 1477357U);
}

TEST(ShippedSettings, ScheduleOfYolov2Voc) {
  const NetSettings net = shippedNetwork("yolov2-voc").net;
  EXPECT_EQ(net.batch, 64);
  EXPECT_EQ(net.subdivisions, 8);
  EXPECT_EQ(net.learningRate, 0.001);
  EXPECT_EQ(net.decay, 0.0005);
  EXPECT_EQ(net.burnIn, 1000);
  EXPECT_EQ(net.maxBatches, 80200);
  EXPECT_EQ(net.policy, "steps");
  EXPECT_EQ(net.steps, (std::vector<int>{40000, 60000}));
  EXPECT_EQ(net.scales, (std::vector<double>{0.1, 0.1}));
  EXPECT_EQ(shippedNetwork("yolov2-tiny-voc").net.steps, (std::vector<int>{-1, 100, 20000, 30000}));
}

TEST(ResizeNetwork, KeepsTheNetworkWhenTheSizeDoesNotFit) {
  Network network = shippedNetwork("yolov2-voc");
  const std::string before = shapesOf(network);
  // 400 is 25x25 at stride 16: reorg cannot halve it.
  const std::string message = errorOf([&] { resizeNetwork(network, 400, 400); });
  EXPECT_NE(message.find("layer 27 [reorg]"), std::string::npos) << message;
  EXPECT_NE(message.find("yolov2-voc.cfg:"), std::string::npos) << message;
  EXPECT_EQ(shapesOf(network), before);
  EXPECT_EQ(network.net.width, 416);
  for (const int size : {0, -32, 1 << 30}) {
    EXPECT_NE(errorOf([&] { resizeNetwork(network, size, size); }), "") << size;
  }
  EXPECT_NE(errorOf([&] { resizeNetwork(network, 65536, 65536); }), "");
  EXPECT_EQ(shapesOf(network), before);
}

TEST(ResizeNetwork, TakesOblongInputs) {
  Network network = shippedNetwork("yolov2-voc");
  resizeNetwork(network, 320, 608);
  EXPECT_EQ(network.layers.back().output, (LayerShape{125, 19, 10}));
  resizeNetwork(network, 416, 416);
  EXPECT_EQ(operationsOf(network), 29360334848u);
}

}  // namespace
}  // namespace boxwright
