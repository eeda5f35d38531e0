// SPDX-License-Identifier: GPL-3.0-or-later
// Classes are added, renamed, moved and merged, in every layout that can hold it.
#include "core/data/class_edit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "core/base/error.h"
#include "core/data/label_store.h"
#include "core/data/open_dataset.h"
#include "tests/core/data/dataset_folder.h"
#include "tests/error_of.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// The classes after an edit: names with the ids they had, several where they were merged.
struct Wanted {
  std::string name;
  std::vector<int> from;
};

ClassChangePtr changeOf(const ClassListPtr& before, const std::vector<Wanted>& wanted) {
  ClassChange change{before, nullptr, std::vector<int>(before->size(), -1)};
  ClassList after;
  int identity = 100;
  for (const Wanted& w : wanted) {
    for (const int id : w.from)
      change.to[static_cast<std::size_t>(id)] = static_cast<int>(after.size());
    after.push_back(
        {w.from.empty() ? identity++ : (*before)[static_cast<std::size_t>(w.from.front())].identity,
         w.name});
  }
  change.after = std::make_shared<const ClassList>(std::move(after));
  return std::make_shared<const ClassChange>(std::move(change));
}

struct Layout {
  const char* name;
  const char* format;
  bool ordered;  ///< a file keeps the classes' order
  void (*make)(const DatasetFolder&);
};

std::string vocObject(const std::string& name, int left) {
  return "<object><name>" + name + "</name><bndbox><xmin>" + std::to_string(left) +
         "</xmin><ymin>6</ymin><xmax>" + std::to_string(left + 10) +
         "</xmax><ymax>20</ymax></bndbox></object>";
}

/// Three pictures: a cat and a dog, two foxes, a cat.
void makeVoc(const DatasetFolder& folder) {
  for (const char* name : {"a", "b", "c"})
    folder.picture(std::string("set/JPEGImages/") + name + ".png");
  folder.text("set/Annotations/a.xml", "<annotation>" + vocObject("cat", 11) + "<!-- kept -->" +
                                           vocObject("dog", 31) + "</annotation>");
  folder.text("set/Annotations/b.xml",
              "<annotation>" + vocObject("fox", 11) + vocObject("fox", 31) + "</annotation>");
  folder.text("set/Annotations/c.xml", "<annotation>" + vocObject("cat", 51) + "</annotation>");
}
void makeListedVoc(const DatasetFolder& folder) {
  makeVoc(folder);
  folder.text("set/classes.txt", "cat\r\ndog\r\nfox\r\n");
}
void makeTextLabels(const DatasetFolder& folder, const std::string& pictures,
                    const std::string& labels) {
  for (const char* name : {"a", "b", "c"})
    folder.picture("set/" + pictures + name + ".png");
  folder.text("set/" + labels + "a.txt", "0 0.2 0.5 0.1 0.2\n1  0.4 0.50 0.1 0.2\n");
  folder.text("set/" + labels + "b.txt", "2 0.2 0.5 0.1 0.2\n2 0.4 0.5 0.1 0.2\n");
  folder.text("set/" + labels + "c.txt", "0 0.2 0.5 0.1 0.2\n");
}
void makeDarknet(const DatasetFolder& folder) {
  makeTextLabels(folder, "", "");
  folder.text("set/obj.names", "cat\ndog\nfox");
  folder.text("set/train.txt", "a.png\nb.png\nc.png\n");
  folder.text("set/obj.data", "classes= 3\ntrain = train.txt\nnames = obj.names\n");
}
void makeUltralytics(const DatasetFolder& folder) {
  makeTextLabels(folder, "images/train/", "labels/train/");
  folder.text("set/data.yaml",
              "# mine\npath: .\ntrain: images/train\nnc: 3\nnames:\n  0: cat  # the first\n"
              "  1: 'dog'\n  2: fox\nmore: kept\n");
}
void makeLabelme(const DatasetFolder& folder) {
  const auto shape = [](const std::string& name, int left) {
    return "{\"label\": \"" + name + "\", \"points\": [[" + std::to_string(left) + ", 5], [" +
           std::to_string(left + 10) + ", 20]], \"shape_type\": \"rectangle\", \"mine\": 1}";
  };
  for (const char* name : {"a", "b", "c"})
    folder.picture(std::string("set/") + name + ".png");
  const auto file = [&](const std::string& shapes) {
    return "{\"version\": \"5\", \"shapes\": [" + shapes +
           "], \"imageWidth\": 100, \"imageHeight\": 50}";
  };
  folder.text("set/a.json", file(shape("cat", 10) + ", " + shape("dog", 30)));
  folder.text("set/b.json", file(shape("fox", 10) + ", " + shape("fox", 30)));
  folder.text("set/c.json", file(shape("cat", 50)));
  folder.text("set/labels.txt", "cat\ndog\nfox\n");
}
void makeCsv(const DatasetFolder& folder) {
  for (const char* name : {"a", "b", "c"})
    folder.picture(std::string("set/") + name + ".png");
  folder.text("set/boxes.csv",
              "filename,class,xmin,ymin,xmax,ymax,mine\na.png,cat,10,5,20,20,x\n"
              "a.png,\"dog\",30,5,40,20,y\nb.png,fox,10,5,20,20,\nb.png,fox,30,5,40,20,\n"
              "c.png,cat,50,5,60,20,\n");
  folder.text("set/classes.csv", "cat,0\ndog,1\nfox,2\n");
}

