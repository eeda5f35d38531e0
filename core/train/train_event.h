// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace boxwright {

/// One learning step.
struct BatchEvent {
  std::int64_t iteration = 0;
  double epoch = 0;
  std::int64_t images = 0;
  double loss = 0;  ///< true loss of spec 5 a picture
  double lossBox = 0, lossObjectness = 0, lossNoObject = 0, lossClass = 0;
  std::optional<double> lossClassOnly = std::nullopt;  ///< of joint training: LossParts::classOnly
  double learningRate = 0;
  int size = 0;
  double imagesPerSecond = 0;
  std::int64_t iterations = 0;  ///< planned in all; 0 while not yet known
  double secondsLeft = 0;
};

struct ValidationEvent {
  std::int64_t iteration = 0;
  double epoch = 0;
  double map50 = 0, precision = 0, recall = 0, lossValidation = 0;
  std::optional<double> top1, top5;  ///< of a classifier, which has no map50, precision and recall
  /// Of joint training, beside map50: of pictures of which the class alone is known.
  std::optional<double> wholeTop1, wholeTop5;
  struct ClassAp {
    std::string name;
    std::optional<double> ap;  ///< of a classifier: the share of its pictures put first
  };
  std::vector<ClassAp> classes;
  /// How it does as one of a class of the tree and of all within it.
  struct NodeResult {
    int node = 0;
    std::string name;
    std::optional<double> ap;  ///< at IOU .5, where validation pictures have boxes of it
    std::size_t truths = 0;    ///< so many
    std::optional<double>
        top1;                  ///< of pictures without boxes that are of it: the share found as it
    std::size_t pictures = 0;  ///< so many
  };
  std::vector<NodeResult> nodes;  ///< over a class tree: those measured, ascending
};

struct CheckpointEvent {
  std::string file;
};

/// Something a person should read: what the recipe set, advice before training, a skipped picture.
struct MessageEvent {
  std::string text;
};

/// How far the check of the pictures before the first update is. For whoever waits: it is in no
/// log.
struct CheckEvent {
  std::int64_t pictures = 0;  ///< looked at so far
  std::int64_t all = 0;
  /// In the last of a check: pictures learned from that look like one of val or test.
  std::int64_t nearCopies = 0;
};

struct EndEvent {
  bool stopped = false;  ///< else done
  std::int64_t iteration = 0;
  double bestMap50 = 0;
  bool finishedBefore = false;  ///< there was nothing left to do; then the log is as it was
  std::optional<double> bestTop1 = std::nullopt;  ///< of a classifier, instead
};

using TrainEvent =
    std::variant<BatchEvent, ValidationEvent, CheckpointEvent, MessageEvent, CheckEvent, EndEvent>;

/// The event as one JSON object on one line, and back; nothing for a line that is no
/// event.
std::string toJson(const TrainEvent& event);
std::optional<TrainEvent> trainEventFromJson(const std::string& line);

}  // namespace boxwright
