// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/data/text_lines.h"
#include "tests/core/data/label_writer_session.h"
#include "tests/error_of.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

constexpr double kClose = 1e-9;

/// A dataset of one picture, 100 x 50 pixels, with classes cat and dog.
class TextFolder : public DatasetFolder {
 public:
  explicit TextFolder(const std::string& label, bool ultralytics = false) {
    picture("images/a.png");
    text(ultralytics ? "data.yaml" : "obj.names",
         ultralytics ? "names: [cat, dog]\ntrain: images\n" : "cat\ndog\n");
    text("labels/a.txt", label);
  }
};

std::string written(const std::string& label, const std::function<void(Annotation&)>& change,
                    bool ultralytics = false) {
  const TextFolder folder(label, ultralytics);
  LabelWriterSession session(folder);
  EXPECT_EQ(session.dataset.format, ultralytics ? "ultralytics" : "darknet");
  std::string result = session.edit(change);
  EXPECT_EQ(session.differences(kClose, false), "") << result;
  return result;
}

const auto kNothing = [](Annotation&) {};
const auto kLastGoes = [](Annotation& a) { a.boxes.pop_back(); };
const auto kFirstIsDog = [](Annotation& a) { a.boxes.front().classId = 1; };
const auto kOneMore = [](Annotation& a) {
  a.boxes.push_back(boxOf(77, 1, {25, 10, 75, 30}));
  a.state = LabelState::Labelled;
};

TEST(TextLabelWriter, LeavesAloneWhatHasNotChanged) {
  const std::string label =
      "\xEF\xBB\xBF\r\n0\t.5 0.50  2e-1 0.4\r\rtwo rows\n  1 +0.25 0.5 0.1 0.2 \n\n9 .5 .5 .1 .1\n"
      "1 0.9 0.5 0.4 0.2 0.75";
  EXPECT_EQ(written(label, kNothing), label);
  EXPECT_EQ(written(label, [](Annotation& a) { a.verified = true; }), label);
  EXPECT_EQ(written(label, [](Annotation& a) { std::reverse(a.boxes.begin(), a.boxes.end()); }),
            label);
}

TEST(TextLabelWriter, ReplacesOnlyTheNumbersThatChange) {
  const std::string label = "0\t.5 0.50  0.20 0.4 0.75\r\nrubbish\r\n1 .25 .50 .10 .20\r\n";
  EXPECT_EQ(written(label, kFirstIsDog),
            "1\t.5 0.50  0.20 0.4 0.75\r\nrubbish\r\n1 .25 .50 .10 .20\r\n");
  // Moved to the right by ten pixels; made taller downwards.
  EXPECT_EQ(written(label,
                    [](Annotation& a) {
                      a.boxes[0].rect.left += 10;
                      a.boxes[0].rect.right += 10;
                    }),
            "0\t0.6 0.50  0.20 0.4 0.75\r\nrubbish\r\n1 .25 .50 .10 .20\r\n");
  EXPECT_EQ(written(label, [](Annotation& a) { a.boxes[1].rect.bottom = 40; }),
            "0\t.5 0.50  0.20 0.4 0.75\r\nrubbish\r\n1 .25 0.6 .10 0.4\r\n");
}

TEST(TextLabelWriter, ABoxThatSticksOutKeepsItsOtherAxis) {
  const std::string label = "0 0 .5 .5 3.0\n";
  EXPECT_EQ(written(label, kFirstIsDog), "1 0 .5 .5 3.0\n");
  EXPECT_EQ(written(label, [](Annotation& a) { a.boxes[0].rect.right = 50; }),
            "0 0.25 .5 .5 3.0\n");
  EXPECT_EQ(written(label, [](Annotation& a) { a.boxes[0].rect.top = 25; }), "0 0 0.75 .5 0.5\n");
}

