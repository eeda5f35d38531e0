// SPDX-License-Identifier: GPL-3.0-or-later
//
// The classes are changed in their dialog, by hand, and taken back.
#include <QAbstractButton>
#include <QAction>
#include <QColorDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/base/atomic_file.h"
#include "core/data/class_edit.h"
#include "core/data/convert.h"
#include "core/data/open_dataset.h"
#include "tests/ui/annotate_page_test.h"
#include "ui/annotate/inspector_rows.h"
#include "ui/annotate/label_editor.h"
#include "ui/class_palette.h"
#include "ui/classes/class_dialog.h"
#include "ui/classes/class_draft.h"
#include "ui/classes/class_table.h"
#include "ui/classes/colour_choice.h"
#include "ui/data/data_page.h"
#include "ui/data/picture_list_model.h"
#include "ui/label_keeper.h"
#include "ui/recents.h"

namespace boxwright::ui {
namespace {

namespace fs = std::filesystem;

class ClassesTest : public AnnotatePageTest {
 protected:
  LabelKeeper& labels() { return state_->labels(); }
  fs::path root() const { return folder_.path().toStdString(); }
  std::string file(const std::string& name) const { return readFile(root() / name); }

  ClassDialog* openDialog() {
    key(Qt::Key_C, Qt::ShiftModifier);
    ClassDialog* dialog = nullptr;
    EXPECT_TRUE(waitFor([&] {
      dialog = page_->findChild<ClassDialog*>();
      return dialog && dialog->isVisible();
    }));
    EXPECT_TRUE(dialog && QTest::qWaitForWindowExposed(dialog));
    return dialog;
  }
  bool waitForClosed() {
    if (!waitFor([this] { return !page_->findChild<ClassDialog*>(); })) return false;
    page_->activateWindow();
    canvas().setFocus();
    return waitFor([this] { return canvas().hasFocus(); });
  }
  static QPushButton* button(ClassDialog* dialog, const QString& text) {
    for (QPushButton* button : dialog->findChildren<QPushButton*>())
      if (button->text().remove(QLatin1Char('&')) == text) return button;
    return nullptr;
  }
  static void press(ClassDialog* dialog, const QString& text) {
    QPushButton* found = button(dialog, text);
    ASSERT_NE(found, nullptr) << text.toStdString();
    ASSERT_TRUE(found->isEnabled()) << text.toStdString();
    QTest::mouseClick(found, Qt::LeftButton);
  }
  static QTableView* view(ClassDialog* dialog) { return dialog->findChild<QTableView*>(); }
  static QString cell(ClassDialog* dialog, int row, ClassTable::Column column) {
    return view(dialog)->model()->index(row, column).data().toString();
  }
  static QString told(ClassDialog* dialog) {
    for (const QLabel* label : dialog->findChildren<QLabel*>())
      if (label->accessibleName() == QLatin1String("What changes")) return label->text();
    return {};
  }
  static void choose(ClassDialog* dialog, int row) {
    const QRect place = view(dialog)->visualRect(view(dialog)->model()->index(row, 0));
    QTest::mouseClick(view(dialog)->viewport(), Qt::LeftButton, {}, place.center());
  }
  /// In the name that is being written.
  static void type(ClassDialog* dialog, const QString& name) {
    auto* field = view(dialog)->findChild<QLineEdit*>();
    ASSERT_NE(field, nullptr);
    field->selectAll();
    QTest::keyClicks(field, name);
    if (name.isEmpty()) QTest::keyClick(field, Qt::Key_Delete);
    QTest::keyClick(field, Qt::Key_Return);
    // What was written is taken, and the field goes, a moment later.
    EXPECT_TRUE(waitFor([&] { return !view(dialog)->findChild<QLineEdit*>(); }));
  }
  static bool isReady(ClassDialog* dialog) { return button(dialog, "Apply")->isEnabled(); }
  /// Of what lies at the upper edge of the picture's first box.
  QColor edgeOnCanvas() {
    const QImage image = canvas().grab().toImage();
    const QPointF corner = canvas().toWidget({boxes()[0].rect.left, boxes()[0].rect.top});
    return image.pixelColor(
        (QPointF(std::floor(corner.x()) + 20, std::floor(corner.y())) * image.devicePixelRatio())
            .toPoint());
  }
  QColor inClassPanel(int id) {
    for (const QListView* list : page_->findChildren<QListView*>())
      if (list->accessibleName() == QLatin1String("Classes"))
        return list->model()->index(id, 0).data(RowDelegate::ColourRole).value<QColor>();
    return {};
  }
  ColourChoice* openChoice(ClassDialog* dialog) {
    QTest::keyClick(view(dialog), Qt::Key_L, Qt::ControlModifier);
    ColourChoice* choice = nullptr;
    EXPECT_TRUE(waitFor([&] {
      choice = dialog->findChild<ColourChoice*>();
      return choice && choice->isVisible() && choice->focusWidget();
    }));
    return choice;
  }
  bool openAgain() {
    document().close();
    if (!waitFor([this] { return !labels().isBusy(); })) return false;
    document().open(root());
    if (!waitFor([this] { return document().isOpen() && !document().isOpening(); })) return false;
    page_->activated();
    return waitFor([this] { return document().isEditable(); }) && show(0);
  }
  bool waitForSaved() {
    return waitFor([this] {
      return !labels().isBusy() && labels().unsaved() == 0 && !labels().classesUnsaved();
    });
  }
  const ClassNames& names() { return document().dataset().classes; }
};

TEST_F(ClassesTest, AClassIsRenamedAndTakenBack) {
  const std::string before = file("Annotations/picture_00.xml");
  const std::string other = file("Annotations/picture_01.xml");
  ClassDialog* dialog = openDialog();
  EXPECT_EQ(cell(dialog, 0, ClassTable::Name), "cat");
  EXPECT_EQ(cell(dialog, 0, ClassTable::Boxes), "20");
  EXPECT_EQ(cell(dialog, 1, ClassTable::Boxes), "4");
  EXPECT_FALSE(isReady(dialog));
  choose(dialog, 1);
  press(dialog, "Rename");
  type(dialog, "big dog");
  ASSERT_TRUE(waitFor([&] { return isReady(dialog); }));
  EXPECT_EQ(cell(dialog, 1, ClassTable::Before), "1 dog");
  EXPECT_TRUE(told(dialog).contains("4 boxes")) << told(dialog).toStdString();
  EXPECT_TRUE(told(dialog).contains("4 label files")) << told(dialog).toStdString();
  EXPECT_EQ(file("Annotations/picture_00.xml"), before) << "nothing is written before Apply";
  EXPECT_EQ(names()[1], "dog");
  press(dialog, "Apply");
  ASSERT_TRUE(waitForClosed());
  EXPECT_EQ(names(), (ClassNames{"cat", "big dog"}));
  EXPECT_EQ(lastEdit(), "Rename the class dog to big dog");
  ASSERT_TRUE(waitForSaved());
  std::string expected = before;
  expected.replace(expected.find("dog"), 3, "big dog");
  EXPECT_EQ(file("Annotations/picture_00.xml"), expected);
  EXPECT_EQ(file("Annotations/picture_01.xml"), other);
  undo();
  EXPECT_EQ(names()[1], "dog");
  ASSERT_TRUE(waitForSaved());
  EXPECT_EQ(file("Annotations/picture_00.xml"), before);
  redo();
  ASSERT_TRUE(waitForSaved());
  EXPECT_EQ(file("Annotations/picture_00.xml"), expected);
}

TEST_F(ClassesTest, ClassesAreMergedAndCountedRight) {
  const DatasetStatistics before = document().statistics();
  editor().setCurrentClass(1);
  ClassDialog* dialog = openDialog();
  choose(dialog, 1);
  press(dialog, QStringLiteral("Merge into\u2026"));
  QMenu* menu = nullptr;
  ASSERT_TRUE(waitFor([&] {
    menu = dialog->findChild<QMenu*>();
    return menu && menu->isVisible();
  }));
  ASSERT_EQ(menu->actions().size(), 1);
  EXPECT_EQ(menu->actions().front()->text(), "cat");
  QTest::keyClick(menu, Qt::Key_Down);
  QTest::keyClick(menu, Qt::Key_Return);
  ASSERT_TRUE(waitFor([&] { return isReady(dialog); }));
  EXPECT_EQ(cell(dialog, 0, ClassTable::Boxes), "24");
  EXPECT_EQ(cell(dialog, 0, ClassTable::Before), "0 cat, 1 dog");
  press(dialog, "Apply");
  ASSERT_TRUE(waitForClosed());
  EXPECT_EQ(names(), ClassNames{"cat"});
  EXPECT_EQ(editor().currentClass(), 0);
  EXPECT_EQ(boxes()[2].classId, 0);
  const auto counted = [&] {
    const DatasetStatistics now = statisticsOf(document().dataset());
    ASSERT_EQ(document().statistics().classes.size(), now.classes.size());
    for (std::size_t i = 0; i < now.classes.size(); ++i) {
      EXPECT_EQ(document().statistics().classes[i].boxes, now.classes[i].boxes);
      EXPECT_EQ(document().statistics().classes[i].images, now.classes[i].images);
    }
  };
  counted();
  ASSERT_TRUE(waitForSaved());
  EXPECT_EQ(openDataset(root()).classes, ClassNames{"cat"});
  undo();
  EXPECT_EQ(names(), (ClassNames{"cat", "dog"}));
  EXPECT_EQ(boxes()[2].classId, 1);
  EXPECT_EQ(document().statistics().classes[1].boxes, before.classes[1].boxes);
  counted();
  redo();
  counted();
}

TEST_F(ClassesTest, TheBoxesOfARenamedClassAreCountedWhereNoLabelIsWrittenForIt) {
  const fs::path coco = root() / "coco";
  convertDataset(openDataset(root()), {"coco", coco});
  document().open(coco);
  ASSERT_TRUE(waitFor([this] { return document().isOpen() && !document().isOpening(); }));
  page_->activated();
  ASSERT_TRUE(waitFor([this] { return document().isEditable(); }));
  ASSERT_TRUE(show(0));
  ClassDialog* dialog = openDialog();
  choose(dialog, 1);
  press(dialog, "Rename");
  type(dialog, "big dog");
  ASSERT_TRUE(waitFor([&] { return isReady(dialog); }));
  EXPECT_TRUE(told(dialog).contains("4 boxes")) << told(dialog).toStdString();
  press(dialog, "Apply");
  ASSERT_TRUE(waitForClosed());
}

TEST_F(ClassesTest, AnAmpersandInANameIsShownInMenus) {
  ASSERT_EQ(document().addClass(QStringLiteral("moon & x")), 2);
  const QList<QAction*> actions = page_->findChildren<QAction*>();
  EXPECT_TRUE(std::any_of(actions.begin(), actions.end(), [](const QAction* action) {
    return action->text() == QLatin1String("moon && x");
  }));
  EXPECT_TRUE(std::any_of(actions.begin(), actions.end(), [](const QAction* action) {
    return action->text().startsWith(QLatin1String("Undo")) &&
           action->text().endsWith(QLatin1String("moon && x"));
  }));
  ClassDialog* dialog = openDialog();
  choose(dialog, 1);
  press(dialog, QStringLiteral("Merge into\u2026"));
  QMenu* menu = nullptr;
  ASSERT_TRUE(waitFor([&] {
    menu = dialog->findChild<QMenu*>();
    return menu && menu->isVisible();
  }));
  EXPECT_EQ(menu->actions().back()->text(), "moon && x");
  QTest::keyClick(menu, Qt::Key_Escape);
}

TEST_F(ClassesTest, WhatCannotBeIsSaidAndCancelLosesNothing) {
  ClassDialog* dialog = openDialog();
  choose(dialog, 1);
  press(dialog, "Rename");
  type(dialog, "cat");
  EXPECT_TRUE(told(dialog).contains("two classes")) << told(dialog).toStdString();
  QTest::qWait(300);
  EXPECT_FALSE(isReady(dialog));
  press(dialog, "Rename");
  type(dialog, "");
  EXPECT_TRUE(told(dialog).contains("needs a name")) << told(dialog).toStdString();
  EXPECT_FALSE(button(dialog, "Remove")->isEnabled()) << "it has boxes";
  EXPECT_FALSE(button(dialog, "Move up")->isEnabled()) << "no file keeps the order";
  press(dialog, "Add");
  type(dialog, "yak");
  EXPECT_TRUE(button(dialog, "Remove")->isEnabled());
  press(dialog, "Cancel");
  ASSERT_TRUE(waitForClosed());
  EXPECT_EQ(names(), (ClassNames{"cat", "dog"}));
  EXPECT_EQ(history().size(), 0U);
}

TEST(ClassDraft, AClassWithoutANameIsAFaultHoweverItWasRead) {
  ClassDraft draft(listedClasses({"cat", "", " blank"}), 3, {});
  EXPECT_FALSE(draft.faultOf(0));
  EXPECT_TRUE(draft.faultOf(1));
  EXPECT_FALSE(draft.faultOf(2)) << "as it was read";
  draft.rename(1, "dog");
  EXPECT_FALSE(draft.faultOf(1));
}

TEST_F(ClassesTest, ANewClassCanBeDrawnAndItsListFollows) {
  // With a list of the classes.
  document().close();
  ASSERT_TRUE(waitFor([this] { return !labels().isBusy(); }));
  writeText(folder_.path() + "/classes.txt", "cat\ndog\n");
  document().open(root());
  ASSERT_TRUE(waitFor([this] { return document().isEditable(); }));
  ASSERT_TRUE(show(0));
  editor().setCurrentClass(0);
  ClassDialog* dialog = openDialog();
  press(dialog, "Add");
  type(dialog, "yak");
  QTest::keyClick(view(dialog), Qt::Key_Up, Qt::AltModifier);
  QTest::keyClick(view(dialog), Qt::Key_Up, Qt::AltModifier);
  EXPECT_EQ(cell(dialog, 0, ClassTable::Name), "yak");
  EXPECT_EQ(cell(dialog, 1, ClassTable::Before), "0 cat");
  ASSERT_TRUE(waitFor([&] { return isReady(dialog); }));
  EXPECT_TRUE(told(dialog).contains("Written at once: classes.txt")) << told(dialog).toStdString();
  press(dialog, "Apply");
  ASSERT_TRUE(waitForClosed());
  EXPECT_EQ(names(), (ClassNames{"yak", "cat", "dog"}));
  EXPECT_EQ(editor().currentClass(), 1) << "still the cat";
  ASSERT_TRUE(waitForSaved());
  EXPECT_EQ(file("classes.txt"), "yak\ncat\ndog\n");
  key(Qt::Key_W);
  key(Qt::Key_1);
  drag(110, 20, 150, 45);
  key(Qt::Key_Escape);
  EXPECT_EQ(boxes().back().classId, 0);
  key(Qt::Key_D);
  ASSERT_TRUE(waitForSaved());
  EXPECT_NE(file("Annotations/picture_00.xml").find("<name>yak</name>"), std::string::npos);
  // Somebody else writes the list: theirs stays until told otherwise.
  writeText(folder_.path() + "/classes.txt", "cat\ndog\nzebu\nyak\n");
  QSignalSpy conflict(&labels(), &LabelKeeper::classConflictFound);
  undo();
  undo();
  ASSERT_TRUE(waitFor([&] { return conflict.count() == 1; }));
  EXPECT_EQ(file("classes.txt"), "cat\ndog\nzebu\nyak\n");
  labels().overrule();
  ASSERT_TRUE(waitForSaved());
  EXPECT_EQ(file("classes.txt"), "cat\ndog\n");
}

TEST_F(ClassesTest, TheDataPageOpensTheLabelsForIt) {
  TearDown();
  state_ = std::make_unique<StudioState>();
  Recents recents;
  QAction open, sample;
  DataPage data(*state_, recents, &open, &sample);
  data.resize(1300, 760);
  data.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&data));
  document().open(root());
  ASSERT_TRUE(waitFor([this] { return document().isOpen() && !document().isOpening(); }));
  EXPECT_FALSE(document().isEditable());
  data.activated();
  for (QAction* action : data.menuActions())
    if (action->objectName() == QLatin1String("data/edit-classes")) action->trigger();
  ClassDialog* dialog = nullptr;
  ASSERT_TRUE(waitFor([&] {
    dialog = data.findChild<ClassDialog*>();
    return dialog && dialog->isVisible();
  }));
  EXPECT_TRUE(document().isEditable());
  press(dialog, "Cancel");
  ASSERT_TRUE(waitFor([&] { return !data.findChild<ClassDialog*>(); }));
}

