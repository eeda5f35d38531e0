// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/network/network.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace boxwright {

inline Network networkOf(std::string_view text, std::vector<Problem>* problems = nullptr) {
  std::vector<Problem> mine;
  std::vector<Problem>& used = problems ? *problems : mine;
  return buildNetwork(parseCfg(text, "test.cfg", used), used);
}

inline Network shippedNetwork(std::string_view name) {
  std::vector<Problem> problems;
  Network network = buildNetwork(readCfg(findNetwork(name), problems), problems);
  EXPECT_TRUE(problems.empty()) << name << ": " << (problems.empty() ? "" : problems[0].what);
  return network;
}

}  // namespace boxwright
