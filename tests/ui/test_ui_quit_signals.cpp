// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <signal.h>

#include <QPushButton>
#include <QSpinBox>
#include <QTemporaryDir>

#include "app/studio/quit_signals.h"
#include "core/data/sample_maker.h"
#include "core/train/run.h"
#include "tests/ui/gui_application.h"
#include "ui/train/run_summary.h"
#include "ui/train/train_page.h"
#include "ui/train/training.h"
#include "ui/window/main_window.h"

namespace {

TEST(QuitSignals, ComeAsACallOnTheGuiThreadAndTwoHangUpsDoNotKill) {
  int asked = 0;
  {
    const QuitSignals quitSignals([&asked] { ++asked; });
    raise(SIGHUP);
    raise(SIGHUP);
    EXPECT_EQ(asked, 0);  // not in the handler
    QTest::qWait(50);
    EXPECT_EQ(asked, 1);
    raise(SIGTERM);
    QTest::qWait(50);
    EXPECT_EQ(asked, 2);
    // A second one ends the program at once.
    struct sigaction now {};
    ASSERT_EQ(sigaction(SIGTERM, nullptr, &now), 0);
    EXPECT_EQ(now.sa_handler, SIG_DFL);
  }
  raise(SIGHUP);  // the window has closed: what still comes changes nothing
  QTest::qWait(20);
  EXPECT_EQ(asked, 2);
}

TEST(QuitSignals, LeaveWhatIsIgnoredFromOutside) {
  const auto before = signal(SIGHUP, SIG_IGN);
  int asked = 0;
  {
    const QuitSignals quitSignals([&asked] { ++asked; });
    raise(SIGHUP);
    QTest::qWait(20);
  }
  EXPECT_EQ(asked, 0);
  signal(SIGHUP, before);
}

TEST(QuitSignals, ATrainingLeavesItsCheckpoint) {
  using namespace boxwright;
  using namespace boxwright::ui;
  QTemporaryDir folder;
  const std::filesystem::path dataset =
      std::filesystem::path(folder.path().toStdString()) / "shapes";
  makeSampleDataset(dataset, {.images = 24, .seed = 3});
  MainWindow window;
  window.show();
  const QuitSignals quitSignals([&window] { window.close(); });
  window.openPath(QString::fromStdString(dataset.string()), QStringLiteral("train"));
  auto* page = window.findChild<TrainPage*>();
  auto* start = page->findChild<QPushButton*>(QStringLiteral("start"));
  ASSERT_TRUE(waitFor([&] { return start->isEnabled(); }));
  page->findChild<QSpinBox*>(QStringLiteral("size"))->setValue(64);
  page->findChild<QSpinBox*>(QStringLiteral("epochs"))->setValue(500);
  start->click();
  const auto batch = [&] { return page->training()->curves()->lastBatch(); };
  ASSERT_TRUE(waitFor([&] { return batch() && batch()->iteration >= 3; }, 60));
  raise(SIGTERM);
  ASSERT_TRUE(waitFor([&] { return !window.isVisible(); }, 30));
  const RunSummary run = summariseRun(page->training()->folder());
  EXPECT_EQ(run.state, RunState::Stopped);
  EXPECT_TRUE(run.hasCheckpoint);
  EXPECT_TRUE(run.hasWeights);
}

}  // namespace
