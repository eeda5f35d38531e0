// SPDX-License-Identifier: GPL-3.0-or-later
// The studio on 100,000 pictures with 1,000,000 boxes: makes such a dataset (small JPEGs, linked
// many times; text labels) unless it is there, opens it twice and prints when the first picture
// shows, when all is read, how long filters take, how long the handlers of scrolling, and the peak
// of memory. usage: benchmark_scale FOLDER [PICTURES [again]]
#include <fmt/format.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QScrollBar>
#include <QTemporaryDir>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/image/codec.h"
#include "ui/data/data_page.h"
#include "ui/data/picture_grid.h"
#include "ui/job.h"
#include "ui/picture_canvas.h"
#include "ui/theme.h"
#include "ui/window/main_window.h"

using namespace boxwright;
using namespace boxwright::ui;

namespace {

constexpr int kBoxes = 10;   ///< a picture
constexpr int kDrawn = 200;  ///< different pictures
constexpr int kFolderSize = 5000;

double threadMilliseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

/// Processor time that the GUI's thread spends in each handler.
class Application : public QApplication {
 public:
  using QApplication::QApplication;
  bool notify(QObject* receiver, QEvent* event) override {
    if (depth_ > 0) return QApplication::notify(receiver, event);
    ++depth_;
    const double before = threadMilliseconds();
    const bool done = QApplication::notify(receiver, event);
    times_.push_back(threadMilliseconds() - before);
    --depth_;
    return done;
  }
  void resetTimes() { times_.clear(); }
  double longest() const { return *std::max_element(times_.begin(), times_.end()); }

 private:
  int depth_ = 0;
  std::vector<double> times_;
};

void makeDataset(const std::filesystem::path& root, int pictures) {
  namespace fs = std::filesystem;
  fs::create_directories(root / "drawn");
  for (int i = 0; i < kDrawn; ++i) {
    Image image(96, 72);
    for (std::size_t p = 0; p < image.pixels.size(); ++p)
      image.pixels[p] = static_cast<std::uint8_t>((p * 3 + static_cast<std::size_t>(i) * 11) % 256);
    writeImage(root / "drawn" / (std::to_string(i) + ".jpg"), image);
  }
  for (int i = 0; i < pictures; ++i) {
    const std::string folder = fmt::format("part_{:03}", i / kFolderSize);
    if (i % kFolderSize == 0) {
      fs::create_directories(root / "images" / folder);
      fs::create_directories(root / "labels" / folder);
    }
    const std::string name = fmt::format("{}/picture_{:06}", folder, i);
    fs::create_hard_link(root / "drawn" / (std::to_string(i % kDrawn) + ".jpg"),
                         root / "images" / (name + ".jpg"));
    std::ofstream label(root / "labels" / (name + ".txt"));
    for (int k = 0; k < kBoxes; ++k) {
      label << fmt::format("{} {:.6f} {:.6f} {:.6f} {:.6f}\n", (i + k) % 5,
                           0.2 + 0.006 * ((i * 7 + k * 31) % 100),
                           0.2 + 0.006 * ((i * 13 + k * 17) % 100), 0.05 + 0.003 * (i % 90),
                           0.05 + 0.003 * ((i + k * 9) % 90));
    }
  }
  std::ofstream(root / "data.yaml")
      << "path: .\ntrain: images\nval: images/part_000\nnames: [a, b, c, d, e]\n";
}

/// Megabytes of a line of /proc/self/status.
double megabytes(const std::string& key) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(key + ":")) return std::atof(line.c_str() + key.size() + 1) / 1024;
  }
  return 0;
}

template <typename Condition>
double waitFor(Condition done, double seconds = 600) {
  QElapsedTimer clock;
  clock.start();
  while (!done() && static_cast<double>(clock.elapsed()) < 1000 * seconds)
    QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 10);
  return static_cast<double>(clock.nsecsElapsed()) * 1e-6;
}

void tell(const std::string& what, double value, const char* unit, double wanted) {
  fmt::print("{:<58} {:>9.1f} {:<3} {}\n", what, value, unit,
             wanted > 0 ? fmt::format("wanted {:g}: {}", wanted, value <= wanted ? "met" : "MISSED")
                        : std::string());
  std::fflush(stdout);
}

