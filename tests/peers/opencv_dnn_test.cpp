// SPDX-License-Identifier: GPL-3.0-or-later
// OpenCV's dnn module as an oracle: it reads the same cfg and weights file, and every convolution,
// the head and the decoded boxes must agree. Three planted faults show that the comparison sees
// faults.
//
// OpenCV's Darknet importer normalises with sqrt(v + 1e-6), a third form beside the two of spec
// section 2 (seen in versions 4.6 and 4.10). The comparison lowers our variances by the 9e-6
// between it and sqrt(v + 1e-5) after loading, so that small variances can be drawn and the epsilon
// is tested too.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <opencv2/dnn.hpp>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/compute/session.h"
#include "core/network/weights_file.h"
#include "core/yolo/decode.h"
#include "tests/peers/drawn_network.h"
#include "tests/source_folder.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// What one side says a layer's output is.
using Outputs = std::map<int, std::vector<float>>;

struct Oracle {
  Outputs outputs;          ///< convolutions after their activation, reorg and concat
  std::vector<float> rows;  ///< a row a box: x, y, w, h, objectness, class probabilities
  int rowLength = 0;
};

std::vector<float> valuesOf(const cv::Mat& mat) {
  const cv::Mat whole = mat.isContinuous() ? mat : mat.clone();
  return {whole.ptr<float>(), whole.ptr<float>() + whole.total()};
}

/// The name that OpenCV's importer gives the last step of layer `index`.
std::string oracleName(const Layer& layer, int index) {
  if (const auto* const convolution = std::get_if<ConvolutionLayer>(&layer.kind)) {
    return convolution->activation == Activation::Leaky ? "leaky_" + std::to_string(index + 1)
                                                        : "conv_" + std::to_string(index);
  }
  if (std::holds_alternative<ReorgLayer>(layer.kind)) return "reorg_" + std::to_string(index);
  if (std::holds_alternative<MaxPoolLayer>(layer.kind)) return "pool_" + std::to_string(index);
  if (std::holds_alternative<RouteLayer>(layer.kind) && layer.inputs.size() > 1) {
    return "concat_" + std::to_string(index);
  }
  return {};
}

Oracle askOpenCv(const fs::path& cfg, const fs::path& weights, const Network& network,
                 std::vector<float> picture) {
  cv::dnn::Net net = cv::dnn::readNetFromDarknet(cfg.string(), weights.string());
  net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
  net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
  // With fusion OpenCV joins a concat's inputs in place and hands out stale memory for them.
  net.enableFusion(false);
  const int sizes[] = {1, network.net.channels, network.net.height, network.net.width};
  net.setInput(cv::Mat(4, sizes, CV_32F, picture.data()));
  std::vector<cv::String> names;
  std::vector<int> layers;
  for (std::size_t index = 0; index < network.layers.size(); ++index) {
    const std::string name = oracleName(network.layers[index], int(index));
    if (name.empty()) continue;
    names.push_back(name);
    layers.push_back(int(index));
  }
  names.push_back("detection_out");
  std::vector<cv::Mat> results;
  net.forward(results, names);
  Oracle oracle;
  for (std::size_t i = 0; i < layers.size(); ++i)
    oracle.outputs[layers[i]] = valuesOf(results[i]);
  oracle.rows = valuesOf(results.back());
  oracle.rowLength = results.back().cols;
  return oracle;
}

struct Ours {
  Outputs outputs;
  std::vector<float> head;
  Shape headShape;
};

Ours runOurs(const Network& network, const std::vector<float>& picture, const std::string& device) {
  const std::unique_ptr<Backend> backend = openBackend(device, 2);
  SessionOptions options;
  options.threads = 2;
  options.keepAll = true;
  Session session(*backend, fold(network), options);
  session.forward(picture);
  Ours ours;
  for (int index = 0; index < int(network.layers.size()) - 1; ++index) {
    ours.outputs[index] = session.layerOutput(index);
  }
  ours.head.assign(session.head().begin(), session.head().end());
  ours.headShape = session.headShape();
  return ours;
}

/// The layers whose outputs differ by more than the tolerance, the head included.
std::vector<int> disagreements(const Oracle& oracle, const Ours& ours) {
  std::vector<int> layers;
  for (const auto& [index, values] : oracle.outputs) {
    const auto found = ours.outputs.find(index);
    if (found == ours.outputs.end() || differenceOf(values, found->second) > kTolerance) {
      layers.push_back(index);
    }
  }
  return layers;
}

/// A shipped network with drawn weights, written to files and read by OpenCV once for all tests.
class Peer {
 public:
  Peer(const std::string& name, int size) {
    std::vector<Problem> problems;
    Cfg cfg = withHead(readCfg(findNetwork(name), problems), 20, {}, size);
    cfg.sections.back().set("thresh", "0");
    cfgFile_ = folder_ / "peer.cfg";
    weightsFile_ = folder_ / "peer.weights";
    writeFileAtomically(cfgFile_, writeCfg(cfg));
    Network drawn = buildNetwork(cfg, problems);
    drawWeights(drawn, 7);
    saveWeights(weightsFile_, drawn, 1234);
    picture_ = drawPictures(drawn, 7);
    oracle_ = askOpenCv(cfgFile_, weightsFile_, drawn, picture_);
  }

