// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "core/base/error.h"
#include "core/data/open_dataset.h"
#include "tests/core/data/dataset_folder.h"

namespace boxwright {
namespace {

/// images/ and labels/ with a picture for each split.
void fill(const DatasetFolder& folder, const std::string& base) {
  for (const char* split : {"train", "val"}) {
    folder.picture(base + "images/" + split + "/p 1.jpg");
    folder.text(base + "labels/" + split + "/p 1.txt", "1 0.5 0.5 0.2 0.4\n");
    folder.picture(base + "images/" + split + "/blank.png");
    folder.text(base + "labels/" + split + "/blank.txt", "\r\n");
  }
}

TEST(UltralyticsFormat, ReadsFoldersListsAndBothKindsOfNames) {
  for (const std::string names :
       {"names: [cat, 'big dog']\n", "names:\n  0: cat\n  1: big dog\n"}) {
    DatasetFolder folder;
    fill(folder, "");
    folder.text("val.txt", "./images/val/p 1.jpg\r\n./images/val/blank.png\r\n");
    folder.text("data.yaml", "path: .\ntrain: images/train\nval: val.txt\ntest:\nnc: 2\n" + names);
    for (const auto& path : {folder.path(), folder / "data.yaml"}) {
      const Dataset d = openDataset(path);
      EXPECT_EQ(d.format, "ultralytics");
      EXPECT_EQ(d.classes, (ClassNames{"cat", "big dog"}));
      EXPECT_TRUE(d.problems.empty()) << problemsOf(d);
      ASSERT_EQ(d.pictures.size(), 4U);
      EXPECT_EQ(d.splits.at("train").size(), 2U);
      EXPECT_EQ(d.splits.at("val").size(), 2U);
      const Annotation& a = *pictureNamed(d, "images/val/p 1.jpg").annotation;
      ASSERT_EQ(a.boxes.size(), 1U);
      EXPECT_EQ(a.boxes[0].classId, 1);
      EXPECT_NEAR(a.boxes[0].rect.top, 15, 1e-9);
      EXPECT_EQ(pictureNamed(d, "images/train/blank.png").annotation->state, LabelState::Negative);
    }
  }
}

TEST(UltralyticsFormat, ManyFaultsCostNoMoreThanTheyAre) {
  DatasetFolder folder;
  folder.picture("images/train/a.jpg");
  std::string rows;
  for (int i = 0; i < 60000; ++i)
    rows += "7 0.5 0.5 0.2 0.4\n";
  folder.text("labels/train/a.txt", rows);
  // Named twice: the label without a picture is told of once.
  folder.text("labels/train/alone.txt", "0 0.5 0.5 0.2 0.4\n");
  folder.text("data.yaml", "train: [images/train, images/train]\nval: images/train\nnames: [a]\n");
  const auto begin = std::chrono::steady_clock::now();
  const Dataset d = openDataset(folder.path());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(4));
  EXPECT_GE(d.problems.size(), 60001U);
  EXPECT_EQ(std::count_if(
                d.problems.begin(), d.problems.end(),
                [](const Problem& problem) { return problem.file == "labels/train/alone.txt"; }),
            1)
      << d.problems.back().file;
}

TEST(UltralyticsFormat, TakesWhatServicesExport) {
  // The picture folders lie beside the file though it says "../".
  DatasetFolder folder;
  for (const char* split : {"train", "valid"}) {
    folder.picture(std::string(split) + "/images/a.jpg");
    folder.text(std::string(split) + "/labels/a.txt", "0 0.5 0.5 0.2 0.4\n");
  }
  folder.text("README.dataset.txt", "words");
  folder.text("data.yaml",
              "train: ../train/images\nval: ../valid/images\ntest: ../test/images\n\nnc: 1\n"
              "names: ['cell']\n");
  const Dataset d = openDataset(folder.path());
  EXPECT_EQ(d.pictures.size(), 2U);
  EXPECT_EQ(d.splits.at("val").size(), 1U);
  EXPECT_TRUE(hasProblem(d, "data.yaml", 3, "neither a folder nor a list")) << problemsOf(d);
  EXPECT_EQ(d.problems.size(), 1U) << problemsOf(d);
}

TEST(UltralyticsFormat, FollowsPathOutOfItsFolder) {
  DatasetFolder folder;
  fill(folder, "pool/");
  folder.text("config/data.yaml",
              "path: ../pool\ntrain: [images/train, images/val]\nval: images/val\nnames: [a, b]\n");
  folder.text("pool/labels/train/orphan.txt", "0 0.5 0.5 0.2 0.4\n");
  const Dataset d = openDataset(folder / "config/data.yaml");
  ASSERT_EQ(d.pictures.size(), 4U);
  EXPECT_EQ(d.splits.at("train").size(), 4U);
  for (std::size_t i = 0; i < d.pictures.size(); ++i) {
    EXPECT_TRUE(std::filesystem::exists(d.absolutePath(i)));
    EXPECT_NE(d.pictures[i].annotation->state, LabelState::Unlabelled);
  }
  EXPECT_EQ(d.problems.size(), 1U) << problemsOf(d);
  EXPECT_NE(d.problems[0].what.find("both in train and in val"), std::string::npos);
}

TEST(UltralyticsFormat, TellsFaultsOfTheFile) {
  DatasetFolder folder;
  fill(folder, "");
  folder.text("data.yaml",
              "path: /nowhere/at/all\ntrain: images/train\nval: images/none\nnc: 5\n"
              "names:\n  0: cat\n  2: cat\n");
  const Dataset d = openDataset(folder.path());
  const std::string all = problemsOf(d);
  EXPECT_EQ(d.classes, (ClassNames{"cat", "1", "cat"}));
  EXPECT_TRUE(hasProblem(d, "data.yaml", 1, "is not there")) << all;
  EXPECT_TRUE(hasProblem(d, "data.yaml", 3, "neither a folder nor a list")) << all;
  EXPECT_TRUE(hasProblem(d, "data.yaml", 4, "nc is 5")) << all;
  EXPECT_TRUE(hasProblem(d, "data.yaml", -1, "class 1 has no name")) << all;
  EXPECT_TRUE(hasProblem(d, "data.yaml", 7, "stands twice")) << all;
  EXPECT_EQ(d.problems.size(), 5U) << all;
}

TEST(UltralyticsFormat, TakesTheBoundsOfOutlines) {
  DatasetFolder folder;
  folder.picture("images/a.jpg");
  folder.text("labels/a.txt", "0 0.2 0.4 0.6 0.2 0.5 0.8\n0 0.2 0.4 0.6 0.2 0.5 0.8 0.1\n");
  folder.text("data.yaml", "train: images\nval: images\nnames: [a]\n");
  const Dataset d = openDataset(folder.path());
  ASSERT_EQ(d.pictures[0].annotation->boxes.size(), 1U);
  const Rect& r = d.pictures[0].annotation->boxes[0].rect;
  EXPECT_NEAR(r.left, 20, 1e-9);
  EXPECT_NEAR(r.top, 10, 1e-9);
  EXPECT_NEAR(r.right, 60, 1e-9);
  EXPECT_NEAR(r.bottom, 40, 1e-9);
  EXPECT_TRUE(hasProblem(d, "labels/a.txt", 2, "8 numbers")) << problemsOf(d);
}

TEST(UltralyticsFormat, MalformedYamlIsOneClearError) {
  DatasetFolder folder;
  fill(folder, "");
  folder.text("broken.yaml", "train: images/train\nnames: [a, b\nval: x\n");
  folder.text("list.yaml", "- a\n- b\n");
  folder.text("odd.yaml", "train: images/train\nnames:\n  cat: 0\n");
  for (const char* name : {"broken.yaml", "odd.yaml"}) {
    try {
      openDataset(folder / name);
      ADD_FAILURE() << name;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(std::string(name) + ":3"), std::string::npos)
          << error.what();
    }
  }
  EXPECT_THROW(openDataset(folder / "list.yaml"), Error);
}

}  // namespace
}  // namespace boxwright
