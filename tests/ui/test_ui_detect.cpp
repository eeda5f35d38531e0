// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <QComboBox>
#include <QFile>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
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

  /// A folder in runs/ with what a run needs to detect.
  fs::path addRun(const char* name) {
    const fs::path run = root_ / "runs" / name;
    fs::create_directories(run / "weights");
    writeFileAtomically(run / "run.json", "{");
    fs::copy_file(root_ / "colours.cfg", run / "model.cfg");
    fs::copy_file(root_ / "colours.names", run / "classes.names");
    fs::copy_file(root_ / "colours.weights", run / "weights" / "best.weights");
    return fs::canonical(run);
  }

  /// Two pictures without labels, open as a dataset.
  void openPictures() {
    writeImage(root_ / "other.png", picture(255, 0));
    Dataset dataset;
    dataset.root = root_;
    dataset.classes = {"red"};
    for (const char* name : {"picture.png", "other.png"})
      dataset.pictures.push_back({name, 128, 128, std::make_shared<const Annotation>()});
    state_->document().setDataset(std::move(dataset));
  }

  /// Leaves the page and comes back, as the window does it; until the runs have been looked for.
  void leaveAndReturn() {
    page_->hide();
    QTest::qWait(20);
    QSignalSpy looked(page_->model(), &ModelPicker::looked);
    page_->show();
    page_->activated();
    ASSERT_TRUE(waitFor([&] { return looked.count() > 0; }));
    QTest::qWait(50);
  }

  void startPattern() {
    page_->source()->setKind(SourcePicker::TestPattern);
    QTest::mouseClick(find<QPushButton>("detectStart"), Qt::LeftButton);
    ASSERT_TRUE(waitFor([&] { return page_->view()->status().detected > 3; }));
  }

  std::string shownFile() const {
    return page_->shownFrame() ? fs::path(page_->shownFrame()->frame->source).filename().string()
                               : std::string();
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

TEST_F(DetectPageTest, OverAClassTreeTheAnswerIsAsDeepAsItIsSure) {
  // colour; below it red and green, which the network is as sure of as their colours are strong.
  std::string cfg = readFile(root_ / "colours.cfg");
  const auto replace = [&cfg](const std::string& a, const std::string& b) {
    cfg.replace(cfg.find(a), a.size(), b);
  };
  replace("filters=7", "filters=8");
  replace("classes=2", "classes=3\ntree=colours.tree");
  writeFileAtomically(root_ / "tree.cfg", cfg);
  writeFileAtomically(root_ / "colours.tree", "colour -1\nred 0\ngreen 0\n");
  writeClassNames(root_ / "tree.names", {"colour", "red", "green"});
  std::vector<Problem> problems;
  Network network = buildNetwork(parseCfg(cfg, "tree.cfg", problems), problems);
  ConvolutionWeights& weights = network.layers[2].weights;
  weights.weights.assign(8 * 3, 0);
  weights.biases.assign(8, 0);
  weights.biases[4] = -6;
  weights.weights[4 * 3 + 0] = weights.weights[4 * 3 + 1] = 12;
  weights.weights[6 * 3 + 0] = 4;
  weights.weights[7 * 3 + 1] = 4;
  saveWeights(root_ / "tree.weights", network, 0);

  auto* hierarchy = find<QSlider>("hierarchy");
  detectFile("picture.png");
  ASSERT_TRUE(waitFor([&] { return found() == 2; })) << told();
  EXPECT_FALSE(hierarchy->isVisible()) << "the network has no tree";
  page_->model()->setFiles(at("tree.cfg"), at("tree.weights"), at("tree.names"));
  ASSERT_TRUE(waitFor([&] { return hierarchy->isVisible() && found() == 2; })) << told();
  auto* list = find<DetectionList>("detections");
  const auto answer = [&](int row) { return list->topLevelItem(row)->text(0).toStdString(); };
  EXPECT_EQ(answer(0), "red");
  EXPECT_EQ(answer(1), "green");
  EXPECT_EQ(list->topLevelItem(0)->toolTip(0).simplified().toStdString(),
            "colour 1.00 red 0.98 (0.98)");
  // .90 of green is not enough any more, .98 of red is.
  hierarchy->setFocus();
  for (int i = 0; i < 9; ++i)
    QTest::keyClick(hierarchy, Qt::Key_PageUp);
  EXPECT_EQ(hierarchy->value(), 95);
  ASSERT_TRUE(waitFor([&] { return answer(1) == "colour"; }));
  EXPECT_EQ(answer(0), "red");
  EXPECT_EQ(page_->canvas()->boxes()[1].label.left(6).toStdString(), "colour");
}

TEST_F(DetectPageTest, FramesShareTheNamesOfTheirModel) {
  auto* const view = page_->findChild<LiveView*>();
  ASSERT_TRUE(view);
  std::vector<std::shared_ptr<const ClassNames>> names;
  QObject::connect(view, &LiveView::frameShown, page_.get(),
                   [&](const ShownFrame& shown) { names.push_back(shown.names); });
  detectFile("picture.png");
  ASSERT_TRUE(waitFor([&] { return found() == 2; })) << told();
  const std::size_t before = names.size();
  auto* const threshold = find<QSlider>("threshold");
  threshold->setValue(threshold->value() + 5);
  ASSERT_TRUE(waitFor([&] { return names.size() > before; }));
  for (const auto& list : names) {
    ASSERT_TRUE(list);
    EXPECT_EQ(list, names.front()) << "a copy a frame";
  }
  EXPECT_EQ(*names.front(), (ClassNames{"red", "green"}));
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
  EXPECT_EQ(page_->source()->source(), "camera:77");
  QElapsedTimer clock;
  clock.start();  // it begins by itself, without the list of cameras
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
  // The right files mend it. (The page may begin by itself with them: the button then says Stop.)
  page_->model()->setFiles(at("colours.cfg"), at("colours.weights"), at("colours.names"));
  ASSERT_TRUE(waitFor([&] { return find<QPushButton>("detectStart")->text() == "Detect"; }));
  detectFile("picture.png");
  EXPECT_TRUE(waitFor([&] { return found() == 2; })) << told();
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

TEST_F(DetectPageTest, ComingBackLeavesWhatRunsAndRecordsAlone) {
  startPattern();
  page_->view()->startRecording(root_ / "long.avi");
  ASSERT_TRUE(waitFor([&] { return page_->view()->status().recorded > 3; }));
  const std::string model = page_->model()->key();
  std::uint64_t detected = page_->view()->status().detected;
  leaveAndReturn();
  EXPECT_GE(page_->view()->status().detected, detected);
  EXPECT_FALSE(page_->view()->status().recording.empty());
  // A training that ends offers its run and changes nothing of what runs.
  detected = page_->view()->status().detected;
  QSignalSpy looked(page_->model(), &ModelPicker::looked);
  state_->setRun(addRun("new"));
  ASSERT_TRUE(waitFor([&] { return looked.count() > 0; }));
  QTest::qWait(50);
  EXPECT_EQ(find<QComboBox>("model")->count(), 2);
  EXPECT_EQ(page_->model()->key(), model);
  EXPECT_GE(page_->view()->status().detected, detected);
  EXPECT_FALSE(page_->view()->status().recording.empty());
  // Nor can another model or source be picked that would end the file.
  EXPECT_FALSE(find<QComboBox>("model")->isEnabled());
  EXPECT_FALSE(find<QComboBox>("source")->isEnabled());
  page_->view()->stopRecording();
  EXPECT_TRUE(waitFor([&] { return find<QComboBox>("model")->isEnabled(); }, 5));
}

TEST_F(DetectPageTest, TheChoiceOfModelStays) {
  const fs::path first = addRun("a"), second = addRun("b");
  // Files that are named do not give way to the first run that is found …
  state_->setRun({});
  page_->model()->lookForRuns({}, first);
  auto* combo = find<QComboBox>("model");
  ASSERT_TRUE(waitFor([&] { return combo->count() == 3; }));
  EXPECT_EQ(page_->model()->title().toStdString(), "colours.cfg");
  // … but to a run that the Train page names, and that one only until another is picked.
  state_->setRun(first);
  ASSERT_TRUE(waitFor([&] { return page_->model()->title() == "a"; }));
  combo->setFocus();
  QTest::keyClick(combo, combo->currentIndex() == 0 ? Qt::Key_Down : Qt::Key_Up);
  ASSERT_EQ(page_->model()->title().toStdString(), "b");
  leaveAndReturn();
  EXPECT_EQ(page_->model()->title().toStdString(), "b");
  // A run that the user wants to detect with is the choice again, though it was the newest before.
  state_->detectWith(first);
  EXPECT_TRUE(waitFor([&] { return page_->model()->title() == "a"; }));
}

TEST_F(DetectPageTest, APictureSelectedElsewhereIsShownOnReturn) {
  openPictures();
  state_->select(0);
  QTest::mouseClick(find<QPushButton>("detectStart"), Qt::LeftButton);
  ASSERT_TRUE(waitFor([&] { return shownFile() == "picture.png"; })) << told();
  page_->hide();
  state_->select(1);
  QTest::qWait(50);
  EXPECT_EQ(shownFile(), "picture.png");
  leaveAndReturn();
  EXPECT_TRUE(waitFor([&] { return shownFile() == "other.png"; })) << told();
}

TEST_F(DetectPageTest, AnotherModelsNamesReachTheRows) {
  DetectionList list;
  Detection found;
  found.classId = 0;
  found.confidence = 0.5F;
  list.show({found}, {"RBC"});
  EXPECT_EQ(list.topLevelItem(0)->text(0).toStdString(), "RBC");
  list.show({found}, {"disc"});
  EXPECT_EQ(list.topLevelItem(0)->text(0).toStdString(), "disc");
}

TEST_F(DetectPageTest, ASourceWaitsForItsModelButNotForATrainingToCome) {
  page_->model()->setFiles({}, {}, {});
  page_->setSource(at("picture.png"));
  QTest::qWait(50);
  EXPECT_FALSE(page_->view()->isActive());
  page_->model()->setFiles(at("colours.cfg"), at("colours.weights"), at("colours.names"));
  ASSERT_TRUE(waitFor([&] { return found() == 2; })) << told();

  page_->model()->setFiles({}, {}, {});
  page_->setSource(at("other.png"));
  QSignalSpy looked(page_->model(), &ModelPicker::looked);
  openPictures();  // and there are no runs of it
  ASSERT_TRUE(waitFor([&] { return looked.count() > 0; }));
  state_->setRun(addRun("trained later"));
  ASSERT_TRUE(waitFor([&] { return page_->model()->hasModel(); }));
  QTest::qWait(200);
  EXPECT_EQ(shownFile(), "picture.png");
}

TEST_F(DetectPageTest, TypingAPathDoesNotDisturbWhatRuns) {
  startPattern();
  const std::uint64_t detected = page_->view()->status().detected;
  QLineEdit* weights = nullptr;
  for (QLineEdit* field : page_->model()->findChildren<QLineEdit*>())
    if (field->text().endsWith(QStringLiteral(".weights"))) weights = field;
  ASSERT_TRUE(weights);
  weights->setFocus();
  weights->clear();
  QTest::keyClicks(weights, at("not there.weights"));
  QTest::qWait(200);
  EXPECT_TRUE(page_->view()->isActive());
  EXPECT_GE(page_->view()->status().detected, detected);
  EXPECT_FALSE(page_->errorBar()->isShowing());
  QTest::keyClick(weights, Qt::Key_Return);  // now it is meant
  ASSERT_TRUE(waitFor([&] { return page_->errorBar()->isShowing(); }));
  EXPECT_TRUE(page_->errorBar()->current().where.contains("not there.weights"));
}

TEST_F(DetectPageTest, AStillPictureCostsNothingAndTheNoteOfASavedOneStays) {
  detectFile("picture.png");
  ASSERT_TRUE(waitFor([&] { return found() == 2; })) << told();
  ASSERT_TRUE(waitFor([&] { return page_->view()->status().state == LiveState::Ended; }));
  QTest::qWait(300);
  QSignalSpy news(page_->view(), &LiveView::statusChanged);
  QTest::qWait(900);
  EXPECT_EQ(news.count(), 0);

  page_->savePicture();
  auto* dialog = page_->findChild<QFileDialog*>();
  ASSERT_TRUE(dialog);
  Q_EMIT dialog->fileSelected(at("saved.png"));
  dialog->close();
  ASSERT_TRUE(waitFor([&] { return page_->statusText().contains("saved.png"); }));
  EXPECT_TRUE(QFile::exists(at("saved.png")));
  page_->view()->setSettings({});
  QTest::qWait(400);
  EXPECT_TRUE(page_->statusText().contains("saved.png"));
}

TEST_F(DetectPageTest, AfterStopNothingStartsUnasked) {
  startPattern();
  QTest::mouseClick(find<QPushButton>("detectStart"), Qt::LeftButton);
  ASSERT_TRUE(waitFor([&] { return page_->view()->status().state == LiveState::Stopped; }, 5));
  page_->source()->setKind(SourcePicker::File);
  page_->source()->setKind(SourcePicker::TestPattern);
  QTest::qWait(200);
  EXPECT_EQ(page_->view()->status().state, LiveState::Stopped);
}

TEST_F(DetectPageTest, TheEmptyPageOffersWhatIsMissing) {
  QSignalSpy asked(state_.get(), &StudioState::pageRequested);
  page_->model()->setFiles({}, {}, {});
  auto* first = find<QPushButton>("offer0");
  auto* second = find<QPushButton>("offer1");
  ASSERT_TRUE(waitFor([&] { return first->isVisible() && second->isVisible(); }));
  QTest::mouseClick(first, Qt::LeftButton);
  openPictures();
  QTest::qWait(50);
  QTest::mouseClick(first, Qt::LeftButton);
  page_->model()->setFiles(at("colours.cfg"), at("colours.weights"), at("colours.names"));
  QTest::mouseClick(first, Qt::LeftButton);
  ASSERT_EQ(asked.count(), 3);
  EXPECT_EQ(asked[0][0].toString().toStdString(), "data");   // a dataset
  EXPECT_EQ(asked[1][0].toString().toStdString(), "train");  // a network
  EXPECT_EQ(asked[2][0].toString().toStdString(), "data");   // a picture
  QTest::mouseClick(second, Qt::LeftButton);
  auto* dialog = page_->findChild<QFileDialog*>();
  ASSERT_TRUE(dialog);
  Q_EMIT dialog->fileSelected(at("picture.png"));
  dialog->close();
  EXPECT_EQ(page_->source()->source(), at("picture.png").toStdString());
  QTest::qWait(20);
  EXPECT_FALSE(first->isVisible());
}

TEST_F(DetectPageTest, TheDeviceIsAChoiceWhereThereIsOne) {
  page_->activated();
  auto* device = find<QComboBox>("device");
  ASSERT_TRUE(waitFor([&] { return device->count() > 2; }));
  EXPECT_TRUE(device->isVisible());
  detectFile("picture.png");
  ASSERT_TRUE(waitFor([&] { return found() == 2; })) << told();
  const std::string before = page_->view()->status().deviceName;
  device->setCurrentIndex(device->findData("reference"));
  ASSERT_TRUE(waitFor([&] {
    const LiveStatus& now = page_->view()->status();
    return now.detected > 0 && now.deviceName != before;
  })) << told();
  EXPECT_EQ(found(), 2U);
}

TEST(SourcePicker, ThePickedCameraStaysWhenTheListIsMadeAgain) {
  guiApplication();
  SourcePicker picker(nullptr, [] { return std::vector<Camera>{{0, "one"}, {1, "two"}}; });
  picker.show();
  picker.setSource("camera:0");
  EXPECT_EQ(picker.source(), "camera:0");
  auto* cameras = picker.findChild<QComboBox*>("camera");
  ASSERT_TRUE(waitFor([&] { return cameras->count() == 2; }));
  cameras->setFocus();
  QTest::keyClick(cameras, Qt::Key_Down);
  EXPECT_EQ(picker.source(), "camera:1");
  QSignalSpy changed(&picker, &SourcePicker::changed);
  picker.refreshCameras();
  ASSERT_TRUE(waitFor([&] { return changed.count() > 0; }));
  EXPECT_EQ(picker.source(), "camera:1");
  endJobs();
}

TEST(SourcePicker, AFolderIsKnownWithoutWaitingForTheDisk) {
  guiApplication();
  QTemporaryDir folder;
  SourcePicker picker;
  QSignalSpy picked(&picker, &SourcePicker::picked);
  picker.setSource(folder.path());
  EXPECT_EQ(picker.source(), folder.path().toStdString());
  EXPECT_TRUE(waitFor([&] { return picker.kind() == SourcePicker::Folder; }, 5));
  EXPECT_EQ(picker.source(), folder.path().toStdString());
  EXPECT_EQ(picked.count(), 0);
  endJobs();
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
