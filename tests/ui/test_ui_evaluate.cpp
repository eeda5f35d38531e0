// SPDX-License-Identifier: GPL-3.0-or-later
//
// The Evaluate page, driven as a person does: from a number to the boxes behind it, to the canvas,
// to the label file.
#include <gtest/gtest.h>

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QToolButton>

#include "core/base/random.h"
#include "core/data/class_edit.h"
#include "core/data/open_dataset.h"
#include "tests/ui/evaluate_world.h"
#include "tests/ui/gui_application.h"
#include "tests/ui/shown_colour.h"
#include "ui/annotate/annotate_actions.h"
#include "ui/annotate/annotate_canvas.h"
#include "ui/annotate/annotate_page.h"
#include "ui/annotate/prediction_overlay.h"
#include "ui/crop_store.h"
#include "ui/detect/model_picker.h"
#include "ui/error_bar.h"
#include "ui/evaluate/class_bars.h"
#include "ui/evaluate/confusion_view.h"
#include "ui/evaluate/crop_grid.h"
#include "ui/evaluate/curve_chart.h"
#include "ui/evaluate/evaluate_form.h"
#include "ui/evaluate/evaluate_page.h"
#include "ui/evaluate/finding_bar.h"
#include "ui/evaluate/finding_list.h"
#include "ui/evaluate/suspect_list.h"
#include "ui/label_keeper.h"
#include "ui/window/main_window.h"

namespace boxwright::ui {
namespace {

namespace fs = std::filesystem;

constexpr int kBackground = 2;  ///< as a class of the model, which has 0 red and 1 green

/// The window over a small world with one fault of each kind.
class EvaluateTest : public testing::Test {
 protected:
  void SetUp() override {
    guiApplication();
    world_.makeDataset({
        {{0, "red", "red"}},
        {{1, "red", "green"}},                     // the label is wrong
        {{0, "red", "red"}, {2, "green", ""}},     // the green one was forgotten
        {{3, "", "green"}, {0, "green", "green"}}  // one is labelled where nothing is
    });
    world_.makeModel();
    window_ = std::make_unique<MainWindow>();
    window_->resize(1440, 900);
    window_->show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(window_.get()));
    window_->openPath(QString::fromStdString(world_.dataset().string()));
    ASSERT_TRUE(waitFor([this] { return document().isOpen() && !document().isOpening(); }));
    QTest::keyClick(window_.get(), Qt::Key_6, Qt::ControlModifier);
    ASSERT_EQ(window_->currentPage(), page());
  }

  void TearDown() override {
    window_.reset();
    endJobs();
  }

  DatasetDocument& document() { return window_->state().document(); }
  EvaluatePage* page() { return window_->findChild<EvaluatePage*>(); }
  AnnotatePage* annotate() { return window_->findChild<AnnotatePage*>(); }
  AnnotateCanvas* canvas() { return annotate()->canvas(); }

  void chooseModel(const char* stem = "colours") {
    const std::string name(stem);
    page()->form()->model()->setFiles(world_.file((name + ".cfg").c_str()),
                                      world_.file((name + ".weights").c_str()),
                                      world_.file((name + ".names").c_str()));
  }

  void click(QWidget* widget) {
    ASSERT_TRUE(widget && widget->isVisible() && widget->isEnabled());
    QTest::mouseClick(widget, Qt::LeftButton);
  }
  void evaluate() {
    chooseModel();
    click(page()->form()->button());
    ASSERT_TRUE(page()->job().isRunning());
    ASSERT_TRUE(waitFor([this] { return !page()->job().isRunning(); }));
    ASSERT_FALSE(page()->models().empty()) << page()->errorBar()->current().problem.toStdString();
  }
  void clickCell(int truth, int predicted) {
    ConfusionView* view = page()->confusion();
    QTest::mouseClick(view->viewport(), Qt::LeftButton, {},
                      view->cellRect({truth, predicted}).center());
  }
  void clickCrop(int row) {
    CropGrid* grid = page()->grid();
    const QModelIndex index = page()->findings()->index(row);
    grid->scrollTo(index);
    QTest::mouseClick(grid->viewport(), Qt::LeftButton, {}, grid->visualRect(index).center());
  }
  bool waitForCanvas(int picture) {
    return waitFor([&] {
      return window_->currentPage() == annotate() && annotate()->editor().picture() == picture &&
             document().isEditable();
    });
  }
  const std::vector<boxwright::Box>& boxes(int picture) {
    return document().dataset().pictures[static_cast<std::size_t>(picture)].annotation->boxes;
  }
  QString className(int id) {
    return QString::fromStdString(document().dataset().classes[static_cast<std::size_t>(id)]);
  }
  bool waitForSaved() {
    LabelKeeper& labels = window_->state().labels();
    return waitFor([&] { return labels.unsaved() == 0 && !labels.isBusy(); });
  }
  template <typename T>
  T* find(const char* name) {
    T* found = page()->findChild<T*>(QString::fromLatin1(name));
    EXPECT_TRUE(found) << name;
    return found;
  }

