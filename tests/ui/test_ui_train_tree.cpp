// SPDX-License-Identifier: GPL-3.0-or-later
//
// The Train page over a class tree: the tree in the colours of its accuracy, live and afterwards.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/atomic_file.h"
#include "tests/ui/train_page_test.h"
#include "ui/charts/accuracy_colour.h"
#include "ui/train/run_charts.h"
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
    settings.model = std::string(BOXWRIGHT_TEST_DATA) + "/networks/tiny.cfg";
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

TEST_F(TrainTreeTest, ARunWithoutATreeHasNoPictureOfOne) {
  writeRun("flat", 30, 0.01, true);
  open();
  ASSERT_TRUE(waitFor([&] { return !page_->shownRun().empty(); }));
  QTest::qWait(200);
  EXPECT_FALSE(page_->tree()->isVisible());
}

}  // namespace
}  // namespace boxwright::ui
