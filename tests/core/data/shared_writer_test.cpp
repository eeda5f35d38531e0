// SPDX-License-Identifier: GPL-3.0-or-later
// The writers of COCO, CVAT, CSV and LabelMe.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/data/coco_file.h"
#include "core/data/csv_file.h"
#include "core/data/cvat_file.h"
#include "core/data/labelme_file.h"
#include "tests/core/data/label_writer_session.h"
#include "tests/error_of.h"

namespace boxwright {
namespace {

using Json = nlohmann::json;

/// A label file in one layout, for pictures a.png and b.png of 100 x 50, the first with objects of
/// which some cannot be used; c.png is in no file.
struct Layout {
  const char* format;
  const char* file;
  std::string text;
  /// The objects of a picture as they stand in the file.
  std::function<std::vector<std::string>(const std::string& bytes, const std::string& picture)>
      objects;
};

std::vector<std::string> cocoObjects(const std::string& bytes, const std::string& picture) {
  std::optional<std::int64_t> id;
  std::vector<std::string> texts;
  JsonCursor first(bytes, "");
  readCoco(first, {{},
                   [&](const CocoImage& i) {
                     if (i.fileName == picture) id = i.id;
                   },
                   {}});
  JsonCursor second(bytes, "");
  readCoco(second, {{}, {}, [&](const CocoAnnotation& a) {
                      if (id && a.image == id)
                        texts.push_back(bytes.substr(a.whole.begin, a.whole.end - a.whole.begin));
                    }});
  return texts;
}

std::vector<std::string> cvatObjects(const std::string& bytes, const std::string& picture) {
  const CvatFile file(bytes, "");
  std::vector<std::string> texts;
  for (const XmlElement& image : file.images) {
    const std::string part(file.part(image));
    if (part.find("name=\"" + picture + "\"") == std::string::npos) continue;
    const XmlElements xml(part, "");
    for (const std::size_t child : xml.children(0))
      texts.push_back(
          part.substr(xml[child].whole.begin, xml[child].whole.end - xml[child].whole.begin));
  }
  return texts;
}

std::vector<std::string> csvObjects(const std::string& bytes, const std::string& picture) {
  const CsvForm form = csvFormOf(bytes).value();
  std::vector<std::string> texts;
  for (const CsvRow& row : csvRowsOf(bytes, form)) {
    if (csvText(bytes, row, form.path) == picture && !isEmptyRow(row, form))
      texts.push_back(bytes.substr(row.line.begin, row.line.end - row.line.begin));
  }
  return texts;
}

std::vector<std::string> labelmeObjects(const std::string& bytes, const std::string&) {
  std::vector<std::string> texts;
  for (const LabelmeShape& shape : LabelmeFile(bytes, "").shapes)
    texts.push_back(bytes.substr(shape.whole.begin, shape.whole.end - shape.whole.begin));
  return texts;
}

std::vector<Layout> layouts() {
  return {
      {"coco", "annotations/instances_all.json", R"({
  "info": {"by": "hand \u00e9"}, "images": [
    {"id": 4, "file_name": "a.png", "width": 100, "height": 50, "license": 3},
    {"id": 2, "file_name": "b.png", "width": 100, "height": 50},
    {"id": 9, "file_name": "gone.png"}
  ],
  "annotations": [
    {"id": 7, "image_id": 2, "category_id": 3, "bbox": [1.50, 2e0, 30, 4], "area": 120, "iscrowd": 0},
    {"id": 3, "image_id": 4, "category_id": 8, "bbox": [10, 5, 20.25, 10], "area": 9.5, "iscrowd": 0, "segmentation": [[1, 2, 3]], "mine": {"a": [1]}},
    {"id": 1, "image_id": 4, "category_id": 77, "bbox": [1, 2, 3, 4]},
    {"id": 2, "image_id": 9, "category_id": 8, "bbox": [1, 2, 3, 4]},
    {"id": 5, "image_id": 4, "category_id": 3, "bbox": [0.1, 0.2, 90, 40]}
  ],
  "categories": [{"id": 8, "name": "cat"}, {"id": 3, "name": "dog"}], "more": [NaN]
})",
       cocoObjects},
      {"coco", "annotations/instances_all.json",
       R"({"categories":[{"id":8,"name":"cat"},{"id":3,"name":"dog"}],"annotations":[],"images":[{"id":2,"file_name":"b.png"}]})",
       cocoObjects},
      {"cvat", "annotations.xml", R"(<?xml version="1.0" encoding="utf-8"?>
<annotations><!-- by hand -->
  <meta><task><labels><label><name>cat</name></label><label><name>dog</name></label></labels></task></meta>
  <image id="3" name="b.png" width="100" height="50"/>
  <image id="5" name="a.png" width="100" height="50">
    <box label="cat" occluded="0" xtl="10.50" ytl="5" xbr="30" ybr="15" z_order="0">
      <attribute name="colour">red</attribute>
    </box>
    <polygon label="dog" points="1,1;2,2;3,3"/>
    <box label="dog" xtl='1' ytl='2' xbr='3' ybr='4'></box>
    <tag label="cat"/>
  </image>
</annotations>
)",
       [](const std::string& bytes, const std::string& picture) {
         std::vector<std::string> texts = cvatObjects(bytes, picture);
         std::erase_if(texts, [](const std::string& t) { return t.starts_with("<tag"); });
         return texts;
       }},
      {"csv", "labels.csv",
       "filename;width;height;class;xmin;ymin;xmax;ymax;note\r\n"
       "a.png;100;50;cat;10.50; 5 ;30;15;\"by; hand\"\r\n\r\n"
       "b.png;100;50;dog;1;2;3;4;\r\na.png;100;50;dog;x;2;3;4;\r\na.png;;;\"dog\";1;2;3;4;",
       csvObjects},
      {"csv", "labels.csv", "a.png,10,5,30,15,cat\nb.png,1,2,3,4,dog\n", csvObjects},
      {"labelme", "a.json", R"({"version": "5", "flags": {"blurry": true}, "shapes": [
  {"label": "cat", "points": [[30.50, 20], [10, 5]], "shape_type": "rectangle", "flags": {}, "mine": 1},
  {"label": "dog", "points": [[1, 2]], "shape_type": "point"},
  {"label": "dog", "points": [[20, 10], [60, 20], [40, 45.0]], "shape_type": "polygon", "difficult": false},
  {"label": "cat", "points": [[1, 2], [5, 2], [5, 9], [1, 9]], "shape_type": "rectangle"}
], "imagePath": "a.png", "imageData": "abc"})",
       labelmeObjects},
      {"labelme", "a.json", R"({"shapes":[]})", labelmeObjects},
  };
}

