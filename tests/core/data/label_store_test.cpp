// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/label_store.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <numeric>

#include "core/base/error.h"
#include "core/data/open_dataset.h"
#include "tests/core/data/dataset_folder.h"
#include "tests/error_of.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;
using Outcome = LabelStore::Outcome;

constexpr const char* kLabel =
    "<annotation>\n\t<source>by hand</source>\n\t<object>\n\t\t<name>cat</name>\n\t\t<bndbox>"
    "<xmin>11</xmin><ymin>6</ymin><xmax>30</xmax><ymax>20</ymax></bndbox>\n\t</object>\n"
    "</annotation>\n";

/// Three pictures in VOC's layout, the first two of them labelled, one open store at a time.
class LabelStoreTest : public testing::Test {
 protected:
  LabelStoreTest() {
    for (const char* name : {"a", "b", "c"})
      folder_.picture(std::string("set/JPEGImages/") + name + ".png");
    folder_.text("set/Annotations/a.xml", kLabel);
    folder_.text("set/Annotations/b.xml", kLabel);
    open();
  }

  void open() {
    store_.reset();
    dataset_ = openDataset(root());
    store_.emplace(dataset_, folder_ / "user");
    found_ = store_->takeFound();
    if (found_.classes) dataset_.classes = namesOf(*found_.classes);
    for (const auto& [picture, annotation] : found_.annotations)
      dataset_.pictures[picture].annotation = annotation;
  }
  fs::path root() const { return folder_ / "set"; }
  fs::path label(const char* name) const {
    return root() / "Annotations" / (std::string(name) + ".xml");
  }
  fs::path own() const { return root() / ".boxwright"; }
  const Annotation& annotation(std::size_t picture) const {
    return *dataset_.pictures[picture].annotation;
  }

  PictureEdit moved(std::size_t picture, double by) const {
    Annotation after = annotation(picture);
    for (Box& box : after.boxes) {
      box.rect.left += by;
      box.rect.right += by;
    }
    return {picture, dataset_.pictures[picture].annotation,
            std::make_shared<const Annotation>(std::move(after))};
  }
  PictureEdit drawn(std::size_t picture, std::uint32_t id, int classId = 0) const {
    Annotation after = annotation(picture);
    Box box;
    box.id = id;
    box.classId = classId;
    box.rect = {40, 10, 60, 30};
    after.boxes.push_back(box);
    after.state = LabelState::Labelled;
    return {picture, dataset_.pictures[picture].annotation,
            std::make_shared<const Annotation>(std::move(after))};
  }
  void apply(const std::vector<PictureEdit>& pictures) {
    for (const PictureEdit& picture : pictures)
      dataset_.pictures[picture.picture].annotation = picture.after;
  }
  void edit(const std::string& name, const std::vector<PictureEdit>& pictures) {
    apply(pictures);
    store_->edit({name, pictures});
  }

  DatasetFolder folder_;
  Dataset dataset_;
  std::optional<LabelStore> store_;
  LabelStore::Found found_;
};

TEST_F(LabelStoreTest, SavesAndLeavesOnlyTheBackup) {
  const std::string other = readFile(label("b"));
  edit("Move", {moved(0, 5)});
  EXPECT_EQ(store_->unsaved(), std::vector<std::size_t>{0});
  EXPECT_EQ(store_->save(0), Outcome::Saved);
  EXPECT_EQ(store_->save(0), Outcome::Same);
  EXPECT_EQ(store_->save(1), Outcome::Same);
  EXPECT_TRUE(store_->unsaved().empty());
  std::string expected = kLabel;
  expected.replace(expected.find(">11<"), 4, ">16<");
  expected.replace(expected.find(">30<"), 4, ">35<");
  EXPECT_EQ(readFile(label("a")), expected);
  EXPECT_EQ(readFile(own() / "backup/Annotations/a.xml"), kLabel);
  EXPECT_TRUE(fs::exists(own() / "journal"));
  // The second change leaves the first backup.
  edit("Draw", {drawn(0, 2)});
  store_->save(0);
  EXPECT_EQ(readFile(own() / "backup/Annotations/a.xml"), kLabel);
  EXPECT_EQ(readFile(label("b")), other);
  EXPECT_FALSE(fs::exists(own() / "backup/Annotations/b.xml"));
  store_->close();
  store_.reset();
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator(own()))
    left.push_back(entry.path().filename());
  EXPECT_EQ(left, std::vector<std::string>{"backup"});
  open();
  EXPECT_EQ(found_.history.size(), 0U);
  ASSERT_EQ(annotation(0).boxes.size(), 2U);
  EXPECT_EQ(annotation(0).boxes[1].rect, (Rect{40, 10, 60, 30}));
}

