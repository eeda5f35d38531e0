// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/detector.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/compute/session.h"
#include "core/image/resize.h"
#include "core/yolo/decode.h"
#include "tests/core/detect/small_network.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

/// A small network with batch norm and random weights, and its model.
Model randomModel(InputRule rule, std::uint64_t seed = 5) {
  std::vector<Problem> problems;
  Model model;
  model.network = buildNetwork(
      parseCfg("[net]\nwidth=96\nheight=64\nchannels=3\n"
               "[convolutional]\nbatch_normalize=1\nfilters=8\nsize=3\nstride=2\npad=1\n"
               "activation=leaky\n"
               "[maxpool]\nsize=4\nstride=4\npadding=0\n"
               "[convolutional]\nbatch_normalize=1\nfilters=12\nsize=3\nstride=4\npad=1\n"
               "activation=leaky\n"
               "[convolutional]\nfilters=16\nsize=1\nstride=1\nactivation=linear\n"
               "[region]\nanchors=1,1,2,.7\nclasses=3\ncoords=4\nnum=2\nsoftmax=1\n",
               "random.cfg", problems),
      problems);
  initialiseWeights(model.network, seed);
  RandomStream random(seed, "detector-test");
  for (Layer& layer : model.network.layers) {
    for (float& value : layer.weights.rollingMean)
      value = float(random.uniform(-0.3, 0.3));
    for (float& value : layer.weights.rollingVariance)
      value = float(random.uniform(0.2, 2));
    for (float& value : layer.weights.biases)
      value = float(random.uniform(-0.5, 0.5));
  }
  model.names = {"a", "b", "c"};
  model.inputRule = rule;
  return model;
}

Image noise(int width, int height, std::uint64_t seed) {
  Image image(width, height);
  RandomStream random(seed, "noise");
  for (std::uint8_t& value : image.pixels)
    value = std::uint8_t(random.index(256));
  return image;
}

DetectorOptions on(const std::string& device, int batch = 1) {
  DetectorOptions options;
  options.device = device;
  options.batch = batch;
  return options;
}

void expectSame(const std::vector<Detection>& wanted, const std::vector<Detection>& found,
                double tolerance) {
  ASSERT_EQ(wanted.size(), found.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(wanted[i].classId, found[i].classId);
    EXPECT_NEAR(wanted[i].confidence, found[i].confidence, tolerance);
    EXPECT_NEAR(wanted[i].rect.left, found[i].rect.left, 200 * tolerance);
    EXPECT_NEAR(wanted[i].rect.top, found[i].rect.top, 200 * tolerance);
    EXPECT_NEAR(wanted[i].rect.right, found[i].rect.right, 200 * tolerance);
    EXPECT_NEAR(wanted[i].rect.bottom, found[i].rect.bottom, 200 * tolerance);
  }
}

TEST(Detector, FindsWhatTheWeightsSay) {
  Detector detector(colourModel(), on("reference"));
  EXPECT_EQ(64, detector.inputWidth());
  EXPECT_EQ(1, detector.batch());
  EXPECT_EQ("reference", detector.deviceName());
  Image image(128, 256);  // stretched to the square input: cells of 64 x 128 pixels
  image.at(100, 20)[0] = 255;
  for (int x = 95; x < 105; ++x) {
    for (int y = 20; y < 30; ++y)
      image.at(x, y)[0] = 255;
    for (int y = 200; y < 210; ++y)
      image.at(x - 80, y)[1] = 255;
  }
  const std::vector<Detection> found = detector.detect(image, {});
  ASSERT_EQ(2U, found.size());
  // Objectness sigmoid(-6 + 12), class softmax(8, 0): worked out by hand.
  const double confidence = 1 / (1 + std::exp(-6.0)) / (1 + std::exp(-8.0));
  const bool redFirst = found[0].classId == 0;
  const Detection& red = found[redFirst ? 0 : 1];
  const Detection& green = found[redFirst ? 1 : 0];
  EXPECT_EQ(1, green.classId);
  EXPECT_NEAR(confidence, red.confidence, 0.02);
  EXPECT_NEAR(80, red.rect.left, 1e-3);
  EXPECT_NEAR(32, red.rect.top, 1e-3);
  EXPECT_NEAR(112, red.rect.right, 1e-3);
  EXPECT_NEAR(96, red.rect.bottom, 1e-3);
  EXPECT_NEAR(16, green.rect.left, 1e-3);
  EXPECT_NEAR(160, green.rect.top, 1e-3);
  EXPECT_TRUE(detector.detect(Image(50, 50), {}).empty());
}

