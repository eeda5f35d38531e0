// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <chrono>

#include <cmath>

#include "tests/core/data/label_writer_session.h"
#include "tests/error_of.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// A dataset of one picture, 100 x 50 pixels, with classes cat, dog and one with letters that XML
/// escapes.
class VocFolder : public DatasetFolder {
 public:
  explicit VocFolder(const std::string& label) {
    picture("JPEGImages/a.png");
    text("Annotations/a.xml", label);
    text("Annotations/other.xml", "<annotation/>");  // a label folder it stays
    text("labels.txt", "cat\ndog\nÄ & <b>\n");
  }
};

std::string written(const std::string& label, const std::function<void(Annotation&)>& change) {
  const VocFolder folder(label);
  LabelWriterSession session(folder);
  EXPECT_EQ(session.dataset.format, "voc");
  std::string result = session.edit(change);
  EXPECT_EQ(session.differences(0, true), "") << result;
  return result;
}

std::string replaced(std::string text, const std::string& old, const std::string& now) {
  const std::size_t at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return at == std::string::npos ? text : text.replace(at, old.size(), now);
}

const auto kNothing = [](Annotation&) {};
const auto kFirstIsDog = [](Annotation& a) { a.boxes.front().classId = 1; };
const auto kFirstGoes = [](Annotation& a) { a.boxes.erase(a.boxes.begin()); };
const auto kNegative = [](Annotation& a) { a = {LabelState::Negative, a.verified, {}, {}}; };
const auto kOneMore = [](Annotation& a) {
  a.boxes.push_back(boxOf(77, 1, {24, 10, 75.5, 30}));
  a.state = LabelState::Labelled;
};

/// As another program may have it, with all that is not ours to touch.
const std::string kStrange =
    "\xEF\xBB\xBF<?xml version='1.0' encoding=\"utf-8\"?>\r\n"
    "<!DOCTYPE annotation [ <!ELEMENT object ANY> <!-- <object>' --> ]>\r\n"
    "<annotation  made = 'by > hand' >\r\n"
    "  <!-- <object><name>cat</name></object> -->\r\n"
    "  <source><object><name>cat</name></object></source>\r\n"
    "  <note><![CDATA[<object>]]></note>\r\n"
    "  <object id=\"a>b\">\r\n"
    "    <pose>Left</pose><name> <!-- which? --> cat\r\n    </name>\r\n"
    "    <part><name>head</name><bndbox><xmin>3</xmin></bndbox></part>\r\n"
    "    <difficult/>\r\n"
    "    <bndbox>\r\n      <xmax>20.0</xmax> <ymin> 5 </ymin>\r\n      <xmin>0x1</xmin>\r\n"
    "      <ymax>9</ymax>\r\n    </bndbox>\r\n"
    "  </object>\r\n"
    "\r\n"
    "  <object>\r\n    <name><![CDATA[dog]]></name>\r\n    <truncated>true</truncated>\r\n"
    "    <bndbox>\r\n      <xmin>-30</xmin><ymin>11</ymin>\r\n"
    "      <xmax>+50.50</xmax><ymax><!-- far -->99</ymax>\r\n    </bndbox>\r\n"
    "  </object>  <!-- behind -->\r\n"
    "  <object><name>cat</name><difficult> </difficult><bndbox><xmin>2</xmin><ymin>3</ymin>"
    "<xmax>40</xmax><ymax>50</ymax></bndbox></object>\r\n"
    "</annotation><!-- end -->";

TEST(VocWriter, LeavesAloneWhatHasNotChanged) {
  EXPECT_EQ(written(kStrange, kNothing), kStrange);
  EXPECT_EQ(written(kStrange, [](Annotation& a) { std::swap(a.boxes[0], a.boxes[1]); }), kStrange);
}

