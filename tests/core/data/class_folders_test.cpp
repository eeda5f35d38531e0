// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "core/base/error.h"
#include "core/data/open_dataset.h"
#include "core/data/path_classes.h"
#include "tests/core/data/dataset_folder.h"
#include "tests/error_of.h"

namespace boxwright {
namespace {

std::vector<int> classesOf(const Dataset& dataset, const std::string& path) {
  return pictureNamed(dataset, path).annotation->imageClasses;
}

TEST(ClassFolders, EachFolderIsAClass) {
  DatasetFolder folder;
  folder.picture("dog/b.jpg", 30, 20);
  folder.picture("cat/a.png");
  folder.picture("cat/more/c.jpg");
  const Dataset d = openDataset(folder.path());
  EXPECT_EQ(d.format, "class-folders");
  EXPECT_EQ(d.classes, (ClassNames{"cat", "dog"}));
  ASSERT_EQ(d.pictures.size(), 3U);
  EXPECT_EQ(classesOf(d, "cat/a.png"), (std::vector<int>{0}));
  EXPECT_EQ(classesOf(d, "cat/more/c.jpg"), (std::vector<int>{0}));
  EXPECT_EQ(classesOf(d, "dog/b.jpg"), (std::vector<int>{1}));
  const Picture& dog = pictureNamed(d, "dog/b.jpg");
  EXPECT_EQ(dog.annotation->state, LabelState::Labelled);
  EXPECT_TRUE(dog.annotation->classesOnly());
  EXPECT_EQ(dog.width, 30);
  EXPECT_TRUE(d.splits.empty());
  EXPECT_TRUE(d.problems.empty()) << problemsOf(d);
  const DatasetStatistics statistics = statisticsOf(d);
  EXPECT_EQ(statistics.classesOnly, 3U);
  EXPECT_EQ(statistics.classes[0].images, 2U);
}

TEST(ClassFolders, SplitsAreFoldersAroundThem) {
  DatasetFolder folder;
  folder.picture("Train/cat/a.jpg");
  folder.picture("Train/dog/b.jpg");
  folder.picture("valid/cat/c.jpg");
  folder.picture("test/dog/d.jpg");
  folder.picture("test/emu/e.jpg");
  const Dataset d = openDataset(folder.path());
  EXPECT_EQ(d.format, "class-folders");
  EXPECT_EQ(d.classes, (ClassNames{"cat", "dog", "emu"}));
  EXPECT_EQ(d.splits.at("train").size(), 2U);
  EXPECT_EQ(d.splits.at("val").size(), 1U);
  EXPECT_EQ(d.splits.at("test").size(), 2U);
  EXPECT_EQ(classesOf(d, "test/emu/e.jpg"), (std::vector<int>{2}));
  EXPECT_TRUE(hasProblem(d, "emu", 0, "no pictures to learn from")) << problemsOf(d);
}

TEST(ClassFolders, OneFolderRoundEverythingIsPassedOver) {
  DatasetFolder folder;
  folder.picture("flowers/train/daisy/a.jpg");
  folder.picture("flowers/val/rose/b.jpg");
  Dataset d = openDataset(folder.path());
  EXPECT_EQ(d.format, "class-folders");
  EXPECT_EQ(d.classes, (ClassNames{"daisy", "rose"}));
  EXPECT_EQ(d.splits.at("val").size(), 1U);
  DatasetFolder plain;
  plain.picture("archive/flowers/daisy/a.jpg");
  plain.picture("archive/flowers/rose/b.jpg");
  d = openDataset(plain.path());
  EXPECT_EQ(d.classes, (ClassNames{"daisy", "rose"}));
  EXPECT_TRUE(d.splits.empty());
}

TEST(ClassFolders, AreNotSeenInOtherLayouts) {
  const auto formatOf = [](const std::vector<std::string>& pictures,
                           const std::vector<std::string>& texts = {}) {
    DatasetFolder folder;
    for (const std::string& name : pictures)
      folder.picture(name);
    for (const std::string& name : texts)
      folder.text(name, "");
    return openDataset(folder.path()).format;
  };
  // Pictures not labelled yet.
  EXPECT_EQ(formatOf({"a.jpg", "b.jpg"}), "images");
  EXPECT_EQ(formatOf({"one/a.jpg", "one/b.jpg"}), "images");
  EXPECT_EQ(formatOf({"a.jpg", "cat/b.jpg", "dog/c.jpg"}), "images");
  EXPECT_EQ(formatOf({"images/cat/b.jpg", "images/dog/c.jpg"}), "images");
  EXPECT_EQ(formatOf({"images/train/b.jpg", "images/val/c.jpg"}), "images");
  EXPECT_EQ(formatOf({"train/images/b.jpg", "val/images/c.jpg"}), "images");
  EXPECT_EQ(formatOf({"train/b.jpg", "val/c.jpg"}), "images");
  EXPECT_EQ(formatOf({"JPEGImages/b.jpg", "masks/b.png"}), "images");
  EXPECT_EQ(formatOf({"camera 1/b.jpg", "camera 2/c.jpg"}), "images");
  EXPECT_EQ(formatOf({"2024-05-01/b.jpg", "2024-05-02/c.jpg"}), "images");
  // Labels with boxes say what it is, whatever the folders are called.
  EXPECT_EQ(formatOf({"cat/b.jpg", "dog/c.jpg"}, {"cat/b.txt"}), "darknet");
  // Numbers and synsets are names like others.
  EXPECT_EQ(formatOf({"0/b.jpg", "1/c.jpg"}), "class-folders");
  EXPECT_EQ(formatOf({"n01440764/b.jpg", "n01443537/c.jpg"}), "class-folders");
  EXPECT_EQ(formatOf({"class 1/b.jpg", "class 2/c.jpg"}), "class-folders");
}

TEST(ClassFolders, AskedForTheyAreTakenAsTheyAre) {
  DatasetFolder folder;
  folder.picture("camera 1/a.jpg");
  folder.picture("camera 2/b.jpg");
  folder.picture("c.jpg");
  OpenOptions options;
  options.format = "class-folders";
  const Dataset d = openDataset(folder.path(), options);
  EXPECT_EQ(d.classes, (ClassNames{"camera 1", "camera 2"}));
  EXPECT_EQ(pictureNamed(d, "c.jpg").annotation->state, LabelState::Unlabelled);
  EXPECT_TRUE(hasProblem(d, "c.jpg", 0, "no class's folder"));
  DatasetFolder flat;
  flat.picture("a.jpg");
  EXPECT_NE(errorOf([&] { openDataset(flat.path(), options); }).find("no folders that could be"),
            std::string::npos);
}

TEST(PathClassesTest, TheLabelInThePathCounts) {
  const PathClasses classes({"car", "cart", "dog"});
  EXPECT_EQ(std::get<int>(classes.classOf("train/12_car.png")), 0);
  EXPECT_EQ(std::get<int>(classes.classOf("train/12_cart.png")), 1);
  EXPECT_EQ(std::get<int>(classes.classOf("dog/1.png")), 2);
  EXPECT_NE(std::get<std::string>(classes.classOf("cow/1.png")).find("no label"),
            std::string::npos);
  EXPECT_NE(std::get<std::string>(classes.classOf("dog/car.png")).find("both labels"),
            std::string::npos);
  // In any order of the labels.
  const PathClasses other({"dog", "cart", "car"});
  EXPECT_EQ(std::get<int>(other.classOf("a/cart.png")), 1);
  EXPECT_TRUE(std::holds_alternative<std::string>(other.classOf("dog/cart.png")));
}

TEST(DarknetClassifierData, ListsAndLabelsGiveClasses) {
  DatasetFolder folder;
  for (const char* name :
       {"train/0_frog.png", "train/1_ship.png", "test/0_ship.png", "test/9_what.png"})
    folder.picture(std::string("data/") + name);
  folder.text("data/train.list", "data/train/0_frog.png\ndata/train/1_ship.png\n");
  folder.text("data/test.list", "data/test/0_ship.png\ndata/test/9_what.png\n");
  folder.text("data/labels.list", "_frog\n_ship\n");
  folder.text("data/pretty.txt", "tree frog\nsteam ship\n");
  folder.text("data/small.data",
              "classes=2\ntrain = data/train.list\nvalid = data/test.list\n"
              "labels = data/labels.list\nnames = data/pretty.txt\nbackup = backup/\ntop=2\n");
  for (const auto& path : {folder / "data/small.data", folder.path()}) {
    const Dataset d = openDataset(path);
    EXPECT_EQ(d.format, "darknet");
    EXPECT_EQ(d.classes, (ClassNames{"tree frog", "steam ship"}));
    const std::string base = path == folder.path() ? "data/" : "";
    EXPECT_EQ(classesOf(d, base + "train/0_frog.png"), (std::vector<int>{0}));
    EXPECT_EQ(classesOf(d, base + "test/0_ship.png"), (std::vector<int>{1}));
    EXPECT_EQ(d.splits.at("val").size(), 2U);
    EXPECT_EQ(pictureNamed(d, base + "test/9_what.png").annotation->state, LabelState::Unlabelled);
    EXPECT_TRUE(hasProblem(d, base + "test/9_what.png", 0, "no label occurs")) << problemsOf(d);
  }
  // Without names the labels are the names.
  folder.text("data/small.data",
              "train = data/train.list\nvalid = data/test.list\nlabels = data/labels.list\n");
  EXPECT_EQ(openDataset(folder / "data/small.data").classes, (ClassNames{"_frog", "_ship"}));
  folder.text("data/small.data", "train = data/train.list\nlabels = data/gone.list\n");
  EXPECT_NE(errorOf([&] { openDataset(folder / "data/small.data"); }).find("labels file"),
            std::string::npos);
}

}  // namespace
}  // namespace boxwright
