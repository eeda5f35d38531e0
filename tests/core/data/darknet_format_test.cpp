// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <string>

#include "core/base/error.h"
#include "core/data/open_dataset.h"
#include "core/data/text_labels.h"
#include "tests/core/data/dataset_folder.h"

namespace boxwright {
namespace {

TEST(LabelPaths, ReplaceWholeComponentsOnlyAndTheLastFirst) {
  EXPECT_EQ(labelPathsOf("/d/images/train/a.b.jpg"),
            (std::vector<std::string>{"/d/labels/train/a.b.txt", "/d/images/train/a.b.txt"}));
  EXPECT_EQ(labelPathsOf("/images/x/JPEGImages/a.jpg"),
            (std::vector<std::string>{"/images/x/labels/a.txt", "/labels/x/JPEGImages/a.txt",
                                      "/images/x/JPEGImages/a.txt"}));
  EXPECT_EQ(labelPathsOf("/my_images/images2/draw/a.jpg"),
            (std::vector<std::string>{"/my_images/images2/draw/a.txt"}));
  EXPECT_EQ(labelPathsOf("images/a"), (std::vector<std::string>{"labels/a.txt", "images/a.txt"}));
  EXPECT_EQ(labelPathsOf("a.jpg"), (std::vector<std::string>{"a.txt"}));
}

TEST(DarknetFormat, ReadsAnObjDataWithCrlfListsAndOddNames) {
  DatasetFolder folder;
  folder.picture("data/obj/a b.jpg");
  folder.picture("data/obj/ünï.png", 200, 100);
  folder.picture("data/obj/c.jpg");
  folder.picture("data/obj/unlisted.jpg");
  folder.text("data/obj/a b.txt", "1 0.5 0.5 0.2 0.4\r\n0 .25 .5 .1 .2\r\n");
  folder.text("data/obj/ünï.txt", "");
  folder.text("data/obj.names", "cat\r\ndog\r\n");
  folder.text("data/obj.data",
              "classes = 2\r\ntrain = data/train.txt\r\nvalid=data/test.txt\r\n"
              "names = data/obj.names\r\nbackup = backup/\r\n");
  folder.text("data/train.txt",
              "\xEF\xBB\xBF"
              "data/obj/a b.jpg\r\ndata\\obj\\ünï.png\r\n");
  folder.text("data/test.txt", "data/obj/c.jpg\r\ndata/obj/gone.jpg\r\ndata/obj.names\r\n");
  for (const auto& path : {folder / "data/obj.data", folder.path(), folder / "data/"}) {
    const Dataset d = openDataset(path);
    EXPECT_EQ(d.format, "darknet") << path;
    EXPECT_EQ(d.classes, (ClassNames{"cat", "dog"}));
    ASSERT_EQ(d.pictures.size(), 3U) << path;
    const std::string base = path == folder.path() ? "data/obj/" : "obj/";
    const Annotation& a = *pictureNamed(d, base + "a b.jpg").annotation;
    ASSERT_EQ(a.boxes.size(), 2U);
    EXPECT_EQ(a.boxes[0].classId, 1);
    EXPECT_NEAR(a.boxes[0].rect.left, 40, 1e-9);
    EXPECT_NEAR(a.boxes[0].rect.top, 15, 1e-9);
    EXPECT_NEAR(a.boxes[0].rect.right, 60, 1e-9);
    EXPECT_NEAR(a.boxes[0].rect.bottom, 35, 1e-9);
    EXPECT_EQ(a.boxes[1].id, 2U);
    EXPECT_EQ(pictureNamed(d, base + "ünï.png").annotation->state, LabelState::Negative);
    EXPECT_EQ(pictureNamed(d, base + "ünï.png").width, 200);
    EXPECT_EQ(pictureNamed(d, base + "c.jpg").annotation->state, LabelState::Unlabelled);
    EXPECT_EQ(d.splits.at("train").size(), 2U);
    EXPECT_EQ(d.splits.at("val").size(), 1U);
    const std::string list = path == folder.path() ? "data/test.txt" : "test.txt";
    EXPECT_TRUE(hasProblem(d, list, 2, "no picture 'data/obj/gone.jpg'")) << problemsOf(d);
    EXPECT_TRUE(hasProblem(d, list, 3, "is no picture")) << problemsOf(d);
    EXPECT_EQ(d.problems.size(), 2U) << problemsOf(d);
  }
}

TEST(DarknetFormat, OtherProgramsFilesAreNoHindrance) {
  DatasetFolder folder;
  folder.picture("a.jpg");
  folder.text("a.txt", "0 0.5 0.5 0.2 0.4\n");
  // A huge one, one that cannot be read (not even by root) and a YAML of the same kinds.
  folder.text("weights.data", "train = list.txt\n" + std::string(2 << 20, 'x'));
  std::filesystem::create_symlink("/proc/self/mem", folder / "memory.data");
  std::filesystem::create_symlink("/proc/self/mem", folder / "memory.yaml");
  folder.text("big.yaml", "names: [a]\ntrain: x\n#" + std::string(2 << 20, 'x'));
  const Dataset d = openDataset(folder.path());
  EXPECT_EQ(d.format, "darknet");
  EXPECT_EQ(d.pictures.size(), 1U);
  EXPECT_EQ(d.pictures[0].annotation->boxes.size(), 1U);
}

TEST(DarknetFormat, EveryFaultyRowIsTold) {
  DatasetFolder folder;
  folder.picture("images/a.jpg");
  folder.picture("images/allbad.jpg");
  folder.picture("images/cut.jpg", 300, 200);
  const auto cut = folder / "images/cut.jpg";
  std::filesystem::resize_file(cut, std::filesystem::file_size(cut) * 2 / 3);
  folder.text("images/dead.png", "");
  folder.text("classes.txt", "cat\ndog\ncat\n");
  folder.text("labels/a.txt",
              "0 0.5 0.5 0.2 0.2\n"
              "3 0.5 0.5 0.2 0.2\n"
              "0 0.5 0.5 0.2\n"
              "0 0.5 0.5 x 0.2\n"
              "0.5 0.5 0.5 0.2 0.2\n"
              "0 0.5 0.5 0 0.2\n"
              "1 0.9 0.5 0.4 0.2\n"
              "1 1.9 0.5 0.4 0.2\n"
              "-1 0.5 0.5 0.2 0.2\n"
              "1 0.5 0.5 0.2 0.2 0.75\n"
              "1 0.5 0.5 nan 0.2\n"
              "1\n");
  folder.text("labels/allbad.txt", "9 0.5 0.5 0.2 0.2\n");
  folder.text("labels/cut.txt", "0 0.5 0.5 0.2 0.2\n");
  folder.text("labels/dead.txt", "0 0.5 0.5 0.2 0.2\n");
  folder.text("labels/orphan.txt", "0 0.5 0.5 0.2 0.2\n");
  const Dataset d = openDataset(folder.path());
  const std::string all = problemsOf(d);
  EXPECT_EQ(d.format, "darknet");
  EXPECT_TRUE(hasProblem(d, "labels/a.txt", 2, "unknown class 3")) << all;
  EXPECT_TRUE(hasProblem(d, "labels/a.txt", 3, "4 numbers instead of 5")) << all;
  EXPECT_TRUE(hasProblem(d, "labels/a.txt", 4, "'x' is no number")) << all;
  EXPECT_TRUE(hasProblem(d, "labels/a.txt", 5, "no whole number")) << all;
  EXPECT_TRUE(hasProblem(d, "labels/a.txt", 6, "no area")) << all;
  EXPECT_TRUE(hasProblem(d, "labels/a.txt", 7, "sticks out")) << all;
  EXPECT_TRUE(hasProblem(d, "labels/a.txt", 8, "outside")) << all;
  EXPECT_TRUE(hasProblem(d, "labels/a.txt", 9, "unknown class -1")) << all;
  EXPECT_TRUE(hasProblem(d, "labels/a.txt", 11, "'nan' is no number")) << all;
  EXPECT_TRUE(hasProblem(d, "labels/a.txt", 12, "1 number instead of 5")) << all;
  EXPECT_TRUE(hasProblem(d, "labels/allbad.txt", 1, "unknown class 9")) << all;
  EXPECT_TRUE(hasProblem(d, "labels/orphan.txt", 0, "no picture for this label")) << all;
  EXPECT_TRUE(hasProblem(d, "classes.txt", 3, "stands twice")) << all;
  EXPECT_TRUE(hasProblem(d, "images/cut.jpg", 0, "damaged")) << all;
  EXPECT_TRUE(hasProblem(d, "images/dead.png", 0, "empty")) << all;
  EXPECT_EQ(d.problems.size(), 15U) << all;
  const Annotation& a = *pictureNamed(d, "images/a.jpg").annotation;
  ASSERT_EQ(a.boxes.size(), 3U);
  EXPECT_EQ(a.boxes[1].rect.right, 100);
  EXPECT_EQ(a.boxes[2].score, 0.75f);
  EXPECT_EQ(pictureNamed(d, "images/allbad.jpg").annotation->state, LabelState::Unlabelled);
  EXPECT_EQ(pictureNamed(d, "images/cut.jpg").annotation->state, LabelState::Labelled);
  EXPECT_EQ(pictureNamed(d, "images/dead.png").annotation->state, LabelState::Unlabelled);
}

TEST(DarknetFormat, WithoutNamesClassesAreNumbered) {
  DatasetFolder folder;
  folder.picture("a.jpg");
  folder.text("a.txt", "2 0.5 0.5 0.2 0.2\n");
  const Dataset d = openDataset(folder.path());
  EXPECT_EQ(d.format, "darknet");
  EXPECT_EQ(d.classes, (ClassNames{"0", "1", "2"}));
  EXPECT_TRUE(std::any_of(d.problems.begin(), d.problems.end(), [](const Problem& p) {
    return p.severity == Severity::Note && p.what.find("no names file") != std::string::npos;
  })) << problemsOf(d);
}

TEST(DarknetFormat, RowAtZeroIsAClassOfTheWholePicture) {
  DatasetFolder folder;
  folder.picture("a.jpg");
  folder.text("classes.txt", "cat\ndog\n");
  folder.text("a.txt", "1 0 0 0 0\n");
  const Dataset d = openDataset(folder.path());
  EXPECT_EQ(d.pictures[0].annotation->imageClasses, (std::vector<int>{1}));
  EXPECT_EQ(d.pictures[0].annotation->state, LabelState::Labelled);
  EXPECT_TRUE(d.pictures[0].annotation->boxes.empty());
}

TEST(DarknetFormat, FoldersNamedLikeSplitsAreSplits) {
  DatasetFolder folder;
  for (const char* split : {"train", "val", "test"}) {
    folder.picture(std::string("images/") + split + "/a.jpg");
    folder.text(std::string("labels/") + split + "/a.txt", "0 0.5 0.5 0.2 0.2\n");
  }
  folder.text("classes.txt", "cat\n");
  const Dataset d = openDataset(folder.path());
  EXPECT_EQ(d.format, "darknet");
  EXPECT_EQ(d.splits.size(), 3U);
  EXPECT_EQ(d.pictures[d.splits.at("val").at(0)].path, "images/val/a.jpg");
  EXPECT_TRUE(d.problems.empty()) << problemsOf(d);
}

TEST(DarknetFormat, ListWithoutAnyPictureIsAnError) {
  DatasetFolder folder;
  folder.text("obj.data", "train=train.txt\nnames=obj.names\n");
  folder.text("train.txt", "gone.jpg\n");
  folder.text("obj.names", "cat\n");
  try {
    openDataset(folder / "obj.data");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("gone.jpg"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace boxwright