TEST(VocWriter, ReplacesOnlyTheFieldsThatChange) {
  // The first object's xmin is no number: box 0 is the second.
  EXPECT_EQ(written(kStrange, [](Annotation& a) { a.boxes[0].classId = 2; }),
            replaced(kStrange, "<![CDATA[dog]]>", "Ä &amp; &lt;b&gt;"));
  EXPECT_EQ(written(kStrange, [](Annotation& a) { a.boxes[0].rect.right = 60; }),
            replaced(kStrange, "+50.50", "60"));
  EXPECT_EQ(written(kStrange,
                    [](Annotation& a) {
                      a.boxes[0].rect.left = 4.25;
                      a.boxes[0].rect.bottom = 45;
                    }),
            replaced(replaced(kStrange, "-30", "5.25"), "far -->99", "far -->45"));
  EXPECT_EQ(written(kStrange,
                    [](Annotation& a) {
                      a.boxes[0].truncated = false;
                      a.boxes[1].difficult = true;
                    }),
            replaced(replaced(kStrange, ">true<", ">0<"), "<difficult> ", "<difficult>1 "));
  EXPECT_EQ(written(kStrange, [](Annotation& a) { a.boxes[0].difficult = true; }),
            replaced(kStrange, "    <bndbox>\r\n      <xmin>-30",
                     "    <difficult>1</difficult>\r\n    <bndbox>\r\n      <xmin>-30"));
  EXPECT_EQ(written(kStrange,
                    [](Annotation& a) {
                      a.boxes[1].truncated = true;
                      a.boxes[1].occluded = true;
                    }),
            replaced(kStrange, "<bndbox><xmin>2<",
                     "<truncated>1</truncated><occluded>1</occluded><bndbox><xmin>2<"));
  const std::string usable = replaced(kStrange, "0x1", "&#50;");
  EXPECT_EQ(written(usable,
                    [](Annotation& a) {
                      a.boxes[0].classId = 1;
                      a.boxes[0].difficult = true;
                      a.boxes[0].rect = {2, 3, 20, 9};
                    }),
            replaced(replaced(replaced(replaced(usable, "--> cat", "--> dog"), "<difficult/>",
                                       "<difficult>1</difficult>"),
                              "&#50;", "3"),
                     " 5 ", " 4 "));
}

TEST(VocWriter, RemovesObjectsWithTheirLines) {
  std::string left = kStrange;
  const std::size_t begin = left.find("  <object>\r\n    <name><![CDATA[dog");
  const std::size_t end = left.find("  <!-- behind");
  // A comment shares the last line: the blanks before the object stay.
  EXPECT_EQ(written(kStrange, kFirstGoes), kStrange.substr(0, begin + 2) + kStrange.substr(end));
  EXPECT_EQ(written(kStrange, [](Annotation& a) { a.boxes.pop_back(); }),
            kStrange.substr(0, kStrange.find("  <object><name>cat</name><diff")) +
                "</annotation><!-- end -->");
}

TEST(VocWriter, AppendsAfterTheLastObjectAsTheFileIsIndented) {
  const std::string inner = [](const std::string& object, const std::string& child,
                               const std::string& corner) {
    return object + "<object>" + child + "<name>dog</name>" + child + "<pose>Unspecified</pose>" +
           child + "<truncated>0</truncated>" + child + "<difficult>0</difficult>" + child +
           "<bndbox>" + corner + "<xmin>25</xmin>" + corner + "<ymin>11</ymin>" + corner +
           "<xmax>75.5</xmax>" + corner + "<ymax>30</ymax>" + child + "</bndbox>" + object +
           "</object>";
  }("\n ", "\n  ", "\n   ");
  const auto indented = [&](const std::string& eol, const std::string& step) {
    std::string text;
    for (const char c : inner)
      text += c == '\n' ? eol : c == ' ' ? step : std::string(1, c);
    return text;
  };
  const std::string one = indented("", "");
  // The last object of the strange file is in one line.
  EXPECT_EQ(written(kStrange, kOneMore),
            replaced(kStrange, "</object>\r\n</ann", "</object>\r\n  " + one + "\r\n</ann"));
  EXPECT_EQ(written("<annotation/>", kOneMore),
            "<annotation>" + indented("\n", "\t") + "\n</annotation>");
  EXPECT_EQ(written("<annotation verified=\"yes\" />\r\n", kOneMore),
            "<annotation verified=\"yes\">" + indented("\r\n", "\t") + "\r\n</annotation>\r\n");
  EXPECT_EQ(written("<annotation></annotation>", kOneMore),
            "<annotation>" + indented("\n", "\t") + "\n</annotation>");
  EXPECT_EQ(written("<annotation>\r</annotation>\r", kOneMore),
            "<annotation>" + indented("\r", "\t") + "\r</annotation>\r");
  EXPECT_EQ(written("<annotation>\n   <folder/>\n</annotation>", kOneMore),
            "<annotation>\n   <folder/>" + indented("\n", "   ") + "\n</annotation>");
  // The last of many goes and another comes.
  const std::string three = "<annotation>" + indented("\n", "    ") + "\n</annotation>\n";
  EXPECT_EQ(written(three,
                    [](Annotation& a) {
                      a.boxes.clear();
                      kOneMore(a);
                    }),
            three);
  EXPECT_EQ(written(three, kOneMore),
            "<annotation>" + indented("\n", "    ") + indented("\n", "    ") + "\n</annotation>\n");
}

