// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <QPushButton>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTimer>
#include <algorithm>
#include <filesystem>
#include <iostream>

#include "core/image/codec.h"
#include "tests/ui/gui_application.h"
#include "tests/ui/small_dataset.h"
#include "ui/anchors/anchor_scatter.h"
#include "ui/anchors/anchors_page.h"
#include "ui/charts/chart.h"
#include "ui/data/data_page.h"
#include "ui/data/picture_grid.h"
#include "ui/theme.h"
#include "ui/window/main_window.h"

namespace boxwright::ui {
namespace {

constexpr int pictureCount = 24000;
constexpr double budgetMilliseconds = 50;

/// 24,000 pictures with two boxes each, in Ultralytics' layout: a few files, linked many times.
void makeLargeFolder(const std::filesystem::path& root) {
  namespace fs = std::filesystem;
  fs::create_directories(root / "images/train");
  fs::create_directories(root / "labels/train");
  fs::create_directories(root / "seeds");
  writeText(QString::fromStdString((root / "data.yaml").string()),
            "path: .\ntrain: images/train\nval: images/train\nnames: [left, right, both]\n");
  constexpr int seeds = 40;
  for (int i = 0; i < seeds; ++i) {
    Image image(96, 72);
    for (std::size_t p = 0; p < image.pixels.size(); ++p) {
      image.pixels[p] = static_cast<std::uint8_t>((p * 3 + static_cast<std::size_t>(i) * 11) % 256);
    }
    writeImage(root / "seeds" / (std::to_string(i) + ".jpg"), image);
    const auto number = [](double v) { return QByteArray::number(v, 'f', 5); };
    const double w = 0.1 + 0.011 * i, h = 0.15 + 0.013 * ((i * 7) % seeds);
    writeText(QString::fromStdString((root / "seeds" / (std::to_string(i) + ".txt")).string()),
              QByteArray::number(i % 3) + " 0.5 0.5 " + number(w) + " " + number(h) + "\n" +
                  "0 0.5 0.5 " + number(h) + " " + number(w / 2) + "\n");
  }
  for (int i = 0; i < pictureCount; ++i) {
    const std::string name = "picture_" + std::to_string(100000 + i);
    const std::string seed = std::to_string(i % seeds);
    fs::create_hard_link(root / "seeds" / (seed + ".jpg"), root / "images/train" / (name + ".jpg"));
    fs::create_hard_link(root / "seeds" / (seed + ".txt"), root / "labels/train" / (name + ".txt"));
  }
}

class Budget {
 public:
  explicit Budget(const char* phase) : phase_(phase) { guiApplication().resetClock(); }
  ~Budget() {
    const GuiApplication& application = guiApplication();
    std::cout << "  " << phase_ << ": longest of " << application.events() << " handlers "
              << application.worstMilliseconds() << " ms (" << application.worstName() << ")\n";
    EXPECT_LT(application.worstMilliseconds(), budgetMilliseconds)
        << phase_ << ": " << application.worstName();
  }

