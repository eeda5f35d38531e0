// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <iostream>
#include <memory>
#include <string>

#include <QSettings>

#include "tests/ui/gui_application.h"
#include "ui/data/filter_completer.h"
#include "ui/data/filter_text.h"
#include "ui/data/picture_filter.h"
#include "ui/data/picture_list_model.h"
#include "ui/data/saved_filters.h"
#include "ui/dataset_document.h"
#include "ui/studio_state.h"

namespace boxwright::ui {
namespace {

Dataset makeDataset() {
  Dataset dataset;
  dataset.root = "/data/set";
  dataset.format = "voc";
  dataset.classes = {"RBC", "white cell"};
  const auto add = [&](const char* path, LabelState state, std::vector<int> classes) {
    Annotation annotation;
    annotation.state = state;
    std::uint32_t id = 1;
    for (const int classId : classes) {
      boxwright::Box box;
      box.id = id++;
      box.classId = classId;
      box.rect = {1, 1, 5, 5};
      annotation.boxes.push_back(box);
    }
    dataset.pictures.push_back(
        {path, 20, 20, std::make_shared<const Annotation>(std::move(annotation))});
  };
  add("a/one.png", LabelState::Labelled, {0});
  add("a/Two.jpg", LabelState::Labelled, {0, 1});
  add("b/three.PNG", LabelState::Negative, {});
  add("b/four.jpg", LabelState::Unlabelled, {});
  dataset.splits = {{"train", {0, 1, 3}}, {"val", {2}}};
  return dataset;
}

using Rows = std::vector<int>;

class FilterTest : public testing::Test {
 protected:
  FilterTest() { document_.setDataset(makeDataset()); }

  std::vector<int> passing(const char* text) const {
    const PictureFilter filter(QString::fromUtf8(text), document_.dataset().classes);
    std::vector<int> out;
    for (int i = 0; i < document_.pictureCount(); ++i) {
      if (filter.matches(document_, i)) out.push_back(i);
    }
    return out;
  }
  QString problemOf(const char* text) const {
    return PictureFilter(QString::fromUtf8(text), document_.dataset().classes).problem();
  }

