// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/validator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/compute/session.h"
#include "core/detect/detector.h"
#include "core/evaluate/evaluate_model.h"
#include "core/image/codec.h"
#include "core/network/network.h"
#include "small_world.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

Model tinyModel(const TemporaryFolder& scratch, const Dataset& dataset) {
  std::vector<Problem> problems;
  Model model;
  model.network = buildNetwork(readCfg(tinyNetwork(scratch.path()), problems), problems);
  model.names = dataset.classes;
  model.inputRule = InputRule::Plain;
  initialiseWeights(model.network, 5);
  return model;
}

TEST(Validator, CountsThePicturesThatEvaluateCounts) {
  const TemporaryFolder scratch;
  const Dataset dataset = smallDataset(scratch / "data", 60);
  const std::vector<std::size_t> val = dataset.splits.at("val");
  ASSERT_EQ(val.size(), 12U);
  // One ends early, one is no picture at all.
  const std::filesystem::path damaged = dataset.absolutePath(val[1]);
  const std::string bytes = encodeImage(decodeImage(damaged).image, ".jpg");
  writeFileAtomically(damaged, bytes.substr(0, bytes.size() * 2 / 3));
  writeFileAtomically(dataset.absolutePath(val[3]), "no picture");

  Model model = tinyModel(scratch, dataset);

  Detector detector(model, {.device = "cpu", .threads = 1});
  const EvaluateOutput evaluated = evaluateModel(detector, dataset, val, {}, {}, {});
  ASSERT_EQ(evaluated.pictures.size(), 11U);
  std::size_t found = 0;
  for (const PictureResult& picture : evaluated.pictures)
    found += picture.detections.size();
  ASSERT_GT(found, 0U) << "the comparison needs detections";

  PictureCache cache(1 << 20);
  const std::unique_ptr<Backend> backend = openBackend("cpu", 1);
  Parameters parameters(*backend, model.network, true);
  Validator validator(dataset, val, *backend, cache, CoordinateWeight::TwoMinusArea, 1);
  for (int time = 0; time < 2; ++time) {
    const std::optional<Validator::Result> result = validator.measure(model, parameters, {});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->pictures, evaluated.pictures.size());
    EXPECT_NEAR(result->score.map50, evaluated.result.map50, 1e-6);
    ASSERT_EQ(result->score.classes.size(), evaluated.result.classes.size());
    for (std::size_t c = 0; c < result->score.classes.size(); ++c)
      EXPECT_EQ(result->score.classes[c].truths, evaluated.result.classes[c].truths);
    const std::vector<std::string> faults = validator.takeFaults();
    if (time > 0) {
      EXPECT_TRUE(faults.empty()) << "told again: " << faults.front();
      continue;
    }
    ASSERT_EQ(faults.size(), 2U);
    EXPECT_NE(faults[0].find("counted in validation: " + dataset.pictures[val[1]].path),
              std::string::npos)
        << faults[0];
    EXPECT_NE(faults[1].find("Left out of validation: " + dataset.pictures[val[3]].path),
              std::string::npos)
        << faults[1];
  }
  // What learning refuses it still refuses, though it lies in the cache for scoring.
  EXPECT_THROW(cache.get(damaged, 0), Error);
}

TEST(Validator, OfAPartOfThePicturesFindsOfAllClassesCount) {
  const TemporaryFolder scratch;
  Dataset dataset = smallDataset(scratch / "data", 60);
  dataset.classTree =
      std::make_shared<const ClassTree>(ClassNames{"square", "bar"}, std::vector<int>{-1, -1});
  std::vector<std::size_t> val = dataset.splits.at("val");
  const auto onlySquares = [&](std::size_t index) {
    const std::vector<Box>& boxes = dataset.pictures[index].annotation->boxes;
    return std::all_of(boxes.begin(), boxes.end(), [](const Box& box) { return box.classId == 0; });
  };
  std::stable_partition(val.begin(), val.end(), onlySquares);
  ASSERT_TRUE(onlySquares(val.front()));
  ASSERT_FALSE(onlySquares(val.back()));

  Model model = tinyModel(scratch, dataset);
  RegionLayer& region = std::get<RegionLayer>(model.network.layers.back().kind);
  region.classTree = dataset.classTree;
  std::vector<float>& biases = model.network.layers[model.network.layers.size() - 2].weights.biases;
  for (std::size_t at = 0; at < biases.size(); at += 7) {
    biases[at + 4] = 5;  // there is an object,
    biases[at + 6] = 5;  // and it is a bar
  }

  PictureCache cache(1 << 20);
  const std::unique_ptr<Backend> backend = openBackend("cpu", 1);
  Parameters parameters(*backend, model.network, true);
  Validator validator(dataset, val, *backend, cache, CoordinateWeight::TwoMinusArea, 1);
  const std::optional<Validator::Result> result = validator.measure(model, parameters, {}, 1);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->pictures, 1U);
  EXPECT_GT(result->score.classes[1].falsePositives, 0U);
}

}  // namespace
}  // namespace boxwright
