// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is edited on the Annotate page is in its files and, before that, in the journal.
#include <sys/resource.h>

#include <QAction>
#include <QPushButton>
#include <QSignalSpy>
#include <csignal>
#include <filesystem>

#include "core/base/atomic_file.h"
#include "core/data/class_edit.h"
#include "core/data/convert.h"
#include "core/data/open_dataset.h"
#include "tests/ui/annotate_page_test.h"
#include "ui/annotate/annotate_actions.h"
#include "ui/annotate/picture_side.h"
#include "ui/data/data_page.h"
#include "ui/error_bar.h"
#include "ui/label_keeper.h"
#include "ui/recents.h"

namespace boxwright::ui {
namespace {

namespace fs = std::filesystem;

class AnnotateSavingTest : public AnnotatePageTest {
 protected:
  LabelKeeper& labels() { return state_->labels(); }
  fs::path root() const { return folder_.path().toStdString(); }
  fs::path label(int picture) const { return root() / fs::path(stemOf(picture) + ".xml"); }
  static std::string stemOf(int picture) {
    return "Annotations/picture_" + std::string(picture < 10 ? "0" : "") + std::to_string(picture);
  }
  bool waitForSaved() {
    return waitFor([this] { return labels().unsaved() == 0 && !labels().isBusy(); });
  }
  void drawOne() {
    key(Qt::Key_W);
    drag(110, 20, 150, 45);
    key(Qt::Key_Escape);
  }
  /// As after a crash: nobody says good-bye.
  void crashAndOpen() {
    ASSERT_TRUE(waitFor([this] { return !labels().isBusy(); }));
    TearDown();
    state_ = std::make_unique<StudioState>();
    page_ = std::make_unique<AnnotatePage>(*state_);
    page_->resize(1300, 760);
    page_->show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(page_.get()));
    document().open(root());
    ASSERT_TRUE(waitFor([this] { return document().isEditable(); }));
    ASSERT_TRUE(show(0));
  }
  /// The boxes of a picture as its file has them.
  std::size_t boxesInFile(int picture) const {
    return openDataset(root()).pictures[static_cast<std::size_t>(picture)].annotation->boxes.size();
  }
  QPushButton* barButton() const {
    for (QPushButton* button : page_->errorBar()->findChildren<QPushButton*>())
      if (button->isVisible()) return button;
    return nullptr;
  }
};

TEST_F(AnnotateSavingTest, ALookLeavesTheFolderAsItWas) {
  state_->document().close();
  ASSERT_TRUE(waitFor([this] { return !labels().isBusy(); }));
  EXPECT_FALSE(fs::exists(root() / ".boxwright"));
}

TEST_F(AnnotateSavingTest, APictureThatIsLeftIsSaved) {
  const std::string before = readFile(label(0));
  drawOne();
  ASSERT_TRUE(waitFor([this] { return labels().unsaved() == 1; }));
  EXPECT_EQ(readFile(label(0)), before) << "not while it is in view";
  EXPECT_TRUE(page_->statusText().contains("not saved yet")) << page_->statusText().toStdString();
  key(Qt::Key_D);
  ASSERT_TRUE(inView(1));
  ASSERT_TRUE(waitForSaved());
  EXPECT_EQ(boxesInFile(0), 4U);
  EXPECT_TRUE(page_->statusText().contains("saved ")) << page_->statusText().toStdString();
  EXPECT_EQ(readFile(root() / ".boxwright/backup" / fs::relative(label(0), root())), before);
  // What was there is there byte for byte, and the new box behind it.
  const std::string after = readFile(label(0));
  const std::size_t end = before.rfind("</annotation>");
  EXPECT_EQ(after.substr(0, end), before.substr(0, end));
  // An undo from afar goes there, and is saved when it is left again.
  undo();
  ASSERT_TRUE(inView(0));
  key(Qt::Key_D);
  ASSERT_TRUE(inView(1));
  ASSERT_TRUE(waitForSaved());
  EXPECT_EQ(readFile(label(0)), before);
}

TEST_F(AnnotateSavingTest, AFileOfManyPicturesIsSavedWhenNothingHasBeenEditedForAWhile) {
  const fs::path coco = root() / "coco";
  convertDataset(openDataset(root()), {"coco", coco});
  document().open(coco);
  ASSERT_TRUE(waitFor([this] { return document().isEditable(); }));
  ASSERT_EQ(document().dataset().format, "coco");
  ASSERT_TRUE(show(0));
  const fs::path file = coco / document().dataset().labelFiles.at(0);
  const std::string before = readFile(file);
  drawOne();
  ASSERT_TRUE(waitFor([this] { return labels().unsaved() == 1; }));
  key(Qt::Key_D);
  ASSERT_TRUE(inView(1));
  drawOne();
  ASSERT_TRUE(waitFor([this] { return labels().unsaved() == 2 && !labels().isBusy(); }));
  EXPECT_EQ(readFile(file), before) << "not at every step";
  ASSERT_TRUE(waitForSaved());
  const std::string after = readFile(file);
  EXPECT_NE(after, before);
  EXPECT_EQ(readFile(coco / ".boxwright/backup" / document().dataset().labelFiles[0]), before);
  // Ctrl+S at once.
  undo();
  key(Qt::Key_S, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([&] { return readFile(file) != after; }));
  // And at the end.
  undo();
  document().close();
  ASSERT_TRUE(waitFor([this] { return !labels().isBusy(); }));
  EXPECT_EQ(readFile(file), before);
}

TEST_F(AnnotateSavingTest, ADeletedPictureGoesToTheTrashWithItsLabelsAndComesBack) {
  const fs::path picture = root() / "JPEGImages/picture_01.jpg";
  const fs::path trash = root() / ".boxwright/trash";
  const std::string before = readFile(label(1));
  ASSERT_TRUE(show(1));
  drawOne();
  const std::size_t drawn = boxes().size();
  key(Qt::Key_Delete, Qt::ShiftModifier);
  ASSERT_TRUE(inView(2));
  EXPECT_EQ(page_->side()->model().rowCount(), 11);
  EXPECT_EQ(document().statistics().images, 11u);
  ASSERT_TRUE(waitForSaved());
  EXPECT_FALSE(fs::exists(picture));
  EXPECT_FALSE(fs::exists(label(1)));
  EXPECT_TRUE(fs::exists(trash / "JPEGImages/picture_01.jpg"));
  EXPECT_NE(readFile(trash / (stemOf(1) + ".xml")), before);  // with what was drawn
  // Stepping passes it by.
  key(Qt::Key_A);
  ASSERT_TRUE(inView(0));
  EXPECT_EQ(lastEdit(), "Delete picture_01.jpg");
  undo();
  ASSERT_TRUE(inView(1));
  EXPECT_TRUE(canvas().hasPicture());
  EXPECT_EQ(boxes().size(), drawn);
  ASSERT_TRUE(waitForSaved());
  EXPECT_TRUE(fs::exists(picture));
  EXPECT_EQ(boxesInFile(1), drawn);
  EXPECT_EQ(page_->side()->model().rowCount(), 12);
  redo();
  ASSERT_TRUE(inView(2));
  crashAndOpen();
  EXPECT_EQ(page_->side()->model().rowCount(), 11);
  EXPECT_TRUE(document().dataset().problems.size() <= 1) << "the box without area is one";
  undo();
  ASSERT_TRUE(waitFor([this] { return page_->side()->model().rowCount() == 12; }));
  ASSERT_TRUE(waitForSaved());
  EXPECT_TRUE(fs::exists(picture));
  EXPECT_EQ(boxesInFile(1), drawn);
}

TEST_F(AnnotateSavingTest, CtrlSSavesAtOnceAndSoDoesLeavingThePage) {
  drawOne();
  key(Qt::Key_S, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([this] { return boxesInFile(0) == 4; }));
  ASSERT_TRUE(waitForSaved());
  key(Qt::Key_W);
  drag(110, 60, 150, 85);
  page_->hide();
  ASSERT_TRUE(waitFor([this] { return boxesInFile(0) == 5; }));
}

TEST_F(AnnotateSavingTest, ClosingTheDatasetSavesAndTakesTheJournalAway) {
  drawOne();
  document().close();
  ASSERT_TRUE(waitFor([this] { return !labels().isBusy(); }));
  EXPECT_EQ(boxesInFile(0), 4U);
  EXPECT_FALSE(fs::exists(root() / ".boxwright/journal"));
  EXPECT_TRUE(fs::exists(root() / ".boxwright/backup"));
}

TEST_F(AnnotateSavingTest, OpenedAgainAtOnceItShowsWhatWasDrawn) {
  drawOne();
  document().open(root());
  ASSERT_TRUE(waitFor([this] { return document().isEditable(); }));
  EXPECT_EQ(annotation(0).boxes.size(), 4U);
  EXPECT_EQ(history().size(), 0U);
  ASSERT_TRUE(show(0));
  drawOne();
  key(Qt::Key_S, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([this] { return boxesInFile(0) == 5; }));
  EXPECT_TRUE(labels().conflicts().isEmpty());
}

TEST_F(AnnotateSavingTest, AfterACrashEverythingIsHereAgain) {
  const Annotation first = annotation();
  drawOne();
  key(Qt::Key_S, Qt::ControlModifier);
  key(Qt::Key_A, Qt::ControlModifier);
  key(Qt::Key_Right);
  const Annotation last = annotation();
  const std::size_t edits = history().size();
  ASSERT_TRUE(waitFor([this] { return boxesInFile(0) == 4; }));
  crashAndOpen();
  EXPECT_EQ(annotation(), last);
  EXPECT_EQ(history().size(), edits);
  ASSERT_TRUE(page_->errorBar()->isShowing());
  EXPECT_TRUE(page_->errorBar()->current().problem.contains("last session"));
  // It is saved without being asked, and undone to the first.
  ASSERT_TRUE(waitForSaved());
  while (history().undoable())
    document().undo();
  EXPECT_EQ(annotation(), first);
  document().redo();
  // A new box has an id that no other has had.
  EXPECT_GT(document().newBoxId(0), last.boxes.back().id);
}

TEST_F(AnnotateSavingTest, AnothersChangeIsNotOverwrittenUnasked) {
  const std::string theirs = readFile(label(0)) + "<!-- theirs -->\n";
  drawOne();
  writeFileAtomically(label(0), theirs);
  key(Qt::Key_S, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([this] { return page_->errorBar()->isShowing(); }));
  EXPECT_TRUE(page_->errorBar()->current().problem.contains("Another program"));
  EXPECT_EQ(readFile(label(0)), theirs);
  ASSERT_TRUE(barButton());
  EXPECT_EQ(barButton()->text().toStdString(), "Overwrite with mine");
  QTest::mouseClick(barButton(), Qt::LeftButton);
  ASSERT_TRUE(waitForSaved());
  EXPECT_EQ(boxesInFile(0), 4U);
  EXPECT_FALSE(page_->errorBar()->isShowing());
  EXPECT_EQ(readFile(root() / ".boxwright/backup" / fs::relative(label(0), root())), theirs);
}

TEST_F(AnnotateSavingTest, AnothersChangeIsToldOnTheDataPageToo) {
  Recents recents;
  QAction open, sample;
  DataPage data(*state_, recents, &open, &sample);
  drawOne();
  writeFileAtomically(label(0), readFile(label(0)) + "<!-- theirs -->\n");
  key(Qt::Key_S, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([&] { return data.errorBar()->isShowing(); }));
  EXPECT_TRUE(data.errorBar()->current().where.contains("picture_00"));
  // What is done on one page holds on the other.
  QTest::mouseClick(barButton(), Qt::LeftButton);
  ASSERT_TRUE(waitForSaved());
  EXPECT_FALSE(data.errorBar()->isShowing());
  EXPECT_FALSE(page_->errorBar()->isShowing());
}

TEST_F(AnnotateSavingTest, AChangeOfClassesWaitsForAllThatOthersHaveWritten) {
  const std::string first = readFile(label(0));
  for (const int picture : {1, 2})
    writeFileAtomically(label(picture), readFile(label(picture)) + "<!-- theirs -->\n");
  const ClassListPtr before = document().classList();
  ClassList renamed = *before;
  for (ListedClass& listed : renamed)
    listed.name += " of old";
  const auto after = std::make_shared<const ClassList>(std::move(renamed));
  std::vector<int> to = placesIn(*before, *before, ClassKey::Number);
  document().editClasses(
      classEdit(document().dataset(),
                std::make_shared<const ClassChange>(ClassChange{before, after, std::move(to)}),
                "Rename"),
      document().statistics().classes);
  ASSERT_TRUE(waitFor([this] { return labels().conflicts().size() == 2; }));
  EXPECT_TRUE(page_->errorBar()->current().where.contains("picture_01"));
  EXPECT_TRUE(page_->errorBar()->current().where.contains("picture_02"))
      << page_->errorBar()->current().where.toStdString();
  EXPECT_EQ(readFile(label(0)), first);
  ASSERT_TRUE(barButton());
  QTest::mouseClick(barButton(), Qt::LeftButton);
  ASSERT_TRUE(waitForSaved());
  EXPECT_NE(readFile(label(0)).find(" of old"), std::string::npos);
  EXPECT_NE(readFile(label(1)).find(" of old"), std::string::npos);
}

TEST_F(AnnotateSavingTest, ADamagedJournalIsTold) {
  drawOne();
  drawOne();
  ASSERT_TRUE(waitFor([this] { return labels().unsaved() == 1 && !labels().isBusy(); }));
  const fs::path journal = root() / ".boxwright/journal";
  std::string bytes = readFile(journal);
  bytes[bytes.rfind("\"edit\"") + 1] ^= 1;
  TearDown();
  writeFileAtomically(journal, bytes);
  state_ = std::make_unique<StudioState>();
  page_ = std::make_unique<AnnotatePage>(*state_);
  page_->resize(1300, 760);
  page_->show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(page_.get()));
  document().open(root());
  ASSERT_TRUE(waitFor([this] { return document().isEditable(); }));
  EXPECT_TRUE(page_->errorBar()->isShowing());
  EXPECT_TRUE(page_->errorBar()->current().problem.contains("damaged"))
      << page_->errorBar()->current().problem.toStdString();
  EXPECT_EQ(document().history().inForce(), 1u);
  EXPECT_EQ(readFile(root() / ".boxwright/journal-1"), bytes);
}

