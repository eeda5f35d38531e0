// SPDX-License-Identifier: GPL-3.0-or-later
//
// How many clicks and keys it takes to label pictures, from nothing and with a model's proposals.
// Every one is a real event posted to the page and counted. In the program's own tests it labels
// pictures of colours; with BOXWRIGHT_EFFORT_DATASET and BOXWRIGHT_EFFORT_RUN in the environment
// the first ten pictures of that dataset's split "test", with that run as the model, and prints a
// table (the figures of the manual).
#include <gtest/gtest.h>

#include <QTemporaryDir>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/data/open_dataset.h"
#include "core/geometry/iou.h"
#include "tests/ui/evaluate_world.h"
#include "tests/ui/gui_application.h"
#include "ui/annotate/annotate_actions.h"
#include "ui/annotate/annotate_canvas.h"
#include "ui/annotate/annotate_inspector.h"
#include "ui/annotate/annotate_page.h"
#include "ui/annotate/object_list.h"
#include "ui/annotate/prediction_overlay.h"
#include "ui/annotate/proposal_panel.h"
#include "ui/annotate/proposer.h"
#include "ui/detect/model_picker.h"
#include "ui/studio_state.h"

namespace boxwright::ui {
namespace {

namespace fs = std::filesystem;

struct Effort {
  int keys = 0, clicks = 0, drags = 0;
  int all() const { return keys + clicks + drags; }
};

/// What a person has to do until the labels are as they should be.
class Labeller {
 public:
  /// `wanted`: the IOU that a label must have with the truth.
  Labeller(const fs::path& dataset, std::vector<std::string> pictures,
           std::vector<std::vector<Box>> truths, double wanted)
      : pictures_(std::move(pictures)), truths_(std::move(truths)), wanted_(wanted) {
    page_.resize(1300, 760);
    page_.show();
    EXPECT_TRUE(QTest::qWaitForWindowExposed(&page_));
    document().open(dataset);
    EXPECT_TRUE(waitFor([this] { return document().isEditable(); }));
    page_.activateWindow();
    page_.activated();
    state_.setFilter(QStringLiteral("state:unlabelled"));
    state_.select(document().indexOf(pictures_[0]));
    EXPECT_TRUE(waitFor([this] { return canvas().hasFocus(); }));
  }

  Effort fromNothing() {
    effort_ = {};
    for (std::size_t i = 0; i < pictures_.size(); ++i) {
      if (!goTo(i)) return effort_;
      putRight(i);
    }
    return effort_;
  }

  /// With the threshold raised so many steps from its standard first.
  Effort withProposals(int raised) {
    effort_ = {};
    key(Qt::Key_M, Qt::ControlModifier);
    for (std::size_t i = 0; i < pictures_.size(); ++i) {
      if (!goTo(i)) return effort_;
      EXPECT_TRUE(waitFor([this] { return page_.proposer()->knows(state_.picture()); }));
      if (i == 0) {
        for (int step = 0; step < raised; ++step)
          key(Qt::Key_Period, Qt::ControlModifier);
      }
      if (!page_.predictions()->shown().empty()) key(Qt::Key_Return, Qt::ControlModifier);
      putRight(i);
    }
    return effort_;
  }

  ModelPicker& model() { return *page_.inspector()->proposals()->model(); }
  StudioState& state() { return state_; }
  bool hasModel() {
    return waitFor([this] { return page_.proposer()->hasModel(); });
  }

 private:
  DatasetDocument& document() { return state_.document(); }
  AnnotateCanvas& canvas() { return *page_.canvas(); }
  LabelEditor& editor() { return page_.editor(); }

