// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QFile>
#include <QImage>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTableWidget>
#include <QTemporaryDir>

#include "tests/ui/gui_application.h"
#include "ui/anchors/anchor_scatter.h"
#include "ui/anchors/anchors_page.h"
#include "ui/charts/chart.h"
#include "ui/studio_state.h"

namespace boxwright::ui {
namespace {

class AnchorsPageTest : public testing::Test {
 protected:
  AnchorsPageTest() : page_((guiApplication(), state_)) {
    page_.resize(1200, 760);
    page_.show();
  }
  ~AnchorsPageTest() override { endJobs(); }

  /// Ten boxes of sizes of their own in each of `pictures`.
  void open(int pictures) {
    Dataset dataset;
    dataset.root = "/nowhere";
    dataset.classes = {"one"};
    for (int i = 0; i < pictures; ++i) {
      Annotation annotation;
      annotation.state = LabelState::Labelled;
      for (int j = 0; j < 10; ++j) {
        const int number = 10 * i + j;
        boxwright::Box box;
        box.id = static_cast<std::uint32_t>(j + 1);
        box.rect = {0, 0, 5.0 + number * 7919 % 600, 5.0 + number * 104729 % 450};
        annotation.boxes.push_back(box);
      }
      dataset.pictures.push_back({std::to_string(i) + ".jpg", 640, 480,
                                  std::make_shared<const Annotation>(std::move(annotation))});
    }
    state_.document().setDataset(std::move(dataset));
    ASSERT_TRUE(waitFor([&] { return page_.unavailableReason().isEmpty(); }));
    page_.activated();
    ASSERT_TRUE(waitFor([&] { return page_.scatter()->drawnPoints() > 0; }));
  }

  QSpinBox* spin(const char* name) {
    for (QSpinBox* box : page_.findChildren<QSpinBox*>())
      if (box->accessibleName() == QLatin1String(name)) return box;
    ADD_FAILURE() << name;
    return nullptr;
  }

  QAction* action(const char* text) {
    for (QAction* found : page_.menuActions())
      if (found->text() == QString::fromUtf8(text)) return found;
    ADD_FAILURE() << text;
    return nullptr;
  }

  void clusterAndWait() {
    QTest::mouseClick(page_.clusterButton(), Qt::LeftButton);
    ASSERT_TRUE(waitFor([&] { return page_.result().has_value(); }, 60));
  }

  std::size_t curvePoints() { return page_.curve()->points(0).size(); }

