// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/annotate/label_editor.h"

#include <gtest/gtest.h>

#include <QSignalSpy>
#include <algorithm>
#include <random>
#include <set>

#include "core/data/class_edit.h"
#include "ui/annotate/box_geometry.h"
#include "ui/dataset_document.h"

namespace boxwright::ui {
namespace {

constexpr int pictures = 5;
constexpr QSize pictureSize(200, 150);

Dataset emptyDataset() {
  Dataset dataset;
  dataset.root = "/nowhere";
  dataset.format = "voc";
  dataset.classes = {"a", "b", "c"};
  for (int i = 0; i < pictures; ++i) {
    dataset.pictures.push_back({std::to_string(i) + ".jpg", pictureSize.width(),
                                pictureSize.height(), std::make_shared<const Annotation>()});
  }
  return dataset;
}

using Labels = std::vector<Annotation>;

Labels labelsOf(const DatasetDocument& document) {
  Labels all;
  for (const Picture& picture : document.dataset().pictures)
    all.push_back(*picture.annotation);
  return all;
}

void expectCounted(const DatasetDocument& document) {
  const DatasetStatistics counted = document.statistics();
  const DatasetStatistics whole = statisticsOf(*document.snapshot());
  EXPECT_EQ(counted.images, whole.images);
  EXPECT_EQ(counted.boxes, whole.boxes);
  EXPECT_EQ(counted.labelled, whole.labelled);
  EXPECT_EQ(counted.negative, whole.negative);
  EXPECT_EQ(counted.unlabelled, whole.unlabelled);
  for (std::size_t i = 0; i < whole.classes.size(); ++i) {
    // A class that never had a box has no row.
    const auto count =
        i < counted.classes.size() ? counted.classes[i] : DatasetStatistics::PerClass();
    EXPECT_EQ(count.boxes, whole.classes[i].boxes);
    EXPECT_EQ(count.images, whole.classes[i].images);
  }
  for (int i = 0; i < document.pictureCount(); ++i) {
    const Annotation& annotation =
        *document.dataset().pictures[static_cast<std::size_t>(i)].annotation;
    EXPECT_EQ(document.isUnlabelled(i), annotation.state == LabelState::Unlabelled);
    EXPECT_EQ(document.isUnverified(i),
              annotation.state != LabelState::Unlabelled && !annotation.verified);
  }
}

/// What the editor should do, done to plain lists: one annotation a picture.
class Model {
 public:
  explicit Model(unsigned seed) : random_(seed) { editor.setPicture(0, pictureSize); }

  int number(int end) { return std::uniform_int_distribution(0, end - 1)(random_); }
  Annotation& here() { return now[static_cast<std::size_t>(editor.picture())]; }

  /// One thing that a person may do.
  void step() {
    const Labels before = now;
    switch (number(15)) {
      case 0:
      case 1:
      case 2:
        draw();
        break;
      case 3:
        move();
        break;
      case 4:
        selectSome();
        break;
      case 5:
        editor.chooseClass(number(3));
        for (Box& box : here().boxes) {
          if (editor.isSelected(box.id)) box.classId = editor.currentClass();
        }
        break;
      case 6:
        std::erase_if(here().boxes, [&](const Box& box) { return editor.isSelected(box.id); });
        if (now != before && here().boxes.empty()) here() = {};
        editor.removeSelected();
        break;
      case 7:
        if (here().boxes.empty()) here().state = LabelState::Negative;
        editor.markNegative();
        break;
      case 8:
        if (number(4) > 0) break;
        here() = {};
        editor.markUnlabelled();
        break;
      case 9:
        if (here().state != LabelState::Unlabelled) here().verified = !here().verified;
        editor.toggleVerified();
        break;
      case 10:
        editor.setPicture(number(pictures), pictureSize);
        break;
      case 11:
        pasteLike();
        break;
      case 12:
        undo();
        return;
      case 13:
        if (number(3) == 0) changeClasses();
        return;
      default:
        redo();
        return;
    }
    if (now == before) return;
    past.resize(at + 1);
    past.push_back(now);
    names.resize(at + 1);
    names.push_back(names.back());
    ++at;
  }

  void draw() {
    const double x = number(180), y = number(130);
    const Rect rect{x, y, x + 1 + number(19), y + 1 + number(19)};
    Box box;
    box.id = ++largest[editor.picture()];
    box.classId = editor.currentClass();
    box.rect = rect;
    here().boxes.push_back(box);
    here().state = LabelState::Labelled;
    editor.draw(rect);
  }

