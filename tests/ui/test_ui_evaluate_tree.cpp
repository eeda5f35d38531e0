// SPDX-License-Identifier: GPL-3.0-or-later
//
// The Evaluate page over a class tree, of detectors and of classifiers.
#include <gtest/gtest.h>

#include <QCheckBox>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <QToolButton>
#include <iostream>
#include <variant>

#include "core/data/open_dataset.h"
#include "tests/ui/big_tree.h"
#include "tests/ui/evaluate_world.h"
#include "tests/ui/gui_application.h"
#include "ui/detect/model_picker.h"
#include "ui/error_bar.h"
#include "ui/evaluate/class_bars.h"
#include "ui/evaluate/class_pane.h"
#include "ui/evaluate/confusion_view.h"
#include "ui/evaluate/crop_grid.h"
#include "ui/evaluate/curve_chart.h"
#include "ui/evaluate/evaluate_form.h"
#include "ui/evaluate/evaluate_page.h"
#include "ui/evaluate/finding_list.h"
#include "ui/evaluate/node_table.h"
#include "ui/window/main_window.h"

namespace boxwright::ui {
namespace {

namespace fs = std::filesystem;

/// colour; below it red and green.
enum Node { kColour, kRed, kGreen };

class EvaluateTreeTest : public testing::Test {
 protected:
  void SetUp() override { guiApplication(); }

  void TearDown() override {
    window_.reset();
    endJobs();
  }

  fs::path root() const { return world_.dataset().parent_path(); }

  /// The network of ColourWorld over the tree.
  void makeTreeDetector() {
    const std::string cfg =
        "[net]\nwidth=64\nheight=64\nchannels=3\n"
        "[maxpool]\nsize=8\nstride=8\npadding=0\n"
        "[maxpool]\nsize=4\nstride=4\npadding=0\n"
        "[convolutional]\nfilters=8\nsize=1\nstride=1\nactivation=linear\n"
        "[region]\nanchors=0.5,0.5\nclasses=3\ncoords=4\nnum=1\nsoftmax=1\ntree=colours.tree\n";
    Network network = made("tree", cfg);
    ConvolutionWeights& weights = network.layers[2].weights;
    weights.weights.assign(8 * 3, 0);
    weights.biases.assign(8, 0);
    weights.biases[4] = -6;
    weights.weights[4 * 3 + 0] = weights.weights[4 * 3 + 1] = 12;
    weights.weights[6 * 3 + 0] = weights.weights[7 * 3 + 1] = 8;
    saveWeights(root() / "tree.weights", network, 0);
  }

  /// A classifier by the mean of red and green over the same tree.
  void makeTreeClassifier() {
    const std::string cfg =
        "[net]\nwidth=32\nheight=32\nchannels=3\n"
        "[convolutional]\nfilters=3\nsize=1\nstride=1\nactivation=linear\n"
        "[avgpool]\n[softmax]\ngroups=1\ntree=colours.tree\n";
    Network network = made("means", cfg);
    ConvolutionWeights& weights = network.layers[0].weights;
    weights.weights = {0, 0, 0, 10, 0, 0, 0, 10, 0};
    weights.biases = {0, 0, 0};
    saveWeights(root() / "means.weights", network, 0);
  }

  /// A picture of one colour in a class folder.
  void writeWhole(const char* folder, int number, int channel) {
    Image image(40, 30);
    for (int y = 0; y < 30; ++y)
      for (int x = 0; x < 40; ++x)
        image.at(x, y)[channel] = 255;
    image.at(0, 0)[2] = static_cast<std::uint8_t>(40 * number);  // none is like another
    fs::create_directories(root() / "whole" / folder);
    writeImage(root() / "whole" / folder / (std::to_string(number) + ".png"), image);
  }