TEST_F(LabelStoreTest, LookingLeavesNothing) {
  store_->close();
  store_.reset();
  EXPECT_FALSE(fs::exists(own()));
  EXPECT_FALSE(fs::exists(folder_ / "user"));
}

TEST_F(LabelStoreTest, WhatWasNotSavedComesBackWithItsUndo) {
  const Annotation first = annotation(0);
  edit("Move", {moved(0, 5)});
  store_->save(0);
  edit("Draw", {drawn(0, 2)});
  edit("Move both", {moved(0, 1), moved(1, 2)});
  edit("Draw in c", {drawn(2, 1)});
  store_->undo();
  open();  // as after a crash: nobody closed it
  EXPECT_TRUE(found_.problems.empty());
  ASSERT_EQ(found_.history.size(), 4U);
  EXPECT_EQ(found_.history.inForce(), 3U);
  ASSERT_EQ(found_.annotations.size(), 3U);
  EXPECT_EQ(annotation(0).boxes.size(), 2U);
  EXPECT_EQ(annotation(0).boxes[0].rect.left, first.boxes[0].rect.left + 6);
  EXPECT_EQ(annotation(2).state, LabelState::Unlabelled);
  EXPECT_EQ(store_->unsaved(), (std::vector<std::size_t>{0, 1}));
  // Back to the beginning, also behind what was saved.
  for (int i = 0; i < 3; ++i)
    store_->undo();
  EXPECT_EQ(store_->save(0), Outcome::Saved);
  EXPECT_EQ(readFile(label("a")), kLabel);
  EXPECT_EQ(readFile(label("b")), kLabel);
  // And once more, from the journal that was written anew.
  open();
  ASSERT_EQ(found_.history.size(), 4U);
  EXPECT_EQ(found_.history.inForce(), 0U);
  EXPECT_EQ(annotation(0), first);
  for (int i = 0; i < 4; ++i)
    store_->redo();
  for (const std::size_t picture : {0, 1, 2})
    EXPECT_EQ(store_->save(picture), Outcome::Saved);
  store_->close();
  open();
  EXPECT_EQ(annotation(0).boxes.size(), 2U);
  EXPECT_EQ(annotation(1).boxes[0].rect.left, first.boxes[0].rect.left + 2);
  EXPECT_EQ(annotation(2).boxes.size(), 1U);
}

TEST_F(LabelStoreTest, ABulkEditIsOneRecord) {
  edit("Everything", {moved(0, 1), moved(1, 1), drawn(2, 1)});
  int edits = 0;
  for (const std::string& line : readJournal(own() / "journal"))
    edits += std::holds_alternative<EditRecord>(labelRecordFrom(line).value());
  EXPECT_EQ(edits, 1);
}

TEST_F(LabelStoreTest, ClosedWithSomethingUnsavedItIsThereNextTime) {
  edit("Move", {moved(0, 5)});
  store_->close();
  open();
  EXPECT_EQ(found_.history.size(), 1U);
  EXPECT_EQ(store_->unsaved(), std::vector<std::size_t>{0});
}

TEST_F(LabelStoreTest, NothingIsWrittenOverAnothersChange) {
  edit("Move", {moved(0, 5)});
  edit("Draw", {drawn(2, 1)});
  const std::string theirs = std::string(kLabel) + "<!-- theirs -->\n";
  folder_.text("set/Annotations/a.xml", theirs);
  folder_.text("set/Annotations/c.xml", theirs);
  EXPECT_EQ(store_->save(0), Outcome::Conflict);
  EXPECT_EQ(store_->save(2), Outcome::Conflict) << "a label where there was none";
  EXPECT_EQ(readFile(label("a")), theirs);
  EXPECT_EQ(readFile(label("c")), theirs);
  EXPECT_EQ(store_->unsaved().size(), 2U);
  fs::remove(label("a"));
  EXPECT_EQ(store_->save(0), Outcome::Conflict) << "gone is changed as well";
  folder_.text("set/Annotations/a.xml", theirs);
  store_->overrule(0);
  EXPECT_EQ(readFile(own() / "backup/Annotations/a.xml"), theirs);
  store_->close();
  open();
  EXPECT_EQ(annotation(0).boxes[0].rect, (Rect{15, 5, 35, 20}));
  // Nobody has said what is to become of c: it is as here, and theirs is not written over.
  EXPECT_EQ(annotation(2).boxes[0].rect, (Rect{40, 10, 60, 30}));
  EXPECT_EQ(store_->save(2), Outcome::Conflict);
  EXPECT_EQ(readFile(label("c")), theirs);
}

