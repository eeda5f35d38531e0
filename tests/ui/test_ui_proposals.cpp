// SPDX-License-Identifier: GPL-3.0-or-later
//
// A model helps while labelling: real keys and clicks, a real network.
#include <gtest/gtest.h>

#include <QAction>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QPushButton>
#include <QSlider>
#include <filesystem>
#include <memory>

#include "core/base/atomic_file.h"
#include "tests/ui/evaluate_world.h"
#include "tests/ui/gui_application.h"
#include "ui/annotate/annotate_actions.h"
#include "ui/annotate/annotate_canvas.h"
#include "ui/annotate/annotate_inspector.h"
#include "ui/annotate/annotate_page.h"
#include "ui/annotate/picture_side.h"
#include "ui/annotate/prediction_overlay.h"
#include "ui/annotate/proposal_panel.h"
#include "ui/annotate/proposer.h"
#include "ui/detect/model_picker.h"
#include "ui/error_bar.h"
#include "ui/studio_state.h"

namespace boxwright::ui {
namespace {

namespace fs = std::filesystem;

class ProposalsTest : public testing::Test {
 protected:
  /// Pictures 0 and 1 are labelled, the others are not. Picture 3 has one that is only half red,
  /// so that the model is not sure; 4 has nothing in it.
  void SetUp() override {
    world_.makeDataset({{{0, "red", "red"}},
                        {{0, "red", "green"}, {3, "green", ""}},
                        {{0, "red", ""}, {1, "green", ""}, {2, "red", ""}},
                        {{1, "red", ""}},
                        {}});
    for (const int i : {2, 3, 4})
      fs::remove(world_.label(i));
    dim(3, 1);
    world_.makeModel();
    state_ = std::make_unique<StudioState>();
    page_ = std::make_unique<AnnotatePage>(*state_);
    page_->resize(1300, 760);
    page_->show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(page_.get()));
    open();
  }

  void TearDown() override {
    page_.reset();
    state_.reset();
    endJobs();
  }

  void open() {
    document().open(world_.dataset());
    ASSERT_TRUE(waitFor([this] { return document().isEditable(); }));
    page_->activateWindow();
    page_->activated();
    ASSERT_TRUE(show(2));
    ASSERT_TRUE(waitFor([this] { return canvas().hasFocus(); }));
  }

  /// Paints the cell of a picture in half red: the network's score there is about a half.
  void dim(int picture, int cell) {
    const fs::path file =
        world_.dataset() / "JPEGImages" / ("picture_" + std::to_string(picture) + ".png");
    Image image(128, 128);
    const Rect r = ColourWorld::placeOf(cell);
    for (int y = static_cast<int>(r.top); y < static_cast<int>(r.bottom); ++y) {
      for (int x = static_cast<int>(r.left); x < static_cast<int>(r.right); ++x)
        image.at(x, y)[0] = 128;
    }
    writeImage(file, image);
  }

  DatasetDocument& document() { return state_->document(); }
  AnnotateCanvas& canvas() { return *page_->canvas(); }
  Proposer& proposer() { return *page_->proposer(); }
  ProposalPanel& panel() { return *page_->inspector()->proposals(); }
  const std::vector<Prediction>& shown() { return page_->predictions()->shown(); }
  const Annotation& annotation(int picture) {
    return *document().dataset().pictures[static_cast<std::size_t>(picture)].annotation;
  }
  void chooseModel(const char* stem = "colours") {
    const std::string name(stem);
    panel().model()->setFiles(world_.file((name + ".cfg").c_str()),
                              world_.file((name + ".weights").c_str()),
                              world_.file((name + ".names").c_str()));
  }
  bool show(int picture) {
    state_->select(picture);
    return inView(picture);
  }
  bool inView(int picture) {
    return waitFor([&] { return page_->editor().picture() == picture; });
  }
  bool waitForShown(std::size_t count) {
    return waitFor([&] { return shown().size() == count; });
  }
  void key(int which, Qt::KeyboardModifiers keys = {}) {
    QTest::keyClick(&canvas(), static_cast<Qt::Key>(which), keys);
  }
  bool proposeAll() {
    key(Qt::Key_M, Qt::ShiftModifier);
    return waitFor([this] { return !proposer().isAtAll(); });
  }
  int pictureAt(int row) { return page_->side()->model().pictureAt(row); }