std::string cocoFile(const std::string& pictures, const std::string& annotations) {
  return "{\n  \"images\": [" + pictures + "],\n  \"annotations\": [" + annotations +
         "],\n  \"categories\": [\n    {\"id\": 7, \"name\": \"cat\", \"mine\": 1},\n"
         "    {\"supercategory\": \"animal\", \"id\": 3, \"name\": \"dog\"},\n"
         "    {\"id\": 5, \"name\": \"fox\"}\n  ]\n}\n";
}
std::string cocoPicture(int id, const std::string& name) {
  return "\n    {\"id\": " + std::to_string(id) + ", \"file_name\": \"" + name + "\"}";
}
std::string cocoBox(int id, int picture, int category, int left) {
  return "\n    {\"id\": " + std::to_string(id) + ", \"image_id\": " + std::to_string(picture) +
         ", \"category_id\": " + std::to_string(category) + ", \"bbox\": [" + std::to_string(left) +
         ", 5, 10, 15], \"area\": 99, \"iscrowd\": 0}";
}
void makeCoco(const DatasetFolder& folder) {
  for (const char* name : {"a", "b", "c"})
    folder.picture(std::string("set/") + name + ".png");
  folder.text(
      "set/instances.json",
      cocoFile(
          cocoPicture(1, "a.png") + "," + cocoPicture(2, "b.png") + "," + cocoPicture(3, "c.png"),
          cocoBox(1, 1, 7, 10) + "," + cocoBox(2, 1, 3, 30) + "," + cocoBox(3, 2, 5, 10) + "," +
              cocoBox(4, 2, 5, 30) + "," + cocoBox(5, 3, 7, 50)));
}
/// The last picture is in a file of its own, with the same categories.
void makeTwoCoco(const DatasetFolder& folder) {
  for (const char* name : {"train/a", "train/b", "val/c"})
    folder.picture(std::string("set/") + name + ".png");
  folder.text("set/annotations/instances_train.json",
              cocoFile(cocoPicture(1, "a.png") + "," + cocoPicture(2, "b.png"),
                       cocoBox(1, 1, 7, 10) + "," + cocoBox(2, 1, 3, 30) + "," +
                           cocoBox(3, 2, 5, 10) + "," + cocoBox(4, 2, 5, 30)));
  folder.text("set/annotations/instances_val.json",
              cocoFile(cocoPicture(1, "c.png"), cocoBox(1, 1, 7, 50)));
}
std::string cvatBox(const std::string& name, int left) {
  return "    <box label=\"" + name + "\" occluded=\"0\" xtl=\"" + std::to_string(left) +
         "\" ytl=\"5\" xbr=\"" + std::to_string(left + 10) + "\" ybr=\"20\"/>\n";
}
std::string cvatLabel(const std::string& name, const std::string& colour) {
  return "        <label>\n          <name>" + name + "</name>\n          <color>" + colour +
         "</color>\n          <attributes/>\n        </label>\n";
}
void makeCvat(const DatasetFolder& folder) {
  for (const char* name : {"a", "b", "c"})
    folder.picture(std::string("set/") + name + ".png");
  const auto image = [](int id, const std::string& name, const std::string& boxes) {
    return "  <image id=\"" + std::to_string(id) + "\" name=\"" + name + "\">\n" + boxes +
           "  </image>\n";
  };
  folder.text("set/annotations.xml",
              "<annotations>\n  <meta>\n    <task>\n      <labels>\n" + cvatLabel("cat", "#111") +
                  cvatLabel("dog", "#222") + cvatLabel("fox", "#333") +
                  "      </labels>\n    </task>\n  </meta>\n" +
                  image(0, "a.png", cvatBox("cat", 10) + cvatBox("dog", 30)) +
                  image(1, "b.png", cvatBox("fox", 10) + cvatBox("fox", 30)) +
                  image(2, "c.png", cvatBox("cat", 50)) + "</annotations>\n");
}