  Network made(const std::string& stem, const std::string& cfg) {
    writeFileAtomically(root() / "colours.tree", "colour -1\nred 0\ngreen 0\n");
    writeFileAtomically(root() / (stem + ".cfg"), cfg);
    writeClassNames(root() / (stem + ".names"), {"colour", "red", "green"});
    std::vector<Problem> problems;
    Network network =
        buildNetwork(parseCfg(cfg, (root() / (stem + ".cfg")).string(), problems), problems);
    return network;
  }

  void open(const fs::path& dataset) {
    window_ = std::make_unique<MainWindow>();
    window_->resize(1440, 900);
    window_->show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(window_.get()));
    window_->openPath(QString::fromStdString(dataset.string()));
    ASSERT_TRUE(waitFor([this] {
      const DatasetDocument& document = window_->state().document();
      return document.isOpen() && !document.isOpening();
    }));
    QTest::keyClick(window_.get(), Qt::Key_6, Qt::ControlModifier);
    ASSERT_EQ(window_->currentPage(), page());
  }

  void evaluate(const std::string& stem) {
    page()->form()->model()->setFiles(world_.file((stem + ".cfg").c_str()),
                                      world_.file((stem + ".weights").c_str()),
                                      world_.file((stem + ".names").c_str()));
    QTest::mouseClick(page()->form()->button(), Qt::LeftButton);
    ASSERT_TRUE(page()->job().isRunning());
    ASSERT_TRUE(waitFor([this] { return !page()->job().isRunning(); }));
    ASSERT_FALSE(page()->models().empty()) << page()->errorBar()->current().problem.toStdString();
  }

  EvaluatePage* page() { return window_->findChild<EvaluatePage*>(); }
  NodeTable* nodes() { return page()->nodes(); }
  std::string cell(int row, int column) {
    return nodes()->model()->index(row, column).data().toString().trimmed().toStdString();
  }
  std::string text(const char* name) {
    const auto* label = page()->findChild<QLabel*>(QString::fromLatin1(name));
    return label ? label->text().toStdString() : "no label";
  }
  void clickRow(int row) {
    QTableView* const view = nodes()->view();
    QTest::mouseClick(view->viewport(), Qt::LeftButton, {},
                      view->visualRect(nodes()->model()->index(row, 0)).center());
  }