TEST_F(ClassesTest, AColourIsChosenByKeysAndSeenEverywhere) {
  const QColor usual = qColour(classColour(0)), wanted = qColour(classColour(6));
  EXPECT_EQ(edgeOnCanvas(), usual);
  EXPECT_EQ(inClassPanel(0), usual);
  ClassDialog* dialog = openDialog();
  EXPECT_EQ(cell(dialog, 0, ClassTable::Colour), "usual");
  ColourChoice* choice = openChoice(dialog);
  EXPECT_EQ(choice->accessibleName(), "Colour of cat");
  QTest::keyClick(choice->focusWidget(), Qt::Key_Right);
  QTest::keyClick(choice->focusWidget(), Qt::Key_Down);
  QTest::keyClick(choice->focusWidget(), Qt::Key_Return);
  ASSERT_TRUE(waitFor([&] { return !dialog->findChild<ColourChoice*>(); }));
  EXPECT_EQ(cell(dialog, 0, ClassTable::Colour), wanted.name());
  EXPECT_EQ(
      view(dialog)->model()->index(0, ClassTable::Colour).data(Qt::AccessibleTextRole).toString(),
      "Colour of cat: " + wanted.name());
  EXPECT_TRUE(told(dialog).contains("1 class gets another colour")) << told(dialog).toStdString();
  EXPECT_EQ(inClassPanel(0), usual) << "nothing before Apply";
  EXPECT_FALSE(fs::exists(root() / ".boxwright/colours.json"));
  press(dialog, "Apply");
  ASSERT_TRUE(waitForClosed());
  EXPECT_EQ(history().size(), 0U) << "no edit of the labels";
  EXPECT_EQ(edgeOnCanvas(), wanted);
  EXPECT_EQ(inClassPanel(0), wanted);
  ASSERT_TRUE(waitForSaved());
  EXPECT_EQ(file(".boxwright/colours.json"),
            "{\n  \"cat\": \"" + wanted.name().toStdString() + "\"\n}\n");
  ASSERT_TRUE(openAgain());
  EXPECT_EQ(document().dataset().format, "voc");
  EXPECT_TRUE(waitFor([&] { return edgeOnCanvas() == wanted; }));
  EXPECT_EQ(inClassPanel(0), wanted);
  // And taken back.
  dialog = openDialog();
  choice = openChoice(dialog);
  for (QAbstractButton* button : choice->findChildren<QAbstractButton*>())
    if (button->text() == QLatin1String("Usual colour")) button->setFocus();
  QTest::keyClick(choice->focusWidget(), Qt::Key_Space);
  ASSERT_TRUE(waitFor([&] { return !dialog->findChild<ColourChoice*>(); }));
  press(dialog, "Apply");
  ASSERT_TRUE(waitForClosed());
  EXPECT_EQ(edgeOnCanvas(), usual);
  ASSERT_TRUE(waitForSaved());
  EXPECT_FALSE(fs::exists(root() / ".boxwright/colours.json"));
}

