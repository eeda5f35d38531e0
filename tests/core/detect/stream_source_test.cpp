// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/stream_source.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/detect/live_detection.h"
#include "core/detect/recorder.h"
#include "core/detect/test_pattern_source.h"
#include "tests/core/detect/quiet.h"
#include "tests/core/detect/waiting.h"
#include "tests/error_of.h"
#include "tests/ffmpeg_sender.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// A port that nobody listens on just now.
int freePort(int kind) {
  const int socket = ::socket(AF_INET, kind, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  bind(socket, reinterpret_cast<sockaddr*>(&address), length);
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length);
  close(socket);
  return ntohs(address.sin_port);
}

constexpr int kInference = 60;  // milliseconds

MakeDetectSteps slowSteps() {
  return [] {
    DetectSteps steps;
    steps.detect = [](const Image&, const DetectSettings&) {
      std::this_thread::sleep_for(milliseconds(kInference));
      return std::vector<Detection>{};
    };
    steps.redecode = [](const DetectSettings&) { return std::vector<Detection>{}; };
    return steps;
  };
}

/// Ages of the frames delivered in the next `time`.
std::vector<double> agesOver(LiveDetection& live, milliseconds time) {
  std::vector<double> ages;
  const Clock::time_point end = Clock::now() + time;
  while (Clock::now() < end) {
    if (const std::optional<DetectedFrame> result = live.take()) {
      ages.push_back(result->ageMilliseconds);
    }
    std::this_thread::sleep_for(milliseconds(2));
  }
  std::sort(ages.begin(), ages.end());
  return ages;
}

void expectFresh(LiveDetection& live, const char* when) {
  const std::vector<double> ages = agesOver(live, milliseconds(1000));
  ASSERT_GT(ages.size(), 5U) << when;
  EXPECT_LT(ages[ages.size() / 2], 2 * kInference) << when;
  // The 30 frames of this second are on the way; the machine may be busy for one or two of them.
  EXPECT_LT(ages[ages.size() * 3 / 4], 2 * kInference + 34) << when;
}

class Stream : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (!ffmpegIsThere()) GTEST_SKIP() << "ffmpeg is not installed: no stream to read";
  }
};

TEST_P(Stream, StaysFreshAndSaysWhatHappenedWhenFrozenKilledAndStartedAgain) {
  const bool udp = GetParam();
  const int port = freePort(udp ? SOCK_DGRAM : SOCK_STREAM);
  const std::string address =
      (udp ? "udp://127.0.0.1:" : "tcp://127.0.0.1:") + std::to_string(port);
  FfmpegSender sender(udp ? address + "?pkt_size=1316" : address + "?listen=1");

  Captured words(STDERR_FILENO);
  LiveDetection live(slowSteps());
  live.start(address);
  // The sender takes a moment until it listens; before, it is rightly refused.
  const Clock::time_point begun = Clock::now();
  const auto decided = [&] {
    const LiveState state = live.status().state;
    return state == LiveState::Running || state == LiveState::Failed;
  };
  while (comesTrue(decided) && live.status().state == LiveState::Failed &&
         secondsSince(begun) < 10) {
    std::this_thread::sleep_for(milliseconds(100));
    live.start(address);
  }
  ASSERT_TRUE(comesTrue([&] { return live.status().detected > 3; }))
      << (live.status().error ? live.status().error->what() : live.status().condition);
  EXPECT_TRUE(live.status().live);
  EXPECT_EQ("", live.status().condition);
  expectFresh(live, "from the start");
  EXPECT_GT(live.status().dropped, 5U);

  // Slowed: sent in jerks; what comes is still shown while it is new.
  std::jthread jerks([&](std::stop_token stop) {
    while (!stop.stop_requested()) {
      for (const int number : {SIGSTOP, SIGCONT}) {
        sender.signal(number);
        std::this_thread::sleep_for(milliseconds(100));
      }
    }
  });
  expectFresh(live, "while it is slowed");
  EXPECT_EQ("", live.status().condition);
  jerks.request_stop();
  jerks.join();

  // Frozen: told within three seconds.
  sender.signal(SIGSTOP);
  const Clock::time_point frozen = Clock::now();
  EXPECT_TRUE(
      comesTrue([&] { return live.status().condition.find("stalled") != std::string::npos; },
                milliseconds(3000)))
      << live.status().condition;
  RecordProperty("saidStalledAfterMs", int(1000 * secondsSince(frozen)));
  std::this_thread::sleep_for(milliseconds(500));
  sender.signal(SIGCONT);
  const std::uint64_t before = live.status().detected;
  ASSERT_TRUE(comesTrue([&] { return live.status().detected > before + 5; }, milliseconds(15000)))
      << live.status().condition;
  std::this_thread::sleep_for(milliseconds(500));  // what had piled up passes
  EXPECT_EQ("", live.status().condition);
  expectFresh(live, "after the freeze");

  // Killed: told within three seconds, and again there by itself.
  sender.kill();
  const Clock::time_point killed = Clock::now();
  EXPECT_TRUE(comesTrue([&] { return !live.status().condition.empty(); }, milliseconds(3000)));
  RecordProperty("saidKilledAfterMs", int(1000 * secondsSince(killed)));
  EXPECT_TRUE(comesTrue([&] {
    return live.status().condition.find("connecting again") != std::string::npos;
  })) << live.status().condition;
  EXPECT_EQ(LiveState::Running, live.status().state);
  sender.start();
  const std::uint64_t then = live.status().detected;
  ASSERT_TRUE(comesTrue([&] { return live.status().detected > then + 5; }, milliseconds(20000)))
      << live.status().condition;
  std::this_thread::sleep_for(milliseconds(500));
  EXPECT_EQ("", live.status().condition);
  expectFresh(live, "after the restart");

  // Stopping while it hangs takes under a second.
  sender.signal(SIGSTOP);
  std::this_thread::sleep_for(milliseconds(300));
  const Clock::time_point asked = Clock::now();
  live.stop();
  EXPECT_LT(secondsSince(asked), 1.0);
  sender.signal(SIGCONT);
  EXPECT_EQ("", words.end()) << "a library wrote to the terminal";
}