TEST(VocWriter, StatesAndVerified) {
  const auto toggled = [](Annotation& a) { a.verified = !a.verified; };
  EXPECT_EQ(written(kStrange, toggled),
            replaced(kStrange, "<annotation  made", "<annotation verified=\"yes\"  made"));
  const std::string seen = "<annotation a='1'\n verified = 'yes' b=\"2\"><size/></annotation>";
  EXPECT_EQ(written(seen, toggled), "<annotation a='1' b=\"2\"><size/></annotation>");
  EXPECT_EQ(written("<annotation verified='no'/>", toggled), "<annotation verified='yes'/>");
  EXPECT_EQ(written("<annotation/>", toggled), "<annotation verified=\"yes\"/>");
  EXPECT_EQ(written("<annotation><object/>\n<object/></annotation>", kNegative),
            "<annotation>\n</annotation>");
  const std::string none = written(kStrange, kNegative);
  EXPECT_EQ(none.substr(none.find("</note>")),
            "</note>\r\n\r\n    <!-- behind -->\r\n</annotation><!-- end -->");
  EXPECT_EQ(written(kStrange, [](Annotation& a) { a = {}; }), "(none)");
  // Nothing of it could be used, nor is anything said now.
  EXPECT_EQ(written("<annotation><object/></annotation>", kNothing),
            "<annotation><object/></annotation>");
  const VocFolder folder("<annotation");
  const Dataset dataset = openDataset(folder.path());
  const Annotation nothing;
  LabelChange change{0, &nothing, &nothing, LabelSlots()};
  EXPECT_EQ(labelWriterFor(dataset)->write("<annotation", dataset, {&change, 1}), "<annotation");
  EXPECT_EQ(dataset.pictures[0].labelHash, contentHash("<annotation"));
}

TEST(VocWriter, NewFilesAreLikeLabelImgs) {
  DatasetFolder folder;
  folder.picture("sub & so/ä.png");
  folder.picture("b.png");
  LabelWriterSession session(folder);
  EXPECT_EQ(session.dataset.format, "images");
  session.dataset.classes = {"R&D"};
  EXPECT_EQ(session.file(), folder / "b.xml");
  std::swap(session.dataset.pictures[0], session.dataset.pictures[1]);
  EXPECT_EQ(session.file(), folder / "sub & so/ä.xml");
  const std::string result = session.edit([](Annotation& a) {
    a.state = LabelState::Labelled;
    a.verified = true;
    a.boxes = {boxOf(5, 0, {0, 0, 100, 50}), boxOf(3, 0, {0.5, 1, 100000, 20})};
    a.boxes[0].occluded = a.boxes[0].difficult = true;
    a.boxes[1].rect.right = 33;
  });
  EXPECT_EQ(session.slots, (LabelSlots{5, 3}));
  EXPECT_EQ(session.differences(0, true), "");
  EXPECT_EQ(result,
            "<annotation verified=\"yes\">\n\t<folder>sub &amp; so</folder>\n"
            "\t<filename>ä.png</filename>\n\t<size>\n\t\t<width>100</width>\n"
            "\t\t<height>50</height>\n\t\t<depth>3</depth>\n\t</size>\n"
            "\t<segmented>0</segmented>\n"
            "\t<object>\n\t\t<name>R&amp;D</name>\n\t\t<pose>Unspecified</pose>\n"
            "\t\t<truncated>0</truncated>\n\t\t<difficult>1</difficult>\n"
            "\t\t<occluded>1</occluded>\n\t\t<bndbox>\n\t\t\t<xmin>1</xmin>\n"
            "\t\t\t<ymin>1</ymin>\n\t\t\t<xmax>100</xmax>\n\t\t\t<ymax>50</ymax>\n"
            "\t\t</bndbox>\n\t</object>\n"
            "\t<object>\n\t\t<name>R&amp;D</name>\n\t\t<pose>Unspecified</pose>\n"
            "\t\t<truncated>0</truncated>\n\t\t<difficult>0</difficult>\n\t\t<bndbox>\n"
            "\t\t\t<xmin>1.5</xmin>\n\t\t\t<ymin>2</ymin>\n\t\t\t<xmax>33</xmax>\n"
            "\t\t\t<ymax>20</ymax>\n\t\t</bndbox>\n\t</object>\n</annotation>\n");
  EXPECT_EQ(session.edit([](Annotation& a) { a = {}; }), "(none)");
  const std::string nothing = session.edit([](Annotation& a) { a.state = LabelState::Negative; });
  EXPECT_TRUE(nothing.ends_with("\t<segmented>0</segmented>\n</annotation>\n")) << nothing;
}

