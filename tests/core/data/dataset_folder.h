// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/data/dataset.h"
#include "core/image/codec.h"

namespace boxwright::testing {

/// A folder of its own for one test, with a blank and letters beyond ASCII in its name; removed
/// with all it holds.
class DatasetFolder {
 public:
  DatasetFolder() {
    static std::atomic<int> count{0};
    path_ = std::filesystem::temp_directory_path() /
            ("boxwright dätä " + std::to_string(::getpid()) + " " + std::to_string(count++));
    std::filesystem::create_directories(path_);
  }
  ~DatasetFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  DatasetFolder(const DatasetFolder&) = delete;
  DatasetFolder& operator=(const DatasetFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

  void text(const std::string& name, std::string_view bytes) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << bytes;
  }
  void picture(const std::string& name, int width = 100, int height = 50) const {
    Image image(width, height);
    std::fill(image.pixels.begin(), image.pixels.end(), std::uint8_t(90));
    text(name, encodeImage(image, std::filesystem::path(name).extension().string()));
  }

 private:
  std::filesystem::path path_;
};

/// Whether the dataset has a fault in `file` at `line` (any, when negative) whose words contain
/// `what`.
inline bool hasProblem(const Dataset& dataset, const std::string& file, int line,
                       const std::string& what) {
  return std::any_of(dataset.problems.begin(), dataset.problems.end(), [&](const Problem& p) {
    return p.file == file && (line < 0 || p.line == line) && p.what.find(what) != std::string::npos;
  });
}

/// All faults in words, for messages of failed tests.
inline std::string problemsOf(const Dataset& dataset) {
  std::string text;
  for (const Problem& p : dataset.problems) {
    text += p.file + ":" + std::to_string(p.line) + " " + p.what + "\n";
  }
  return text;
}

inline const Picture& pictureNamed(const Dataset& dataset, const std::string& path) {
  for (const Picture& picture : dataset.pictures) {
    if (picture.path == path) return picture;
  }
  throw std::runtime_error("no picture " + path);
}

}  // namespace boxwright::testing
