// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/edit_history.h"

#include <gtest/gtest.h>

namespace boxwright {
namespace {

TEST(EditHistory, GoesBackAndForthAndForgetsWhatWasUndoneAtTheNextEdit) {
  EditHistory history;
  EXPECT_FALSE(history.undoable());
  EXPECT_FALSE(history.redoable());
  EXPECT_FALSE(history.undo());
  EXPECT_FALSE(history.redo());
  history.push({"one", {}});
  history.push({"two", {}});
  EXPECT_EQ(history.undoable()->name, "two");
  EXPECT_EQ(history.undo()->name, "two");
  EXPECT_EQ(history.undoable()->name, "one");
  EXPECT_EQ(history.redoable()->name, "two");
  EXPECT_EQ(history.redo()->name, "two");
  history.undo();
  history.push({"three", {}});
  EXPECT_FALSE(history.redoable());
  EXPECT_EQ(history.size(), 2U);
  EXPECT_EQ(history.undo()->name, "three");
  EXPECT_EQ(history.undo()->name, "one");
  EXPECT_EQ(history.inForce(), 0U);
}

TEST(EditHistory, HasNoLimit) {
  EditHistory history;
  constexpr int kMany = 100000;
  for (int i = 0; i < kMany; ++i)
    history.push({std::to_string(i), {}});
  for (int i = kMany - 1; i >= 0; --i)
    ASSERT_EQ(history.undo()->name, std::to_string(i));
}

}  // namespace
}  // namespace boxwright