const Layout kLayouts[] = {
    {"Voc", "voc", false, makeVoc},
    {"ListedVoc", "voc", true, makeListedVoc},
    {"Darknet", "darknet", true, makeDarknet},
    {"Ultralytics", "ultralytics", true, makeUltralytics},
    {"Labelme", "labelme", true, makeLabelme},
    {"Csv", "csv", true, makeCsv},
    {"Coco", "coco", true, makeCoco},
    {"TwoCoco", "coco", true, makeTwoCoco},
    {"Cvat", "cvat", true, makeCvat},
};

class ClassEditTest : public testing::TestWithParam<Layout> {
 protected:
  void SetUp() override {
    GetParam().make(folder_);
    open();
    ASSERT_EQ(dataset_.format, GetParam().format);
    ASSERT_EQ(dataset_.classes, (ClassNames{"cat", "dog", "fox"}));
    ASSERT_TRUE(dataset_.problems.empty()) << problemsOf(dataset_);
    files_ = files();
  }

  void open() {
    store_.reset();
    dataset_ = openDataset(folder_ / "set");
    list_ = listedClasses(dataset_.classes);
    store_.emplace(dataset_, folder_ / "user");
    found_ = store_->takeFound();
    if (found_.classes) list_ = found_.classes;
    dataset_.classes = namesOf(*list_);
    for (const auto& [picture, annotation] : found_.annotations)
      dataset_.pictures[picture].annotation = annotation;
  }

  /// All files but those of the studio, by their paths.
  std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / "set")) {
      const std::string path = utf8(entry.path().lexically_relative(folder_ / "set"));
      if (entry.is_regular_file() && !path.starts_with(".boxwright"))
        all[path] = readFile(entry.path());
    }
    return all;
  }

  void put(const Edit& edit, bool forward) {
    for (const PictureEdit& picture : edit.pictures)
      dataset_.pictures[picture.picture].annotation = forward ? picture.after : picture.before;
    if (!edit.classes) return;
    list_ = forward ? edit.classes->after : edit.classes->before;
    dataset_.classes = namesOf(*list_);
  }
  void edit(const std::vector<Wanted>& wanted) {
    Edit edit = classEdit(dataset_, changeOf(list_, wanted), "Change the classes");
    put(edit, true);
    store_->edit(edit);
    history_.push(std::move(edit));
  }
  void undo() {
    store_->undo();
    put(*history_.undo(), false);
  }
  void redo() {
    store_->redo();
    put(*history_.redo(), true);
  }
  void save() {
    for (const auto& pictures : store_->unsavedByFile())
      ASSERT_EQ(store_->save(pictures.front()), LabelStore::Outcome::Saved);
    ASSERT_NE(store_->saveClasses(), LabelStore::Outcome::Conflict);
    ASSERT_TRUE(store_->unsaved().empty());
    ASSERT_TRUE(store_->classesSaved());
  }

  /// "a: cat dog, b: fox fox, c: cat" by the names of the classes.
  static std::string told(const Dataset& dataset) {
    std::string text;
    for (const Picture& picture : dataset.pictures) {
      text += (text.empty() ? "" : ", ") + pathFromUtf8(picture.path).stem().string() + ":";
      for (const Box& box : picture.annotation->boxes)
        text += " " + dataset.classes.at(static_cast<std::size_t>(box.classId));
    }
    return text;
  }
  /// What whoever opens the folder finds.
  std::string saved(ClassNames* classes = nullptr) const {
    const Dataset now = openDataset(folder_ / "set");
    EXPECT_TRUE(now.problems.empty()) << problemsOf(now);
    if (classes) *classes = now.classes;
    return told(now);
  }

  DatasetFolder folder_;
  std::map<std::string, std::string> files_;
  Dataset dataset_;
  ClassListPtr list_;
  EditHistory history_;
  std::optional<LabelStore> store_;
  LabelStore::Found found_;
};

TEST_P(ClassEditTest, RenamesAndLeavesTheRestAsItWas) {
  edit({{"cat", {0}}, {"big dog", {1}}, {"fox", {2}}});
  EXPECT_EQ(history_.undoable()->pictures.size(),
            classKeyOf(dataset_.format) == ClassKey::Name ? 1U : 0U);
  save();
  ClassNames classes;
  EXPECT_EQ(saved(&classes), "a: cat big dog, b: fox fox, c: cat");
  EXPECT_EQ(classes, (ClassNames{"cat", "big dog", "fox"}));
  // Only where the dog was is something else.
  for (const auto& [path, bytes] : files()) {
    std::string expected = files_.at(path);
    if (expected.find("dog") == std::string::npos) {
      EXPECT_EQ(bytes, expected) << path;
      continue;
    }
    const bool quotesGo = path == "boxes.csv";  // which the new text does not need
    for (std::size_t at = 0; (at = expected.find("dog", at)) != std::string::npos; at += 7)
      expected.replace(at - quotesGo, 3 + 2 * quotesGo, "big dog");
    EXPECT_EQ(bytes, expected) << path;
  }
  undo();
  save();
  EXPECT_EQ(saved(), "a: cat dog, b: fox fox, c: cat");
  redo();
  save();
  EXPECT_EQ(saved(), "a: cat big dog, b: fox fox, c: cat");
  store_->close();
}

