// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <QAction>
#include <QComboBox>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSlider>
#include <QSpinBox>
#include <QTimer>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/data/sample_maker.h"
#include "core/detect/recorder.h"
#include "core/image/codec.h"
#include "core/train/train_event.h"
#include "tests/ui/gui_application.h"
#include "ui/anchors/anchors_page.h"
#include "ui/charts/chart.h"
#include "ui/detect/detect_page.h"
#include "ui/detect/live_view.h"
#include "ui/detect/model_picker.h"
#include "ui/detect/source_picker.h"
#include "ui/error_bar.h"
#include "ui/train/past_runs.h"
#include "ui/train/run_charts.h"
#include "ui/train/train_form.h"
#include "ui/train/train_page.h"
#include "ui/train/training.h"
#include "ui/window/main_window.h"

namespace boxwright::ui {
namespace {

namespace fs = std::filesystem;

constexpr double kBudget = 50;  ///< CPU milliseconds of any one event handler

/// Every handler between two of these stays within the budget.
class Watch {
 public:
  void next(const char* what) {
    finish();
    what_ = what;
    guiApplication().resetClock();
  }
  void finish() {
    if (what_.empty()) return;
    const GuiApplication& application = guiApplication();
    std::cout << "  " << what_ << ": longest of " << application.events() << " handlers "
              << application.worstMilliseconds() << " ms (" << application.worstName() << ")\n";
    EXPECT_LT(application.worstMilliseconds(), kBudget) << what_ << ": " << application.worstName();
    what_.clear();
  }

 private:
  std::string what_;
};

/// A number behind `"key":` in a line of JSON, as the log writes it.
double numberIn(const std::string& line, const std::string& key) {
  const std::size_t at = line.find("\"" + key + "\":");
  EXPECT_NE(at, std::string::npos) << key << " in " << line;
  return at == std::string::npos ? 0 : std::stod(line.substr(at + key.size() + 3));
}

/// What metrics.jsonl says, read without the program's own reader.
struct Logged {
  std::vector<double> iteration, loss, box, rate, speed;
  std::vector<double> validated, map50, precision, recall;
};

Logged readLog(const fs::path& run) {
  Logged out;
  std::ifstream in(run / "metrics.jsonl");
  for (std::string line; std::getline(in, line);) {
    if (line.find("\"event\":\"batch\"") != std::string::npos) {
      out.iteration.push_back(numberIn(line, "iteration"));
      out.loss.push_back(numberIn(line, "loss"));
      out.box.push_back(numberIn(line, "box"));
      out.rate.push_back(numberIn(line, "learningRate"));
      out.speed.push_back(numberIn(line, "imagesPerSecond"));
    } else if (line.find("\"event\":\"validation\"") != std::string::npos) {
      out.validated.push_back(numberIn(line, "iteration"));
      out.map50.push_back(numberIn(line, "map50"));
      out.precision.push_back(numberIn(line, "precision"));
      out.recall.push_back(numberIn(line, "recall"));
    }
  }
  return out;
}

void expectChartsEqualLog(const TrainPage& page, const fs::path& run) {
  const Logged log = readLog(run);
  const RunCharts* charts = page.charts();
  EXPECT_FALSE(log.iteration.empty());
  EXPECT_EQ(charts->loss()->points(0).x(), log.iteration);
  EXPECT_EQ(charts->loss()->points(0).y(), log.loss);
  EXPECT_EQ(charts->loss()->points(1).y(), log.box);
  EXPECT_EQ(charts->rate()->points(0).y(), log.rate);
  EXPECT_EQ(charts->speed()->points(0).y(), log.speed);
  EXPECT_EQ(charts->map()->points(0).x(), log.validated);
  EXPECT_EQ(charts->map()->points(0).y(), log.map50);
  EXPECT_EQ(charts->map()->points(1).y(), log.precision);
  EXPECT_EQ(charts->map()->points(2).y(), log.recall);
}

/// Types into a number field as a person does.
void type(QAbstractSpinBox* box, const char* text) {
  box->setFocus();
  box->selectAll();
  QTest::keyClicks(box, QString::fromLatin1(text));
  QTest::keyClick(box, Qt::Key_Return);
}

template <typename T>
T* child(QWidget* parent, const char* name) {
  T* found = parent->findChild<T*>(QString::fromLatin1(name));
  EXPECT_TRUE(found) << name;
  return found;
}

void click(QWidget* widget) {
  ASSERT_TRUE(widget->isVisible() && widget->isEnabled()) << widget->objectName().toStdString();
  QTest::mouseClick(widget, Qt::LeftButton);
}

TEST(UiMainJob, OpenClusterTrainStopResumeDetect) {
  guiApplication();
  const QTemporaryDir folder;
  const fs::path root(folder.path().toStdString());
  const fs::path dataset = root / "shapes";
  makeSampleDataset(dataset, {.images = 40, .seed = 1});

  MainWindow window;
  window.resize(1440, 900);
  window.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&window));
  QTest::qWait(200);
  Watch watch;

