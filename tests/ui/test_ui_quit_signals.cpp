// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <signal.h>

#include <QTest>

#include "app/studio/quit_signals.h"

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

}  // namespace