TEST_F(ClassesTest, AnyOtherColourCanBeChosen) {
  ClassDialog* dialog = openDialog();
  const auto other = [&] {
    ColourChoice* choice = openChoice(dialog);
    for (QAbstractButton* button : choice->findChildren<QAbstractButton*>())
      if (button->text() == QStringLiteral("Other\u2026"))
        QTest::mouseClick(button, Qt::LeftButton);
    auto* asked = dialog->findChild<QColorDialog*>();
    EXPECT_TRUE(asked && asked->isVisible() && choice->isHidden());
    asked->setCurrentColor(QColor(9, 99, 199));
    return asked;
  };
  const auto gone = [&] {
    return !dialog->findChild<QColorDialog*>() && !dialog->findChild<ColourChoice*>();
  };
  QTest::keyClick(other(), Qt::Key_Escape);
  ASSERT_TRUE(waitFor(gone));
  EXPECT_EQ(cell(dialog, 0, ClassTable::Colour), "usual");
  dialog->activateWindow();
  view(dialog)->setFocus();
  ASSERT_TRUE(waitFor([&] { return view(dialog)->hasFocus(); }));
  QTest::keyClick(other(), Qt::Key_Return);
  ASSERT_TRUE(waitFor(gone));
  EXPECT_EQ(cell(dialog, 0, ClassTable::Colour), "#0963c7");
  press(dialog, "Cancel");
  ASSERT_TRUE(waitForClosed());
  EXPECT_TRUE(document().palette().chosen().empty());
}