TEST_P(ClassEditTest, NamesChangePlaces) {
  edit({{"dog", {0}}, {"cat", {1}}, {"fox", {2}}});
  save();
  EXPECT_EQ(saved(), "a: dog cat, b: fox fox, c: dog");
  undo();
  save();
  EXPECT_EQ(saved(), "a: cat dog, b: fox fox, c: cat");
}

TEST_P(ClassEditTest, MergesAndTakesItBack) {
  edit({{"cat", {0, 2}}, {"dog", {1}}});
  EXPECT_EQ(told(dataset_), "a: cat dog, b: cat cat, c: cat");
  save();
  ClassNames classes;
  EXPECT_EQ(saved(&classes), "a: cat dog, b: cat cat, c: cat");
  EXPECT_EQ(classes, (ClassNames{"cat", "dog"}));
  undo();
  EXPECT_EQ(told(dataset_), "a: cat dog, b: fox fox, c: cat");
  save();
  EXPECT_EQ(saved(&classes), "a: cat dog, b: fox fox, c: cat");
  EXPECT_EQ(classes, (ClassNames{"cat", "dog", "fox"}));
  // Names and ids are as they were; nobody's bytes have gone.
  for (const auto& [path, bytes] : files()) {
    if (path != "boxes.csv") {
      EXPECT_EQ(bytes, files_.at(path)) << path;
    }
  }
}

TEST_P(ClassEditTest, AddsAndMoves) {
  edit({{"fox", {2}}, {"cat", {0}}, {"dog", {1}}, {"yak", {}}});
  EXPECT_EQ(told(dataset_), "a: cat dog, b: fox fox, c: cat");
  save();
  ClassNames classes;
  EXPECT_EQ(saved(&classes), "a: cat dog, b: fox fox, c: cat");
  EXPECT_EQ(classes, GetParam().ordered ? (ClassNames{"fox", "cat", "dog", "yak"})
                                        : (ClassNames{"cat", "dog", "fox"}));
  undo();
  save();
  EXPECT_EQ(files(), files_);
}

TEST_P(ClassEditTest, ComesBackAfterACrashWhateverWasWritten) {
  for (int written = 0; written < 4; ++written) {
    SCOPED_TRACE(written);
    edit({{"fox", {2}}, {"animal", {0, 1}}, {"yak", {}}});
    int done = 0;
    for (const auto& pictures : store_->unsavedByFile()) {
      if (done++ < written) store_->save(pictures.front());
    }
    if (written == 3) store_->saveClasses();
    const std::string before = told(dataset_);
    EXPECT_EQ(before, "a: animal animal, b: fox fox, c: animal");
    open();
    EXPECT_TRUE(found_.problems.empty());
    EXPECT_EQ(namesOf(*list_), (ClassNames{"fox", "animal", "yak"}));
    EXPECT_EQ(told(dataset_), before);
    history_ = found_.history;
    ASSERT_EQ(history_.inForce(), 1U);
    // And again, from the journal that was written anew.
    open();
    EXPECT_EQ(told(dataset_), before);
    history_ = found_.history;
    undo();
    EXPECT_EQ(told(dataset_), "a: cat dog, b: fox fox, c: cat");
    EXPECT_EQ(dataset_.classes, (ClassNames{"cat", "dog", "fox"}));
    redo();
    save();
    EXPECT_EQ(saved(), before);
    undo();
    save();
    EXPECT_EQ(saved(), "a: cat dog, b: fox fox, c: cat");
    store_->close();
    store_.reset();
    history_ = {};
    open();
    EXPECT_EQ(found_.history.size(), 0U);
  }
}