TEST_F(LabelStoreTest, AnothersChangeAfterACrashIsAConflictAsBefore) {
  edit("Move", {moved(0, 5), moved(1, 5)});
  store_->save(1);
  const std::string theirs = std::string(kLabel) + "<!-- theirs -->\n";
  folder_.text("set/Annotations/a.xml", theirs);
  folder_.text("set/Annotations/b.xml", theirs);
  open();
  EXPECT_TRUE(found_.problems.empty());
  // b was saved, and they have seen it; of a both are there.
  ASSERT_EQ(found_.annotations.size(), 1U);
  EXPECT_EQ(annotation(0).boxes[0].rect, (Rect{15, 5, 35, 20}));
  EXPECT_EQ(store_->save(0), Outcome::Conflict);
  EXPECT_EQ(readFile(label("a")), theirs);
  store_->overrule(0);
  EXPECT_EQ(readFile(own() / "backup/Annotations/a.xml"), theirs);
  store_->close();
  open();
  EXPECT_EQ(annotation(0).boxes[0].rect, (Rect{15, 5, 35, 20}));
}

TEST_F(LabelStoreTest, WhatBelongsToAPictureThatHasGoneIsKeptInACopy) {
  for (int round = 1; round < 3; ++round) {
    edit("Move", {moved(0, 5)});
    const std::string picture = readFile(root() / "JPEGImages/a.png");
    fs::remove(root() / "JPEGImages/a.png");
    open();
    ASSERT_EQ(found_.problems.size(), 1U);
    EXPECT_EQ(found_.problems[0].file, "JPEGImages/a.png");
    const fs::path copy = own() / ("journal-" + std::to_string(round));
    EXPECT_NE(found_.problems[0].what.find(utf8(copy)), std::string::npos);
    EXPECT_EQ(readJournal(copy).size(), 3U);
    EXPECT_EQ(found_.history.size(), 0U);
    store_->close();
    folder_.text("set/JPEGImages/a.png", picture);
    open();
  }
}

TEST_F(LabelStoreTest, AJournalThatMakesNoSenseFurtherOnIsKept) {
  edit("Move", {moved(0, 5)});
  std::vector<std::string> records = readJournal(own() / "journal");
  records.push_back("{\"undo\":1}");
  records.push_back("{\"undo\":1}");  // there is nothing left to undo
  store_.reset();
  { const Journal damaged(own() / "journal", records); }
  open();
  EXPECT_EQ(found_.history.size(), 1U);
  ASSERT_EQ(found_.problems.size(), 1U);
  EXPECT_EQ(readJournal(own() / "journal-1").size(), records.size());
}

TEST_F(LabelStoreTest, ADamagedLineOfTheJournalIsToldAndTheJournalKept) {
  edit("Move", {moved(0, 5)});
  edit("Move", {moved(1, 5)});
  edit("Draw", {drawn(2, 1)});
  store_.reset();
  std::string bytes = readFile(own() / "journal");
  // In the second edit's record.
  bytes[bytes.find("\"edit\"", bytes.find("\"edit\"") + 1) + 1] ^= 1;
  writeFileAtomically(own() / "journal", bytes);
  open();
  EXPECT_EQ(found_.history.size(), 1U);
  ASSERT_EQ(found_.problems.size(), 1U);
  EXPECT_EQ(found_.problems[0].file, utf8(own() / "journal-1"));
  EXPECT_EQ(found_.problems[0].line, 5);
  EXPECT_NE(found_.problems[0].what.find("damaged"), std::string::npos);
  EXPECT_EQ(readFile(own() / "journal-1"), bytes);
  // Once.
  open();
  EXPECT_TRUE(found_.problems.empty());
  // Where the first line is damaged nothing comes back, but it is not thrown away either.
  store_.reset();
  bytes = readFile(own() / "journal");
  bytes[20] ^= 1;
  writeFileAtomically(own() / "journal", bytes);
  open();
  EXPECT_EQ(found_.history.size(), 0U);
  ASSERT_EQ(found_.problems.size(), 1U);
  EXPECT_EQ(readFile(own() / "journal-2"), bytes);
  store_->close();
  open();
  EXPECT_TRUE(found_.problems.empty());
  EXPECT_EQ(readFile(own() / "journal-2"), bytes);
}

