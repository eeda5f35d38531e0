// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/convert.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/base/random.h"
#include "core/data/label_rule.h"
#include "core/data/open_dataset.h"
#include "tests/core/data/dataset_folder.h"
#include "tests/error_of.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> boxFormats() {
  std::vector<std::string> formats = conversionFormats();
  std::erase(formats, "class-folders");
  return formats;
}

/// Pictures of one name in two folders, negative and unlabelled ones, splits, boxes with fractions.
void makeDataset(const DatasetFolder& folder) {
  RandomStream random(3, "convert");
  std::string train, val;
  for (const char* place : {"x", "y"}) {
    for (int i = 0; i < 4; ++i) {
      const std::string name = std::string(place) + "/" + std::to_string(i);
      folder.picture("from/JPEGImages/" + name + ".png", 100, 60);
      (i == 2 ? val : train) += name + "\n";
      if (i == 3) continue;  // unlabelled
      std::string xml = "<annotation>";
      for (std::uint64_t k = i == 1 ? 0 : 1 + random.index(3); k > 0; --k) {
        const double left = random.uniform(1, 60), top = random.uniform(1, 30);
        xml += "<object><name>" + std::string(k == 1 ? "the dog" : "cat, \"A\"") +
               "</name><bndbox><xmin>" + std::to_string(left) + "</xmin><ymin>" +
               std::to_string(top) + "</ymin><xmax>" +
               std::to_string(left + random.uniform(5, 30)) + "</xmax><ymax>" +
               std::to_string(top + random.uniform(5, 25)) + "</ymax></bndbox></object>";
      }
      folder.text("from/Annotations/" + name + ".xml", xml + "</annotation>");
    }
  }
  folder.text("from/classes.txt", "zebra\nthe dog\ncat, \"A\"\n");
  folder.text("from/ImageSets/Main/train.txt", train);
  folder.text("from/ImageSets/Main/val.txt", val);
}

/// What differs between two datasets, to `tolerance` pixels; pictures by their order.
std::string differences(const Dataset& a, const Dataset& b, double tolerance) {
  if (a.classes != b.classes) return "classes";
  if (a.pictures.size() != b.pictures.size()) return "the number of pictures";
  for (std::size_t i = 0; i < a.pictures.size(); ++i) {
    const std::string& path = a.pictures[i].path;
    // The last two parts: layouts have folders of their own above them.
    const auto tail = [](const std::string& p) { return "/" + p.substr(p.size() - 7); };
    if (tail(path) != tail(b.pictures[i].path)) return path + " is " + b.pictures[i].path;
    const Annotation &x = *a.pictures[i].annotation, &y = *b.pictures[i].annotation;
    if (x.state != y.state) return "the state of " + path;
    if (x.boxes.size() != y.boxes.size()) return "the boxes of " + path;
    for (std::size_t k = 0; k < x.boxes.size(); ++k) {
      if (x.boxes[k].classId != y.boxes[k].classId) return "a class in " + path;
      const Rect &r = x.boxes[k].rect, &s = y.boxes[k].rect;
      for (const double off :
           {r.left - s.left, r.top - s.top, r.right - s.right, r.bottom - s.bottom}) {
        if (!(std::abs(off) <= tolerance)) return "a box in " + path + " by " + std::to_string(off);
      }
    }
  }
  return {};
}

Dataset opened(const fs::path& path, const std::string& format) {
  Dataset dataset = openDataset(path);
  EXPECT_EQ(dataset.format, format);
  EXPECT_EQ(problemsOf(dataset), "") << format;
  return dataset;
}

TEST(Convert, AllPairsKeepWhatBothCanHold) {
  const DatasetFolder folder;
  makeDataset(folder);
  const Dataset source = opened(folder / "from", "voc");
  for (const std::string& first : boxFormats()) {
    const fs::path there = folder / ("to-" + first);
    convertDataset(source, {first, there});
    const Dataset dataset = opened(there, first);
    // Fractions of the picture and VOC's additions round in the last places; of COCO's left edge
    // and width there is not always one that gives the right edge.
    const auto tolerance = [](const std::string& format) {
      return format == "coco"                                             ? 1e-13
             : format == "labelme" || format == "cvat" || format == "csv" ? 0
                                                                          : 1e-9;
    };
    EXPECT_EQ(differences(source, dataset, tolerance(first)), "") << first;
    if (first == "voc" || first == "darknet" || first == "ultralytics") {
      EXPECT_EQ(dataset.splits, source.splits) << first;
    } else if (first != "labelme") {
      // Without the two that nothing is said of.
      EXPECT_EQ(dataset.splits.at("train").size(), 4U) << first;
      EXPECT_EQ(dataset.splits.at("val"), source.splits.at("val")) << first;
    }
    for (const std::string& second : boxFormats()) {
      const fs::path further = folder / ("to-" + first + "-" + second);
      convertDataset(dataset, {second, further, PictureTransfer::Link});
      EXPECT_EQ(differences(dataset, opened(further, second), tolerance(second)), "")
          << first << " -> " << second;
    }
  }
}

