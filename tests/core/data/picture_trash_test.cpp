// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/picture_trash.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>
#include <optional>

#include "core/data/label_store.h"
#include "core/data/open_dataset.h"
#include "tests/core/data/dataset_folder.h"
#include "tests/error_of.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLabel =
    "<annotation>\n<!-- by hand -->\n<object><name>cat</name><bndbox><xmin>11</xmin><ymin>6</ymin>"
    "<xmax>30</xmax><ymax>20</ymax></bndbox></object>\n</annotation>\n";

AnnotationPtr trashedAnnotation() {
  Annotation annotation;
  annotation.trashed = true;
  return std::make_shared<const Annotation>(annotation);
}

/// Three labelled pictures in VOC's layout that a list names.
class PictureTrashTest : public testing::Test {
 protected:
  PictureTrashTest() {
    for (const char* name : {"a", "b", "c"}) {
      folder_.picture(std::string("set/JPEGImages/") + name + ".png");
      folder_.text(std::string("set/Annotations/") + name + ".xml", kLabel);
    }
    folder_.text("set/ImageSets/Main/train.txt", "a\nb\nc\n");
    open();
  }
  void open() {
    store_.reset();
    dataset_ = openDataset(root());
    store_.emplace(dataset_, folder_ / "user");
    found_ = store_->takeFound();
    for (const auto& [picture, annotation] : found_.annotations)
      dataset_.pictures[picture].annotation = annotation;
  }
  void toTrash(std::size_t picture) {
    Edit edit{"Delete the picture",
              {{picture, dataset_.pictures[picture].annotation, trashedAnnotation()}}};
    dataset_.pictures[picture].annotation = edit.pictures[0].after;
    store_->edit(edit);
  }
  fs::path root() const { return folder_ / "set"; }
  fs::path trash() const { return trashOf(root()); }
  static bool there(const fs::path& file) { return fs::exists(file); }

  DatasetFolder folder_;
  Dataset dataset_;
  std::optional<LabelStore> store_;
  LabelStore::Found found_;
};

TEST_F(PictureTrashTest, APictureGoesWithItsLabelAndComesBackAsItWas) {
  toTrash(1);
  EXPECT_EQ(store_->unsaved(), std::vector<std::size_t>{1});
  EXPECT_TRUE(there(root() / "JPEGImages/b.png"));
  EXPECT_EQ(store_->save(1), LabelStore::Outcome::Saved);
  EXPECT_FALSE(there(root() / "JPEGImages/b.png"));
  EXPECT_FALSE(there(root() / "Annotations/b.xml"));
  EXPECT_TRUE(there(trash() / "JPEGImages/b.png"));
  EXPECT_EQ(readFile(trash() / "Annotations/b.xml"), kLabel);
  EXPECT_TRUE(store_->unsaved().empty());
  store_->undo();
  EXPECT_EQ(store_->save(1), LabelStore::Outcome::Saved);
  EXPECT_TRUE(there(root() / "JPEGImages/b.png"));
  EXPECT_EQ(readFile(root() / "Annotations/b.xml"), kLabel);
  EXPECT_FALSE(there(trash() / "JPEGImages"));
  store_->redo();
  store_->save(1);
  store_->close();
  EXPECT_TRUE(there(trash() / "JPEGImages/b.png"));
  EXPECT_EQ(readFile(root() / "ImageSets/Main/train.txt"), "a\nb\nc\n");
}

TEST_F(PictureTrashTest, WhatIsInTheTrashIsNoFaultAndInNoSplit) {
  toTrash(1);
  store_->save(1);
  store_->close();
  open();
  EXPECT_TRUE(dataset_.problems.empty()) << problemsOf(dataset_);
  ASSERT_EQ(dataset_.pictures.size(), 3U);
  EXPECT_EQ(dataset_.pictures[2].path, "JPEGImages/b.png");
  EXPECT_TRUE(dataset_.pictures[2].annotation->trashed);
  EXPECT_EQ(dataset_.pictures[2].width, 100);
  EXPECT_EQ(dataset_.splits.at("train"), (std::vector<std::size_t>{0, 1}));
  const DatasetStatistics statistics = statisticsOf(dataset_);
  EXPECT_EQ(statistics.images, 2U);
  EXPECT_EQ(statistics.unlabelled, 0U);
  EXPECT_EQ(splitsFor(dataset_, 1).at("train").size() + splitsFor(dataset_, 1).at("val").size(),
            2U);
}

