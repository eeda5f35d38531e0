// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "core/base/random.h"
#include "core/data/open_dataset.h"
#include "tests/core/data/dataset_folder.h"
#include "tests/error_of.h"

namespace boxwright {
namespace {

constexpr const char* kTrain = R"({
  "info": {"year": 2026, "more": [[[1, {"a": null}]]]},
  "annotations": [
    {"id": 5, "image_id": 2, "category_id": 7, "bbox": [10.5, 5, 20.25, 10], "area": 99.5, "iscrowd": 0, "segmentation": [[1, 2, 3]]},
    {"id": 6, "image_id": 1, "category_id": 3, "bbox": [0, 0, 50, 25], "iscrowd": 1},
    {"id": 7, "image_id": 2, "category_id": 3, "bbox": [1, 2, 3, 4]}
  ],
  "images": [
    {"id": 1, "file_name": "a.png", "width": 100, "height": 50},
    {"id": 2, "file_name": "b.png", "width": 100, "height": 50, "license": 4},
    {"id": 3, "file_name": "c.png", "width": 100, "height": 50}
  ],
  "categories": [{"id": 7, "name": "dog"}, {"id": 3, "name": "cat", "supercategory": "pet"}]
})";

class CocoFolder : public DatasetFolder {
 public:
  explicit CocoFolder(const std::string& train = kTrain) {
    for (const char* name : {"a", "b", "c", "d"})
      picture(std::string("train2017/") + name + ".png");
    text("annotations/instances_train2017.json", train);
  }
};

TEST(CocoFormat, ReadsBoxesCategoriesAndStates) {
  const CocoFolder folder;
  const Dataset dataset = openDataset(folder.path());
  EXPECT_EQ(dataset.format, "coco");
  EXPECT_EQ(problemsOf(dataset), "");
  EXPECT_EQ(dataset.classes, (ClassNames{"dog", "cat"})) << "in the order of the list";
  EXPECT_TRUE(dataset.classesListed);
  ASSERT_EQ(dataset.pictures.size(), 4U);
  const Annotation& b = *pictureNamed(dataset, "train2017/b.png").annotation;
  ASSERT_EQ(b.boxes.size(), 2U);
  EXPECT_EQ(b.boxes[0].rect, (Rect{10.5, 5, 30.75, 15}));
  EXPECT_EQ(b.boxes[0].classId, 0);
  EXPECT_EQ(b.boxes[0].area, 99.5);
  EXPECT_EQ(b.boxes[1].classId, 1);
  EXPECT_EQ(b.boxes[1].id, 2U);
  EXPECT_TRUE(pictureNamed(dataset, "train2017/a.png").annotation->boxes[0].crowd);
  EXPECT_EQ(pictureNamed(dataset, "train2017/c.png").annotation->state, LabelState::Negative);
  EXPECT_EQ(pictureNamed(dataset, "train2017/d.png").annotation->state, LabelState::Unlabelled);
  EXPECT_EQ(dataset.splits.at("train").size(), 3U);
}

TEST(CocoFormat, TheFileItselfCanBeGiven) {
  const CocoFolder folder;
  const Dataset dataset = openDataset(folder / "annotations/instances_train2017.json");
  EXPECT_EQ(dataset.format, "coco");
  EXPECT_EQ(dataset.root, folder.path());
  EXPECT_EQ(dataset.pictures.size(), 4U);
}

