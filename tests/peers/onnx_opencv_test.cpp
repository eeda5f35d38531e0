// SPDX-License-Identifier: GPL-3.0-or-later
// OpenCV's dnn module reads the ONNX files and agrees on the head, on decoded boxes and on a
// classifier's probabilities.
#include <gtest/gtest.h>

#include <opencv2/dnn.hpp>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/yolo/decode.h"
#include "tests/peers/onnx_files.h"
#include "tests/source_folder.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

std::vector<std::vector<float>> askOpenCv(const fs::path& file, const Network& network,
                                          std::vector<float> picture,
                                          const std::vector<std::string>& outputs) {
  cv::dnn::Net net = cv::dnn::readNetFromONNX(file.string());
  net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
  const int sizes[] = {1, network.net.channels, network.net.height, network.net.width};
  net.setInput(cv::Mat(4, sizes, CV_32F, picture.data()));
  std::vector<cv::Mat> results;
  net.forward(results, std::vector<cv::String>(outputs.begin(), outputs.end()));
  std::vector<std::vector<float>> values;
  for (const cv::Mat& result : results)
    values.emplace_back(result.ptr<float>(), result.ptr<float>() + result.total());
  return values;
}

void expectSameOutput(const OnnxCase& onnx, const std::string& output) {
  const TemporaryFolder folder;
  const fs::path file = folder / "network.onnx";
  onnx.write(file);
  const auto values = askOpenCv(file, onnx.model.network, onnx.pictures, {output});
  ASSERT_EQ(values.size(), 1U);
  EXPECT_GT(deviationOf(onnx.output), 0.05 * largestOf(onnx.output));
  const double difference = differenceOf(onnx.output, values[0]);
  testing::Test::RecordProperty("difference", std::to_string(1e6 * difference) + "e-6");
  EXPECT_LT(difference, kTolerance);
}

TEST(OnnxInOpenCv, HeadOfYolov2TinyVoc) {
  expectSameOutput(OnnxCase("yolov2-tiny-voc"), "head");
}
TEST(OnnxInOpenCv, HeadOfYolov2Voc) {
  expectSameOutput(OnnxCase("yolov2-voc", 224), "head");
}
TEST(OnnxInOpenCv, HeadOfEveryBlock) {
  expectSameOutput(OnnxCase(testData() + "/networks/blocks.cfg"), "head");
}
TEST(OnnxInOpenCv, ProbabilitiesOfAClassifier) {
  expectSameOutput(OnnxCase("darknet19", 64), "probabilities");
}

TEST(OnnxInOpenCv, DecodedBoxes) {
  const OnnxCase onnx("yolov2-nano", 224);
  const TemporaryFolder folder;
  ExportOptions options;
  options.decode = true;
  onnx.write(folder / "decoded.onnx", options);
  const Network& network = onnx.model.network;
  const RegionLayer& region = network.region();
  const auto values =
      askOpenCv(folder / "decoded.onnx", network, onnx.pictures, {"boxes", "scores"});
  const HeadView<float> head{onnx.output.data(), 1,           region.num, region.classes,
                             onnx.shape.h,       onnx.shape.w};
  std::vector<float> boxes, scores;
  for (const Candidate& candidate : decodeRegion(head, region, 0, 0)) {
    scores.push_back(candidate.confidence);
    if (candidate.classId != 0) continue;
    for (const double edge :
         {candidate.rect.left, candidate.rect.top, candidate.rect.right, candidate.rect.bottom})
      boxes.push_back(float(edge * 224));
  }
  EXPECT_LT(differenceOf(boxes, values.at(0)), kTolerance);
  EXPECT_LT(differenceOf(scores, values.at(1)), kTolerance);
}

}  // namespace
}  // namespace boxwright