TEST_P(ClassEditTest, NamesThatCannotBeAreRefusedBeforeAnythingIsDone) {
  const auto refused = [&](const std::vector<Wanted>& wanted) {
    return !errorOf([&] { classEdit(dataset_, changeOf(list_, wanted), "x"); }).empty();
  };
  EXPECT_TRUE(refused({{"", {0}}, {"dog", {1}}, {"fox", {2}}}));
  EXPECT_TRUE(refused({{" cat", {0}}, {"dog", {1}}, {"fox", {2}}}));
  EXPECT_TRUE(refused({{"c\nat", {0}}, {"dog", {1}}, {"fox", {2}}}));
  EXPECT_TRUE(refused({{"dog", {0}}, {"dog", {1}}, {"fox", {2}}}));
  EXPECT_TRUE(refused({{std::string(300, 'x'), {0}}, {"dog", {1}}, {"fox", {2}}}));
  EXPECT_FALSE(refused({{"it's, \"so\" & <so>: #1", {0}}, {"dog", {1}}, {"fox", {2}}}));
  EXPECT_EQ(files(), files_);
  // And such a name is held.
  edit({{"it's, \"so\" & <so>: #1", {0}}, {"dog", {1}}, {"true", {2}}});
  save();
  EXPECT_EQ(saved(), "a: it's, \"so\" & <so>: #1 dog, b: true true, c: it's, \"so\" & <so>: #1");
}

/// Others can name a class of their own in a label.
class UnlistedClassEditTest : public ClassEditTest {};

TEST_P(UnlistedClassEditTest, WhatOthersHaveAddedMeanwhileStays) {
  edit({{"fox", {2}}, {"animal", {0, 1}}, {"yak", {}}});
  folder_.picture("set/JPEGImages/d.png");
  folder_.text("set/Annotations/d.xml",
               "<annotation>" + vocObject("ant", 11) + vocObject("cat", 31) + "</annotation>");
  open();
  EXPECT_EQ(told(dataset_), "a: animal animal, b: fox fox, c: animal, d: ant cat");
  EXPECT_EQ(found_.history.size(), 0U);
  EXPECT_EQ(found_.problems.size(), 1U);
  open();
  EXPECT_EQ(told(dataset_), "a: animal animal, b: fox fox, c: animal, d: ant cat");
  save();
  EXPECT_EQ(saved(), "a: animal animal, b: fox fox, c: animal, d: ant cat");
}

TEST_P(ClassEditTest, AListThatOthersHaveWrittenIsNotWrittenOver) {
  edit({{"fox", {2}}, {"cat", {0}}, {"dog", {1}}});
  if (!keepsClassOrder(dataset_)) return;
  const std::string file =
      std::find_if(dataset_.classFiles.begin(), dataset_.classFiles.end(), [](const ClassFile& f) {
        return f.kind != ClassFile::Kind::Count;
      })->path;
  const std::string theirs = readFile(folder_ / "set" / file) + "\n";
  folder_.text("set/" + file, theirs);
  EXPECT_EQ(store_->saveClasses(), LabelStore::Outcome::Conflict);
  EXPECT_EQ(readFile(folder_ / "set" / file), theirs);
  open();
  EXPECT_EQ(told(dataset_), "a: cat dog, b: fox fox, c: cat");
  EXPECT_EQ(store_->saveClasses(), LabelStore::Outcome::Conflict);
  store_->overruleClasses();
  save();
  ClassNames classes;
  EXPECT_EQ(saved(&classes), "a: cat dog, b: fox fox, c: cat");
  EXPECT_EQ(classes, (ClassNames{"fox", "cat", "dog"}));
}

TEST_P(ClassEditTest, NumbersAndTheirListAreWrittenTogetherOrNotAtAll) {
  if (classKeyOf(dataset_.format) != ClassKey::Number) return;
  const auto list =
      std::find_if(dataset_.classFiles.begin(), dataset_.classFiles.end(),
                   [](const ClassFile& file) { return file.kind != ClassFile::Kind::Count; });
  ASSERT_NE(list, dataset_.classFiles.end());
  const std::string path = "set/" + list->path;
  const std::string theirs = readFile(folder_ / path) + "\n";
  // The list is another program's by now.
  edit({{"fox", {2}}, {"cat", {0}}, {"dog", {1}}});
  folder_.text(path, theirs);
  auto before = files_;
  before[list->path] = theirs;
  for (const std::size_t picture : store_->unsaved())
    EXPECT_EQ(store_->save(picture), LabelStore::Outcome::Waits);
  EXPECT_EQ(store_->saveClasses(), LabelStore::Outcome::Conflict);
  EXPECT_EQ(files(), before);
  store_->overruleClasses();
  save();
  EXPECT_EQ(saved(), "a: cat dog, b: fox fox, c: cat");
  // A label is.
  edit({{"cat", {1}}, {"fox", {0}}, {"dog", {2}}});
  const std::size_t first = store_->unsaved().at(0);
  const std::filesystem::path label = labelWriterFor(dataset_)->fileOf(dataset_, first);
  writeFileAtomically(label, readFile(label) + "\n");
  const std::string names = readFile(folder_ / path);
  before = files();
  for (const std::size_t picture : store_->unsaved()) {
    EXPECT_EQ(store_->save(picture),
              picture == first ? LabelStore::Outcome::Conflict : LabelStore::Outcome::Waits);
  }
  EXPECT_EQ(store_->saveClasses(), LabelStore::Outcome::Waits);
  EXPECT_EQ(files(), before);
  EXPECT_EQ(readFile(folder_ / path), names);
  store_->overrule(first);
  save();
  EXPECT_EQ(saved(), "a: cat dog, b: fox fox, c: cat");
}

