// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/own_labels.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "core/data/label_store.h"
#include "core/data/open_dataset.h"
#include "tests/core/data/dataset_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// A dataset with two pictures of one name, a.jpg and a.png, opened again and again.
class OwnLabelsTest : public testing::Test {
 protected:
  void pictures(const std::string& in) {
    in_ = in;
    folder_.picture("set/" + in + "a.jpg");
    folder_.picture("set/" + in + "a.png");
  }
  const Dataset& open() {
    store_.reset();
    dataset_ = openDataset(root());
    store_.emplace(dataset_, folder_ / "user");
    return dataset_;
  }
  std::size_t place(const std::string& name) const {
    for (std::size_t i = 0; i < dataset_.pictures.size(); ++i)
      if (dataset_.pictures[i].path == in_ + name) return i;
    throw std::runtime_error("no picture " + name);
  }
  /// Draws a box whose left edge is there, and saves.
  void draw(const std::string& name, double left) {
    const std::size_t i = place(name);
    Annotation after = *dataset_.pictures[i].annotation;
    Box box;
    for (const Box& other : after.boxes)
      box.id = std::max(box.id, other.id);
    ++box.id;
    box.rect = {left, 10, left + 10, 30};
    if (dataset_.classes.empty()) {
      dataset_.classes.push_back("cat");
      ClassChange change{listedClasses({}), listedClasses({"cat"}), {}};
      store_->edit({"Class", {}, std::make_shared<const ClassChange>(change)});
    }
    after.boxes.push_back(box);
    after.state = LabelState::Labelled;
    const auto now = std::make_shared<const Annotation>(after);
    store_->edit({"Draw", {{i, dataset_.pictures[i].annotation, now}}});
    dataset_.pictures[i].annotation = now;
    EXPECT_EQ(store_->save(i), LabelStore::Outcome::Saved) << name;
  }
  /// The left edges of a picture's boxes.
  std::vector<double> lefts(const std::string& name) const {
    std::vector<double> found;
    for (const Box& box : dataset_.pictures[place(name)].annotation->boxes)
      found.push_back(box.rect.left);
    return found;
  }
  void expectOwnBoxes() {
    store_->close();
    open();
    EXPECT_EQ(lefts("a.jpg"), std::vector<double>{20}) << problemsOf(dataset_);
    EXPECT_EQ(lefts("a.png"), std::vector<double>{60}) << problemsOf(dataset_);
    EXPECT_EQ(dataset_.problems.size(), 1U) << problemsOf(dataset_);
    EXPECT_NE(problemsOf(dataset_).find("has the same name but for its ending"), std::string::npos);
  }
  fs::path root() const { return folder_ / "set"; }
  bool there(const std::string& file) const { return fs::exists(root() / file); }

  DatasetFolder folder_;
  std::string in_;
  Dataset dataset_;
  std::optional<LabelStore> store_;
};

TEST_F(OwnLabelsTest, BarePicturesOfOneNameHaveALabelFileEach) {
  pictures("");
  ASSERT_EQ(open().format, "images");
  EXPECT_TRUE(hasProblem(dataset_, "a.png", 0, "in a_png.xml")) << problemsOf(dataset_);
  draw("a.jpg", 20);
  draw("a.png", 60);
  expectOwnBoxes();
  EXPECT_TRUE(there("a.xml"));
  EXPECT_TRUE(there("a_png.xml"));
}

TEST_F(OwnLabelsTest, TheSecondAloneIsFoundAgain) {
  pictures("");
  open();
  draw("a.png", 60);
  store_->close();
  ASSERT_EQ(open().format, "voc");
  EXPECT_EQ(lefts("a.png"), std::vector<double>{60});
  EXPECT_TRUE(lefts("a.jpg").empty());
  draw("a.jpg", 20);
  expectOwnBoxes();
  // Alone it has what is its own.
  store_.reset();
  fs::remove(root() / "a.jpg");
  fs::remove(root() / "a.xml");
  open();
  EXPECT_EQ(lefts("a.png"), std::vector<double>{60});
  EXPECT_TRUE(dataset_.problems.empty()) << problemsOf(dataset_);
}