  /// The network as we read it back from the files, with OpenCV's epsilon unless told otherwise.
  Network network(bool oracleEpsilon = true) const {
    std::vector<Problem> problems;
    Network network = buildNetwork(readCfg(cfgFile_, problems), problems);
    EXPECT_TRUE(problems.empty());
    EXPECT_EQ(loadWeights(weightsFile_, network).leftoverBytes, 0u);
    for (Layer& layer : network.layers) {
      for (float& variance : layer.weights.rollingVariance) {
        if (oracleEpsilon) variance -= 9e-6f;
      }
    }
    return network;
  }
  Ours run(const Network& network, const std::string& device = "cpu") const {
    return runOurs(network, picture_, device);
  }
  const Oracle& oracle() const { return oracle_; }

 private:
  TemporaryFolder folder_;
  fs::path cfgFile_, weightsFile_;
  std::vector<float> picture_;
  Oracle oracle_;
};

void expectSameLayers(const Network& network, const Oracle& oracle, const Ours& ours) {
  int convolutions = 0;
  double largest = 0;
  for (const auto& [index, values] : oracle.outputs) {
    const Layer& layer = network.layers[index];
    convolutions += std::holds_alternative<ConvolutionLayer>(layer.kind);
    const double difference = differenceOf(values, ours.outputs.at(index));
    EXPECT_LT(difference, kTolerance) << nameOf(network, layer);
    largest = std::max(largest, difference);
    const double deviation = deviationOf(values);
    EXPECT_GT(deviation, 0.1) << nameOf(network, layer);
    EXPECT_LT(deviation, 10) << nameOf(network, layer);
  }
  int wanted = 0;
  for (const Layer& layer : network.layers) {
    wanted += std::holds_alternative<ConvolutionLayer>(layer.kind);
  }
  EXPECT_EQ(convolutions, wanted);
  testing::Test::RecordProperty("largestDifference", std::to_string(1e6 * largest) + "e-6");
  // The head before [region] is the last convolution.
  const int last = int(network.layers.size()) - 2;
  EXPECT_LT(differenceOf(oracle.outputs.at(last), ours.head), kTolerance);
}

/// OpenCV's rows are ordered by cell, then anchor; ours by anchor, then cell. Its region layer also
/// suppresses at 0.4 a class and puts 0 for what it dropped, so that the survivors are compared
/// too.
void expectSameBoxes(const Network& network, const Oracle& oracle, const Ours& ours) {
  const RegionLayer& region = network.region();
  const HeadView<float> head{ours.head.data(), 1, region.num, region.classes, ours.headShape.h,
                             ours.headShape.w};
  const std::vector<Candidate> candidates = decodeRegion(head, region, 0, 0.0);
  const std::size_t cells = std::size_t(head.height) * head.width;
  const std::size_t boxes = region.num * cells;
  const std::size_t classes = region.classes;
  ASSERT_EQ(candidates.size(), boxes * classes);
  ASSERT_EQ(oracle.rowLength, 5 + region.classes);
  ASSERT_EQ(oracle.rows.size(), boxes * oracle.rowLength);

  using Key = std::tuple<double, double, double, double, int>;
  const auto keyOf = [](const Candidate& candidate) {
    const Rect& rect = candidate.rect;
    return Key(rect.left, rect.top, rect.right, rect.bottom, candidate.classId);
  };
  std::set<Key> kept;
  for (const Candidate& candidate : suppress(candidates, 0.4, candidates.size())) {
    kept.insert(keyOf(candidate));
  }
  std::vector<float> theirs, mine;
  std::size_t survivors = 0, otherwise = 0;
  for (std::size_t box = 0; box < boxes; ++box) {
    const std::size_t n = box / cells, cell = box % cells;
    const float* const row = oracle.rows.data() + (cell * region.num + n) * oracle.rowLength;
    const Rect& rect = candidates[box * classes].rect;
    theirs.insert(theirs.end(), row, row + 4);
    mine.push_back(float(rect.centreX()));
    mine.push_back(float(rect.centreY()));
    mine.push_back(float(rect.width()));
    mine.push_back(float(rect.height()));
    double objectness = 0;  // the class probabilities sum to 1
    for (std::size_t k = 0; k < classes; ++k) {
      const Candidate& candidate = candidates[box * classes + k];
      ASSERT_EQ(candidate.classId, int(k));
      objectness += candidate.confidence;
      const bool survived = row[5 + k] > 0;
      survivors += survived;
      otherwise += survived != kept.contains(keyOf(candidate));
      if (survived) {
        ASSERT_NEAR(candidate.confidence, row[5 + k], 1e-4) << "box " << box << " class " << k;
      }
    }
    ASSERT_NEAR(objectness, row[4], 1e-4) << "box " << box;
  }
  EXPECT_LT(differenceOf(theirs, mine), kTolerance);
  testing::Test::RecordProperty("survivors", std::to_string(survivors));
  testing::Test::RecordProperty("otherwiseSuppressed", std::to_string(otherwise));
  EXPECT_GT(survivors, candidates.size() / 20);
  EXPECT_LT(survivors, candidates.size());
  // A rounding may turn an IOU or an order that is all but tied; no more than that.
  EXPECT_LE(otherwise, candidates.size() / 1000);
}

