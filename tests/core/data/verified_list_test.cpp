// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/verified_list.h"

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "core/data/label_store.h"
#include "core/data/open_dataset.h"
#include "tests/core/data/dataset_folder.h"
#include "tests/error_of.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

TEST(VerifiedList, HoldsWhatWasSetLast) {
  DatasetFolder folder;
  const std::string odd = "a\\n\nb\\.png";
  {
    VerifiedList list(folder.path());
    list.set("a.png", true);
    list.set("b.png", true);
    list.set(odd, true);
    list.set("a.png", false);
    list.flush();
  }
  VerifiedList list(folder.path());
  EXPECT_FALSE(list.holds("a.png"));
  EXPECT_TRUE(list.holds("b.png"));
  EXPECT_TRUE(list.holds(odd));
  list.set("b.png", false);
  EXPECT_FALSE(VerifiedList(folder.path()).holds("b.png"));
  EXPECT_TRUE(VerifiedList(folder.path()).holds(odd));
}

TEST(VerifiedList, SaysWhatIsDamagedAndKeepsIt) {
  DatasetFolder folder;
  folder.picture("a.png");
  folder.text("a.txt", "0 0.5 0.5 0.25 0.25\n");
  {
    VerifiedList list(folder.path());
    list.set("a.png", true);
    list.set("b.png", true);
  }
  const fs::path file = folder / ".boxwright/verified";
  const std::string damaged = readFile(file).substr(0, 30) + "#" + readFile(file).substr(31);
  folder.text(".boxwright/verified", damaged);
  const Dataset dataset = openDataset(folder.path());
  EXPECT_TRUE(hasProblem(dataset, ".boxwright/verified", 0, "damaged")) << problemsOf(dataset);
  EXPECT_TRUE(dataset.pictures.at(0).annotation->verified);
  VerifiedList list(folder.path());
  list.set("c.png", true);
  EXPECT_EQ(readFile(folder / ".boxwright/verified-2"), damaged);
  EXPECT_FALSE(VerifiedList(folder.path()).problem());
  EXPECT_TRUE(VerifiedList(folder.path()).holds("a.png"));
}

TEST(VerifiedList, MarksOnlyWhatHasLabels) {
  DatasetFolder folder;
  VerifiedList list(folder.path());
  list.set("a.png", true);
  Annotation annotation;
  Picture picture{"a.png", 0, 0, std::make_shared<const Annotation>(annotation)};
  markVerified(picture, list);
  EXPECT_FALSE(picture.annotation->verified);
  annotation.state = LabelState::Negative;
  picture.annotation = std::make_shared<const Annotation>(annotation);
  markVerified(picture, list);
  EXPECT_TRUE(picture.annotation->verified);
  EXPECT_TRUE(keepsVerifiedList("darknet"));
  EXPECT_FALSE(keepsVerifiedList("voc"));
}

/// Text labels, which have no room for the mark.
class VerifiedTextLabels : public testing::Test {
 protected:
  VerifiedTextLabels() {
    for (const char* name : {"a", "b"}) {
      folder_.picture(std::string("set/") + name + ".png");
      folder_.text(std::string("set/") + name + ".txt", "0 0.5 0.5 0.25 0.25\n");
    }
    folder_.text("set/classes.txt", "cat\n");
    open();
  }

  void open() {
    store_.reset();
    dataset_ = openDataset(folder_ / "set");
    store_.emplace(dataset_, folder_ / "user");
    for (const auto& [picture, annotation] : store_->takeFound().annotations)
      dataset_.pictures[picture].annotation = annotation;
  }
  bool isVerified(std::size_t picture) const {
    return dataset_.pictures[picture].annotation->verified;
  }
  void mark(std::size_t picture, bool verified) {
    const AnnotationPtr before = dataset_.pictures[picture].annotation;
    Annotation after = *before;
    after.verified = verified;
    dataset_.pictures[picture].annotation = std::make_shared<const Annotation>(std::move(after));
    store_->edit({"Mark", {{picture, before, dataset_.pictures[picture].annotation}}});
  }

  DatasetFolder folder_;
  Dataset dataset_;
  std::optional<LabelStore> store_;
};

TEST_F(VerifiedTextLabels, StayVerified) {
  const std::string label = readFile(folder_ / "set/a.txt");
  mark(0, true);
  EXPECT_EQ(store_->save(0), LabelStore::Outcome::Saved);
  store_->close();
  EXPECT_EQ(readFile(folder_ / "set/a.txt"), label);
  EXPECT_FALSE(fs::exists(folder_ / "set/.boxwright/backup")) << "of a file that is as it was";
  open();
  EXPECT_TRUE(isVerified(0));
  EXPECT_FALSE(isVerified(1));
  mark(0, false);
  store_->save(0);
  store_->close();
  open();
  EXPECT_FALSE(isVerified(0));
}

TEST_F(VerifiedTextLabels, AreSavedAgainWhereTheMarkIsMissing) {
  mark(0, true);
  store_->save(0);
  mark(1, true);
  // As if the machine had gone before the list was on disk; the journal was.
  fs::remove(folder_ / "set/.boxwright/verified");
  open();
  EXPECT_TRUE(isVerified(0));
  EXPECT_TRUE(isVerified(1));
  EXPECT_EQ(store_->unsaved(), (std::vector<std::size_t>{0, 1}));
  for (const std::size_t picture : {0, 1})
    EXPECT_EQ(store_->save(picture), LabelStore::Outcome::Saved);
  store_->close();
  open();
  EXPECT_TRUE(isVerified(0));
  EXPECT_TRUE(isVerified(1));
}

TEST_F(VerifiedTextLabels, AreToldToBeUnsavedWhereTheListCannotBeWritten) {
  mark(0, true);
  fs::create_directories(folder_ / "set/.boxwright/verified");  // a folder in its place
  const std::string error = errorOf([&] { store_->save(0); });
  EXPECT_NE(error.find("verified"), std::string::npos) << error;
  EXPECT_EQ(store_->unsaved(), std::vector<std::size_t>{0});
  fs::remove(folder_ / "set/.boxwright/verified");
  EXPECT_EQ(store_->save(0), LabelStore::Outcome::Saved);
  EXPECT_TRUE(store_->unsaved().empty());
}

}  // namespace
}  // namespace boxwright