void open(MainWindow& window, Application& application, const std::filesystem::path& dataset,
          const char* which, int pictures, double wanted) {
  auto& page = *window.findChild<DataPage*>();
  DatasetDocument& document = window.state().document();
  application.resetTimes();
  QElapsedTimer clock;
  clock.start();
  const std::clock_t used = std::clock();
  const auto processor = [&] {
    return 1000.0 * static_cast<double>(std::clock() - used) / CLOCKS_PER_SEC;
  };
  const auto passed = [&] { return static_cast<double>(clock.nsecsElapsed()) * 1e-6; };
  window.openPath(QString::fromStdString(utf8(dataset)));
  waitFor([&] { return page.canvas()->hasPicture() && document.isOpen(); });
  tell(fmt::format("{}: the first picture shows", which), passed(), "ms", 1000);
  tell("    processor, all threads", processor(), "ms", 0);
  waitFor([&] { return document.statistics().boxes > 0; });
  tell(fmt::format("{}: the first boxes are there", which), passed(), "ms", 0);
  waitFor([&] {
    return document.pictureCount() >= pictures &&
           document.statistics().labelled == document.statistics().images;
  });
  tell(fmt::format("{}: all boxes are there", which), passed(), "ms", wanted);
  tell("    processor, all threads", processor(), "ms", 0);
  if (wanted > 0)
    tell(fmt::format("{}: longest handler so far", which), application.longest(), "ms", 50);
  waitFor([&] { return !document.isOpening(); });
  tell(fmt::format("{}: all is read", which), passed(), "ms", 0);
  tell(fmt::format("{}: longest handler (processor)", which), application.longest(), "ms", 50);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print("usage: benchmark_scale FOLDER [PICTURES [again]]\n");
    return 1;
  }
  if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM") && !qEnvironmentVariableIsSet("DISPLAY"))
    qputenv("QT_QPA_PLATFORM", "offscreen");
  const QTemporaryDir folder;
  for (const char* variable : {"XDG_CONFIG_HOME", "XDG_DATA_HOME"})
    qputenv(variable, folder.path().toLocal8Bit());
  const std::filesystem::path root = argv[1];
  const int pictures = argc > 2 ? std::atoi(argv[2]) : 100000;
  // With the index of the last time where that is asked for.
  const bool again = argc > 3 && std::string(argv[3]) == "again";
  if (!again) std::filesystem::remove_all(root / "cache");
  qputenv("XDG_CACHE_HOME", QByteArray::fromStdString(utf8(root / "cache")));
  if (!std::filesystem::exists(root / "data.yaml")) makeDataset(root, pictures);

  Application application(argc, argv);
  Theme::instance().install(application);
  MainWindow window;
  window.resize(1440, 900);
  window.show();
  waitFor([] { return false; }, 0.5);
  auto& page = *window.findChild<DataPage*>();
  StudioState& state = window.state();

  open(window, application, root / "data.yaml", again ? "open with an index" : "first open",
       pictures, again ? 1000 : 0);
  if (again) {
    Jobs::instance().cancelAll();
    Jobs::instance().waitForAll();
    return 0;
  }
  fmt::print("{} pictures, {} boxes\n", state.document().pictureCount(),
             state.document().statistics().boxes);
  waitFor([] { return false; }, 1);

  for (const char* filter : {"class:c", "class:a size<12", "boxes>20", "picture_0999",
                             "name:*99.jpg", "x<30% y<30% class:b", "split:val", ""}) {
    QElapsedTimer clock;
    clock.start();
    const double before = threadMilliseconds();
    state.setFilter(QString::fromLatin1(filter));
    waitFor([&] { return page.model().isComplete(); });
    const double wall = static_cast<double>(clock.nsecsElapsed()) * 1e-6;
    tell(fmt::format("filter '{}': {} rows (wall)", filter, page.model().rowCount()), wall, "ms",
         100);
    tell("    processor", threadMilliseconds() - before, "ms", 0);
    waitFor([] { return false; }, 0.2);
  }

  application.resetTimes();
  QScrollBar* bar = page.grid()->verticalScrollBar();
  QElapsedTimer clock;
  clock.start();
  int steps = 0;
  while (clock.elapsed() < 4000) {
    bar->setValue((bar->value() + (steps++ % 3 == 2 ? 40000 : 180)) % bar->maximum());
    QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
  }
  tell(fmt::format("scrolling, {} steps: longest handler (processor)", steps),
       application.longest(), "ms", 50);
  tell("memory, after the first open", megabytes("VmRSS"), "MB", 0);

  state.document().close();
  waitFor([] { return Jobs::instance().threads() == 0; }, 60);
  open(window, application, root / "data.yaml", "second open", pictures, 1000);
  tell("memory, peak", megabytes("VmHWM"), "MB", 700);

  window.close();
  Jobs::instance().cancelAll();
  Jobs::instance().waitForAll();
  return 0;
}