  ColourWorld world_;
  std::unique_ptr<MainWindow> window_;
};

TEST_F(EvaluateTreeTest, ADetectorsNodesAreATableAndLeadToTheirBoxes) {
  world_.makeDataset(
      {{{0, "red", "red"}}, {{1, "red", "green"}}, {{0, "green", "green"}, {3, "", "red"}}});
  makeTreeDetector();
  world_.makeModel();
  open(world_.dataset());
  evaluate("tree");
  ASSERT_TRUE(nodes()->isVisible());
  EXPECT_TRUE(nodes()->view()->isColumnHidden(NodeModel::Boxes)) << "of files nobody knows";
  ASSERT_EQ(nodes()->model()->rowCount(), 3);
  EXPECT_EQ(cell(0, NodeModel::Name), "colour");
  EXPECT_EQ(cell(0, NodeModel::Truths), "4");
  EXPECT_EQ(cell(0, NodeModel::Score), "0.750") << "of four colours three are found";
  EXPECT_EQ(cell(1, NodeModel::Name), "red");
  EXPECT_EQ(cell(1, NodeModel::Depth), "1");
  const TreeScore& score = *page()->models()[0].tree;
  EXPECT_NE(
      nodes()->summary()->text().indexOf(QString::number(score.hierarchicalPrecision, 'f', 3)), -1)
      << nodes()->summary()->text().toStdString();
  // Of three answers two are right, and red taken for green knows the root: (1 + 1 + .5) / 3.
  EXPECT_EQ(score.answers, 3U);
  EXPECT_NEAR(score.hierarchicalPrecision, 2.5 / 3, 1e-9);

  clickRow(0);
  EXPECT_EQ(page()->findings()->scope().of, FindingScope::Of::Node);
  EXPECT_EQ(page()->findings()->rowCount(), 2) << "the wrong class and the missed one";
  clickRow(1);
  EXPECT_EQ(page()->findings()->rowCount(), 2) << "both have to do with red";
  QTest::keyClick(page()->grid(), Qt::Key_Escape);
  EXPECT_EQ(page()->findings()->scope().of, FindingScope::Of::Everything);

  // The classes as if there were no tree are a click away.
  QTest::mouseClick(page()->findChild<QToolButton*>(QStringLiteral("byClass")), Qt::LeftButton);
  ClassBars* const bars = page()->bars();
  EXPECT_TRUE(bars->isVisible());
  EXPECT_FALSE(nodes()->isVisible());
  ASSERT_EQ(bars->model()->rowCount(), 2) << "what is labelled";
  QTest::mouseClick(bars->viewport(), Qt::LeftButton, {},
                    bars->visualRect(bars->model()->index(1, 0)).center());
  EXPECT_EQ(page()->findings()->scope().of, FindingScope::Of::Class);
  EXPECT_EQ(page()->findings()->scope().classId, kGreen);

  evaluate("colours");
  EXPECT_FALSE(nodes()->isVisible()) << "a flat model";
  EXPECT_FALSE(page()->classes()->hasTree());
  EXPECT_TRUE(page()->bars()->isVisible());
}

TEST_F(EvaluateTreeTest, ATreeClassifierIsShownOverItsTree) {
  for (int i = 0; i < 3; ++i)
    writeWhole("red", i, 0);
  writeWhole("red", 4, 1);  // a green one
  writeWhole("green", 5, 1);
  makeTreeClassifier();
  makeTreeDetector();
  open(root() / "whole");
  auto* const split = page()->findChild<QComboBox*>(QStringLiteral("split"));
  ASSERT_TRUE(split);
  split->setCurrentIndex(split->findData(QStringLiteral("all")));
  evaluate("means");
  EXPECT_EQ(text("top1"), "0.800");
  EXPECT_EQ(text("top5"), "1.000");
  EXPECT_FALSE(page()->curves()->isVisible());
  ASSERT_EQ(nodes()->model()->rowCount(), 3);
  EXPECT_EQ(cell(0, NodeModel::Score), "1.000") << "all are colours";
  EXPECT_EQ(cell(1, NodeModel::Name), "red");
  EXPECT_EQ(cell(1, NodeModel::Score), "0.750");
  EXPECT_EQ(cell(1, NodeModel::Truths), "4");
  EXPECT_TRUE(nodes()->view()->isColumnHidden(NodeModel::Boxes));
  EXPECT_EQ(nodes()->model()->headerData(NodeModel::Truths, Qt::Horizontal, Qt::DisplayRole),
            QStringLiteral("Pictures"));
  const ConfusionView::Matrix expected = {{3, 1}, {0, 1}};
  EXPECT_EQ(page()->confusion()->matrix(), expected) << "red and green: no picture is a colour";
  ConfusionView* const matrix = page()->confusion();
  QTest::mouseClick(matrix->viewport(), Qt::LeftButton, {}, matrix->cellRect({0, 1}).center());
  EXPECT_EQ(page()->findings()->scope().truth, kRed);
  EXPECT_EQ(page()->findings()->scope().predicted, kGreen);
  QTest::keyClick(page()->grid(), Qt::Key_Escape);
  EXPECT_EQ(page()->findings()->rowCount(), 1) << "the fault";
  // A click on it shows the picture.
  CropGrid* const grid = page()->grid();
  QTest::mouseClick(grid->viewport(), Qt::LeftButton, {},
                    grid->visualRect(page()->findings()->index(0)).center());
  ASSERT_TRUE(waitFor([this] { return window_->currentPage() != page(); }));
  EXPECT_EQ(window_->state().picture(), page()->findings()->pictureOf(0));
  // A detector has nothing to find here, and says so.
  QTest::keyClick(window_.get(), Qt::Key_6, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([this] { return window_->currentPage() == page(); }));
  page()->form()->model()->setFiles(world_.file("tree.cfg"), world_.file("tree.weights"),
                                    world_.file("tree.names"));
  QTest::mouseClick(page()->form()->button(), Qt::LeftButton);
  ASSERT_TRUE(waitFor([this] { return !page()->job().isRunning(); }));
  EXPECT_NE(page()->errorBar()->current().problem.indexOf(QStringLiteral("labelled with boxes")),
            -1)
      << page()->errorBar()->current().problem.toStdString();
}

TEST_F(EvaluateTreeTest, APickedCellStaysThePairThatItIsOf) {
  // Red is labelled green, green green; what is unsure is a faint red.
  world_.makeDataset({{{0, "red", "green"}}, {{1, "green", "green"}}, {{2, "red", "red"}}});
  makeTreeDetector();
  open(world_.dataset());
  evaluate("tree");
  ConfusionView* const matrix = page()->confusion();
  ASSERT_EQ(matrix->matrix().size(), 3U) << "red, green and background";
  QTest::mouseClick(matrix->viewport(), Qt::LeftButton, {}, matrix->cellRect({1, 1}).center());
  ASSERT_EQ(page()->findings()->scope().truth, kGreen);
  // At another confidence more classes stand in the matrix.
  std::vector<ScoredEvaluation> models = page()->models();
  auto score = std::make_shared<DetailedScore>(*models[0].score);
  score->result.confusion[kColour][kRed] = 1;
  models[0].score = score;
  page()->show(models);
  ASSERT_EQ(matrix->matrix().size(), 4U);
  EXPECT_EQ(matrix->pickedCell(), ConfusionView::Cell(kGreen, kGreen));
  for (std::size_t c = 0; c < 3; ++c)
    score->result.confusion[kGreen][c] = score->result.confusion[c][kGreen] = 0;
  score->result.confusion[kGreen][3] = 0;
  page()->show(models);
  EXPECT_FALSE(matrix->pickedCell().has_value()) << "it is not in the matrix";
}

TEST_F(EvaluateTreeTest, ALeafOfWhatIsLabelledIsNoMistakeOfAClassifier) {
  for (int i = 0; i < 3; ++i)
    writeWhole("colour", i, i % 2);
  writeWhole("red", 4, 1);  // a green one
  makeTreeClassifier();
  open(root() / "whole");
  auto* const split = page()->findChild<QComboBox*>(QStringLiteral("split"));
  split->setCurrentIndex(split->findData(QStringLiteral("all")));
  evaluate("means");
  const ScoredEvaluation& model = page()->models()[0];
  const ClassResult& green = model.score->result.classes[kGreen];
  EXPECT_DOUBLE_EQ(green.precision, .5) << "of a colour and of a red";
  EXPECT_EQ(green.falsePositives, 1U);
  EXPECT_DOUBLE_EQ(model.score->result.classes[kRed].precision, 1);
  ConfusionView* const matrix = page()->confusion();
  EXPECT_TRUE(matrix->cellText({kColour, kGreen}).contains(QStringLiteral("found as green")))
      << matrix->cellText({kColour, kGreen}).toStdString();
  EXPECT_TRUE(matrix->cellText({kRed, kGreen}).contains(QStringLiteral("taken for green")));
  QTest::mouseClick(matrix->viewport(), Qt::LeftButton, {},
                    matrix->cellRect({kColour, kRed}).center());
  EXPECT_EQ(page()->findings()->rowCount(), 2) << "what is right";
}

TEST_F(EvaluateTreeTest, ADetectorAndAClassifierAreRefusedBeforeOneIsRun) {
  world_.makeDataset({{{0, "red", "red"}}});
  makeTreeDetector();
  makeTreeClassifier();
  open(world_.dataset());
  const auto choose = [&](ModelPicker* picker, const std::string& stem) {
    picker->setFiles(world_.file((stem + ".cfg").c_str()), world_.file((stem + ".weights").c_str()),
                     world_.file((stem + ".names").c_str()));
  };
  page()->findChild<QCheckBox*>(QStringLiteral("compare"))->setChecked(true);
  choose(page()->form()->model(), "means");  // which would find nothing to judge here
  choose(page()->form()->other(), "tree");
  EXPECT_TRUE(page()->form()->fault().isEmpty()) << "of files nobody knows";
  QTest::mouseClick(page()->form()->button(), Qt::LeftButton);
  ASSERT_TRUE(waitFor([this] { return !page()->job().isRunning(); }));
  EXPECT_TRUE(page()->errorBar()->current().problem.contains(QStringLiteral("one of the two")))
      << page()->errorBar()->current().problem.toStdString();
}

/// The table over a tree as large as YOLO9000's.
class NodeTableTest : public testing::Test {
 protected:
  void SetUp() override {
    guiApplication();
    tree_ = bigTree();
    auto evaluation = std::make_shared<Evaluation>();
    evaluation->classTree = tree_;
    evaluation->names = tree_->labels();
    auto score = std::make_shared<TreeScore>();
    for (int node = 0; node < tree_->size(); ++node) {
      TreeScore::Node& own = score->nodes.emplace_back();
      own.node = node;
      own.score.ap = (node * 7919 % 1000) / 1000.0;
      own.score.truths = static_cast<std::size_t>(node * 31 % 97);
      own.hadBoxes = node % 2 == 0;
    }
    table_.resize(420, 500);
    table_.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&table_));
    QTest::qWait(20);
    guiApplication().resetClock();
    table_.setEvaluation({evaluation, nullptr, .25, score, {}});
  }
  void TearDown() override { endJobs(); }

  void clickHead(NodeModel::Column column) {
    QHeaderView* const head = table_.view()->horizontalHeader();
    const int x = head->sectionViewportPosition(column) + head->sectionSize(column) / 2;
    QTest::mouseClick(head->viewport(), Qt::LeftButton, {}, QPoint(x, head->height() / 2));
  }
  double number(int row, NodeModel::Column column) {
    return table_.model()->index(row, column).data().toString().toDouble();
  }
  QString name(int row) { return table_.model()->index(row, NodeModel::Name).data().toString(); }

  std::shared_ptr<const ClassTree> tree_;
  NodeTable table_;
};

