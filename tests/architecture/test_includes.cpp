// SPDX-License-Identifier: GPL-3.0-or-later
// Greps every include of the program against the table of who may include whom.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/source_folder.h"

namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

const fs::path kRoot = boxwright::sourceFolder();

/// For each core folder those that it may include, itself apart.
const std::map<std::string, Names> kMayInclude = {
    {"base", {}},
    {"geometry", {"base"}},
    {"taxonomy", {"base"}},
    {"image", {"base", "geometry"}},
    {"data", {"base", "geometry", "taxonomy", "image"}},
    {"anchors", {"base", "geometry"}},
    {"network", {"base", "geometry", "taxonomy"}},
    {"yolo", {"base", "geometry", "taxonomy", "network"}},
    {"compute", {"base", "geometry", "network", "yolo"}},
    {"detect", {"base", "geometry", "taxonomy", "image", "network", "compute", "yolo"}},
    {"evaluate", {"base", "geometry", "taxonomy", "data", "image", "network", "detect"}},
    {"export", {"base", "taxonomy", "network"}},
    {"train",
     {"base", "geometry", "taxonomy", "image", "data", "anchors", "network", "yolo", "compute",
      "detect", "evaluate"}},
};

struct Include {
  fs::path file;  ///< relative to the root
  int line = 0;
  std::string name;
  bool quoted = false;
};

std::vector<Include> includesBelow(const std::string& folder) {
  std::vector<Include> includes;
  const std::regex pattern(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".h" && extension != ".cpp" && extension != ".cu") continue;
    std::ifstream stream(entry.path());
    int number = 0;
    for (std::string line; std::getline(stream, line);) {
      ++number;
      std::smatch match;
      if (!std::regex_search(line, match, pattern)) continue;
      includes.push_back({fs::relative(entry.path(), kRoot), number, match[2], match[1] == "\""});
    }
  }
  return includes;
}

std::string part(const fs::path& path, int index) {
  auto it = path.begin();
  std::advance(it, index);
  return it->string();
}

bool isQt(const std::string& name) {
  return std::regex_match(name, std::regex("Q[A-Z][A-Za-z/]*")) || name.starts_with("Qt") ||
         name == "qcustomplot.h";
}

std::string at(const Include& i) {
  return i.file.string() + ":" + std::to_string(i.line) + " includes " + i.name;
}

TEST(Architecture, CoreFoldersIncludeOnlyThoseBelowThem) {
  std::size_t seen = 0;
  for (const Include& i : includesBelow("core")) {
    const std::string folder = part(i.file, 1);
    ASSERT_TRUE(kMayInclude.contains(folder)) << folder << " is not in the table";
    if (!i.quoted) continue;
    const std::vector<std::string> forbidden = {"ui/", "app/", "tests/"};
    for (const std::string& prefix : forbidden)
      EXPECT_FALSE(i.name.starts_with(prefix)) << at(i);
    if (!i.name.starts_with("core/")) continue;
    ++seen;
    const std::string target = part(fs::path(i.name), 1);
    EXPECT_TRUE(target == folder || kMayInclude.at(folder).contains(target)) << at(i);
  }
  EXPECT_GT(seen, 50U) << "the pattern no longer finds includes";
}

TEST(Architecture, CoreAndCommandLineKnowNoQt) {
  for (const char* folder : {"core", "app/cli"}) {
    for (const Include& i : includesBelow(folder)) {
      EXPECT_FALSE(isQt(i.name)) << at(i);
      EXPECT_FALSE(i.name.starts_with("ui/")) << at(i);
    }
  }
}

/// Whatever includes a header of a library, by how their names begin, lies at `place`.
void expectOnlyAt(const std::string& place, const std::vector<std::string>& headers) {
  std::size_t seen = 0;
  for (const char* folder : {"core", "app", "ui"}) {
    for (const Include& i : includesBelow(folder)) {
      if (std::none_of(headers.begin(), headers.end(),
                       [&](const std::string& header) { return i.name.starts_with(header); }))
        continue;
      ++seen;
      EXPECT_TRUE(i.file.string().starts_with(place)) << at(i);
    }
  }
  EXPECT_GT(seen, 0U) << place;
}

TEST(Architecture, ALibraryOfOneFolderIsSeenThereOnly) {
  expectOnlyAt("core/compute/onednn/", {"oneapi/", "dnnl"});
  expectOnlyAt("core/compute/cuda/", {"cuda_"});
  expectOnlyAt("core/compute/cuda/cudnn.h", {"cudnn"});
  expectOnlyAt("core/export/", {"onnx/", "google/protobuf/"});
}

TEST(Architecture, BareFoldersUseNoOpenCvAndNoParser) {
  for (const char* folder : {"base", "geometry", "taxonomy", "network", "yolo", "compute"}) {
    for (const Include& i : includesBelow(std::string("core/") + folder)) {
      for (const char* prefix : {"opencv2/", "nlohmann/", "pugixml", "yaml-cpp/", "libexif/"}) {
        EXPECT_FALSE(i.name.starts_with(prefix)) << at(i);
      }
    }
  }
}

TEST(Architecture, OpenCvModulesAreTheAllowedFour) {
  const Names allowed = {
      "opencv2/core.hpp",    "opencv2/imgproc.hpp",           "opencv2/imgcodecs.hpp",
      "opencv2/videoio.hpp", "opencv2/core/utils/logger.hpp", "opencv2/videoio/registry.hpp"};
  for (const char* folder : {"core", "app", "ui"}) {
    for (const Include& i : includesBelow(folder)) {
      if (!i.name.starts_with("opencv2/")) continue;
      EXPECT_TRUE(allowed.contains(i.name)) << at(i);
    }
  }
}

TEST(Architecture, EveryFileNamesItsLicence) {
  for (const char* folder : {"core", "app", "ui", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".h" && extension != ".cpp" && extension != ".cu") continue;
      std::ifstream stream(entry.path());
      std::string line;
      std::getline(stream, line);
      EXPECT_EQ(line, "// SPDX-License-Identifier: GPL-3.0-or-later") << entry.path();
    }
  }
}

TEST(Architecture, TopLevelIsFixed) {
  const Names allowed = {"CMakeLists.txt",
                         "CMakePresets.json",
                         "README.md",
                         "LICENSE",
                         "app",
                         "core",
                         "ui",
                         "resources",
                         "tests",
                         "packaging",
                         "build"};
  for (const auto& entry : fs::directory_iterator(kRoot)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(".")) continue;
    EXPECT_TRUE(allowed.contains(name)) << name;
  }
}

}  // namespace
