// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <memory>
#include <string>

#include "tests/ui/gui_application.h"
#include "ui/data/picture_grid.h"
#include "ui/data/picture_list_model.h"
#include "ui/data/thumbnail_store.h"
#include "ui/dataset_document.h"
#include "ui/studio_state.h"

namespace boxwright::ui {
namespace {

Dataset makeLarge(int count) {
  Dataset dataset;
  dataset.root = "/nowhere";
  dataset.format = "images";
  dataset.classes = {"even", "third"};
  const auto annotation = [](int classId) {
    Annotation a;
    if (classId >= 0) {
      a.state = LabelState::Labelled;
      boxwright::Box box;
      box.id = 1;
      box.classId = classId;
      box.rect = {2, 2, 12, 22};
      a.boxes.push_back(box);
    }
    return std::make_shared<const Annotation>(std::move(a));
  };
  const AnnotationPtr even = annotation(0), third = annotation(1), none = annotation(-1);
  for (int i = 0; i < count; ++i) {
    dataset.pictures.push_back({"picture_" + std::to_string(i) + ".jpg", 64, 48,
                                i % 2 == 0   ? even
                                : i % 3 == 0 ? third
                                             : none});
  }
  return dataset;
}

TEST(PictureList, FindsTheNextUnlabelledPictureRoundTheEnd) {
  DatasetDocument document;
  PictureListModel model(document);
  document.setDataset(makeLarge(50));
  ASSERT_TRUE(waitFor([&] { return model.isComplete(); }));
  EXPECT_EQ(model.nextUnlabelled(-1), 1);
  EXPECT_EQ(model.nextUnlabelled(1), 5);
  EXPECT_EQ(model.nextUnlabelled(48), 49);
  EXPECT_EQ(model.nextUnlabelled(49), 1);
  model.setFilter(QStringLiteral("class:even"));
  ASSERT_TRUE(waitFor([&] { return model.isComplete(); }));
  EXPECT_EQ(model.nextUnlabelled(3), -1);
}

TEST(PictureList, CountsInPlainWords) {
  EXPECT_EQ(shownText(1, 1), "1 picture");
  EXPECT_EQ(shownText(12, 12), "12 pictures");
  EXPECT_EQ(shownText(0, 1), "0 of 1 picture");
  EXPECT_EQ(shownText(3, 12), "3 of 12 pictures");
}

TEST(PictureList, SaysTheClassOfAPictureAsAWhole) {
  DatasetDocument document;
  PictureListModel model(document);
  const auto header = [&] {
    return model.headerData(PictureListModel::Boxes, Qt::Horizontal, Qt::DisplayRole)
        .toString()
        .toStdString();
  };
  EXPECT_EQ(header(), "Boxes");
  Dataset dataset = makeLarge(2);
  Annotation whole;
  whole.state = LabelState::Labelled;
  whole.imageClasses = {1};
  for (Picture& picture : dataset.pictures)
    picture.annotation = std::make_shared<const Annotation>(whole);
  document.setDataset(dataset);
  ASSERT_TRUE(waitFor([&] { return model.isComplete(); }));
  EXPECT_EQ(model.index(0, PictureListModel::Boxes).data().toString().toStdString(), "third");
  EXPECT_EQ(model.index(0, 0).data(Qt::AccessibleTextRole).toString().toStdString(),
            "picture_0.jpg, labelled, class third");
  EXPECT_EQ(header(), "Class");
  document.setDataset(makeLarge(2));
  EXPECT_EQ(header(), "Boxes");
}

TEST(PictureList, KeepsTheModelRulesWhileFiltersCome) {
  DatasetDocument document;
  PictureListModel model(document);
  const QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::Fatal);
  document.setDataset(makeLarge(5000));
  ASSERT_TRUE(waitFor([&] { return model.isComplete(); }));
  EXPECT_EQ(model.rowCount(), 5000);
  model.setFilter(QStringLiteral("class:even"));
  ASSERT_TRUE(waitFor([&] { return model.isComplete(); }));
  EXPECT_EQ(model.rowCount(), 2500);
  EXPECT_EQ(model.pictureAt(3), 6);
  EXPECT_EQ(model.rowOf(6), 3);
  EXPECT_EQ(model.rowOf(7), -1);
  EXPECT_EQ(model.pictureAt(2500), -1);
  model.setFilter(QStringLiteral("picture_499"));
  ASSERT_TRUE(waitFor([&] { return model.isComplete(); }));
  EXPECT_EQ(model.rowCount(), 11);
  document.close();
  EXPECT_EQ(model.rowCount(), 0);
}

TEST(PictureList, TableSaysWhatIsKnown) {
  DatasetDocument document;
  PictureListModel model(document);
  document.setDataset(makeLarge(10));
  const auto text = [&](int row, int column) {
    return model.index(row, column).data().toString().toStdString();
  };
  EXPECT_EQ(text(4, PictureListModel::Name), "picture_4.jpg");
  EXPECT_EQ(text(4, PictureListModel::Boxes), "1");
  EXPECT_EQ(text(1, PictureListModel::Boxes), "");
  EXPECT_EQ(text(1, PictureListModel::State), "unlabelled");
  EXPECT_EQ(text(0, PictureListModel::Size), "64 \u00d7 48");
}

/// A model that found one box in every picture but those divisible by ten, the surer the further
/// on.
Predictions predictionsOf(int count) {
  auto all = std::make_shared<std::vector<std::vector<Detection>>>();
  for (int i = 0; i < count; ++i)
    all->push_back(
        {{{2, 2, 12, 22}, 0, 0.3F + 0.6F * static_cast<float>(i) / static_cast<float>(count)}});
  Predictions predictions;
  predictions.names = {"even"};
  predictions.found = [all](std::size_t i) -> std::shared_ptr<const std::vector<Detection>> {
    if (i % 10 == 0) return nullptr;
    return {all, &(*all)[i]};
  };
  return predictions;
}

TEST(PictureList, OrdersByDoubtAndAnEditMovesNothing) {
  StudioState state;
  PictureListModel model(state.document());
  model.setDoubts(state.doubts());
  const QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::Fatal);
  state.document().setDataset(makeLarge(5000));
  model.setOrder(PictureOrder::Doubt);
  ASSERT_TRUE(waitFor([&] { return model.isComplete() && model.rowCount() == 5000; }));
  EXPECT_EQ(model.pictureAt(0), 0) << "nothing is known: as in the dataset";
  state.setPredictions(predictionsOf(5000));
  ASSERT_TRUE(waitFor([&] { return model.pictureAt(0) == 1; }));
  ASSERT_TRUE(waitFor([&] { return model.isComplete() && model.rowCount() == 5000; }));
  EXPECT_EQ(model.pictureAt(1), 2);
  EXPECT_EQ(model.pictureAt(4499), 4999);
  EXPECT_EQ(model.pictureAt(4500), 0) << "not seen: last, as in the dataset";
  EXPECT_EQ(model.pictureAt(4501), 10);
  for (const int row : {0, 17, 4499, 4500, 4999})
    EXPECT_EQ(model.rowOf(model.pictureAt(row)), row);
  // "even" is labelled there and agrees; in odd pictures nothing, or something else, is.
  model.setOrder(PictureOrder::Disagreement);
  ASSERT_TRUE(waitFor([&] { return model.isComplete() && model.rowCount() == 5000; }));
  EXPECT_EQ(model.pictureAt(0), 3) << "third where the model says even: one";
  EXPECT_EQ(model.pictureAt(1), 9);
  state.document().setReadOnly({});
  auto after = std::make_shared<Annotation>(*state.document().dataset().pictures[3].annotation);
  after->boxes.front().classId = 0;
  state.document().edit({"right", {{3, state.document().dataset().pictures[3].annotation, after}}});
  QTest::qWait(1200);
  EXPECT_EQ(state.doubts().disagreement(3), 0);
  EXPECT_EQ(model.pictureAt(0), 3) << "in view: it stays where it is";
  model.setFilter(QStringLiteral("disagree>0"));
  ASSERT_TRUE(waitFor([&] { return model.isComplete(); }));
  EXPECT_EQ(model.pictureAt(0), 9);
  EXPECT_EQ(model.rowOf(3), -1);
  model.setFilter(QStringLiteral("-disagree>0 doubt>=0.5"));
  ASSERT_TRUE(waitFor([&] { return model.isComplete(); }));
  EXPECT_GT(model.rowCount(), 100);
  for (int row = 0; row < model.rowCount(); ++row)
    EXPECT_GE(*state.doubts().doubt(model.pictureAt(row)), 0.5F);
  // Without a model neither is known.
  state.setPredictions({});
  ASSERT_TRUE(waitFor([&] { return model.rowCount() == 0; }));
}