class LayoutFolder : public DatasetFolder {
 public:
  explicit LayoutFolder(const Layout& layout) {
    for (const char* name : {"a.png", "b.png", "c.png"})
      picture(name);
    if (std::string(layout.format) != "coco" && std::string(layout.format) != "cvat")
      text("classes.txt", "cat\ndog\n");
    text(layout.file, layout.text);
  }
};

TEST(SharedWriter, RandomEditsReadBackAndLeaveTheRestAlone) {
  const std::vector<Layout> all = layouts();
  for (std::size_t start = 0; start < all.size(); ++start) {
    const Layout& layout = all[start];
    const bool labelme = std::string(layout.format) == "labelme";
    const LayoutFolder folder(layout);
    LabelWriterSession session(folder);
    ASSERT_EQ(session.dataset.format, layout.format) << start;
    ASSERT_EQ(session.dataset.pictures[0].path, "a.png");
    ASSERT_EQ(session.dataset.classes, (ClassNames{"cat", "dog"}));
    RandomStream random(7, "shared label edits", start);
    const auto rect = [&] {
      const double left = random.uniform(0, 97), top = random.uniform(0, 47);
      return Rect{left, top, random.uniform(left + 2, 100), random.uniform(top + 2, 50)};
    };
    const auto others = layout.objects(layout.text, "b.png");
    for (int step = 0; step < 150; ++step) {
      const Annotation after = randomEdit(session.now, random, session.dataset, rect);
      const auto texts = [&] {
        ObjectTexts list;
        for (const std::string& text : layout.objects(session.bytes.value_or(layout.text), "a.png"))
          list.emplace_back(session.slots.at(list.size()), text);
        return list;
      };
      const ObjectTexts before = session.bytes ? texts() : ObjectTexts();
      const Annotation was = session.now;
      const std::string old = session.bytes.value_or("(none)");
      const std::string now = session.write(after);
      const std::string where = "start " + std::to_string(start) + ", step " +
                                std::to_string(step) + "\n" + old + "\n->\n" + now;
      ASSERT_EQ(session.differences(1e-9, labelme), "") << where;
      if (after.state == LabelState::Labelled) {
        ASSERT_EQ(touched(before, texts(), was, after), "") << where;
      }
      if (!labelme) {
        ASSERT_EQ(layout.objects(now, "b.png"), others) << where;
      }
    }
  }
}