TEST(VocWriter, OneByteLettersStayAndNewOnesAreNumbers) {
  const std::string label =
      "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<annotation>\n<!-- \xE9 -->"
      "<object><name>cat</name><bndbox><xmin>2</xmin><ymin>3</ymin><xmax>40</xmax>"
      "<ymax>50</ymax></bndbox></object>\n</annotation>\n";
  EXPECT_EQ(written(label, [](Annotation& a) { a.boxes[0].classId = 2; }),
            replaced(label, ">cat<", ">&#196; &amp; &lt;b&gt;<"));
}

TEST(VocWriter, FindsThePlaceOfALabel) {
  const auto place = [](const DatasetFolder& folder, std::size_t picture = 0) {
    const Dataset dataset = openDataset(folder.path());
    return utf8(
        labelWriterFor(dataset)->fileOf(dataset, picture).lexically_relative(folder.path()));
  };
  DatasetFolder classic;
  classic.picture("images/deep/a.b.png");
  classic.picture("images/z.png");
  classic.text("Annotations/z.xml", "<annotation/>");
  EXPECT_EQ(place(classic), "Annotations/deep/a.b.xml");
  EXPECT_EQ(place(classic, 1), "Annotations/z.xml");
  DatasetFolder other;
  other.picture("pics/a.png");
  other.text("Annotations/pics/a.xml", "<annotation/>");
  EXPECT_EQ(place(other), "Annotations/pics/a.xml");
  DatasetFolder down;
  down.picture("VOC2007/JPEGImages/a.png");
  down.text("VOC2007/Annotations/b.xml", "<annotation/>");
  EXPECT_EQ(place(down), "VOC2007/Annotations/a.xml");
  DatasetFolder beside;
  beside.picture("images/a.png");
  beside.picture("images/b.png");
  beside.text("images/b.xml", "<annotation/>");
  fs::create_directories(beside / "Annotations");
  EXPECT_EQ(place(beside), "images/a.xml");
}

TEST(VocWriter, UnusableObjectsMakeRoomForNewNumbers) {
  const VocFolder folder(kStrange);
  LabelWriterSession session(folder);
  EXPECT_EQ(session.now.boxes.size(), 2U);
  session.edit([](Annotation& a) { a.boxes.push_back(boxOf(1, 1, {0, 0, 50, 50})); });
  EXPECT_EQ(session.differences(0, true), "");
  EXPECT_EQ(session.slots, (LabelSlots{4, 2, 3, 1}));
}

