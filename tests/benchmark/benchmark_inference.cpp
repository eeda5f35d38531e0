// SPDX-License-Identifier: GPL-3.0-or-later
// Our inference beside others' in one process: OpenCV's dnn module and, where it is there, ONNX
// Runtime. The same cfg, random weights, input and number of threads; they run by turns, so that a
// busy machine is busy for all.
// (Debian 13's ONNX Runtime says much about schemas on standard error as it is loaded.)
//   benchmark_inference [ROUNDS [THREADS [NETWORK…]]]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/dnn.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "core/compute/session.h"
#include "core/compute/wait_policy.h"
#include "core/network/weights_file.h"
#if BOXWRIGHT_BESIDE_ONNX_RUNTIME
#include <onnxruntime_cxx_api.h>

#include "core/export/onnx_export.h"
#endif

namespace {

using namespace boxwright;
using Clock = std::chrono::steady_clock;

constexpr int kSize = 416;

Network withRandomWeights(const std::string& name) {
  std::vector<Problem> problems;
  Network network = buildNetwork(readCfg(findNetwork(name), problems), problems);
  initialiseWeights(network, 7);
  for (Layer& layer : network.layers) {
    for (float& variance : layer.weights.rollingVariance)
      variance = 1;
  }
  return network;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double processorSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// One that is timed: wall time of its runs, and their processor time in all threads.
struct Contender {
  std::string name;
  std::function<void()> work;
  std::vector<double> milliseconds;
  std::vector<double> processor;

  void run() {
    // Another's idle threads spin for a while after its turn; and this one's caches warm again.
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    work();
    const auto start = Clock::now();
    const double used = processorSeconds();
    work();
    processor.push_back(1e3 * (processorSeconds() - used));
    milliseconds.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  double least() const { return *std::min_element(milliseconds.begin(), milliseconds.end()); }
};

Contender openCv(const Network& network, const std::string& name, const std::vector<float>& input,
                 int threads) {
  const std::filesystem::path weights =
      std::filesystem::temp_directory_path() / ("benchmark-" + name + ".weights");
  saveWeights(weights, network, 0);
  cv::setNumThreads(threads);
  auto net = std::make_shared<cv::dnn::Net>(
      cv::dnn::readNetFromDarknet(findNetwork(name).string(), weights.string()));
  std::filesystem::remove(weights);
  net->setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
  net->setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
  const int shape[] = {1, 3, kSize, kSize};
  const cv::Mat blob(4, shape, CV_32F, const_cast<float*>(input.data()));
  return {std::string("OpenCV ") + CV_VERSION,
          [net, blob] {
            net->setInput(blob);
            net->forward();
          },
          {},
          {}};
}

#if BOXWRIGHT_BESIDE_ONNX_RUNTIME
Contender onnxRuntime(const Network& network, const std::string& name,
                      const std::vector<float>& input, int threads) {
  Model model;
  model.network = network;
  for (int i = 0; i < network.region().classes; ++i)
    model.names.push_back("class " + std::to_string(i));
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("benchmark-" + name + ".onnx");
  exportOnnx(std::move(model), file, {});
  Ort::SessionOptions options;
  options.SetIntraOpNumThreads(threads);
  options.SetGraphOptimizationLevel(GraphOptimizationLevel::ORT_ENABLE_ALL);
  static Ort::Env environment(ORT_LOGGING_LEVEL_ERROR, "benchmark");
  auto session = std::make_shared<Ort::Session>(environment, file.c_str(), options);
  std::filesystem::remove(file);
  return {std::string("ONNX Runtime ") + OrtGetApiBase()->GetVersionString(),
          [session, &input] {
            static const std::int64_t shape[] = {1, 3, kSize, kSize};
            static const char* const inputs[] = {"images"};
            static const char* const outputs[] = {"head"};
            const Ort::Value tensor = Ort::Value::CreateTensor<float>(
                Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault),
                const_cast<float*>(input.data()), input.size(), shape, 4);
            session->Run(Ort::RunOptions{nullptr}, inputs, &tensor, 1, outputs, 1);
          },
          {},
          {}};
}
#endif

void compare(const std::string& name, int rounds, int threads) {
  const Network network = withRandomWeights(name);
  std::vector<float> input(std::size_t(3) * kSize * kSize);
  RandomStream random(3, "benchmark picture");
  for (float& value : input)
    value = static_cast<float>(random.uniform());
  const auto backend = openBackend("cpu", threads);
  SessionOptions options;
  options.width = options.height = kSize;
  options.threads = threads;
  Session session(*backend, fold(network), options);
  std::vector<Contender> all;
  all.push_back({"ours", [&] { session.forward(input); }, {}, {}});
  all.push_back(openCv(network, name, input, threads));
#if BOXWRIGHT_BESIDE_ONNX_RUNTIME
  all.push_back(onnxRuntime(network, name, input, threads));
#endif
  for (int i = 0; i < 3; ++i)
    for (const Contender& one : all)
      one.work();
  for (int i = 0; i < rounds; ++i)
    for (std::size_t k = 0; k < all.size(); ++k)
      all[(static_cast<std::size_t>(i) + k) % all.size()].run();
  const Contender& ours = all.front();
  for (const Contender& one : all) {
    std::printf("%-16s %-20s %7.1f ms (least %.1f, processor %.1f)", name.c_str(), one.name.c_str(),
                median(one.milliseconds), one.least(), median(one.processor));
    if (&one != &ours) {
      std::vector<double> ratios;
      for (std::size_t i = 0; i < one.milliseconds.size(); ++i)
        ratios.push_back(ours.milliseconds[i] / one.milliseconds[i]);
      std::printf("  ours / theirs: %.3f, median of rounds; %.3f of least; %.3f of processor times",
                  median(ratios), ours.least() / one.least(),
                  median(ours.processor) / median(one.processor));
    }
    std::printf("\n");
  }
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  boxwright::letIdleThreadsSleep(argv);
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 21;
  const int threads = argc > 2 ? std::atoi(argv[2]) : 2;
  std::vector<std::string> names(argv + std::min(argc, 3), argv + argc);
  if (names.empty()) names = {"yolov2-tiny-voc", "yolov2-voc"};
  for (const std::string& name : names)
    compare(name, std::max(1, rounds), threads);
  return 0;
}
