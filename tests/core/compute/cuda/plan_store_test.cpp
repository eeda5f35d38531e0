// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/cuda/plan_store.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/temporary_folder.h"

namespace boxwright::cuda {
namespace {

TEST(PlanStore, KeepsWhatItIsGivenApartByCard) {
  const TemporaryFolder folder;
  const PlanStore one(folder / "", "NVIDIA H200/9.0"), other(folder / "", "NVIDIA T4");
  EXPECT_FALSE(one.read("convolution-1"));
  one.write("convolution-1", "a plan");
  one.write("convolution-1", "a better plan");
  EXPECT_EQ(one.read("convolution-1"), "a better plan");
  EXPECT_FALSE(one.read("convolution-2"));
  EXPECT_FALSE(other.read("convolution-1"));
  EXPECT_TRUE(std::filesystem::exists(folder / "NVIDIA_H200_9.0/convolution-1.json"));
}

TEST(PlanStore, IsNoneWhereNothingCanBeWritten) {
  const PlanStore barred("/proc/boxwright", "card");
  barred.write("convolution-1", "a plan");
  EXPECT_FALSE(barred.read("convolution-1"));
}

}  // namespace
}  // namespace boxwright::cuda
