// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "core/base/random.h"
#include "core/data/csv_file.h"
#include "core/data/label_writer.h"
#include "core/data/open_dataset.h"
#include "tests/core/data/dataset_folder.h"
#include "tests/error_of.h"

namespace boxwright {
namespace {

class CsvFolder : public DatasetFolder {
 public:
  explicit CsvFolder(const std::string& rows) {
    for (const char* name : {"images/a.png", "images/b.png", "images/c, d.png"})
      picture(name);
    text("train_labels.csv", rows);
  }
};

TEST(CsvFormat, ReadsTensorFlowsColumns) {
  for (const char delimiter : {',', ';', '\t'}) {
    std::string rows =
        "\xEF\xBB\xBF"
        "filename,width,height,class,xmin,ymin,xmax,ymax\r\n"
        "a.png,100,50,dog,10.5, 5 ,30.75,15\r\n\r\n"
        "images\\b.png,100,50,,,,,\r\n"
        "a.png,100,50,\"the \"\"cat\"\"\",1,2,3,4\r\n";
    std::replace(rows.begin(), rows.end(), ',', delimiter);
    const CsvFolder folder(rows);
    const Dataset dataset = openDataset(folder.path());
    EXPECT_EQ(dataset.format, "csv");
    EXPECT_EQ(problemsOf(dataset), "");
    EXPECT_EQ(dataset.classes, (ClassNames{"dog", "the \"cat\""}));
    const Annotation& a = *pictureNamed(dataset, "images/a.png").annotation;
    ASSERT_EQ(a.boxes.size(), 2U);
    EXPECT_EQ(a.boxes[0].rect, (Rect{10.5, 5, 30.75, 15}));
    EXPECT_EQ(a.boxes[1].classId, 1);
    EXPECT_EQ(pictureNamed(dataset, "images/b.png").annotation->state, LabelState::Negative);
    EXPECT_EQ(pictureNamed(dataset, "images/c, d.png").annotation->state, LabelState::Unlabelled);
    EXPECT_EQ(dataset.splits.at("train").size(), 2U);
  }
}

TEST(CsvFormat, ReadsRetinaNets) {
  const CsvFolder folder(
      "images/a.png,10,5,30,15,dog\nimages/b.png,,,,,\n\"images/c, d.png\",1,2,3,4,cat\n");
  folder.text("classes.csv", "cat,0\ndog,1\nfox,2\n");
  const Dataset dataset = openDataset(folder.path());
  EXPECT_EQ(dataset.format, "csv");
  EXPECT_EQ(problemsOf(dataset), "");
  EXPECT_EQ(dataset.classes, (ClassNames{"cat", "dog", "fox"}));
  EXPECT_EQ(pictureNamed(dataset, "images/a.png").annotation->boxes.at(0).classId, 1);
  EXPECT_EQ(pictureNamed(dataset, "images/b.png").annotation->state, LabelState::Negative);
  EXPECT_EQ(pictureNamed(dataset, "images/c, d.png").annotation->boxes.size(), 1U);
}

TEST(CsvFormat, FaultsAreToldWithTheirLines) {
  const CsvFolder folder(
      "filename,class,xmin,ymin,xmax,ymax,extra\n"
      "a.png,dog,x,5,30,15\n"
      "a.png,,1,5,30,15\n"
      "z.png,dog,1,5,30,15\n"
      "z.png,dog,1,5,30,15\n"
      ",dog,1,5,30,15\n"
      "a.png,dog,30,5,1,15\n"
      "a.png\n"
      "\"a.png,dog,1,2,3,4\n"
      "a.png,dog,nan,5,1,15\n"
      "a.png,dog,1,5,30,15,\"more\n");
  const Dataset dataset = openDataset(folder.path());
  for (const int line : {2, 3, 4, 6, 7, 9, 10})
    EXPECT_TRUE(hasProblem(dataset, "train_labels.csv", line, "left out")) << line << "\n"
                                                                           << problemsOf(dataset);
  EXPECT_FALSE(hasProblem(dataset, "train_labels.csv", 5, "")) << "said once";
  EXPECT_EQ(pictureNamed(dataset, "images/a.png").annotation->boxes.size(), 1U);
}

TEST(CsvFormat, OtherTablesAreNone) {
  EXPECT_FALSE(csvFormOf("a,b,c,d,e,f\n1,2,3,4,5,6\n"));
  EXPECT_FALSE(csvFormOf("epoch,loss\n1,2\n"));
  EXPECT_FALSE(csvFormOf(""));
  EXPECT_FALSE(csvFormOf("a.png,cat\n"));
  EXPECT_TRUE(csvFormOf("Image_Path;x1;y1;x2;y2;Label\n"));
}

TEST(CsvFormat, AnyBytesAreAFaultAndNoMore) {
  RandomStream random(5, "csv");
  const std::string rows =
      "filename,width,height,class,xmin,ymin,xmax,ymax\na.png,100,50,dog,10.5,5,30.75,15\n"
      "\"b.png\",100,50,,,,,\na.png,100,50,\"the \"\"cat\"\"\",1,2,3,4\n";
  const CsvFolder folder(rows);
  for (int round = 0; round < 400; ++round) {
    std::string text = rows;
    for (std::uint64_t i = random.index(5); i > 0; --i)
      text[random.index(text.size())] = ",;\"\t\r\n0-ex"[random.index(10)];
    if (random.index(3) == 0) text.resize(random.index(text.size()));
    folder.text("train_labels.csv", text);
    try {
      openDataset(folder.path(), {"csv", false});
    } catch (const Error& error) {
      EXPECT_FALSE(error.problem().empty());
    }
  }
}

TEST(CsvFormat, ACellInQuotesMayGoOverSeveralLines) {
  const std::string bytes =
      "filename,class,xmin,ymin,xmax,ymax,note\r\na.png,dog,1,2,30,40,\"one\r\n\"\"two\"\", and, "
      "three\n\"\r\na.png,cat,5,6,70,40,\"never closed\r\nb.png,cat,1,2,30,x,\r\n";
  const CsvFolder folder(bytes);
  const Dataset dataset = openDataset(folder.path());
  const Annotation& a = *pictureNamed(dataset, "images/a.png").annotation;
  ASSERT_EQ(a.boxes.size(), 2U) << problemsOf(dataset);
  ASSERT_EQ(dataset.problems.size(), 1U) << problemsOf(dataset);
  EXPECT_TRUE(hasProblem(dataset, "train_labels.csv", 6, "an edge is no number"));
  // Changing the first row leaves its note, removing it takes it along.
  const auto writer = labelWriterFor(dataset);
  Annotation after = a;
  after.boxes[0].rect.left = 3;
  LabelChange change{0, &a, &after};
  std::string expected = bytes;
  expected.replace(expected.find("dog,1,"), 6, "dog,3,");
  EXPECT_EQ(writer->write(bytes, dataset, {&change, 1}), expected);
  after = a;
  after.boxes.erase(after.boxes.begin());
  LabelChange removal{0, &a, &after};
  expected = bytes;
  const std::size_t begin = expected.find("a.png,dog");
  expected.erase(begin, expected.find("a.png,cat") - begin);
  EXPECT_EQ(writer->write(bytes, dataset, {&removal, 1}), expected);
}

}  // namespace
}  // namespace boxwright