  ColourWorld world_;
  std::unique_ptr<MainWindow> window_;
};

TEST_F(EvaluateTest, FromACellToACorrectedLabelFile) {
  evaluate();
  // The model's classes: 0 red, 1 green.
  const ConfusionView::Matrix expected = {{2, 0, 0}, {1, 1, 1}, {0, 1, 0}};
  EXPECT_EQ(page()->confusion()->matrix(), expected);
  EXPECT_EQ(page()->findings()->rowCount(), 3) << "faults";

  clickCell(1, 0);
  ASSERT_EQ(page()->findings()->rowCount(), 1);
  EXPECT_EQ(page()->findings()->boxOf(0).verdict, Verdict::WrongClass);
  EXPECT_EQ(find<QLabel>("scope")->text(), QStringLiteral("green taken for red"));

  clickCrop(0);
  ASSERT_TRUE(waitForCanvas(1));
  // Truth solid and selected, the prediction dashed and chosen, in view.
  ASSERT_EQ(boxes(1).size(), 1U);
  ASSERT_TRUE(waitFor([this] { return annotate()->predictions()->chosen() != nullptr; }));
  EXPECT_TRUE(annotate()->editor().isSelected(boxes(1).front().id));
  ASSERT_EQ(canvas()->predictions().size(), 1U);
  EXPECT_TRUE(canvas()->predictions().front().predicted);
  EXPECT_EQ(canvas()->boxes().size(), 1U);
  EXPECT_FALSE(canvas()->boxes().front().predicted);
  const Rect place = ColourWorld::placeOf(1);
  EXPECT_TRUE(canvas()->rect().contains(canvas()->toWidget({place.left, place.top}).toPoint()));
  EXPECT_TRUE(canvas()->rect().contains(canvas()->toWidget({place.right, place.bottom}).toPoint()));
  EXPECT_GT(canvas()->zoom() * place.width(), canvas()->width() / 6.0) << "too small to judge";

  // What the model says is right.
  ASSERT_NE(readFile(world_.label(1)).find("<name>green</name>"), std::string::npos);
  ASSERT_TRUE(waitFor([this] { return canvas()->hasFocus(); }));
  QTest::keyClick(canvas(), Qt::Key_Return);
  ASSERT_EQ(boxes(1).size(), 1U);
  EXPECT_EQ(className(boxes(1).front().classId), QStringLiteral("red"));
  EXPECT_EQ(boxes(1).front().rect, place);
  EXPECT_TRUE(canvas()->predictions().empty()) << "a label has taken it over";
  QTest::keyClick(canvas(), Qt::Key_S, Qt::ControlModifier);
  ASSERT_TRUE(waitForSaved());
  const std::string label = readFile(world_.label(1));
  EXPECT_NE(label.find("<name>red</name>"), std::string::npos) << label;
  EXPECT_EQ(label.find("green"), std::string::npos) << label;

  // Back: the list is where it was, the picture is marked.
  QTest::keyClick(window_.get(), Qt::Key_6, Qt::ControlModifier);
  ASSERT_EQ(window_->currentPage(), page());
  ASSERT_EQ(page()->findings()->rowCount(), 1);
  EXPECT_EQ(page()->grid()->currentIndex().row(), 0);
  EXPECT_TRUE(page()->findings()->isCorrected(0));
  EXPECT_TRUE(find<QLabel>("corrected")->text().startsWith("1 picture corrected since"));

  click(find<QPushButton>("evaluateAgain"));
  ASSERT_TRUE(waitFor([this] { return !page()->job().isRunning(); }));
  const ConfusionView::Matrix after = {{3, 0, 0}, {0, 1, 1}, {0, 1, 0}};
  EXPECT_EQ(page()->confusion()->matrix(), after);
  EXPECT_FALSE(find<QLabel>("corrected")->isVisible());
}

TEST_F(EvaluateTest, AClassThatIsMovedCorrectsNoPicture) {
  evaluate();
  window_->showPage(QStringLiteral("annotate"));
  ASSERT_TRUE(waitFor([this] { return document().isEditable(); }));
  const ClassListPtr before = document().classList();
  std::vector<int> to;
  for (std::size_t i = before->size(); i-- > 0;)
    to.push_back(static_cast<int>(i));
  const ClassChange change{before,
                           std::make_shared<const ClassList>(before->rbegin(), before->rend()), to};
  const Dataset& dataset = document().dataset();
  auto counts = document().statistics().classes;
  counts.resize(before->size());
  std::reverse(counts.begin(), counts.end());
  const AnnotationPtr first = dataset.pictures.at(1).annotation;
  document().editClasses(classEdit(dataset, std::make_shared<const ClassChange>(change), "Move"),
                         counts);
  ASSERT_NE(*dataset.pictures[1].annotation, *first);
  EXPECT_EQ(page()->findings()->correctedPictures(), 0);
  document().undo();
  EXPECT_EQ(page()->findings()->correctedPictures(), 0);
}

TEST_F(EvaluateTest, AForgottenBoxIsAcceptedAndAnUndoTakesTheMarkAway) {
  evaluate();
  clickCell(kBackground, 1);
  ASSERT_EQ(page()->findings()->rowCount(), 1);
  page()->grid()->setFocus();
  QTest::keyClick(page()->grid(), Qt::Key_Home);
  QTest::keyClick(page()->grid(), Qt::Key_Return);
  ASSERT_TRUE(waitForCanvas(2));
  ASSERT_TRUE(waitFor([this] { return annotate()->predictions()->chosen() != nullptr; }));
  EXPECT_TRUE(annotate()->editor().selected().empty());
  ASSERT_TRUE(waitFor([this] { return canvas()->hasFocus(); }));
  QTest::keyClick(canvas(), Qt::Key_Return);
  ASSERT_EQ(boxes(2).size(), 2U);
  EXPECT_EQ(className(boxes(2).back().classId), QStringLiteral("green"));
  EXPECT_EQ(boxes(2).back().rect, ColourWorld::placeOf(2));
  EXPECT_TRUE(page()->findings()->isCorrected(0));
  QTest::keyClick(canvas(), Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(boxes(2).size(), 1U);
  EXPECT_FALSE(page()->findings()->isCorrected(0));
  EXPECT_EQ(canvas()->predictions().size(), 1U) << "it can be accepted again";
}

TEST_F(EvaluateTest, PredictionsAreNoLabelsUntilTheyAreAccepted) {
  evaluate();
  window_->state().select(2);
  QTest::keyClick(window_.get(), Qt::Key_2, Qt::ControlModifier);
  ASSERT_TRUE(waitForCanvas(2));
  canvas()->setFocus();
  // The red one is found where its label is, to the pixel: only the green one is left.
  ASSERT_EQ(canvas()->predictions().size(), 1U);
  QTest::keyClick(canvas(), Qt::Key_P, Qt::ShiftModifier);
  EXPECT_TRUE(canvas()->predictions().empty());
  QTest::keyClick(canvas(), Qt::Key_P, Qt::ShiftModifier);
  ASSERT_EQ(canvas()->predictions().size(), 1U);
  EXPECT_EQ(document().history().size(), 0U);
  // A click chooses it, Enter accepts it.
  const Rect place = ColourWorld::placeOf(2);
  QTest::mouseClick(canvas(), Qt::LeftButton, {},
                    canvas()->toWidget({place.centreX(), place.centreY()}).toPoint());
  ASSERT_TRUE(annotate()->predictions()->chosen());
  QTest::keyClick(canvas(), Qt::Key_Return);
  EXPECT_EQ(boxes(2).size(), 2U);
  EXPECT_EQ(document().history().size(), 1U);
  EXPECT_TRUE(annotate()->editor().selected().empty()) << "the next accepted would take its place";
  // All of them: nothing is left to accept.
  QTest::keyClick(canvas(), Qt::Key_Return, Qt::ControlModifier);
  EXPECT_EQ(boxes(2).size(), 2U);
  QTest::keyClick(canvas(), Qt::Key_Z, Qt::ControlModifier);
  QTest::keyClick(canvas(), Qt::Key_Return, Qt::ControlModifier);
  EXPECT_EQ(boxes(2).size(), 2U);
  // "." and "," go from one to the next.
  QTest::keyClick(canvas(), Qt::Key_Z, Qt::ControlModifier);
  EXPECT_FALSE(annotate()->predictions()->chosen());
  QTest::keyClick(canvas(), Qt::Key_Period);
  EXPECT_TRUE(annotate()->predictions()->chosen());
}

TEST_F(EvaluateTest, ThresholdsActWithoutAnotherPass) {
  evaluate();
  const auto finds = page()->models()[0].evaluation;
  QSlider* confidence = page()->form()->confidenceSlider();
  confidence->setValue(99);
  confidence->setFocus();
  ASSERT_TRUE(waitFor([this] { return page()->models()[0].confidence == 0.99; }));
  EXPECT_EQ(page()->models()[0].evaluation, finds) << "the same finds";
  EXPECT_TRUE(find<QLabel>("heldFor")->text().contains("colours.cfg"));
  for (int row = 0; row < page()->findings()->rowCount(); ++row) {
    const JudgedBox& box = page()->findings()->boxOf(row);
    EXPECT_TRUE(!box.detection || box.confidence > 0.99F);
  }
  QTest::keyClick(confidence, Qt::Key_Home);
  ASSERT_TRUE(waitFor([this] { return page()->models()[0].confidence == 0.01; }));
  EXPECT_EQ(page()->confusion()->matrix()[0][0], 2U);
}

TEST_F(EvaluateTest, BarsCurvesAndKindsLeadToTheirBoxes) {
  evaluate();
  ClassBars* bars = page()->bars();
  bars->setFocus();
  bars->setCurrentIndex(bars->model()->index(1, 0));
  QTest::mouseClick(bars->viewport(), Qt::LeftButton, {},
                    bars->visualRect(bars->model()->index(1, 0)).center());
  EXPECT_EQ(find<QLabel>("scope")->text(), QStringLiteral("green"));
  EXPECT_EQ(page()->findings()->rowCount(), 3);
  click(page()->bar()->kindButton(FindingKind::Missed));
  ASSERT_EQ(page()->findings()->rowCount(), 1);
  EXPECT_EQ(page()->findings()->boxOf(0).verdict, Verdict::Missed);
  click(find<QToolButton>("everything"));
  EXPECT_EQ(page()->findings()->rowCount(), 3);
  EXPECT_EQ(find<QLabel>("scope")->text(), QStringLiteral("Behind all numbers"));

  // The point of the red curve where all is found: three finds, one of them wrong.
  Q_EMIT page()->curves()->clicked(1, 2.0 / 3);
  EXPECT_EQ(page()->findings()->scope().of, FindingScope::Of::Point);
  EXPECT_EQ(page()->findings()->rowCount(), 3);

  // The matrix by keys.
  ConfusionView* confusion = page()->confusion();
  confusion->setFocus();
  for (const int key : {Qt::Key_Up, Qt::Key_Up, Qt::Key_Home, Qt::Key_Down, Qt::Key_End})
    QTest::keyClick(confusion, static_cast<Qt::Key>(key));
  EXPECT_EQ(confusion->current(), ConfusionView::Cell(1, 2));
  QTest::keyClick(confusion, Qt::Key_Return);
  ASSERT_EQ(page()->findings()->rowCount(), 1);
  EXPECT_EQ(page()->findings()->boxOf(0).verdict, Verdict::Missed);
  EXPECT_TRUE(confusion->cellText({1, 2}).startsWith("1 of 3 green missed"));
}

TEST_F(EvaluateTest, ChosenColoursAreShown) {
  evaluate();
  const QColor chosen(123, 47, 217);
  const std::vector<QWidget*> views = {page()->bars()->viewport(), page()->confusion()->viewport(),
                                       page()->grid()->viewport(), page()->curves()};
  ASSERT_TRUE(waitFor([&] { return page()->grid()->isVisible(); }));
  for (QWidget* view : views)
    EXPECT_FALSE(showsColour(view, chosen)) << view->parentWidget()->metaObject()->className();
  document().chooseColours({{"red", {123, 47, 217}}});
  for (QWidget* view : views)
    EXPECT_TRUE(waitFor([&] { return showsColour(view, chosen); }))
        << view->parentWidget()->metaObject()->className();
}

TEST_F(EvaluateTest, TwoModelsSideBySide) {
  world_.makeModel("blind", false);
  chooseModel();
  click(find<QCheckBox>("compare"));
  page()->form()->other()->setFiles(world_.file("blind.cfg"), world_.file("blind.weights"),
                                    world_.file("blind.names"));
  click(page()->form()->button());
  ASSERT_TRUE(waitFor([this] { return !page()->job().isRunning(); }));
  ASSERT_EQ(page()->models().size(), 2U) << page()->errorBar()->current().problem.toStdString();
  EXPECT_EQ(find<QLabel>("recallOther")->text(), QStringLiteral("0.400"));
  EXPECT_EQ(find<QLabel>("recall")->text(), QStringLiteral("0.600"));

  auto* side = find<QComboBox>("side");
  const auto choose = [&](FindingSide which) {
    side->setCurrentIndex(side->findData(static_cast<int>(which)));
  };
  // The forgotten green box is a false find of the first alone, the real green one a miss of the
  // second; the wrong label and the label of nothing both get wrong.
  choose(FindingSide::OnlyFirst);
  ASSERT_EQ(page()->findings()->rowCount(), 1);
  EXPECT_EQ(page()->findings()->boxOf(0).verdict, Verdict::Background);
  choose(FindingSide::OnlySecond);
  ASSERT_EQ(page()->findings()->rowCount(), 1);
  EXPECT_EQ(page()->findings()->boxOf(0).verdict, Verdict::Missed);
  EXPECT_EQ(page()->confusion()->matrix()[1][2], 2U) << "the second one's matrix";
  choose(FindingSide::Both);
  EXPECT_EQ(page()->findings()->rowCount(), 2);
  EXPECT_EQ(page()->confusion()->matrix()[1][2], 1U);
  choose(FindingSide::Second);
  click(page()->bar()->kindButton(FindingKind::All));
  EXPECT_EQ(page()->findings()->rowCount(), 5);
  // A bar is the first one's.
  Q_EMIT page()->bars()->picked(0);
  EXPECT_EQ(page()->findings()->model(), 0U);
}

TEST_F(EvaluateTest, LikelyLabelFaultsLeadToTheirPictures) {
  evaluate();
  EXPECT_FALSE(page()->bar()->suspectsButton()->isVisible()) << "three files have no record";
  auto evaluation = std::make_shared<Evaluation>(*page()->models()[0].evaluation);
  evaluation->suspects = {{1, boxes(1).front().id, 7.5, 0.2}, {0, boxes(0).front().id, 0.5, 0.4}};
  page()->show(scored(std::vector<std::shared_ptr<const Evaluation>>{evaluation}, 0.25));
  click(page()->bar()->suspectsButton());
  ASSERT_EQ(page()->grid()->model()->rowCount(), 2);
  EXPECT_EQ(page()->suspects()->item(0).detail, QStringLiteral("7.5"));
  QTest::mouseClick(page()->grid()->viewport(), Qt::LeftButton, {},
                    page()->grid()->visualRect(page()->suspects()->index(0)).center());
  ASSERT_TRUE(waitForCanvas(1));
  ASSERT_TRUE(waitFor([this] { return annotate()->editor().isSelected(boxes(1).front().id); }));
  // The label says green; red it is, by its key.
  const int red = className(0) == "red" ? 0 : 1;
  QTest::keyClick(canvas(), static_cast<Qt::Key>(Qt::Key_1 + red));
  EXPECT_EQ(className(boxes(1).front().classId), QStringLiteral("red"));
  QTest::keyClick(window_.get(), Qt::Key_6, Qt::ControlModifier);
  EXPECT_TRUE(page()->suspects()->item(0).corrected);
  EXPECT_FALSE(page()->suspects()->item(1).corrected);
  click(page()->bar()->kindButton(FindingKind::Faults));
  EXPECT_EQ(page()->grid()->model(), page()->findings());
  // A number leads back to its boxes.
  click(page()->bar()->suspectsButton());
  clickCell(1, 0);
  EXPECT_EQ(page()->grid()->model(), page()->findings());
  EXPECT_EQ(find<QLabel>("scope")->text(), QStringLiteral("green taken for red"));
}

TEST_F(EvaluateTest, SaysWhatIsMissingAndWhatFailed) {
  EXPECT_FALSE(page()->form()->button()->isEnabled());
  const QPushButton* offer = find<QPushButton>("offer0");
  EXPECT_EQ(offer->text(), QStringLiteral("Train a network"));
  page()->form()->model()->setFiles(world_.file("colours.cfg"), world_.file("missing.weights"), {});
  EXPECT_EQ(offer->text(), QStringLiteral("Evaluate"));
  click(find<QPushButton>("offer0"));
  ASSERT_TRUE(waitFor([this] { return page()->errorBar()->isShowing(); }));
  EXPECT_TRUE(page()->models().empty());
  EXPECT_TRUE(page()->form()->button()->isEnabled());
  document().close();
  EXPECT_FALSE(page()->unavailableReason().isEmpty());
}

/// 4,500 pictures, 80 classes, over 20,000 boxes to list.
TEST_F(EvaluateTest, ManyBoxesAndClassesKeepTheWindowQuick) {
  constexpr int kClasses = 80;
  RandomStream random(3, "evaluate");
  auto evaluation = std::make_shared<Evaluation>();
  Dataset dataset = document().dataset();
  const auto count = dataset.pictures.size();
  evaluation->request.dataset = std::make_shared<const Dataset>(std::move(dataset));
  evaluation->request.model = QStringLiteral("many");
  for (int c = 0; c < kClasses; ++c) {
    evaluation->names.push_back("a class with a long name " + std::to_string(c));
    evaluation->datasetClasses.push_back(-1);
  }
  for (std::size_t p = 0; p < 4500; ++p) {
    PictureResult picture;
    for (int i = 0; i < 5; ++i) {
      boxwright::Box box;
      box.classId = static_cast<int>(random.index(kClasses));
      box.rect = ColourWorld::placeOf(i % 4);
      picture.truths.push_back(box);
      picture.detections.push_back({box.rect, static_cast<int>(random.index(kClasses)),
                                    static_cast<float>(random.uniform(0.3, 1))});
    }
    evaluation->pictures.push_back(std::move(picture));
    evaluation->indices.push_back(p % count);
  }
  guiApplication().resetClock();
  std::vector<ScoredEvaluation> models = {scored(evaluation, 0.25)};
  QMetaObject::invokeMethod(
      page(), [&] { page()->show(std::move(models)); }, Qt::QueuedConnection);
  ASSERT_TRUE(waitFor([this] { return page()->findings()->rowCount() > 20000; }));
  QTest::qWait(200);
  CropGrid* grid = page()->grid();
  grid->setFocus();
  for (const int key : {Qt::Key_End, Qt::Key_PageUp, Qt::Key_PageUp, Qt::Key_Home}) {
    QTest::keyClick(grid, static_cast<Qt::Key>(key));
    QTest::qWait(20);
  }
  ConfusionView* confusion = page()->confusion();
  confusion->setFocus();
  QTest::keyClick(confusion, Qt::Key_End);
  QTest::keyClick(confusion, Qt::Key_Return);
  QTest::qWait(50);
  click(find<QToolButton>("everything"));
  QTest::qWait(50);
  EXPECT_LT(guiApplication().worstMilliseconds(), 50) << guiApplication().worstName();
  std::cout << "  longest of " << guiApplication().events() << " handlers "
            << guiApplication().worstMilliseconds() << " ms (" << guiApplication().worstName()
            << ")\n";
}

TEST(CropArea, LiesInThePictureAroundTheBox) {
  const Rect middle = cropArea({50, 50, 90, 70}, 400, 300);
  EXPECT_DOUBLE_EQ(middle.width(), 64);
  EXPECT_DOUBLE_EQ(middle.height(), 48);
  EXPECT_LE(middle.left, 50);
  EXPECT_GE(middle.right, 90);
  const Rect corner = cropArea({0, 0, 4, 4}, 400, 300);
  EXPECT_EQ(corner.left, 0);
  EXPECT_EQ(corner.top, 0);
  EXPECT_GE(corner.width(), 32);
  const Rect whole = cropArea({0, 0, 400, 300}, 400, 300);
  EXPECT_EQ(whole, (Rect{0, 0, 400, 300}));
  const Rect tiny = cropArea({0, 0, 5, 5}, 10, 6);
  EXPECT_EQ(tiny, (Rect{0, 0, 10, 6}));
}

}  // namespace
}  // namespace boxwright::ui