std::string written(const Layout& layout, const std::function<void(Annotation&)>& change) {
  const LayoutFolder folder(layout);
  LabelWriterSession session(folder);
  std::string result = session.edit(change);
  EXPECT_EQ(session.differences(1e-9, false), "") << result;
  return result;
}

/// The text with some of it replaced.
std::string with(std::string text, const std::string& old, const std::string& now) {
  const std::size_t at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return text.replace(at, old.size(), now);
}

const auto kFirstIsDog = [](Annotation& a) { a.boxes.front().classId = 1; };
const auto kWider = [](Annotation& a) { a.boxes.front().rect.right += 10; };

TEST(SharedWriter, ChangesOnlyWhatChanges) {
  const std::vector<Layout> all = layouts();
  for (const Layout& layout : all) {
    EXPECT_EQ(written(layout, [](Annotation&) {}), layout.text);
  }
  const Layout &coco = all[0], &cvat = all[2], &csv = all[3], &labelme = all[5];
  EXPECT_EQ(written(coco, kFirstIsDog), with(coco.text, "\"category_id\": 8, \"bbox\": [10,",
                                             "\"category_id\": 3, \"bbox\": [10,"));
  EXPECT_EQ(written(coco, [](Annotation& a) { a.boxes.back().crowd = true; }),
            with(coco.text, "[0.1, 0.2, 90, 40]", "[0.1, 0.2, 90, 40], \"iscrowd\": 1"));
  const std::string wider = written(coco, [](Annotation& a) {
    a.boxes.front().rect.right += 10;
    a.boxes.front().area.reset();
  });
  EXPECT_EQ(wider,
            with(with(coco.text, "20.25, 10]", "30.25, 10]"), "\"area\": 9.5", "\"area\": 302.5"));
  const Json more = Json::parse(with(written(coco,
                                             [](Annotation& a) {
                                               Box box = boxOf(50, 1, {1, 2, 4, 6});
                                               a.boxes.push_back(box);
                                             }),
                                     "NaN", "1"));
  EXPECT_EQ(more["annotations"].size(), 6U);
  EXPECT_EQ(more["annotations"][5]["id"], 8) << "the next that is free";
  EXPECT_EQ(more["annotations"][5]["image_id"], 4);
  EXPECT_EQ(more["annotations"][5]["category_id"], 3);
  EXPECT_EQ(written(cvat, kFirstIsDog), with(cvat.text, "box label=\"cat\"", "box label=\"dog\""));
  EXPECT_EQ(written(cvat, kWider), with(cvat.text, "xbr=\"30\"", "xbr=\"40\""));
  EXPECT_EQ(written(cvat, [](Annotation& a) { a.boxes.front().occluded = true; }),
            with(cvat.text, "occluded=\"0\"", "occluded=\"1\""));
  EXPECT_EQ(written(csv, kFirstIsDog), with(csv.text, ";cat;", ";dog;"));
  EXPECT_EQ(written(csv, kWider), with(csv.text, ";30;15", ";40;15"));
  EXPECT_EQ(written(labelme, kFirstIsDog),
            with(labelme.text, "\"label\": \"cat\"", "\"label\": \"dog\""));
  // An outline is stretched, and only across.
  EXPECT_EQ(written(labelme, [](Annotation& a) { a.boxes[1].rect.right = 100; }),
            with(with(labelme.text, "[60, 20]", "[100, 20]"), "[40, 45.0]", "[60, 45.0]"));
  EXPECT_EQ(written(labelme,
                    [](Annotation& a) {
                      a.boxes[1].difficult = a.boxes[1].occluded = true;
                      a.verified = true;
                    }),
            with(with(labelme.text, "\"difficult\": false",
                      "\"difficult\": true, \"flags\": {\"occluded\": true}"),
                 "{\"blurry\": true", "{\"blurry\": true, \"verified\": true"));
}