TEST(CocoFormat, SplitsAreFilesAndSameNamesStayApart) {
  DatasetFolder folder;
  folder.picture("images/train/1.png");
  folder.picture("images/val/1.png");
  const auto file = [](const std::string& x, const char* more) {
    return "{\"images\":[{\"id\":1,\"file_name\":\"1.png\",\"width\":100,\"height\":50}],"
           "\"annotations\":[{\"id\":1,\"image_id\":1,\"category_id\":1,\"bbox\":[" +
           x + ",0,10,10]}],\"categories\":[" + more + "{\"id\":1,\"name\":\"cat\"}]}";
  };
  folder.text("annotations/instances_train.json", file("1", ""));
  folder.text("annotations/instances_val.json", file("2", "{\"id\":9,\"name\":\"fox\"},"));
  folder.text("annotations/captions_val.json", "{\"images\":[],\"annotations\":[]}");
  const Dataset dataset = openDataset(folder.path());
  EXPECT_EQ(problemsOf(dataset), "");
  EXPECT_EQ(dataset.classes, (ClassNames{"cat", "fox"}));
  EXPECT_EQ(pictureNamed(dataset, "images/train/1.png").annotation->boxes.at(0).rect.left, 1);
  EXPECT_EQ(pictureNamed(dataset, "images/val/1.png").annotation->boxes.at(0).rect.left, 2);
  EXPECT_EQ(dataset.splits.at("val"), std::vector<std::size_t>{1});
  EXPECT_EQ(dataset.labelFiles.size(), 2U);
  EXPECT_NE(dataset.pictures[0].labelFile, dataset.pictures[1].labelFile);
}

TEST(CocoFormat, FindsPicturesInUsualPlaces) {
  for (const char* place :
       {"train2017/a.png", "images/a.png", "images/train2017/a.png", "a.png", "annotations/a.png",
        "train/a.png", "images/train/a.png", "deep/down/a.png"}) {
    for (const char* name : {"a.png", "./a.png", "C:\\\\data\\\\a.png", "/gone/a.png"}) {
      DatasetFolder folder;
      folder.picture(place);
      folder.text("annotations/instances_train2017.json",
                  std::string("{\"images\":[{\"id\":1,\"file_name\":\"") + name +
                      "\"}],\"annotations\":[],\"categories\":[]}");
      const Dataset dataset = openDataset(folder.path(), {"coco", false});
      ASSERT_EQ(dataset.pictures.size(), 1U);
      EXPECT_EQ(dataset.pictures[0].path, place);
      EXPECT_EQ(dataset.pictures[0].annotation->state, LabelState::Negative);
    }
  }
}

TEST(CocoFormat, WithoutAnnotationsNothingIsSaid) {
  DatasetFolder folder;
  folder.picture("a.png");
  folder.text("image_info_test.json",
              "{\"images\":[{\"id\":1,\"file_name\":\"a.png\"}],\"categories\":[]}");
  EXPECT_EQ(openDataset(folder.path()).pictures[0].annotation->state, LabelState::Unlabelled);
}

