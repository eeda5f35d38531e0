// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/compute/wait_policy.h"
#include "tests/benchmark/unseen/made_datasets.h"
#include "tests/benchmark/unseen/scores.h"

namespace boxwright::unseen {
namespace {

constexpr const char* kUsage =
    "benchmark_unseen shuffle WORLD OUT SEED    WORLD's whole pictures with each other's classes\n"
    "benchmark_unseen cells BCCD OUT SEED       blood cells of which red ones alone have boxes\n"
    "benchmark_unseen score DATASET JOINT BOXED [CLASSIFIER [SHUFFLED [PASSES]]]\n";

std::string percent(const std::optional<double>& value) {
  return value ? fmt::format("{:.1f}", 100 * *value) : std::string("-");
}

int run(const std::vector<std::string>& words) {
  const std::string what = words.empty() ? "" : words.front();
  if (what == "shuffle" && words.size() == 4) {
    shuffleClasses(pathFromUtf8(words[1]), pathFromUtf8(words[2]), std::stoull(words[3]));
  } else if (what == "cells" && words.size() == 4) {
    makeCells(pathFromUtf8(words[1]), pathFromUtf8(words[2]), std::stoull(words[3]));
  } else if (what == "score" && words.size() >= 4 && words.size() <= 7) {
    Runs runs{pathFromUtf8(words[2]), pathFromUtf8(words[3]), {}, {}, {}};
    if (words.size() > 4) runs.classifier = pathFromUtf8(words[4]);
    if (words.size() > 5) runs.shuffled = pathFromUtf8(words[5]);
    if (words.size() > 6) runs.passes = pathFromUtf8(words[6]);
    for (const Row& row : scoreRuns(pathFromUtf8(words[1]), runs)) {
      fmt::print("{}\t{}\t{}\t{}\n", row.method, percent(row.seen), percent(row.unseen),
                 percent(row.roots));
    }
  } else {
    fmt::print(stderr, "{}", kUsage);
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace boxwright::unseen

int main(int argc, char** argv) {
  boxwright::letIdleThreadsSleep(argv);
  try {
    return boxwright::unseen::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}