 private:
  const char* phase_;
};

TEST(EventBudget, SeesAHandlerThatTakesTooLong) {
  GuiApplication& application = guiApplication();
  application.resetClock();
  QTimer::singleShot(0, &application, [] {
    timespec start{}, now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    do {
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    } while ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 < 60);
  });
  QTest::qWait(150);
  EXPECT_GE(application.worstMilliseconds(), 59);
}

TEST(EventBudget, HoldsWhileALargeDatasetOpensIsFilteredAndClustered) {
  const QTemporaryDir folder;
  makeLargeFolder(folder.path().toStdString());
  MainWindow window;
  window.resize(1440, 900);
  window.show();
  QTest::qWait(200);
  auto& data = *window.findChild<DataPage*>();
  auto& anchors = *window.findChild<AnchorsPage*>();
  StudioState& state = window.state();
  {
    const Budget budget("opening 24,000 pictures");
    window.openPath(folder.path() + QStringLiteral("/data.yaml"));
    ASSERT_TRUE(waitFor([&] { return data.model().rowCount() > 0; }));
    // The grid is scrolled while the rest is still being read.
    QScrollBar* bar = data.grid()->verticalScrollBar();
    const bool done = waitFor(
        [&] {
          bar->setValue(bar->value() + 400);
          return !state.document().isOpening();
        },
        120);
    ASSERT_TRUE(done);
    EXPECT_EQ(state.document().pictureCount(), pictureCount);
    EXPECT_EQ(data.model().rowCount(), pictureCount);
    EXPECT_EQ(state.document().statistics().boxes, 2U * pictureCount);
  }
  {
    const Budget budget("filtering");
    for (const char* filter : {"class:both", "picture_1234", "state:labelled name:*9.jpg", ""}) {
      state.setFilter(QLatin1String(filter));
      ASSERT_TRUE(waitFor([&] { return data.model().isComplete(); }));
      QTest::qWait(30);
    }
    for (int i = 0; i < 40; ++i)
      QTest::keyClick(data.grid(), Qt::Key_PageDown);
    QTest::keyClick(data.grid(), Qt::Key_End);
    EXPECT_EQ(state.picture(), pictureCount - 1);
    for (int i = 0; i < 20; ++i)
      QTest::keyClick(data.grid(), Qt::Key_A);
    QTest::keyClick(data.grid(), Qt::Key_T);  // as a table
    QTest::qWait(100);
    QTest::keyClick(&data, Qt::Key_T);
    QTest::qWait(100);
  }
  {
    const Budget budget("clustering 48,000 boxes");
    window.showPage(QStringLiteral("anchors"));
    QTest::qWait(100);
    QTest::mouseClick(anchors.clusterButton(), Qt::LeftButton);
    ASSERT_TRUE(waitFor([&] { return anchors.result().has_value(); }, 120));
    EXPECT_LE(anchors.scatter()->drawnPoints(), mostDrawnPoints);
    ASSERT_TRUE(waitFor([&] { return !anchors.curve()->isEmpty(); }, 120));
    for (int i = 0; i < 10; ++i) {
      QTest::mouseMove(anchors.scatter(), QPoint(100 + 20 * i, 100 + 15 * i));
      QTest::keyClick(anchors.scatter(), i % 2 ? Qt::Key_Plus : Qt::Key_Minus);
      QTest::qWait(10);
    }
    anchors.scatter()->setLogarithmic(true);
    QTest::qWait(100);
  }
  {
    const Budget budget("closing the dataset");
    state.document().close();
    QTest::qWait(100);
  }
  Jobs::instance().cancelAll();
  ASSERT_TRUE(waitFor([] { return Jobs::instance().threads() == 0; }, 60));
}

TEST(EventBudget, PicksFromAllBoxesAndDrawsAFixedSample) {
  const auto sample = fixedSample(100000, mostDrawnPoints);
  ASSERT_EQ(sample.size(), mostDrawnPoints);
  EXPECT_TRUE(std::is_sorted(sample.begin(), sample.end()));
  EXPECT_EQ(sample, fixedSample(100000, mostDrawnPoints));
  EXPECT_EQ(fixedSample(10, 20).size(), 10U);
  // A box that is not drawn is still found.
  auto boxes = std::make_shared<BoxSizes>();
  for (int i = 0; i < 100000; ++i) {
    boxes->fractions.push_back({0.1 + 8e-6 * i, 0.9 - 8e-6 * i});
    boxes->origins.push_back({i, 1});
  }
  boxes->sample = sample;
  AnchorScatter scatter;
  scatter.resize(600, 500);
  scatter.show();
  scatter.setBoxes(boxes, 416);
  QTest::qWait(60);
  std::size_t hidden = 0;
  while (std::binary_search(sample.begin(), sample.end(), hidden))
    ++hidden;
  const auto found = scatter.boxAt(scatter.positionOf(hidden));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(*found, hidden);
  EXPECT_FALSE(scatter.boxAt(QPointF(590, 20)).has_value());
}

}  // namespace
}  // namespace boxwright::ui
