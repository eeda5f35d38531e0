// SPDX-License-Identifier: GPL-3.0-or-later
//
// The pictures of the README and the manual: opens the studio on DATASET, does the main job's steps
// and saves one picture of each page. packaging/screenshots.sh runs it.
//   boxwright-screenshots DATASET RUN WORLD JOINT FOLDER [WIDTHxHEIGHT] [dark|light]
// WORLD is a combined dataset, JOINT a run of joint training on it.
#include <QAction>
#include <QApplication>
#include <QElapsedTimer>
#include <QPushButton>
#include <QTest>
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "core/base/atomic_file.h"
#include "ui/anchors/anchors_page.h"
#include "ui/annotate/annotate_page.h"
#include "ui/charts/chart.h"
#include "ui/data/data_page.h"
#include "ui/detect/detect_page.h"
#include "ui/detect/source_picker.h"
#include "ui/evaluate/evaluate_page.h"
#include "ui/job.h"
#include "ui/picture_canvas.h"
#include "ui/theme.h"
#include "ui/train/train_page.h"
#include "ui/tree/tree_page.h"
#include "ui/tree/tree_view.h"
#include "ui/window/main_window.h"

namespace {

using namespace boxwright::ui;

template <typename Condition>
bool waitFor(const char* what, Condition condition, double seconds = 120) {
  QElapsedTimer clock;
  clock.start();
  while (!condition()) {
    if (static_cast<double>(clock.elapsed()) > seconds * 1000) {
      std::fprintf(stderr, "boxwright-screenshots: %s did not come about\n", what);
      return false;
    }
    QTest::qWait(20);
  }
  QTest::qWait(400);
  return true;
}

bool save(MainWindow& window, const QString& folder, const char* name) {
  const QString file = QStringLiteral("%1/%2.png").arg(folder, QLatin1String(name));
  if (!window.grab().toImage().convertToFormat(QImage::Format_RGB32).save(file)) {
    std::fprintf(stderr, "boxwright-screenshots: cannot write %s\n", qPrintable(file));
    return false;
  }
  std::printf("%s\n", qPrintable(file));
  return true;
}

bool openDataset(MainWindow& window, const QString& dataset) {
  window.openPath(dataset);
  const DatasetDocument& document = window.state().document();
  return waitFor("the dataset", [&] { return document.isOpen() && !document.isOpening(); });
}

/// Families over the sample's classes, taken back afterwards.
bool takeTree(MainWindow& window, const QString& folder) {
  auto& page = *window.findChild<TreePage*>();
  window.showPage(QStringLiteral("tree"));
  if (!waitFor("the tree", [&] { return page.tree().isOpen(); })) return false;
  TreeDocument& tree = page.tree();
  const auto settled = [&] { return page.keeper().isIdle() && Jobs::instance().threads() == 0; };
  const auto classes = static_cast<boxwright::NodeId>(tree.project().nodeCount());
  for (const char* const family : {"round", "angular"})
    tree.edit(boxwright::addNode(tree.project(), -1, -1, family));
  for (boxwright::NodeId node = 0; node < classes; ++node) {
    const std::string& name = tree.project().nameOf(node);
    const bool round = name == "crescent" || name == "ring";
    tree.edit(boxwright::moveNodes(tree.project(), {node}, round ? classes : classes + 1, -1));
  }
  page.view()->expandAll();
  page.view()->choose(classes);
  const bool done = waitFor("the counts", settled) && save(window, folder, "tree");
  while (!tree.undoTitle().isEmpty())
    tree.undo();
  return waitFor("nothing unsaved", settled) && done;
}

/// The Train page with the run, then its scores.
bool takeRun(MainWindow& window, const QString& run, const QString& folder, const char* trained,
             const char* evaluated) {
  auto& train = *window.findChild<TrainPage*>();
  window.state().openRun(std::filesystem::canonical(boxwright::pathFromUtf8(run.toStdString())));
  window.showPage(QStringLiteral("train"));
  if (!waitFor("the run's curves", [&] { return !train.shownRun().empty(); })) return false;
  QTest::qWait(1500);
  if (!save(window, folder, trained)) return false;

  auto& evaluate = *window.findChild<EvaluatePage*>();
  window.showPage(QStringLiteral("evaluate"));
  QTest::qWait(500);
  evaluate.evaluateOrStop();
  const auto done = [&] { return Jobs::instance().threads() == 0 && !evaluate.models().empty(); };
  if (!waitFor("the evaluation", done)) return false;
  QTest::qWait(1500);  // crops
  return save(window, folder, evaluated);
}

bool takeDetections(MainWindow& window, const QString& folder, const char* name) {
  auto& detect = *window.findChild<DetectPage*>();
  window.showPage(QStringLiteral("detect"));
  QTest::qWait(500);
  detect.startDetecting();
  if (!waitFor("detections", [&] { return detect.shownFrame().has_value(); })) return false;
  QTest::qWait(800);
  return save(window, folder, name);
}

bool takeAll(MainWindow& window, const QString& dataset, const QString& run,
             const QString& folder) {
  StudioState& state = window.state();
  auto& data = *window.findChild<DataPage*>();
  auto& annotate = *window.findChild<AnnotatePage*>();
  auto& anchors = *window.findChild<AnchorsPage*>();
  const auto pick = [&](int picture) {
    state.select(picture);
    return waitFor("the picture", [&] { return data.canvas()->hasPicture(); });
  };

  if (!openDataset(window, dataset) || !pick(3)) return false;
  QTest::qWait(1500);  // thumbnails
  if (!save(window, folder, "data")) return false;

  window.showPage(QStringLiteral("annotate"));
  if (!waitFor("the picture to label", [&] {
        return state.document().isEditable() && annotate.editor().picture() == state.picture();
      })) {
    return false;
  }
  annotate.editor().select({annotate.editor().annotation().boxes.front().id});
  QTest::qWait(1500);  // thumbnails
  if (!save(window, folder, "annotate")) return false;
  annotate.editor().markUnlabelled();
  annotate.setFocus();
  QTest::qWait(300);
  if (!save(window, folder, "annotate-empty")) return false;
  state.document().undo();

  if (!takeTree(window, folder)) return false;

  window.showPage(QStringLiteral("anchors"));
  QTest::qWait(300);
  anchors.clusterButton()->click();
  if (!waitFor("the anchors", [&] { return anchors.result().has_value(); }) ||
      !waitFor("the curve", [&] { return anchors.curve()->points(0).size() >= 12; }) ||
      !save(window, folder, "anchors")) {
    return false;
  }

  return takeRun(window, run, folder, "train", "evaluate") &&
         takeDetections(window, folder, "detect");
}

/// A joint run: its charts over the tree, its scores, and what it finds in a picture of three.
bool takeJoint(MainWindow& window, const QString& world, const QString& run,
               const QString& folder) {
  StudioState& state = window.state();
  if (!openDataset(window, world) || !takeRun(window, run, folder, "train-tree", "evaluate-tree")) {
    return false;
  }
  const auto& test = state.document().splits().at("test");
  const auto three = std::find_if(test.begin(), test.end(), [&](std::size_t picture) {
    return state.document().dataset().pictures[picture].annotation->boxes.size() == 3;
  });
  if (three == test.end()) return false;
  state.select(static_cast<int>(*three));
  return takeDetections(window, folder, "detect-tree");
}

}  // namespace

