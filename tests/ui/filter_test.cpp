// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <memory>

#include "ui/data/filter_completer.h"
#include "ui/data/picture_filter.h"
#include "ui/dataset_document.h"

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
  const QString on = PictureFilter::toggled(QStringLiteral("two"), key, value);
  EXPECT_EQ(on, QStringLiteral("two class:\"white cell\""));
  EXPECT_TRUE(PictureFilter::holds(on, key, value));
  EXPECT_EQ(PictureFilter::toggled(on, key, value), QStringLiteral("two"));
  EXPECT_FALSE(PictureFilter::holds(QStringLiteral("-class:RBC"), key, QStringLiteral("RBC")));
}

}  // namespace
}  // namespace boxwright::ui