TEST_F(NodeTableTest, AClickOnAHeadOrdersTurnsAndBringsTheTreeBack) {
  const std::vector<int> order = nodesFromTheTop(*tree_);
  const auto isTree = [&] {
    for (int row = 0; row < tree_->size(); ++row)
      if (table_.model()->nodeAt(row) != order[static_cast<std::size_t>(row)]) return false;
    return true;
  };
  ASSERT_EQ(table_.model()->rowCount(), tree_->size());
  EXPECT_TRUE(isTree());
  EXPECT_TRUE(name(1).startsWith(QChar::Nbsp)) << "indented below its parent";
  const int last = tree_->size() - 1;
  for (const auto column : {NodeModel::Score, NodeModel::Truths, NodeModel::Depth}) {
    clickHead(column);
    EXPECT_LT(number(0, column), number(last, column)) << column;
    clickHead(column);
    EXPECT_GT(number(0, column), number(last, column)) << column;
    clickHead(column);
    EXPECT_TRUE(isTree()) << column;
  }
  clickHead(NodeModel::Name);
  EXPECT_LT(name(0), name(last));
  EXPECT_FALSE(name(1).startsWith(QChar::Nbsp));
  clickHead(NodeModel::Boxes);
  EXPECT_EQ(table_.model()->index(0, NodeModel::Boxes).data().toString(), QStringLiteral("no"));
  QTest::qWait(20);
  std::cout << "  longest handler " << guiApplication().worstMilliseconds() << " ms ("
            << guiApplication().worstName() << ")\n";
  EXPECT_LT(guiApplication().worstMilliseconds(), 50) << guiApplication().worstName();
}