TEST(TextLabelWriter, AppendsAndRemovesRows) {
  const std::string row = "1 0.5 0.4 0.5 0.4";
  const std::string old = "0 .5 .5 .2 .2";
  EXPECT_EQ(written(old + "\n", kOneMore), old + "\n" + row + "\n");
  EXPECT_EQ(written(old, kOneMore), old + "\n" + row);
  EXPECT_EQ(written(old + "\r\n\r\n", kOneMore), old + "\r\n\r\n" + row + "\r\n");
  EXPECT_EQ(written(old + "\r" + old, kOneMore), old + "\r" + old + "\r" + row);
  EXPECT_EQ(written("", kOneMore), row + "\n");
  EXPECT_EQ(written("\xEF\xBB\xBF", kOneMore), "\xEF\xBB\xBF" + row + "\n");
  EXPECT_EQ(written("junk\n", kOneMore), "junk\n" + row + "\n");
  EXPECT_EQ(written(old + "\njunk\n 1 .5 .5 .3 .3 \n\n", kLastGoes), old + "\njunk\n\n");
  EXPECT_EQ(written(old + "\r1 .5 .5 .3 .3\r" + old,
                    [](Annotation& a) { a.boxes.erase(a.boxes.begin() + 1); }),
            old + "\r" + old);
  const std::string last = old + "\n1 .5 .5 .3 .3";
  EXPECT_EQ(written(last,
                    [](Annotation& a) {
                      a.boxes.pop_back();
                      kOneMore(a);
                    }),
            old + "\n" + row + "\n");
}

TEST(TextLabelWriter, StatesAreFiles) {
  const auto negative = [](Annotation& a) { a = {LabelState::Negative, false, {}, {}}; };
  EXPECT_EQ(written("\xEF\xBB\xBFjunk\n0 .5 .5 .2 .2\n0 0 0 1 1\n", negative), "");
  EXPECT_EQ(written("junk\n", negative), "");
  EXPECT_EQ(written("", kNothing), "");
  EXPECT_EQ(written(" \n\n", kNothing), " \n\n");
  EXPECT_EQ(written("0 .5 .5 .2 .2\n", [](Annotation& a) { a = {}; }), "(none)");
  // Said nothing before either.
  EXPECT_EQ(written("junk\n", kNothing), "junk\n");
  EXPECT_EQ(written("junk\n", [](Annotation& a) { a.verified = true; }), "junk\n");

  const TextFolder folder("0 .5 .5 .2 .2\njunk\n");
  LabelWriterSession session(folder);
  const Annotation first = session.now;
  EXPECT_EQ(session.write({}), "(none)");
  EXPECT_TRUE(session.slots.empty());
  EXPECT_EQ(session.differences(kClose, false), "");
  EXPECT_EQ(session.write(first), "0 0.5 0.5 0.2 0.2\n");
  EXPECT_EQ(session.differences(kClose, false), "");
  EXPECT_EQ(session.slots, LabelSlots{1});
}

TEST(TextLabelWriter, ClassesOfTheWholePicture) {
  const std::string label = "1 0 0 .9 0\n0 .5 .5 .2 .2\n0  0 0 0 0\n";
  EXPECT_EQ(written(label, kFirstIsDog), "1 0 0 .9 0\n1 .5 .5 .2 .2\n0  0 0 0 0\n");
  EXPECT_EQ(written(label,
                    [](Annotation& a) {
                      a.imageClasses = {1, 1, 0};
                    }),
            "1 0 0 .9 0\n0 .5 .5 .2 .2\n1  0 0 0 0\n0 0 0 1 1\n");
  EXPECT_EQ(written(label, [](Annotation& a) { a.imageClasses = {0}; }),
            "0 0 0 .9 0\n0 .5 .5 .2 .2\n");
  EXPECT_EQ(written(label, [](Annotation& a) { a.imageClasses = {}; }), "0 .5 .5 .2 .2\n");
  EXPECT_EQ(written(label, [](Annotation& a) { a.boxes.clear(); }), "1 0 0 .9 0\n0  0 0 0 0\n");

  // A box that is drawn next may be called as the row is.
  const TextFolder folder("0 .5 .5 .2 .2\n1 0 0 1 1\n");
  LabelWriterSession session(folder);
  session.edit([](Annotation& a) { a.boxes.push_back(boxOf(2, 1, {0, 0, 50, 50})); });
  EXPECT_EQ(session.differences(kClose, false), "");
  EXPECT_EQ(session.slots, (LabelSlots{1, 3, 2}));
  session.edit([](Annotation& a) { a.imageClasses = {1, 0}; });
  EXPECT_EQ(session.differences(kClose, false), "");
  EXPECT_EQ(session.slots, (LabelSlots{1, 3, 2, 4}));
}

