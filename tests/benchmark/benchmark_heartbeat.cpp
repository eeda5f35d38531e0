// SPDX-License-Identifier: GPL-3.0-or-later
// The heartbeat of the GUI's thread: how late a timer of 5 ms comes by the clock on the wall, while
// the studio opens a dataset, clusters anchors, starts, runs and stops training and detects. Prints
// median, 99th percentile and worst of each phase. usage: benchmark_heartbeat [DATASET] [SECONDS OF
// TRAINING]
#include <fmt/format.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QPushButton>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QThread>
#include <QTimer>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/compute/wait_policy.h"
#include "core/data/sample_maker.h"
#include "ui/anchors/anchors_page.h"
#include "ui/detect/detect_page.h"
#include "ui/detect/live_view.h"
#include "ui/detect/source_picker.h"
#include "ui/job.h"
#include "ui/theme.h"
#include "ui/train/train_form.h"
#include "ui/train/train_page.h"
#include "ui/train/training.h"
#include "ui/window/main_window.h"

using namespace boxwright;
using namespace boxwright::ui;

namespace {

constexpr int kBeat = 5;  ///< ms

/// Gathers the gaps between ticks of a timer on the GUI's thread.
class Heartbeat {
 public:
  Heartbeat() {
    timer_.setTimerType(Qt::PreciseTimer);
    timer_.setInterval(kBeat);
    QObject::connect(&timer_, &QTimer::timeout, [this] {
      const double now = static_cast<double>(clock_.nsecsElapsed()) * 1e-6;
      late_.push_back(std::max(0.0, now - last_ - kBeat));
      last_ = now;
    });
  }

  void begin() {
    late_.clear();
    clock_.start();
    last_ = 0;
    timer_.start();
  }

  void end(const char* phase) {
    timer_.stop();
    if (late_.empty()) return;
    std::sort(late_.begin(), late_.end());
    const auto at = [&](double share) {
      return late_[std::min(late_.size() - 1,
                            static_cast<std::size_t>(share * static_cast<double>(late_.size())))];
    };
    fmt::print("{:<24} {:>8} {:>10.2f} {:>10.2f} {:>10.2f}\n", phase, late_.size(), at(0.5),
               at(0.99), late_.back());
    std::fflush(stdout);
  }

 private:
  QTimer timer_;
  QElapsedTimer clock_;
  double last_ = 0;
  std::vector<double> late_;
};

template <typename Condition>
bool waitFor(Condition done, double seconds) {
  QElapsedTimer clock;
  clock.start();
  while (!done() && static_cast<double>(clock.elapsed()) < 1000 * seconds)
    QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 50);
  return done();
}

}  // namespace

int main(int argc, char** argv) {
  letIdleThreadsSleep(argv);
  if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM") && !qEnvironmentVariableIsSet("DISPLAY")) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
  }
  const QTemporaryDir folder;
  qputenv("XDG_CONFIG_HOME", folder.path().toLocal8Bit());
  QApplication application(argc, argv);
  Theme::instance().install(application);
  const std::filesystem::path root(folder.path().toStdString());
  std::filesystem::path dataset = argc > 1 ? argv[1] : "";
  const double seconds = argc > 2 ? std::atof(argv[2]) : 20;
  if (dataset.empty()) {
    dataset = root / "sample";
    makeSampleDataset(dataset, {.images = 200, .seed = 1});
  }

  MainWindow window;
  window.resize(1440, 900);
  window.show();
  waitFor([] { return false; }, 0.5);
  fmt::print("late by (ms)                beats     median       99 %      worst\n");
  Heartbeat heart;
  heart.begin();
  waitFor([] { return false; }, 2);
  heart.end("idle");

  heart.begin();
  window.openPath(QString::fromStdString(utf8(dataset)));
  DatasetDocument& document = window.state().document();
  waitFor([&] { return document.isOpen() && !document.isOpening(); }, 120);
  waitFor([] { return false; }, 1);
  heart.end("opening");

  heart.begin();
  window.showPage(QStringLiteral("anchors"));
  auto* anchors = qobject_cast<AnchorsPage*>(window.page(QStringLiteral("anchors")));
  waitFor([&] { return anchors->clusterButton()->isEnabled(); }, 30);
  anchors->clusterButton()->click();
  waitFor([&] { return anchors->useButton()->isEnabled(); }, 120);
  anchors->useButton()->click();
  heart.end("clustering");

  auto* train = qobject_cast<TrainPage*>(window.page(QStringLiteral("train")));
  auto* start = train->findChild<QPushButton*>(QStringLiteral("start"));
  train->form()->setRunsFolder(root / "runs");
  waitFor([&] { return start->isEnabled(); }, 30);
  heart.begin();
  start->click();
  waitFor([&] { return train->training()->curves()->lastBatch().has_value(); }, 120);
  heart.end("training starts");
  heart.begin();
  waitFor([] { return false; }, seconds);
  heart.end("training runs");
  heart.begin();
  train->stopTraining();
  waitFor([&] { return !train->training()->isRunning(); }, 120);
  heart.end("training stops");

  heart.begin();
  train->openInDetect();
  auto* detect = qobject_cast<DetectPage*>(window.page(QStringLiteral("detect")));
  waitFor([] { return false; }, 1);
  detect->setSource(QStringLiteral("test-pattern:"));
  waitFor([] { return false; }, 6);
  detect->stopDetecting();
  waitFor([&] { return !detect->view()->isActive(); }, 5);
  heart.end("detecting, test pattern");

  window.close();
  Jobs::instance().cancelAll();
  Jobs::instance().waitForAll();
  return 0;
}