  void move() {
    LabelEditor::Places places;
    const double by = number(5);
    for (Box& box : here().boxes) {
      if (!editor.isSelected(box.id)) continue;
      box.rect = moved(box.rect, {by / 4, -by / 3});
      places.emplace_back(box.id, box.rect);
    }
    editor.move(places);
  }

  void selectSome() {
    std::vector<std::uint32_t> ids;
    for (const Box& box : here().boxes) {
      if (number(2) == 0) ids.push_back(box.id);
    }
    editor.select(ids);
  }

  /// Copies, cuts and pastes: what comes out is taken as it is, but for what must hold of it.
  void pasteLike() {
    const std::size_t count = here().boxes.size();
    switch (number(4)) {
      case 0:
        editor.copy();
        return;
      case 1:
        editor.duplicate();
        break;
      case 2:
        editor.paste();
        break;
      default:
        editor.pastePrevious();
    }
    const Annotation after = editor.annotation();
    ASSERT_GE(after.boxes.size(), count);
    EXPECT_TRUE(std::equal(here().boxes.begin(), here().boxes.end(), after.boxes.begin()));
    for (std::size_t i = count; i < after.boxes.size(); ++i) {
      const Box& box = after.boxes[i];
      EXPECT_EQ(box.id, ++largest[editor.picture()]);
      EXPECT_TRUE(editor.isSelected(box.id));
      EXPECT_GE(box.rect.left, 0);
      EXPECT_LE(box.rect.bottom, pictureSize.height());
    }
    here() = after;
  }

  /// Two classes change places, or one becomes another and a new one comes.
  void changeClasses() {
    ClassList list = *document.classList();
    const bool swap = number(2) == 0;
    const std::vector<int> to = swap ? std::vector<int>{2, 1, 0} : std::vector<int>{0, 1, 0};
    if (swap) {
      std::swap(list[0], list[2]);
    } else {
      const int identity = document.newClassIdentity();
      list[2] = {identity, "class " + std::to_string(identity)};
    }
    const auto after = std::make_shared<const ClassList>(list);
    const auto change =
        std::make_shared<const ClassChange>(ClassChange{document.classList(), after, to});
    Edit edit = classEdit(*document.snapshot(), change, "Classes");
    for (Annotation& annotation : now)
      annotation = withClasses(annotation, to);
    if (number(2) == 0) {
      Dataset counted = *document.snapshot();
      counted.classes = namesOf(*after);
      for (std::size_t i = 0; i < now.size(); ++i)
        counted.pictures[i].annotation = std::make_shared<const Annotation>(now[i]);
      document.editClasses(std::move(edit), statisticsOf(counted).classes);
    } else {
      document.edit(std::move(edit));
    }
    past.resize(at + 1);
    past.push_back(now);
    names.resize(at + 1);
    names.push_back(namesOf(list));
    ++at;
  }

  void undo() {
    document.undo();
    if (at > 0) now = past[--at];
  }
  void redo() {
    document.redo();
    if (at + 1 < past.size()) now = past[++at];
  }

  DatasetDocument document;
  LabelEditor editor{document};
  Labels now = Labels(pictures);
  std::vector<Labels> past{now};
  std::vector<ClassNames> names{{"a", "b", "c"}};
  std::size_t at = 0;
  std::uint32_t largest[pictures] = {};

 private:
  struct Opened {
    explicit Opened(DatasetDocument& document) { document.setDataset(emptyDataset()); }
  } opened_{document};
  std::mt19937 random_;
};

TEST(LabelEditor, RandomEditsWithUndoAndRedoAgreeWithAModel) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    Model model(seed);
    for (int i = 0; i < 400; ++i) {
      model.step();
      ASSERT_EQ(labelsOf(model.document), model.now) << "seed " << seed << ", step " << i;
      ASSERT_EQ(model.document.history().inForce(), model.at);
      ASSERT_EQ(model.document.dataset().classes, model.names[model.at]);
      ASSERT_EQ(model.document.history().size() + 1, model.past.size());
      std::set<std::uint32_t> ids;
      for (const Box& box : model.here().boxes)
        ASSERT_TRUE(ids.insert(box.id).second);
    }
    expectCounted(model.document);
    EXPECT_GT(model.past.size(), 30U);
    while (model.document.history().undoable())
      model.document.undo();
    EXPECT_EQ(labelsOf(model.document), Labels(pictures));
    while (model.document.history().redoable())
      model.document.redo();
    EXPECT_EQ(labelsOf(model.document), model.past.back());
    expectCounted(model.document);
    std::set<ClassNames> lists(model.names.begin(), model.names.end());
    EXPECT_GT(lists.size(), 3U);
  }
}