TEST_F(LabelStoreTest, APipeOrFolderAsLabelFileIsAProblemAndHoldsNothingUp) {
  store_.reset();
  fs::remove(label("b"));
  ASSERT_EQ(::mkfifo(label("b").c_str(), 0600), 0);
  fs::create_directory(label("c"));
  open();
  EXPECT_TRUE(hasProblem(dataset_, "Annotations/b.xml", 0, "not a file")) << problemsOf(dataset_);
  EXPECT_TRUE(hasProblem(dataset_, "Annotations/c.xml", 0, "a folder stands"))
      << problemsOf(dataset_);
  EXPECT_EQ(annotation(1).state, LabelState::Unlabelled);
  edit("Draw", {drawn(0, 2), drawn(1, 1), drawn(2, 1)});
  EXPECT_NE(errorOf([&] { store_->save(1); }).find("not a file"), std::string::npos);
  EXPECT_NE(errorOf([&] { store_->save(2); }).find("a folder stands"), std::string::npos);
  EXPECT_EQ(store_->save(0), Outcome::Saved);
  EXPECT_TRUE(fs::is_fifo(label("b")));
  EXPECT_TRUE(fs::is_directory(label("c")));
  // After a crash all of them are here again.
  open();
  EXPECT_EQ(found_.problems.size(), 2U);
  EXPECT_EQ(store_->unsaved(), (std::vector<std::size_t>{1, 2}));
  fs::remove(label("b"));
  EXPECT_EQ(store_->save(1), Outcome::Saved);
}

TEST_F(LabelStoreTest, AJournalThatIsAPipeIsRefused) {
  store_.reset();
  fs::create_directories(own());
  ASSERT_EQ(::mkfifo((own() / "journal").c_str(), 0600), 0);
  EXPECT_NE(errorOf([&] { open(); }).find("not a file"), std::string::npos);
}

TEST_F(LabelStoreTest, OneBadPathKeepsNoOtherLabelFromComingBack) {
  edit("Move", {moved(0, 5)});
  edit("Move", {moved(1, 5)});
  store_.reset();
  fs::remove(label("a"));
  fs::create_directory(label("a"));
  open();
  ASSERT_EQ(found_.problems.size(), 1U);
  EXPECT_EQ(found_.problems[0].file, "Annotations/a.xml");
  EXPECT_EQ(found_.history.size(), 2U);
  EXPECT_EQ(store_->save(1), Outcome::Saved);
  EXPECT_NE(errorOf([&] { store_->save(0); }), "");
  fs::remove(label("a"));
  folder_.text("set/Annotations/a.xml", kLabel);
  EXPECT_EQ(store_->save(0), Outcome::Saved);
}

TEST_F(LabelStoreTest, AListThatHasLostAClassIsRefused) {
  store_.reset();
  folder_.text("set/classes.txt", "cat\ndog\n");
  open();
  edit("Draw", {drawn(2, 1, 1)});
  store_.reset();
  folder_.text("set/classes.txt", "cat\n");
  const std::string error = errorOf([&] { open(); });
  EXPECT_NE(error.find("'dog'"), std::string::npos) << error;
  folder_.text("set/classes.txt", "dog\ncat\n");
  open();
  EXPECT_EQ(annotation(2).boxes[0].classId, 0) << "by its name";
}