TEST_F(PictureTrashTest, ItsDeletionIsUndoneAfterACrashToo) {
  for (const bool saved : {false, true}) {
    toTrash(0);
    if (saved) store_->save(0);
    open();  // the first did not close
    const std::size_t a = saved ? 2 : 0;
    ASSERT_EQ(dataset_.pictures[a].path, "JPEGImages/a.png");
    EXPECT_TRUE(dataset_.pictures[a].annotation->trashed);
    ASSERT_EQ(found_.history.inForce(), 1U);
    const Edit* const undone = found_.history.undo();
    ASSERT_TRUE(undone);
    ASSERT_EQ(undone->pictures.size(), 1U);
    EXPECT_EQ(undone->pictures[0].picture, a);
    EXPECT_EQ(undone->pictures[0].before->boxes.size(), 1U);
    store_->undo();
    store_->save(a);
    store_->close();
    EXPECT_TRUE(there(root() / "JPEGImages/a.png"));
    EXPECT_EQ(readFile(root() / "Annotations/a.xml"), kLabel);
    open();
    EXPECT_TRUE(dataset_.problems.empty()) << problemsOf(dataset_);
  }
}

TEST_F(PictureTrashTest, AMoveThatWasBrokenOffHalfwayIsBroughtToItsEnd) {
  toTrash(0);
  fs::create_directories(trash() / "JPEGImages");
  fs::rename(root() / "JPEGImages/a.png", trash() / "JPEGImages/a.png");
  open();
  ASSERT_EQ(dataset_.pictures[2].path, "JPEGImages/a.png");
  store_->undo();
  EXPECT_EQ(store_->save(2), LabelStore::Outcome::Saved);
  EXPECT_TRUE(there(root() / "JPEGImages/a.png"));
  EXPECT_EQ(readFile(root() / "Annotations/a.xml"), kLabel);
}

TEST_F(PictureTrashTest, ALabelThatAnotherPictureSharesStays) {
  folder_.picture("set/JPEGImages/a.jpg");
  open();
  ASSERT_EQ(dataset_.pictures[1].path, "JPEGImages/a.png");
  toTrash(1);
  store_->save(1);
  EXPECT_TRUE(there(trash() / "JPEGImages/a.png"));
  EXPECT_EQ(readFile(root() / "Annotations/a.xml"), kLabel);
  EXPECT_TRUE(there(root() / "JPEGImages/a.jpg"));
}

TEST_F(PictureTrashTest, NothingIsWrittenOver) {
  fs::create_directories(trash() / "JPEGImages");
  folder_.text("set/.boxwright/trash/JPEGImages/a.png", "an older one");
  toTrash(0);
  EXPECT_NE(errorOf([&] { store_->save(0); }).find("another file is there already"),
            std::string::npos);
  EXPECT_EQ(readFile(trash() / "JPEGImages/a.png"), "an older one");
  EXPECT_TRUE(there(root() / "JPEGImages/a.png"));
  EXPECT_EQ(readFile(root() / "Annotations/a.xml"), kLabel);
  EXPECT_EQ(store_->unsaved(), std::vector<std::size_t>{0});
  // It is tried again.
  fs::remove(trash() / "JPEGImages/a.png");
  EXPECT_EQ(store_->save(0), LabelStore::Outcome::Saved);
  EXPECT_FALSE(there(root() / "JPEGImages/a.png"));
}

TEST_F(PictureTrashTest, APictureOutsideOfTheDatasetStaysWhereItIs) {
  folder_.picture("elsewhere.png");
  const PictureTrash trash(root());
  EXPECT_NE(errorOf([&] { trash.put("../elsewhere.png", {}); }).find("outside"), std::string::npos);
  EXPECT_TRUE(there(folder_ / "elsewhere.png"));
  EXPECT_FALSE(trash.holds("/etc/passwd"));
  EXPECT_NE(errorOf([&] { trash.put("JPEGImages/none.png", {}); }).find("is not there"),
            std::string::npos);
}