void expectAgreement(const std::string& name, int size, const std::string& device) {
  const Peer peer(name, size);
  const Network network = peer.network();
  const Ours ours = peer.run(network, device);
  expectSameLayers(network, peer.oracle(), ours);
  expectSameBoxes(network, peer.oracle(), ours);
}

TEST(OpenCvDnn, AgreesOnYolov2TinyVoc) {
  expectAgreement("yolov2-tiny-voc", 416, "cpu");
}
TEST(OpenCvDnn, AgreesOnYolov2Voc) {
  expectAgreement("yolov2-voc", 416, "cpu");
}
TEST(OpenCvDnn, AgreesOnYolov2Nano) {
  expectAgreement("yolov2-nano", 416, "cpu");
}
/// The passthrough of 2016: all channels of the wide map, no convolution before the reorg.
TEST(OpenCvDnn, AgreesOnThePassthroughOf2016) {
  expectAgreement(testData() + "/networks/passthrough2016.cfg", 96, "cpu");
}
TEST(OpenCvDnn, AgreesWithTheReferenceBackend) {
  expectAgreement("yolov2-nano", 96, "reference");
}

/// The layers that disagree when `network` runs in the place of the sound one.
std::vector<int> faultsSeen(const Peer& peer, const Network& network) {
  return disagreements(peer.oracle(), peer.run(network));
}

TEST(OpenCvDnn, SeesThreePlantedFaults) {
  const Peer peer("yolov2-voc", 416);
  {
    Network oneWeight = peer.network();
    float& weight = oneWeight.layers[18].weights.weights[1000];
    weight = -weight;
    const std::vector<int> layers = faultsSeen(peer, oneWeight);
    ASSERT_FALSE(layers.empty());
    EXPECT_EQ(layers.front(), 18);
  }
  {
    const std::vector<int> layers = faultsSeen(peer, peer.network(/*oracleEpsilon=*/false));
    ASSERT_FALSE(layers.empty());
    EXPECT_EQ(layers.front(), 0);
  }
  // Plain space-to-depth in the place of [reorg]: a 2x2 convolution of stride 2 that picks one
  // input.
  Network plainOrder = peer.network();
  Layer& reorg = plainOrder.layers[27];
  ASSERT_TRUE(std::holds_alternative<ReorgLayer>(reorg.kind));
  const int channels = reorg.input.channels;
  ConvolutionLayer pick;
  pick.filters = 4 * channels;
  pick.size = pick.stride = 2;
  pick.activation = Activation::Linear;
  reorg.kind = pick;
  reorg.weights.biases.assign(pick.filters, 0);
  reorg.weights.weights.assign(weightCountOf(reorg), 0);
  for (int filter = 0; filter < pick.filters; ++filter) {
    const int corner = filter / channels, channel = filter % channels;
    reorg.weights.weights[(std::size_t(filter) * channels + channel) * 4 + corner] = 1;
  }
  EXPECT_EQ(faultsSeen(peer, plainOrder), (std::vector<int>{27, 28, 29, 30}));
}

TEST(OpenCvDnn, ReadsOurFilesWithBothHeaders) {
  const TemporaryFolder folder;
  const fs::path cfg = findNetwork("yolov2-nano");
  std::vector<Problem> problems;
  Network network = buildNetwork(readCfg(cfg, problems), problems);
  drawWeights(network, 3);
  for (const WeightsHeader header : {WeightsHeader::Version1, WeightsHeader::Version2}) {
    const fs::path file = folder / "both.weights";
    saveWeights(file, network, 99, header);
    cv::dnn::Net net = cv::dnn::readNetFromDarknet(cfg.string(), file.string());
    const auto blob = [&](const std::string& name, std::size_t which) {
      return valuesOf(net.getLayer(net.getLayerId(name))->blobs.at(which));
    };
    for (std::size_t index = 0; index < network.layers.size(); ++index) {
      const Layer& layer = network.layers[index];
      const auto* const convolution = std::get_if<ConvolutionLayer>(&layer.kind);
      if (!convolution) continue;
      const std::string number = std::to_string(index);
      EXPECT_EQ(blob("conv_" + number, 0), layer.weights.weights);
      if (convolution->batchNormalize) {
        EXPECT_EQ(blob("bn_" + number, 0), layer.weights.rollingMean);
        EXPECT_EQ(blob("bn_" + number, 1), layer.weights.rollingVariance);
        EXPECT_EQ(blob("bn_" + number, 2), layer.weights.scales);
        EXPECT_EQ(blob("bn_" + number, 3), layer.weights.biases);
      } else {
        EXPECT_EQ(blob("conv_" + number, 1), layer.weights.biases);
      }
    }
  }
}

}  // namespace
}  // namespace boxwright
