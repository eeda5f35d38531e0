// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/atomic_file.h"
#include "core/data/combined_file.h"
#include "core/data/label_store.h"
#include "core/data/open_dataset.h"
#include "tests/core/data/dataset_folder.h"
#include "tests/error_of.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// Text labels of two classes, and class folders of three, over a tree.
class Combined : public testing::Test {
 protected:
  Combined() {
    folder_.text("boxes/data.yaml", "train: images/train\nval: images/val\nnames: [moo, pug]\n");
    for (const char* const name : {"train/a", "train/b", "val/c"}) {
      folder_.picture(std::string("boxes/images/") + name + ".png", 40, 40);
      folder_.text(std::string("boxes/labels/") + name + ".txt", "1 .5 .5 .5 .5\n");
    }
    for (const char* const name : {"husky/d", "husky/e", "Pug/f", "zebra/g"})
      folder_.picture(std::string("whole/") + name + ".png", 30, 30);
    folder_.text("animals.tree", "animal -1\nn1 0\nn2 0\nn3 1\nn4 1\n");
    folder_.text("animals.names", "animal\ndog\ncow\npug\nhusky\n");
    write("{\"moo\": \"n2\"}", "{}");
  }

  void write(const std::string& boxes, const std::string& whole) {
    folder_.text("animals.combined.json",
                 R"({"tree": "animals.tree", "names": "animals.names", "datasets": [
                     {"path": "boxes", "map": )" +
                     boxes + R"(},
                     {"path": "whole", "map": )" +
                     whole + "}]}");
  }
  Dataset open() { return openDataset(folder_ / "animals.combined.json"); }
  std::string fault() {
    return errorOf([&] { open(); });
  }

  DatasetFolder folder_;
};

TEST_F(Combined, ClassesAreNodesAndSplitsAreEachDatasetsOwn) {
  folder_.text("boxes/labels/train/a.txt", "0 .5 .5 .5 .5\n1 .2 .2 .1 .1\n");
  const Dataset dataset = open();
  EXPECT_EQ(dataset.format, "combined");
  ASSERT_NE(dataset.classTree, nullptr);
  EXPECT_EQ(dataset.classTree->size(), 5);
  EXPECT_EQ(dataset.classes, (ClassNames{"animal", "dog", "cow", "pug", "husky"}));
  ASSERT_EQ(dataset.pictures.size(), 7U);
  const Annotation& a = *pictureNamed(dataset, "boxes/images/train/a.png").annotation;
  ASSERT_EQ(a.boxes.size(), 2U);
  EXPECT_EQ(a.boxes[0].classId, 2) << "by the map";
  EXPECT_EQ(a.boxes[1].classId, 3) << "by name";
  EXPECT_EQ(pictureNamed(dataset, "boxes/images/train/a.png").width, 40);
  EXPECT_EQ(pictureNamed(dataset, "whole/husky/d.png").annotation->imageClasses,
            std::vector<int>{4});
  EXPECT_EQ(pictureNamed(dataset, "whole/Pug/f.png").annotation->imageClasses, std::vector<int>{3});
  const auto isIn = [&](const std::string& split, const std::string& path) {
    const auto& members = dataset.splits.at(split);
    return std::any_of(members.begin(), members.end(),
                       [&](std::size_t i) { return dataset.pictures[i].path == path; });
  };
  EXPECT_TRUE(isIn("val", "boxes/images/val/c.png"));
  EXPECT_TRUE(isIn("train", "boxes/images/train/b.png"));
  std::size_t divided = 0;
  for (const auto& [name, members] : dataset.splits)
    divided +=
        static_cast<std::size_t>(std::count_if(members.begin(), members.end(), [&](std::size_t i) {
          return dataset.pictures[i].path.starts_with("whole/");
        }));
  EXPECT_EQ(divided, 4U) << "those without splits are divided";
}

TEST_F(Combined, AClassWithoutANodeIsListedAndItsPicturesAreLeftOut) {
  const Dataset dataset = open();
  EXPECT_EQ(pictureNamed(dataset, "whole/zebra/g.png").annotation->state, LabelState::Unlabelled);
  ASSERT_EQ(dataset.problems.size(), 1U) << problemsOf(dataset);
  EXPECT_EQ(dataset.problems[0].severity, Severity::Error);
  EXPECT_EQ(dataset.problems[0].file, "whole");
  EXPECT_NE(dataset.problems[0].what.find("zebra has no node"), std::string::npos);
  // Of a picture with boxes of two classes none is learned as background.
  write("{}", R"({"zebra": "animal"})");
  folder_.text("boxes/labels/train/a.txt", "0 .5 .5 .5 .5\n1 .2 .2 .1 .1\n");
  const Dataset second = open();
  EXPECT_EQ(pictureNamed(second, "boxes/images/train/a.png").annotation->state,
            LabelState::Unlabelled);
  EXPECT_EQ(pictureNamed(second, "whole/zebra/g.png").annotation->imageClasses,
            std::vector<int>{0});
}