constexpr const char* kVoc =
    "<annotation>\n\t<filename>a.png</filename>\n\t<object>\n\t\t<name>cat</name>\n\t\t<bndbox>"
    "<xmin>61</xmin><ymin>11</ymin><xmax>70</xmax><ymax>30</ymax></bndbox>\n\t</object>\n"
    "</annotation>\n";

TEST_F(OwnLabelsTest, AVocFileIsOfThePictureThatItNames) {
  pictures("JPEGImages/");
  folder_.text("set/Annotations/a.xml", kVoc);
  folder_.text("set/ImageSets/Main/train.txt", "a\n");
  folder_.text("set/ImageSets/Main/val.txt", "a_jpg\n");
  open();
  EXPECT_EQ(lefts("a.png"), std::vector<double>{60});
  EXPECT_TRUE(lefts("a.jpg").empty());
  EXPECT_EQ(dataset_.splits.at("train"), std::vector<std::size_t>{place("a.png")});
  EXPECT_EQ(dataset_.splits.at("val"), std::vector<std::size_t>{place("a.jpg")});
  draw("a.jpg", 20);
  EXPECT_EQ(readFile(root() / "Annotations/a.xml"), kVoc);
  EXPECT_TRUE(there("Annotations/a_jpg.xml"));
  expectOwnBoxes();
}

TEST_F(OwnLabelsTest, OneThatNamesNoneIsOfTheFirst) {
  pictures("JPEGImages/");
  folder_.picture("set/JPEGImages/a_png.png");
  std::string bytes = kVoc;
  bytes.erase(bytes.find("\t<filename>"), std::string("\t<filename>a.png</filename>\n").size());
  folder_.text("set/Annotations/a.xml", bytes);
  open();
  EXPECT_EQ(lefts("a.jpg"), std::vector<double>{60});
  draw("a.png", 20);
  EXPECT_TRUE(there("Annotations/a_png_.xml")) << "the other name is of a third picture";
  store_->close();
  open();
  EXPECT_EQ(lefts("a.png"), std::vector<double>{20});
  EXPECT_EQ(lefts("a.jpg"), std::vector<double>{60});
  EXPECT_TRUE(lefts("a_png.png").empty());
}

TEST_F(OwnLabelsTest, TheTrashTakesEachWithItsOwn) {
  pictures("");
  open();
  draw("a.jpg", 20);
  draw("a.png", 60);
  store_->close();
  open();
  Annotation gone;
  gone.trashed = true;
  const std::size_t first = place("a.jpg");
  store_->edit(
      {"Delete",
       {{first, dataset_.pictures[first].annotation, std::make_shared<const Annotation>(gone)}}});
  EXPECT_EQ(store_->save(first), LabelStore::Outcome::Saved);
  EXPECT_FALSE(there("a.xml"));
  store_->close();
  open();
  EXPECT_EQ(lefts("a.png"), std::vector<double>{60}) << problemsOf(dataset_);
  draw("a.png", 40);
  EXPECT_FALSE(there("a.xml"));
  EXPECT_TRUE(there("a_png.xml"));
}

TEST_F(OwnLabelsTest, LabelmesFilesNameTheirPictureToo) {
  pictures("");
  folder_.text("set/a.json", R"({"shapes": [{"label": "cat", "points": [[60, 2], [80, 30]], )"
                             R"("shape_type": "rectangle"}], "imagePath": "..\\a.png"})");
  ASSERT_EQ(open().format, "labelme");
  EXPECT_EQ(lefts("a.png"), std::vector<double>{60}) << problemsOf(dataset_);
  draw("a.jpg", 20);
  EXPECT_TRUE(there("a_jpg.json"));
  expectOwnBoxes();
}

}  // namespace
}  // namespace boxwright