TEST(TrashOfTextLabels, AListedPictureInTheTrashIsNoFault) {
  const DatasetFolder folder;
  for (const char* name : {"a", "b"}) {
    folder.picture(std::string("set/images/") + name + ".png");
    folder.text(std::string("set/labels/") + name + ".txt", "0 0.5 0.5 0.2 0.2\n");
  }
  folder.text("set/train.txt", "images/a.png\nimages/b.png\n");
  folder.text("set/obj.names", "cat\n");
  folder.text("set/obj.data", "classes=1\ntrain=train.txt\nnames=obj.names\n");
  Dataset dataset = openDataset(folder / "set");
  {
    LabelStore store(dataset, folder / "user");
    store.edit({"Delete", {{1, dataset.pictures[1].annotation, trashedAnnotation()}}});
    store.save(1);
    store.close();
  }
  EXPECT_TRUE(fs::exists(folder / "set/.boxwright/trash/labels/b.txt"));
  dataset = openDataset(folder / "set");
  EXPECT_TRUE(dataset.problems.empty()) << problemsOf(dataset);
  EXPECT_EQ(dataset.splits.at("train"), std::vector<std::size_t>{0});
  EXPECT_EQ(statisticsOf(dataset).images, 1U);
}

TEST(TrashOfTextLabels, ALabelThatLiesElsewhereThanTheRuleSaysComesBackToo) {
  const DatasetFolder folder;
  const std::string label = "0 0.5 0.5 0.2 0.2\n";
  for (const char* name : {"a", "b", "c"}) {
    folder.picture(std::string("set/images/") + name + ".png");
    folder.text(std::string("set/") + (*name == 'a' ? "images/" : "labels/") + name + ".txt",
                label);
  }
  folder.text("set/data.yaml", "train: images\nval: images\nnames: [cat]\n");
  const Dataset dataset = openDataset(folder / "set");
  ASSERT_EQ(dataset.pictures[0].annotation->boxes.size(), 1U);
  LabelStore store(dataset, folder / "user");
  store.edit({"Delete", {{0, dataset.pictures[0].annotation, trashedAnnotation()}}});
  store.save(0);
  EXPECT_FALSE(fs::exists(folder / "set/images/a.txt"));
  store.undo();
  EXPECT_EQ(store.save(0), LabelStore::Outcome::Saved);
  EXPECT_EQ(readFile(folder / "set/images/a.txt"), label);
  EXPECT_TRUE(store.unsaved().empty());
}

TEST(TrashOfLabelme, TheLayoutIsToldByWhatLiesInTheTrashAndItsLabelComesBack) {
  const DatasetFolder folder;
  folder.picture("set/a.png");
  folder.picture("set/b.png");
  const std::string label =
      R"({"shapes": [{"label": "cat", "points": [[1, 2], [20, 30]], "shape_type": "rectangle"}],)"
      R"( "imagePath": "a.png", "imageHeight": 50, "imageWidth": 100})";
  folder.text("set/a.json", label);
  Dataset dataset = openDataset(folder / "set");
  ASSERT_EQ(dataset.format, "labelme");
  {
    LabelStore store(dataset, folder / "user");
    store.edit({"Delete", {{0, dataset.pictures[0].annotation, trashedAnnotation()}}});
    EXPECT_EQ(store.save(0), LabelStore::Outcome::Saved);
  }
  EXPECT_TRUE(fs::exists(folder / "set/.boxwright/trash/a.json"));
  dataset = openDataset(folder / "set");
  EXPECT_EQ(dataset.format, "labelme");
  EXPECT_TRUE(dataset.problems.empty()) << problemsOf(dataset);
  ASSERT_EQ(dataset.pictures.size(), 2U);
  ASSERT_EQ(dataset.pictures[1].path, "a.png");
  LabelStore store(dataset, folder / "user");
  EXPECT_EQ(store.takeFound().history.inForce(), 1U);
  store.undo();
  EXPECT_EQ(store.save(1), LabelStore::Outcome::Saved);
  store.close();
  EXPECT_EQ(readFile(folder / "set/a.json"), label);
  EXPECT_EQ(openDataset(folder / "set").pictures[0].annotation->boxes.size(), 1U);
}

}  // namespace
}  // namespace boxwright