TEST(SharedWriter, StatesAreEntries) {
  for (const Layout& layout : layouts()) {
    if (std::string(layout.format) == "labelme") continue;
    const LayoutFolder folder(layout);
    const Dataset dataset = openDataset(folder.path());
    const auto writer = labelWriterFor(dataset);
    // All three in one go: one unlabelled, one emptied, one that was in no file.
    const Annotation none, empty{LabelState::Negative, false, {}, {}};
    Annotation drawn{LabelState::Labelled, false, {boxOf(1, 1, {0.1, 0.2, 0.7, 1.1})}, {}};
    std::vector<LabelChange> changes;
    const Annotation* const after[] = {&none, &empty, &drawn};
    for (std::size_t i = 0; i < 3; ++i)
      changes.push_back({i, dataset.pictures[i].annotation.get(), after[i]});
    const auto out = writer->write(layout.text, dataset, changes);
    ASSERT_TRUE(out);
    folder.text(layout.file, *out);
    const Dataset now = openDataset(folder.path());
    EXPECT_EQ(now.pictures[0].annotation->state, LabelState::Unlabelled) << *out;
    EXPECT_EQ(now.pictures[1].annotation->state, LabelState::Negative) << *out;
    ASSERT_EQ(now.pictures[2].annotation->boxes.size(), 1U) << *out;
    EXPECT_EQ(now.pictures[2].annotation->boxes[0].rect, drawn.boxes[0].rect) << "to the last bit";
    // What is not known of a picture is replaced, and nothing else.
    std::vector<LabelChange> anew = {{2, nullptr, &drawn}};
    EXPECT_EQ(layout.objects(*labelWriterFor(now)->write(*out, now, anew), "c.png").size(), 1U);
    EXPECT_EQ(anew[0].objects, LabelSlots{1});
  }
}

TEST(SharedWriter, RefusesWhatDoesNotFit) {
  for (const Layout& layout : layouts()) {
    const LayoutFolder folder(layout);
    LabelWriterSession session(folder);
    const LabelSlots slots = session.slots;
    const auto refusal = [&](const std::function<void(Annotation&)>& change) {
      std::string message = errorOf([&] { session.edit(change); });
      EXPECT_EQ(session.slots, slots);
      return message;
    };
    const auto add = [](int classId, const Rect& rect) {
      return [=](Annotation& a) {
        a.boxes.push_back(boxOf(99, classId, rect));
        a.state = LabelState::Labelled;
      };
    };
    EXPECT_NE(refusal(add(2, {1, 1, 5, 5})).find("class 2 of 2"), std::string::npos);
    EXPECT_NE(refusal(add(0, {5, 1, 5, 5})).find("no area"), std::string::npos);
    EXPECT_NE(refusal([](Annotation& a) { a.imageClasses = {0}; }), "");
    const std::string good = *session.bytes;
    session.bytes = "{\"a\"";
    EXPECT_NE(refusal(add(0, {1, 1, 5, 5})), "");
    session.bytes = good;
    EXPECT_EQ(errorOf([&] { session.edit(add(0, {1, 1, 5, 5})); }), "");
  }
}

}  // namespace
}  // namespace boxwright
