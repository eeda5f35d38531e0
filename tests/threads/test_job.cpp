// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <chrono>
#include <thread>

#include "core/base/error.h"
#include "ui/job.h"

namespace boxwright::ui {
namespace {

using namespace std::chrono_literals;

/// Lets events go by until `done` or five seconds.
template <typename Condition>
bool waitFor(Condition done) {
  QElapsedTimer clock;
  clock.start();
  while (!done() && clock.elapsed() < 5000) {
    QCoreApplication::processEvents(QEventLoop::AllEvents, 10);
    std::this_thread::sleep_for(1ms);
  }
  return done();
}

class Application {
 public:
  Application() : application_(count_, nullptr) {}
  ~Application() { Jobs::instance().waitForAll(); }

 private:
  int count_ = 0;
  QCoreApplication application_;
};

TEST(ThreadsJob, JobGivesOnlyTheNewestResult) {
  Application application;
  Job job("Counting", "data");
  int result = 0, finished = 0;
  QObject::connect(&job, &Job::finished, [&finished] { ++finished; });
  for (int i = 1; i <= 30; ++i) {
    job.start(
        [i](const std::stop_token&, JobProgress& progress) {
          for (int step = 0; step < 20; ++step)
            progress.set(step / 20.0, QString::number(step));
          return i;
        },
        [&result](int value) { result = value; });
  }
  ASSERT_TRUE(waitFor([&] { return finished > 0; }));
  EXPECT_EQ(result, 30);
  EXPECT_EQ(finished, 1);
}

TEST(ThreadsJob, JobIsCancelledAndDeletedWhileItWorks) {
  Application application;
  for (int round = 0; round < 10; ++round) {
    auto job = std::make_unique<Job>("Waiting", "data");
    job->start(
        [](const std::stop_token& stop, JobProgress&) {
          while (!stop.stop_requested())
            std::this_thread::sleep_for(1ms);
        },
        [] { ADD_FAILURE() << "a cancelled job gave a result"; });
    std::this_thread::sleep_for(2ms);
    if (round % 2 == 0) job->cancel();
    if (round % 4 == 0) QCoreApplication::processEvents();
    job.reset();
  }
  EXPECT_TRUE(waitFor([] { return Jobs::instance().threads() == 0; }));
}

TEST(ThreadsJob, JobTurnsAnErrorIntoASignal) {
  Application application;
  Job job("Failing", "data");
  bool failed = false;
  QObject::connect(&job, &Job::failed, [&failed](const JobError&) { failed = true; });
  job.start([](const std::stop_token&, JobProgress&) { throw Error("no", "here", "try"); }, [] {});
  EXPECT_TRUE(waitFor([&failed] { return failed; }));
}

}  // namespace
}  // namespace boxwright::ui
