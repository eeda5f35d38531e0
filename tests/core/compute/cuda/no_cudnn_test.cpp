// SPDX-License-Identifier: GPL-3.0-or-later
//
// In place of cudnn_plans_test.cpp where this build has no CUDA.
#include <gtest/gtest.h>

TEST(CudnnPlans, AreThereForWhatNetworksAsk) {
  GTEST_SKIP() << "NOT CHECKED: CUDA is not in this build: " << BOXWRIGHT_CUDA_MISSING;
}