TEST_F(AnnotateSavingTest, ASecondWindowMayLookButNotEdit) {
  StudioState other;
  AnnotatePage page(other);
  page.resize(900, 600);
  page.show();
  other.document().open(root());
  ASSERT_TRUE(waitFor([&] { return page.errorBar()->isShowing(); }));
  EXPECT_TRUE(page.errorBar()->current().problem.contains("another window"));
  EXPECT_FALSE(other.document().isEditable());
  // When the first has gone, the second may.
  document().close();
  ASSERT_TRUE(waitFor([this] { return !labels().isBusy(); }));
  other.document().open(root());
  ASSERT_TRUE(waitFor([&] { return other.document().isEditable(); }));
}

TEST_F(AnnotateSavingTest, WhatCannotBeWrittenIsToldKeptAndTriedAgain) {
  drawOne();
  ASSERT_TRUE(waitFor([this] { return labels().unsaved() == 1; }));
  fs::rename(root() / "Annotations", root() / "unplugged");
  key(Qt::Key_S, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([this] { return page_->errorBar()->isShowing(); }));
  EXPECT_TRUE(page_->errorBar()->current().problem.contains("not there"))
      << page_->errorBar()->current().problem.toStdString();
  EXPECT_EQ(labels().unsaved(), 1);
  EXPECT_TRUE(labels().conflicts().isEmpty());
  EXPECT_TRUE(page_->statusText().contains("not saved: "));
  // Labelling goes on meanwhile.
  key(Qt::Key_W);
  drag(110, 60, 150, 85);
  ASSERT_TRUE(waitFor([this] { return !labels().isBusy(); }));
  fs::rename(root() / "unplugged", root() / "Annotations");
  ASSERT_TRUE(waitFor([this] { return labels().unsaved() == 0; }, 20));
  EXPECT_EQ(boxesInFile(0), 5U);
  EXPECT_TRUE(waitFor([this] { return !page_->errorBar()->isShowing(); }));
}