TEST_F(ClassesTest, AColourGoesAlongWithARenamedClass) {
  document().chooseColours({{"dog", {1, 2, 3}}});
  const QColor chosen(1, 2, 3);
  EXPECT_EQ(inClassPanel(1), chosen);
  ClassDialog* dialog = openDialog();
  EXPECT_EQ(cell(dialog, 1, ClassTable::Colour), "#010203");
  choose(dialog, 1);
  press(dialog, "Rename");
  type(dialog, "big dog");
  ASSERT_TRUE(waitFor([&] { return isReady(dialog); }));
  EXPECT_FALSE(told(dialog).contains("colour")) << told(dialog).toStdString();
  press(dialog, "Apply");
  ASSERT_TRUE(waitForClosed());
  EXPECT_EQ(inClassPanel(1), chosen);
  ASSERT_TRUE(waitForSaved());
  EXPECT_EQ(file(".boxwright/colours.json"), "{\n  \"big dog\": \"#010203\"\n}\n");
  undo();
  EXPECT_EQ(inClassPanel(1), chosen);
  ASSERT_TRUE(waitForSaved());
  EXPECT_EQ(file(".boxwright/colours.json"), "{\n  \"dog\": \"#010203\"\n}\n");
}

TEST_F(ClassesTest, AClassThatIsMovedKeepsAChosenColourAndAClickOpensTheChoice) {
  document().close();
  ASSERT_TRUE(waitFor([this] { return !labels().isBusy(); }));
  writeText(folder_.path() + "/classes.txt", "cat\ndog\n");
  ASSERT_TRUE(openAgain());
  ClassDialog* dialog = openDialog();
  const QRect chip = view(dialog)->visualRect(view(dialog)->model()->index(1, ClassTable::Colour));
  QTest::mouseClick(view(dialog)->viewport(), Qt::LeftButton, {}, chip.center());
  auto* choice = dialog->findChild<ColourChoice*>();
  ASSERT_NE(choice, nullptr);
  EXPECT_EQ(choice->accessibleName(), "Colour of dog");
  const QString name = qColour(classColour(12)).name();
  for (QAbstractButton* button : choice->findChildren<QAbstractButton*>())
    if (button->accessibleName() == name) QTest::mouseClick(button, Qt::LeftButton);
  EXPECT_EQ(cell(dialog, 1, ClassTable::Colour), name);
  ASSERT_TRUE(waitFor([&] { return !dialog->findChild<ColourChoice*>(); }));
  dialog->activateWindow();
  view(dialog)->setFocus();
  ASSERT_TRUE(waitFor([&] { return view(dialog)->hasFocus(); }));
  QTest::keyClick(view(dialog), Qt::Key_Up, Qt::AltModifier);
  EXPECT_EQ(cell(dialog, 0, ClassTable::Colour), name);
  ASSERT_TRUE(waitFor([&] { return isReady(dialog); }));
  press(dialog, "Apply");
  ASSERT_TRUE(waitForClosed());
  EXPECT_EQ(names(), (ClassNames{"dog", "cat"}));
  EXPECT_EQ(inClassPanel(0).name(), name);
  EXPECT_EQ(inClassPanel(1), qColour(classColour(1))) << "the usual one goes by the id";
  EXPECT_EQ(document().palette()(0).name(), name);
}

