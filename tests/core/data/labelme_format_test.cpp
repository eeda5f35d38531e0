// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "core/base/random.h"
#include "core/data/open_dataset.h"
#include "tests/core/data/dataset_folder.h"
#include "tests/error_of.h"

namespace boxwright {
namespace {

constexpr const char* kLabel = R"({
  "version": "5.4.1",
  "flags": {"verified": true, "blurry": false},
  "shapes": [
    {"label": "cat", "points": [[30.5, 20], [10, 5]], "group_id": null, "shape_type": "rectangle", "flags": {"occluded": true}},
    {"label": "dog", "points": [[1, 2], [9, 4], [5, 40]], "shape_type": "polygon", "flags": {}},
    {"label": "dog", "points": [[1, 2]], "shape_type": "point", "flags": {}},
    {"label": "fox", "points": [[1, 2], [11, 2], [11, 12], [1, 12]], "shape_type": "rectangle", "difficult": true}
  ],
  "imagePath": "a.png", "imageData": null, "imageHeight": 50, "imageWidth": 100
})";

TEST(LabelmeFormat, ReadsShapesFlagsAndStates) {
  DatasetFolder folder;
  for (const char* name : {"x/a.png", "x/b.png", "x/c.png", "y/a.png"})
    folder.picture(name);
  folder.text("x/a.json", kLabel);
  folder.text("x/b.json", "\xEF\xBB\xBF{\"shapes\": []}\r\n");
  folder.text("y/a.json",
              "{\"shapes\":[{\"label\":\"owl\",\"points\":[[0,0],[5,5]],\"shape_type\":"
              "\"rectangle\"}]}");
  folder.text("x/gone.json", "{\"shapes\": []}");
  const Dataset dataset = openDataset(folder.path());
  EXPECT_EQ(dataset.format, "labelme");
  EXPECT_EQ(dataset.classes, (ClassNames{"cat", "dog", "fox", "owl"}));
  const Annotation& a = *pictureNamed(dataset, "x/a.png").annotation;
  ASSERT_EQ(a.boxes.size(), 3U);
  EXPECT_TRUE(a.verified);
  EXPECT_EQ(a.boxes[0].rect, (Rect{10, 5, 30.5, 20}));
  EXPECT_TRUE(a.boxes[0].occluded);
  EXPECT_EQ(a.boxes[1].rect, (Rect{1, 2, 9, 40}));
  EXPECT_EQ(a.boxes[2].rect, (Rect{1, 2, 11, 12}));
  EXPECT_TRUE(a.boxes[2].difficult);
  EXPECT_EQ(a.boxes[2].id, 4U);
  EXPECT_EQ(pictureNamed(dataset, "x/b.png").annotation->state, LabelState::Negative);
  EXPECT_EQ(pictureNamed(dataset, "x/c.png").annotation->state, LabelState::Unlabelled);
  EXPECT_EQ(pictureNamed(dataset, "y/a.png").annotation->boxes.size(), 1U);
  EXPECT_TRUE(hasProblem(dataset, "x/a.json", 7, "a point is no box")) << problemsOf(dataset);
  EXPECT_TRUE(hasProblem(dataset, "", 0, "1 outline is taken by the box around"));
  EXPECT_TRUE(hasProblem(dataset, "x/gone.json", 0, "no picture for this label"));
}

TEST(LabelmeFormat, FaultsAreToldWithTheirLines) {
  DatasetFolder folder;
  for (const char* name : {"a.png", "b.png", "c.png", "d.png"})
    folder.picture(name);
  folder.text("labels.txt", "cat\n");
  folder.text("a.json", R"({"shapes": [
{"label": "cat", "points": [[1, 2], ["x", 9]], "shape_type": "rectangle"},
{"label": "owl", "points": [[1, 2], [5, 9]], "shape_type": "rectangle"},
{"points": [[1, 2], [5, 9]]},
{"label": "cat", "points": [[1, 2, 3], [5, 9]]},
5,
{"label": "cat"},
{"label": "cat", "points": [[NaN, 2], [5, 9]], "shape_type": "rectangle"},
{"label": "cat", "points": [], "shape_type": "rectangle"}
], "imageWidth": 50, "imageHeight": 100})");
  folder.text("b.json", "{\"shapes\": [\n{\"label\":");
  folder.text("c.json", "{\"shapes\": 5}");
  folder.text("d.json", std::string(500000, '['));
  const Dataset dataset = openDataset(folder.path());
  EXPECT_EQ(dataset.format, "labelme");
  for (const int line : {2, 3, 4, 5, 6, 7, 8, 9})
    EXPECT_TRUE(hasProblem(dataset, "a.json", line, "left out")) << line << problemsOf(dataset);
  EXPECT_TRUE(hasProblem(dataset, "a.json", 10, "camera's turn"));
  EXPECT_TRUE(hasProblem(dataset, "b.json", 2, "malformed JSON"));
  EXPECT_TRUE(hasProblem(dataset, "c.json", 0, "no list of shapes"));
  EXPECT_TRUE(hasProblem(dataset, "d.json", 1, "malformed JSON"));
  for (const Picture& picture : dataset.pictures)
    EXPECT_EQ(picture.annotation->state, LabelState::Unlabelled) << picture.path;
}

TEST(LabelmeFormat, AnyBytesAreAFaultAndNoMore) {
  RandomStream random(5, "labelme");
  DatasetFolder folder;
  folder.picture("a.png");
  for (int round = 0; round < 400; ++round) {
    std::string text = kLabel;
    for (std::uint64_t i = random.index(5); i > 0; --i)
      text[random.index(text.size())] = "{}[]\",:0-ex\n"[random.index(12)];
    if (random.index(3) == 0) text.resize(random.index(text.size()));
    folder.text("a.json", text);
    const Dataset dataset = openDataset(folder.path(), {"labelme", false});
    EXPECT_EQ(dataset.pictures.size(), 1U);
  }
}

}  // namespace
}  // namespace boxwright