TEST(TextLabelWriter, OutlinesStayOutlines) {
  const std::string label =
      "0 0.25 .20 0.5 0.2 0.50 0.60 0.375 0.8\r\n1 0.0 .5 .5 .5 .5 .9 -.1 .9\r\n";
  EXPECT_EQ(written(label, kFirstIsDog, true), "1" + label.substr(1));
  // Twice as wide to the right: the other axis keeps its text.
  EXPECT_EQ(written(
                label, [](Annotation& a) { a.boxes[0].rect.right = 75; }, true),
            "0 0.25 .20 0.75 0.2 0.75 0.60 0.5 0.8\r\n1 0.0 .5 .5 .5 .5 .9 -.1 .9\r\n");
  // One that sticks out comes to lie where it is put.
  const std::string out = written(
      label,
      [](Annotation& a) {
        a.boxes[1].rect = {10, 20, 60, 40};
      },
      true);
  EXPECT_TRUE(out.starts_with("0 0.25 .20 0.5 0.2 0.50 0.60 0.375 0.8\r\n1 0.")) << out;
  EXPECT_EQ(wordsOf(linesOf(out).at(1).text).size(), 9U);
  EXPECT_EQ(written(label, kOneMore, true), label + "1 0.5 0.4 0.5 0.4\r\n");
}

TEST(TextLabelWriter, UnusableRowsMakeRoomForNewNumbers) {
  const TextFolder folder("0 .5 .5 .2 .2\njunk\n");
  LabelWriterSession session(folder);
  session.edit([](Annotation& a) { a.boxes.push_back(boxOf(2, 1, {0, 0, 50, 50})); });
  EXPECT_EQ(*session.bytes, "0 .5 .5 .2 .2\njunk\n1 0.25 0.5 0.5 1\n");
  EXPECT_EQ(session.slots, (LabelSlots{1, 3, 2}));
  EXPECT_EQ(session.edit([](Annotation& a) { a.boxes.pop_back(); }), "0 .5 .5 .2 .2\njunk\n");
  EXPECT_EQ(session.slots, (LabelSlots{1, 3}));
}

TEST(TextLabelWriter, RefusesWhatDoesNotFit) {
  const TextFolder folder("0 .5 .5 .2 .2\n1 .5 .5 .2 .2\n");
  LabelWriterSession session(folder);
  const LabelSlots slots = session.slots;
  const auto refusal = [&](const std::function<void(Annotation&)>& change) {
    std::string message = errorOf([&] { session.edit(change); });
    EXPECT_EQ(session.slots, slots);
    return message;
  };
  const auto has = [](const std::string& message, const std::string& part) {
    EXPECT_NE(message.find(part), std::string::npos) << message;
    EXPECT_NE(message.find("labels/a.txt"), std::string::npos) << message;
  };
  const double none = std::numeric_limits<double>::quiet_NaN();
  has(refusal([](Annotation& a) { a.boxes[0].classId = 2; }), "class 2 of 2 classes");
  has(refusal([](Annotation& a) { a.boxes.push_back(boxOf(9, -1, {1, 1, 5, 5})); }), "class -1");
  has(refusal([&](Annotation& a) { a.boxes[0].rect.left = none; }), "no number");
  has(refusal([](Annotation& a) { a.boxes[0].rect.right = INFINITY; }), "no number");
  has(refusal([](Annotation& a) { a.boxes[0].rect.right = a.boxes[0].rect.left; }), "no area");
  has(refusal([](Annotation& a) { a.boxes[0].rect = {100, 0, 110, 10}; }), "outside");
  has(refusal([](Annotation& a) { a.boxes.clear(); }), "labelled and has no boxes");
  has(refusal([](Annotation& a) { a.state = LabelState::Negative; }), "negative and has boxes");
  has(refusal([](Annotation& a) { a.boxes[0].id = 2; }), "same number");
  has(refusal([](Annotation& a) { a.imageClasses = {5}; }), "class 5");

  *session.bytes += "0 .5 .5 .3 .3\n";
  has(refusal(kFirstIsDog), "3 objects instead of 2");
  session.bytes = "0 .5 .5 .2 .2\njunk\n";
  has(refusal(kFirstIsDog), "not what was read");
  session.bytes = "0 .5 .5 .2 .2\n1 0 0 1 1\n";
  has(refusal(kFirstIsDog), "not what was read");
  session.bytes = std::nullopt;
  has(refusal(kFirstIsDog), "0 objects instead of 2");
}