TEST(Convert, FlagsAreKeptWhereThereIsRoomAndToldWhereNot) {
  const DatasetFolder folder;
  folder.picture("from/a.png");
  folder.picture("from/b.png");
  folder.text(
      "from/a.json",
      R"({"flags": {"verified": true}, "shapes": [{"label": "cat", "points": [[1, 2], [30, 40]],
"shape_type": "rectangle", "flags": {"occluded": true, "difficult": true, "truncated": true, "crowd": true}},
{"label": "cat", "points": [[1, 2], [2, 40]], "shape_type": "rectangle"}]})");
  const Dataset source = openDataset(folder / "from");
  ASSERT_EQ(source.format, "labelme");
  const auto lost = [&](const std::string& format) {
    std::string words;
    for (const ConversionLoss& loss : lossesOf(source, format))
      words += std::to_string(loss.count) + " " + loss.what + "; ";
    return words;
  };
  const auto box = [&](const std::string& format) {
    const fs::path there = folder / ("to-" + format);
    convertDataset(source, {format, there});
    return *openDataset(there).pictures.at(0).annotation;
  };
  EXPECT_EQ(lost("labelme"), "");
  EXPECT_EQ(box("labelme"), *source.pictures[0].annotation);
  EXPECT_EQ(lost("voc"),
            "1 boxes of one pixel or less in width or height: they are left out; "
            "1 boxes marked crowd: the mark; ");
  const Annotation voc = box("voc");
  EXPECT_TRUE(voc.verified && voc.boxes.at(0).difficult && voc.boxes[0].truncated &&
              voc.boxes[0].occluded && !voc.boxes[0].crowd);
  EXPECT_EQ(voc.boxes.size(), 1U);
  EXPECT_EQ(lost("coco"),
            "1 boxes marked difficult: the mark; 1 boxes marked truncated: the mark; "
            "1 boxes marked occluded: the mark; 1 pictures marked verified: the mark; ");
  EXPECT_TRUE(box("coco").boxes.at(0).crowd);
  EXPECT_TRUE(box("cvat").boxes.at(0).occluded);
  EXPECT_EQ(lost("darknet").substr(0, 40), "1 boxes marked difficult: the mark; 1 bo");
  EXPECT_NE(lost("darknet").find("2 pictures in none of train, val and test"), std::string::npos);
  EXPECT_NE(lost("class-folders").find("2 boxes: there is only a class"), std::string::npos);
}

TEST(Convert, ClassFolders) {
  const DatasetFolder folder;
  for (const char* name : {"train/cat/1.png", "train/dog/1.png", "val/cat/1.png", "val/dog/2.png"})
    folder.picture(std::string("from/") + name);
  const Dataset source = opened(folder / "from", "class-folders");
  convertDataset(source, {"class-folders", folder / "same"});
  const Dataset same = opened(folder / "same", "class-folders");
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_EQ(same.pictures[i].path, source.pictures[i].path);
  EXPECT_EQ(same.splits, source.splits);
  // Darknet's rows hold the class of a picture as a whole; VOC's files do not.
  convertDataset(source, {"darknet", folder / "rows"});
  const Dataset rows = opened(folder / "rows", "darknet");
  EXPECT_EQ(rows.pictures.at(1).annotation->imageClasses, std::vector<int>{1});
  EXPECT_EQ(lossesOf(source, "voc").at(0).count, 4U);
  convertDataset(source, {"voc", folder / "voc"});
  EXPECT_EQ(openDataset(folder / "voc").pictures.at(0).annotation->state, LabelState::Unlabelled)
      << "not that there is nothing";
  const DatasetFolder boxes;
  makeDataset(boxes);
  EXPECT_NE(errorOf([&] {
              convertDataset(openDataset(boxes / "from"), {"class-folders", boxes / "to"});
            }).find("nothing of the dataset"),
            std::string::npos);
  EXPECT_FALSE(fs::exists(boxes / "to"));
}

TEST(Convert, PicturesOfOneNameKeepTheirOwnLabels) {
  const DatasetFolder folder;
  folder.picture("from/a.png");
  folder.picture("from/a.jpg");
  folder.text("from/labels.csv",
              "filename,class,xmin,ymin,xmax,ymax\na.png,cat,1,2,30,40\na.jpg,cat,5,6,30,40\n");
  const Dataset source = opened(folder / "from", "csv");
  for (const std::string& format : boxFormats()) {
    convertDataset(source, {format, folder / format});
    const Dataset there = openDataset(folder / format);
    ASSERT_EQ(there.pictures.size(), 2U) << format;
    EXPECT_NEAR(there.pictures[0].annotation->boxes.at(0).rect.left, 5, 1e-9) << format;
    EXPECT_NEAR(there.pictures[1].annotation->boxes.at(0).rect.left, 1, 1e-9) << format;
  }
}