TEST(CocoFormat, FaultsAreToldWithTheirLines) {
  const CocoFolder folder(R"({"images": [
{"id": 1, "file_name": "a.png", "width": "wide", "height": 50},
{"id": 1, "file_name": "b.png"},
{"id": 3, "file_name": "a.png"},
{"id": 4, "file_name": "../../x.png"},
{"file_name": "c.png"}, 7,
{"id": "5", "file_name": "c.png", "width": 50, "height": 100}
], "annotations": [
{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, "3", 4]},
{"id": 2, "image_id": 1, "category_id": 8, "bbox": [1, 2, 3, 4]},
{"id": 3, "image_id": 77, "category_id": 1, "bbox": [1, 2, 3, 4]},
{"id": 4, "image_id": 4, "category_id": 1, "bbox": [1, 2, 3, 4]},
{"id": 5, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3]},
{"id": 6, "image_id": 1, "category_id": 1, "bbox": [NaN, 2, 3, 4]},
{"id": 7, "image_id": 1, "category_id": 1, "bbox": [1, 2, 0, 4]},
{"id": 8, "image_id": 1, "category_id": 1, "bbox": [1e300, 2, 3, 4]},
{"id": 9, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]},
"x", {}
], "categories": [{"id": 1, "name": "cat"}, {"id": 1, "name": "dog"}, {"name": "fox"}]})");
  const Dataset dataset = openDataset(folder.path());
  const std::string file = "annotations/instances_train2017.json";
  EXPECT_TRUE(hasProblem(dataset, file, 3, "two pictures have the id 1")) << problemsOf(dataset);
  EXPECT_TRUE(hasProblem(dataset, file, 4, "listed twice"));
  EXPECT_TRUE(hasProblem(dataset, file, 5, "there is no picture '../../x.png'"));
  EXPECT_TRUE(hasProblem(dataset, file, 6, "no id"));
  EXPECT_TRUE(hasProblem(dataset, file, 7, "50 x 100"));
  EXPECT_TRUE(hasProblem(dataset, file, 9, "no number"));
  EXPECT_TRUE(hasProblem(dataset, file, 10, "no category 8"));
  EXPECT_TRUE(hasProblem(dataset, file, 11, "no image 77"));
  EXPECT_FALSE(hasProblem(dataset, file, 12, ""));
  EXPECT_TRUE(hasProblem(dataset, file, 13, "bbox of four"));
  EXPECT_TRUE(hasProblem(dataset, file, 14, "no number"));
  EXPECT_TRUE(hasProblem(dataset, file, 15, "no area"));
  EXPECT_TRUE(hasProblem(dataset, file, 16, "no area") || hasProblem(dataset, file, 16, "outside"));
  EXPECT_TRUE(hasProblem(dataset, file, 18, "no image_id"));
  EXPECT_TRUE(hasProblem(dataset, file, 19, "two categories have the id 1"));
  const Annotation& a = *pictureNamed(dataset, "train2017/a.png").annotation;
  ASSERT_EQ(a.boxes.size(), 1U);
  EXPECT_EQ(a.boxes[0].id, 7U) << "objects that cannot be used have numbers, too";
  EXPECT_EQ(pictureNamed(dataset, "train2017/c.png").annotation->state, LabelState::Negative);
}

TEST(CocoFormat, AFaultAmongTheAnnotationsLeavesWhatStandsBeforeIt) {
  const DatasetFolder folder;
  folder.picture("a.png");
  folder.text("annotations/instances_train.json",
              R"({"images": [{"id": 1, "file_name": "a.png"}],
"categories": [{"id": 1, "name": "cat"}],
"annotations": [
{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 10, 10]},
{"a\q": 0, "id": 2, "image_id": 1, "category_id": 1, "bbox": [5, 2, 10, 10]}]})");
  const Dataset dataset = openDataset(folder.path());
  EXPECT_TRUE(hasProblem(dataset, "annotations/instances_train.json", 5, "are left out"))
      << problemsOf(dataset);
  EXPECT_EQ(pictureNamed(dataset, "a.png").annotation->boxes.size(), 1U);
}

TEST(CocoFormat, AnyBytesAreAFaultAndNoMore) {
  RandomStream random(5, "coco");
  const CocoFolder folder;
  for (int round = 0; round < 400; ++round) {
    std::string text = kTrain;
    for (std::uint64_t i = random.index(4); i > 0; --i)
      text[random.index(text.size())] = "{}[]\",:0-ex\n"[random.index(12)];
    if (random.index(3) == 0) text.resize(random.index(text.size()));
    folder.text("annotations/instances_train2017.json", text);
    try {
      const Dataset dataset = openDataset(folder.path(), {"coco", false});
      for (const Picture& picture : dataset.pictures) {
        for (const Box& box : picture.annotation->boxes)
          EXPECT_LT(static_cast<std::size_t>(box.classId), dataset.classes.size());
      }
    } catch (const Error& error) {
      EXPECT_FALSE(error.problem().empty());
    }
  }
  folder.text("annotations/instances_train2017.json",
              "{\"images\": " + std::string(1000000, '[') + "}");
  EXPECT_NE(errorOf([&] {
              openDataset(folder.path(), {"coco", false});
            }).find("malformed JSON"),
            std::string::npos);
}

}  // namespace
}  // namespace boxwright
