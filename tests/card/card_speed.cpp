// SPDX-License-Identifier: GPL-3.0-or-later
//
// How fast a device is at what it does by itself, without copies from and to the host: a line of
// JSON each, for packaging/gpu-checks.sh to put beside PyTorch's.
//   card_speed [DEVICE [PRECISION [BATCH [SECONDS [NETWORK]]]]]
// SECONDS of each measurement at least; 0: a single run of each, without ceilings, to be looked at
// with a profiler.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "core/compute/session.h"
#include "core/network/cfg.h"

namespace boxwright {
namespace {

constexpr int kSide = 416;
double leastSeconds = 3;  ///< of a measurement

/// The median time of `work` in seconds.
template <typename Work>
double medianSeconds(Work work) {
  using Clock = std::chrono::steady_clock;
  const bool once = leastSeconds <= 0;
  for (int i = 0; i < 3 && !once; ++i)  // prepared, then recorded
    work();
  std::vector<double> times;
  const auto begin = Clock::now();
  while (times.empty() ||
         (!once && (times.size() < 5 ||
                    Clock::now() - begin < std::chrono::duration<double>(leastSeconds)))) {
    const auto start = Clock::now();
    work();
    times.push_back(std::chrono::duration<double>(Clock::now() - start).count());
  }
  std::nth_element(times.begin(), times.begin() + static_cast<long>(times.size() / 2), times.end());
  return times[times.size() / 2];
}

Network networkOf(const char* name) {
  std::vector<Problem> problems;
  Network network = buildNetwork(readCfg(findNetwork(name), problems), problems);
  resizeNetwork(network, kSide, kSide);
  initialiseWeights(network, 1);
  return network;
}

std::vector<float> pictures(int batch) {
  std::vector<float> values(static_cast<std::size_t>(batch) * 3 * kSide * kSide);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(i * 7919 % 1024) / 1024;
  return values;
}

void tell(const char* network, const char* what, int batch, double seconds, double operations) {
  std::printf(
      R"({"network": "%s", "work": "%s", "batch": %d, "milliseconds": %.4f, "imagesPerSecond": %.1f, "teraflops": %.2f})"
      "\n",
      network, what, batch, 1e3 * seconds, batch / seconds, 1e-12 * batch * operations / seconds);
  std::fflush(stdout);
}

void timeInference(Backend& backend, const char* name, int batch) {
  const Network network = networkOf(name);
  const auto operations = static_cast<double>(operationsOf(network));
  SessionOptions options;
  options.batch = batch;
  options.threads = 2;
  options.repeatable = true;
  Session session(backend, fold(network), options);
  session.forward(pictures(batch));
  tell(name, "inference", batch, medianSeconds([&] { session.forwardAgain(); }), operations);
}

void timeTraining(Backend& backend, const char* name, int batch) {
  const Network network = networkOf(name);
  const auto operations = static_cast<double>(operationsOf(network));
  Parameters parameters(backend, network, true);
  SessionOptions options;
  options.batch = batch;
  options.mode = Mode::Training;
  options.threads = 2;
  options.repeatable = true;
  Session session(parameters, network, options);
  session.forward(pictures(batch));
  session.backward(std::vector<float>(session.headShape().count(), 1e-4F));
  const double seconds = medianSeconds([&] {
    session.forwardAgain();
    session.backwardAgain();
    parameters.update({1e-6, 0.9, 0.0005, batch});
    backend.wait();
  });
  tell(name, "training", batch, seconds, 3 * operations);
}

void run(const std::string& device, const std::string& precision, int batch,
         const std::string& only) {
  const auto backend = openBackend(device, 2, precision);
  if (leastSeconds > 0) {
    const DeviceCeilings most = backend->measureCeilings();
    std::printf(
        R"({"device": "%s", "kind": "%s", "precision": "%s", "teraflops": %.1f, "gigabytesCopied": %.0f})"
        "\n",
        backend->info().name.c_str(), backend->info().kind.c_str(), nameOf(backend->precision()),
        1e-12 * most.operations, 1e-9 * most.copied);
  }
  for (const char* const name : {"yolov2-voc", "yolov2-tiny-voc"}) {
    if (!only.empty() && only != name) continue;
    timeInference(*backend, name, batch);
    timeInference(*backend, name, 1);
    timeTraining(*backend, name, batch);
  }
}

}  // namespace
}  // namespace boxwright

int main(int count, char** arguments) {
  try {
    if (count > 4) boxwright::leastSeconds = std::atof(arguments[4]);
    boxwright::run(count > 1 ? arguments[1] : "cuda", count > 2 ? arguments[2] : "auto",
                   count > 3 ? std::atoi(arguments[3]) : 64, count > 5 ? arguments[5] : "");
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "card_speed: %s\n", error.what());
    return 1;
  }
}
