// SPDX-License-Identifier: GPL-3.0-or-later
//
// What others do to the dataset that is open: it is shown, told, and never written over.
#include <QPushButton>
#include <filesystem>

#include "core/base/atomic_file.h"
#include "core/data/convert.h"
#include "core/data/open_dataset.h"
#include "tests/ui/annotate_page_test.h"
#include "ui/error_bar.h"
#include "ui/label_keeper.h"
#include "ui/window/main_window.h"

namespace boxwright::ui {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTheirs =
    "<annotation><!-- theirs --><object><name>dog</name><pose>Left</pose><bndbox><xmin>20</xmin>"
    "<ymin>20</ymin><xmax>60</xmax><ymax>70</ymax></bndbox></object></annotation>\n";

class OutsideChangesTest : public AnnotatePageTest {
 protected:
  LabelKeeper& labels() { return state_->labels(); }
  fs::path root() const { return folder_.path().toStdString(); }
  fs::path label(int picture) const {
    return root() / ("Annotations/picture_0" + std::to_string(picture) + ".xml");
  }
  bool waitForSaved() {
    return waitFor([this] { return labels().unsaved() == 0 && !labels().isBusy(); });
  }
  void drawOne() {
    key(Qt::Key_W);
    drag(110, 20, 150, 45);
    key(Qt::Key_Escape);
  }
  ErrorBar& bar() { return *page_->errorBar(); }
  QString button() {
    for (QPushButton* button : bar().findChildren<QPushButton*>())
      if (button->isVisible()) return button->text();
    return {};
  }
};

TEST_F(OutsideChangesTest, APictureThatIsComeToSaysWhatItsFileSays) {
  ASSERT_EQ(annotation(1).boxes.size(), 2U);
  const std::size_t dogs = document().statistics().classes[1].boxes;
  writeFileAtomically(label(1), kTheirs);
  key(Qt::Key_D);
  ASSERT_TRUE(inView(1));
  ASSERT_TRUE(waitFor([this] { return boxes().size() == 1; }));
  EXPECT_EQ(boxes()[0].classId, 1);
  EXPECT_EQ(document().statistics().classes[1].boxes, dogs + 1);
  EXPECT_FALSE(bar().isShowing());
  EXPECT_EQ(history().size(), 0U);
  EXPECT_TRUE(document().isEditable());
  // And is edited from there on.
  drawOne();
  ASSERT_EQ(boxes().size(), 2U);
  key(Qt::Key_S, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([this] { return readFile(label(1)) != kTheirs; }));
  ASSERT_TRUE(waitForSaved());
  EXPECT_FALSE(bar().isShowing()) << bar().current().problem.toStdString();
  EXPECT_NE(readFile(label(1)).find("<!-- theirs -->"), std::string::npos);
  EXPECT_NE(readFile(label(1)).find("<pose>Left</pose>"), std::string::npos);
  EXPECT_EQ(openDataset(root()).pictures[1].annotation->boxes.size(), 2U);
}

TEST_F(OutsideChangesTest, SoDoesTheOneInViewWhenItsPageIsComeBackTo) {
  page_->hide();
  writeFileAtomically(label(0), kTheirs);
  page_->show();
  ASSERT_TRUE(waitFor([this] { return boxes().size() == 1; }));
  ASSERT_TRUE(inView(0));
  // A file that is made, and one that goes.
  page_->hide();
  fs::remove(label(0));
  page_->show();
  ASSERT_TRUE(waitFor([this] { return annotation(0).state == LabelState::Unlabelled; }));
  state_->select(11);
  ASSERT_TRUE(inView(11));
  page_->hide();
  writeFileAtomically(root() / "Annotations/picture_11.xml", kTheirs);
  page_->show();
  ASSERT_TRUE(waitFor([this] { return boxes().size() == 1; }));
}

TEST_F(OutsideChangesTest, AFileOfManyPicturesIsReadAgainToo) {
  const fs::path coco = root() / "coco";
  Dataset dataset = openDataset(root());
  convertDataset(dataset, {"coco", coco});
  document().open(coco);
  ASSERT_TRUE(waitFor([this] { return document().isEditable(); }));
  ASSERT_TRUE(show(0));
  const fs::path file = coco / document().dataset().labelFiles.at(0);
  std::string theirs = readFile(file);
  const std::size_t at = theirs.find("\"bbox\"");
  const std::size_t digit = theirs.find_first_of("0123456789", at);
  theirs[digit] = theirs[digit] == '1' ? '2' : '1';
  const Annotation before = annotation(0);
  writeFileAtomically(file, theirs);
  key(Qt::Key_D);
  ASSERT_TRUE(inView(1));
  ASSERT_TRUE(waitFor([&] { return !(annotation(0) == before); }));
  EXPECT_FALSE(bar().isShowing());
}

TEST_F(OutsideChangesTest, AfterAnEditItIsToldOnce) {
  drawOne();
  writeFileAtomically(label(1), kTheirs);
  key(Qt::Key_D);
  ASSERT_TRUE(inView(1));
  ASSERT_TRUE(waitFor([this] { return bar().isShowing(); }));
  EXPECT_TRUE(bar().current().problem.contains("Another program"));
  EXPECT_TRUE(bar().current().where.contains("picture_01"));
  EXPECT_EQ(button(), "Read the dataset again");
  EXPECT_EQ(history().size(), 1U) << "what was done here can be undone";
  bar().clear();
  key(Qt::Key_A);
  ASSERT_TRUE(inView(0));
  key(Qt::Key_D);
  ASSERT_TRUE(inView(1));
  QTest::qWait(200);
  ASSERT_TRUE(waitForSaved());
  EXPECT_FALSE(bar().isShowing());
}

TEST_F(OutsideChangesTest, OfAPictureThatWasEditedItIsAConflict) {
  drawOne();
  key(Qt::Key_D);
  ASSERT_TRUE(inView(1));
  ASSERT_TRUE(waitForSaved());
  writeFileAtomically(label(0), kTheirs);
  key(Qt::Key_A);
  ASSERT_TRUE(inView(0));
  ASSERT_TRUE(waitFor([this] { return bar().isShowing(); }));
  EXPECT_EQ(button(), "Overwrite with mine");
  EXPECT_EQ(boxes().size(), 4U);
  EXPECT_EQ(readFile(label(0)), kTheirs);
}

TEST_F(OutsideChangesTest, WhatIsSavedHereIsNoNews) {
  drawOne();
  for (const int key : {Qt::Key_D, Qt::Key_A, Qt::Key_D, Qt::Key_A}) {
    this->key(key);
    ASSERT_TRUE(inView(key == Qt::Key_D ? 1 : 0));
    ASSERT_TRUE(waitForSaved());
  }
  undo();
  key(Qt::Key_S, Qt::ControlModifier);
  ASSERT_TRUE(waitForSaved());
  page_->hide();
  page_->show();
  ASSERT_TRUE(waitForSaved());
  QTest::qWait(150);
  EXPECT_FALSE(bar().isShowing()) << bar().current().problem.toStdString();
  EXPECT_EQ(history().size(), 1U);
}

TEST_F(OutsideChangesTest, WhoFindsItLockedMayEditWhenTheOtherHasGone) {
  StudioState other;
  AnnotatePage page(other);
  page.resize(900, 600);
  page.show();
  other.document().open(root());
  ASSERT_TRUE(waitFor([&] { return page.errorBar()->isShowing(); }));
  ASSERT_FALSE(other.document().isEditable());
  page_->activateWindow();
  canvas().setFocus();
  ASSERT_TRUE(waitFor([this] { return canvas().hasFocus(); }));
  drawOne();
  ASSERT_EQ(boxes().size(), 4U);
  document().close();
  ASSERT_TRUE(waitFor([&] { return other.document().isEditable(); }));
  EXPECT_FALSE(page.errorBar()->isShowing());
  // As the other has left it, without being opened again.
  EXPECT_EQ(other.document().dataset().pictures[0].annotation->boxes.size(), 4U);
}

TEST_F(OutsideChangesTest, WhatGoesIntoTheTrashIsToldWhenItIsThere) {
  writeFileAtomically(root() / ".boxwright/trash", "no folder");
  const auto told = [this] { return page_->statusText().contains("in the trash"); };
  key(Qt::Key_Delete, Qt::ShiftModifier);
  bool early = false;
  ASSERT_TRUE(waitFor([&] {
    early = early || told();
    return bar().isShowing();
  }));
  EXPECT_FALSE(early);
  EXPECT_TRUE(fs::exists(root() / "JPEGImages/picture_00.jpg"));
  fs::remove(root() / ".boxwright/trash");
  ASSERT_TRUE(waitFor([this] { return !fs::exists(root() / "JPEGImages/picture_00.jpg"); }));
  ASSERT_TRUE(waitFor([this] { return !bar().isShowing(); }));
  key(Qt::Key_Delete, Qt::ShiftModifier);
  ASSERT_TRUE(waitFor(told));
  EXPECT_FALSE(fs::exists(root() / "JPEGImages/picture_01.jpg"));
}

TEST_F(OutsideChangesTest, FilesThatCannotBeSavedAreCounted) {
  for (const int picture : {7, 8, 9})
    writeFileAtomically(label(picture), "<annotation><object>");
  document().open(root());
  ASSERT_TRUE(waitFor([this] { return document().isEditable(); }));
  for (const int picture : {7, 8, 9}) {
    ASSERT_TRUE(show(picture));
    drawOne();
  }
  key(Qt::Key_S, Qt::ControlModifier);
  ASSERT_TRUE(
      waitFor([this] { return bar().isShowing() && bar().current().problem.contains("2 more"); }));
  EXPECT_TRUE(bar().current().problem.contains("picture_07.xml"))
      << bar().current().problem.toStdString();
  for (const char* name : {"picture_07.xml", "picture_08.xml", "picture_09.xml"})
    EXPECT_TRUE(bar().current().where.contains(name)) << bar().current().where.toStdString();
  EXPECT_TRUE(page_->statusText().contains("2 more")) << page_->statusText().toStdString();
}

TEST(ReadingAgain, StaysOnThePageAndThePicture) {
  guiApplication();
  QTemporaryDir folder;
  makeSmallDataset(folder.path());
  {
    MainWindow window;
    window.resize(1200, 800);
    window.show();
    window.openPath(folder.path(), QStringLiteral("annotate"));
    StudioState& state = window.state();
    ASSERT_TRUE(waitFor([&] { return state.document().isEditable(); }));
    ASSERT_EQ(window.currentPage()->id(), "annotate");
    state.setFilter(QStringLiteral("class:dog"));
    state.select(3);
    state.requestOpen(state.document().path());
    ASSERT_TRUE(waitFor([&] { return state.document().isOpening(); }));
    ASSERT_TRUE(waitFor([&] { return state.document().isEditable(); }));
    EXPECT_EQ(window.currentPage()->id(), "annotate");
    EXPECT_EQ(state.picture(), 3);
    EXPECT_EQ(state.filter(), "class:dog");
  }
  endJobs();
}

}  // namespace
}  // namespace boxwright::ui
