// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/network/network.h"

namespace boxwright {

/// A folder of its own that goes away with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "boxwright-network-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw Error("no temporary folder");
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

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

/// The message of the Error that `run` throws; empty when it throws none.
template <typename Run>
std::string errorOf(Run run) {
  try {
    run();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace boxwright
