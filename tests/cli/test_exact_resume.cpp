// SPDX-License-Identifier: GPL-3.0-or-later
// `boxwright train` is killed with SIGKILL again and again, at moments that a fixed seed draws, and
// resumed each time with another number of loader threads. What it leaves must be what a run leaves
// that was never stopped: metrics byte for byte but for rates and times, and the same weights.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <regex>
#include <string>
#include <thread>
#include <vector>

#include "core/base/random.h"
#include "tests/cli/program.h"
#include "tests/source_folder.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

using namespace cli_test;
using namespace std::chrono_literals;

constexpr int kKills = 20;
const char* const kEpochs = "40";

/// The metrics without the two numbers that the clock decides.
std::string metricsOf(const fs::path& run) {
  static const std::regex times("\"(imagesPerSecond|secondsLeft)\":[^,}]*,?");
  return std::regex_replace(contents(run / "metrics.jsonl"), times, "");
}

/// A whole number from 0 to limit - 1.
int draw(RandomStream& random, int limit) {
  return int(random.uniform() * limit);
}

class ExactResume : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(finished({"sample", sample().string(), "--images", "24", "-q"}), 0) << said();
  }

  fs::path sample() const { return folder_ / "sample"; }
  std::string said() const { return contents(folder_ / "err"); }

  Arguments fresh(const fs::path& run, const std::string& seed = "7") const {
    return {"train",
            sample().string(),
            "--out",
            run.string(),
            "--model",
            testData() + "/networks/tiny.cfg",
            "--size",
            "96",
            "--multi-scale",
            "--epochs",
            kEpochs,
            "--batch",
            "4",
            "--seed",
            seed,
            "--threads",
            "1",
            "-q"};
  }

  pid_t start(const Arguments& arguments) const {
    return cli_test::start(arguments, folder_ / "out", folder_ / "err");
  }
  int finished(const Arguments& arguments) const { return statusOf(start(arguments)); }

  /// Waits until `moment` has come (at most a minute), or the process has ended; false for that.
  static bool waitFor(pid_t child, const std::function<bool()>& moment) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!moment()) {
      siginfo_t info{};
      waitid(P_PID, id_t(child), &info, WEXITED | WNOHANG | WNOWAIT);
      if (info.si_pid == child || std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(500us);
    }
    return true;
  }

  const TemporaryFolder folder_;
};

TEST_F(ExactResume, KilledTwentyTimesItEqualsOneThatRanThrough) {
  const fs::path whole = folder_ / "whole", again = folder_ / "again", parts = folder_ / "parts";
  ASSERT_EQ(finished(fresh(whole)), 0) << said();
  const std::string wanted = metricsOf(whole);
  EXPECT_GT(std::count(wanted.begin(), wanted.end(), '\n'), 110);

  // A training's fingerprint: the same twice, another with another seed.
  Arguments threads = fresh(again);
  threads.insert(threads.end(), {"--loader-threads", "3", "--checkpoint-every", "0.2"});
  ASSERT_EQ(finished(threads), 0) << said();
  EXPECT_EQ(metricsOf(again), wanted);
  EXPECT_EQ(contents(again / "weights" / "last.weights"),
            contents(whole / "weights" / "last.weights"));

  RandomStream random(2026, "kills");
  int kills = 0, beforeFirst = 0;
  const auto sizeOf = [](const fs::path& file) {
    std::error_code code;
    const auto size = fs::file_size(file, code);
    return code ? std::uintmax_t(0) : size;
  };
  while (kills < kKills) {
    const bool begun = fs::exists(parts / "checkpoints" / "last.ckpt");
    Arguments arguments =
        begun ? Arguments{"train", "--resume", parts.string(), "--threads", "1", "-q"}
              : fresh(parts);
    const char* const every[] = {"0", "0.1", "0.4"};
    arguments.insert(arguments.end(), {"--checkpoint-every", every[std::size_t(draw(random, 3))],
                                       "--loader-threads", std::to_string(1 + draw(random, 3))});
    const pid_t child = start(arguments);
    // The first ones while the run is made; the others a few updates on, or after some time, but
    // not so many updates on that it ends before the last.
    const std::uintmax_t before = sizeOf(parts / "metrics.jsonl");
    const std::uintmax_t growth = 200 + std::uintmax_t(draw(random, 1500));
    const auto hasGrown = [&](std::uintmax_t by) {
      return sizeOf(parts / "metrics.jsonl") > before + by;
    };
    bool alive = true;
    if (kills == 0) {
      alive = waitFor(child, [&] { return fs::exists(parts); });
    } else if (kills == 1) {
      alive = waitFor(child, [&] { return fs::exists(parts / "run.json"); });
    } else if (kills == 2) {
      alive = waitFor(child, [&] { return fs::exists(parts / "checkpoints"); });
    } else if (kills % 4 == 3) {
      const auto until =
          std::chrono::steady_clock::now() + std::chrono::milliseconds(draw(random, 600));
      alive = waitFor(child,
                      [&] { return std::chrono::steady_clock::now() > until || hasGrown(1700); });
    } else {
      alive = waitFor(child, [&] { return hasGrown(growth); });
    }
    std::this_thread::sleep_for(std::chrono::microseconds(draw(random, 5000)));
    kill(child, SIGKILL);
    const int status = statusOf(child);
    ASSERT_TRUE(alive && status == 1000 + SIGKILL)
        << "it ended by itself before kill " << kills + 1 << ": " << status << ", " << said();
    ++kills;
    beforeFirst += !fs::exists(parts / "checkpoints" / "last.ckpt");
  }
  EXPECT_GE(beforeFirst, 1);
  ASSERT_EQ(finished({"train", "--resume", parts.string(), "--threads", "1", "-q",
                      "--loader-threads", "2"}),
            0)
      << said();
  EXPECT_EQ(metricsOf(parts), wanted);
  EXPECT_EQ(contents(parts / "metrics.csv"), contents(whole / "metrics.csv"));
  EXPECT_FALSE(contents(whole / "box_losses.jsonl").empty());
  EXPECT_TRUE(contents(parts / "box_losses.jsonl") == contents(whole / "box_losses.jsonl"));
  for (const char* const name : {"last.weights", "best.weights"})
    EXPECT_TRUE(contents(parts / "weights" / name) == contents(whole / "weights" / name)) << name;
  // Nothing of the killed ones lies about.
  std::size_t files = 0, wantedFiles = 0;
  for ([[maybe_unused]] const auto& entry : fs::recursive_directory_iterator(parts))
    ++files;
  for ([[maybe_unused]] const auto& entry : fs::recursive_directory_iterator(whole))
    ++wantedFiles;
  EXPECT_EQ(files, wantedFiles);
}

TEST_F(ExactResume, AnotherSeedIsAnotherTraining) {
  Arguments one = fresh(folder_ / "one", "1"), two = fresh(folder_ / "two", "2");
  for (Arguments* const arguments : {&one, &two})
    *std::find(arguments->begin(), arguments->end(), kEpochs) = "2";
  ASSERT_EQ(finished(one), 0) << said();
  ASSERT_EQ(finished(two), 0) << said();
  EXPECT_NE(metricsOf(folder_ / "one"), metricsOf(folder_ / "two"));
}

}  // namespace
}  // namespace boxwright