TEST_F(NodeTableTest, IsFilteredByNameAndSaved) {
  clickHead(NodeModel::Score);
  table_.filter()->setFocus();
  QTest::keyClicks(table_.filter(), QStringLiteral("Kind777"));
  EXPECT_EQ(table_.model()->rowCount(), 11) << "777 and 7770 to 7779";
  EXPECT_LE(number(0, NodeModel::Score), number(10, NodeModel::Score));
  EXPECT_LT(guiApplication().worstMilliseconds(), 50) << guiApplication().worstName();
  const QTemporaryDir folder;
  const QString file = folder.filePath(QStringLiteral("tree.csv"));
  table_.saveCsv(file);
  ASSERT_TRUE(waitFor([&] { return QFile::exists(file); }));
  const std::string csv = readFile(file.toStdString());
  EXPECT_EQ(csv.rfind("node,class,depth,ap50,truths,boxes\n", 0), 0U) << csv;
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 12);
  QTest::keyClick(table_.filter(), Qt::Key_Backspace);
  EXPECT_GT(table_.model()->rowCount(), 100);
}

TEST_F(NodeTableTest, APickedNodeStaysSelectedWhateverIsDoneToTheTable) {
  const auto selected = [this] {
    const QModelIndexList rows = table_.view()->selectionModel()->selectedRows();
    return rows.size() == 1 ? table_.model()->nodeAt(rows.front().row()) : -1;
  };
  table_.setPicked(7771);
  clickHead(NodeModel::Score);
  EXPECT_EQ(selected(), 7771);
  table_.filter()->setText(QStringLiteral("kind777"));
  EXPECT_EQ(selected(), 7771);
  table_.filter()->setText(QStringLiteral("kind5"));
  EXPECT_EQ(selected(), -1);
  table_.filter()->clear();
  EXPECT_EQ(selected(), 7771);
  table_.setPicked({});
  clickHead(NodeModel::Score);
  EXPECT_EQ(selected(), -1);
}