TEST(VocWriter, RefusesWhatDoesNotFit) {
  const VocFolder folder(kStrange);
  LabelWriterSession session(folder);
  session.dataset.classes.insert(session.dataset.classes.end(), {"cat", " x", ""});
  const LabelSlots slots = session.slots;
  const auto refusal = [&](const std::function<void(Annotation&)>& change) {
    std::string message = errorOf([&] { session.edit(change); });
    EXPECT_EQ(session.slots, slots);
    return message;
  };
  const auto has = [](const std::string& message, const std::string& part) {
    EXPECT_NE(message.find(part), std::string::npos) << message;
    EXPECT_NE(message.find("Annotations/a.xml"), std::string::npos) << message;
  };
  has(refusal([](Annotation& a) { a.boxes[0].classId = 9; }), "class 9 of 6 classes");
  has(refusal([](Annotation& a) { a.boxes[0].classId = 3; }), "two classes are called 'cat'");
  has(refusal([](Annotation& a) { a.boxes[0].classId = 4; }), "class name ' x'");
  has(refusal([](Annotation& a) { a.boxes[0].classId = 5; }), "class name ''");
  has(refusal([](Annotation& a) { a.boxes[0].rect = {3, 3, 4, 9}; }), "one pixel or less");
  has(refusal([](Annotation& a) { a.boxes[0].rect.top = INFINITY; }), "no number");
  has(refusal([](Annotation& a) { a.boxes[0].rect.top = 60; }), "no area");
  has(refusal([](Annotation& a) { a.imageClasses = {1}; }), "no classes of whole pictures");
  const std::string good = *session.bytes;
  session.bytes = "<annotation/>";
  has(refusal(kFirstIsDog), "0 objects instead of 3");
  session.bytes = "<annotation><object/><object/><object/></annotation>";
  has(refusal([](Annotation& a) { a.boxes[0].classId = 0; }), "incomplete");
  for (const char* bad : {"", "<annotation>", "<html/>", "\xFF\xFE<\0a\0/\0>\0"}) {
    session.bytes = bad;
    EXPECT_NE(refusal(kFirstIsDog), "");
    LabelChange unread{0, &session.now, &session.now};
    EXPECT_NE(errorOf([&] {
                session.writer().write(std::string(bad), session.dataset, {&unread, 1});
              }).find("a.xml"),
              std::string::npos);
  }
  const char wide[] = "\xFF\xFE<\0a\0n\0n\0o\0t\0a\0t\0i\0o\0n\0/\0>\0";
  session.bytes = std::string(wide, sizeof wide - 1);
  has(refusal(kFirstIsDog), "UTF-16");
  session.bytes = good;
  EXPECT_EQ(refusal(kFirstIsDog), "");
}

/// The objects of a file without comments or other traps.
ObjectTexts objectsOf(const LabelWriterSession& session) {
  ObjectTexts objects;
  const std::string bytes = session.bytes.value_or("");
  std::size_t at = bytes.find("</note>");  // before it lie traps
  at = at == std::string::npos ? 0 : at;
  while ((at = bytes.find("<object", at)) != std::string::npos) {
    const std::size_t end = 9 + std::min(bytes.find("</object>", at), bytes.find("<object/>", at));
    objects.emplace_back(session.slots.at(objects.size()), bytes.substr(at, end - at));
    at = end;
  }
  return objects;
}

TEST(VocWriter, RandomEditsReadBackAndLeaveTheRestAlone) {
  const std::vector<std::string> starts = {
      kStrange, replaced(kStrange, "0x1", "2"), "<annotation/>",
      "<annotation><object/>\r<object><name>cat</name><bndbox><xmin>2.125</xmin><ymin>3</ymin>"
      "<xmax>400</xmax><ymax>49.75</ymax></bndbox></object></annotation>"};
  for (std::size_t start = 0; start < starts.size(); ++start) {
    const VocFolder folder(starts[start]);
    LabelWriterSession session(folder);
    RandomStream random(7, "voc edits", 0, start);
    const auto rect = [&] {
      const auto edge = [&](double low, double high) {  // quarters of a pixel
        return low + 0.25 * static_cast<double>(
                                random.index(1 + static_cast<std::uint64_t>(4 * (high - low))));
      };
      const double left = edge(0, 97), top = edge(0, 47);
      return Rect{left, top, edge(left + 2, 100), edge(top + 2, 50)};
    };
    for (int step = 0; step < 150; ++step) {
      Annotation after = randomEdit(session.now, random, session.dataset, rect);
      const ObjectTexts before = objectsOf(session);
      const Annotation was = session.now;
      const std::string old = session.bytes.value_or("(none)");
      const std::string now = session.write(after);
      const std::string where = "start " + std::to_string(start) + ", step " +
                                std::to_string(step) + "\n" + old + "\n->\n" + now;
      ASSERT_EQ(session.differences(0, true), "") << where;
      if (after.state == LabelState::Labelled) {
        ASSERT_EQ(touched(before, objectsOf(session), was, after), "") << where;
        // What lies before the objects has not changed but for the mark.
        if (was.verified == after.verified && old.find("</note>") != std::string::npos) {
          ASSERT_EQ(now.substr(0, now.find("</note>")), old.substr(0, old.find("</note>")))
              << where;
        }
      }
    }
  }
}