class DetectorRule : public testing::TestWithParam<InputRule> {};

/// The whole way done by hand in double: unfolded network, session, decode, mapping of spec
/// section 9.
TEST_P(DetectorRule, AgreesWithTheStepsDoneByHand) {
  const InputRule rule = GetParam();
  const bool letterbox = rule == InputRule::Letterbox;
  const Image image = noise(150, 61, 3);
  DetectSettings settings;
  settings.threshold = 0.1;

  const Model model = randomModel(rule);
  std::vector<float> input(3 * 64 * 96);
  toNetworkInput(image, letterbox ? ResizeRule::Letterbox : ResizeRule::Plain, 96, 64, input);
  const auto backend = openBackend("reference", 1);
  Session session(*backend, fold(model.network, model.batchNorm), {});
  session.forward(input);
  const RegionLayer& region = model.network.region();
  const Shape shape = session.headShape();
  ASSERT_EQ(16, shape.c);
  const HeadView<float> head{session.head().data(), 1, 2, 3, shape.h, shape.w};
  const std::vector<Candidate> kept =
      suppress(decodeRegion(head, region, 0, settings.threshold), settings.nms, 100);
  std::vector<Detection> wanted;
  // Letterbox: 96 wide, 61 * 96 div 150 = 39 high; spec section 9 takes half of what is left, 12.5,
  // off.
  const double innerHeight = letterbox ? 39 : 64, offset = letterbox ? 12.5 : 0;
  for (const Candidate& candidate : kept) {
    const auto x = [](double v) { return std::clamp(v * 150, 0.0, 150.0); };
    const auto y = [&](double v) {
      return std::clamp((v * 64 - offset) / innerHeight * 61, 0.0, 61.0);
    };
    const Rect rect{x(candidate.rect.left), y(candidate.rect.top), x(candidate.rect.right),
                    y(candidate.rect.bottom)};
    if (rect.width() > 0 && rect.height() > 0) {
      wanted.push_back({rect, candidate.classId, candidate.confidence});
    }
  }
  ASSERT_GT(wanted.size(), 3U);
  for (const char* device : {"reference", "cpu"}) {
    Detector detector(randomModel(rule), on(device));
    expectSame(wanted, detector.detect(image, settings),
               std::string(device) == "reference" ? 1e-6 : 1e-4);
  }
}

INSTANTIATE_TEST_SUITE_P(Rules, DetectorRule,
                         testing::Values(InputRule::Plain, InputRule::Letterbox),
                         [](const testing::TestParamInfo<InputRule>& tested) {
                           return std::string(tested.param == InputRule::Plain ? "Plain"
                                                                               : "Letterbox");
                         });

TEST(Detector, DecodesAgainAsIfItHadDetectedWithTheOtherSettings) {
  Detector detector(randomModel(InputRule::Letterbox), on("reference"));
  EXPECT_TRUE(detector.redecode({}).empty()) << "nothing was detected yet";
  const Image image = noise(120, 90, 4), other = noise(33, 77, 9);
  const DetectSettings low{0.02, 0.7, 100}, high{0.4, 0.3, 2};
  const std::vector<Detection> atLow = detector.detect(image, low);
  const std::vector<Detection> atHigh = detector.detect(image, high);
  EXPECT_GT(atLow.size(), atHigh.size());
  EXPECT_EQ(atLow, detector.redecode(low));
  EXPECT_EQ(atHigh, detector.redecode(high));
  detector.detect(other, low);
  EXPECT_EQ(detector.detect(other, high), detector.redecode(high));
  EXPECT_NE(atHigh, detector.redecode(high));
}

