// SPDX-License-Identifier: GPL-3.0-or-later
// ONNX Runtime reads the ONNX files and agrees at batch 1 and 3, suppression included. It is asked
// through Python (Debian 13: python3-onnxruntime; elsewhere name an interpreter that has it in
// BOXWRIGHT_ONNXRUNTIME_PYTHON); without it the tests are skipped and say so.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/yolo/decode.h"
#include "tests/peers/onnx_files.h"
#include "tests/source_folder.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// Exit status of onnx_runtime.py with these arguments, its words in `printed`.
int runScript(const std::vector<std::string>& arguments, std::string* printed = nullptr) {
  const char* const given = std::getenv("BOXWRIGHT_ONNXRUNTIME_PYTHON");
  std::vector<std::string> words = {given ? given : "python3", "-B",
                                    sourceFolder() + "/tests/peers/onnx_runtime.py"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  int ends[2];
  if (pipe(ends) != 0) return -1;
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    execvp(argv[0], argv.data());
    _exit(127);
  }
  close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t count = 0; (count = read(ends[0], buffer, sizeof buffer)) > 0;)
    text.append(buffer, std::size_t(count));
  close(ends[0]);
  if (printed) *printed = text;
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class OnnxRuntime : public testing::Test {
 protected:
  void SetUp() override {
    static const bool there = runScript({"--version"}) == 0;
    if (!there) {
      GTEST_SKIP() << "NOT CHECKED: no ONNX Runtime here (install python3-onnxruntime, or name a "
                      "Python that has it in BOXWRIGHT_ONNXRUNTIME_PYTHON)";
    }
  }

  /// What the file gives for the case's pictures.
  std::map<std::string, std::vector<float>> ask(const OnnxCase& onnx, const ExportOptions& options,
                                                const std::vector<std::string>& outputs) {
    const fs::path file = folder_ / "network.onnx", input = folder_ / "pictures";
    onnx.write(file, options);
    writeFileAtomically(input, std::string_view(reinterpret_cast<const char*>(onnx.pictures.data()),
                                                onnx.pictures.size() * sizeof(float)));
    const NetSettings& net = onnx.model.network.net;
    std::ostringstream shape;
    shape << onnx.batch << ',' << net.channels << ',' << net.height << ',' << net.width;
    std::vector<std::string> arguments = {file.string(), input.string(), shape.str()};
    for (const std::string& output : outputs)
      arguments.push_back(output + "=" + (folder_ / output).string());
    std::map<std::string, std::vector<float>> values;
    const int status = runScript(arguments);
    EXPECT_EQ(status, 0);
    if (status != 0) return values;
    for (const std::string& output : outputs) {
      const std::string bytes = readFile(folder_ / output);
      std::vector<float>& floats = values[output];
      floats.resize(bytes.size() / sizeof(float));
      std::memcpy(floats.data(), bytes.data(), bytes.size());
    }
    return values;
  }

  void expectSame(const std::string& network, int size, const std::string& output = "head") {
    for (const int batch : {1, 3}) {
      const OnnxCase onnx(network, size, batch);
      const auto values = ask(onnx, {}, {output});
      EXPECT_GT(deviationOf(onnx.output), 0.05 * largestOf(onnx.output));
      const double difference = differenceOf(onnx.output, values.at(output));
      RecordProperty("difference" + std::to_string(batch),
                     std::to_string(1e6 * difference) + "e-6");
      EXPECT_LT(difference, kTolerance) << network << ", batch " << batch;
    }
  }

  const TemporaryFolder folder_;
};

TEST_F(OnnxRuntime, HeadOfYolov2TinyVoc) {
  expectSame("yolov2-tiny-voc", 416);
}
TEST_F(OnnxRuntime, HeadOfYolov2Voc) {
  expectSame("yolov2-voc", 224);
}
TEST_F(OnnxRuntime, HeadOfEveryBlock) {
  expectSame(testData() + "/networks/blocks.cfg", 0);
}
TEST_F(OnnxRuntime, ProbabilitiesOfAClassifier) {
  expectSame("darknet19", 96, "probabilities");
}

