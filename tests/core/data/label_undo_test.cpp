// SPDX-License-Identifier: GPL-3.0-or-later
// What is undone after it was saved comes back into the label file with all that it had there.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "core/data/label_store.h"
#include "core/data/open_dataset.h"
#include "tests/core/data/dataset_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// A layout whose file has three boxes of a.png, each with what only the file knows of it
/// ("keep-1", …), and one of b.png.
struct Layout {
  const char* name;
  const char* file;
  std::string bytes;
};

std::string vocObject(int number) {
  const std::string left = std::to_string(10 * number);
  return "\t<object>\n\t\t<!-- keep-" + std::to_string(number) +
         " -->\n\t\t<name>cat</name>\n\t\t<occluded>0</occluded>\n\t\t<bndbox><xmin>" + left +
         ".0</xmin><ymin>5</ymin><xmax>9" + left +
         "</xmax><ymax>20</ymax></bndbox>\n\t\t<attributes><attribute>mine</attribute>"
         "</attributes>\n\t</object>\n\t<!-- between -->\n";
}
std::string cocoBox(int id, int picture, int left) {
  return "\n    {\"bbox\": [" + std::to_string(left) +
         ".0, 5, 10, 15], \"id\": " + std::to_string(id) +
         ", \"image_id\": " + std::to_string(picture) +
         ", \"category_id\": 7, \"segmentation\": [[1, 2, 3, 4, 5, 6]], \"mine\": \"keep-" +
         std::to_string(left / 10) + "\"}";
}
std::string cvatBox(int number) {
  const std::string left = std::to_string(10 * number);
  return "    <box label=\"cat\" occluded=\"0\" xtl=\"" + left + ".00\" ytl=\"5\" xbr=\"" +
         std::to_string(10 * number + 10) +
         "\" ybr=\"20\" group_id=\"3\">\n      <attribute "
         "name=\"mine\">keep-" +
         std::to_string(number) + "</attribute>\n    </box>\n";
}
std::string labelmeShape(int number) {
  const std::string left = std::to_string(10 * number);
  return "\n  {\"label\": \"cat\", \"points\": [[" + left +
         ".0, 5], [90, 7], [50, 20]], "
         "\"shape_type\": \"polygon\", \"description\": \"keep-" +
         std::to_string(number) + "\"}";
}

const Layout kLayouts[] = {
    {"Voc", "Annotations/a.xml",
     "<annotation>\n\t<filename>a.png</filename>\n" + vocObject(1) + vocObject(2) + vocObject(3) +
         "</annotation>\n"},
    {"Labelme", "a.json",
     "{\"imagePath\": \"a.png\", \"mine\": 1, \"shapes\": [" + labelmeShape(1) + "," +
         labelmeShape(2) + "," + labelmeShape(3) + "]}\n"},
    {"Ultralytics", "labels/a.txt",
     "0 0.1 0.10 0.2 0.1 0.2 0.2\n0 0.2 0.20 0.3 0.2 0.3 0.3\n0 0.30 0.3 0.4 0.3 0.4 0.4"},
    {"Coco", "instances.json",
     "{\n  \"images\": [\n    {\"id\": 4, \"file_name\": \"a.png\", \"flickr_url\": \"mine\"},"
     "\n    {\"id\": 2, \"file_name\": \"b.png\"}\n  ],\n  \"annotations\": [" +
         cocoBox(11, 4, 10) + "," + cocoBox(9, 2, 40) + "," + cocoBox(12, 4, 20) + "," +
         cocoBox(5, 4, 30) + "\n  ],\n  \"categories\": [{\"id\": 7, \"name\": \"cat\"}]\n}\n"},
    {"Cvat", "annotations.xml",
     "<annotations>\n  <image id=\"4\" name=\"a.png\" mine=\"1\" width=\"100\" height=\"50\">\n" +
         cvatBox(1) + cvatBox(2) + cvatBox(3) + "  </image>\n  <image id=\"2\" name=\"b.png\">\n" +
         cvatBox(4) + "  </image>\n</annotations>\n"},
    {"Csv", "boxes.csv",
     "filename,class,xmin,ymin,xmax,ymax,mine\na.png,cat,10.0,5,20,20,keep-1\n"
     "a.png,\"cat\",20.0,5,30,20,\"keep-2\n, of two lines\"\na.png,cat,30,5,40,20,keep-3\n"
     "b.png,cat,10,5,20,20,keep-4\n"},
};

