// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/json_output.h"
#include "core/base/thread_budget.h"
#include "core/compute/session.h"
#include "core/network/network.h"

namespace boxwright::cli {
namespace {

struct Options {
  bool benchmark = false;
};

struct Speed {
  double milliseconds = 0;  ///< median of one picture
  double gigaflops = 0;
};

/// Times yolov2-nano at its own size, batch 1, random weights: the median of about two seconds.
Speed measure(const std::string& device, int threads, const std::stop_token& stop) {
  std::vector<Problem> problems;
  Network network = buildNetwork(readCfg(findNetwork("yolov2-nano"), problems), problems);
  initialiseWeights(network, 1);
  const double operations = static_cast<double>(operationsOf(network));
  const auto backend = openBackend(device, threads);
  SessionOptions options;
  options.threads = threads;
  Session session(*backend, fold(network), options);
  const std::vector<float> input(
      std::size_t(3) * static_cast<std::size_t>(session.width()) * session.height(), 0.5F);
  std::vector<double> times;
  const auto begin = std::chrono::steady_clock::now();
  session.forward(input);
  while (!stop.stop_requested() &&
         (times.size() < 3 || std::chrono::steady_clock::now() - begin < std::chrono::seconds(2))) {
    const auto start = std::chrono::steady_clock::now();
    session.forward(input);
    times.push_back(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  if (times.empty()) return {};
  std::nth_element(times.begin(), times.begin() + static_cast<long>(times.size() / 2), times.end());
  const double median = times[times.size() / 2];
  return {median * 1e3, operations / median * 1e-9};
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
      const Speed speed = measure(device.name, threads, console.stop.get_token());
      console.endProgress();
      if (console.stop.stop_requested()) return 130;
      entry["benchmark"] = {{"network", "yolov2-nano"},
                            {"milliseconds", speed.milliseconds},
                            {"gigaflops", speed.gigaflops},
                            {"threads", threads}};
      text += fmt::format("{:<10} yolov2-nano: {:.1f} ms a picture, {:.1f} GFLOP/s, {}\n", "",
                          speed.milliseconds, speed.gigaflops,
                          counted(static_cast<std::size_t>(threads), "thread", "threads"));
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
  command->add_flag("--benchmark", options->benchmark, "Time a small network on each");
  command->callback([options, &console, &action] {
    action = [options, &console] { return run(*options, console); };
  });
}

}  // namespace boxwright::cli