TEST(TextLabelWriter, FindsThePlaceOfALabel) {
  DatasetFolder folder;
  for (const char* name : {"train/images/a.png", "train/images/b.png", "valid/images/c.png"})
    folder.picture(name);
  folder.text("train/labels/b.txt", "0 .5 .5 .2 .2\n");
  const auto places = [&] {
    const Dataset dataset = openDataset(folder.path());
    const auto writer = labelWriterFor(dataset);
    std::string names = dataset.format + ":";
    for (std::size_t i = 0; i < dataset.pictures.size(); ++i)
      names += " " + utf8(writer->fileOf(dataset, i).lexically_relative(folder.path()));
    return names;
  };
  EXPECT_EQ(places(), "darknet: train/labels/a.txt train/labels/b.txt valid/labels/c.txt");
  // The file that is there counts; of most labels the habit.
  folder.text("train/images/a.txt", "0 .5 .5 .2 .2\n");
  folder.text("train/images/b.txt", "0 .5 .5 .2 .2\n");
  fs::remove(folder / "train/labels/b.txt");
  fs::create_directories(folder / "valid/labels");
  EXPECT_EQ(places(), "darknet: train/images/a.txt train/images/b.txt valid/images/c.txt");
  fs::remove(folder / "train/images/a.txt");
  fs::remove(folder / "train/images/b.txt");
  folder.text("obj.data", "train = all.txt\n");
  folder.text("all.txt", "train/images/a.png\ntrain/images/b.png\nvalid/images/c.png\n");
  fs::remove(folder / "train/labels");
  // None is there yet: a folder that stands ready tells, of all.
  EXPECT_EQ(places(), "darknet: train/labels/a.txt train/labels/b.txt valid/labels/c.txt");
  fs::remove(folder / "obj.data");
  folder.text("data.yaml", "names: [cat]\ntrain: train/images\nval: valid/images\n");
  EXPECT_EQ(places(), "ultralytics: train/labels/a.txt train/labels/b.txt valid/labels/c.txt");
}

TEST(TextLabelWriter, NewLabelsLieWhereTheOthersDo) {
  struct Case {
    const char *folder, *labels, *rule;
  };
  // One picture has its label, the other gets one by the same rule.
  for (const Case& c : {Case{"images/", "labels/", "ultralytics"},
                        {"set/images/train/", "set/labels/train/", "ultralytics"},
                        {"JPEGImages/", "labels/", "alexeyab"},
                        {"my_images/", "my_labels/", "pjreddie"},
                        {"images/deep/images/", "labels/deep/labels/", "pjreddie"},
                        {"images/", "images/", "hank-ai"},
                        {"obj/", "obj/", "hank-ai"}}) {
    DatasetFolder folder;
    folder.picture(std::string(c.folder) + "a.png");
    folder.picture(std::string(c.folder) + "b.png");
    folder.text(std::string(c.labels) + "a.txt", "0 .5 .5 .2 .2\n");
    const Dataset dataset = openDataset(folder.path());
    EXPECT_EQ(dataset.format, "darknet") << c.folder;
    EXPECT_EQ(dataset.labelRule, c.rule) << c.folder;
    EXPECT_EQ(dataset.pictures[0].annotation->boxes.size(), 1U) << c.folder;
    EXPECT_EQ(utf8(labelWriterFor(dataset)->fileOf(dataset, 1).lexically_relative(folder.path())),
              std::string(c.labels) + "b.txt");
    EXPECT_FALSE(hasProblem(dataset, std::string(c.labels) + "a.txt", 0, "elsewhere"));
  }
  DatasetFolder mixed;
  for (const char* name : {"a", "b", "c"})
    mixed.picture(std::string("images/") + name + ".png");
  mixed.text("labels/a.txt", "");
  mixed.text("labels/b.txt", "");
  mixed.text("images/c.txt", "");
  const Dataset dataset = openDataset(mixed.path());
  EXPECT_EQ(dataset.labelRule, "ultralytics");
  EXPECT_EQ(dataset.pictures[2].annotation->state, LabelState::Negative) << "it counts";
  EXPECT_TRUE(hasProblem(dataset, "images/c.txt", 0, "other programs do not find it"));
}