TEST_F(OnnxRuntime, DecodedBoxesAndScores) {
  for (const std::string& network :
       {std::string("yolov2-nano"), testData() + "/networks/blocks.cfg"}) {
    const OnnxCase onnx(network, 0, 3);
    ExportOptions options;
    options.decode = true;
    const auto values = ask(onnx, options, {"boxes", "scores"});
    const RegionLayer& region = onnx.model.network.region();
    const NetSettings& net = onnx.model.network.net;
    const HeadView<float> head{onnx.output.data(), 3,           region.num, region.classes,
                               onnx.shape.h,       onnx.shape.w};
    std::vector<float> boxes, scores;
    for (int b = 0; b < 3; ++b) {
      for (const Candidate& candidate : decodeRegion(head, region, b, 0)) {
        scores.push_back(candidate.confidence);
        if (candidate.classId != 0) continue;
        boxes.push_back(float(candidate.rect.left * net.width));
        boxes.push_back(float(candidate.rect.top * net.height));
        boxes.push_back(float(candidate.rect.right * net.width));
        boxes.push_back(float(candidate.rect.bottom * net.height));
      }
    }
    EXPECT_LT(differenceOf(boxes, values.at("boxes")), kTolerance);
    EXPECT_LT(differenceOf(scores, values.at("scores")), kTolerance);
  }
}

TEST_F(OnnxRuntime, SuppressionInsideTheGraph) {
  const OnnxCase onnx("yolov2-nano", 320, 3);
  ExportOptions options;
  options.suppress = true;
  options.threshold = 0.05;
  options.nms = 0.3;
  options.perClass = 7;
  const std::vector<float> rows = ask(onnx, options, {"detections"}).at("detections");
  ASSERT_EQ(rows.size() % 7, 0U);
  std::vector<std::vector<float>> theirs;
  for (std::size_t i = 0; i < rows.size(); i += 7)
    theirs.emplace_back(rows.begin() + std::ptrdiff_t(i), rows.begin() + std::ptrdiff_t(i) + 7);

  const RegionLayer& region = onnx.model.network.region();
  const HeadView<float> head{onnx.output.data(), 3,           region.num, region.classes,
                             onnx.shape.h,       onnx.shape.w};
  std::size_t ours = 0, candidatesInAll = 0, found = 0, capped = 0;
  for (int b = 0; b < 3; ++b) {
    const std::vector<Candidate> candidates = decodeRegion(head, region, b, options.threshold);
    candidatesInAll += candidates.size();
    std::map<int, int> ofClass;
    for (const Candidate& kept : suppress(candidates, options.nms, 7)) {
      ++ours;
      capped += ++ofClass[kept.classId] == 7;
      for (const std::vector<float>& row : theirs) {
        const double edges[] = {kept.rect.left, kept.rect.top, kept.rect.right, kept.rect.bottom};
        bool same = row[0] == float(b) && row[1] == float(kept.classId) &&
                    std::abs(row[2] - kept.confidence) < 1e-4;
        for (int edge = 0; edge < 4; ++edge)
          same = same && std::abs(double(row[std::size_t(3 + edge)]) - 320 * edges[edge]) < 0.05;
        found += same;
      }
    }
  }
  // The drawn network must give the suppression something to do, and meet the cap.
  EXPECT_GT(ours, 100U);
  EXPECT_LT(ours, candidatesInAll);
  EXPECT_GT(capped, 0U);
  EXPECT_EQ(found, ours);
  EXPECT_EQ(theirs.size(), ours);
}

TEST_F(OnnxRuntime, ReadsTheMetadata) {
  const OnnxCase onnx("yolov2-nano", 320);
  onnx.write(folder_ / "network.onnx");
  std::string printed;
  ASSERT_EQ(runScript({"--metadata", (folder_ / "network.onnx").string()}, &printed), 0);
  for (const char* const line : {"task=detection", "input_size=[320,320]", "input_rule=letterbox",
                                 "classes=[\"class 0\",", "anchors=[["})
    EXPECT_NE(printed.find(line), std::string::npos) << line << " in\n" << printed;
}

}  // namespace
}  // namespace boxwright
