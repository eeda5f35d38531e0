// SPDX-License-Identifier: GPL-3.0-or-later
// LabelStore where one file has the labels of many pictures.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/data/class_edit.h"
#include "core/data/label_store.h"
#include "core/data/open_dataset.h"
#include "tests/core/data/dataset_folder.h"
#include "tests/error_of.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;
using Outcome = LabelStore::Outcome;

/// Two COCO files for the pictures of one folder: a and b are in the first, c is in the second.
class SharedLabelStore : public testing::Test {
 protected:
  SharedLabelStore() {
    for (const char* name : {"a", "b", "c"})
      folder_.picture(std::string("set/images/") + name + ".png");
    file("first", {"a", "b"});
    file("second", {"c"});
    open();
  }

  void file(const std::string& name, const std::vector<std::string>& pictures) const {
    std::string images, annotations;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
      const std::string id = std::to_string(i + 1), comma = i > 0 ? ",\n" : "";
      images += comma + "{\"id\": " + id + ", \"file_name\": \"" + pictures[i] + ".png\"}";
      annotations += comma + "{\"id\": " + id + ", \"image_id\": " + id +
                     ", \"category_id\": 7, \"bbox\": [10, 5, 20, 15], \"by\": \"hand\"}";
    }
    folder_.text("set/annotations/instances_" + name + ".json",
                 "{\"images\": [\n" + images + "\n], \"annotations\": [\n" + annotations +
                     "\n], \"categories\": [{\"id\": 7, \"name\": \"cat\"}]}");
  }
  std::string bytes(const char* name) const {
    return readFile(folder_ / "set/annotations" / (std::string("instances_") + name + ".json"));
  }

  /// As after a crash, where the store was not closed.
  void open() {
    store_.reset();
    dataset_ = openDataset(folder_ / "set");
    store_.emplace(dataset_, folder_ / "user");
    found_ = store_->takeFound();
    for (const auto& [picture, annotation] : found_.annotations)
      dataset_.pictures[picture].annotation = annotation;
  }
  std::size_t index(const std::string& name) const {
    for (std::size_t i = 0; i < dataset_.pictures.size(); ++i) {
      if (dataset_.pictures[i].path == "images/" + name + ".png") return i;
    }
    throw std::runtime_error("no picture " + name);
  }
  const Annotation& annotation(const std::string& name) const {
    return *dataset_.pictures[index(name)].annotation;
  }
  template <typename Change>
  void edit(const std::string& name, Change change) {
    AnnotationPtr& now = dataset_.pictures[index(name)].annotation;
    const AnnotationPtr before = now;
    Annotation after = *before;
    change(after);
    now = std::make_shared<const Annotation>(std::move(after));
    store_->edit({"Edit", {{index(name), before, now}}});
    last_ = {index(name), before};
  }
  void undo() {
    store_->undo();
    dataset_.pictures[last_.first].annotation = last_.second;
  }
  static void trash(Annotation& annotation) {
    annotation = {};
    annotation.trashed = true;
  }
  static void unlabel(Annotation& annotation) { annotation = {}; }
  static void move(Annotation& annotation) {
    annotation.boxes.at(0).rect.left += 2;
    annotation.boxes[0].rect.right += 2;
  }

  DatasetFolder folder_;
  Dataset dataset_;
  std::optional<LabelStore> store_;
  LabelStore::Found found_;
  std::pair<std::size_t, AnnotationPtr> last_;
};

TEST_F(SharedLabelStore, TakesADeletedPictureOutOfItsFile) {
  const std::string second = bytes("second");
  edit("b", trash);
  EXPECT_EQ(store_->save(index("b")), Outcome::Saved);
  EXPECT_FALSE(fs::exists(folder_ / "set/images/b.png"));
  EXPECT_TRUE(fs::exists(folder_ / "set/.boxwright/trash/images/b.png"));
  EXPECT_EQ(bytes("first").find("b.png"), std::string::npos);
  EXPECT_NE(bytes("first").find("a.png"), std::string::npos);
  EXPECT_EQ(bytes("second"), second);
  // After a crash it can still be undone, and goes back into the file it was of.
  open();
  EXPECT_TRUE(annotation("b").trashed);
  ASSERT_EQ(found_.history.inForce(), 1U);
  store_->undo();
  EXPECT_EQ(store_->save(index("b")), Outcome::Saved);
  store_->close();
  open();
  EXPECT_TRUE(dataset_.problems.empty()) << problemsOf(dataset_);
  ASSERT_EQ(annotation("b").boxes.size(), 1U);
  EXPECT_EQ(annotation("b").boxes[0].rect, (Rect{10, 5, 30, 20}));
  EXPECT_NE(bytes("first").find("b.png"), std::string::npos);
  EXPECT_EQ(bytes("second"), second);
}

TEST_F(SharedLabelStore, KnowsTheFileOfWhoIsNotListedAnyMore) {
  const std::string first = bytes("first");
  edit("c", unlabel);
  EXPECT_EQ(store_->save(index("c")), Outcome::Saved);
  EXPECT_EQ(bytes("second").find("c.png"), std::string::npos);
  open();  // by its folder c is of the first file now
  store_->undo();
  EXPECT_EQ(store_->save(index("c")), Outcome::Saved);
  EXPECT_EQ(bytes("first"), first);
  EXPECT_NE(bytes("second").find("c.png"), std::string::npos);
}

