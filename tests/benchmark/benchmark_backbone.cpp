// SPDX-License-Identifier: GPL-3.0-or-later
// How many updates yolov2-nano needs to a given mAP50 on a small sample, from nothing and with the
// first 11 layers of a darknet-nano that has learned the sample with class folders: three seeds
// each, in turn, the same recipe and data. Everything is kept in FOLDER and taken up again.
//
//   benchmark_backbone FOLDER [PICTURES=200] [SIZE=160] [EPOCHS=20] [CLASS_EPOCHS=12]
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/open_dataset.h"
#include "core/data/sample_maker.h"
#include "core/train/trainer.h"

namespace {

namespace fs = std::filesystem;
using namespace boxwright;

constexpr int kSharedLayers = 11;
constexpr int kSeeds = 3;
constexpr int kClassPictures = 1600;
const std::vector<double> kTargets = {0.2, 0.3, 0.4, 0.5};

Dataset sample(const fs::path& folder, SampleKind kind, int images) {
  if (!fs::exists(folder)) makeSampleDataset(folder, {.kind = kind, .images = images, .seed = 1});
  return openDataset(folder);
}

/// The validations of a run, trained now where that has not been done yet.
std::vector<ValidationEvent> trained(const fs::path& folder, const RunSettings& settings,
                                     const Dataset& dataset) {
  const bool there = fs::exists(folder / "run.json");
  const Run run = there ? Run::open(folder) : *Run::create(folder, settings, dataset);
  if (!fs::exists(folder / "finished")) {
    TrainOptions options;
    options.resume = run.hasCheckpoint();
    train(run, dataset, options, {}, [&](const TrainEvent& event) {
      const auto* validation = std::get_if<ValidationEvent>(&event);
      if (!validation) return;
      std::printf("  %s %lld: %.3f\n", folder.filename().c_str(),
                  static_cast<long long>(validation->iteration),
                  validation->top1.value_or(validation->map50));
      std::fflush(stdout);
    });
    std::ofstream(folder / "finished") << "\n";
  }
  std::vector<ValidationEvent> validations;
  std::ifstream log(folder / "metrics.jsonl");
  for (std::string line; std::getline(log, line);) {
    const std::optional<TrainEvent> event = trainEventFromJson(line);
    const auto* validation = event ? std::get_if<ValidationEvent>(&*event) : nullptr;
    if (validation) validations.push_back(*validation);
  }
  return validations;
}

/// The first update after which the mAP50 is reached; where it is not, 0.
std::int64_t updatesTo(double target, const std::vector<ValidationEvent>& validations) {
  for (const ValidationEvent& validation : validations)
    if (validation.map50 >= target) return validation.iteration;
  return 0;
}

/// Of three; a run that never came there counts as the longest.
std::string medianText(std::vector<std::int64_t> updates) {
  for (std::int64_t& value : updates)
    if (value == 0) value = INT64_MAX;
  std::sort(updates.begin(), updates.end());
  const std::int64_t middle = updates[updates.size() / 2];
  return middle == INT64_MAX ? "-" : std::to_string(middle);
}

int numberAt(int count, char** words, int place, int fallback) {
  return count > place ? std::atoi(words[place]) : fallback;
}

int work(int count, char** words) {
  if (count < 2) {
    std::fprintf(stderr, "benchmark_backbone FOLDER [PICTURES] [SIZE] [EPOCHS] [CLASS_EPOCHS]\n");
    return 2;
  }
  const fs::path folder = words[1];
  const int pictures = numberAt(count, words, 2, 200), size = numberAt(count, words, 3, 160);
  const int epochs = numberAt(count, words, 4, 20), classEpochs = numberAt(count, words, 5, 12);
  fs::create_directories(folder);

  RunSettings classifier;
  classifier.model = "darknet-nano";
  classifier.size = 96;
  classifier.epochs = classEpochs;
  const Dataset shapes = sample(folder / "shapes", SampleKind::Classes, kClassPictures);
  const std::vector<ValidationEvent> learned = trained(folder / "classifier", classifier, shapes);
  std::printf("darknet-nano at %d, %d epochs: top-1 %.3f\n", classifier.size, classEpochs,
              learned.empty() ? 0 : learned.back().top1.value_or(0));

  const Dataset boxes = sample(folder / "boxes", SampleKind::Boxes, pictures);
  std::vector<std::vector<ValidationEvent>> curves[2];
  for (int seed = 1; seed <= kSeeds; ++seed) {
    for (const bool pretrained : {false, true}) {
      RunSettings settings;
      settings.size = size;
      settings.epochs = epochs;
      settings.seed = static_cast<std::uint64_t>(seed);
      if (pretrained) {
        settings.init = utf8(folder / "classifier" / "weights" / "best.weights");
        settings.initLayers = kSharedLayers;
      }
      const std::string name = (pretrained ? "backbone-" : "random-") + std::to_string(seed);
      curves[pretrained].push_back(trained(folder / name, settings, boxes));
    }
  }
  std::printf("\nUpdates to mAP50 (validation after each epoch), seeds 1 to %d, and the median:\n",
              kSeeds);
  for (const double target : kTargets) {
    for (const bool pretrained : {false, true}) {
      std::vector<std::int64_t> updates;
      for (const auto& curve : curves[pretrained])
        updates.push_back(updatesTo(target, curve));
      std::printf("  %.1f  %-9s", target, pretrained ? "backbone" : "random");
      for (const std::int64_t value : updates)
        std::printf(" %6s", value == 0 ? "-" : std::to_string(value).c_str());
      std::printf("   median %s\n", medianText(updates).c_str());
    }
  }
  for (const bool pretrained : {false, true}) {
    std::printf("Last mAP50, %-9s", pretrained ? "backbone" : "random");
    for (const auto& curve : curves[pretrained])
      std::printf(" %.3f", curve.empty() ? 0 : curve.back().map50);
    std::printf("\n");
  }
  return 0;
}

}  // namespace

int main(int count, char** words) {
  try {
    return work(count, words);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
