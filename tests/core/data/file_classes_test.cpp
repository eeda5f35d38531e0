// SPDX-License-Identifier: GPL-3.0-or-later
// The lists of classes in COCO's and CVAT's label files, byte for byte.
#include "core/data/file_classes.h"

#include <gtest/gtest.h>

#include "core/data/label_writer.h"
#include "tests/core/data/dataset_folder.h"

namespace boxwright {
namespace {

ClassListPtr list(ClassList classes) {
  return std::make_shared<const ClassList>(std::move(classes));
}

const ClassListPtr kStart = list({{0, "cat"}, {1, "dog"}, {2, "fox"}});

std::string written(const LabelWriter& writer, const std::string& bytes, FileClasses& classes) {
  Dataset dataset;
  dataset.classes = namesOf(*classes.after);
  return writer.write(bytes, dataset, {}, &classes).value_or("(none)");
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

const std::string kHead = "{\"categories\": [{\"id\": 7, \"name\": \"cat\", \"x\": 1}, ";
const std::string kDog = "{ \"name\":\"dog\",\"id\":3 }";
const std::string kFox = "{\"id\": 5, \"name\": \"f\\u006fx\"}";
/// The second annotation is of a picture that is not here.
const std::string kRest =
    "],\n \"images\": [{\"id\": 1, \"file_name\": \"gone.png\"}], \"annotations\": [\n"
    "{\"id\": 1, \"image_id\": 1, \"category_id\": 3, \"bbox\": [1, 1, 2, 2]},\n"
    "{\"id\": 2, \"image_id\": 1, \"category_id\":  5 , \"bbox\": []}]}";
const std::string kCoco = kHead + kDog + ", " + kFox + kRest;

TEST(FileClasses, CocoChangesTheNameAlone) {
  FileClasses classes{
      "c.json", kStart, list({{0, "cat"}, {1, "a \"dog\""}, {2, "fox"}}), {0, 1, 2}, {}};
  EXPECT_EQ(written(*makeCocoWriter(), kCoco, classes),
            replaced(kCoco, "\"dog\"", "\"a \\\"dog\\\"\""));
  FileClasses back{"c.json", classes.after, kStart, {0, 1, 2}, {}};
  EXPECT_EQ(written(*makeCocoWriter(), written(*makeCocoWriter(), kCoco, classes), back), kCoco);
}

TEST(FileClasses, CocoMovesCategoriesWithAllTheyHold) {
  FileClasses classes{"c.json", kStart, list({{0, "cat"}, {2, "fox"}, {1, "dog"}}), {0, 2, 1}, {}};
  EXPECT_EQ(written(*makeCocoWriter(), kCoco, classes), kHead + kFox + ", " + kDog + kRest);
}

TEST(FileClasses, CocoAddsWithAnIdThatNoneHad) {
  FileClasses classes{
      "c.json", kStart, list({{0, "cat"}, {1, "dog"}, {2, "fox"}, {9, "yak"}}), {0, 1, 2}, {}};
  EXPECT_EQ(written(*makeCocoWriter(), kCoco, classes),
            kHead + kDog + ", " + kFox + ", {\"id\": 8, \"name\": \"yak\"}" + kRest);
}

TEST(FileClasses, CocoMergesAlsoWhatCannotBeUsedAndGivesItsOwnBack) {
  FileClasses merged{"c.json", kStart, list({{0, "cat"}, {1, "dog"}}), {0, 1, 1}, {}};
  const std::string after = written(*makeCocoWriter(), kCoco, merged);
  EXPECT_EQ(after, kHead + kDog + replaced(kRest, ":  5 ", ":  3 "));
  EXPECT_EQ(merged.gone, (std::map<int, std::string>{{2, kFox}}));
  // A new one does not get the id of one that may come back, which gets its own.
  FileClasses back{"c.json",
                   merged.after,
                   list({{0, "cat"}, {1, "dog"}, {2, "fox"}, {9, "yak"}}),
                   {0, 1},
                   merged.gone};
  EXPECT_EQ(written(*makeCocoWriter(), after, back), kHead + kDog + ", " + kFox +
                                                         ", {\"id\": 8, \"name\": \"yak\"}" +
                                                         replaced(kRest, ":  5 ", ":  3 "));
  EXPECT_TRUE(back.gone.empty());
}

TEST(FileClasses, CocoLeavesWhatIsNoClassInItsPlace) {
  const std::string odd = kHead + "{\"name\": \"no id\"}, " + kDog + ", " + kFox + kRest;
  FileClasses classes{"c.json", kStart, list({{2, "fox"}, {1, "dog"}}), {-1, 1, 0}, {}};
  EXPECT_EQ(written(*makeCocoWriter(), odd, classes),
            "{\"categories\": [" + kFox + ", {\"name\": \"no id\"}, " + kDog + kRest);
}

std::string label(const std::string& name, const std::string& rest) {
  return "\n    <label>\n      <name>" + name + "</name>" + rest + "\n    </label>";
}
std::string cvat(const std::string& labels, const std::string& dog, const std::string& fox) {
  return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations><meta><task><labels>" + labels +
         "\n  </labels></task></meta>\n<!-- dog -->\n<image id=\"0\" name=\"gone.png\">\n"
         "  <polygon label=\"" +
         dog + "\" points=\"1,1;2,2;3,1\"/>\n  <tag label='" + fox +
         "'><attribute name=\"dog\">fox</attribute></tag>\n</image>\n<track id=\"0\" label=\"" +
         dog + "\"><box frame=\"0\"/></track>\n</annotations>\n";
}
const std::string kCat = label("cat", "\n      <color>#111</color>");
const std::string kCvatDog =
    label("dog", "<attributes><attribute><name>fox</name></attribute></attributes>");
const std::string kCvatFox = label("fox", "");
const std::string kCvat = cvat(kCat + kCvatDog + kCvatFox, "dog", "fox");

TEST(FileClasses, CvatRenamesEverythingThatHasTheLabel) {
  FileClasses classes{"c.xml", kStart, list({{0, "cat"}, {1, "<dog>"}, {2, "fox"}}), {0, 1, 2}, {}};
  const std::string after = written(*makeCvatWriter(), kCvat, classes);
  EXPECT_EQ(after,
            cvat(kCat + replaced(kCvatDog, "dog", "&lt;dog&gt;") + kCvatFox, "&lt;dog&gt;", "fox"));
  FileClasses back{"c.xml", classes.after, kStart, {0, 1, 2}, {}};
  EXPECT_EQ(written(*makeCvatWriter(), after, back), kCvat);
}

TEST(FileClasses, CvatMovesAddsAndMerges) {
  FileClasses moved{"c.xml", kStart, list({{2, "fox"}, {0, "cat"}, {1, "dog"}}), {1, 2, 0}, {}};
  EXPECT_EQ(written(*makeCvatWriter(), kCvat, moved),
            cvat(kCvatFox + kCat + kCvatDog, "dog", "fox"));
  FileClasses added{
      "c.xml", kStart, list({{0, "cat"}, {1, "dog"}, {2, "fox"}, {9, "yak"}}), {0, 1, 2}, {}};
  EXPECT_EQ(written(*makeCvatWriter(), kCvat, added),
            cvat(kCat + kCvatDog + kCvatFox + label("yak", ""), "dog", "fox"));
  FileClasses merged{"c.xml", kStart, list({{0, "cat"}, {2, "fox"}}), {0, 1, 1}, {}};
  const std::string after = written(*makeCvatWriter(), kCvat, merged);
  EXPECT_EQ(after, cvat(kCat + kCvatFox, "fox", "fox"));
  // Its colour and attributes come back with it.
  FileClasses back{"c.xml", merged.after, kStart, {0, 2}, merged.gone};
  EXPECT_EQ(written(*makeCvatWriter(), after, back),
            cvat(kCat + kCvatDog + kCvatFox, "fox", "fox"));
}

}  // namespace
}  // namespace boxwright