TEST_F(SharedLabelStore, RemembersThatASaveFailed) {
  // Nowhere to put a backup.
  const LabelPlaces places = store_->places();
  for (const fs::path& folder : {places.own, places.users}) {
    fs::create_directories(folder);
    std::ofstream(folder / "backup") << "in the way";
  }
  const std::string before = bytes("first");
  edit("a", move);
  EXPECT_NE(errorOf([&] { store_->save(index("a")); }), "");
  EXPECT_EQ(bytes("first"), before);
  undo();
  EXPECT_TRUE(store_->unsaved().empty());
  fs::remove(places.own / "backup");
  edit("b", move);
  EXPECT_EQ(store_->save(index("b")), Outcome::Saved);
  open();
  EXPECT_TRUE(store_->unsaved().empty()) << "of a, the file says what it always did";
  edit("a", move);
  EXPECT_EQ(store_->save(index("a")), Outcome::Saved);
  store_->close();
  open();
  for (const char* name : {"a", "b"})
    EXPECT_EQ(annotation(name).boxes.at(0).rect, (Rect{12, 5, 32, 20})) << name;
}

TEST_F(SharedLabelStore, SaysWhatIsWrongWhereIdsHaveComeToTheirEnd) {
  folder_.text("set/annotations/instances_second.json",
               "{\"images\": [{\"id\": 9223372036854775807, \"file_name\": \"c.png\"}], "
               "\"annotations\": [{\"id\": 9223372036854775807, \"image_id\": 9223372036854775807, "
               "\"category_id\": 7, \"bbox\": [10, 5, 20, 15]}], "
               "\"categories\": [{\"id\": 7, \"name\": \"cat\"}]}");
  open();
  ASSERT_EQ(annotation("c").boxes.size(), 1U);
  const std::string before = bytes("second");
  edit("c", [](Annotation& annotation) {
    annotation.boxes.push_back(annotation.boxes.front());
    annotation.boxes.back().id = 2;
  });
  EXPECT_NE(errorOf([&] { store_->save(index("c")); }).find("the largest number"),
            std::string::npos);
  EXPECT_EQ(bytes("second"), before);
}

TEST_F(SharedLabelStore, NewPicturesGoIntoTheTrainingFile) {
  fs::remove_all(folder_ / "set/annotations");
  file("test", {"a"});
  file("train", {"b"});
  file("val", {"c"});
  folder_.picture("set/images/new.png");
  // A folder of its own tells by itself.
  folder_.picture("set/test/d.png");
  folder_.picture("set/test/e.png");
  std::string test = bytes("test");
  test.insert(test.find("{\"id\": 1, \"file_name\""),
              "{\"id\": 9, \"file_name\": \"test/d.png\"},\n");
  folder_.text("set/annotations/instances_test.json", test);
  open();
  const auto draw = [](Annotation& annotation) {
    Box box;
    box.id = 1;
    box.rect = {10, 5, 30, 20};
    annotation.boxes.push_back(box);
    annotation.state = LabelState::Labelled;
  };
  edit("new", draw);
  EXPECT_EQ(store_->save(index("new")), Outcome::Saved);
  EXPECT_NE(bytes("train").find("new.png"), std::string::npos);
  EXPECT_EQ(bytes("test"), test);
  const auto file = [&](const std::string& path) {
    return dataset_.labelFiles.at(static_cast<std::size_t>(pictureNamed(dataset_, path).labelFile));
  };
  EXPECT_EQ(file("test/e.png"), "annotations/instances_test.json") << problemsOf(dataset_);
}

TEST_F(SharedLabelStore, WhileAFileCannotBeReadNothingIsLabelledThatMayBeOfIt) {
  const std::string whole = bytes("second");
  edit("a", move);
  store_.reset();
  for (const bool pipe : {false, true}) {
    if (pipe) {
      fs::remove(folder_ / "set/annotations/instances_second.json");
      ASSERT_EQ(::mkfifo((folder_ / "set/annotations/instances_second.json").c_str(), 0600), 0);
    } else {
      folder_.text("set/annotations/instances_second.json", whole.substr(0, whole.size() / 2));
    }
    const std::string error = errorOf([&] { open(); });
    EXPECT_NE(error.find("annotations/instances_second.json could not be read"), std::string::npos)
        << error;
    EXPECT_TRUE(
        hasProblem(dataset_, "annotations/instances_second.json", -1, "the file is left out"))
        << problemsOf(dataset_);
    EXPECT_TRUE(classesFixed(dataset_));
  }
  // Mended, it goes on; what was not saved is here.
  fs::remove(folder_ / "set/annotations/instances_second.json");
  folder_.text("set/annotations/instances_second.json", whole);
  open();
  EXPECT_EQ(found_.history.size(), 1U);
  EXPECT_FALSE(classesFixed(dataset_));
  // Where every picture is listed elsewhere, labels can be edited.
  store_.reset();
  file("first", {"a", "b", "c"});
  folder_.text("set/annotations/instances_second.json", "{");
  open();
  edit("c", move);
  EXPECT_TRUE(classesFixed(dataset_));
}

