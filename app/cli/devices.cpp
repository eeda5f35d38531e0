// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "app/cli/commands.h"
#include "app/cli/json_output.h"
#include "core/base/counted.h"
#include "core/base/thread_budget.h"
#include "core/compute/session.h"
#include "core/network/network.h"

namespace boxwright::cli {
namespace {

struct Options {
  bool benchmark = false;
};

/// How fast a device is, all medians over about two seconds.
struct Speed {
  DeviceCeilings ceilings;
  std::string precision;
  double milliseconds = 0;      ///< of one picture, batch 1
  double gigaflops = 0;         ///< of the same, counted by the direct method
  double trainedPerSecond = 0;  ///< pictures, a training step of 8; 0: not timed
};

constexpr int kTrainingBatch = 8;
constexpr double kTooSlow = 250;  ///< milliseconds a picture: its training is not timed
constexpr const char* kNetwork = "yolov2-nano";

/// The median time of `work`, in seconds; 0 where it was stopped before the first.
template <typename Work>
double medianSeconds(const std::stop_token& stop, Work work) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> times;
  const auto begin = Clock::now();
  work();
  while (!stop.stop_requested() &&
         (times.size() < 3 || Clock::now() - begin < std::chrono::seconds(2))) {
    const auto start = Clock::now();
    work();
    times.push_back(std::chrono::duration<double>(Clock::now() - start).count());
  }
  if (times.empty()) return 0;
  std::nth_element(times.begin(), times.begin() + static_cast<long>(times.size() / 2), times.end());
  return times[times.size() / 2];
}

/// yolov2-nano at its own size with random weights.
Speed measure(const std::string& device, int threads, const std::stop_token& stop) {
  std::vector<Problem> problems;
  Network network = buildNetwork(readCfg(findNetwork(kNetwork), problems), problems);
  initialiseWeights(network, 1);
  const double operations = static_cast<double>(operationsOf(network));
  const auto backend = openBackend(device, threads);
  Speed speed;
  speed.ceilings = backend->measureCeilings();
  speed.precision = nameOf(backend->precision());
  SessionOptions options;
  options.threads = threads;
  {
    Session session(*backend, fold(network), options);
    const std::vector<float> input(
        std::size_t(3) * static_cast<std::size_t>(session.width()) * session.height(), 0.5F);
    const double seconds = medianSeconds(stop, [&] { session.forward(input); });
    if (seconds > 0) {
      speed.milliseconds = 1e3 * seconds;
      speed.gigaflops = 1e-9 * operations / seconds;
    }
  }
  if (stop.stop_requested() || speed.milliseconds > kTooSlow) return speed;
  options.batch = kTrainingBatch;
  Parameters parameters(*backend, network, true);
  Session session(parameters, network, options);
  const std::vector<float> input(std::size_t(3) * kTrainingBatch *
                                     static_cast<std::size_t>(session.width()) * session.height(),
                                 0.5F);
  const std::vector<float> gradient(session.headShape().count(), 0.01F);
  const double seconds = medianSeconds(stop, [&] {
    session.forward(input);
    session.backward(gradient);
    parameters.update({1e-6, 0.9, 0.0005, kTrainingBatch});
  });
  if (seconds > 0) speed.trainedPerSecond = kTrainingBatch / seconds;
  return speed;
}

/// "198 GFLOP/s in float32 and 14 GB/s copied at most"; empty where it is not known.
std::string mostOf(const Speed& speed) {
  if (speed.ceilings.operations <= 0) return {};
  return fmt::format("at most {:.0f} GFLOP/s in {} and {:.1f} GB/s copied",
                     1e-9 * speed.ceilings.operations, speed.precision,
                     1e-9 * speed.ceilings.copied);
}

int run(const Options& options, Console& console) {
  const int threads = ThreadBudget::of(console.threads).compute;
  Json list = Json::array();
  std::string text;
  for (const DeviceInfo& device : listDevices()) {
    Json entry{{"name", device.name},
               {"kind", device.kind},
               {"available", device.available},
               {"reason", device.reason},
               {"memoryBytes", device.memoryBytes}};
    text += fmt::format("{:<10} {}\n", device.name,
                        device.available ? device.kind : "not available: " + device.reason);
    if (options.benchmark && device.available) {
      console.status("timing " + device.name + " …");
      Speed speed;
      try {
        speed = measure(device.name, threads, console.stop.get_token());
      } catch (const Error& error) {
        console.endProgress();
        entry["fault"] = error.what();
        text += fmt::format("{:<10} cannot be timed: {}\n", "", error.what());
        list.push_back(entry);
        continue;
      }
      console.endProgress();
      if (console.stop.stop_requested()) return 130;
      entry["benchmark"] = {{"network", kNetwork},
                            {"precision", speed.precision},
                            {"milliseconds", speed.milliseconds},
                            {"gigaflops", speed.gigaflops},
                            {"trainedPerSecond", speed.trainedPerSecond},
                            {"peakGigaflops", 1e-9 * speed.ceilings.operations},
                            {"copiedGigabytes", 1e-9 * speed.ceilings.copied},
                            {"threads", threads}};
      if (const std::string most = mostOf(speed); !most.empty())
        text += fmt::format("{:<10} {}\n", "", most);
      text += fmt::format("{:<10} {}: {:.1f} ms a picture ({:.1f} GFLOP/s by the direct count), ",
                          "", kNetwork, speed.milliseconds, speed.gigaflops);
      if (speed.trainedPerSecond > 0)
        text += fmt::format("trains {:.1f} pictures a second, ", speed.trainedPerSecond);
      text += counted(static_cast<std::size_t>(threads), "thread", "threads") + "\n";
    }
    list.push_back(entry);
  }
  if (console.json) {
    console.printLine(textOf(list));
  } else {
    console.print(text);
  }
  return 0;
}

}  // namespace

void addDevices(CLI::App& app, Console& console, Action& action) {
  CLI::App* command =
      app.add_subcommand("devices", "What can compute here, and why another cannot");
  auto options = std::make_shared<Options>();
  command->add_flag("--benchmark", options->benchmark,
                    "What each can do at most, and the speed of a small network on it");
  command->callback([options, &console, &action] {
    action = [options, &console] { return run(*options, console); };
  });
}

}  // namespace boxwright::cli