TEST(Convert, OneSplitAlone) {
  const DatasetFolder folder;
  makeDataset(folder);
  const Dataset source = openDataset(folder / "from");
  const Dataset val = splitAlone(source, "val");
  EXPECT_EQ(val.pictures.size(), 2U);
  convertDataset(val, {"coco", folder / "val"});
  const Dataset there = opened(folder / "val", "coco");
  EXPECT_EQ(there.splits.size(), 1U);
  EXPECT_EQ(there.splits.at("val").size(), 2U);
  EXPECT_NE(errorOf([&] { splitAlone(source, "none"); }).find("the splits are"), std::string::npos);
}

TEST(Convert, WholeOrNotAtAll) {
  const DatasetFolder folder;
  makeDataset(folder);
  const Dataset source = openDataset(folder / "from");
  std::stop_source stop;
  stop.request_stop();
  convertDataset(source, {"coco", folder / "to"}, stop.get_token());
  EXPECT_FALSE(fs::exists(folder / "to"));
  Dataset broken = source;
  broken.pictures[5].path = "gone.png";
  EXPECT_NE(errorOf([&] {
              convertDataset(broken, {"coco", folder / "to"});
            }).find("copy a picture"),
            std::string::npos);
  EXPECT_FALSE(fs::exists(folder / "to"));
  std::size_t left = 0;
  for (const auto& entry : fs::directory_iterator(folder.path()))
    left += entry.path().filename() != "from";
  EXPECT_EQ(left, 0U);
  folder.text("to/mine.txt", "");
  EXPECT_NE(errorOf([&] {
              convertDataset(source, {"coco", folder / "to"});
            }).find("not empty"),
            std::string::npos);
  convertDataset(source, {"coco", folder / "links", PictureTransfer::Link});
  EXPECT_TRUE(fs::is_symlink(folder / "links/images/x/0.png"));
  convertDataset(source, {"coco", folder / "labels", PictureTransfer::None});
  EXPECT_FALSE(fs::exists(folder / "labels/images"));
  EXPECT_TRUE(fs::exists(folder / "labels/annotations/instances_train.json"));
}

TEST(Convert, PicturesBelowFoldersCalledImagesKeepTheirLabelsInUltralytics) {
  const DatasetFolder folder;
  for (const char* split : {"train", "valid"}) {
    folder.picture(std::string("set/") + split + "/images/a.png");
    folder.text(std::string("set/") + split + "/labels/a.txt", "0 0.5 0.5 0.2 0.2\n");
  }
  folder.text("set/data.yaml", "train: train/images\nval: valid/images\nnames: [cat]\n");
  ConvertOptions options;
  options.format = "ultralytics";
  options.folder = folder / "out";
  convertDataset(openDataset(folder / "set"), options);
  const Dataset out = openDataset(folder / "out");
  EXPECT_TRUE(out.problems.empty()) << problemsOf(out);
  ASSERT_EQ(out.pictures.size(), 2U);
  for (const Picture& picture : out.pictures)
    EXPECT_EQ(picture.annotation->boxes.size(), 1U) << picture.path;
}

TEST(Convert, EveryDarknetFindsTheLabelsOfPicturesBelowFoldersCalledImages) {
  const DatasetFolder folder;
  std::string rows = "filename,class,xmin,ymin,xmax,ymax\n";
  for (const char* name : {"cam1/images/a", "cam2/JPEGImages/a", "my_images_1"}) {
    folder.picture(std::string("set/") + name + ".png");
    rows += std::string(name) + ".png,cat,11,6,30,20\n";
  }
  folder.text("set/labels.csv", rows);
  const Dataset set = openDataset(folder / "set");
  ConvertOptions options;
  options.format = "darknet";
  options.folder = folder / "out";
  const std::vector<ConversionLoss> losses = lossesOf(set, "darknet");
  EXPECT_TRUE(std::any_of(losses.begin(), losses.end(), [](const ConversionLoss& loss) {
    return loss.count == 3 && loss.what.find("called otherwise") != std::string::npos;
  }));
  convertDataset(set, options);
  const Dataset out = openDataset(folder / "out");
  ASSERT_EQ(out.pictures.size(), 3U);
  for (const Picture& picture : out.pictures) {
    EXPECT_EQ(picture.annotation->boxes.size(), 1U) << picture.path;
    for (const LabelRule rule : labelRules())
      EXPECT_TRUE(
          std::filesystem::exists(labelPathBy(rule, out.root, (out.root / picture.path).string())))
          << picture.path << " by the rule of " << labelRuleName(rule);
  }
}

}  // namespace
}  // namespace boxwright
