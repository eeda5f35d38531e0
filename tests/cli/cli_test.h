// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/cli/program.h"
#include "tests/temporary_folder.h"

namespace boxwright::cli_test {

using Json = nlohmann::json;

struct Result {
  int status = -1;
  std::string out, error;
};

inline std::vector<std::string> linesIn(const fs::path& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

inline std::vector<Json> linesOf(const std::string& text) {
  std::vector<Json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    lines.push_back(Json::parse(line));
  return lines;
}

/// A folder of its own for each test, with a small sample dataset shared by all.
class Cli : public testing::Test {
 protected:
  Result run(const Arguments& arguments) const {
    const pid_t child = start(arguments, folder_ / "out", folder_ / "err");
    Result result;
    result.status = statusOf(child);
    result.out = contents(folder_ / "out");
    result.error = contents(folder_ / "err");
    return result;
  }

  std::string makeSample(int images) const {
    const std::string sample = (folder_ / "sample").string();
    const Result result = run({"-q", "sample", sample, "--images", std::to_string(images)});
    EXPECT_EQ(result.status, 0) << result.error;
    return sample;
  }

  /// Exit 1 and one line that names `what` and `where`.
  static void expectOneClearLine(const Result& result, const std::string& part) {
    EXPECT_EQ(result.status, 1) << result.error;
    EXPECT_TRUE(result.out.empty()) << result.out;
    EXPECT_EQ(std::count(result.error.begin(), result.error.end(), '\n'), 1) << result.error;
    EXPECT_TRUE(result.error.starts_with("boxwright: ")) << result.error;
    EXPECT_NE(result.error.find(part), std::string::npos) << result.error;
    EXPECT_EQ(result.error.find("internal error"), std::string::npos) << result.error;
  }

  const TemporaryFolder folder_;
};

}  // namespace boxwright::cli_test
