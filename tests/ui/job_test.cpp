// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/job.h"

#include <gtest/gtest.h>

#include <QThread>
#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <thread>

#include "core/base/error.h"
#include "tests/ui/gui_application.h"

namespace boxwright::ui {
namespace {

using std::chrono::milliseconds;

/// Work that runs until it is asked to stop or told to end.
struct Gate {
  std::atomic<bool> open{false};
  std::atomic<bool> entered{false};
  bool wait(std::stop_token stop) {
    entered = true;
    while (!open && !stop.stop_requested())
      std::this_thread::sleep_for(milliseconds(1));
    return stop.stop_requested();
  }
};

TEST(Job, WorksElsewhereAndDeliversOnTheGuiThread) {
  Job job(QStringLiteral("Adding"), QStringLiteral("data"));
  QThread* const gui = QThread::currentThread();
  QThread* worker = nullptr;
  QThread* receiver = nullptr;
  int result = 0;
  job.start(
      [&worker](std::stop_token, JobProgress& progress) {
        worker = QThread::currentThread();
        progress.set(0.5, QStringLiteral("half"));
        return 42;
      },
      [&](int value) {
        receiver = QThread::currentThread();
        result = value;
      });
  EXPECT_TRUE(job.isRunning());
  EXPECT_TRUE(Jobs::instance().running().contains(&job));
  ASSERT_TRUE(waitFor([&] { return !job.isRunning(); }));
  EXPECT_EQ(result, 42);
  EXPECT_EQ(receiver, gui);
  EXPECT_NE(worker, gui);
  EXPECT_FALSE(Jobs::instance().running().contains(&job));
}

TEST(Job, ResultOfAnOlderPieceIsDropped) {
  Job job(QStringLiteral("Twice"), QStringLiteral("data"));
  auto first = std::make_shared<Gate>();
  QList<int> results;
  int finished = 0;
  QObject::connect(&job, &Job::finished, &job, [&] { ++finished; });
  job.start([](std::stop_token, JobProgress&) { return 0; }, [&](int value) { results << value; });
  job.start(
      [first](std::stop_token stop, JobProgress&) {
        first->wait(stop);
        return 1;
      },
      [&](int value) { results << value; });
  job.start([](std::stop_token, JobProgress&) { return 2; }, [&](int value) { results << value; });
  ASSERT_TRUE(waitFor([] { return Jobs::instance().threads() == 0; }));
  EXPECT_EQ(results, QList<int>{2});
  EXPECT_EQ(finished, 1);
  EXPECT_EQ(job.number(), 3U);
}

TEST(Job, CancelOnlyRequestsAndTheResultIsNotDelivered) {
  Job job(QStringLiteral("Long"), QStringLiteral("data"));
  auto gate = std::make_shared<Gate>();
  bool delivered = false;
  job.start(
      [gate](std::stop_token stop, JobProgress&) {
        gate->wait(stop);
        std::this_thread::sleep_for(milliseconds(150));  // takes its time to stop
      },
      [&] { delivered = true; });
  ASSERT_TRUE(waitFor([&] { return gate->entered.load(); }));
  QElapsedTimer clock;
  clock.start();
  job.cancel();
  EXPECT_LT(clock.elapsed(), 100);
  EXPECT_TRUE(job.isRunning());
  EXPECT_TRUE(job.isCancelling());
  ASSERT_TRUE(waitFor([&] { return !job.isRunning(); }));
  EXPECT_FALSE(delivered);
}

TEST(Job, KeepsTheResultOfAnEarlyEndWhereAskedTo) {
  Job job(QStringLiteral("Training"), QStringLiteral("train"));
  job.setKeepsResultWhenCancelled(true);
  auto gate = std::make_shared<Gate>();
  bool stopped = false;
  job.start([gate](std::stop_token stop, JobProgress&) { return gate->wait(stop); },
            [&](bool value) { stopped = value; });
  job.cancel();
  ASSERT_TRUE(waitFor([&] { return !job.isRunning(); }));
  EXPECT_TRUE(stopped);
}

TEST(Job, ErrorsBecomeASignalWithTheirParts) {
  Job job(QStringLiteral("Failing"), QStringLiteral("data"));
  JobError seen;
  bool delivered = false;
  QObject::connect(&job, &Job::failed, &job, [&](const JobError& error) { seen = error; });
  job.start([](std::stop_token,
               JobProgress&) -> int { throw Error("cannot write", "runs/a", "free some space"); },
            [&](int) { delivered = true; });
  ASSERT_TRUE(waitFor([&] { return !job.isRunning(); }));
  EXPECT_EQ(seen, (JobError{QStringLiteral("cannot write"), QStringLiteral("runs/a"),
                            QStringLiteral("free some space")}));
  EXPECT_FALSE(delivered);
  job.start([](std::stop_token, JobProgress&) { throw std::runtime_error("raw"); }, [] {});
  ASSERT_TRUE(waitFor([&] { return !job.isRunning(); }));
  EXPECT_FALSE(seen.problem.contains(QStringLiteral("raw")));
  EXPECT_TRUE(seen.where.contains(QStringLiteral("raw")));
}

TEST(Job, DeletingItNeitherWaitsNorDelivers) {
  auto gate = std::make_shared<Gate>();
  bool delivered = false;
  auto job = std::make_unique<Job>(QStringLiteral("Gone"), QStringLiteral("data"));
  job->start(
      [gate](std::stop_token stop, JobProgress&) {
        gate->wait(stop);
        std::this_thread::sleep_for(milliseconds(150));
      },
      [&] { delivered = true; });
  ASSERT_TRUE(waitFor([&] { return gate->entered.load(); }));
  QElapsedTimer clock;
  clock.start();
  job.reset();
  EXPECT_LT(clock.elapsed(), 100);
  EXPECT_TRUE(Jobs::instance().running().isEmpty());
  ASSERT_TRUE(waitFor([] { return Jobs::instance().threads() == 0; }));
  EXPECT_FALSE(delivered);
}

TEST(Job, TellsTimeLeftByThePaceOrAsTold) {
  Job job(QStringLiteral("Paced"), QStringLiteral("data"));
  auto gate = std::make_shared<Gate>();
  EXPECT_LT(job.secondsLeft(), 0);
  job.start(
      [gate](std::stop_token stop, JobProgress& progress) {
        progress.set(0.5);
        gate->wait(stop);
      },
      [] {});
  ASSERT_TRUE(waitFor([&] { return job.secondsLeft() > 0; }));
  EXPECT_NEAR(job.secondsLeft(), job.secondsRunning(), 0.3);
  job.setSecondsLeft(90);
  EXPECT_EQ(job.secondsLeft(), 90);
  job.cancel();
  ASSERT_TRUE(waitFor([&] { return !job.isRunning(); }));
  EXPECT_EQ(durationText(35), QStringLiteral("35 s"));
  EXPECT_EQ(durationText(240), QStringLiteral("4 min"));
  EXPECT_EQ(durationText(7800), QStringLiteral("2 h 10 min"));
  EXPECT_EQ(durationText(-1), QString());
}

}  // namespace
}  // namespace boxwright::ui
