// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSlider>
#include <QToolButton>
#include <filesystem>

#include "core/base/atomic_file.h"
#include "core/detect/recorder.h"
#include "core/image/codec.h"
#include "core/network/cfg.h"
#include "core/network/weights_file.h"
#include "core/taxonomy/class_names.h"
#include "tests/ui/gui_application.h"
#include "ui/detect/detect_page.h"
#include "ui/detect/detection_list.h"
#include "ui/detect/live_view.h"
#include "ui/detect/model_picker.h"
#include "ui/detect/source_picker.h"
#include "ui/error_bar.h"
#include "ui/studio_state.h"

namespace boxwright::ui {
namespace {

namespace fs = std::filesystem;

/// The page with a network that sees colours, as Darknet's three files: of 64 x 64 in 2 x 2 cells a
/// cell that holds red is an object of class 0, green of class 1; the stronger, the surer.
class DetectPageTest : public testing::Test {
 protected:
  void SetUp() override {
    guiApplication();
    root_ = fs::path(folder_.path().toStdString());
    const std::string cfg =
        "[net]\nwidth=64\nheight=64\nchannels=3\n"
        "[maxpool]\nsize=8\nstride=8\npadding=0\n"
        "[maxpool]\nsize=4\nstride=4\npadding=0\n"
        "[convolutional]\nfilters=7\nsize=1\nstride=1\nactivation=linear\n"
        "[region]\nanchors=0.5,0.5\nclasses=2\ncoords=4\nnum=1\nsoftmax=1\n";
    writeFileAtomically(root_ / "colours.cfg", cfg);
    std::vector<Problem> problems;
    Network network = buildNetwork(parseCfg(cfg, "colours.cfg", problems), problems);
    ConvolutionWeights& weights = network.layers[2].weights;
    weights.weights.assign(7 * 3, 0);
    weights.biases.assign(7, 0);
    weights.biases[4] = -6;
    weights.weights[4 * 3 + 0] = weights.weights[4 * 3 + 1] = 12;
    weights.weights[5 * 3 + 0] = 8;
    weights.weights[6 * 3 + 1] = 8;
    saveWeights(root_ / "colours.weights", network, 0);
    writeClassNames(root_ / "colours.names", {"red", "green"});
    writeImage(root_ / "picture.png", picture(255, 140));
    state_ = std::make_unique<StudioState>();
    page_ = std::make_unique<DetectPage>(*state_);
    page_->resize(1200, 760);
    page_->show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(page_.get()));
    page_->model()->setFiles(at("colours.cfg"), at("colours.weights"), at("colours.names"));
  }

  void TearDown() override {
    page_.reset();
    state_.reset();
    endJobs();
  }

  QString at(const char* name) const { return folder_.filePath(QString::fromLatin1(name)); }

  /// A strong red square in the first cell and a weaker green one in the last.
  static Image picture(int red, int green) {
    Image image(128, 128);
    for (int y = 8; y < 56; ++y)
      for (int x = 8; x < 56; ++x) {
        image.at(x, y)[0] = static_cast<std::uint8_t>(red);
        image.at(x + 64, y + 64)[1] = static_cast<std::uint8_t>(green);
      }
    return image;
  }

  template <typename T>
  T* find(const char* name) const {
    T* found = page_->findChild<T*>(QString::fromLatin1(name));
    EXPECT_TRUE(found) << name;
    return found;
  }

  void detectFile(const char* name) {
    page_->source()->setKind(SourcePicker::File);
    auto* field = find<QLineEdit>("sourceFile");
    field->setFocus();
    field->clear();
    QTest::keyClicks(field, at(name));
    QTest::mouseClick(find<QPushButton>("detectStart"), Qt::LeftButton);
  }

  /// What stands in the error bar, for the words of a failure.
  std::string told() const {
    const JobError& error = page_->errorBar()->current();
    return (error.problem + " " + error.where + " " + error.advice).toStdString();
  }

  std::size_t found() const {
    return page_->shownFrame() ? page_->shownFrame()->detections.size() : 0;
  }