class LabelUndoTest : public testing::TestWithParam<Layout> {
 protected:
  void SetUp() override {
    const bool voc = std::string(GetParam().name) == "Voc";
    const bool text = std::string(GetParam().name) == "Ultralytics";
    for (const char* name : {"a.png", "b.png"})
      folder_.picture(std::string("set/") + (voc ? "JPEGImages/" : text ? "images/" : "") + name);
    if (text) folder_.text("set/data.yaml", "train: images\nnames: [cat]\n");
    folder_.text(std::string("set/") + GetParam().file, GetParam().bytes);
    open();
    ASSERT_EQ(now().boxes.size(), 3U) << problemsOf(dataset_);
  }
  void open() {
    store_.reset();
    dataset_ = openDataset(folder_ / "set");
    store_.emplace(dataset_, folder_ / "user");
    for (const auto& [picture, annotation] : store_->takeFound().annotations)
      dataset_.pictures[picture].annotation = annotation;
  }
  const Annotation& now() const { return *dataset_.pictures[0].annotation; }
  std::string bytes() const { return readFile(folder_ / "set" / GetParam().file); }

  void edit(const Annotation& after, std::size_t picture = 0) {
    const auto value = std::make_shared<const Annotation>(after);
    store_->edit({"Edit", {{picture, dataset_.pictures[picture].annotation, value}}});
    dataset_.pictures[picture].annotation = value;
    save(picture);
  }
  void save(std::size_t picture = 0) {
    EXPECT_EQ(store_->save(picture), LabelStore::Outcome::Saved);
  }
  void erase(std::size_t box) {
    Annotation after = now();
    after.boxes.erase(after.boxes.begin() + static_cast<std::ptrdiff_t>(box));
    edit(after);
  }
  void move(std::size_t box) {
    Annotation after = now();
    after.boxes[box].rect.top += 1;
    edit(after);
  }
  void undo() {
    store_->undo();
    save();
  }

  DatasetFolder folder_;
  Dataset dataset_;
  std::optional<LabelStore> store_;
};

TEST_P(LabelUndoTest, ADeletedBoxComesBackByteForByte) {
  for (std::size_t box = 0; box < 3; ++box) {
    const AnnotationPtr before = dataset_.pictures[0].annotation;
    erase(box);
    EXPECT_EQ(bytes().find("keep-" + std::to_string(box + 1)), std::string::npos);
    undo();
    dataset_.pictures[0].annotation = before;
    EXPECT_EQ(bytes(), GetParam().bytes);
  }
  store_->close();
  EXPECT_FALSE(fs::exists(folder_ / "set/.boxwright/as-read"));
}

TEST_P(LabelUndoTest, SoDoesAPictureThatWasUnlabelledOrNegative) {
  for (const LabelState state : {LabelState::Unlabelled, LabelState::Negative}) {
    const AnnotationPtr before = dataset_.pictures[0].annotation;
    Annotation after;
    after.state = state;
    edit(after);
    undo();
    dataset_.pictures[0].annotation = before;
    EXPECT_EQ(bytes(), GetParam().bytes);
  }
}

TEST_P(LabelUndoTest, AndAfterACrashAndInALaterSession) {
  erase(2);
  store_->close();
  open();
  const std::string later = bytes();
  erase(1);
  open();  // nobody closed it
  undo();
  EXPECT_EQ(bytes(), later);
}

TEST_P(LabelUndoTest, OneOfSeveralEditsBringsBackWhatItTook) {
  move(0);
  const std::string moved = bytes();
  const AnnotationPtr before = dataset_.pictures[0].annotation;
  erase(1);
  undo();
  dataset_.pictures[0].annotation = before;
  if (!dataset_.labelFiles.empty()) {
    // Of a file of many the box comes at the end, with all that it had.
    EXPECT_NE(bytes().find("keep-2"), std::string::npos) << bytes();
    EXPECT_EQ(bytes().size(), moved.size());
  } else {
    EXPECT_EQ(bytes(), moved);
  }
  edit({});
  undo();
  EXPECT_EQ(bytes().size(), moved.size()) << bytes();
  for (const char* kept : {"keep-1", "keep-2", "keep-3", "mine"}) {
    if (moved.find(kept) == std::string::npos) continue;
    EXPECT_NE(bytes().find(kept), std::string::npos) << bytes();
  }
  store_->undo();
  save();
  EXPECT_EQ(bytes(), GetParam().bytes);
  store_->close();
  open();
  EXPECT_EQ(now().boxes.size(), 3U) << problemsOf(dataset_);
}

INSTANTIATE_TEST_SUITE_P(Layouts, LabelUndoTest, testing::ValuesIn(kLayouts),
                         [](const auto& layout) { return std::string(layout.param.name); });

}  // namespace
}  // namespace boxwright