TEST_P(ClassEditTest, NothingIsWrittenWhileOthersHaveWrittenLabels) {
  edit({{"puma", {0}}, {"dog", {1}}, {"fox", {2}}});
  const std::unique_ptr<LabelWriter> writer = labelWriterFor(dataset_);
  // The first is of a picture with a cat, the second of one without, which the edit does not touch.
  std::set<fs::path> labels;
  for (std::size_t i = 0; i < dataset_.pictures.size(); ++i) {
    const fs::path label = writer->fileOf(dataset_, i);
    if (i < 2 && labels.insert(label).second) writeFileAtomically(label, readFile(label) + "\n");
  }
  const auto before = files();
  EXPECT_EQ(store_->classConflicts().size(), labels.size());
  for (const auto& pictures : store_->unsavedByFile())
    EXPECT_NE(store_->save(pictures.front()), LabelStore::Outcome::Saved);
  EXPECT_NE(store_->saveClasses(), LabelStore::Outcome::Saved);
  EXPECT_EQ(files(), before);
  // Once that is settled all is written.
  for (const std::size_t picture : store_->classConflicts())
    store_->overrule(picture);
  EXPECT_TRUE(store_->classConflicts().empty());
  store_->overruleClasses();
  save();
  EXPECT_EQ(saved(), "a: puma dog, b: fox fox, c: puma");
}

INSTANTIATE_TEST_SUITE_P(Layouts, UnlistedClassEditTest, testing::Values(kLayouts[0]),
                         [](const auto& layout) { return std::string(layout.param.name); });
INSTANTIATE_TEST_SUITE_P(Layouts, ClassEditTest, testing::ValuesIn(kLayouts),
                         [](const auto& layout) { return std::string(layout.param.name); });

TEST(ClassEdit, ClassesThatWereNumbersGetAList) {
  DatasetFolder folder;
  makeTextLabels(folder, "", "");
  Dataset dataset = openDataset(folder / "set");
  ASSERT_EQ(dataset.classes, (ClassNames{"0", "1", "2"}));
  LabelStore store(dataset, folder / "user");
  store.edit(classEdit(
      dataset, changeOf(listedClasses(dataset.classes), {{"cat", {0}}, {"dog", {1}}, {"fox", {2}}}),
      "x"));
  EXPECT_EQ(store.saveClasses(), LabelStore::Outcome::Saved);
  EXPECT_EQ(readFile(folder / "set/classes.txt"), "cat\ndog\nfox\n");
  dataset = openDataset(folder / "set");
  EXPECT_EQ(dataset.classes, (ClassNames{"cat", "dog", "fox"}));
  // And lose it with what it was made for: a class that nobody has listed is no fault then.
  store.undo();
  EXPECT_EQ(store.saveClasses(), LabelStore::Outcome::Saved);
  EXPECT_FALSE(std::filesystem::exists(folder / "set/classes.txt"));
  store.redo();
  EXPECT_EQ(store.saveClasses(), LabelStore::Outcome::Saved);
  EXPECT_EQ(readFile(folder / "set/classes.txt"), "cat\ndog\nfox\n");
}

TEST(ClassEdit, LayoutsThatCannotSayIt) {
  Dataset dataset;
  dataset.format = "class-folders";
  EXPECT_TRUE(classesFixed(dataset));
  dataset.format = "coco";
  EXPECT_FALSE(classesFixed(dataset));
  // CVAT's without labels in the meta has its names in the boxes alone.
  dataset.format = "cvat";
  EXPECT_FALSE(classesFixed(dataset));
  EXPECT_FALSE(keepsClassOrder(dataset));
}

TEST(ClassEdit, TheCostIsWhatIsWritten) {
  DatasetFolder folder;
  makeListedVoc(folder);
  const Dataset dataset = openDataset(folder / "set");
  const auto costOfEdit = [&](const std::vector<Wanted>& wanted) {
    return costOf(dataset,
                  classEdit(dataset, changeOf(listedClasses(dataset.classes), wanted), "x"));
  };
  // Moving a class changes ids, but no name in a label.
  const ClassEditCost moved = costOfEdit({{"fox", {2}}, {"cat", {0}}, {"dog", {1}}});
  EXPECT_EQ(moved.boxes, 5U);
  EXPECT_EQ(moved.labelFiles, 0U);
  EXPECT_EQ(moved.lists, std::vector<std::string>{"classes.txt"});
  const ClassEditCost merged = costOfEdit({{"cat", {0, 2}}, {"dog", {1}}});
  EXPECT_EQ(merged.boxes, 2U);
  EXPECT_EQ(merged.labelFiles, 1U);
}