  DatasetDocument document_;
};

TEST_F(FilterTest, WordsAndNames) {
  EXPECT_EQ(passing(""), (Rows{0, 1, 2, 3}));
  EXPECT_EQ(passing("two"), (Rows{1}));
  EXPECT_EQ(passing("a/"), (Rows{0, 1}));
  EXPECT_EQ(passing("name:*.png"), (Rows{0, 2}));
  EXPECT_EQ(passing("name:t*"), (Rows{1, 2}));
  EXPECT_EQ(passing("name:?ne.png"), (Rows{0}));
  EXPECT_EQ(passing("name:on"), (Rows{}));
  EXPECT_EQ(passing("-two"), (Rows{0, 2, 3}));
}

TEST_F(FilterTest, CaseDoesNotCountBeyondAscii) {
  Dataset dataset = makeDataset();
  dataset.pictures[0].path = "Obst/Äpfel.jpg";
  dataset.pictures[1].path = "Obst/A\u0308PFEL.png";  // as other systems write it
  document_.setDataset(std::move(dataset));
  EXPECT_EQ(passing("Äpfel"), (Rows{0, 1}));
  EXPECT_EQ(passing("äpf"), (Rows{0, 1}));
  EXPECT_EQ(passing("name:Ä*"), (Rows{0, 1}));
  EXPECT_EQ(passing("name:?pfel.jpg"), (Rows{0}));
}

TEST_F(FilterTest, ProposesTheConditionsThatThereAre) {
  FilterCompleter completer(document_);
  const auto proposals = [&](const char* text) {
    completer.setCompletionPrefix(QString::fromUtf8(text));
    std::vector<std::string> out;
    for (int i = 0; i < completer.completionCount(); ++i) {
      completer.setCurrentRow(i);
      out.push_back(completer.currentCompletion().toStdString());
    }
    return out;
  };
  using Texts = std::vector<std::string>;
  EXPECT_EQ(proposals("cl"), (Texts{"class:RBC", "class:\"white cell\""}));
  EXPECT_EQ(proposals("two -class:w"), (Texts{"two -class:\"white cell\""}));
  EXPECT_EQ(proposals("split:v"), (Texts{"split:val"}));
  EXPECT_EQ(proposals("STATE:n"), (Texts{"state:negative"}));
  EXPECT_EQ(proposals("class:rbc"), (Texts{}));  // whole
  EXPECT_EQ(proposals("class:RBC "), (Texts{}));
}

TEST_F(FilterTest, ClassesStatesSplits) {
  EXPECT_EQ(passing("class:rbc"), (Rows{0, 1}));
  EXPECT_EQ(passing("class:\"white cell\""), (Rows{1}));
  EXPECT_EQ(passing("class:RBC -class:\"white cell\""), (Rows{0}));
  EXPECT_EQ(passing("state:unlabelled"), (Rows{3}));
  EXPECT_EQ(passing("state:negative"), (Rows{2}));
  EXPECT_EQ(passing("state:labelled"), (Rows{0, 1}));
  EXPECT_EQ(passing("split:train"), (Rows{0, 1, 3}));
  EXPECT_EQ(passing("split:VAL"), (Rows{2}));
  EXPECT_EQ(passing("split:train state:labelled name:*.jpg"), (Rows{1}));
}

TEST_F(FilterTest, WhatIsNotUnderstoodIsSaid) {
  EXPECT_EQ(passing("class:platelets"), (Rows{}));
  EXPECT_TRUE(problemOf("class:platelets").contains(QStringLiteral("platelets")));
  EXPECT_EQ(passing("colour:red"), (Rows{}));
  EXPECT_FALSE(problemOf("colour:red").isEmpty());
  EXPECT_FALSE(problemOf("state:done").isEmpty());
  // Half typed: no condition yet, but a hint.
  EXPECT_EQ(passing("class:"), (Rows{0, 1, 2, 3}));
  EXPECT_FALSE(problemOf("class:").isEmpty());
  EXPECT_TRUE(problemOf("class:RBC two").isEmpty());
}

TEST_F(FilterTest, ConditionsSwitchOnAndOff) {
  const QString key = QStringLiteral("class"), value = QStringLiteral("white cell");
  const QString on = filterToggled(QStringLiteral("two"), key, value);
  EXPECT_EQ(on, QStringLiteral("two class:\"white cell\""));
  EXPECT_TRUE(filterHolds(on, key, value));
  EXPECT_EQ(filterToggled(on, key, value), QStringLiteral("two"));
  EXPECT_FALSE(filterHolds(QStringLiteral("-class:RBC"), key, QStringLiteral("RBC")));
}

boxwright::Box makeBox(int classId, Rect rect, std::optional<float> score = {}) {
  boxwright::Box box;
  box.classId = classId;
  box.rect = rect;
  box.score = score;
  return box;
}

/// Of 200 x 100 pixels; ids from 1.
Picture makePicture(const std::string& path, std::vector<boxwright::Box> boxes,
                    bool verified = false) {
  Annotation annotation;
  annotation.state = boxes.empty() ? LabelState::Negative : LabelState::Labelled;
  annotation.verified = verified;
  for (std::uint32_t i = 0; i < boxes.size(); ++i)
    boxes[i].id = i + 1;
  annotation.boxes = std::move(boxes);
  return {path, 200, 100, std::make_shared<const Annotation>(std::move(annotation))};
}

/// Boxes of several sizes, places and scores.
class BoxFilterTest : public FilterTest {
 protected:
  BoxFilterTest() {
    Dataset dataset;
    dataset.root = "/data/set";
    dataset.format = "voc";
    dataset.classes = {"RBC", "WBC"};
    dataset.pictures = {
        makePicture("0.png", {makeBox(0, {0, 0, 10, 20}, 0.25F), makeBox(1, {0, 0, 40, 40})}),
        makePicture("1.png", {makeBox(0, {150, 60, 190, 80}, 0.75F)}, true),
        makePicture("2.png", {makeBox(1, {0, 0, 8, 8}), makeBox(0, {0, 0, 60, 60})}),
        makePicture("3.png", {}),
    };
    dataset.pictures[3].width = dataset.pictures[3].height = 0;
    dataset.problems = {{"1.png", 0, Severity::Warning, "The picture ends early"},
                        {"Annotations/2.xml", 4, Severity::Error, "a box without area"},
                        {"elsewhere.txt", 0, Severity::Note, "belongs to no picture"}};
    document_.setDataset(std::move(dataset));
  }
};

TEST_F(BoxFilterTest, Counts) {
  EXPECT_EQ(passing("boxes>1"), (Rows{0, 2}));
  EXPECT_EQ(passing("boxes>=1"), (Rows{0, 1, 2}));
  EXPECT_EQ(passing("boxes<2"), (Rows{1, 3}));
  EXPECT_EQ(passing("boxes<=1"), (Rows{1, 3}));
  EXPECT_EQ(passing("boxes=0"), (Rows{3}));
  EXPECT_EQ(passing("boxes:0..1"), (Rows{1, 3}));
  EXPECT_EQ(passing("-boxes=0"), (Rows{0, 1, 2}));
}

TEST_F(BoxFilterTest, SizesAreTheLongerSide) {
  EXPECT_EQ(passing("size<20"), (Rows{2}));
  EXPECT_EQ(passing("size<=20px"), (Rows{0, 2}));
  EXPECT_EQ(passing("size:20"), (Rows{0}));
  EXPECT_EQ(passing("size:30..50"), (Rows{0, 1}));
  EXPECT_EQ(passing("aspect>=2"), (Rows{1}));
  EXPECT_EQ(passing("aspect<1"), (Rows{0}));
  EXPECT_EQ(passing("width>100"), (Rows{0, 1, 2}));
  EXPECT_EQ(passing("height:100"), (Rows{0, 1, 2}));
  EXPECT_EQ(passing("height<100px"), (Rows{})) << "of an unknown size nothing is said";
}

TEST_F(BoxFilterTest, ConditionsOnBoxesAreAboutOneBox) {
  EXPECT_EQ(passing("class:RBC size<32px"), (Rows{0}));
  EXPECT_EQ(passing("class:WBC size<32px"), (Rows{2}));
  EXPECT_EQ(passing("size<32px size>=20"), (Rows{0}));
  EXPECT_EQ(passing("class:RBC class:WBC"), (Rows{0, 2}));
  EXPECT_EQ(passing("class:RBC class:WBC size>=40"), (Rows{}));
  EXPECT_EQ(passing("class:RBC class:WBC size<=60 aspect:1"), (Rows{2}));
  EXPECT_EQ(passing("class:RBC -size<10"), (Rows{0, 1})) << "a minus stands for itself";
}

TEST_F(BoxFilterTest, ScoresAndPlaces) {
  EXPECT_EQ(passing("score>0.5"), (Rows{1}));
  EXPECT_EQ(passing("score<0.5"), (Rows{0})) << "boxes without a score have none";
  EXPECT_EQ(passing("x>50% y:60..80"), (Rows{1}));
  EXPECT_EQ(passing("x<4"), (Rows{0, 2}));
}

TEST_F(BoxFilterTest, VerifiedAndProblems) {
  EXPECT_EQ(passing("verified:yes"), (Rows{1}));
  EXPECT_EQ(passing("verified:no"), (Rows{0, 2, 3}));
  EXPECT_EQ(passing("problem:*"), (Rows{1, 2}));
  EXPECT_EQ(passing("problem:area"), (Rows{2}));
  EXPECT_EQ(passing("problem:\"ends EARLY\""), (Rows{1}));
  EXPECT_EQ(passing("-problem:*"), (Rows{0, 3}));
  EXPECT_EQ(document_.problemsOf(2), (std::vector<int>{1}));
}

TEST_F(BoxFilterTest, WhatIsNoNumberIsSaid) {
  for (const char* text : {"boxes>many", "size<32%", "size:9..3", "score>50%", "boxes:1..",
                           "aspect:wide", "verified:perhaps", "class>RBC"}) {
    EXPECT_EQ(passing(text), (Rows{})) << text;
    EXPECT_FALSE(problemOf(text).isEmpty()) << text;
  }
  EXPECT_EQ(passing("boxes>"), (Rows{0, 1, 2, 3})) << "half typed";
  EXPECT_TRUE(problemOf("boxes>").contains(QStringLiteral("boxes>")));
  // In quotes, or behind other than letters, it is a name.
  EXPECT_TRUE(problemOf("\"a=b\" img_1=2").isEmpty());
}

TEST_F(BoxFilterTest, ReplacesConditionsByTheirKeys) {
  EXPECT_EQ(filterReplaced(QStringLiteral("two size>3 -boxes=0 size<9"),
                           {QStringLiteral("size"), QStringLiteral("boxes")},
                           QStringLiteral("boxes:1..2")),
            QStringLiteral("two boxes:1..2"));
  EXPECT_EQ(filterReplaced({}, {}, QStringLiteral("boxes>3")), QStringLiteral("boxes>3"));
}

TEST(SavedFilters, AreKeptByNameAndTakenOut) {
  StudioState state;
  SavedFilters menu(state);
  menu.keep(QStringLiteral("  small & red "), QStringLiteral("class:RBC size<32"));
  menu.keep(QStringLiteral("none"), QString());
  const SavedFilters later(state);
  EXPECT_EQ(later.names(), (QStringList{QStringLiteral("small & red")}));
  Q_EMIT menu.aboutToShow();
  ASSERT_FALSE(menu.actions().isEmpty());
  menu.actions().first()->trigger();
  EXPECT_EQ(state.filter(), QStringLiteral("class:RBC size<32"));
  menu.remove(QStringLiteral("small & red"));
  EXPECT_TRUE(later.names().isEmpty());
}

TEST(FilterSpeed, AnswersWithinATenthOfASecond) {
  Dataset dataset;
  dataset.root = "/nowhere";
  dataset.format = "voc";
  dataset.classes = {"a", "b", "c", "d"};
  for (int i = 0; i < 100000; ++i) {
    std::vector<boxwright::Box> boxes;
    for (int k = 0; k < 10; ++k) {
      const double side = 8 + (i * 7 + k * 13) % 120;
      boxes.push_back(makeBox((i + k) % 3, {1, 1, 1 + side, 1 + side}));
    }
    dataset.pictures.push_back(
        makePicture("folder/Picture_" + std::to_string(i) + ".jpg", std::move(boxes)));
  }
  DatasetDocument document;
  document.setDataset(std::move(dataset));
  PictureListModel model(document);
  for (const char* filter :
       {"class:d", "class:a size<9px", "boxes>20", "state:unlabelled", "picture_999",
        "name:*99.jpg", "-class:b size>100 aspect:1", "problem:*", ""}) {
    const double before = GuiApplication::threadMilliseconds();
    model.setFilter(QString::fromLatin1(filter));
    ASSERT_TRUE(waitFor([&] { return model.isComplete(); }));
    const double used = GuiApplication::threadMilliseconds() - before;
    std::cout << "  " << filter << ": " << model.rowCount() << " rows, " << used << " ms\n";
    EXPECT_LT(used, 100) << filter;
  }
}

}  // namespace
}  // namespace boxwright::ui