TEST_F(LabelStoreTest, TextLabelsGoByTheirNumbers) {
  store_.reset();
  fs::remove_all(root());
  folder_.picture("set/images/a.png");
  folder_.text("set/labels/a.txt", "1 0.5 0.5 0.2 0.2\n");
  folder_.text("set/data.yaml", "train: images\nnames: [cat, dog]\n");
  open();
  ASSERT_EQ(dataset_.format, "ultralytics");
  edit("Draw", {drawn(0, 2, 0)});
  // A class that is not drawn may have another name.
  folder_.text("set/data.yaml", "train: images\nnames: [cat, wolf]\n");
  open();
  EXPECT_TRUE(found_.problems.empty());
  EXPECT_EQ(annotation(0).boxes[0].classId, 1);
  EXPECT_EQ(annotation(0).boxes[1].classId, 0);
  // What is drawn and not saved may not.
  folder_.text("set/data.yaml", "train: images\nnames: [tiger, wolf]\n");
  const std::string error = errorOf([&] { open(); });
  EXPECT_NE(error.find("'cat'"), std::string::npos) << error;
  EXPECT_EQ(readFile(root() / "labels/a.txt"), "1 0.5 0.5 0.2 0.2\n");
  folder_.text("set/data.yaml", "train: images\nnames: [cat, wolf]\n");
  open();
  EXPECT_EQ(store_->save(0), Outcome::Saved);
}

TEST_F(LabelStoreTest, WhatIsNotSavedGoesByItsNameWhereNumbersHaveChanged) {
  store_.reset();
  fs::remove_all(root());
  for (const char* name : {"a", "b"})
    folder_.picture(std::string("set/data/") + name + ".png");
  folder_.text("set/data/a.txt", "1 0.5 0.5 0.2 0.2\n");
  folder_.text("set/data/b.txt", "");
  folder_.text("set/obj.names", "arrow\nstar\ncube\n");
  folder_.text("set/obj.data", "classes = 3\ntrain = train.txt\nnames = obj.names\n");
  folder_.text("set/train.txt", "data/a.png\ndata/b.png\n");
  open();
  ASSERT_EQ(dataset_.format, "darknet") << problemsOf(dataset_);
  edit("Draw", {drawn(1, 1, 0)});
  EXPECT_EQ(store_->save(1), Outcome::Saved);
  edit("Draw", {drawn(0, 2, 0)});
  edit("Draw", {drawn(1, 2, 2)});
  folder_.text("set/obj.names", "star\narrow\ncube\n");
  open();
  ASSERT_EQ(found_.problems.size(), 1U);
  EXPECT_EQ(found_.problems[0].file, "obj.names");
  EXPECT_EQ(found_.history.size(), 3U);
  EXPECT_EQ(annotation(0).boxes.at(0).classId, 1) << "the file says so";
  EXPECT_EQ(annotation(0).boxes.at(1).classId, 1) << "an arrow was drawn";
  EXPECT_EQ(annotation(1).boxes.at(0).classId, 0) << "the file says so";
  EXPECT_EQ(annotation(1).boxes.at(1).classId, 2);
  EXPECT_EQ(store_->save(0), Outcome::Saved);
  EXPECT_EQ(store_->save(1), Outcome::Saved);
  EXPECT_EQ(readFile(root() / "data/a.txt"), "1 0.5 0.5 0.2 0.2\n1 0.5 0.4 0.2 0.4\n");
  EXPECT_EQ(readFile(root() / "data/b.txt"), "0 0.5 0.4 0.2 0.4\n2 0.5 0.4 0.2 0.4\n");
  store_->undo();
  store_->undo();
  EXPECT_EQ(store_->save(0), Outcome::Saved);
  EXPECT_EQ(readFile(root() / "data/a.txt"), "1 0.5 0.5 0.2 0.2\n");
}

TEST_F(LabelStoreTest, NumbersWaitWhileOthersHaveWrittenTheirList) {
  store_.reset();
  fs::remove_all(root());
  folder_.picture("set/images/a.png");
  folder_.text("set/labels/a.txt", "1 0.5 0.5 0.2 0.2\n");
  folder_.text("set/data.yaml", "train: images\nnames: [cat, dog]\n");
  open();
  const ClassListPtr before = listedClasses(dataset_.classes);
  const ClassListPtr after = listedClasses({"cat", "dog", "fox"});
  store_->edit(
      {"Add", {}, std::make_shared<const ClassChange>(ClassChange{before, after, {0, 1}})});
  EXPECT_EQ(store_->saveClasses(), Outcome::Saved);
  edit("Draw", {drawn(0, 2, 2)});
  const std::string theirs = "train: images\nnames: [fox, cat, dog]\n";
  folder_.text("set/data.yaml", theirs);
  open();
  EXPECT_EQ(store_->save(0), Outcome::Waits) << "2 is a dog now";
  EXPECT_EQ(store_->saveClasses(), Outcome::Conflict);
  EXPECT_EQ(readFile(root() / "labels/a.txt"), "1 0.5 0.5 0.2 0.2\n");
  EXPECT_EQ(readFile(root() / "data.yaml"), theirs);
  store_->overruleClasses();
  EXPECT_EQ(store_->save(0), Outcome::Saved);
  EXPECT_EQ(store_->saveClasses(), Outcome::Saved);
}

