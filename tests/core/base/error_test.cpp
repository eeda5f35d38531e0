// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"

#include <gtest/gtest.h>

#include <string>

#include "core/base/problem.h"

namespace boxwright {
namespace {

TEST(Error, IsOneLineOfWhatWhereAndAdvice) {
  const Error whole("it broke\nbadly", "a.cfg:3", "mend it");
  EXPECT_STREQ(whole.what(), "it broke badly: a.cfg:3 (mend it)");
  EXPECT_EQ(whole.problem(), "it broke\nbadly");
  EXPECT_EQ(whole.where(), "a.cfg:3");
  EXPECT_EQ(whole.advice(), "mend it");
  EXPECT_STREQ(Error("it broke").what(), "it broke");
  EXPECT_STREQ(Error("it broke", {}, "mend it").what(), "it broke (mend it)");
}

TEST(Problem, SeveritiesHaveNames) {
  EXPECT_STREQ(severityName(Severity::Note), "note");
  EXPECT_STREQ(severityName(Severity::Warning), "warning");
  EXPECT_STREQ(severityName(Severity::Error), "error");
}

}  // namespace
}  // namespace boxwright
