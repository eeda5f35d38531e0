// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/train/run.h"
#include "core/train/trainer.h"
#include "small_world.h"
#include "tests/temporary_folder.h"

namespace boxwright {

using TrainingRun = boxwright::Run;  // a test fixture has a Run of its own

/// Trains runs on the small dataset and keeps what they tell.
class Training : public ::testing::Test {
 protected:
  void SetUp() override {
    dataset_ = smallDataset(scratch_ / "data", 40);
    settings_ = quickSettings(tinyNetwork(scratch_.path()));
  }

  TrainingRun create(const std::string& name) {
    return *TrainingRun::create(scratch_ / name, settings_, dataset_);
  }

  /// Trains and stops after `stopAfter` updates (0: not).
  EndEvent go(const TrainingRun& run, std::int64_t stopAfter = 0,
              const TrainOptions& options = {}) {
    std::stop_source source;
    events_.clear();
    return train(run, dataset_, options, source.get_token(), [&](const TrainEvent& event) {
      events_.push_back(event);
      const auto* batch = std::get_if<BatchEvent>(&event);
      if (batch && stopAfter > 0 && batch->iteration >= stopAfter) source.request_stop();
    });
  }

  template <typename Event>
  std::vector<Event> of() const {
    std::vector<Event> found;
    for (const TrainEvent& event : events_)
      if (const auto* one = std::get_if<Event>(&event)) found.push_back(*one);
    return found;
  }

  bool said(const std::string& text) const {
    for (const auto& message : of<MessageEvent>())
      if (message.text.find(text) != std::string::npos) return true;
    return false;
  }

  /// The lines of a run's metrics, without what depends on the clock.
  static std::vector<std::string> numbersOf(const TrainingRun& run) {
    std::istringstream file(readFile(run.folder() / "metrics.jsonl"));
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) {
      auto json = nlohmann::json::parse(line);
      json.erase("imagesPerSecond");
      json.erase("secondsLeft");
      lines.push_back(json.dump());
    }
    return lines;
  }

  TemporaryFolder scratch_;
  Dataset dataset_;
  RunSettings settings_;
  std::vector<TrainEvent> events_;
};

}  // namespace boxwright
