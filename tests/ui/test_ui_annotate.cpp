// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QDoubleSpinBox>
#include <QLineEdit>
#include <QListView>
#include <QSignalSpy>
#include <QSlider>
#include <algorithm>
#include <cmath>
#include <iostream>

#include "tests/ui/annotate_page_test.h"
#include "ui/annotate/annotate_actions.h"
#include "ui/annotate/annotate_inspector.h"
#include "ui/annotate/box_fields.h"
#include "ui/annotate/box_geometry.h"
#include "ui/annotate/class_finder.h"
#include "ui/annotate/class_panel.h"
#include "ui/annotate/object_list.h"
#include "ui/annotate/picture_side.h"

namespace boxwright::ui {
namespace {

// Picture 0: cat 1 at (10, 10) of 30 x 24, cat 2 at (80, 50) of 20 x 40, dog 3 at (30, 60) of
// 60 x 20, less VOC's shift of one pixel; picture 10 is negative, 11 unlabelled.

TEST_F(AnnotatePageTest, DrawsByADrag) {
  key(Qt::Key_W);
  const Annotation before = annotation();
  drag(110, 20, 150, 45);
  ASSERT_EQ(boxes().size(), before.boxes.size() + 1);
  EXPECT_EQ(boxes().back().rect, (Rect{110, 20, 150, 45}));
  EXPECT_EQ(boxes().back().classId, 0);
  expectOneEdit(0, "Draw cat", before);
  // The tool stays.
  EXPECT_EQ(canvas().tool(), ToolKind::Draw);
  drag(110, 80, 140, 100);
  EXPECT_EQ(history().size(), 2U);
}

TEST_F(AnnotatePageTest, DrawsByTwoClicks) {
  key(Qt::Key_W);
  const Annotation before = annotation();
  click(110, 20);
  EXPECT_EQ(history().size(), 0U);
  move(130, 30);
  click(150, 45);
  ASSERT_EQ(boxes().size(), before.boxes.size() + 1);
  EXPECT_EQ(boxes().back().rect, (Rect{110, 20, 150, 45}));
  expectOneEdit(0, "Draw cat", before);
  // Two clicks in one place are no box.
  click(120, 60);
  click(120, 60);
  EXPECT_EQ(history().size(), 1U);
  // And a drag of two screen pixels is a click.
  QTest::mousePress(&canvas(), Qt::LeftButton, {}, at(100, 100));
  QTest::mouseMove(&canvas(), at(100, 100) + QPoint(2, 2));
  QTest::mouseRelease(&canvas(), Qt::LeftButton, {}, at(100, 100) + QPoint(2, 2));
  EXPECT_EQ(history().size(), 1U);
  click(120, 110);
  EXPECT_EQ(history().size(), 2U);
}

TEST_F(AnnotatePageTest, DrawsInsideABoxAndTakesHoldOfNone) {
  click(60, 70);
  ASSERT_EQ(editor().selected().size(), 1U);
  key(Qt::Key_W);
  const std::size_t count = boxes().size();
  // From the selected box's own corner inwards.
  const Rect dog = boxes()[2].rect;
  drag(dog.left, dog.top, dog.left + 9, dog.top + 9);
  ASSERT_EQ(boxes().size(), count + 1);
  EXPECT_EQ(boxes()[2].rect, dog);
  EXPECT_EQ(boxes().back().rect, (Rect{dog.left, dog.top, dog.left + 9, dog.top + 9}));
  // Ctrl+click selects; Del takes away what it selected.
  click(40, 66, Qt::ControlModifier);
  ASSERT_EQ(editor().selected().size(), 1U);
  key(Qt::Key_Delete);
  EXPECT_EQ(boxes().size(), count);
  EXPECT_EQ(lastEdit(), "Delete a box");
}

TEST_F(AnnotatePageTest, EscBreaksOffThenLeavesTheTool) {
  key(Qt::Key_W);
  click(110, 20);
  key(Qt::Key_Escape);
  EXPECT_EQ(canvas().tool(), ToolKind::Draw);
  click(150, 45);  // a first corner again
  EXPECT_EQ(history().size(), 0U);
  undo();  // takes back the half-drawn box
  press(20, 20);
  move(60, 60);
  key(Qt::Key_Escape);
  release(60, 60);
  EXPECT_EQ(history().size(), 0U);
  key(Qt::Key_Escape);
  EXPECT_EQ(canvas().tool(), ToolKind::Select);
  // A move is broken off as well.
  const Annotation before = annotation();
  press(20, 20);
  move(40, 40);
  EXPECT_NE(canvas().boxes()[0].rect, before.boxes[0].rect);
  key(Qt::Key_Escape);
  EXPECT_EQ(canvas().boxes()[0].rect, before.boxes[0].rect);
  release(40, 40);
  EXPECT_EQ(annotation(), before);
  EXPECT_EQ(editor().selected().size(), 1U);
  key(Qt::Key_Escape);
  EXPECT_TRUE(editor().selected().empty());
}

TEST_F(AnnotatePageTest, BoxesStayInThePicture) {
  key(Qt::Key_W);
  drag(-10, -5, 20, 30);
  EXPECT_EQ(boxes().back().rect, (Rect{0, 0, 20, 30}));
  drag(140, 100, 165, 125);
  EXPECT_EQ(boxes().back().rect, (Rect{140, 100, 160, 120}));
  const std::size_t count = boxes().size();
  drag(-20, 10, -4, 40);  // beside the picture
  EXPECT_EQ(boxes().size(), count);
  key(Qt::Key_V);
  drag(150, 110, 170, 118);
  EXPECT_EQ(boxes().back().rect, (Rect{140, 100, 160, 120}));
}

TEST_F(AnnotatePageTest, WholePixelsWhereTheScreenHasFewer) {
  canvas().setZoom(0.5);
  key(Qt::Key_W);
  QTest::mousePress(&canvas(), Qt::LeftButton, {}, at(20, 20));
  QTest::mouseMove(&canvas(), at(60, 50) + QPoint(1, 0));
  QTest::mouseRelease(&canvas(), Qt::LeftButton, {}, at(60, 50) + QPoint(1, 0));
  const Rect r = boxes().back().rect;
  for (const double edge : {r.left, r.top, r.right, r.bottom})
    EXPECT_EQ(edge, std::round(edge));
  // A thin drag is two pixels thick.
  canvas().setZoom(8);
  QTest::mousePress(&canvas(), Qt::LeftButton, {}, at(70, 60));
  QTest::mouseMove(&canvas(), at(80, 60));
  QTest::mouseRelease(&canvas(), Qt::LeftButton, {}, at(80, 60));
  EXPECT_EQ(boxes().back().rect.height(), smallestSide);
}

TEST_F(AnnotatePageTest, PicksTheSmallestThenGoesDownThePile) {
  key(Qt::Key_W);
  drag(0, 0, 160, 120);
  drag(12, 12, 24, 24);
  key(Qt::Key_V);
  const auto id = [&](std::size_t i) { return boxes()[i].id; };
  const std::size_t large = boxes().size() - 2, small = boxes().size() - 1;
  click(18, 18);
  EXPECT_EQ(editor().selected(), std::vector<std::uint32_t>{id(small)});
  click(18, 18);
  EXPECT_EQ(editor().selected(), std::vector<std::uint32_t>{id(0)});
  click(18, 18);
  EXPECT_EQ(editor().selected(), std::vector<std::uint32_t>{id(large)});
  click(18, 18);
  EXPECT_EQ(editor().selected(), std::vector<std::uint32_t>{id(small)});
  EXPECT_EQ(state_->box(), id(small));
}

TEST_F(AnnotatePageTest, MovesResizesAndNudgesInOneEditEach) {
  Annotation before = annotation();
  const Rect cat = before.boxes[0].rect;
  drag(20, 20, 35, 26);
  EXPECT_EQ(boxes()[0].rect, (Rect{cat.left + 15, cat.top + 6, cat.right + 15, cat.bottom + 6}));
  expectOneEdit(0, "Move a box", before);

  before = annotation();
  Rect r = boxes()[0].rect;
  drag(r.right, r.bottom, r.right + 12, r.bottom + 8);
  EXPECT_EQ(boxes()[0].rect, (Rect{r.left, r.top, r.right + 12, r.bottom + 8}));
  expectOneEdit(1, "Resize a box", before);

  // Past the other side.
  before = annotation();
  r = boxes()[0].rect;
  drag(r.left, r.centreY(), r.right + 20, r.centreY());
  EXPECT_EQ(boxes()[0].rect, (Rect{r.right, r.top, r.right + 20, r.bottom}));
  expectOneEdit(2, "Resize a box", before);

  before = annotation();
  r = boxes()[0].rect;
  key(Qt::Key_Right);
  EXPECT_EQ(boxes()[0].rect, (Rect{r.left + 1, r.top, r.right + 1, r.bottom}));
  expectOneEdit(3, "Move a box", before);
  key(Qt::Key_Down, Qt::ShiftModifier);
  EXPECT_EQ(boxes()[0].rect, (Rect{r.left + 1, r.top + 10, r.right + 1, r.bottom + 10}));
  // A key that is held is one edit.
  const std::size_t size = history().size();
  QTest::keyPress(&canvas(), Qt::Key_Left);
  for (int i = 0; i < 4; ++i) {
    QKeyEvent repeated(QEvent::KeyPress, Qt::Key_Left, {}, {}, true);
    QApplication::sendEvent(&canvas(), &repeated);
  }
  EXPECT_EQ(history().size(), size);
  QTest::keyRelease(&canvas(), Qt::Key_Left);
  EXPECT_EQ(history().size(), size + 1);
  EXPECT_EQ(boxes()[0].rect, (Rect{r.left - 4, r.top + 10, r.right - 4, r.bottom + 10}));
}

TEST_F(AnnotatePageTest, SelectsSeveralAndChangesThemTogether) {
  click(20, 20);
  click(90, 70, Qt::ShiftModifier);
  EXPECT_EQ(editor().selected().size(), 2U);
  EXPECT_FALSE(state_->box().has_value());
  Annotation before = annotation();
  key(Qt::Key_2);
  EXPECT_EQ(boxes()[0].classId, 1);
  EXPECT_EQ(boxes()[1].classId, 1);
  expectOneEdit(0, "Change the class of 2 boxes to dog", before);
  EXPECT_EQ(editor().currentClass(), 1);

  // A band from empty ground; Ctrl adds and takes away.
  drag(2, 2, 60, 50);
  EXPECT_EQ(editor().selected().size(), 1U);
  drag(125, 119, 28, 48, Qt::ControlModifier);
  EXPECT_EQ(editor().selected().size(), 3U);
  click(20, 20, Qt::ControlModifier);
  EXPECT_EQ(editor().selected().size(), 2U);
  key(Qt::Key_A, Qt::ControlModifier);
  EXPECT_EQ(editor().selected().size(), 3U);
  before = annotation();
  drag(20, 20, 30, 24);
  expectOneEdit(1, "Move 3 boxes", before);
  before = annotation();
  key(Qt::Key_A, Qt::ControlModifier);
  key(Qt::Key_Delete);
  EXPECT_EQ(annotation().state, LabelState::Unlabelled);
  expectOneEdit(2, "Delete 3 boxes", before);
}

TEST_F(AnnotatePageTest, ChoosesAClassByTyping) {
  click(20, 20);
  key(Qt::Key_C);
  ASSERT_TRUE(page_->finder()->isVisible());
  QTest::keyClicks(page_->finder()->field(), QStringLiteral("do"));
  QTest::keyClick(page_->finder()->field(), Qt::Key_Return);
  EXPECT_FALSE(page_->finder()->isVisible());
  EXPECT_EQ(boxes()[0].classId, 1);
  EXPECT_EQ(lastEdit(), "Change the class of a box to dog");
  key(Qt::Key_C);
  QTest::keyClicks(page_->finder()->field(), QStringLiteral("cat"));
  QTest::keyClick(page_->finder()->field(), Qt::Key_Escape);
  EXPECT_FALSE(page_->finder()->isVisible());
  EXPECT_EQ(history().size(), 1U);
  EXPECT_TRUE(canvas().hasFocus());
}

/// Of a part of a combined dataset, a box can be any node of the tree: an inner one, too.
TEST_F(AnnotatePageTest, ChoosesANodeOfTheTreeThatNamesTheDataset) {
  writeText(folder_.filePath(QStringLiteral("pets.tree")),
            "animal -1\nplant -1\ndog 0\ncat 0\npug 2\nhusky 2\n");
  writeText(folder_.filePath(QStringLiteral("pets.combined.json")),
            "{\"tree\": \"pets.tree\", \"datasets\": [{\"path\": \".\"}]}");
  document().open(folder_.path().toStdString());
  ASSERT_TRUE(waitFor([this] { return document().isEditable(); }));
  ASSERT_NE(document().treeBeside(), nullptr);
  ASSERT_TRUE(show(0));
  canvas().setFocus();
  const std::size_t classes = document().dataset().classes.size();
  const auto find = [this](const char* typed) {
    key(Qt::Key_C);
    QTest::keyClicks(page_->finder()->field(), QString::fromUtf8(typed));
    QTest::keyClick(page_->finder()->field(), Qt::Key_Return);
  };
  click(20, 20);
  find("ani");
  EXPECT_EQ(document().dataset().classes.size(), classes + 1);
  EXPECT_EQ(document().dataset().classes.back(), "animal");
  EXPECT_EQ(boxes()[0].classId, static_cast<int>(classes));
  find("ANI");  // a class by now, and not twice
  EXPECT_EQ(document().dataset().classes.size(), classes + 1);
  find("hus");
  EXPECT_EQ(document().dataset().classes.back(), "husky");
  EXPECT_EQ(boxes()[0].classId, static_cast<int>(classes + 1));
  undo();  // the box
  undo();  // and the class
  EXPECT_EQ(document().dataset().classes.back(), "animal");
  find("ca");
  EXPECT_EQ(document().dataset().classes[static_cast<std::size_t>(boxes()[0].classId)], "cat");
}

/// With the largest tree that can be edited the window does not stand still.
TEST_F(AnnotatePageTest, FindsANodeAmongManyAtOnce) {
  QByteArray tree = "thing -1\n";
  for (int node = 1; node < 200000; ++node)
    tree += "kind" + QByteArray::number(node) + " 0\n";
  writeText(folder_.filePath(QStringLiteral("many.tree")), tree);
  writeText(folder_.filePath(QStringLiteral("many.combined.json")),
            "{\"tree\": \"many.tree\", \"datasets\": [{\"path\": \".\"}]}");
  document().open(folder_.path().toStdString());
  ASSERT_TRUE(waitFor([this] { return document().isEditable(); }));
  ASSERT_TRUE(show(0));
  canvas().setFocus();
  click(20, 20);
  const double before = GuiApplication::threadMilliseconds();
  key(Qt::Key_C);
  const double opened = GuiApplication::threadMilliseconds();
  QTest::keyClick(page_->finder()->field(), Qt::Key_9);
  const double typed = GuiApplication::threadMilliseconds();
  std::cout << "  200,000 nodes: opening " << opened - before << " ms, a letter " << typed - opened
            << " ms\n";
  EXPECT_LT(opened - before, 50);
  EXPECT_LT(typed - opened, 50);
  QTest::keyClicks(page_->finder()->field(), QStringLiteral("9999"));
  QTest::keyClick(page_->finder()->field(), Qt::Key_Return);
  EXPECT_EQ(document().dataset().classes.back(), "kind99999");
}

TEST_F(AnnotatePageTest, CopiesToAnotherPicture) {
  const Rect cat = boxes()[0].rect;
  click(20, 20);
  key(Qt::Key_C, Qt::ControlModifier);
  key(Qt::Key_V, Qt::ControlModifier);  // beside itself, or it would not be seen
  EXPECT_EQ(boxes().back().rect, (Rect{cat.left + 8, cat.top + 8, cat.right + 8, cat.bottom + 8}));
  key(Qt::Key_D);
  ASSERT_TRUE(inView(1));
  const Annotation before = annotation();
  key(Qt::Key_V, Qt::ControlModifier);
  ASSERT_EQ(boxes().size(), before.boxes.size() + 1);
  EXPECT_EQ(boxes().back().rect, cat);
  EXPECT_EQ(editor().selected(), std::vector<std::uint32_t>{boxes().back().id});
  expectOneEdit(1, "Paste a box", before);
  key(Qt::Key_D, Qt::ControlModifier);
  EXPECT_EQ(lastEdit(), "Duplicate a box");
  const std::size_t count = boxes().size();
  key(Qt::Key_X, Qt::ControlModifier);
  EXPECT_EQ(boxes().size(), count - 1);
  EXPECT_EQ(lastEdit(), "Cut a box");
}

TEST_F(AnnotatePageTest, PastesTheBoxesOfThePreviousPictureOnce) {
  ASSERT_TRUE(show(4));
  const Annotation before = annotation();
  key(Qt::Key_V, Qt::ControlModifier | Qt::ShiftModifier);
  EXPECT_EQ(boxes().size(), before.boxes.size() + annotation(3).boxes.size());
  std::vector<std::uint32_t> ids;
  for (const boxwright::Box& box : boxes())
    ids.push_back(box.id);
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(std::unique(ids.begin(), ids.end()), ids.end());
  expectOneEdit(0, "Paste 3 boxes of the previous picture", before);
  // Nothing follows to the next picture.
  const Annotation next = annotation(5);
  key(Qt::Key_D);
  ASSERT_TRUE(inView(5));
  EXPECT_EQ(annotation(), next);
  ASSERT_TRUE(show(11));
  key(Qt::Key_V, Qt::ControlModifier | Qt::ShiftModifier);
  EXPECT_EQ(history().size(), 1U);
  EXPECT_TRUE(page_->statusText().contains(QStringLiteral("has no boxes")));
}

TEST_F(AnnotatePageTest, FillsTheFramesSinceTheLastLabelledOne) {
  for (const int picture : {3, 4}) {
    ASSERT_TRUE(show(picture));
    key(Qt::Key_U);
    ASSERT_EQ(annotation().state, LabelState::Unlabelled);
  }
  ASSERT_TRUE(show(5));
  key(Qt::Key_I);
  for (const int picture : {3, 4}) {
    const Annotation& filled = annotation(picture);
    EXPECT_EQ(filled.state, LabelState::Labelled);
    EXPECT_FALSE(filled.verified);
    ASSERT_EQ(filled.boxes.size(), 2u);
    EXPECT_EQ(filled.boxes[0].rect.left, 9 + picture);  // a pixel a picture, as in the others
    EXPECT_EQ(filled.boxes[1].rect.top, 49 + picture);
    EXPECT_NE(filled.boxes[0].id, filled.boxes[1].id);
    EXPECT_GT(filled.boxes[0].id, 2u);  // those that went have had the first ones
  }
  EXPECT_EQ(lastEdit(), "Fill 2 pictures in between");
  EXPECT_TRUE(
      page_->statusText().contains(QStringLiteral("Filled 2 pictures since picture_02.jpg")))
      << page_->statusText().toStdString();
  key(Qt::Key_I);
  EXPECT_TRUE(page_->statusText().contains(QStringLiteral("No unlabelled picture lies between")));
  undo();
  for (const int picture : {3, 4})
    EXPECT_EQ(annotation(picture).state, LabelState::Unlabelled);
}

TEST_F(AnnotatePageTest, NegativeUnlabelledVerified) {
  key(Qt::Key_N);
  EXPECT_EQ(history().size(), 0U);
  EXPECT_TRUE(page_->statusText().contains(QStringLiteral("not negative")));
  Annotation before = annotation();
  key(Qt::Key_K);
  EXPECT_TRUE(annotation().verified);
  expectOneEdit(0, "Mark as verified", before);
  before = annotation();
  key(Qt::Key_U);
  EXPECT_EQ(annotation(), Annotation());
  expectOneEdit(1, "Mark as unlabelled", before);
  key(Qt::Key_K);
  EXPECT_EQ(history().size(), 2U);  // there is nothing to verify
  EXPECT_FALSE(page_->actions().verified->isChecked());
  before = annotation();
  key(Qt::Key_N);
  EXPECT_EQ(annotation().state, LabelState::Negative);
  EXPECT_TRUE(page_->actions().negative->isChecked());
  expectOneEdit(2, "Mark as negative", before);
  // The first box makes it labelled; when the last one goes, nobody has said that there is nothing.
  key(Qt::Key_W);
  drag(20, 20, 40, 40);
  EXPECT_EQ(annotation().state, LabelState::Labelled);
  key(Qt::Key_V);
  click(30, 30);
  key(Qt::Key_Delete);
  EXPECT_EQ(annotation().state, LabelState::Unlabelled);
  const DatasetStatistics whole = statisticsOf(*document().snapshot());
  EXPECT_EQ(document().statistics().boxes, whole.boxes);
  EXPECT_EQ(document().statistics().unlabelled, whole.unlabelled);
  EXPECT_EQ(document().statistics().labelled, whole.labelled);
  EXPECT_TRUE(document().isUnlabelled(0));
}

TEST_F(AnnotatePageTest, StepsToThePicturesThatAreLeft) {
  key(Qt::Key_D);
  EXPECT_EQ(state_->picture(), 1);
  key(Qt::Key_A);
  EXPECT_EQ(state_->picture(), 0);
  key(Qt::Key_D, Qt::ShiftModifier);
  EXPECT_EQ(state_->picture(), 11);
  key(Qt::Key_D, Qt::ShiftModifier);
  EXPECT_TRUE(page_->statusText().contains(QStringLiteral("No other unlabelled")));
  ASSERT_TRUE(show(0));
  key(Qt::Key_K);
  key(Qt::Key_K, Qt::ShiftModifier);
  EXPECT_EQ(state_->picture(), 1);
  ASSERT_TRUE(show(10));
  key(Qt::Key_K, Qt::ShiftModifier);  // not the unlabelled one, not the verified one
  EXPECT_EQ(state_->picture(), 1);
  // From a picture that has left the filter one goes on to its neighbour.
  state_->setFilter(QStringLiteral("state:labelled"));
  ASSERT_TRUE(waitFor([&] { return page_->side()->model().rowCount() == 10; }));
  ASSERT_TRUE(show(4));
  key(Qt::Key_U);
  ASSERT_TRUE(waitFor([&] { return page_->side()->model().rowCount() == 9; }));
  EXPECT_EQ(state_->picture(), 4);
  key(Qt::Key_D);
  EXPECT_EQ(state_->picture(), 5);
}

TEST_F(AnnotatePageTest, NothingIsDoneToAPictureThatIsNotInView) {
  key(Qt::Key_W);
  state_->select(7);       // which nobody has decoded ahead
  drag(100, 20, 140, 60);  // the first picture is still to be seen
  key(Qt::Key_U);
  EXPECT_EQ(history().size(), 0U);
  ASSERT_TRUE(inView(7));
  drag(100, 20, 140, 60);
  EXPECT_EQ(history().size(), 1U);
}

TEST_F(AnnotatePageTest, UndoGoesToThePictureAndNamesWhatItTakesBack) {
  key(Qt::Key_W);
  drag(110, 20, 150, 45);
  key(Qt::Key_V);
  ASSERT_TRUE(show(7));
  EXPECT_EQ(page_->actions().undo->text(), QStringLiteral("Undo Draw cat"));
  undo();
  EXPECT_EQ(state_->picture(), 0);
  EXPECT_TRUE(page_->statusText().contains(QStringLiteral("picture_00.jpg: Draw cat")));
  ASSERT_TRUE(show(7));
  EXPECT_EQ(page_->actions().redo->text(), QStringLiteral("Redo Draw cat"));
  key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
  ASSERT_TRUE(inView(0));
  // What has come back is selected.
  EXPECT_EQ(editor().selected(), std::vector<std::uint32_t>{boxes().back().id});
}

TEST_F(AnnotatePageTest, IdsAreNotUsedTwice) {
  key(Qt::Key_W);
  drag(110, 20, 150, 45);
  const std::uint32_t first = boxes().back().id;
  click(130, 30, Qt::ControlModifier);
  key(Qt::Key_Delete);
  drag(110, 20, 150, 45);
  EXPECT_GT(boxes().back().id, first);
}

TEST_F(AnnotatePageTest, TheInspectorShowsAndChanges) {
  AnnotateInspector& inspector = *page_->inspector();
  QListView* classes = inspector.classes()->list();
  ASSERT_EQ(classes->model()->rowCount(), 2);
  QTest::mouseClick(classes->viewport(), Qt::LeftButton, {},
                    classes->visualRect(classes->model()->index(1, 0)).center());
  EXPECT_EQ(editor().currentClass(), 1);
  EXPECT_EQ(history().size(), 0U);
  // Both ways between list and canvas.
  ObjectList* objects = inspector.objects();
  ASSERT_EQ(objects->model()->rowCount(), 3);
  QTest::mouseClick(objects->viewport(), Qt::LeftButton, {},
                    objects->visualRect(objects->model()->index(1, 0)).center());
  EXPECT_EQ(editor().selected(), std::vector<std::uint32_t>{boxes()[1].id});
  click(20, 20);
  EXPECT_TRUE(objects->selectionModel()->isSelected(objects->model()->index(0, 0)));
  // Numbers.
  const Annotation before = annotation();
  const Rect r = boxes()[0].rect;
  QDoubleSpinBox* width = inspector.fields()->boxWidth();
  EXPECT_EQ(width->value(), r.width());
  width->setFocus();
  width->selectAll();
  QTest::keyClicks(width, QStringLiteral("44"));
  EXPECT_EQ(history().size(), 0U);
  QTest::keyClick(width, Qt::Key_Return);
  canvas().setFocus();
  EXPECT_EQ(boxes()[0].rect, (Rect{r.left, r.top, r.left + 44, r.bottom}));
  expectOneEdit(0, "Resize a box", before);
  // A new class, which a VOC dataset takes.
  QLineEdit* field = inspector.classes()->newClass();
  ASSERT_TRUE(field->isVisible());
  field->setFocus();
  QTest::keyClicks(field, QStringLiteral("cat"));
  QTest::keyClick(field, Qt::Key_Return);
  EXPECT_EQ(document().dataset().classes.size(), 2U);
  field->clear();
  QTest::keyClicks(field, QStringLiteral("wolf and dad"));
  QTest::keyClick(field, Qt::Key_Return);
  ASSERT_EQ(document().dataset().classes.size(), 3U);
  EXPECT_EQ(document().dataset().classes[2], "wolf and dad");
  EXPECT_EQ(editor().currentClass(), 2);
  EXPECT_EQ(lastEdit(), "Add the class wolf and dad");
  document().undo();
  EXPECT_EQ(document().dataset().classes.size(), 2U);
  EXPECT_EQ(history().inForce(), 1U);
}

TEST_F(AnnotatePageTest, HidesTheBoxesWhileTheKeyIsHeld) {
  QTest::keyPress(&canvas(), Qt::Key_H);
  EXPECT_FALSE(canvas().boxesVisible());
  QTest::keyRelease(&canvas(), Qt::Key_H);
  EXPECT_TRUE(canvas().boxesVisible());
}

TEST_F(AnnotatePageTest, BrightnessIsForTheEyeOnly) {
  const auto pixel = [&] { return canvas().grab().toImage().pixelColor(at(120, 100)); };
  const QColor plain = pixel();
  key(Qt::Key_BracketRight);
  EXPECT_EQ(page_->inspector()->brightness()->value(), 10);
  EXPECT_GT(pixel().lightness(), plain.lightness());
  key(Qt::Key_Backslash);
  EXPECT_EQ(pixel(), plain);
  EXPECT_EQ(history().size(), 0U);
}

TEST_F(AnnotatePageTest, SpaceMovesTheViewWithAnyTool) {
  key(Qt::Key_W);
  const QPointF corner = canvas().toWidget({0, 0});
  QTest::keyPress(&canvas(), Qt::Key_Space);
  const QPoint from = at(60, 60);
  QTest::mousePress(&canvas(), Qt::LeftButton, {}, from);
  QTest::mouseMove(&canvas(), from + QPoint(30, 20));
  QTest::mouseRelease(&canvas(), Qt::LeftButton, {}, from + QPoint(30, 20));
  QTest::keyRelease(&canvas(), Qt::Key_Space);
  EXPECT_EQ(history().size(), 0U);
  EXPECT_NEAR(canvas().toWidget({0, 0}).x(), corner.x() + 30, 1);
}

TEST_F(AnnotatePageTest, AReadOnlyDatasetSaysSoAndStaysAsItIs) {
  document().setReadOnly(QStringLiteral("The disk is full"));
  key(Qt::Key_W);
  drag(110, 20, 150, 45);
  EXPECT_EQ(history().size(), 0U);
  EXPECT_TRUE(page_->statusText().contains(QStringLiteral("The disk is full")));
  const Annotation before = annotation();
  key(Qt::Key_V);
  drag(20, 20, 40, 40);
  EXPECT_EQ(annotation(), before);
  EXPECT_EQ(canvas().boxes()[0].rect, before.boxes[0].rect);
  document().setReadOnly({});
  drag(20, 20, 40, 40);
  EXPECT_EQ(history().size(), 1U);
}

TEST(AnnotatePage, IsNotThereForClassesOfWholePictures) {
  StudioState state;
  AnnotatePage page(state);
  EXPECT_FALSE(page.unavailableReason().isEmpty());
  Dataset dataset;
  dataset.root = "/nowhere";
  dataset.format = "class-folders";
  dataset.classes = {"a"};
  Annotation whole;
  whole.state = LabelState::Labelled;
  whole.imageClasses = {0};
  dataset.pictures.push_back({"a/1.jpg", 40, 30, std::make_shared<const Annotation>(whole)});
  state.document().setDataset(std::move(dataset));
  EXPECT_TRUE(page.unavailableReason().contains(QStringLiteral("whole pictures")));
}

}  // namespace
}  // namespace boxwright::ui
