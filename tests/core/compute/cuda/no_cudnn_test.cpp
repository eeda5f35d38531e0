// SPDX-License-Identifier: GPL-3.0-or-later
//
// In place of cudnn_plans_test.cpp where this build has no CUDA.
#include <gtest/gtest.h>

#include "core/compute/backend.h"
#include "tests/error_of.h"

namespace boxwright {

TEST(CudnnPlans, AreThereForWhatNetworksAsk) {
  EXPECT_NE(errorOf([] { openBackend("cuda", 1); }).find("CUDA is not in this build"),
            std::string::npos);
  GTEST_SKIP() << "NOT CHECKED: CUDA is not in this build: " << BOXWRIGHT_CUDA_MISSING;
}

}  // namespace boxwright