  /// The first picture is there, the others come with D: the list has those without labels.
  bool goTo(std::size_t i) {
    const int picture = document().indexOf(pictures_[i]);
    if (i > 0) key(Qt::Key_D);
    const bool there = waitFor([&] { return editor().picture() == picture; });
    EXPECT_TRUE(there) << pictures_[i];
    return there;
  }
  void key(int which, Qt::KeyboardModifiers keys = {}) {
    QTest::keyClick(&canvas(), static_cast<Qt::Key>(which), keys);
    ++effort_.keys;
  }
  QPoint at(double x, double y) { return canvas().toWidget({x, y}).toPoint(); }
  void drag(QPoint from, QPoint to) {
    QTest::mousePress(&canvas(), Qt::LeftButton, {}, from);
    QTest::mouseMove(&canvas(), (from + to) / 2);
    QTest::mouseMove(&canvas(), to);
    QTest::mouseRelease(&canvas(), Qt::LeftButton, {}, to);
    ++effort_.drags;
  }
  void tool(ToolKind kind) {
    if (canvas().tool() == kind) return;
    key(kind == ToolKind::Draw ? Qt::Key_W : Qt::Key_V);
  }
  /// A click in it, or in the list of boxes.
  bool select(std::uint32_t id) {
    tool(ToolKind::Select);
    const Rect rect = editor().box(id)->rect;
    // Where the fewest other boxes lie.
    Rect best{rect.centreX(), rect.centreY(), 0, 0};
    std::size_t fewest = editor().boxes().size() + 1;
    for (int i = 1; i < 10; ++i) {
      for (int k = 1; k < 10; ++k) {
        const double x = rect.left + rect.width() * i / 10, y = rect.top + rect.height() * k / 10;
        std::size_t others = 0;
        for (const Box& box : editor().boxes()) {
          if (x > box.rect.left && x < box.rect.right && y > box.rect.top && y < box.rect.bottom)
            ++others;
        }
        if (others < fewest) {
          fewest = others;
          best = {x, y, 0, 0};
        }
      }
    }
    QTest::mouseClick(&canvas(), Qt::LeftButton, {}, at(best.left, best.top));
    ++effort_.clicks;
    const auto isIt = [&] { return editor().isSelected(id) && editor().selected().size() == 1; };
    if (isIt()) return true;
    // Under others: its row in the list of boxes.
    ObjectList* list = page_.inspector()->objects();
    for (int row = 0; row < list->model()->rowCount() && !isIt(); ++row) {
      if (editor().boxes()[static_cast<std::size_t>(row)].id != id) continue;
      const QModelIndex index = list->model()->index(row, 0);
      list->scrollTo(index);
      QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualRect(index).center());
      ++effort_.clicks;
    }
    QTest::qWait(QApplication::doubleClickInterval() + 20);
    return isIt();
  }
  void draw(const Box& truth) {
    tool(ToolKind::Draw);
    if (editor().currentClass() != truth.classId) key(Qt::Key_1 + truth.classId);
    drag(at(truth.rect.left, truth.rect.top), at(truth.rect.right, truth.rect.bottom));
  }

  /// The labels of the picture, by what is wrong with them, until nothing is.
  void putRight(std::size_t i) {
    const std::vector<Box>& truths = truths_[i];
    // The label of each truth: of its class before all others, then what overlaps it best.
    std::vector<std::optional<std::uint32_t>> labelOf(truths.size());
    std::vector<std::uint32_t> superfluous;
    for (const Box& box : editor().boxes())
      superfluous.push_back(box.id);
    for (const bool sameClass : {true, false}) {
      for (std::size_t t = 0; t < truths.size(); ++t) {
        if (labelOf[t]) continue;
        double best = 0.5;
        for (const std::uint32_t id : superfluous) {
          const Box& box = *editor().box(id);
          if (sameClass && box.classId != truths[t].classId) continue;
          if (iou(box.rect, truths[t].rect) < best) continue;
          best = iou(box.rect, truths[t].rect);
          labelOf[t] = id;
        }
        if (labelOf[t]) std::erase(superfluous, *labelOf[t]);
      }
    }
    // First, while nothing is selected; by class, so that few digits are pressed.
    for (int classId = 0; classId < 10; ++classId) {
      for (std::size_t t = 0; t < truths.size(); ++t) {
        if (!labelOf[t] && truths[t].classId == classId) draw(truths[t]);
      }
    }
    for (const std::uint32_t id : superfluous) {
      EXPECT_TRUE(select(id));
      key(Qt::Key_Delete);
    }
    for (std::size_t t = 0; t < truths.size(); ++t) {
      if (!labelOf[t]) continue;
      const Box label = *editor().box(*labelOf[t]);
      if (label.classId == truths[t].classId && iou(label.rect, truths[t].rect) >= wanted_)
        continue;
      EXPECT_TRUE(select(label.id));
      if (label.classId != truths[t].classId) key(Qt::Key_1 + truths[t].classId);
      if (iou(label.rect, truths[t].rect) >= wanted_) continue;
      const Rect& right = truths[t].rect;
      drag(at(label.rect.left, label.rect.top), at(right.left, right.top));
      drag(at(label.rect.right, label.rect.bottom), at(right.right, right.bottom));
    }
    ASSERT_EQ(editor().boxes().size(), truths.size()) << pictures_[i];
    for (const Box& truth : truths) {
      double best = 0;
      for (const Box& box : editor().boxes()) {
        if (box.classId == truth.classId) best = std::max(best, iou(box.rect, truth.rect));
      }
      EXPECT_GE(best, wanted_) << pictures_[i];
    }
  }