TEST_F(ClassesTest, DamagedColoursAreToldAndLeftAlone) {
  document().close();
  ASSERT_TRUE(waitFor([this] { return !labels().isBusy(); }));
  const QByteArray damaged = "{\"cat\": \"#ff00ff\",\n\"dog\": 7}\n";
  writeText(folder_.path() + "/.boxwright/colours.json", damaged);
  ASSERT_TRUE(openAgain());
  EXPECT_EQ(inClassPanel(0), qColour(classColour(0)));
  const std::vector<Problem>& problems = document().dataset().problems;
  EXPECT_EQ(std::count_if(problems.begin(), problems.end(),
                          [](const Problem& problem) {
                            return problem.file == ".boxwright/colours.json" && problem.line == 2 &&
                                   problem.what.find("usual colours") != std::string::npos;
                          }),
            1);
  ClassDialog* dialog = openDialog();
  choose(dialog, 1);
  press(dialog, "Rename");
  type(dialog, "big dog");
  ASSERT_TRUE(waitFor([&] { return isReady(dialog); }));
  press(dialog, "Apply");
  ASSERT_TRUE(waitForClosed());
  ASSERT_TRUE(waitForSaved());
  EXPECT_EQ(file(".boxwright/colours.json"), damaged.toStdString());
  document().chooseColours({{"cat", {0, 255, 0}}});
  ASSERT_TRUE(waitForSaved());
  EXPECT_EQ(file(".boxwright/colours.json"), "{\n  \"cat\": \"#00ff00\"\n}\n");
}