TEST(TextLabelWriter, FoldersAboveTheDatasetAreNotItsOwn) {
  DatasetFolder folder;
  fs::create_directories(folder / "labels");
  folder.picture("images/mine/a.png");
  folder.picture("elsewhere/images/b.png");
  folder.text("images/mine/data.yaml", "names: [cat]\ntrain: [., ../../elsewhere/images]\n");
  const Dataset dataset = openDataset(folder / "images/mine");
  const auto writer = labelWriterFor(dataset);
  ASSERT_EQ(dataset.pictures.size(), 2U) << problemsOf(dataset);
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string place = utf8(writer->fileOf(dataset, i).lexically_relative(folder.path()));
    const bool inside = dataset.pictures[i].path == "a.png";
    EXPECT_EQ(place, inside ? "images/mine/a.txt" : "elsewhere/labels/b.txt");
  }
}

TEST(TextLabelWriter, ClassesOfPathsAndClassFoldersAreRefused) {
  DatasetFolder folder;
  folder.picture("pics/cat1.png");
  folder.text("labels.list", "cat\n");
  folder.text("all.txt", "pics/cat1.png\n");
  folder.text("obj.data", "train = all.txt\nlabels = labels.list\n");
  const Dataset paths = openDataset(folder.path());
  EXPECT_NE(errorOf([&] { labelWriterFor(paths); }).find("told by the pictures' paths"),
            std::string::npos);
  DatasetFolder classes;
  classes.picture("cat/a.png");
  classes.picture("dog/b.png");
  const Dataset folders = openDataset(classes.path());
  EXPECT_NE(errorOf([&] { labelWriterFor(folders); }).find("'class-folders' cannot be written yet"),
            std::string::npos);
}

ObjectTexts rowsOf(const LabelWriterSession& session) {
  ObjectTexts rows;
  for (const TextLine& line : linesOf(session.bytes.value_or("")))
    rows.emplace_back(session.slots.at(rows.size()), line.text);
  return rows;
}

TEST(TextLabelWriter, RandomEditsReadBackAndLeaveTheRestAlone) {
  const std::vector<std::string> starts = {
      "", "0 .5 .5 .2 .2\n1 .25 0.5 .1 .9\n",
      "\xEF\xBB\xBF"
      "0 .5 .5 .2 .2\r\n\r\njunk\r\n7 .5 .5 .2 .2\r\n1 0.95 .5 .3 .2 .5\r\n1 .3 .3 .1 .1",
      "0 .1 .1 .9 .2 .9 .9\r1 -.2 .5 .5 -.5 .5 .9\r0 .5 .5 .2 .2",
      "1 0 0 1 1\n0 .333 .333 .123456 .2\n0 0 0 1 1\n"};
  for (const bool ultralytics : {false, true}) {
    for (std::size_t start = 0; start < starts.size(); ++start) {
      if (ultralytics && start == 4) continue;
      const TextFolder folder(starts[start], ultralytics);
      LabelWriterSession session(folder);
      RandomStream random(7, "text label edits", ultralytics, start);
      const auto rect = [&] {
        const double left = random.uniform(0, 97), top = random.uniform(0, 47);
        return Rect{left, top, random.uniform(left + 2, 100), random.uniform(top + 2, 50)};
      };
      for (int step = 0; step < 150; ++step) {
        Annotation after = randomEdit(session.now, random, session.dataset, rect);
        const ObjectTexts before = rowsOf(session);
        Annotation was = session.now;
        const std::string old = session.bytes.value_or("(none)");
        const std::string now = session.write(after);
        const std::string where = "start " + std::to_string(start) + ", step " +
                                  std::to_string(step) + "\n" + old + "\n->\n" + now;
        ASSERT_EQ(session.differences(kClose, false), "") << where;
        if (after.state == LabelState::Labelled && was.imageClasses == after.imageClasses) {
          ASSERT_EQ(touched(before, rowsOf(session), was, after), "") << where;
        }
      }
    }
  }
}

}  // namespace
}  // namespace boxwright