TEST(DatasetDocumentEdits, TellWhatHasChangedOnceForNeighbours) {
  DatasetDocument document;
  document.setDataset(emptyDataset());
  QSignalSpy changed(&document, &DatasetDocument::annotationsChanged);
  QSignalSpy historyChanged(&document, &DatasetDocument::historyChanged);
  std::string undone;
  QObject::connect(&document, &DatasetDocument::undone, &document,
                   [&](const Edit& edit) { undone = edit.name; });
  Annotation negative;
  negative.state = LabelState::Negative;
  const auto after = std::make_shared<const Annotation>(negative);
  Edit edit{"Mark as negative", {}};
  for (const std::size_t i : {4U, 1U, 2U})
    edit.pictures.push_back({i, document.dataset().pictures[i].annotation, after});
  const auto before = document.snapshot();
  document.edit(edit);
  ASSERT_EQ(changed.count(), 2);
  EXPECT_EQ(changed[0][0].toInt(), 1);
  EXPECT_EQ(changed[0][1].toInt(), 2);
  EXPECT_EQ(changed[1][0].toInt(), 4);
  EXPECT_EQ(document.statistics().negative, 3U);
  EXPECT_NE(document.snapshot(), before);
  EXPECT_EQ(before->pictures[1].annotation->state, LabelState::Unlabelled);
  expectCounted(document);
  document.undo();
  EXPECT_EQ(undone, "Mark as negative");
  EXPECT_EQ(labelsOf(document), Labels(pictures));
  EXPECT_EQ(historyChanged.count(), 2);
  document.close();
  EXPECT_EQ(document.history().size(), 0U);
  EXPECT_FALSE(document.isEditable());
}

TEST(DatasetDocumentEdits, NewClassesAreNamedOnceAndCanBeUndone) {
  DatasetDocument document;
  document.setDataset(emptyDataset());
  EXPECT_EQ(document.addClass(QStringLiteral(" ")), -1);
  EXPECT_EQ(document.addClass(QStringLiteral("b")), -1);
  EXPECT_EQ(document.addClass(QStringLiteral(" d ")), 3);
  EXPECT_EQ(document.dataset().classes.back(), "d");
  EXPECT_EQ(document.history().size(), 1U);
  document.undo();
  EXPECT_EQ(document.dataset().classes.size(), 3U);
  document.redo();
  EXPECT_EQ(document.dataset().classes.back(), "d");
  Dataset folders = emptyDataset();
  folders.format = "class-folders";
  document.setDataset(std::move(folders));
  EXPECT_FALSE(document.takesClasses());
  EXPECT_EQ(document.addClass(QStringLiteral("d")), -1);
}

TEST(BoxGeometry, MovesUpToTheEdgeAndFitsCopiesIn) {
  const QSizeF size(100, 80);
  EXPECT_EQ(moveWithin({{10, 10, 30, 30}, {60, 50, 90, 70}}, {25, -40}, size), QPointF(10, -10));
  // One that sticks out already goes no further, but back.
  EXPECT_EQ(moveWithin({{-5, 10, 20, 20}}, {-3, 0}, size), QPointF(0, 0));
  EXPECT_EQ(moveWithin({{-5, 10, 20, 20}}, {3, 0}, size), QPointF(3, 0));
  EXPECT_EQ(fitted({90, 70, 120, 90}, size), (Rect{70, 60, 100, 80}));
  EXPECT_EQ(fitted({0, 0, 300, 20}, size), (Rect{0, 0, 100, 20}));
  const Rect precise{1.1, 2.2, 3.3, 4.4};
  EXPECT_EQ(fitted(precise, size), precise);
  EXPECT_FALSE(drawnRect({-20, 5}, {-2, 30}, size, false).has_value());
  EXPECT_EQ(drawnRect({-20, 5.4}, {12.6, 30}, size, true), (Rect{0, 5, 13, 30}));
}

}  // namespace
}  // namespace boxwright::ui