  QTemporaryDir folder_;
  StudioState state_;
  AnchorsPage page_;
};

TEST_F(AnchorsPageTest, FollowsWhatIsLabelled) {
  open(1);
  DatasetDocument& document = state_.document();
  document.setReadOnly({});  // which the keeper of labels has said, having no files
  const std::size_t before = page_.scatter()->drawnPoints();
  const AnnotationPtr ten = document.dataset().pictures[0].annotation;
  auto fewer = std::make_shared<Annotation>(*ten);
  fewer->boxes.resize(4);
  document.edit({"Delete boxes", {{0, ten, fewer}}});
  ASSERT_TRUE(waitFor([&] { return page_.scatter()->drawnPoints() == before - 6; }));
  QSignalSpy available(&page_, &Page::availabilityChanged);
  document.edit({"Unlabel", {{0, fewer, std::make_shared<Annotation>()}}});
  EXPECT_GE(available.size(), 1);
  EXPECT_EQ(page_.unavailableReason(), "the dataset has no boxes");
  document.undo();
  EXPECT_EQ(page_.unavailableReason(), "");
  ASSERT_TRUE(waitFor([&] { return page_.scatter()->drawnPoints() == before - 6; }));
}

TEST_F(AnchorsPageTest, AnotherSeedEndsTheCurveOfTheOldOne) {
  open(2500);
  clusterAndWait();
  ASSERT_TRUE(waitFor([&] { return curvePoints() > 0; }, 60));
  ASSERT_LT(curvePoints(), 12U);
  spin("Seed")->setValue(2);
  EXPECT_EQ(curvePoints(), 0U);
  ASSERT_TRUE(waitFor([] { return Jobs::instance().threads() == 0; }, 60));
  QTest::qWait(150);
  EXPECT_EQ(curvePoints(), 0U);  // none of the old seed's came after
  QTest::mouseClick(page_.clusterButton(), Qt::LeftButton);
  ASSERT_TRUE(waitFor([&] { return curvePoints() == 12; }, 120));
  EXPECT_EQ(page_.curve()->points(0).x().front(), 1);
}

TEST_F(AnchorsPageTest, AnotherInputSizeEndsClustering) {
  open(2500);
  page_.stepper()->setValue(20);
  QTest::mouseClick(page_.clusterButton(), Qt::LeftButton);
  spin("Input size")->setValue(608);
  ASSERT_TRUE(waitFor([] { return Jobs::instance().threads() == 0; }, 60));
  QTest::qWait(50);
  EXPECT_FALSE(page_.result().has_value());
  EXPECT_EQ(page_.table()->rowCount(), 0);
}

TEST_F(AnchorsPageTest, NothingIsClusteredThatNobodyAskedFor) {
  EXPECT_FALSE(action("Cluster")->isEnabled());
  page_.clusterButton()->click();
  open(3);
  EXPECT_TRUE(action("Cluster")->isEnabled());
  QTest::qWait(200);
  EXPECT_FALSE(page_.result().has_value());
  action("Cluster")->trigger();
  ASSERT_TRUE(waitFor([&] { return page_.result().has_value(); }));
  state_.document().close();
  EXPECT_FALSE(action("Cluster")->isEnabled());
}

TEST_F(AnchorsPageTest, TheScattersMenuHoldsThePagesOwnActions) {
  open(3);
  QAction* log = action("Log axes");
  ASSERT_TRUE(page_.scatter()->actions().contains(log));
  EXPECT_EQ(page_.scatter()->contextMenuPolicy(), Qt::ActionsContextMenu);
  log->trigger();
  EXPECT_TRUE(page_.scatter()->isLogarithmic());
  auto* box = page_.findChild<QCheckBox*>();
  ASSERT_TRUE(box);
  EXPECT_TRUE(box->isChecked());
  box->click();
  EXPECT_FALSE(page_.scatter()->isLogarithmic());
  EXPECT_FALSE(log->isChecked());
}

TEST_F(AnchorsPageTest, SavesPictureAndSizesAndCopiesTheAnchors) {
  open(3);
  EXPECT_FALSE(action("Copy the anchors")->isEnabled());
  page_.stepper()->setValue(2);
  clusterAndWait();
  action("Copy the anchors")->trigger();
  const QStringList numbers =
      QApplication::clipboard()->text().remove(QLatin1Char(' ')).split(QLatin1Char(','));
  ASSERT_EQ(numbers.size(), 4);
  EXPECT_NEAR(numbers[3].toDouble(), page_.result()->anchors[1].height, 1e-4);

  const QString csv = folder_.filePath("sizes.csv"), png = folder_.filePath("sizes.png");
  page_.scatter()->saveCsv(csv);
  ASSERT_TRUE(waitFor([&] { return QFile::exists(csv); }, 5));
  QFile file(csv);
  ASSERT_TRUE(file.open(QIODevice::ReadOnly));
  const QList<QByteArray> lines = file.readAll().trimmed().split('\n');
  EXPECT_EQ(lines.size(), 31);
  EXPECT_EQ(lines[0], "width,height,anchor");
  const QList<QByteArray> second = lines[2].split(',');  // 7919 % 600 = 119, 104729 % 450 = 329
  ASSERT_EQ(second.size(), 3);
  EXPECT_NEAR(second[0].toDouble(), 124.0 / 640 * 416, 0.01);
  EXPECT_NEAR(second[1].toDouble(), 334.0 / 480 * 416, 0.01);
  EXPECT_EQ(second[2].toInt(), page_.result()->assignment[1] + 1);
  ASSERT_TRUE(waitFor([] { return Jobs::instance().threads() == 0; }, 30));
  page_.scatter()->saveImage(png);
  ASSERT_TRUE(waitFor([&] { return QFile::exists(png); }, 5));
  EXPECT_EQ(QImage(png).size(), 2 * page_.scatter()->size());
  ASSERT_TRUE(waitFor([] { return Jobs::instance().threads() == 0; }, 30));
  JobError error;
  QObject::connect(page_.scatter(), &AnchorScatter::failed, [&](const JobError& e) { error = e; });
  page_.scatter()->saveCsv(folder_.filePath("not there/sizes.csv"));
  EXPECT_TRUE(waitFor([&] { return !error.problem.isEmpty(); }, 5));
}

}  // namespace
}  // namespace boxwright::ui