  // Open: Ctrl+O, the path, Return. (The dialog is Qt's own; it is not held to the budget.)
  bool dialogSeen = false;
  QTimer poll;
  QObject::connect(&poll, &QTimer::timeout, &window, [&] {
    auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
    if (!dialog) return;
    auto* name = dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
    if (!name) return;
    poll.stop();
    dialogSeen = true;
    name->setText(QString::fromStdString(utf8(dataset)));
    QTest::keyClick(name, Qt::Key_Return);
    // Should it still be there, the test must not hang in it.
    QTimer::singleShot(2000, dialog, [dialog] { dialog->reject(); });
  });
  poll.start(50);
  QTest::keyClick(&window, Qt::Key_O, Qt::ControlModifier);
  ASSERT_TRUE(dialogSeen);
  window.activateWindow();  // shortcuts are the active window's
  ASSERT_TRUE(QTest::qWaitForWindowActive(&window));
  watch.next("opening");
  DatasetDocument& document = window.state().document();
  ASSERT_TRUE(waitFor([&] { return document.isOpen() && !document.isOpening(); }, 60));
  ASSERT_EQ(document.pictureCount(), 40);

  // Cluster.
  QTest::keyClick(&window, Qt::Key_4, Qt::ControlModifier);
  auto* anchors = qobject_cast<AnchorsPage*>(window.currentPage());
  ASSERT_TRUE(anchors);
  watch.next("clustering");
  ASSERT_TRUE(waitFor([&] { return anchors->clusterButton()->isEnabled(); }));
  click(anchors->clusterButton());
  ASSERT_TRUE(waitFor([&] { return anchors->result() && anchors->useButton()->isEnabled(); }, 60));
  click(anchors->useButton());
  ASSERT_TRUE(waitFor([&] { return window.currentPage()->id() == QStringLiteral("train"); }, 5));
  auto* train = qobject_cast<TrainPage*>(window.currentPage());
  ASSERT_TRUE(train);
  QTest::qWait(100);

  // Train: a small input, so that two epochs take seconds.
  ASSERT_TRUE(waitFor([&] { return child<QPushButton>(train, "start")->isEnabled(); }));
  type(child<QSpinBox>(train, "size"), "64");
  type(child<QSpinBox>(train, "batch"), "8");
  type(child<QSpinBox>(train, "epochs"), "40");
  const RunSettings settings = train->form()->settings();
  EXPECT_EQ(settings.anchorSet.size(), anchors->result()->anchors.size());
  EXPECT_EQ(settings.size, 64);
  watch.next("training starts");
  click(child<QPushButton>(train, "start"));
  ASSERT_TRUE(waitFor([&] { return train->training()->curves()->lastBatch().has_value(); }, 60))
      << train->errorBar()->current().problem.toStdString();
  watch.next("training runs");
  const auto validations = [&] { return train->training()->curves()->validations().size(); };
  ASSERT_TRUE(waitFor([&] { return validations() >= 2; }, 200));
  EXPECT_NE(child<QLabel>(train, "epochValue")->text().toStdString(), "–");
  // Other pages work meanwhile.
  QTest::keyClick(&window, Qt::Key_1, Qt::ControlModifier);
  QTest::qWait(300);
  QTest::keyClick(&window, Qt::Key_5, Qt::ControlModifier);
  QTest::qWait(300);

  // Stop.
  watch.next("training stops");
  auto* stop = child<QPushButton>(train, "stop");
  click(stop);
  EXPECT_EQ(stop->text().toStdString(), "Stopping…");
  ASSERT_TRUE(waitFor([&] { return !train->training()->isRunning(); }, 60));
  const fs::path run = train->training()->folder();
  QTest::qWait(300);
  EXPECT_FALSE(train->errorBar()->isShowing());
  expectChartsEqualLog(*train, run);
  const std::size_t before = readLog(run).iteration.size();

