// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/data/dataset.h"
#include "core/image/codec.h"
#include "tests/temporary_folder.h"

namespace boxwright {

/// A temporary folder to put texts and pictures in.
class DatasetFolder : public TemporaryFolder {
 public:
  void text(const std::string& name, std::string_view bytes) const {
    const std::filesystem::path file = *this / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
  }
  void picture(const std::string& name, int width = 100, int height = 50) const {
    Image image(width, height);
    std::fill(image.pixels.begin(), image.pixels.end(), std::uint8_t(90));
    text(name, encodeImage(image, std::filesystem::path(name).extension().string()));
  }
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

}  // namespace boxwright