TEST(VocWriter, WholePixelsWhereTheFileHasNoOthers) {
  const std::string start =
      "<annotation><object><name>cat</name><bndbox><xmin>11.0</xmin><ymin>6</ymin><xmax>30</xmax>"
      "<ymax>20</ymax></bndbox></object></annotation>";
  const VocFolder folder(start);
  const Dataset dataset = openDataset(folder.path());
  const auto writer = labelWriterFor(dataset, LabelNumbers::AsUsual);
  const Annotation before = *dataset.pictures[0].annotation;
  Annotation after = before;
  after.boxes[0].rect.right = 33.2345678;
  after.boxes.push_back(boxOf(2, 0, {50.4, 10.6, 155.85380116959064 - 60, 30.5}));
  after.boxes.push_back(boxOf(3, 0, {50, 10, 51.25, 30}));
  const auto written = [&](const std::string& from) {
    LabelChange change{0, &before, &after};
    return writer->write(from, dataset, {&change, 1}).value_or("");
  };
  const auto has = [](const std::string& text, const std::string& corners) {
    return text.find(corners) != std::string::npos;
  };
  const std::string whole = written(start);
  EXPECT_TRUE(has(whole, "<xmin>11.0</xmin><ymin>6</ymin><xmax>33</xmax>")) << whole;
  EXPECT_TRUE(has(whole, "<xmin>51</xmin><ymin>12</ymin><xmax>96</xmax><ymax>31</ymax>")) << whole;
  EXPECT_TRUE(has(whole, "<xmin>51</xmin><ymin>11</ymin><xmax>51.25</xmax>"))
      << "too narrow for whole pixels: " << whole;
  // Others have fractions already.
  const std::string exact = written(replaced(start, ">6<", ">6.5<"));
  EXPECT_TRUE(has(exact, "<xmax>33.2345678</xmax>")) << exact;
  EXPECT_TRUE(has(exact, "<xmin>51.4</xmin>")) << exact;
}

TEST(VocWriter, ARoundedSideNeverLiesBeyondTheOther) {
  const VocFolder folder("<annotation></annotation>");
  const Dataset dataset = openDataset(folder.path());
  const auto writer = labelWriterFor(dataset, LabelNumbers::AsUsual);
  Annotation before = *dataset.pictures[0].annotation, after = before;
  const auto save = [&](const std::string& from) {
    LabelChange change{0, &before, &after};
    const std::string text = writer->write(from, dataset, {&change, 1}).value_or(from);
    before = after;
    return text;
  };
  // Corners 10.6 to 20: written as 11 to 20.
  after.state = LabelState::Labelled;
  after.boxes.push_back(boxOf(1, 0, {9.6, 9, 20, 30}));
  std::string text = save("<annotation></annotation>");
  EXPECT_NE(text.find("<xmin>11</xmin>"), std::string::npos) << text;
  // Its right side goes to 10.9, which is left of 11.
  after.boxes[0].rect.right = 10.9;
  text = save(text);
  EXPECT_NE(text.find("<xmin>10.6</xmin>"), std::string::npos) << text;
  EXPECT_NE(text.find("<xmax>10.9</xmax>"), std::string::npos) << text;
  const VocFolder again(text);
  EXPECT_EQ(openDataset(again.path()).pictures[0].annotation->boxes.size(), 1U) << text;
}

TEST(VocWriter, ManyBoxesTakeNoTime) {
  std::string bytes = "<annotation>\n";
  for (int i = 0; i < 20000; ++i)
    bytes +=
        "<object>\n<name>cat</name>\n<bndbox>\n<xmin>1</xmin>\n<ymin>1</ymin>\n<xmax>20</xmax>\n"
        "<ymax>20</ymax>\n</bndbox>\n</object>\n";
  bytes += "</annotation>\n";
  const VocFolder folder(bytes);
  const Dataset dataset = openDataset(folder.path());
  const Annotation& before = *dataset.pictures[0].annotation;
  Annotation after = before;
  for (std::size_t i = 0; i < after.boxes.size(); i += 2)
    after.boxes[i].rect.right += 1;
  after.boxes.erase(after.boxes.begin() + 1);
  after.boxes.push_back(boxOf(20001, 0, {1, 2, 30, 40}));
  const auto begin = std::chrono::steady_clock::now();
  LabelChange change{0, &before, &after};
  EXPECT_TRUE(labelWriterFor(dataset, LabelNumbers::AsUsual)->write(bytes, dataset, {&change, 1}));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(3));
}

}  // namespace
}  // namespace boxwright