TEST_F(AnnotateSavingTest, WhatIsInMemoryAloneKeepsTheDatasetOpen) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 20;  // neither a journal nor a label can be written
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  drawOne();
  QSignalSpy notKept(&labels(), &LabelKeeper::notKept);
  const bool told = waitFor([this] { return page_->errorBar()->isShowing(); });
  labels().end();
  const bool refused = waitFor([&] { return notKept.count() == 1; });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_TRUE(told);
  EXPECT_TRUE(refused);
  EXPECT_TRUE(document().isEditable());
  EXPECT_EQ(annotation().boxes.size(), 4U);
  key(Qt::Key_S, Qt::ControlModifier);
  ASSERT_TRUE(waitForSaved());
  EXPECT_EQ(boxesInFile(0), 4U);
}

TEST_F(AnnotateSavingTest, ALabelThatCannotBeSavedKeepsNoOtherFromItsFile) {
  // Unlabelled for the reader, and nothing that can be written into.
  writeFileAtomically(label(11), "<annotation><object>");
  document().open(root());
  ASSERT_TRUE(waitFor([this] { return document().isEditable(); }));
  ASSERT_TRUE(show(11));
  drawOne();
  ASSERT_TRUE(show(0));
  drawOne();
  key(Qt::Key_S, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([this] { return boxesInFile(0) == 4; }));
  ASSERT_TRUE(waitFor([this] { return page_->errorBar()->isShowing(); }));
  EXPECT_TRUE((page_->errorBar()->current().problem + page_->errorBar()->current().where)
                  .contains("picture_11.xml"));
  EXPECT_TRUE(waitFor([this] { return labels().unsaved() == 1 && !labels().isBusy(); }));
}

}  // namespace
}  // namespace boxwright::ui