TEST(ClassEditAtScale, TakesNoHandlerLongerThanTheBudget) {
  Dataset dataset;
  dataset.format = "darknet";
  dataset.classes = {"a", "b", "c"};
  dataset.classesListed = true;
  for (int i = 0; i < 100000; ++i) {
    Annotation annotation;
    annotation.state = LabelState::Labelled;
    for (std::uint32_t k = 0; k < 10; ++k) {
      boxwright::Box box;
      box.id = k + 1;
      box.classId = static_cast<int>(k % 3);
      box.rect = {1.0 * k, 2, 10.0 + k, 20};
      annotation.boxes.push_back(box);
    }
    Picture picture;
    picture.path = "pictures/" + std::to_string(i) + ".png";
    picture.width = picture.height = 100;
    picture.annotation = std::make_shared<const Annotation>(std::move(annotation));
    dataset.pictures.push_back(std::move(picture));
  }
  DatasetDocument document;
  PictureListModel model(document);
  document.setDataset(std::move(dataset));
  ASSERT_TRUE(waitFor([&] { return model.isComplete(); }));
  const ClassList before = *document.classList();
  const auto after = std::make_shared<const ClassList>(ClassList{before[2], before[0]});
  const auto change =
      std::make_shared<const ClassChange>(ClassChange{document.classList(), after, {1, 1, 0}});
  // As the dialog's job does it.
  Edit edit = classEdit(*document.snapshot(), change, "Merge");
  Dataset changed = *document.snapshot();
  changed.classes = namesOf(*after);
  for (const PictureEdit& picture : edit.pictures)
    changed.pictures[picture.picture].annotation = picture.after;
  std::vector<DatasetStatistics::PerClass> counts = statisticsOf(changed).classes;
  const auto measured = [&](const char* what, auto act) {
    const double start = GuiApplication::threadMilliseconds();
    act();
    const double used = GuiApplication::threadMilliseconds() - start;
    std::printf("  %s: %.1f ms\n", what, used);
    EXPECT_LT(used, 50) << what;
  };
  measured("a merge in 100,000 pictures with 1,000,000 boxes",
           [&] { document.editClasses(std::move(edit), std::move(counts)); });
  EXPECT_EQ(document.statistics().classes.at(1).boxes, 700000U);
  EXPECT_EQ(document.dataset().pictures[77].annotation->boxes[2].classId, 0);
  measured("undone", [&] { document.undo(); });
  EXPECT_EQ(document.statistics().classes.at(0).boxes, 400000U);
  EXPECT_EQ(document.dataset().pictures[77].annotation->boxes[2].classId, 2);
  measured("redone", [&] { document.redo(); });
  EXPECT_EQ(document.dataset().classes, (ClassNames{"c", "a"}));
  guiApplication().resetClock();
  ASSERT_TRUE(waitFor([&] { return model.isComplete(); }));
  EXPECT_LT(guiApplication().worstMilliseconds(), 50) << guiApplication().worstName();
  endJobs();
}

}  // namespace
}  // namespace boxwright::ui
