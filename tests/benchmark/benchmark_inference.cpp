// SPDX-License-Identifier: GPL-3.0-or-later
// Our inference against OpenCV's dnn module in one process: the same cfg, random weights, input and
// number of threads; runs by turns, so that a busy machine is busy for both.
//   benchmark_inference [PAIRS [THREADS [NETWORK…]]]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/dnn.hpp>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/compute/session.h"
#include "core/compute/wait_policy.h"
#include "core/network/weights_file.h"

namespace {

using namespace boxwright;
using Clock = std::chrono::steady_clock;

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

/// Wall time of the runs of one side, and their processor time in all threads.
struct Side {
  std::vector<double> milliseconds;
  std::vector<double> processor;

  template <typename Work>
  void take(Work work) {
    const auto start = Clock::now();
    const double used = processorSeconds();
    work();
    processor.push_back(1e3 * (processorSeconds() - used));
    milliseconds.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  double least() const { return *std::min_element(milliseconds.begin(), milliseconds.end()); }
};

void compare(const std::string& name, int pairs, int threads) {
  const Network network = withRandomWeights(name);
  const std::filesystem::path weights =
      std::filesystem::temp_directory_path() / ("benchmark-" + name + ".weights");
  saveWeights(weights, network, 0);
  cv::setNumThreads(threads);
  cv::dnn::Net theirs = cv::dnn::readNetFromDarknet(findNetwork(name).string(), weights.string());
  std::filesystem::remove(weights);
  theirs.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
  theirs.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
  constexpr int kSize = 416;
  std::vector<float> input(std::size_t(3) * kSize * kSize);
  RandomStream random(3, "benchmark picture");
  for (float& value : input)
    value = static_cast<float>(random.uniform());
  const int shape[] = {1, 3, kSize, kSize};
  const cv::Mat blob(4, shape, CV_32F, input.data());

  const auto backend = openBackend("cpu", threads);
  SessionOptions options;
  options.width = options.height = kSize;
  options.threads = threads;
  Session ours(*backend, fold(network), options);
  const auto runOurs = [&] { ours.forward(input); };
  const auto runTheirs = [&] {
    theirs.setInput(blob);
    theirs.forward();
  };
  for (int i = 0; i < 3; ++i) {
    runOurs();
    runTheirs();
  }
  Side a, b;
  std::vector<double> ratios;
  for (int i = 0; i < pairs; ++i) {
    if (i % 2 == 0) {
      a.take(runOurs);
      b.take(runTheirs);
    } else {
      b.take(runTheirs);
      a.take(runOurs);
    }
    ratios.push_back(a.milliseconds.back() / b.milliseconds.back());
  }
  std::printf("%-16s ours %7.1f ms (least %.1f, processor %.1f)\n", name.c_str(),
              median(a.milliseconds), a.least(), median(a.processor));
  std::printf("%-16s OpenCV %s %7.1f ms (least %.1f, processor %.1f)\n", "", CV_VERSION,
              median(b.milliseconds), b.least(), median(b.processor));
  std::printf("%-16s ratio, median of pairs %.3f; of least times %.3f; of processor times %.3f\n",
              "", median(ratios), a.least() / b.least(), median(a.processor) / median(b.processor));
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  boxwright::letIdleThreadsSleep(argv);
  const int pairs = argc > 1 ? std::atoi(argv[1]) : 21;
  const int threads = argc > 2 ? std::atoi(argv[2]) : 2;
  std::vector<std::string> names(argv + std::min(argc, 3), argv + argc);
  if (names.empty()) names = {"yolov2-tiny-voc", "yolov2-voc"};
  for (const std::string& name : names)
    compare(name, std::max(1, pairs), threads);
  return 0;
}