std::string yaml(const std::string& bytes, const ClassNames& names) {
  return withYamlNames(bytes, names, "data.yaml");
}

TEST(ClassFiles, AYamlKeepsItsForm) {
  EXPECT_EQ(yaml("nc: 2\nnames: ['a', \"b\"]  # two\ntrain: x\n", {"a", "it's", "no", "c d"}),
            "nc: 4\nnames: ['a', \"it's\", 'no', 'c d']  # two\ntrain: x\n");
  EXPECT_EQ(yaml("names: [a, b, c]\ntrain: x\n", {"x"}), "names: [x]\ntrain: x\n");
  EXPECT_EQ(yaml("names: {0: a, 1: b}\ntrain: x", {"b", "a", "on"}),
            "names: {0: b, 1: a, 2: 'on'}\ntrain: x");
  EXPECT_EQ(yaml("names:\r\n- a # first\r\n- b\r\ntrain: x\r\n", {"a", "c", "d"}),
            "names:\r\n- a # first\r\n- c\r\n- d\r\ntrain: x\r\n");
  EXPECT_EQ(yaml("train: x\nnames:\n  0: 'it''s'\n  1: b  # second\n  2: c", {"it's", "b"}),
            "train: x\nnames:\n  0: 'it''s'\n  1: b  # second");
  EXPECT_EQ(yaml("names:\n  0: ä\n  1: 北京\ntrain: x\n", {"ö", "北京", "1: x"}),
            "names:\n  0: 'ö'\n  1: 北京\n  2: '1: x'\ntrain: x\n");
  // What is written in other ways is left to a text editor.
  EXPECT_THROW(yaml("names: {1: b, 0: a}\ntrain: x\n", {"x", "y"}), Error);
  EXPECT_THROW(yaml("names: &n [a, b]\ntrain: *n\n", {}), Error);
  EXPECT_THROW(yaml("train: x\n", {"a"}), Error);
}

TEST(ClassFiles, ListsKeepTheirLines) {
  const auto lines = [](const std::string& bytes, const ClassNames& names) {
    return withClassNames(ClassFile::Kind::Lines, bytes, names, "obj.names");
  };
  EXPECT_EQ(lines("a\r\nb\r\n\r\n", {"a", "c", "d"}), "a\r\nc\r\nd\r\n\r\n");
  EXPECT_EQ(lines("a\nb", {"a", "b", "c"}), "a\nb\nc");
  EXPECT_EQ(lines("a\n\nc\n", {"a", "1", "x"}), "a\n\nx\n");
  EXPECT_EQ(lines("", {"a"}), "a\n");
  EXPECT_THROW(lines("a\n", {" a"}), Error);
  EXPECT_EQ(withClassNames(ClassFile::Kind::Numbered, "a,0\n\"b\",1\n", {"x, y", "b"}, "c.csv"),
            "\"x, y\",0\n\"b\",1\n");
  EXPECT_EQ(withClassNames(ClassFile::Kind::Count, "train=x\nclasses = 3\n", {"a"}, "obj.data"),
            "train=x\nclasses = 1\n");
}