TEST(PictureList, AFilterThatHidesThePictureInViewKeepsItsPlaceInTheOrder) {
  StudioState state;
  PictureListModel model(state.document());
  model.setDoubts(state.doubts());
  state.document().setDataset(makeLarge(50));
  state.setPredictions(predictionsOf(50));
  model.setOrder(PictureOrder::Disagreement);
  model.setFilter(QStringLiteral("disagree>0"));
  ASSERT_TRUE(waitFor([&] { return model.isComplete(); }));
  const std::vector<int> before = {model.pictureAt(0), model.pictureAt(1), model.pictureAt(2)};
  ASSERT_EQ(before, (std::vector<int>{3, 9, 15}));
  state.document().setReadOnly({});
  auto after = std::make_shared<Annotation>(*state.document().dataset().pictures[9].annotation);
  after->boxes.front().classId = 0;
  state.document().edit({"right", {{9, state.document().dataset().pictures[9].annotation, after}}});
  ASSERT_TRUE(waitFor([&] { return model.rowOf(9) < 0; }));
  EXPECT_EQ(model.placeOf(9), 1) << "D goes on to 15";
  EXPECT_EQ(model.pictureAt(1), 15);
}

TEST(PictureList, GridPlacesAndFindsByArithmetic) {
  DatasetDocument document;
  PictureListModel model(document);
  ThumbnailStore thumbnails(document);
  PictureGrid grid(document, thumbnails);
  grid.setModel(&model);
  grid.resize(400, 600);
  grid.show();
  document.setDataset(makeLarge(100000));
  ASSERT_TRUE(waitFor([&] { return model.isComplete(); }));
  const QModelIndex far = model.index(98765, 0);
  grid.setCurrentIndex(far);
  grid.scrollTo(far);
  const QRect rect = grid.visualRect(far);
  EXPECT_TRUE(grid.viewport()->rect().contains(rect));
  EXPECT_EQ(grid.indexAt(rect.center()), far);
  QTest::keyClick(&grid, Qt::Key_Right);
  EXPECT_EQ(grid.currentIndex().row(), 98766);
  QTest::keyClick(&grid, Qt::Key_Home);
  EXPECT_EQ(grid.currentIndex().row(), 0);
  EXPECT_TRUE(grid.viewport()->rect().contains(grid.visualRect(grid.currentIndex())));
}

}  // namespace
}  // namespace boxwright::ui