  // Resume.
  watch.next("resuming");
  auto* resume = child<QPushButton>(train, "resume");
  ASSERT_TRUE(waitFor([&] { return resume->isVisible() && resume->isEnabled(); }));
  click(resume);
  const std::size_t had = readLog(run).validated.size();
  ASSERT_TRUE(waitFor([&] { return validations() >= had + 1; }, 200))
      << train->errorBar()->current().problem.toStdString();
  click(stop);
  ASSERT_TRUE(waitFor([&] { return !train->training()->isRunning(); }, 60));
  QTest::qWait(300);
  expectChartsEqualLog(*train, run);
  const Logged log = readLog(run);
  EXPECT_GT(log.iteration.size(), before);
  for (std::size_t i = 0; i < log.iteration.size(); ++i)
    ASSERT_EQ(log.iteration[i], static_cast<double>(i + 1));  // no step twice, none left out

  // Detect on the picture in view, with the threshold acting at once.
  watch.next("detecting in a picture");
  window.state().select(0);
  ASSERT_TRUE(waitFor([&] { return train->menuActions()[4]->isEnabled(); }));  // weights are there
  QTest::keyClick(&window, Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
  ASSERT_TRUE(waitFor([&] { return window.currentPage()->id() == QStringLiteral("detect"); }, 5));
  auto* detect = qobject_cast<DetectPage*>(window.currentPage());
  auto* begin = child<QPushButton>(detect, "detectStart");
  ASSERT_TRUE(waitFor([&] { return detect->model()->hasModel() && begin->isEnabled(); }));
  EXPECT_EQ(detect->model()->title().toStdString(), utf8(run.filename()));
  click(begin);
  ASSERT_TRUE(waitFor([&] { return detect->shownFrame().has_value(); }, 60))
      << detect->errorBar()->current().problem.toStdString();
  EXPECT_TRUE(detect->canvas()->hasPicture());
  ASSERT_TRUE(waitFor([&] { return detect->view()->status().state == LiveState::Ended; }));
  const std::size_t few = detect->shownFrame()->detections.size();
  auto* threshold = child<QSlider>(detect, "threshold");
  threshold->setFocus();
  QTest::keyClick(threshold, Qt::Key_Home);
  ASSERT_TRUE(waitFor([&] { return detect->shownFrame()->settings.threshold < 0.02; }, 3));
  EXPECT_TRUE(detect->shownFrame()->redecoded);
  EXPECT_GT(detect->shownFrame()->detections.size(), few);

  // A video.
  watch.next("detecting in a video");
  const fs::path video = root / "shapes.avi";
  {
    // All frames have one size: that of the first picture.
    const Image first = decodeImage(document.dataset().absolutePath(0)).image;
    Recorder recorder(video, 15);
    for (int i = 0; i < 20; ++i) {
      Image frame = first;
      for (int y = 0; y < 8; ++y)
        frame.at(i * 4, y)[0] = 255;
      recorder.write(frame);
    }
    recorder.close();
  }
  auto* source = child<QComboBox>(detect, "source");
  source->setFocus();
  QTest::keyClick(source, Qt::Key_Down);
  EXPECT_EQ(detect->source()->kind(), SourcePicker::File);
  auto* file = child<QLineEdit>(detect, "sourceFile");
  file->setFocus();
  QTest::keyClicks(file, QString::fromStdString(utf8(video)));
  QTest::keyClick(file, Qt::Key_Return);
  ASSERT_TRUE(waitFor(
      [&] {
        const LiveStatus& now = detect->view()->status();
        return now.state == LiveState::Ended && now.number == 19;
      },
      60))
      << detect->errorBar()->current().problem.toStdString();

  // The test pattern.
  watch.next("detecting in the test pattern");
  source->setFocus();
  QTest::keyClick(source, Qt::Key_End);
  EXPECT_EQ(detect->source()->kind(), SourcePicker::TestPattern);
  ASSERT_TRUE(waitFor(
      [&] {
        const LiveStatus& now = detect->view()->status();
        return now.live && now.detected > 10;
      },
      60));
  click(begin);
  ASSERT_TRUE(waitFor([&] { return detect->view()->status().state == LiveState::Stopped; }, 5));
  watch.finish();

  window.close();
  ASSERT_TRUE(waitFor([] { return Jobs::instance().threads() == 0; }, 30));
}

}  // namespace
}  // namespace boxwright::ui
