// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/box_losses.h"

#include <algorithm>
#include <iostream>
#include <set>
#include <utility>

#include "core/base/random.h"
#include "core/data/open_dataset.h"
#include "core/data/sample_maker.h"
#include "core/network/run_files.h"
#include "training_fixture.h"

namespace boxwright {
namespace {

LoaderPicture pictureOf(const std::string& name, std::initializer_list<int> sources) {
  LoaderPicture picture{name, name, {}};
  for (const int source : sources)
    picture.truths.push_back({{0.5, 0.5, 0.1 + 0.1 * source, 0.2}, 0, source});
  return picture;
}

TEST(BoxLosses, AreRunningMeansThatGoThereAndBack) {
  const std::vector<LoaderPicture> pictures = {pictureOf("a", {0, 2}), pictureOf("b", {1})};
  BoxLosses losses(pictures);
  losses.add(0, 2, 4);
  losses.add(0, 2, 2);
  losses.add(1, 1, 10);
  const std::vector<float> state = losses.state();
  ASSERT_EQ(10U, state.size());  // a's labels 0 to 2, b's 0 and 1
  EXPECT_EQ((std::vector<float>{0, 0, 0, 0, 2, 3, 0, 0, 1, 10}), state);
  BoxLosses again(pictures);
  again.restore(state);
  again.add(0, 2, 9);
  losses.add(0, 2, 9);
  EXPECT_EQ(losses.state(), again.state());
  EXPECT_EQ(5.0F, again.state()[5]);
  // What was long ago fades: after many visits of 1 the mean is near 1.
  for (int i = 0; i < 200; ++i)
    again.add(0, 2, 1);
  EXPECT_NEAR(1, again.state()[5], 1e-3);
  again.restore(std::vector<float>{1, 2});
  EXPECT_EQ(std::vector<float>(10), again.state());
}

TEST_F(Training, EveryBoxThatWasLearnedFromIsInTheRecord) {
  settings_.epochs = 6;
  const TrainingRun run = create("run");
  go(run);
  const std::vector<SuspectLabel> all = suspectLabels(run.folder(), dataset_);
  std::size_t boxes = 0;
  for (const std::size_t picture : dataset_.splits.at("train"))
    boxes += dataset_.pictures[picture].annotation->boxes.size();
  // Where two share a cell and anchor, one of them may never be seen.
  EXPECT_LE(all.size(), boxes);
  EXPECT_GE(all.size(), boxes * 9 / 10);
  for (std::size_t i = 1; i < all.size(); ++i)
    EXPECT_GE(all[i - 1].loss, all[i].loss);
  EXPECT_DOUBLE_EQ(1, all.back().share);

  // A label that is changed is no longer spoken of.
  Dataset changed = dataset_;
  Picture& picture = changed.pictures[all.front().picture];
  Annotation annotation = *picture.annotation;
  for (Box& box : annotation.boxes)
    box.rect.left += 1;
  const std::size_t gone = annotation.boxes.size();
  picture.annotation = std::make_shared<const Annotation>(std::move(annotation));
  const std::vector<SuspectLabel> fewer = suspectLabels(run.folder(), changed);
  EXPECT_LT(fewer.size(), all.size());
  EXPECT_GE(fewer.size() + gone, all.size());
  for (const SuspectLabel& suspect : fewer)
    EXPECT_NE(suspect.picture, all.front().picture);

  writeFileAtomically(run.folder() / kBoxLossesFile, "{\"picture\":");
  EXPECT_THROW(suspectLabels(run.folder(), dataset_), Error);
  std::filesystem::remove(run.folder() / kBoxLossesFile);
  EXPECT_TRUE(suspectLabels(run.folder(), dataset_).empty());
}

TEST_F(Training, AResumedRunHasTheSameRecord) {
  const TrainingRun whole = create("whole"), parts = create("parts");
  go(whole);
  go(parts, 7);
  go(TrainingRun::open(parts.folder()), 0, {.resume = true});
  EXPECT_EQ(readFile(whole.folder() / kBoxLossesFile), readFile(parts.folder() / kBoxLossesFile));
}

/// One label in twenty of the training says the wrong class. How many of them are in the twentieth
/// whose loss stayed highest?
TEST_F(Training, LabelsOfTheWrongClassRiseToTheTop) {
  dataset_ = smallDataset(scratch_ / "many", 200);
  settings_.epochs = 40;
  RandomStream random(11, "label faults");
  std::set<std::pair<std::size_t, std::uint32_t>> planted;
  std::size_t boxes = 0;
  for (const std::size_t picture : dataset_.splits.at("train")) {
    Annotation annotation = *dataset_.pictures[picture].annotation;
    for (Box& box : annotation.boxes) {
      ++boxes;
      if (random.uniform() >= 0.05) continue;
      box.classId = 1 - box.classId;
      planted.emplace(picture, box.id);
    }
    dataset_.pictures[picture].annotation =
        std::make_shared<const Annotation>(std::move(annotation));
  }
  const TrainingRun run = create("run");
  go(run);
  std::size_t found = 0;
  std::vector<SuspectLabel> all = suspectLabels(run.folder(), dataset_);
  ASSERT_GT(planted.size(), 5U);
  all.resize(std::min(all.size(), planted.size()));
  for (const SuspectLabel& suspect : all)
    found += planted.contains({suspect.picture, suspect.box}) ? 1 : 0;
  std::cout << "  " << found << " of " << planted.size() << " planted faults among the "
            << planted.size() << " highest losses of " << boxes << " boxes\n";
  EXPECT_GE(found * 10, planted.size() * 7);
}

}  // namespace
}  // namespace boxwright