int main(int argc, char** argv) {
  QApplication application(argc, argv);
  QApplication::setOrganizationName(QStringLiteral("Boxwright"));
  QApplication::setApplicationName(QStringLiteral("boxwright-screenshots"));
  const QStringList arguments = QApplication::arguments();
  if (arguments.size() < 6) {
    std::fprintf(stderr,
                 "usage: boxwright-screenshots DATASET RUN WORLD JOINT FOLDER [WIDTHxHEIGHT] "
                 "[dark|light]\n");
    return 2;
  }
  const QStringList size = arguments.value(6, QStringLiteral("1440x900")).split(QLatin1Char('x'));
  Theme::instance().install(application);
  Theme::instance().setChoice(arguments.value(7) == QStringLiteral("light") ? ThemeChoice::Light
                                                                            : ThemeChoice::Dark);
  bool done = false;
  {
    MainWindow window;
    window.resize(size.value(0).toInt(), size.value(1).toInt());
    window.show();
    QTest::qWait(300);
    done = takeAll(window, arguments[1], arguments[2], arguments[5]) &&
           takeJoint(window, arguments[3], arguments[4], arguments[5]);
    window.state().labels().end();
    Jobs::instance().cancelAll();
  }
  Jobs::instance().waitForAll();
  return done ? 0 : 1;
}