TEST(ClassEdit, WhatCannotBeUsedFollows) {
  const DatasetFolder folder;
  for (const char* name : {"voc/JPEGImages/a.png", "text/a.png", "labelme/a.png", "csv/a.png"})
    folder.picture(name);
  folder.text("voc/Annotations/a.xml",
              "<annotation>" + vocObject("cat", 11) +
                  "<object><name>cat</name><bndbox>"
                  "<xmin>1</xmin><ymin>1</ymin><xmax>1</xmax><ymax>1</ymax></bndbox></object>" +
                  vocObject("dog", 31) + "</annotation>");
  folder.text("text/a.txt", "0 0.2 0.5 0.1 0.2\n0 0.5 0.5 0 0\n1 0.4 0.5 0.1 0.2\n");
  folder.text("text/classes.txt", "cat\ndog\n");
  folder.text("labelme/a.json",
              "{\"shapes\": [{\"label\": \"cat\", \"points\": [[1, 2], [20, 30]], \"shape_type\": "
              "\"rectangle\"}, {\"label\": \"cat\", \"points\": [[1, 2]], \"shape_type\": "
              "\"point\"}, {\"label\": \"dog\", \"points\": [[1, 2], [20, 30]], \"shape_type\": "
              "\"rectangle\"}]}");
  folder.text("csv/boxes.csv",
              "filename,class,xmin,ymin,xmax,ymax\na.png,cat,1,2,20,30\na.png,cat,1,2,1,2\n"
              "a.png,dog,1,2,20,30\n");
  const auto count = [](const std::string& text, const std::string& word) {
    std::size_t found = 0;
    for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; ++at)
      ++found;
    return found;
  };
  for (const std::string set : {"voc", "text", "labelme", "csv"}) {
    const fs::path file = folder / set /
                          (set == "voc"       ? "Annotations/a.xml"
                           : set == "text"    ? "a.txt"
                           : set == "labelme" ? "a.json"
                                              : "boxes.csv");
    const std::string before = readFile(file);
    const Dataset dataset = openDataset(folder / set);
    ASSERT_EQ(dataset.classes, (ClassNames{"cat", "dog"})) << set;
    ASSERT_EQ(dataset.pictures[0].annotation->boxes.size(), 2U) << set;
    LabelStore store(dataset, folder / "user");
    const bool text = set == "text";
    const std::vector<Wanted> wanted = text ? std::vector<Wanted>{{"dog", {1}}, {"cat", {0}}}
                                            : std::vector<Wanted>{{"tiger", {0}}, {"dog", {1}}};
    store.edit(classEdit(dataset, changeOf(listedClasses(dataset.classes), wanted), "x"));
    EXPECT_EQ(store.save(0), LabelStore::Outcome::Saved);
    const std::string after = readFile(file);
    if (text)
      EXPECT_EQ(after, "1 0.2 0.5 0.1 0.2\n1 0.5 0.5 0 0\n0 0.4 0.5 0.1 0.2\n");
    else
      EXPECT_EQ(std::pair(count(after, "cat"), count(after, "tiger")),
                (std::pair<std::size_t, std::size_t>(0, 2)))
          << after;
    store.undo();
    EXPECT_EQ(store.save(0), LabelStore::Outcome::Saved);
    EXPECT_EQ(readFile(file), before);
  }
}

TEST(ClassEdit, CategoriesOfOneNameAreOneClass) {
  const DatasetFolder folder;
  folder.picture("set/a.png");
  const std::string before =
      "{\"images\": [" + cocoPicture(1, "a.png") + "],\"annotations\": [" + cocoBox(1, 1, 1, 10) +
      "," + cocoBox(2, 1, 77, 30) + "," + cocoBox(3, 1, 5, 50) +
      "],\n\"categories\": [{\"id\": 1, \"name\": \"arrow\"}, {\"id\": 5, \"name\": \"\"}, "
      "{\"id\": 77, \"name\": \"arrow\", \"mine\": 1}]}";
  folder.text("set/instances.json", before);
  const auto text = [&] { return readFile(folder / "set/instances.json"); };
  Dataset dataset = openDataset(folder / "set");
  ASSERT_EQ(dataset.classes, (ClassNames{"arrow", ""}));
  EXPECT_TRUE(hasProblem(dataset, "instances.json", -1, "two categories are called 'arrow'"))
      << problemsOf(dataset);
  EXPECT_TRUE(hasProblem(dataset, "instances.json", -1, "empty name")) << problemsOf(dataset);
  const ClassListPtr list = listedClasses(dataset.classes);
  EXPECT_NE(errorOf([&] {
              (void)classEdit(dataset, changeOf(list, {{"line", {0}}, {"", {1}}}), "x");
            }).find("a class needs a name"),
            std::string::npos);
  LabelStore store(dataset, folder / "user");
  store.edit(classEdit(dataset, changeOf(list, {{"line", {0}}, {"dot", {1}}}), "x"));
  EXPECT_EQ(store.saveClasses(), LabelStore::Outcome::Saved);
  EXPECT_EQ(text().find("arrow"), std::string::npos) << text();
  EXPECT_NE(text().find("{\"id\": 77, \"name\": \"line\", \"mine\": 1}"), std::string::npos);
  EXPECT_EQ(openDataset(folder / "set").classes, (ClassNames{"line", "dot"}));
  store.undo();
  EXPECT_EQ(store.saveClasses(), LabelStore::Outcome::Saved);
  EXPECT_EQ(text(), before);
  store.edit(classEdit(dataset, changeOf(list, {{"dot", {1, 0}}}), "x"));
  EXPECT_EQ(store.save(0), LabelStore::Outcome::Saved);
  EXPECT_EQ(text().find("arrow"), std::string::npos) << text();
  const Dataset merged = openDataset(folder / "set");
  EXPECT_EQ(merged.classes, ClassNames{"dot"});
  EXPECT_EQ(merged.pictures[0].annotation->boxes.size(), 3U) << problemsOf(merged);
  store.undo();
  EXPECT_EQ(store.save(0), LabelStore::Outcome::Saved);
  EXPECT_EQ(text(), before);
}

}  // namespace
}  // namespace boxwright