TEST_F(NodeTableTest, WhatNobodyKnowsOfBoxesIsNotSaid) {
  NodeModel model;
  NodeRow row;
  row.node = 0;
  row.score = .5;
  model.setRows({row}, tree_, tree_->labels(), NodeModel::Of::Boxes);
  const QString tip = model.index(0, 0).data(Qt::ToolTipRole).toString();
  EXPECT_FALSE(tip.contains(QStringLiteral("boxes in training"))) << tip.toStdString();
  EXPECT_EQ(model.csv(), "node,class,depth,ap50,truths,boxes\n0,kind0,0,0.5,0,\n");
}

TEST_F(NodeTableTest, TheKeyboardPicksANode) {
  int picked = -1;
  QObject::connect(&table_, &NodeTable::picked, &table_, [&](int node) { picked = node; });
  table_.view()->setFocus();
  table_.view()->setCurrentIndex(table_.model()->index(0, 0));
  QTest::keyClick(table_.view(), Qt::Key_Down);
  QTest::keyClick(table_.view(), Qt::Key_Return);
  EXPECT_EQ(picked, nodesFromTheTop(*tree_)[1]);
}

/// In a narrow window the names have the room, and the indents the depth.
TEST_F(NodeTableTest, TheDepthGivesWayToTheNames) {
  EXPECT_FALSE(table_.view()->isColumnHidden(NodeModel::Depth));
  table_.resize(340, 500);
  EXPECT_TRUE(table_.view()->isColumnHidden(NodeModel::Depth));
  EXPECT_GE(table_.view()->columnWidth(NodeModel::Name), 100);
  table_.resize(420, 500);
  EXPECT_FALSE(table_.view()->isColumnHidden(NodeModel::Depth));
}

}  // namespace
}  // namespace boxwright::ui
