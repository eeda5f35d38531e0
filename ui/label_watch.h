// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>

#include "core/data/dataset.h"
#include "core/data/label_writer.h"

namespace boxwright::ui {

/// Knows what the label files of a dataset said when they were read, or written here last, and sees
/// when somebody else has written one. One thread; reads files.
class LabelWatch {
 public:
  /// `dataset` as it was just read.
  explicit LabelWatch(std::shared_ptr<const Dataset> dataset);

  /// Whether somebody else has written the picture's label file: yes once for each time. A file
  /// that is as it was at the last look is not read.
  bool look(std::size_t picture);
  /// The picture's label file is what was written here.
  void note(std::size_t picture);
  /// The same of the label files that list the classes.
  void noteLists();

  const Dataset& dataset() const { return *dataset_; }

 private:
  struct State {
    std::filesystem::file_time_type time;
    std::uintmax_t size = 0;

    bool operator==(const State&) const = default;
  };
  static std::optional<State> stateOf(const std::filesystem::path& file);
  void note(const std::filesystem::path& file);

  std::shared_ptr<const Dataset> dataset_;
  std::filesystem::file_time_type since_;
  std::unique_ptr<LabelWriter> writer_;  ///< null where the layout is not written
  std::map<std::filesystem::path, std::optional<State>> seen_;
  std::map<std::filesystem::path, std::uint64_t> hashes_;  ///< others than the dataset's
};

}  // namespace boxwright::ui