INSTANTIATE_TEST_SUITE_P(Transports, Stream, testing::Values(true, false),
                         [](const testing::TestParamInfo<bool>& tested) {
                           return std::string(tested.param ? "Udp" : "Tcp");
                         });

TEST(StreamSource, SaysThatNobodySends) {
  const int port = freePort(SOCK_STREAM);
  const std::string address = "tcp://bob:secret@127.0.0.1:" + std::to_string(port);
  const std::string message = errorOf([&] { openFrameSource(address); });
  EXPECT_NE(std::string::npos, message.find("the stream cannot be opened")) << message;
  EXPECT_EQ(std::string::npos, message.find("secret")) << message;
}

TEST(StreamSource, OpeningIsLeftWithinASecondWhenStopped) {
  const int port = freePort(SOCK_DGRAM);
  std::stop_source stop;
  std::thread later([&] {
    std::this_thread::sleep_for(milliseconds(300));
    stop.request_stop();
  });
  const Clock::time_point begun = Clock::now();
  openFrameSource("udp://127.0.0.1:" + std::to_string(port), stop.get_token());
  EXPECT_LT(secondsSince(begun), 1.3);
  later.join();
}

TEST(StreamSource, AStreamThatDoesNotAnswerHoldsUpNoVideoForLong) {
  // OpenCV lets one opening in at a time, and the one that was left behind is still in there.
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "clip.avi";
  {
    Recorder recorder(file, 25);
    for (std::uint64_t i = 0; i < 5; ++i)
      recorder.write(testPattern(i, 64, 48));
    recorder.close();
  }
  const std::string address = "udp://127.0.0.1:" + std::to_string(freePort(SOCK_DGRAM));
  const auto leaveOneBehind = [&] {
    std::stop_source stop;
    std::thread later([&] {
      std::this_thread::sleep_for(milliseconds(200));
      stop.request_stop();
    });
    openFrameSource(address, stop.get_token());
    later.join();
  };
  leaveOneBehind();
  // Stopping is heard at once,
  std::stop_source stop;
  std::thread later([&] {
    std::this_thread::sleep_for(milliseconds(100));
    stop.request_stop();
  });
  Clock::time_point begun = Clock::now();
  openFrameSource(utf8(file), stop.get_token());
  EXPECT_LT(secondsSince(begun), 1.0);
  later.join();
  // and the video comes as soon as FFmpeg has given up the stream.
  begun = Clock::now();
  EXPECT_TRUE(openFrameSource(utf8(file))->next({}));
  EXPECT_LT(secondsSince(begun), 4.0);
}

}  // namespace
}  // namespace boxwright