  ColourWorld world_;
  std::unique_ptr<StudioState> state_;
  std::unique_ptr<AnnotatePage> page_;
};

TEST_F(ProposalsTest, AreDashedAndNoLabelsUntilTheyAreAccepted) {
  chooseModel();
  key(Qt::Key_M);
  ASSERT_TRUE(waitForShown(3));
  ASSERT_EQ(canvas().predictions().size(), 3U);
  EXPECT_TRUE(canvas().predictions().front().predicted);
  EXPECT_TRUE(canvas().boxes().empty());
  EXPECT_EQ(document().history().size(), 0U);
  EXPECT_EQ(annotation(2).state, LabelState::Unlabelled);
  EXPECT_TRUE(page_->statusText().contains(QStringLiteral("3 boxes proposed")));

  key(Qt::Key_Return, Qt::ControlModifier);
  EXPECT_EQ(annotation(2).boxes.size(), 3U);
  EXPECT_EQ(document().history().size(), 1U) << "one edit";
  EXPECT_TRUE(page_->editor().selected().empty()) << "a class's key would change them all";
  EXPECT_TRUE(shown().empty());
  key(Qt::Key_S, Qt::ControlModifier);
  ASSERT_TRUE(
      waitFor([this] { return state_->labels().unsaved() == 0 && !state_->labels().isBusy(); }));
  const std::string label = readFile(world_.label(2));
  EXPECT_NE(label.find("<name>green</name>"), std::string::npos) << label;
  key(Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(annotation(2).state, LabelState::Unlabelled);
  EXPECT_EQ(shown().size(), 3U);
}

TEST_F(ProposalsTest, NothingIsWrittenThatNobodyAccepted) {
  chooseModel();
  ASSERT_TRUE(proposeAll());
  ASSERT_TRUE(waitForShown(3));
  ASSERT_TRUE(show(3));
  ASSERT_TRUE(show(2));
  key(Qt::Key_S, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([this] { return !state_->labels().isBusy(); }));
  for (const int i : {2, 3, 4})
    EXPECT_FALSE(fs::exists(world_.label(i))) << i;
}

TEST_F(ProposalsTest, EnterGoesThroughThem) {
  chooseModel();
  key(Qt::Key_M);
  ASSERT_TRUE(waitForShown(3));
  key(Qt::Key_Period);
  for (const std::size_t boxes : {1U, 2U, 3U}) {
    key(Qt::Key_Return);
    EXPECT_EQ(annotation(2).boxes.size(), boxes);
  }
  EXPECT_TRUE(shown().empty());
}

TEST_F(ProposalsTest, KeypadEnterAcceptsToo) {
  chooseModel();
  key(Qt::Key_M);
  ASSERT_TRUE(waitForShown(3));
  key(Qt::Key_Period);
  key(Qt::Key_Enter, Qt::KeypadModifier);
  EXPECT_EQ(annotation(2).boxes.size(), 1U);
  key(Qt::Key_Enter, Qt::ControlModifier | Qt::KeypadModifier);
  EXPECT_EQ(annotation(2).boxes.size(), 3U);
}

TEST_F(ProposalsTest, OfOneClass) {
  chooseModel();
  key(Qt::Key_M);
  ASSERT_TRUE(waitForShown(3));
  const Rect green = ColourWorld::placeOf(1);
  QTest::mouseClick(&canvas(), Qt::LeftButton, {},
                    canvas().toWidget({green.centreX(), green.centreY()}).toPoint());
  ASSERT_TRUE(page_->predictions()->chosen());
  key(Qt::Key_Return, Qt::ShiftModifier);
  ASSERT_EQ(annotation(2).boxes.size(), 1U);
  EXPECT_EQ(annotation(2).boxes.front().rect, green);
  EXPECT_EQ(shown().size(), 2U);
}

TEST_F(ProposalsTest, OnesBelowTheThresholdAreNeitherShownNorAccepted) {
  chooseModel();
  ASSERT_TRUE(show(3));
  key(Qt::Key_M);
  ASSERT_TRUE(waitForShown(1));
  const double score = static_cast<double>(shown().front().confidence);
  ASSERT_GT(score, 0.3);
  ASSERT_LT(score, 0.7);
  panel().setOpen(true);
  QDoubleSpinBox* threshold = panel().threshold();
  ASSERT_TRUE(threshold->isVisible());
  threshold->setFocus();
  threshold->selectAll();
  QTest::keyClicks(threshold, QLocale().toString(0.8, 'f', 2));
  QTest::keyClick(threshold, Qt::Key_Return);
  EXPECT_TRUE(shown().empty());
  EXPECT_EQ(panel().thresholdSlider()->value(), 80);
  key(Qt::Key_Return, Qt::ControlModifier);
  EXPECT_TRUE(annotation(3).boxes.empty());
  // By keys, in steps.
  canvas().setFocus();
  for (int i = 0; i < 12; ++i)
    key(Qt::Key_Comma, Qt::ControlModifier);
  EXPECT_DOUBLE_EQ(threshold->value(), 0.2);
  ASSERT_EQ(shown().size(), 1U);
  key(Qt::Key_Return, Qt::ControlModifier);
  EXPECT_EQ(annotation(3).boxes.size(), 1U);
}

TEST_F(ProposalsTest, ABoxThatWasAcceptedAndMovedIsDoneWith) {
  chooseModel();
  key(Qt::Key_M);
  ASSERT_TRUE(waitForShown(3));
  key(Qt::Key_Return, Qt::ControlModifier);
  key(Qt::Key_V);
  page_->editor().select({annotation(2).boxes.front().id});
  key(Qt::Key_Right, Qt::ShiftModifier);
  canvas().finishKeys();
  EXPECT_TRUE(shown().empty());
}

TEST_F(ProposalsTest, OneWhoseLabelIsDeletedStaysAwayUntilAnUndo) {
  chooseModel();
  key(Qt::Key_M);
  ASSERT_TRUE(waitForShown(3));
  key(Qt::Key_Return, Qt::ControlModifier);
  key(Qt::Key_V);
  const Rect green = ColourWorld::placeOf(1);
  QTest::mouseClick(&canvas(), Qt::LeftButton, {},
                    canvas().toWidget({green.centreX(), green.centreY()}).toPoint());
  key(Qt::Key_Delete);
  EXPECT_EQ(annotation(2).boxes.size(), 2U);
  EXPECT_TRUE(shown().empty()) << "it was turned down";
  ASSERT_TRUE(show(3));
  ASSERT_TRUE(show(2));
  EXPECT_TRUE(shown().empty());
  key(Qt::Key_Z, Qt::ControlModifier);
  key(Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(shown().size(), 3U);
}

TEST_F(ProposalsTest, InAllUnlabelledPicturesAndThoseOnly) {
  chooseModel();
  ASSERT_TRUE(proposeAll());
  EXPECT_EQ(proposer().knownCount(), 3U);
  EXPECT_FALSE(proposer().knows(0));
  EXPECT_TRUE(proposer().knows(4)) << "nothing was found, which is known";
  EXPECT_TRUE(shown().size() == 3U);
  key(Qt::Key_M, Qt::ShiftModifier);
  EXPECT_FALSE(proposer().isAtAll()) << "nothing is left to do";
  EXPECT_TRUE(page_->statusText().contains(QStringLiteral("no unlabelled picture")));
}

TEST_F(ProposalsTest, TheMostDoubtfulPictureComesFirst) {
  chooseModel();
  ASSERT_TRUE(proposeAll());
  QComboBox* order = page_->side()->orderChoice();
  ASSERT_TRUE(order->isVisible());
  order->setFocus();
  QTest::keyClick(order, Qt::Key_Down);
  ASSERT_EQ(page_->side()->model().order(), PictureOrder::Doubt);
  EXPECT_EQ(pictureAt(0), 3);
  EXPECT_EQ(pictureAt(1), 2);
  EXPECT_EQ(pictureAt(2), 4);
  EXPECT_EQ(pictureAt(3), 0) << "what the model has not seen";
  // D goes on in that order, and an edit moves nothing.
  ASSERT_TRUE(show(3));
  canvas().setFocus();
  key(Qt::Key_Return, Qt::ControlModifier);
  key(Qt::Key_D);
  ASSERT_TRUE(inView(2));
  key(Qt::Key_A);
  ASSERT_TRUE(inView(3));
  state_->setFilter(QStringLiteral("doubt>0.3"));
  EXPECT_EQ(page_->side()->model().rowCount(), 1);
  EXPECT_EQ(pictureAt(0), 3);
}

TEST_F(ProposalsTest, TheOneMostAtOddsWithItsLabelsComesFirst) {
  chooseModel();
  for (const int picture : {0, 1}) {
    ASSERT_TRUE(show(picture));
    key(Qt::Key_M);
    ASSERT_TRUE(waitFor([&] { return proposer().knows(picture); }));
  }
  page_->actions().orderDisagreement->trigger();
  EXPECT_EQ(pictureAt(0), 1);
  EXPECT_EQ(pictureAt(1), 0);
  state_->setFilter(QStringLiteral("disagree>0"));
  ASSERT_EQ(page_->side()->model().rowCount(), 1);
  // The wrong class and the forgotten box are put right; it leaves the list.
  ASSERT_TRUE(show(1));
  ASSERT_EQ(shown().size(), 2U);
  const Rect red = ColourWorld::placeOf(0);
  key(Qt::Key_V);
  QTest::mouseClick(&canvas(), Qt::LeftButton, {},
                    canvas().toWidget({red.centreX(), red.centreY()}).toPoint());
  key(Qt::Key_Delete);
  key(Qt::Key_Return, Qt::ControlModifier);
  EXPECT_EQ(annotation(1).boxes.size(), 2U);
  EXPECT_TRUE(waitFor([&] { return page_->side()->model().rowCount() == 0; }));
}

TEST_F(ProposalsTest, ComeByThemselvesWhereTheyAreWanted) {
  chooseModel();
  key(Qt::Key_M, Qt::ControlModifier);
  ASSERT_TRUE(page_->actions().proposeAsIGo->isChecked());
  ASSERT_TRUE(waitForShown(3));
  ASSERT_TRUE(waitFor([this] { return proposer().knows(3); })) << "the next one, ahead";
  key(Qt::Key_D);
  ASSERT_TRUE(inView(3));
  EXPECT_EQ(shown().size(), 1U) << "at once";
  key(Qt::Key_M, Qt::ControlModifier);
  ASSERT_TRUE(show(0));
  QTest::qWait(200);
  EXPECT_FALSE(proposer().knows(0));
}

TEST_F(ProposalsTest, PauseAndStop) {
  chooseModel();
  key(Qt::Key_M, Qt::ShiftModifier);
  ASSERT_TRUE(proposer().isAtAll());
  page_->actions().pauseProposing->trigger();
  ASSERT_TRUE(proposer().isPaused());
  QTest::qWait(300);
  const std::size_t before = proposer().knownCount();
  EXPECT_LE(before, 2U);
  EXPECT_TRUE(proposer().isAtAll());
  // A picture that is asked for does not wait.
  ASSERT_TRUE(show(0));
  key(Qt::Key_M);
  ASSERT_TRUE(waitFor([this] { return proposer().knows(0); }));
  QTest::qWait(100);
  EXPECT_EQ(proposer().knownCount(), before + 1);
  page_->actions().pauseProposing->trigger();
  ASSERT_TRUE(waitFor([this] { return !proposer().isAtAll(); }));
  EXPECT_EQ(proposer().knownCount(), 4U);

  // Stopped half-way, the model goes on answering.
  fs::remove(world_.label(1));
  open();
  chooseModel();
  key(Qt::Key_M, Qt::ShiftModifier);
  page_->actions().pauseProposing->trigger();
  page_->actions().stopProposing->trigger();
  ASSERT_TRUE(waitFor([this] { return !proposer().isAtAll(); }));
  EXPECT_FALSE(proposer().isPaused());
  ASSERT_TRUE(show(0));
  key(Qt::Key_M);
  ASSERT_TRUE(waitFor([this] { return proposer().knows(0); }));
}

TEST_F(ProposalsTest, AClassThatTheDatasetLacksIsSaidAndCanBeAdded) {
  world_.makeModel("blue");
  writeClassNames(fs::path(world_.file("blue.names").toStdString()), {"red", "blue"});
  chooseModel("blue");
  key(Qt::Key_M);
  ASSERT_TRUE(waitForShown(3));
  ASSERT_TRUE(page_->errorBar()->isShowing());
  EXPECT_EQ(page_->errorBar()->current().problem,
            QStringLiteral("The dataset lacks a class of the model"));
  EXPECT_EQ(page_->errorBar()->current().where, QStringLiteral("blue"));
  key(Qt::Key_Return, Qt::ControlModifier);
  EXPECT_EQ(annotation(2).boxes.size(), 2U) << "what has a class";
  EXPECT_EQ(shown().size(), 1U) << "the other stays in view";
  auto* add = page_->errorBar()->findChild<QPushButton*>();
  ASSERT_TRUE(add && add->isVisible());
  QTest::mouseClick(add, Qt::LeftButton);
  EXPECT_FALSE(page_->errorBar()->isShowing());
  key(Qt::Key_Return, Qt::ControlModifier);
  EXPECT_EQ(annotation(2).boxes.size(), 3U);
  // Said once.
  ASSERT_TRUE(show(3));
  key(Qt::Key_M);
  ASSERT_TRUE(waitForShown(1));
  EXPECT_FALSE(page_->errorBar()->isShowing());
}

TEST_F(ProposalsTest, AModelThatCannotBeUsedIsOneLine) {
  const auto problem = [this] {
    EXPECT_TRUE(waitFor([this] { return page_->errorBar()->isShowing(); }));
    const QString text = page_->errorBar()->current().problem;
    page_->errorBar()->clear();
    return text;
  };
  // Gone since it was chosen.
  chooseModel();
  fs::remove(world_.file("colours.weights").toStdString());
  key(Qt::Key_M);
  EXPECT_TRUE(problem().contains(QStringLiteral("weights")));
  // Cut short.
  world_.makeModel();
  const fs::path weights = world_.file("colours.weights").toStdString();
  fs::resize_file(weights, fs::file_size(weights) / 2);
  key(Qt::Key_M);
  EXPECT_FALSE(problem().isEmpty());
  // A classifier.
  writeFileAtomically(world_.file("classifier.cfg").toStdString(),
                      "[net]\nwidth=64\nheight=64\nchannels=3\n[maxpool]\nsize=8\nstride=8\n"
                      "[convolutional]\nfilters=2\nsize=1\nstride=1\nactivation=linear\n"
                      "[avgpool]\n[softmax]\ngroups=1\n");
  world_.makeModel();
  fs::copy_file(weights, world_.file("classifier.weights").toStdString());
  writeClassNames(fs::path(world_.file("classifier.names").toStdString()), {"red", "green"});
  chooseModel("classifier");
  key(Qt::Key_M, Qt::ControlModifier);
  EXPECT_FALSE(problem().isEmpty());
  EXPECT_FALSE(page_->actions().proposeAsIGo->isChecked()) << "it would fail with each picture";
  EXPECT_FALSE(state_->predictions());
  // The next one works.
  chooseModel();
  key(Qt::Key_M);
  EXPECT_TRUE(waitForShown(3));
}

TEST_F(ProposalsTest, WithoutAModelOneIsAskedFor) {
  key(Qt::Key_M);
  EXPECT_TRUE(panel().isOpen());
  EXPECT_TRUE(panel().model()->isVisible());
  EXPECT_FALSE(proposer().isLoading());
}

TEST_F(ProposalsTest, ADatasetThatIsClosedTakesThemAlong) {
  chooseModel();
  key(Qt::Key_M, Qt::ShiftModifier);
  page_->actions().pauseProposing->trigger();
  document().close();
  EXPECT_FALSE(proposer().isAtAll() && !proposer().job().isCancelling());
  EXPECT_FALSE(state_->predictions());
  EXPECT_EQ(proposer().knownCount(), 0U);
  ASSERT_TRUE(waitFor([] { return Jobs::instance().threads() == 0; })) << "and the model";
  open();
  key(Qt::Key_M);
  EXPECT_TRUE(waitForShown(3));
}

TEST_F(ProposalsTest, APictureThatCannotBeReadIsToldAndTheOthersGoOn) {
  writeFileAtomically(world_.dataset() / "JPEGImages" / "picture_3.png", "no picture");
  chooseModel();
  ASSERT_TRUE(proposeAll());
  EXPECT_FALSE(proposer().knows(3));
  EXPECT_EQ(proposer().knownCount(), 2U);
  EXPECT_TRUE(page_->statusText().contains(QStringLiteral("1 picture could not be read")));
}

TEST_F(ProposalsTest, TheModelEndsWithTheProgram) {
  chooseModel();
  key(Qt::Key_M);
  ASSERT_TRUE(waitForShown(3));
  ASSERT_GT(Jobs::instance().threads(), 0);
  Jobs::instance().cancelAll();
  EXPECT_TRUE(waitFor([] { return Jobs::instance().threads() == 0; }));
}

}  // namespace
}  // namespace boxwright::ui
