// SPDX-License-Identifier: GPL-3.0-or-later
// Training on pictures with boxes and pictures of which the class alone is known, over a class
// tree.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "core/network/model.h"
#include "core/network/network_tree.h"
#include "core/network/run_files.h"
#include "core/taxonomy/class_map.h"
#include "core/train/box_losses.h"
#include "training_fixture.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// The small dataset over a tree: thing; below it square and bar. Every fourth picture of training
/// and validation has lost its boxes, and is known by one of its classes.
class JointTraining : public Training {
 protected:
  void SetUp() override {
    Training::SetUp();
    tree_ = std::make_shared<const ClassTree>(ClassNames{"thing", "square", "bar"},
                                              std::vector<int>{-1, 0, 0});
    dataset_.classTree = tree_;
    dataset_.classes = tree_->labels();
    std::size_t number = 0;
    for (const char* const split : {"train", "val", "test"}) {
      for (const std::size_t i : dataset_.splits.at(split)) {
        Annotation annotation = *dataset_.pictures[i].annotation;
        for (Box& box : annotation.boxes)
          ++box.classId;
        if (number++ % 4 == 3) {
          annotation.imageClasses = {annotation.boxes.front().classId};
          annotation.boxes.clear();
        }
        dataset_.pictures[i].annotation = std::make_shared<const Annotation>(annotation);
      }
    }
  }

  std::shared_ptr<const ClassTree> tree_;
};

TEST_F(JointTraining, LearnsFromBothAndTellsBoth) {
  const TrainingRun run = create("run");
  EXPECT_EQ(readClassTree(run.folder() / kRunTreeFile), *tree_);
  EXPECT_EQ(readClassMap(run.folder() / kRunBoxedFile, 3, "the tree"), (ClassMap{1, 2}));
  go(run);
  const auto batches = of<BatchEvent>();
  ASSERT_FALSE(batches.empty());
  double classOnly = 0;
  for (const BatchEvent& batch : batches) {
    ASSERT_TRUE(batch.lossClassOnly.has_value());
    classOnly += *batch.lossClassOnly;
    EXPECT_NEAR(batch.loss,
                batch.lossBox + batch.lossObjectness + batch.lossNoObject + batch.lossClass +
                    *batch.lossClassOnly,
                1e-9);
  }
  EXPECT_GT(classOnly, 0);
  const auto validations = of<ValidationEvent>();
  ASSERT_FALSE(validations.empty());
  EXPECT_TRUE(validations.back().wholeTop1.has_value());
  EXPECT_FALSE(validations.back().top1.has_value());
  for (const ValidationEvent::ClassAp& entry : validations.back().classes)
    EXPECT_NE(entry.name, "thing") << "no box is labelled so";
  EXPECT_TRUE(said("Joint training over a tree of 3 classes"));
  EXPECT_TRUE(fs::exists(run.folder() / "weights/last.weights"));

  const Model model = openRunModel(run.folder());
  ASSERT_NE(classTreeOf(model.network), nullptr);
  EXPECT_EQ(*classTreeOf(model.network), *tree_);
  EXPECT_EQ(model.boxedClasses, (std::vector<int>{1, 2}));
}

TEST_F(JointTraining, TheClassOfAWholePictureIsNoLabelledBox) {
  settings_.epochs = 6;
  const TrainingRun run = create("run");
  go(run);
  const std::vector<SuspectLabel> suspects = suspectLabels(run.folder(), dataset_);
  EXPECT_FALSE(suspects.empty());
  for (const SuspectLabel& label : suspects)
    EXPECT_FALSE(dataset_.pictures[label.picture].annotation->classesOnly());
}

TEST_F(JointTraining, TellsOfEveryNodeWithBoxesOrPictures) {
  const TrainingRun run = create("run");
  go(run);
  std::size_t boxes = 0, pictures = 0;
  for (const std::size_t i : dataset_.splits.at("val")) {
    boxes += dataset_.pictures[i].annotation->boxes.size();
    pictures += dataset_.pictures[i].annotation->classesOnly() ? 1 : 0;
  }
  ASSERT_GT(pictures, 0U);
  const ValidationEvent last = of<ValidationEvent>().back();
  ASSERT_EQ(last.nodes.size(), 3U) << "thing, and the two within it";
  const ValidationEvent::NodeResult& thing = last.nodes.front();
  EXPECT_EQ(thing.name, "thing");
  EXPECT_EQ(thing.truths, boxes);
  EXPECT_EQ(thing.pictures, pictures);
  EXPECT_EQ(thing.top1, 1.0) << "there is no other root";
  double found = 0;
  for (const ValidationEvent::NodeResult& node : last.nodes) {
    if (node.node > 0 && node.top1) found += *node.top1 * double(node.pictures);
    for (const ValidationEvent::ClassAp& entry : last.classes)
      if (entry.name == node.name) {
        EXPECT_EQ(entry.ap, node.ap) << "scored with the rest of the tree or alone: " << node.name;
      }
  }
  EXPECT_NEAR(found / double(pictures), *last.wholeTop1, 1e-9);
  // The log has it as well.
  const auto line = nlohmann::json::parse(toJson(TrainEvent(last)));
  bool logged = false;
  for (const std::string& kept : numbersOf(run))
    logged = logged || nlohmann::json::parse(kept) == line;
  EXPECT_TRUE(logged);
}

TEST_F(JointTraining, StoppedAndResumedItEqualsOneThatRanThrough) {
  settings_.adjustments.push_back("mix=2");
  const TrainingRun whole = create("whole");
  go(whole);
  const TrainingRun parts = create("parts");
  go(parts, 3);
  TrainOptions resume;
  resume.resume = true;
  go(parts, 0, resume);
  EXPECT_EQ(numbersOf(whole), numbersOf(parts));
  EXPECT_EQ(readFile(whole.folder() / "weights/last.weights"),
            readFile(parts.folder() / "weights/last.weights"));
}

TEST_F(JointTraining, ClassesOfPicturesChangeWhatIsLearned) {
  const TrainingRun first = create("first");
  go(first);
  for (Picture& picture : dataset_.pictures) {
    if (!picture.annotation->classesOnly()) continue;
    Annotation other = *picture.annotation;
    other.imageClasses = {3 - other.imageClasses.front()};
    picture.annotation = std::make_shared<const Annotation>(other);
  }
  const TrainingRun second = create("second");
  go(second);
  EXPECT_NE(readFile(first.folder() / "weights/last.weights"),
            readFile(second.folder() / "weights/last.weights"));
}

TEST_F(JointTraining, WithoutATreePicturesWithoutBoxesAreLeftOut) {
  dataset_.classTree = nullptr;
  const TrainingRun run = create("flat");
  go(run, 2);
  EXPECT_TRUE(said("pictures that have classes but no boxes"));
  EXPECT_FALSE(fs::exists(run.folder() / kRunTreeFile));
}

}  // namespace
}  // namespace boxwright