TEST_F(Combined, DarknetsMapTakesAllClassesInTheirOrder) {
  folder_.text("boxes.map", "2\n1\n");
  write("\"boxes.map\"", R"({"zebra": "animal"})");
  EXPECT_EQ(pictureNamed(open(), "boxes/images/train/b.png").annotation->boxes[0].classId, 1);
  folder_.text("boxes.map", "2\n1\n0\n");
  EXPECT_NE(fault().find("boxes.map"), std::string::npos) << fault();
  EXPECT_NE(fault().find("3 lines"), std::string::npos) << fault();
  folder_.text("boxes.map", "2\n5\n");
  EXPECT_NE(fault().find("boxes.map:2"), std::string::npos) << fault();
}

TEST_F(Combined, FaultsOfTheFilesNameThem) {
  const auto expectFault = [&](const std::string& json, const std::string& what) {
    folder_.text("animals.combined.json", json);
    const std::string message = fault();
    EXPECT_NE(message.find(what), std::string::npos) << message;
    EXPECT_NE(message.find("animals.combined.json"), std::string::npos) << message;
  };
  expectFault("{\"tree\":\n", "no JSON");
  expectFault("[]", "no combined dataset");
  expectFault("{}", "\"tree\" is missing");
  expectFault(R"({"tree": 3})", "\"tree\" is no text");
  expectFault(R"({"tree": "animals.tree"})", "\"datasets\" is missing");
  expectFault(R"({"tree": "animals.tree", "datasets": []})", "\"datasets\" is missing");
  expectFault(R"({"tree": "animals.tree", "datasets": [{}]})", "without \"path\"");
  expectFault(R"({"tree": "animals.tree", "datasets": [{"path": "boxes", "map": {"moo": 3}}]})",
              "gives moo no label");
  expectFault(R"({"tree": "animals.tree", "datasets": [{"path": "boxes", "map": {"moo": "n9"}}]})",
              "label n9");
  expectFault(R"({"tree": "animals.tree", "datasets": [{"path": "animals.combined.json"}]})",
              "names another");
  expectFault(R"({"tree": "animals.tree", "datasets": [{"path": "gone"}]})",
              "the dataset gone of this combined dataset cannot be opened");
  expectFault(R"({"tree": "animals.tree", "datasets": [{"path": "boxes", "map": {"moo": 1}}]})",
              "gives moo no label");
  write("{}", "{}");
  folder_.text("animals.names", "animal\n");
  EXPECT_NE(fault().find("animals.names"), std::string::npos) << fault();
  EXPECT_NE(fault().find("animals.tree"), std::string::npos) << fault();
  fs::remove(folder_ / "animals.tree");
  EXPECT_NE(fault().find("animals.tree"), std::string::npos) << fault();
}

TEST_F(Combined, FileGoesThereAndBack) {
  CombinedFile combined;
  combined.tree = "t.tree";
  combined.parts = {{"a", "voc", {{"x", "n1"}}, ""}, {"/b/c", "", {}, "m.map"}};
  writeCombinedFile(folder_ / "x.combined.json", combined);
  const CombinedFile read = readCombinedFile(folder_ / "x.combined.json");
  EXPECT_EQ(read.tree, "t.tree");
  EXPECT_EQ(read.names, "");
  ASSERT_EQ(read.parts.size(), 2U);
  EXPECT_EQ(read.parts[0].path, "a");
  EXPECT_EQ(read.parts[0].format, "voc");
  EXPECT_EQ(read.parts[0].labels, combined.parts[0].labels);
  EXPECT_EQ(read.parts[1].mapFile, "m.map");
}

/// What others have written into the file, for themselves, stays in it.
TEST_F(Combined, WhatMeansNothingHereStaysInTheFile) {
  const fs::path file = folder_ / "x.combined.json", elsewhere = folder_ / "more/y.combined.json";
  folder_.text("x.combined.json",
               R"({"licence": "CC0", "tree": "old.tree", "datasets": [
                   {"path": "./a", "map": {"x": "n1"}, "camera": {"of": [1, 2]}},
                   {"path": "b", "camera": 3}, "no object", {"path": 4}], "by": null})");
  CombinedFile combined;
  combined.tree = "t.tree";
  combined.parts = {{"c", "", {}, ""}, {"a", "", {{"y", ""}}, ""}};
  writeCombinedFile(file, combined);
  EXPECT_EQ(nlohmann::ordered_json::parse(readFile(file)).dump(),
            R"({"licence":"CC0","tree":"t.tree","datasets":[{"path":"c"},)"
            R"({"path":"a","map":{"y":null},"camera":{"of":[1,2]}}],"by":null})");
  // Saved elsewhere, too.
  fs::create_directories(elsewhere.parent_path());
  combined.parts = {{"../a", "", {}, ""}};
  writeCombinedFile(elsewhere, combined, file);
  EXPECT_EQ(nlohmann::ordered_json::parse(readFile(elsewhere))["datasets"].dump(),
            R"([{"path":"../a","camera":{"of":[1,2]}}])");
  // And nothing of what is no such file.
  folder_.text("x.combined.json", "[1, {");
  writeCombinedFile(file, combined);
  EXPECT_EQ(readCombinedFile(file).tree, "t.tree");
}

TEST_F(Combined, LabelsAreEditedInTheDatasetsThemselves) {
  EXPECT_NE(errorOf([&] { LabelStore(open(), folder_ / "user"); }).find("read only"),
            std::string::npos);
}

}  // namespace
}  // namespace boxwright