  StudioState state_;
  AnnotatePage page_{state_};
  std::vector<std::string> pictures_;
  std::vector<std::vector<Box>> truths_;
  double wanted_;
  Effort effort_;
};

/// A copy of the dataset in which nobody has labelled those pictures, and what they should get.
struct Task {
  QTemporaryDir folder;
  fs::path dataset;
  std::vector<std::string> pictures;
  std::vector<std::vector<Box>> truths;
  std::size_t boxes = 0;

  Task(const fs::path& original, std::size_t count) {
    dataset = fs::path(folder.path().toStdString()) / "dataset";
    fs::copy(original, dataset, fs::copy_options::recursive);
    fs::remove_all(dataset / ".boxwright");
    const Dataset all = openDataset(dataset);
    const Splits splits = splitsFor(all, 1);
    std::vector<std::size_t> indices = splits.at("test");
    std::sort(indices.begin(), indices.end());
    for (const std::size_t index : indices) {
      if (pictures.size() == count) break;
      const Picture& picture = all.pictures[index];
      pictures.push_back(picture.path);
      truths.push_back(picture.annotation->boxes);
      boxes += truths.back().size();
      const fs::path label =
          dataset / "Annotations" / (fs::path(picture.path).stem().string() + ".xml");
      fs::permissions(label.parent_path(), fs::perms::owner_all, fs::perm_options::add);
      fs::remove(label);
    }
  }
};

TEST(LabellingEffort, AModelSavesMostOfIt) {
  ColourWorld world;
  std::vector<std::vector<ColourWorld::Object>> pictures(
      12, {{0, "red", "red"}, {1, "green", "green"}, {3, "red", "red"}});
  pictures[2] = {{0, "red", "green"}, {1, "green", "green"}};  // the model is wrong once
  pictures[5] = {{2, "", "red"}};                              // and blind once
  world.makeDataset(pictures);
  world.makeModel();
  Effort nothing, proposed;
  {
    const Task task(world.dataset(), 10);
    Labeller labeller(task.dataset, task.pictures, task.truths, 0.7);
    nothing = labeller.fromNothing();
  }
  endJobs();
  {
    const Task task(world.dataset(), 10);
    Labeller labeller(task.dataset, task.pictures, task.truths, 0.7);
    labeller.model().setFiles(world.file("colours.cfg"), world.file("colours.weights"),
                              world.file("colours.names"));
    proposed = labeller.withProposals(0);
  }
  endJobs();
  // 27 boxes and the keys for their classes, nine steps.
  EXPECT_EQ(nothing.drags, 27);
  EXPECT_EQ(nothing.clicks, 0);
  EXPECT_LE(proposed.all(), nothing.all() / 2);
  EXPECT_EQ(proposed.drags, 1) << "what the model did not see";
  EXPECT_EQ(proposed.clicks, 1) << "what it took for another";
}

TEST(LabellingEffort, OfADatasetAndARun) {
  const QString dataset = qEnvironmentVariable("BOXWRIGHT_EFFORT_DATASET");
  const QString run = qEnvironmentVariable("BOXWRIGHT_EFFORT_RUN");
  if (dataset.isEmpty() || run.isEmpty()) GTEST_SKIP() << "no dataset and run are named";
  std::printf("| way | IOU wanted | keys | clicks | drags | all |\n|---|---|---|---|---|---|\n");
  const auto print = [](const std::string& way, double wanted, const Effort& effort) {
    std::printf("| %s | %.1f | %d | %d | %d | %d |\n", way.c_str(), wanted, effort.keys,
                effort.clicks, effort.drags, effort.all());
  };
  for (const double wanted : {0.5, 0.7}) {
    for (const int raised : {-1, 0, 2, 4, 6}) {
      const Task task(dataset.toStdString(), 10);
      Labeller labeller(task.dataset, task.pictures, task.truths, wanted);
      if (raised < 0) {
        print("from nothing, " + std::to_string(task.boxes) + " boxes", wanted,
              labeller.fromNothing());
      } else {
        labeller.model().choose(fs::path(run.toStdString()));
        labeller.model().lookForRuns({}, fs::path(run.toStdString()));
        ASSERT_TRUE(labeller.hasModel());
        print("proposals over " + std::to_string(0.25 + 0.05 * raised).substr(0, 4), wanted,
              labeller.withProposals(raised));
      }
      ASSERT_FALSE(HasFailure());
      labeller.state().document().close();
      endJobs();
    }
  }
}

}  // namespace
}  // namespace boxwright::ui
