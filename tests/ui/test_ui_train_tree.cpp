// SPDX-License-Identifier: GPL-3.0-or-later
//
// The Train page over a class tree: the tree in the colours of its accuracy, live and afterwards.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/atomic_file.h"
#include "tests/source_folder.h"
#include "tests/ui/big_tree.h"
#include "tests/ui/train_page_test.h"
#include "ui/charts/accuracy_colour.h"
#include "ui/error_bar.h"
#include "ui/train/run_charts.h"
#include "ui/train/run_curves.h"
#include "ui/train/run_summary.h"
#include "ui/train/tree_accuracy.h"

namespace boxwright::ui {
namespace {

class TrainTreeTest : public TrainPageTest {
 protected:
  /// A small world of families and kinds, opened.
  void openWorld() {
    dataset_ = root_ / "world";
    makeSampleDataset(dataset_, {.kind = SampleKind::Taxonomy, .images = 16, .seed = 3});
    dataset_ /= "shapes.combined.json";
    open();
  }

  RunSettings quick(int epochs) const {
    RunSettings settings = page_->form()->settings();
    settings.model = testData() + "/networks/tiny.cfg";
    settings.size = 96;
    settings.epochs = epochs;
    settings.batch = 8;
    return settings;
  }

  std::string read(int node) {
    TreeAccuracy* const tree = page_->tree();
    const QPoint at = tree->placeOf(node).center();
    QWidget* const under = tree->childAt(at);
    if (!under) return "nothing there";
    QTest::mouseMove(tree, QPoint(1, 1));  // a pointer that stays where it is tells nobody
    QTest::mouseMove(under, under->mapFrom(tree, at));
    QCoreApplication::processEvents();
    return tree->readOut().toStdString();
  }

  int measured(const RunCurves& curves) const {
    return curves.nodes() ? static_cast<int>(curves.nodes()->nodes.size()) : 0;
  }
};

TEST_F(TrainTreeTest, EachValidationOfAJointRunColoursTheTreeAndTheLogKeepsIt) {
  openWorld();
  EXPECT_FALSE(page_->tree()->isVisible());
  page_->form()->setSettings(quick(2));
  ASSERT_TRUE(waitFor([&] { return find<QPushButton>("start")->isEnabled(); }))
      << find<QPushButton>("start")->toolTip().toStdString();
  // The file's tree is not the one that the Tree page shows: nothing starts.
  state_->setTreeUnsaved(true);
  QTest::mouseClick(find<QPushButton>("start"), Qt::LeftButton);
  EXPECT_FALSE(page_->training()->isRunning());
  EXPECT_NE(page_->errorBar()->current().problem.toStdString().find("not saved"),
            std::string::npos);
  state_->setTreeUnsaved(false);
  QTest::mouseClick(find<QPushButton>("start"), Qt::LeftButton);
  ASSERT_TRUE(page_->training()->isRunning())
      << find<QPushButton>("start")->toolTip().toStdString();
  // Live: the tree is there before the first validation, its colours come with that.
  ASSERT_TRUE(waitFor([&] { return page_->tree()->isVisible(); }, 60));
  ASSERT_TRUE(waitFor([&] { return measured(*page_->training()->curves()) > 0; }, 60));
  QTest::qWait(300);
  const auto nodes = page_->training()->curves()->nodes();
  ASSERT_TRUE(nodes);
  const std::string family = nodes->nodes.front().name;
  EXPECT_EQ(read(nodes->nodes.front().node).rfind(family + ": AP50 ", 0), 0U)
      << read(nodes->nodes.front().node);
  ASSERT_TRUE(waitForEnd(120));
  const auto last = page_->training()->curves()->nodes();
  const fs::path run = page_->training()->folder();
  const std::string said = read(last->nodes.back().node);
  EXPECT_NE(said.find("whole pictures"), std::string::npos) << said;

  // Opened again, in another window, it looks the same.
  page_.reset();
  state_ = std::make_unique<StudioState>();
  page_ = std::make_unique<TrainPage>(*state_);
  page_->resize(1200, 800);
  page_->show();
  open();
  ASSERT_TRUE(waitFor([&] { return page_->shownRun() == run && page_->tree()->isVisible(); }));
  ASSERT_TRUE(waitFor([&] { return read(last->nodes.back().node) == said; }))
      << read(last->nodes.back().node);

  // Of an older log, which does not tell of its nodes, everything else is shown.
  std::ifstream log(run / "metrics.jsonl");
  std::string lines;
  for (std::string line; std::getline(log, line);) {
    auto event = nlohmann::ordered_json::parse(line);
    event.erase("nodes");
    lines += event.dump() + "\n";
  }
  log.close();
  writeFileAtomically(run / "metrics.jsonl", lines);
  page_->activated();
  ASSERT_TRUE(waitFor([&] { return !page_->tree()->isVisible(); }));
  EXPECT_EQ(page_->shownRun(), run);
}

TEST_F(TrainTreeTest, ALogThatEndsWithAValidationOfALargeTreeIsSummed) {
  const fs::path run = writeRun("large", 10, 0.01, false);
  const std::shared_ptr<const ClassTree> tree = bigTree();
  ValidationEvent validation;
  validation.iteration = 20;
  for (int node = 0; node < tree->size(); ++node) {
    ValidationEvent::NodeResult& result = validation.nodes.emplace_back();
    result.node = node;
    result.name = tree->labels()[static_cast<std::size_t>(node)];
    result.ap = 1 / 3.0;
    result.truths = 7;
  }
  const std::string line = toJson(validation);
  EXPECT_GT(line.size(), 500000U);
  std::ofstream log(run / "metrics.jsonl", std::ios::app);
  log << line << "\n";
  log.close();
  EXPECT_EQ(summariseRun(run).state, RunState::Broken);
  log.open(run / "metrics.jsonl", std::ios::app);
  log << line.substr(0, line.size() / 2);  // it was killed as it wrote
  log.close();
  EXPECT_EQ(summariseRun(run).state, RunState::Broken);
}

TEST_F(TrainTreeTest, ARunThatGoesBackBehindItsFirstValidationHasNoColours) {
  RunCurves curves;
  auto tree = std::make_shared<RunTree>();
  tree->tree = bigTree();
  tree->names = std::make_shared<const ClassNames>(tree->tree->labels());
  curves.setTree(tree);
  BatchEvent batch;
  batch.iteration = 10;
  curves.add(batch);
  ValidationEvent validation;
  validation.iteration = 10;
  validation.nodes.resize(1);
  validation.nodes[0].ap = .5;
  curves.add(validation);
  TreeAccuracy chart;
  chart.resize(400, 300);
  chart.showCurves(std::make_shared<RunCurves>(curves));
  const QImage coloured = chart.grab().toImage();
  batch.iteration = 5;
  curves.add(batch);
  ASSERT_FALSE(curves.nodes());
  chart.showCurves(std::make_shared<RunCurves>(curves));
  const QImage blank = chart.grab().toImage();
  TreeAccuracy fresh;
  fresh.resize(400, 300);
  fresh.showCurves(std::make_shared<RunCurves>(curves));
  EXPECT_EQ(blank, fresh.grab().toImage());
  EXPECT_NE(blank, coloured);
}

TEST_F(TrainTreeTest, ARunWithoutATreeHasNoPictureOfOne) {
  writeRun("flat", 30, 0.01, true);
  open();
  ASSERT_TRUE(waitFor([&] { return !page_->shownRun().empty(); }));
  QTest::qWait(200);
  EXPECT_FALSE(page_->tree()->isVisible());
}

}  // namespace
}  // namespace boxwright::ui