TEST(SharedLabels, TheSameOfTablesAndCvat) {
  const std::string csv = "filename,class,xmin,ymin,xmax,ymax\n";
  const std::pair<std::string, std::string> good[] = {
      {"val.csv", csv + "a.png,cat,1,2,31,42\n"},
      {"val.xml", "<annotations><image id=\"0\" name=\"a.png\"/></annotations>"}};
  const std::pair<std::string, std::string> bad[] = {{"train.csv", ""},
                                                     {"train.xml", "<annotations><image id=\"0"}};
  for (std::size_t i = 0; i < 2; ++i) {
    DatasetFolder folder;
    folder.picture("a.png");
    folder.picture("b.png");
    folder.text(good[i].first, good[i].second);
    folder.text(bad[i].first, bad[i].second);
    const Dataset dataset = openDataset(folder.path());
    const std::string error = errorOf([&] { LabelStore store(dataset, folder / "user"); });
    EXPECT_NE(error.find(bad[i].first + " could not be read"), std::string::npos)
        << error << problemsOf(dataset);
  }
}

TEST(SharedLabels, AListOfClassesOfFilesThatAreNotOpenIsNotChanged) {
  DatasetFolder folder;
  folder.picture("a.png");
  folder.picture("b.png");
  folder.text("train.csv", "filename,class,xmin,ymin,xmax,ymax\na.png,cat,1,2,31,42\n");
  folder.text("val.csv", "filename,class,xmin,ymin,xmax,ymax\nb.png,cat,1,2,31,42\n");
  EXPECT_FALSE(classesFixed(openDataset(folder / "train.csv")));
  folder.text("classes.csv", "cat,0\ndog,1\n");
  EXPECT_FALSE(classesFixed(openDataset(folder.path())));
  const std::string why = classesFixed(openDataset(folder / "train.csv")).value_or("");
  EXPECT_EQ(why,
            "classes.csv is also the list of val.csv: open the folder to change the classes of all "
            "its files");
}

/// What is said of a picture twice goes with both, else it would be there again.
TEST(SharedLabels, ListedTwiceGoesWithBoth) {
  const std::pair<const char*, const char*> files[] = {
      {"instances_all.json",
       "{\"images\": [{\"id\": 1, \"file_name\": \"a.png\"}, {\"id\": 2, \"file_name\": "
       "\"b.png\"}, "
       "{\"id\": 3, \"file_name\": \"a.png\"}], \"annotations\": [{\"id\": 1, \"image_id\": 3, "
       "\"category_id\": 7, \"bbox\": [1, 2, 30, 40]}, {\"id\": 2, \"image_id\": 1, "
       "\"category_id\": 7, \"bbox\": [1, 2, 30, 40]}, {\"id\": 3, \"image_id\": 2, "
       "\"category_id\": 7, \"bbox\": [1, 2, 30, 40]}], "
       "\"categories\": [{\"id\": 7, \"name\": \"cat\"}]}"},
      {"annotations.xml",
       "<annotations><image id=\"0\" name=\"a.png\"><box label=\"cat\" xtl=\"1\" ytl=\"2\" "
       "xbr=\"31\" ybr=\"42\"/></image><image id=\"1\" name=\"b.png\"><box label=\"cat\" xtl=\"1\" "
       "ytl=\"2\" xbr=\"31\" ybr=\"42\"/></image><image id=\"2\" name=\"a.png\"><box label=\"cat\" "
       "xtl=\"1\" ytl=\"2\" xbr=\"31\" ybr=\"42\"/></image></annotations>"},
      {"labels.csv",
       "filename,class,xmin,ymin,xmax,ymax\na.png,cat,1,2,31,42\nb.png,cat,1,2,31,42\n"
       "./a.png,cat,1,2,31,42\n"},
  };
  for (const auto& [file, text] : files) {
    DatasetFolder folder;
    folder.picture("a.png");
    folder.picture("b.png");
    folder.text(file, text);
    const Dataset before = openDataset(folder.path());
    ASSERT_EQ(before.pictures.at(0).annotation->boxes.size(), 1U) << file << problemsOf(before);
    EXPECT_FALSE(before.problems.empty()) << file;
    {
      LabelStore store(before, folder / "user");
      store.edit({"Unlabel", {{0, before.pictures[0].annotation, std::make_shared<Annotation>()}}});
      EXPECT_EQ(store.save(0), Outcome::Saved);
      store.close();
    }
    const Dataset after = openDataset(folder.path());
    EXPECT_EQ(after.pictures.at(0).annotation->state, LabelState::Unlabelled) << file;
    EXPECT_EQ(after.pictures.at(1).annotation->boxes.size(), 1U) << file;
    EXPECT_TRUE(after.problems.empty()) << file << problemsOf(after);
  }
}

}  // namespace
}  // namespace boxwright
