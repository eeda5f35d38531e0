// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "core/compute/wait_policy.h"
#include "tests/ui/gui_application.h"

int main(int argc, char** argv) {
  boxwright::letIdleThreadsSleep(argv);
  ::testing::InitGoogleTest(&argc, argv);
  // No desktop is asked for its colours: they would change between machines.
  qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
  boxwright::ui::guiApplication();
  const int failed = RUN_ALL_TESTS();
  boxwright::ui::endJobs();
  return failed;
}
