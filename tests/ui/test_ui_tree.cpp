// SPDX-License-Identifier: GPL-3.0-or-later
//
// Class trees are made and changed by hand.
#include <QAbstractItemModelTester>
#include <QAction>
#include <QFileDialog>
#include <QLabel>
#include <iostream>
#include <random>

#include "core/data/combined_file.h"
#include "core/data/open_dataset.h"
#include "tests/ui/tree_page_test.h"

namespace boxwright::ui {
namespace {

namespace fs = std::filesystem;

TEST_F(TreePageTest, IsThereWithAnOpenDatasetAndLeavesNothingInAFolderThatIsLookedAt) {
  EXPECT_NE(page().unavailableReason(), QString());
  open("farm");
  EXPECT_EQ(page().unavailableReason(), QString());
  EXPECT_EQ(shown(), "cat dog");
  EXPECT_TRUE(page().hint()->isVisible());
  EXPECT_EQ(cell(named("cat"), TreeModel::Boxes), QStringLiteral("20"));
  EXPECT_EQ(cell(named("cat"), TreeModel::Pictures), QStringLiteral("10"));
  EXPECT_EQ(cell(named("dog"), TreeModel::Datasets), QStringLiteral("farm"));
  window_->showPage(QStringLiteral("data"));
  QTest::keyClick(window_.get(), Qt::Key_3, Qt::ControlModifier);
  EXPECT_EQ(window_->currentPage(), &page());
  settle();
  EXPECT_FALSE(fs::exists(at("farm") / ".boxwright"));
}

TEST_F(TreePageTest, AFamilyIsAddedAndItsMembersAreDraggedIntoIt) {
  open("farm");
  choose("dog");
  key(view(), Qt::Key_Insert, Qt::ShiftModifier);
  name("animal");
  EXPECT_EQ(shown(), "cat dog animal");
  EXPECT_EQ(page().tree().undoTitle(), QStringLiteral("Add animal")) << "by its name at once";
  dropNode("dog", "animal");
  dropNode("cat", "animal");
  EXPECT_EQ(shown(), "animal(dog cat)");
  settle();
  EXPECT_EQ(cell(named("animal"), TreeModel::Boxes), QStringLiteral("24"));
  EXPECT_EQ(cell(named("animal"), TreeModel::Pictures), QStringLiteral("10")) << "not 14";
  EXPECT_FALSE(page().hint()->isVisible());
  for (int i = 0; i < 3; ++i)
    key(view(), Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(shown(), "cat dog");
  EXPECT_FALSE(page().tree().isModified());
  for (int i = 0; i < 3; ++i)
    key(view(), Qt::Key_Y, Qt::ControlModifier);
  EXPECT_EQ(shown(), "animal(dog cat)");
}

TEST_F(TreePageTest, TwoDatasetsBecomeACombinedOneThatOpens) {
  open("farm");
  page().keeper().addDataset(at("zoo"));
  ASSERT_TRUE(waitFor([&] { return project().parts().size() == 2; }));
  settle();
  EXPECT_EQ(page().inspectorPanel()->model().unmapped(), 3);
  EXPECT_EQ(classCell(0, PartClasses::Class), QStringLiteral("dogs"));
  EXPECT_EQ(classCell(0, PartClasses::Node), QStringLiteral("dog?"));
  EXPECT_EQ(classCell(1, PartClasses::Node), QStringLiteral("none"));
  // Enter takes the suggestion; the others become classes of the tree, one is put below dog.
  classes().setFocus();
  classes().selectRow(0);
  key(classes(), Qt::Key_Return);
  EXPECT_EQ(project().unmappedCount(), 2);
  actions().addUnmapped->trigger();
  EXPECT_EQ(shown(), "cat dog husky zebra");
  dropNode("husky", "dog");
  EXPECT_EQ(shown(), "cat dog(husky) zebra");
  settle();
  EXPECT_EQ(cell(named("dog"), TreeModel::Pictures), QStringLiteral("7"));
  EXPECT_EQ(cell(named("dog"), TreeModel::Datasets), QStringLiteral("farm, zoo"));
  // The dialog proposes the place beside the dataset.
  view().setFocus();
  key(view(), Qt::Key_S, Qt::ControlModifier);
  QFileDialog* dialog = nullptr;
  ASSERT_TRUE(waitFor([&] { return (dialog = page().findChild<QFileDialog*>()) != nullptr; }));
  QMetaObject::invokeMethod(dialog, "accept");
  ASSERT_TRUE(waitFor([&] { return fs::exists(at("farm.combined.json")) && bar().isShowing(); }));
  EXPECT_FALSE(page().tree().isModified());
  const Dataset dataset = openDataset(at("farm.combined.json"));
  EXPECT_EQ(dataset.pictures.size(), 16U);
  EXPECT_EQ(dataset.classes, (ClassNames{"cat", "dog", "zebra", "husky"}));
  EXPECT_TRUE(dataset.problems.size() == 1U) << "the farm's own";
  EXPECT_EQ(readCombinedFile(at("farm.combined.json")).parts[1].labels,
            (std::map<std::string, std::string>{{"dogs", "dog"}}));
  QTest::mouseClick(barButton(), Qt::LeftButton);
  ASSERT_TRUE(waitFor([&] {
    return window_->state().document().path() == at("farm.combined.json") &&
           !window_->state().document().isOpening();
  }));
  window_->showPage(QStringLiteral("tree"));
  ASSERT_TRUE(waitFor([&] { return page().tree().isOpen(); }));
  settle();
  EXPECT_EQ(shown(), "cat dog(husky) zebra");
  EXPECT_FALSE(fs::exists(at("farm") / ".boxwright")) << "nothing is unsaved";
}

TEST_F(TreePageTest, ClassesAreRenamedMergedRemovedAndMovedByKeysAlone) {
  open("animals.combined.json");
  EXPECT_EQ(shown(), "animal(dog(husky) cat) thing");
  choose("dog");
  key(view(), Qt::Key_F2);
  name("hound");
  EXPECT_EQ(shown(), "animal(hound(husky) cat) thing");
  choose("cat");
  key(view(), Qt::Key_M, Qt::ControlModifier);
  QLineEdit* const field = page().finder()->field();
  ASSERT_TRUE(field->isVisible());
  key(*field, Qt::Key_Escape);
  EXPECT_TRUE(view().hasFocus()) << "who goes on by keys is where one was";
  key(view(), Qt::Key_M, Qt::ControlModifier);
  QTest::keyClicks(field, QStringLiteral("hou"));
  key(*field, Qt::Key_Return);
  EXPECT_TRUE(view().hasFocus());
  EXPECT_EQ(shown(), "animal(hound(husky)) thing");
  EXPECT_EQ(project().nameOf(project().part(0).nodes[0]), "hound") << "the class cat";
  choose("husky");
  key(view(), Qt::Key_Left, Qt::AltModifier);
  EXPECT_EQ(shown(), "animal(hound husky) thing");
  key(view(), Qt::Key_Up, Qt::AltModifier);
  EXPECT_EQ(shown(), "animal(husky hound) thing");
  key(view(), Qt::Key_Left, Qt::AltModifier);
  EXPECT_EQ(shown(), "animal(hound) husky thing");
  key(view(), Qt::Key_Down, Qt::AltModifier);
  EXPECT_EQ(shown(), "animal(hound) thing husky");
  key(view(), Qt::Key_Right, Qt::AltModifier);
  EXPECT_EQ(shown(), "animal(hound) thing(husky)");
  key(view(), Qt::Key_X, Qt::ControlModifier);
  choose("hound");
  key(view(), Qt::Key_V, Qt::ControlModifier);
  EXPECT_EQ(shown(), "animal(hound(husky)) thing");
  choose("hound");
  key(view(), Qt::Key_Delete);
  EXPECT_EQ(shown(), "animal(husky) thing");
  EXPECT_GT(page().inspectorPanel()->model().unmapped(), 0);
  while (!page().tree().undoTitle().isEmpty())
    key(view(), Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(shown(), "animal(dog(husky) cat) thing");
  EXPECT_FALSE(page().tree().isModified());
  // Before its own children nothing can be.
  page().tree().edit(moveNodes(project(), {named("animal")}, named("husky"), -1));
  EXPECT_TRUE(bar().isShowing());
  EXPECT_TRUE(bar().current().problem.contains(QStringLiteral("which lies below it")));
}

TEST_F(TreePageTest, DragsMoveMergeMapAndMakeRoots) {
  open("animals.combined.json");
  actions().unfold->trigger();
  dropNode("husky", "cat", Qt::CopyAction);  // with Ctrl: merged
  EXPECT_EQ(shown(), "animal(dog cat) thing");
  drop(page().model().mimeData({page().model().indexOf(named("dog"))}),
       QPoint(40, view().viewport()->height() - 10));
  EXPECT_EQ(shown(), "animal(cat) thing dog");
  // Between two rows.
  const QRect thing = view().visualRect(page().model().indexOf(named("thing")));
  drop(page().model().mimeData({page().model().indexOf(named("dog"))}),
       QPoint(thing.center().x(), thing.top()));
  EXPECT_EQ(shown(), "animal(cat) dog thing");
  dropNode("animal", "cat");
  EXPECT_EQ(shown(), "animal(cat) dog thing") << "not below itself";
  // A class of a dataset onto a node.
  settle();
  const PartClasses& model = page().inspectorPanel()->model();
  int zebra = 0;
  while (classCell(zebra, PartClasses::Class) != QStringLiteral("zebra"))
    ++zebra;
  ASSERT_LT(zebra, model.unmapped());
  drop(model.mimeData({model.index(zebra, 0)}),
       view().visualRect(page().model().indexOf(named("thing"))).center());
  EXPECT_EQ(project().nameOf(project().part(1).nodes[2]), "thing");
  key(view(), Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(project().part(1).nodes[2], -1);
}

TEST_F(TreePageTest, ADatasetIsAddedByItsFolderOrItsFile) {
  open("farm");
  const auto answer = [this](QAction* action, const char* name) {
    action->trigger();
    auto* const dialog = page().findChild<QFileDialog*>();
    ASSERT_TRUE(dialog);
    EXPECT_EQ(dialog->fileMode(),
              action == actions().addDataset ? QFileDialog::Directory : QFileDialog::ExistingFile);
    Q_EMIT dialog->fileSelected(path(name));
    delete dialog;
  };
  answer(actions().addDataset, "zoo");
  ASSERT_TRUE(waitFor([&] { return project().parts().size() == 2; }));
  fs::create_directories(at("coco"));
  writeImage(at("coco/a.png"), Image(32, 24));
  text("coco/labels.json",
       R"({"images": [{"id": 1, "file_name": "a.png", "width": 32, "height": 24}],
           "categories": [{"id": 1, "name": "wolf"}],
           "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 9, 9]}]})");
  answer(actions().addDatasetFile, "coco/labels.json");
  ASSERT_TRUE(waitFor([&] { return project().parts().size() == 3; }))
      << bar().current().problem.toStdString();
  EXPECT_EQ(project().part(2).facts.classes, ClassNames{"wolf"});
}

TEST_F(TreePageTest, AClassWhoseNodeIsRemovedCanBeAddedAgain) {
  open("farm");
  EXPECT_FALSE(actions().addUnmapped->isEnabled());
  choose("cat");  // the first row, where it stays
  key(view(), Qt::Key_Delete);
  EXPECT_EQ(page().inspectorPanel()->model().unmapped(), 1);
  EXPECT_TRUE(actions().addUnmapped->isEnabled());
  EXPECT_EQ(classCell(0, PartClasses::Node), QStringLiteral("none"));
  actions().addUnmapped->trigger();
  EXPECT_EQ(page().inspectorPanel()->model().unmapped(), 0);
}

TEST_F(TreePageTest, AnotherTreeTakesNothingOfTheOneBefore) {
  open("farm");
  page().keeper().addDataset(at("zoo"));
  ASSERT_TRUE(waitFor([&] { return project().parts().size() == 2; }));
  settle();
  ASSERT_FALSE(page().tree().allSuggestions().empty());
  choose("dog");
  key(view(), Qt::Key_M, Qt::ControlModifier);
  ASSERT_TRUE(page().finder()->isVisible());
  page().tree().edit(
      replaceTree(project(), TreeDraft{{{"wolf", -1}, {"fox", -1}, {"bear", -1}}}, "Another"));
  EXPECT_FALSE(page().finder()->isVisible());
  EXPECT_TRUE(page().tree().allSuggestions().empty());
  EXPECT_EQ(page().tree().countOf(0).boxes, 0U);
  EXPECT_NE(view().currentNode(), named("fox")) << "which has the number that dog had";
  settle();
  page().tree().undo();
  EXPECT_EQ(shown(), "cat dog");
}

TEST_F(TreePageTest, SeveralDraggedWithCtrlAreMerged) {
  open("animals.combined.json");
  actions().unfold->trigger();
  drop(page().model().mimeData(
           {page().model().indexOf(named("husky")), page().model().indexOf(named("cat"))}),
       view().visualRect(page().model().indexOf(named("thing"))).center(), Qt::CopyAction);
  EXPECT_EQ(shown(), "animal(dog) thing");
  EXPECT_EQ(project().nameOf(project().part(0).nodes[0]), "thing");
  key(view(), Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(shown(), "animal(dog(husky) cat) thing");
}

TEST_F(TreePageTest, ADatasetThatIsMissingIsSaidAndKeepsItsClasses) {
  fs::rename(at("zoo"), at("elsewhere"));
  text("animals.combined.json",
       R"({"tree": "animals.tree", "names": "animals.names",
           "datasets": [{"path": "farm"}, {"path": "zoo", "map": {"dogs": "dog"}}]})");
  // Opened as a dataset it cannot be: the tree alone is read.
  FiledTree read = readTreeProject(at("animals.combined.json"), {});
  EXPECT_NE(read.project.part(1).fault, "");
  open("farm");
  page().keeper().addDataset(at("zoo"));
  ASSERT_TRUE(waitFor([&] { return bar().isShowing(); }));
  EXPECT_NE(bar().current().where, QString());
  EXPECT_EQ(project().parts().size(), 1U);
  page().keeper().addDataset(at("animals.combined.json"));
  ASSERT_TRUE(waitFor(
      [&] { return bar().current().problem.contains(QStringLiteral("combined dataset")); }));
}

TEST_F(TreePageTest, ATreeIsTakenFromATextAndFromFoldersAndTakenBack) {
  open("farm");
  text("list.txt", "pet\n  dog\n  cat\nwild\n  wolf\n");
  page().keeper().takeTree(TreeKeeper::Source::IndentedText, at("list.txt"));
  ASSERT_TRUE(waitFor([&] { return shown() == "pet(dog cat) wild(wolf)"; })) << shown();
  EXPECT_EQ(project().unmappedCount(), 0);
  page().keeper().takeTree(TreeKeeper::Source::Folders, at("zoo"));
  ASSERT_TRUE(waitFor([&] { return shown() == "dogs husky zebra"; })) << shown();
  page().keeper().takeTree(TreeKeeper::Source::TreeFile, at("animals.tree"));
  ASSERT_TRUE(waitFor([&] { return shown() == "animal(dog(husky) cat) thing"; })) << shown();
  text("bad.txt", "  pet\n");
  page().keeper().takeTree(TreeKeeper::Source::IndentedText, at("bad.txt"));
  ASSERT_TRUE(waitFor([&] { return bar().isShowing(); }));
  EXPECT_TRUE(bar().current().where.contains(QStringLiteral("bad.txt:1")));
  for (int i = 0; i < 3; ++i)
    key(view(), Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(shown(), "cat dog");
}

TEST_F(TreePageTest, CtrlFFindsClassesOneAfterTheOther) {
  open("animals.combined.json");
  key(view(), Qt::Key_F, Qt::ControlModifier);
  EXPECT_TRUE(page().searchField()->hasFocus());
  QTest::keyClicks(page().searchField(), QStringLiteral("H"));
  EXPECT_EQ(view().currentNode(), named("husky"));
  key(*page().searchField(), Qt::Key_Backspace);
  QTest::keyClicks(page().searchField(), QStringLiteral("n"));  // animal, thing
  EXPECT_EQ(view().currentNode(), named("animal"));
  key(*page().searchField(), Qt::Key_Return);
  EXPECT_EQ(view().currentNode(), named("thing"));
  key(view(), Qt::Key_G, Qt::ControlModifier);
  EXPECT_EQ(view().currentNode(), named("animal"));
  key(view(), Qt::Key_G, Qt::ControlModifier | Qt::ShiftModifier);
  EXPECT_EQ(view().currentNode(), named("thing"));
}

/// What the model shows, by its indexes alone.
std::string shownBy(const QAbstractItemModel& model, const QModelIndex& parent = {}) {
  std::string all;
  for (int row = 0; row < model.rowCount(parent); ++row) {
    const QModelIndex index = model.index(row, 0, parent);
    all += (row > 0 ? " " : "") + index.data().toString().toStdString();
    if (model.hasChildren(index)) all += "(" + shownBy(model, index) + ")";
  }
  return all;
}

TEST_F(TreePageTest, WhatComesBackIsAsOpenAsItWas) {
  open("animals.combined.json");
  view().unfoldAll();
  for (const bool whole : {false, true}) {
    std::vector<NodeId> nodes = {named("dog")};
    if (whole) nodes.insert(nodes.begin(), named("animal"));
    page().tree().edit(removeNodes(project(), nodes));
    page().tree().undo();
    EXPECT_EQ(shown(), "animal(dog(husky) cat) thing");
    for (const char* const name : {"animal", "dog"})
      EXPECT_TRUE(view().isExpanded(page().model().indexOf(named(name)))) << name << whole;
  }
}

TEST_F(TreePageTest, TheNamesOfADeepTreeHaveRoom) {
  QByteArray chain = "cat -1\n";
  for (int depth = 1; depth < 60; ++depth)
    chain += "kind" + QByteArray::number(depth) + " " + QByteArray::number(depth - 1) + "\n";
  text("animals.tree", chain);
  text("animals.combined.json", R"({"tree": "animals.tree", "datasets": [{"path": "farm"}]})");
  open("animals.combined.json");
  const int shallow = view().indentation();
  const auto room = [this] {
    return view().visualRect(page().model().indexOf(named("kind59"))).width();
  };
  view().unfoldAll();
  EXPECT_GE(room(), view().columnWidth(TreeModel::Class) / 3);
  view().foldAll();
  EXPECT_EQ(view().indentation(), shallow);
  choose("kind59");
  EXPECT_GE(room(), view().columnWidth(TreeModel::Class) / 3);
}

TEST_F(TreePageTest, TheKeyboardGoesFromTheSearchToTheTree) {
  open("animals.combined.json");
  for (const Qt::Key key : {Qt::Key_Down, Qt::Key_Escape}) {
    ASSERT_TRUE(page().search());
    QWidget* const field = window_->focusWidget();
    QTest::keyClicks(field, QStringLiteral("husky"));
    QTest::keyClick(field, key);
    EXPECT_EQ(window_->focusWidget(), &view());
    EXPECT_EQ(view().currentNode(), named("husky"));
  }
}

TEST_F(TreePageTest, TheModelFollowsWhateverIsDoneAndUndone) {
  open("animals.combined.json");
  actions().unfold->trigger();
  const QAbstractItemModelTester tester(&page().model(),
                                        QAbstractItemModelTester::FailureReportingMode::Fatal);
  TreeDocument& tree = page().tree();
  std::mt19937 random(7);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const auto any = [&] {
    const std::vector<NodeId> nodes = project().inOrder();
    return nodes.empty() ? -1
                         : nodes[static_cast<std::size_t>(below(static_cast<int>(nodes.size())))];
  };
  for (int i = 0; i < 400; ++i) {
    const NodeId a = any(), b = any();
    switch (below(8)) {
      case 0:
      case 1:
        tree.edit(
            addNode(project(), below(3) == 0 ? -1 : a, below(3) - 1, "class " + std::to_string(i)));
        break;
      case 2:
      case 3:
        if (a >= 0) tree.edit(moveNodes(project(), {a, any()}, below(4) == 0 ? -1 : b, -1));
        break;
      case 4:
        if (a >= 0) tree.edit(mergeNode(project(), a, b));
        break;
      case 5:
        if (a >= 0) tree.edit(removeNodes(project(), {a}));
        break;
      case 6:
        tree.undo();
        break;
      default:
        tree.redo();
    }
    ASSERT_EQ(shownBy(page().model()), shown()) << i;
    if (i % 16 == 0) QTest::qWait(1);
  }
  while (!tree.undoTitle().isEmpty())
    tree.undo();
  EXPECT_EQ(shownBy(page().model()), "animal(dog(husky) cat) thing");
}

TEST_F(TreePageTest, AHundredThousandClassesAreNotFelt) {
  QByteArray tree("thing -1\nother -1\n");
  for (int i = 0; i < 100000; ++i)
    tree += "leaf" + QByteArray::number(i) + " 0\n";
  text("large.tree", tree);
  text("large.combined.json",
       R"({"tree": "large.tree", "datasets": [{"path": "zoo", "map": {"dogs": "leaf7"}}]})");
  // What the other pages do with so many classes is not the matter here.
  window_->openPath(path("large.combined.json"));
  ASSERT_TRUE(waitFor([&] {
    const DatasetDocument& document = window_->state().document();
    return document.path() == at("large.combined.json") && !document.isOpening();
  }));
  QTest::qWait(400);
  guiApplication().resetClock();
  const auto told = [](const char* what) {
    std::cout << "  " << what << ": " << guiApplication().worstMilliseconds() << " ms ("
              << guiApplication().worstName() << ")\n";
    EXPECT_LT(guiApplication().worstMilliseconds(), 50) << what;
    guiApplication().resetClock();
  };
  window_->showPage(QStringLiteral("tree"));
  ASSERT_TRUE(waitFor([&] { return page().tree().isOpen(); }));
  settle();
  told("opened");
  actions().unfold->trigger();
  view().choose(0);
  view().setFocus();
  key(view(), Qt::Key_Right);
  EXPECT_TRUE(view().isExpanded(page().model().indexOf(0)));
  QTest::qWait(50);
  told("unfolded");
  choose("leaf99999");
  key(view(), Qt::Key_F2);
  name("last");
  settle();
  told("renamed");
  choose("leaf50000");
  key(view(), Qt::Key_Left, Qt::AltModifier);
  settle();
  told("moved out");
  key(view(), Qt::Key_Delete);
  settle();
  told("removed");
  choose("thing");
  page().tree().edit(mergeNode(project(), named("thing"), named("other")));
  settle();
  EXPECT_EQ(project().childrenOf(named("other")).size(), 99999U);
  key(view(), Qt::Key_Z, Qt::ControlModifier);
  settle();
  told("merged and taken back");
  choose("leaf1");
  view().selectAll();
  guiApplication().resetClock();  // what the view does to select so many rows is its own
  bar().clear();
  key(view(), Qt::Key_Delete);
  EXPECT_TRUE(bar().current().problem.contains(QStringLiteral("too many")));
  choose("leaf1");
  settle();
  guiApplication().resetClock();
  QTest::keyClicks(page().searchField(), QStringLiteral("leaf9"));
  settle();
  told("searched");
}

}  // namespace
}  // namespace boxwright::ui