TEST(Detector, ABatchFindsWhatSinglePicturesDo) {
  const std::vector<Image> images = {noise(120, 90, 1), noise(64, 64, 2), noise(30, 200, 3)};
  Detector single(randomModel(InputRule::Letterbox), on("reference"));
  Detector batched(randomModel(InputRule::Letterbox), on("reference", 3));
  const DetectSettings settings{0.05, 0.45, 100};
  std::vector<const Image*> pointers;
  for (const Image& image : images)
    pointers.push_back(&image);
  const auto found = batched.detect(std::span<const Image* const>(pointers), settings);
  ASSERT_EQ(3U, found.size());
  for (std::size_t i = 0; i < 3; ++i) {
    const std::vector<Detection> alone = single.detect(images[i], settings);
    EXPECT_FALSE(alone.empty());
    expectSame(alone, found[i], 1e-6);
  }
  // Fewer than the batch; prepared elsewhere; the last picture is what redecode works on.
  const PreparedImage prepared = batched.prepare(images[2]);
  const PreparedImage* const one = &prepared;
  const auto again = batched.detect(std::span<const PreparedImage* const>(&one, 1), settings);
  ASSERT_EQ(1U, again.size());
  expectSame(found[2], again[0], 1e-6);
  EXPECT_EQ(again[0], batched.redecode(settings));
  pointers.push_back(&images[0]);
  EXPECT_THROW(batched.detect(std::span<const Image* const>(pointers), settings), Error);
  EXPECT_THROW(batched.detect(std::span<const Image* const>(), settings), Error);
}

TEST(Detector, KeepsBoxesInsideThePictureAndSorted) {
  Detector detector(randomModel(InputRule::Letterbox, 11), on("reference"));
  const Image image = noise(200, 40, 8);
  const std::vector<Detection> found = detector.detect(image, {0.001, 0.9, 100});
  ASSERT_GT(found.size(), 5U);
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_GE(found[i].rect.left, 0);
    EXPECT_GE(found[i].rect.top, 0);
    EXPECT_LE(found[i].rect.right, 200);
    EXPECT_LE(found[i].rect.bottom, 40);
    EXPECT_GT(found[i].rect.area(), 0);
    if (i > 0) {
      EXPECT_GE(found[i - 1].confidence, found[i].confidence);
    }
  }
}

TEST(Detector, WorksAtAnotherInputSizeAndOnASharedBackend) {
  const auto backend = openBackend("reference", 1);
  DetectorOptions options;
  options.inputSize = 128;
  Detector detector(*backend, randomModel(InputRule::Plain), options);
  EXPECT_EQ(128, detector.inputWidth());
  EXPECT_EQ(128, detector.inputHeight());
  EXPECT_FALSE(detector.detect(noise(50, 50, 1), {0.01, 0.45, 100}).empty());
}

TEST(Detector, SaysWhatDoesNotFit) {
  const auto message = [](Model model, DetectorOptions options) {
    return errorOf([&] { Detector detector(std::move(model), options); });
  };
  Model names = colourModel({"red", "green", "blue"});
  EXPECT_NE(std::string::npos,
            message(std::move(names), on("reference")).find("3 class names for a network of 2"));
  std::vector<Problem> problems;
  Model headless;
  headless.network = buildNetwork(
      parseCfg("[net]\nwidth=32\nheight=32\nchannels=3\n[convolutional]\nfilters=4\nsize=1\n",
               "c.cfg", problems),
      problems);
  initialiseWeights(headless.network, 1);
  EXPECT_NE(std::string::npos,
            message(std::move(headless), on("reference")).find("neither in [region]"));
  Model grey = colourModel();
  grey.network.net.channels = 1;
  EXPECT_NE(std::string::npos, message(std::move(grey), on("reference")).find("RGB"));
  DetectorOptions size = on("reference");
  size.inputSize = 100;
  EXPECT_NE(std::string::npos, message(colourModel(), size).find("multiple of 32"));
  EXPECT_NE("", message(colourModel(), on("abacus")));
  EXPECT_NE("", message(colourModel(), on("reference", -1)));
  EXPECT_EQ(Detector(colourModel(), on("reference", 0)).batch(), 1) << "as many as it likes";
  Detector detector(colourModel(), on("reference"));
  EXPECT_THROW(detector.detect(Image(), {}), Error);
}

}  // namespace
}  // namespace boxwright
