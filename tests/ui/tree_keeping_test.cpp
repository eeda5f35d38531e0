// SPDX-License-Identifier: GPL-3.0-or-later
//
// Class trees are saved, kept while they are not, and come back, whatever happens meanwhile.
#include <QAction>

#include "core/data/combined_file.h"
#include "core/data/open_dataset.h"
#include "tests/ui/tree_page_test.h"

namespace boxwright::ui {
namespace {

namespace fs = std::filesystem;

TEST_F(TreePageTest, SavingWritesTheFilesAndTheOtherPagesSeeIt) {
  open("animals.combined.json");
  choose("thing");
  key(view(), Qt::Key_Delete);
  settle();
  EXPECT_TRUE(fs::exists(at(".boxwright/animals.combined.json.unsaved")));
  key(view(), Qt::Key_S, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([&] {
    return window_->state().document().dataset().classes.size() == 4 &&
           !window_->state().document().isOpening();
  }));
  settle();
  EXPECT_EQ(window_->currentPage(), &page());
  EXPECT_FALSE(page().tree().isModified());
  EXPECT_FALSE(fs::exists(at(".boxwright")));
  EXPECT_EQ(readFile(at("animals.names")), "animal\ndog\ncat\nhusky\n");
  // What was saved can be undone, and saved again.
  key(view(), Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(shown(), "animal(dog(husky) cat) thing");
  EXPECT_TRUE(page().tree().isModified());
  key(view(), Qt::Key_S, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([&] { return !page().tree().isModified(); }));
  EXPECT_NE(readFile(at("animals.names")).find("thing"), std::string::npos);
}

TEST_F(TreePageTest, WhatIsNotSavedIsThereAgainAndCanBeGivenUp) {
  open("animals.combined.json");
  view().selectionModel()->setCurrentIndex(page().model().indexOf(named("cat")),
                                           QItemSelectionModel::NoUpdate);
  view().clearSelection();
  key(view(), Qt::Key_Delete);  // of the current one, which is not selected
  settle();
  window_.reset();  // as good as killed: nothing is asked
  makeWindow();
  open("animals.combined.json");
  EXPECT_EQ(shown(), "animal(dog(husky)) thing");
  EXPECT_TRUE(page().tree().isModified());
  EXPECT_TRUE(bar().isShowing());
  EXPECT_EQ(cell(named("husky"), TreeModel::Pictures), QStringLiteral("1")) << "counted anew";
  // Opening another dataset keeps it, too.
  open("farm");
  EXPECT_EQ(shown(), "cat dog");
  open("animals.combined.json");
  EXPECT_EQ(shown(), "animal(dog(husky)) thing");
  QTest::mouseClick(barButton(), Qt::LeftButton);
  ASSERT_TRUE(waitFor([&] { return shown() == "animal(dog(husky) cat) thing"; }));
  settle();
  EXPECT_FALSE(fs::exists(at(".boxwright")));
}

TEST_F(TreePageTest, WhatIsNotSavedIsKnownBeforeThePageIsSeen) {
  open("animals.combined.json");
  page().tree().edit(removeNodes(project(), {named("cat")}));
  settle();
  window_.reset();
  makeWindow();
  window_->openPath(path("animals.combined.json"), QStringLiteral("data"));
  ASSERT_TRUE(waitFor([&] { return window_->state().isTreeUnsaved(); })) << "to whoever trains";
  EXPECT_FALSE(page().isVisible());
  settle();
}

TEST_F(TreePageTest, ADamagedKeptTreeIsInNobodysWay) {
  std::filesystem::create_directories(at(".boxwright"));
  text(".boxwright/animals.combined.json.unsaved", "{\"version\": 1");
  open("animals.combined.json");
  EXPECT_EQ(shown(), "animal(dog(husky) cat) thing");
  ASSERT_TRUE(bar().isShowing());
  EXPECT_TRUE(bar().current().problem.contains(QStringLiteral("damaged")));
  EXPECT_TRUE(bar().current().where.endsWith(QStringLiteral(".damaged"))) << "nothing is lost";
  choose("cat");
  key(view(), Qt::Key_Delete);
  settle();
  EXPECT_FALSE(page().keeper().cannotKeep());
  EXPECT_TRUE(fs::exists(at(".boxwright/animals.combined.json.unsaved.damaged")));
}

TEST_F(TreePageTest, WhatIsEditedDuringASaveOutlivesAnotherDatasetOpenedMeanwhile) {
  open("animals.combined.json");
  choose("cat");
  key(view(), Qt::Key_Delete);
  // Nothing of the save is heard of before the other dataset is open.
  page().keeper().save(at("animals.combined.json"));
  page().tree().edit(removeNodes(project(), {named("thing")}));
  ASSERT_EQ(shown(), "animal(dog(husky))");
  window_->state().document().open(at("farm"));
  ASSERT_TRUE(waitFor([&] { return !window_->state().document().isOpening(); }));
  settle();
  EXPECT_EQ(readFile(at("animals.names")).find("cat"), std::string::npos) << "saved";
  EXPECT_NE(readFile(at("animals.names")).find("thing"), std::string::npos);
  open("animals.combined.json");
  EXPECT_EQ(shown(), "animal(dog(husky))");
  EXPECT_TRUE(page().tree().isModified());
  EXPECT_TRUE(bar().current().advice.isEmpty()) << "nobody else has changed the files";
  key(view(), Qt::Key_S, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([&] { return !page().tree().isModified(); }));
  settle();
  EXPECT_EQ(readFile(at("animals.names")), "animal\ndog\nhusky\n");
  EXPECT_FALSE(fs::exists(at(".boxwright")));
}

TEST_F(TreePageTest, TwoWindowsDoNotKeepOneTree) {
  open("animals.combined.json");
  choose("cat");
  key(view(), Qt::Key_Delete);
  settle();
  const std::string kept = readFile(at(".boxwright/animals.combined.json.unsaved"));
  const std::unique_ptr<MainWindow> first = std::move(window_);
  makeWindow();
  open("animals.combined.json");
  EXPECT_EQ(shown(), "animal(dog(husky) cat) thing") << "not what the other has not saved";
  EXPECT_TRUE(bar().current().problem.contains(QStringLiteral("another window")));
  bar().clear();
  choose("thing");
  key(view(), Qt::Key_Delete);
  ASSERT_TRUE(waitFor([&] { return bar().isShowing(); }));
  EXPECT_EQ(readFile(at(".boxwright/animals.combined.json.unsaved")), kept);
  key(view(), Qt::Key_Z, Qt::ControlModifier);
  settle();
  EXPECT_EQ(readFile(at(".boxwright/animals.combined.json.unsaved")), kept);
}

TEST_F(TreePageTest, WhatAnotherWindowHasLeftIsNeitherWrittenOverNorRemoved) {
  const char* const place = ".boxwright/animals.combined.json.unsaved";
  // One window before the first edit of the other, one after it.
  open("animals.combined.json");
  std::unique_ptr<MainWindow> early = std::move(window_);
  makeWindow();
  open("animals.combined.json");
  page().tree().edit(removeNodes(project(), {named("cat")}));
  settle();
  const std::string kept = readFile(at(place));
  std::unique_ptr<MainWindow> first = std::move(window_);
  makeWindow();
  open("animals.combined.json");
  EXPECT_TRUE(bar().current().problem.contains(QStringLiteral("another window")));
  first.reset();  // what it has kept stays
  endJobs();
  for (std::unique_ptr<MainWindow>* const other : {&window_, &early}) {
    if (other == &early) std::swap(window_, early);
    bar().clear();
    page().tree().edit(removeNodes(project(), {named("thing")}));
    ASSERT_TRUE(waitFor([&] { return bar().isShowing(); }));
    settle();
    EXPECT_TRUE(bar().current().problem.contains(QStringLiteral("left a class tree")));
    EXPECT_TRUE(page().keeper().cannotKeep());
    EXPECT_EQ(readFile(at(place)), kept);
    page().tree().undo();
    settle();
    EXPECT_FALSE(page().keeper().cannotKeep());
    EXPECT_EQ(readFile(at(place)), kept);
  }
  open("farm");
  open("animals.combined.json");
  EXPECT_EQ(shown(), "animal(dog(husky)) thing") << "as it says";
}

TEST_F(TreePageTest, WhatCannotBeKeptIsSaidAndTriedAgain) {
  open("animals.combined.json");
  std::unique_ptr<MainWindow> first = std::move(window_);
  makeWindow();
  open("animals.combined.json");
  std::swap(first, window_);
  page().tree().edit(removeNodes(project(), {named("cat")}));
  settle();
  std::swap(first, window_);
  page().tree().edit(removeNodes(project(), {named("thing")}));
  ASSERT_TRUE(waitFor([&] { return page().keeper().cannotKeep(); }));
  EXPECT_TRUE(page().statusText().contains(QStringLiteral("not kept")));
  // The other saves; then this one's is kept without another edit.
  std::swap(first, window_);
  page().keeper().save(at("animals.combined.json"));
  ASSERT_TRUE(waitFor([&] { return !page().tree().isModified(); }));
  settle();
  std::swap(first, window_);
  ASSERT_TRUE(waitFor([&] { return !page().keeper().cannotKeep(); }));
  EXPECT_FALSE(page().statusText().contains(QStringLiteral("not kept")));
  EXPECT_TRUE(fs::exists(at(".boxwright/animals.combined.json.unsaved")));
  settle();
}

TEST_F(TreePageTest, DatasetsOpenedOneAfterTheOtherKeepTheirTrees) {
  open("animals.combined.json");
  choose("cat");
  key(view(), Qt::Key_Delete);
  settle();
  open("farm");
  const std::string kept = readFile(at(".boxwright/animals.combined.json.unsaved"));
  // Back and forth, before anything has been read.
  for (const char* const name :
       {"animals.combined.json", "farm", "animals.combined.json", "farm"}) {
    window_->openPath(path(name), QStringLiteral("tree"));
    waitFor([&] { return page().keeper().isLoading(); }, 0.3);
  }
  open("animals.combined.json");
  EXPECT_EQ(shown(), "animal(dog(husky)) thing");
  EXPECT_FALSE(bar().current().problem.contains(QStringLiteral("another window")));
  choose("thing");
  key(view(), Qt::Key_Delete);
  settle();
  EXPECT_FALSE(page().keeper().cannotKeep());
  EXPECT_NE(readFile(at(".boxwright/animals.combined.json.unsaved")), kept);
}

TEST_F(TreePageTest, WhatAKillRightAfterASaveLeavesIsNotUnsaved) {
  const char* const place = ".boxwright/animals.combined.json.unsaved";
  open("animals.combined.json");
  choose("cat");
  key(view(), Qt::Key_Delete);
  settle();
  const std::string kept = readFile(at(place));
  key(view(), Qt::Key_S, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([&] { return !page().tree().isModified(); }));
  settle();
  window_.reset();
  endJobs();
  // What was kept had not been removed yet.
  fs::create_directories(at(".boxwright"));
  text(place, QByteArray::fromStdString(kept));
  makeWindow();
  open("animals.combined.json");
  EXPECT_EQ(shown(), "animal(dog(husky)) thing");
  EXPECT_FALSE(page().tree().isModified());
  EXPECT_FALSE(bar().isShowing()) << bar().current().problem.toStdString();
  settle();
  EXPECT_FALSE(fs::exists(at(".boxwright")));
}

TEST_F(TreePageTest, ATreeSavedElsewhereIsKeptThere) {
  open("farm");
  choose("cat");
  key(view(), Qt::Key_F2);
  name("kitty");
  page().keeper().save(at("farm.combined.json"));
  ASSERT_TRUE(waitFor([&] { return !page().tree().isModified() && bar().isShowing(); }));
  choose("dog");
  key(view(), Qt::Key_F2);
  name("hound");
  settle();
  EXPECT_FALSE(fs::exists(at("farm") / ".boxwright"));
  EXPECT_TRUE(fs::exists(at(".boxwright/farm.combined.json.unsaved")));
  open("farm.combined.json");
  EXPECT_EQ(shown(), "kitty hound");
  EXPECT_TRUE(page().tree().isModified());
  page().keeper().discard();
  ASSERT_TRUE(waitFor([&] { return shown() == "kitty dog"; })) << shown();
  settle();
  EXPECT_FALSE(fs::exists(at(".boxwright")));
}

TEST_F(TreePageTest, ACombinedDatasetSavedUnderAnotherNameGoesOnAsThatOne) {
  open("animals.combined.json");
  choose("cat");
  key(view(), Qt::Key_Delete);
  page().keeper().save(at("pets.combined.json"));
  ASSERT_TRUE(waitFor([&] { return !page().tree().isModified() && bar().isShowing(); }));
  settle();
  EXPECT_FALSE(fs::exists(at(".boxwright")));
  // The one that is open is read again.
  bar().clear();
  window_->state().document().open(at("animals.combined.json"));
  ASSERT_TRUE(waitFor([&] { return !window_->state().document().isOpening(); }));
  settle();
  EXPECT_EQ(shown(), "animal(dog(husky)) thing");
  EXPECT_FALSE(page().tree().undoTitle().isEmpty());
  choose("thing");
  key(view(), Qt::Key_Delete);
  settle();
  EXPECT_TRUE(fs::exists(at(".boxwright/pets.combined.json.unsaved")));
  window_->state().document().open(at("animals.combined.json"));
  ASSERT_TRUE(waitFor([&] { return !window_->state().document().isOpening(); }));
  settle();
  EXPECT_FALSE(bar().isShowing()) << bar().current().problem.toStdString();
  page().keeper().discard();
  ASSERT_TRUE(waitFor([&] { return shown() == "animal(dog(husky)) thing"; })) << shown();
  settle();
  EXPECT_EQ(page().keeper().file(), at("pets.combined.json"));
}

TEST_F(TreePageTest, SavingAgainDuringASaveSavesWhatCameBetween) {
  open("animals.combined.json");
  choose("cat");
  key(view(), Qt::Key_Delete);
  page().keeper().save(at("animals.combined.json"));
  page().tree().edit(removeNodes(project(), {named("thing")}));
  page().keeper().save(at("animals.combined.json"));
  ASSERT_TRUE(waitFor([&] { return !page().tree().isModified(); }));
  settle();
  EXPECT_EQ(readFile(at("animals.names")), "animal\ndog\nhusky\n");
  // A read that is under way ends before.
  bool saves = false;
  QObject::connect(
      &page().keeper(), &TreeKeeper::loadingChanged, &page(),
      [&] {
        if (saves) return;
        saves = true;
        page().tree().edit(removeNodes(project(), {named("husky")}));
        page().keeper().save(at("animals.combined.json"));
      },
      Qt::QueuedConnection);
  window_->state().document().open(at("animals.combined.json"));
  ASSERT_TRUE(waitFor([&] { return saves && !page().tree().isModified(); }));
  ASSERT_TRUE(waitFor([&] { return !window_->state().document().isOpening(); }));
  settle();
  EXPECT_EQ(shown(), "animal(dog)");
  EXPECT_FALSE(page().tree().undoTitle().isEmpty());
  EXPECT_FALSE(bar().isShowing()) << bar().current().problem.toStdString();
}

TEST_F(TreePageTest, WhatAnotherProgramHasChangedIsNotWrittenOverUnasked) {
  open("animals.combined.json");
  choose("cat");
  key(view(), Qt::Key_Delete);
  text("animals.names", "theirs\nthing\ndog\ncat\nhusky\n");
  key(view(), Qt::Key_S, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([&] { return bar().isShowing(); }));
  EXPECT_TRUE(bar().current().problem.contains(QStringLiteral("animals.names")));
  EXPECT_TRUE(page().tree().isModified());
  EXPECT_EQ(readFile(at("animals.names")).substr(0, 6), "theirs");
  QTest::mouseClick(barButton(), Qt::LeftButton);
  ASSERT_TRUE(waitFor([&] { return !page().tree().isModified(); }));
  EXPECT_EQ(readFile(at("animals.names")).substr(0, 6), "animal");
  EXPECT_EQ(readFile(at("animals.names.theirs")).substr(0, 6), "theirs");
}

}  // namespace
}  // namespace boxwright::ui