/// Pictures of COCO's layout, in one file: a and b with a box each, c listed, d in no file.
class SharedLabelStoreTest : public LabelStoreTest {
 protected:
  SharedLabelStoreTest() {
    store_.reset();
    fs::remove_all(root());
    for (const char* name : {"a", "b", "c", "d"})
      folder_.picture(std::string("set/") + name + ".png");
    folder_.text(kFile, kText);
    open();
  }
  std::string text() const { return readFile(folder_ / kFile); }

  static constexpr const char* kFile = "set/instances.json";
  static constexpr const char* kText =
      "{\"images\": [{\"id\": 1, \"file_name\": \"a.png\"}, {\"id\": 2, \"file_name\": \"b.png\"}, "
      "{\"id\": 3, \"file_name\": \"c.png\"}],\n\"annotations\": [\n"
      "{\"id\": 1, \"image_id\": 1, \"category_id\": 1, \"bbox\": [10, 5, 20, 15]},\n"
      "{\"id\": 2, \"image_id\": 2, \"category_id\": 1, \"bbox\": [10, 5, 20, 15]}],\n"
      "\"categories\": [{\"id\": 1, \"name\": \"cat\"}]}";
};

TEST_F(SharedLabelStoreTest, AFileIsWrittenOnceForAllItsPictures) {
  ASSERT_EQ(dataset_.format, "coco");
  edit("Move", {moved(0, 5), moved(1, 6)});
  edit("Draw", {drawn(3, 1)});
  EXPECT_EQ(store_->unsavedByFile(), (std::vector<std::vector<std::size_t>>{{0, 1, 3}}));
  EXPECT_EQ(store_->save(1), Outcome::Saved);
  EXPECT_TRUE(store_->unsaved().empty());
  EXPECT_EQ(store_->save(0), Outcome::Same);
  EXPECT_NE(text().find("[15, 5, 20, 15]"), std::string::npos) << text();
  EXPECT_NE(text().find("[16, 5, 20, 15]"), std::string::npos);
  EXPECT_EQ(readFile(own() / "backup/instances.json"), kText);
  // Another picture of a file that has been written since it was read.
  edit("Draw", {drawn(2, 1)});
  EXPECT_EQ(store_->save(2), Outcome::Saved);
  // Back to the beginning: byte for byte, but for what was put to it and taken away again.
  for (int i = 0; i < 3; ++i)
    store_->undo();
  EXPECT_EQ(store_->save(0), Outcome::Saved);
  EXPECT_EQ(text(), kText);
  store_->close();
  open();
  EXPECT_EQ(found_.history.size(), 0U);
}