  QTemporaryDir folder_;
  fs::path root_;
  std::unique_ptr<StudioState> state_;
  std::unique_ptr<DetectPage> page_;
};

TEST_F(DetectPageTest, SlidersActAtOnceOnAStillPicture) {
  detectFile("picture.png");
  ASSERT_TRUE(waitFor([&] { return found() == 2; })) << told();
  EXPECT_EQ(page_->canvas()->boxes().size(), 2U);
  EXPECT_EQ(page_->canvas()->boxes()[0].label.left(3).toStdString(), "red");
  auto* list = find<DetectionList>("detections");
  EXPECT_EQ(list->topLevelItemCount(), 2);
  ASSERT_TRUE(waitFor([&] { return page_->view()->status().state == LiveState::Ended; }));
  const std::uint64_t passes = page_->view()->status().detected;
  // The green one is a good deal less sure: a higher threshold takes it away.
  auto* threshold = find<QSlider>("threshold");
  threshold->setFocus();
  QElapsedTimer clock;
  clock.start();
  for (int i = 0; i < 14; ++i)
    QTest::keyClick(threshold, Qt::Key_PageUp);
  ASSERT_TRUE(waitFor([&] { return found() == 1; }, 2));
  EXPECT_LT(clock.elapsed(), 1000);
  EXPECT_TRUE(page_->shownFrame()->redecoded);
  EXPECT_EQ(page_->canvas()->boxes().size(), 1U);
  EXPECT_TRUE(page_->canvas()->hasPicture());
  for (int i = 0; i < 14; ++i)
    QTest::keyClick(threshold, Qt::Key_PageDown);
  EXPECT_TRUE(waitFor([&] { return found() == 2; }, 2));
  EXPECT_EQ(page_->view()->status().detected, passes);  // no forward pass for any of it
}

TEST_F(DetectPageTest, BoxAndRowAreOne) {
  detectFile("picture.png");
  ASSERT_TRUE(waitFor([&] { return found() == 2; })) << told();
  const Rect box = page_->canvas()->boxes()[1].rect;
  const QPoint middle = page_->canvas()->toWidget({box.centreX(), box.centreY()}).toPoint();
  QTest::mouseClick(page_->canvas(), Qt::LeftButton, {}, middle);
  auto* list = find<DetectionList>("detections");
  EXPECT_EQ(list->indexOfTopLevelItem(list->currentItem()), 1);
  QTest::mouseClick(list->viewport(), Qt::LeftButton, {},
                    list->visualItemRect(list->topLevelItem(0)).center());
  EXPECT_EQ(page_->canvas()->highlighted(), std::optional<std::uint32_t>(0));
}

TEST_F(DetectPageTest, VideoPlaysPausesAndSteps) {
  {
    Recorder recorder(root_ / "clip.avi", 10);
    for (int i = 0; i < 40; ++i)
      recorder.write(picture(255, i % 2 ? 255 : 0));
    recorder.close();
  }
  detectFile("clip.avi");
  auto* pause = find<QToolButton>("pause");
  ASSERT_TRUE(waitFor([&] { return page_->view()->status().detected >= 2 && pause->isEnabled(); }));
  QTest::mouseClick(pause, Qt::LeftButton);
  ASSERT_TRUE(waitFor([&] { return page_->view()->status().state == LiveState::Paused; }));
  QTest::qWait(400);
  const std::uint64_t held = page_->view()->status().number;
  auto* forward = find<QToolButton>("stepForward");
  ASSERT_TRUE(waitFor([&] { return forward->isEnabled(); }, 2));
  QTest::mouseClick(forward, Qt::LeftButton);
  EXPECT_TRUE(waitFor([&] { return page_->view()->status().number == held + 1; }, 3));
  QTest::mouseClick(pause, Qt::LeftButton);
  EXPECT_TRUE(waitFor([&] { return page_->view()->status().state == LiveState::Ended; }, 20));
  EXPECT_EQ(page_->view()->status().number, 39U);
}

TEST_F(DetectPageTest, TestPatternRunsAndStopsWithinASecond) {
  page_->source()->setKind(SourcePicker::TestPattern);
  QTest::mouseClick(find<QPushButton>("detectStart"), Qt::LeftButton);
  ASSERT_TRUE(waitFor([&] { return page_->view()->status().detected > 10; }));
  EXPECT_NE(find<QLabel>("rate")->text().indexOf("fps"), -1);
  EXPECT_NE(find<QLabel>("age")->text().indexOf("ms"), -1);
  EXPECT_NE(find<QLabel>("dropped")->text().indexOf("dropped"), -1);
  QElapsedTimer clock;
  clock.start();
  QTest::mouseClick(find<QPushButton>("detectStart"), Qt::LeftButton);
  EXPECT_TRUE(waitFor([&] { return page_->view()->status().state == LiveState::Stopped; }, 5));
  EXPECT_LT(clock.elapsed(), 1000);
}

TEST_F(DetectPageTest, AnAbsentCameraIsToldWithinThreeSeconds) {
  page_->setSource("camera:77");
  ASSERT_TRUE(waitFor([&] { return page_->source()->source() == "camera:77"; }));
  QElapsedTimer clock;
  clock.start();
  QTest::mouseClick(find<QPushButton>("detectStart"), Qt::LeftButton);
  ASSERT_TRUE(waitFor([&] { return page_->errorBar()->isShowing(); }, 6));
  EXPECT_LT(clock.elapsed(), 3000);
  EXPECT_FALSE(page_->errorBar()->current().advice.isEmpty());
  EXPECT_EQ(find<QPushButton>("detectStart")->text().toStdString(), "Detect");
}

TEST_F(DetectPageTest, WhatDoesNotDecodeAndWhatIsNotThereAreTold) {
  writeFileAtomically(root_ / "broken.mp4", "no video at all");
  detectFile("broken.mp4");
  ASSERT_TRUE(waitFor([&] { return page_->errorBar()->isShowing(); }));
  const QString first = page_->errorBar()->current().problem;
  EXPECT_FALSE(first.isEmpty());
  page_->model()->setFiles(at("colours.cfg"), at("not there.weights"), {});
  detectFile("picture.png");
  ASSERT_TRUE(waitFor([&] {
    return page_->errorBar()->isShowing() && page_->errorBar()->current().problem != first;
  }));
  EXPECT_TRUE(page_->errorBar()->current().where.contains("not there.weights"));
  // The right files mend it.
  page_->model()->setFiles(at("colours.cfg"), at("colours.weights"), at("colours.names"));
  detectFile("picture.png");
  EXPECT_TRUE(waitFor([&] { return found() == 2; }));
  EXPECT_FALSE(page_->errorBar()->isShowing());
}

TEST_F(DetectPageTest, RecordsEveryFrameOfAVideo) {
  {
    Recorder recorder(root_ / "in.avi", 50);
    for (int i = 0; i < 30; ++i)
      recorder.write(picture(255, 0));
    recorder.close();
  }
  detectFile("in.avi");
  page_->view()->startRecording(root_ / "out.avi");
  ASSERT_TRUE(waitFor([&] { return page_->view()->status().state == LiveState::Ended; }));
  ASSERT_TRUE(waitFor([&] { return page_->view()->status().recording.empty(); }));
  const std::unique_ptr<FrameSource> written = openFrameSource(utf8(root_ / "out.avi"));
  int frames = 0;
  while (written->next({}))
    ++frames;
  EXPECT_GE(frames, 25);
}

TEST_F(DetectPageTest, ClosingThePageWhileItRunsWaitsForNothing) {
  page_->source()->setKind(SourcePicker::TestPattern);
  QTest::mouseClick(find<QPushButton>("detectStart"), Qt::LeftButton);
  ASSERT_TRUE(waitFor([&] { return page_->view()->status().detected > 2; }));
  QElapsedTimer clock;
  clock.start();
  page_.reset();
  EXPECT_LT(clock.elapsed(), 100);
}

}  // namespace
}  // namespace boxwright::ui
