// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <chrono>

#include <string>

#include "core/data/open_dataset.h"
#include "tests/core/data/dataset_folder.h"

namespace boxwright {
namespace {

std::string object(const std::string& name, double xmin, double ymin, double xmax, double ymax,
                   const std::string& more = {}) {
  return "  <object>\n    <name>" + name + "</name>" + more + "\n    <bndbox><xmin>" +
         std::to_string(xmin) + "</xmin><ymin>" + std::to_string(ymin) + "</ymin><xmax>" +
         std::to_string(xmax) + "</xmax><ymax>" + std::to_string(ymax) +
         "</ymax></bndbox>\n  </object>\n";
}

std::string xml(const std::string& objects, int width = 100, int height = 50) {
  return "<annotation>\n  <size><width>" + std::to_string(width) + "</width><height>" +
         std::to_string(height) + "</height></size>\n" + objects + "</annotation>\n";
}

TEST(VocFormat, ReadsBoxesFlagsAndStates) {
  DatasetFolder folder;
  for (const char* name : {"a", "b c", "ünï", "none"}) {
    folder.picture(std::string("JPEGImages/") + name + ".jpg");
  }
  folder.text("Annotations/a.xml",
              xml(object("dog", 1, 1, 100, 50, "<difficult>1</difficult><truncated>1</truncated>") +
                  object("cat", 11, 6, 20, 25, "<occluded>1</occluded>")));
  folder.text("Annotations/b c.xml", "<annotation verified=\"yes\"></annotation>");
  folder.text("Annotations/ünï.xml", xml(object("bird", 2.5, 3.5, 10.25, 20)));
  const Dataset dataset = openDataset(folder.path());
  EXPECT_EQ(dataset.format, "voc");
  EXPECT_TRUE(dataset.problems.empty()) << problemsOf(dataset);
  // In the order of the pictures' names, then of the boxes.
  EXPECT_EQ(dataset.classes, (ClassNames{"dog", "cat", "bird"}));
  ASSERT_EQ(dataset.pictures.size(), 4U);
  EXPECT_EQ(dataset.pictures[0].path, "JPEGImages/a.jpg");
  const Annotation& a = *dataset.pictures[0].annotation;
  EXPECT_EQ(a.state, LabelState::Labelled);
  ASSERT_EQ(a.boxes.size(), 2U);
  EXPECT_EQ(a.boxes[0].rect, (Rect{0, 0, 100, 50}));  // 1-based inclusive: the whole picture
  EXPECT_TRUE(a.boxes[0].difficult);
  EXPECT_TRUE(a.boxes[0].truncated);
  EXPECT_FALSE(a.boxes[0].occluded);
  EXPECT_EQ(a.boxes[1].rect, (Rect{10, 5, 20, 25}));
  EXPECT_TRUE(a.boxes[1].occluded);
  EXPECT_EQ(a.boxes[1].id, 2U);
  EXPECT_EQ(pictureNamed(dataset, "JPEGImages/b c.jpg").annotation->state, LabelState::Negative);
  EXPECT_TRUE(pictureNamed(dataset, "JPEGImages/b c.jpg").annotation->verified);
  EXPECT_EQ(pictureNamed(dataset, "JPEGImages/ünï.jpg").annotation->boxes.at(0).rect,
            (Rect{1.5, 2.5, 10.25, 20}));
  EXPECT_EQ(pictureNamed(dataset, "JPEGImages/none.jpg").annotation->state, LabelState::Unlabelled);
  EXPECT_EQ(pictureNamed(dataset, "JPEGImages/none.jpg").width, 100);
}

TEST(VocFormat, SeveralSideBySideAreNamed) {
  DatasetFolder folder;
  for (const char* year : {"VOC2007", "VOC2012"}) {
    folder.picture(std::string(year) + "/JPEGImages/a.jpg");
    folder.text(std::string(year) + "/Annotations/a.xml", xml(object("dog", 1, 1, 20, 20)));
  }
  const Dataset both = openDataset(folder.path());
  EXPECT_EQ(both.pictures.size(), 2U);
  EXPECT_TRUE(hasProblem(both, "", 0, "open one of them (VOC2007, VOC2012)")) << problemsOf(both);
  const Dataset one = openDataset(folder / "VOC2012");
  EXPECT_EQ(one.format, "voc");
  EXPECT_TRUE(one.problems.empty()) << problemsOf(one);
  // One layout at the root: what lies below it is no second one.
  folder.picture("JPEGImages/b.jpg");
  folder.text("Annotations/b.xml", xml(object("cat", 1, 1, 20, 20)));
  const Dataset root = openDataset(folder.path());
  EXPECT_EQ(root.format, "voc");
  EXPECT_FALSE(hasProblem(root, "", 0, "side by side"));
}

TEST(VocFormat, EveryFaultIsToldWithItsLineAndTheRestWorks) {
  DatasetFolder folder;
  for (const char* name : {"bad", "boxes", "empty", "good", "other", "turned", "wild"}) {
    folder.picture(std::string("JPEGImages/") + name + ".png");
  }
  folder.text("JPEGImages/broken.jpg", "no picture at all");
  folder.text("Annotations/broken.xml", xml(object("cat", 5, 5, 9, 9)));
  folder.text("Annotations/bad.xml", "<annotation>\n<object>\n<name>cat</nam");
  folder.text("Annotations/other.xml", "<html></html>");
  folder.text("Annotations/boxes.xml",
              "<annotation>\n" + object("cat", 5, 5, 5, 5) + object("cat", 50, 20, 40, 30) +
                  object("cat", 101, 20, 130, 30) + object("cat", -20, 20, 30, 70) +
                  "  <object><name>cat</name></object>\n" + "  <object><name></name></object>\n" +
                  "  <object><name>cat</name><bndbox><xmin>a</xmin></bndbox></object>\n" +
                  object("cat", 0, 1, 101, 50) + "</annotation>\n");
  folder.text("Annotations/good.xml", xml(object("cat", 5, 5, 9, 9)));
  folder.text("Annotations/turned.xml", xml(object("cat", 5, 5, 9, 9), 50, 100));
  folder.text("Annotations/wild.xml", xml(object("cat", 5, 5, 9, 9), 640, 480));
  folder.text("Annotations/alone.xml", xml(""));
  folder.text("Annotations/empty.xml", "");
  const Dataset d = openDataset(folder.path());
  const std::string all = problemsOf(d);
  EXPECT_TRUE(hasProblem(d, "JPEGImages/broken.jpg", 0, "not a JPEG")) << all;
  EXPECT_TRUE(hasProblem(d, "Annotations/bad.xml", 3, "malformed XML")) << all;
  EXPECT_TRUE(hasProblem(d, "Annotations/other.xml", 1, "malformed XML")) << all;
  EXPECT_TRUE(hasProblem(d, "Annotations/empty.xml", 1, "malformed XML")) << all;
  EXPECT_TRUE(hasProblem(d, "Annotations/boxes.xml", 2, "no area")) << all;
  EXPECT_TRUE(hasProblem(d, "Annotations/boxes.xml", 6, "no area")) << all;
  EXPECT_TRUE(hasProblem(d, "Annotations/boxes.xml", 10, "outside the picture")) << all;
  EXPECT_TRUE(hasProblem(d, "Annotations/boxes.xml", 14, "sticks out")) << all;
  EXPECT_TRUE(hasProblem(d, "Annotations/boxes.xml", 18, "no <bndbox>")) << all;
  EXPECT_TRUE(hasProblem(d, "Annotations/boxes.xml", 19, "no class name")) << all;
  EXPECT_TRUE(hasProblem(d, "Annotations/boxes.xml", 20, "<xmin> is no number")) << all;
  EXPECT_TRUE(hasProblem(d, "Annotations/turned.xml", 2, "the camera's turn")) << all;
  EXPECT_TRUE(hasProblem(d, "Annotations/wild.xml", 2, "640")) << all;
  EXPECT_TRUE(hasProblem(d, "Annotations/alone.xml", 0, "no picture for this label")) << all;
  EXPECT_EQ(d.problems.size(), 14U) << all;
  // The cut box and the one a pixel over the edge are used.
  const Annotation& boxes = *pictureNamed(d, "JPEGImages/boxes.png").annotation;
  ASSERT_EQ(boxes.boxes.size(), 2U);
  EXPECT_EQ(boxes.boxes[0].rect, (Rect{0, 19, 30, 50}));
  EXPECT_EQ(boxes.boxes[0].id, 4U);  // its place in the file
  EXPECT_EQ(boxes.boxes[1].rect, (Rect{0, 0, 100, 50}));
  EXPECT_EQ(pictureNamed(d, "JPEGImages/good.png").annotation->state, LabelState::Labelled);
  EXPECT_EQ(pictureNamed(d, "JPEGImages/wild.png").width, 100);
  EXPECT_EQ(pictureNamed(d, "JPEGImages/bad.png").annotation->state, LabelState::Unlabelled);
  EXPECT_EQ(pictureNamed(d, "JPEGImages/broken.jpg").annotation->state, LabelState::Unlabelled);
}

TEST(VocFormat, PictureWhoseBoxesAreAllFaultyIsNotNegative) {
  DatasetFolder folder;
  folder.picture("JPEGImages/a.png");
  folder.text("Annotations/a.xml", xml(object("cat", 5, 5, 5, 5)));
  const Dataset d = openDataset(folder.path());
  EXPECT_EQ(d.pictures[0].annotation->state, LabelState::Unlabelled);
}

TEST(VocFormat, ReadsSplitsAndMissesPictures) {
  DatasetFolder folder;
  for (const char* name : {"a", "b b", "c", "d.e"}) {
    folder.picture(std::string("JPEGImages/") + name + ".jpg");
    folder.text(std::string("Annotations/") + name + ".xml", xml(object("dog", 5, 5, 9, 9)));
  }
  folder.text("ImageSets/Main/train.txt",
              "\xEF\xBB\xBF"
              "b b\r\na\r\nlost\r\na\r\n");
  folder.text("ImageSets/Main/val.txt", "c\nd.e\nb b\n");
  folder.text("ImageSets/Main/trainval.txt", "a\nb b\nc\n");
  folder.text("ImageSets/Main/dog_train.txt", "a  1\nb  -1\n");
  const Dataset d = openDataset(folder.path());
  EXPECT_EQ(d.splits.size(), 3U);
  EXPECT_EQ(d.splits.at("train"), (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(d.splits.at("val"), (std::vector<std::size_t>{1, 2, 3}));
  EXPECT_TRUE(hasProblem(d, "ImageSets/Main/train.txt", 3, "'lost'")) << problemsOf(d);
  EXPECT_TRUE(hasProblem(d, "JPEGImages/b b.jpg", 0, "both in train and in val")) << problemsOf(d);
  EXPECT_EQ(d.problems.size(), 2U) << problemsOf(d);
}

TEST(VocFormat, NamesFileRulesOrderAndUnknownClasses) {
  DatasetFolder folder;
  folder.picture("JPEGImages/a.jpg");
  folder.text("labels.txt", "cat\r\ndog\r\n\r\ncat\r\nhen\r\n");
  folder.text("Annotations/a.xml", xml(object("dog", 5, 5, 9, 9) + object("yeti", 5, 5, 9, 9) +
                                       object("hen", 1, 1, 9, 9)));
  const Dataset d = openDataset(folder.path());
  EXPECT_EQ(d.classes, (ClassNames{"cat", "dog", "2", "cat", "hen"}));
  ASSERT_EQ(d.pictures[0].annotation->boxes.size(), 2U);
  EXPECT_EQ(d.pictures[0].annotation->boxes[0].classId, 1);
  EXPECT_EQ(d.pictures[0].annotation->boxes[1].classId, 4);
  EXPECT_TRUE(hasProblem(d, "Annotations/a.xml", 7, "unknown class 'yeti'")) << problemsOf(d);
  EXPECT_TRUE(d.classesListed);
  EXPECT_TRUE(hasProblem(d, "labels.txt", 3, "empty")) << problemsOf(d);
  EXPECT_TRUE(hasProblem(d, "labels.txt", 4, "'cat' stands twice")) << problemsOf(d);
  EXPECT_EQ(d.problems.size(), 3U) << problemsOf(d);
}

TEST(VocFormat, IsFoundBesidePicturesAndOneFolderDown) {
  DatasetFolder flat;
  flat.picture("one/a.jpg");
  flat.text("one/a.xml", xml(object("dog", 5, 5, 9, 9)));
  flat.picture("b.jpg");
  const Dataset beside = openDataset(flat.path());
  EXPECT_EQ(beside.format, "voc");
  EXPECT_EQ(pictureNamed(beside, "one/a.jpg").annotation->boxes.size(), 1U);

  DatasetFolder kit;
  kit.picture("VOC2007/JPEGImages/a.jpg");
  kit.text("VOC2007/Annotations/a.xml", xml(object("dog", 5, 5, 9, 9)));
  kit.text("VOC2007/ImageSets/Main/train.txt", "a\n");
  const Dataset nested = openDataset(kit.path());
  EXPECT_EQ(nested.format, "voc");
  EXPECT_EQ(nested.pictures.at(0).path, "JPEGImages/a.jpg");
  EXPECT_EQ(nested.splits.at("train").size(), 1U);
  EXPECT_FALSE(nested.classesListed);
  EXPECT_TRUE(std::filesystem::exists(nested.absolutePath(0)));
}

TEST(VocFormat, ManyBoxesTakeNoTime) {
  const DatasetFolder folder;
  folder.picture("JPEGImages/a.png");
  std::string bytes = "<annotation>\n";
  for (int i = 0; i < 20000; ++i)
    bytes +=
        "\t<object>\n\t\t<name>cat</name>\n\t\t<bndbox>\n\t\t\t<xmin>1</xmin>\n"
        "\t\t\t<ymin>1</ymin>\n\t\t\t<xmax>20</xmax>\n\t\t\t<ymax>20</ymax>\n\t\t</bndbox>\n"
        "\t</object>\n";
  folder.text("Annotations/a.xml", bytes + "\t<object/>\n</annotation>\n");
  const auto begin = std::chrono::steady_clock::now();
  const Dataset dataset = openDataset(folder.path());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(3));
  EXPECT_EQ(dataset.pictures[0].annotation->boxes.size(), 20000U);
  EXPECT_TRUE(hasProblem(dataset, "Annotations/a.xml", 180002, "no class name"))
      << problemsOf(dataset);
}

}  // namespace
}  // namespace boxwright