TEST_F(SharedLabelStoreTest, WhatWasNotSavedComesBack) {
  edit("Move", {moved(0, 5)});
  EXPECT_EQ(store_->save(0), Outcome::Saved);
  edit("Move", {moved(1, 6)});
  open();
  EXPECT_EQ(store_->unsaved(), std::vector<std::size_t>{1});
  // One that is touched only now, in a file that the journal knows from before.
  edit("Draw", {drawn(2, 1)});
  open();
  EXPECT_EQ(store_->unsaved(), (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(found_.history.size(), 3U);
  EXPECT_EQ(store_->save(2), Outcome::Saved);
  for (int i = 0; i < 3; ++i)
    store_->undo();
  EXPECT_EQ(store_->save(0), Outcome::Saved);
  EXPECT_EQ(text(), kText);
}

TEST_F(SharedLabelStoreTest, AnothersChangeIsOfTheFileAndTheirsStaysWhereOursSaysNothing) {
  edit("Move", {moved(0, 5)});
  std::string theirs = kText;
  theirs.replace(theirs.rfind("[10, 5"), 6, "[40, 5");
  folder_.text(kFile, theirs);
  EXPECT_EQ(store_->save(0), Outcome::Conflict);
  open();  // after a crash, too
  EXPECT_EQ(store_->save(0), Outcome::Conflict);
  edit("Draw", {drawn(2, 1)});
  EXPECT_EQ(store_->save(2), Outcome::Conflict);
  open();
  EXPECT_EQ(store_->save(2), Outcome::Conflict);
  EXPECT_EQ(text(), theirs);
  store_->overrule(0);
  EXPECT_TRUE(store_->unsaved().empty());
  EXPECT_NE(text().find("[40, 5, 20, 15]"), std::string::npos) << "b is theirs";
  EXPECT_NE(text().find("[15, 5, 20, 15]"), std::string::npos) << "a is ours";
  EXPECT_EQ(readFile(own() / "backup/instances.json"), theirs);
  // What is drawn in b now counts, all of it.
  edit("Draw", {drawn(1, 7)});
  EXPECT_EQ(store_->save(1), Outcome::Saved);
  store_->close();
  open();
  EXPECT_EQ(annotation(1).boxes.size(), 2U);
  EXPECT_EQ(annotation(2).boxes.size(), 1U);
}

TEST_F(LabelStoreTest, PicturesOfOneNameHaveOneLabelFile) {
  store_.reset();
  fs::remove_all(root());
  folder_.picture("set/images/a.jpg");
  folder_.picture("set/images/a.png");
  folder_.text("set/labels/a.txt", "0 0.5 0.5 0.2 0.2\n");
  folder_.text("set/data.yaml", "train: images\nnames: [cat, dog]\n");
  open();
  ASSERT_EQ(dataset_.pictures.size(), 2U);
  EXPECT_TRUE(hasProblem(dataset_, "labels/a.txt", 0, "of several pictures of one name"));
  edit("Draw", {drawn(0, 2)});
  EXPECT_EQ(store_->save(0), Outcome::Saved);
  const std::string first = readFile(root() / "labels/a.txt");
  EXPECT_EQ(first, "0 0.5 0.5 0.2 0.2\n0 0.5 0.4 0.2 0.4\n");
  // What it would write over is not what it has before its eyes.
  edit("Draw", {drawn(1, 2, 1)});
  EXPECT_EQ(store_->save(1), Outcome::Conflict);
  EXPECT_EQ(readFile(root() / "labels/a.txt"), first);
  open();
  EXPECT_EQ(store_->save(1), Outcome::Conflict);
  edit("Move", {moved(0, 5)});
  EXPECT_EQ(store_->save(0), Outcome::Saved);
  store_->overrule(1);
  EXPECT_EQ(readFile(root() / "labels/a.txt"), "0 0.5 0.5 0.2 0.2\n1 0.5 0.4 0.2 0.4\n");
  EXPECT_TRUE(store_->unsaved().empty());
}

TEST_F(LabelStoreTest, PicturesOfOneNameAreToldBeforeTheyAreLabelled) {
  store_.reset();
  fs::remove_all(root());
  folder_.picture("set/images/a.jpg");
  folder_.picture("set/images/a.png");
  folder_.text("set/data.yaml", "train: images\nnames: [cat, dog]\n");
  open();
  EXPECT_TRUE(hasProblem(dataset_, "labels/a.txt", 0, "of several pictures of one name"))
      << problemsOf(dataset_);
}

TEST_F(LabelStoreTest, ALinkStaysALinkWhenOursCount) {
  fs::rename(label("a"), folder_ / "elsewhere.xml");
  fs::create_symlink(folder_ / "elsewhere.xml", label("a"));
  edit("Move", {moved(0, 5)});
  folder_.text("elsewhere.xml", std::string(kLabel) + "<!-- theirs -->\n");
  EXPECT_EQ(store_->save(0), Outcome::Conflict);
  store_->overrule(0);
  EXPECT_TRUE(fs::is_symlink(label("a")));
  EXPECT_NE(readFile(folder_ / "elsewhere.xml").find(">16<"), std::string::npos);
}

TEST_F(LabelStoreTest, OneAtATime) {
  const std::string error =
      errorOf([&] { LabelStore second(openDataset(root()), folder_ / "user"); });
  EXPECT_NE(error.find("another window"), std::string::npos) << error;
  store_.reset();
  LabelStore second(openDataset(root()), folder_ / "user");
}

TEST_F(LabelStoreTest, WhereTheDatasetTakesNoJournalTheUsersFolderDoes) {
  store_.reset();
  folder_.text("set/.boxwright", "a file stands where the folder would be");
  open();
  edit("Move", {moved(0, 5)});
  store_->save(0);
  edit("Move", {moved(1, 5)});
  open();
  EXPECT_EQ(found_.history.size(), 2U);
  EXPECT_EQ(store_->unsaved(), std::vector<std::size_t>{1});
  EXPECT_TRUE(fs::exists(store_->places().users / "backup/Annotations/a.xml"));
  EXPECT_NE(store_->places().users.filename(),
            labelPlacesOf(folder_ / "other/set", folder_ / "user").users.filename());
}

TEST_F(LabelStoreTest, OnAFullDiskNothingIsLostAndItGoesOnLater) {
  edit("Move", {moved(0, 5)});
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 20;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::vector<PictureEdit> second = {drawn(0, 2)};
  const std::string edited = errorOf([&] { edit("Draw", second); });
  const std::string saved = errorOf([&] { store_->save(0); });
  const std::string flushed = errorOf([&] { store_->flush(); });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  for (const std::string& error : {edited, saved, flushed})
    EXPECT_FALSE(error.empty());
  EXPECT_EQ(readFile(label("a")), kLabel);
  EXPECT_EQ(store_->unsaved(), std::vector<std::size_t>{0});
  store_->flush();
  open();
  EXPECT_EQ(found_.history.size(), 2U);
  EXPECT_EQ(annotation(0).boxes.size(), 2U);
  EXPECT_EQ(store_->save(0), Outcome::Saved);
}

TEST_F(LabelStoreTest, AFolderThatIsUnpluggedIsNobodysChange) {
  edit("Move", {moved(0, 5)});
  fs::rename(root() / "Annotations", root() / "unplugged");
  const std::string error = errorOf([&] { store_->save(0); });
  EXPECT_NE(error.find("not there"), std::string::npos) << error;
  EXPECT_FALSE(fs::exists(root() / "Annotations"));
  fs::rename(root() / "unplugged", root() / "Annotations");
  EXPECT_EQ(store_->save(0), Outcome::Saved);
}

TEST_F(LabelStoreTest, ClassesComeBackByTheirNames) {
  const auto add = [&](const std::string& name) {
    const ClassListPtr before = listedClasses(dataset_.classes);
    dataset_.classes.push_back(name);
    std::vector<int> to(before->size());
    std::iota(to.begin(), to.end(), 0);
    store_->edit({"Add",
                  {},
                  std::make_shared<const ClassChange>(
                      ClassChange{before, listedClasses(dataset_.classes), std::move(to)})});
  };
  add("yak");
  edit("Draw", {drawn(2, 1, 1)});
  add("zebu");
  edit("Draw", {drawn(2, 2, 2)});
  // Meanwhile somebody labels with a class that comes first.
  std::string other = kLabel;
  other.replace(other.find("cat"), 3, "ant");
  folder_.text("set/JPEGImages/0.png", readFile(root() / "JPEGImages/a.png"));
  folder_.text("set/Annotations/0.xml", other);
  open();
  EXPECT_EQ(dataset_.classes, (ClassNames{"cat", "yak", "zebu", "ant"}));
  ASSERT_EQ(annotation(3).boxes.size(), 2U);
  EXPECT_EQ(annotation(3).boxes[0].classId, 1);
  EXPECT_EQ(annotation(3).boxes[1].classId, 2);
  EXPECT_EQ(annotation(0).boxes.at(0).classId, 3);
  EXPECT_EQ(annotation(1).boxes.at(0).classId, 0);
  // An undo would not know what becomes of the ant.
  EXPECT_EQ(found_.history.size(), 0U);
  ASSERT_EQ(found_.problems.size(), 1U);
  open();
  EXPECT_EQ(annotation(3).boxes.size(), 2U);
  EXPECT_TRUE(found_.problems.empty());
  EXPECT_EQ(store_->unsaved(), std::vector<std::size_t>{3});
  EXPECT_EQ(store_->save(3), Outcome::Saved);
  store_->close();
  open();
  EXPECT_EQ(dataset_.classes, (ClassNames{"ant", "cat", "yak", "zebu"}));
}

TEST_F(LabelStoreTest, AJournalThatIsNoneIsNoJournal) {
  store_.reset();
  folder_.text("set/.boxwright/journal", "something else");
  open();
  EXPECT_EQ(found_.history.size(), 0U);
  edit("Move", {moved(0, 5)});
  open();
  EXPECT_EQ(found_.history.size(), 1U);
}

}  // namespace
}  // namespace boxwright
