// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/dataset_index.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/data/open_indexed.h"
#include "core/data/packed_boxes.h"
#include "tests/core/data/dataset_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

std::string voc(const std::string& what, int right) {
  return "<annotation><object><name>" + what + "</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>" +
         std::to_string(right) + "</xmax><ymax>8</ymax></bndbox></object></annotation>";
}

/// What a sink was told in the end, and how often it had to begin anew.
struct Told {
  Dataset dataset;
  int restarts = 0;
  std::size_t changed = 0;  ///< pictures of annotation batches
  bool boxesFirst = false;  ///< the first batch of pictures had them
  OpenSink sink;
  std::function<void()> restart;

  Told() {
    sink.format = [this](const std::string& format, const fs::path& root,
                         const ClassNames& classes) {
      dataset.format = format;
      dataset.root = root;
      dataset.classes = classes;
    };
    sink.pictures = [this](std::span<const Picture> batch) {
      if (dataset.pictures.empty()) boxesFirst = !batch.front().annotation->boxes.empty();
      dataset.pictures.insert(dataset.pictures.end(), batch.begin(), batch.end());
    };
    sink.annotations = [this](std::size_t first, std::span<const Picture> batch) {
      changed += batch.size();
      std::copy(batch.begin(), batch.end(),
                dataset.pictures.begin() + static_cast<std::ptrdiff_t>(first));
    };
    sink.problems = [this](std::span<const Problem> problems) {
      dataset.problems.insert(dataset.problems.end(), problems.begin(), problems.end());
    };
    restart = [this] {
      ++restarts;
      dataset = {};
    };
  }
};

void expectSame(const Dataset& a, const Dataset& b) {
  EXPECT_EQ(a.root, b.root);
  EXPECT_EQ(a.format, b.format);
  EXPECT_EQ(a.classes, b.classes);
  EXPECT_EQ(a.problems, b.problems);
  ASSERT_EQ(a.pictures.size(), b.pictures.size());
  for (std::size_t i = 0; i < a.pictures.size(); ++i) {
    EXPECT_EQ(a.pictures[i].path, b.pictures[i].path);
    EXPECT_EQ(a.pictures[i].width, b.pictures[i].width);
    EXPECT_EQ(a.pictures[i].labelHash, b.pictures[i].labelHash);
    EXPECT_EQ(*a.pictures[i].annotation, *b.pictures[i].annotation) << a.pictures[i].path;
  }
}

/// A VOC dataset of five pictures, the last unlabelled, the fourth with a fault.
class DatasetIndexTest : public testing::Test {
 protected:
  DatasetIndexTest() {
    for (int i = 0; i < 5; ++i)
      folder_.picture("JPEGImages/p" + std::to_string(i) + ".jpg");
    for (int i = 0; i < 4; ++i)
      label(i, voc(i % 2 == 0 ? "cat" : "dog", i == 3 ? 1 : 5 + i));
    index_ = cache_ / "index.sqlite";
  }
  void label(int i, const std::string& text) {
    folder_.text("Annotations/p" + std::to_string(i) + ".xml", text);
  }
  bool write() { return writeDatasetIndex(index_, folder_.path(), openDataset(folder_.path())); }
  /// Opens with the index; what was told must be what the files say.
  IndexedOpening open(Told& told) {
    IndexedOpening opening = openIndexed(folder_.path(), index_, {}, told.sink, told.restart);
    const Dataset whole = openDataset(folder_.path());
    expectSame(opening.dataset, whole);
    expectSame(told.dataset, whole);
    EXPECT_EQ(opening.dataset.splits, whole.splits);
    return opening;
  }

  DatasetFolder folder_, cache_;
  fs::path index_;
};

TEST_F(DatasetIndexTest, BoxesAreKeptToTheBit) {
  Box box;
  box.id = 7;
  box.classId = 3;
  box.rect = {0.1, 1.0 / 3, 1e5, 2e-9};
  Box full = box;
  full.difficult = full.crowd = full.truncated = full.occluded = true;
  full.area = 12.5;
  full.score = 0.1F;
  const std::vector<Box> boxes{box, full, box};
  const std::string bytes = packBoxes(boxes);
  EXPECT_EQ(unpackBoxes(bytes), boxes);
  EXPECT_EQ(unpackBoxes(packBoxes({})), std::vector<Box>());
  for (std::size_t n = 0; n < bytes.size(); ++n)
    EXPECT_FALSE(unpackBoxes(bytes.substr(0, n))) << n;
  EXPECT_FALSE(unpackBoxes(bytes + "x"));
}

TEST_F(DatasetIndexTest, WithoutAnIndexEverythingIsReadAsEver) {
  Told told;
  EXPECT_FALSE(open(told).indexIsCurrent);
  EXPECT_EQ(told.restarts, 0);
  EXPECT_FALSE(told.boxesFirst);
}

TEST_F(DatasetIndexTest, WhatItKnowsIsToldAtOnceAndNothingTwice) {
  ASSERT_TRUE(write());
  Told told;
  EXPECT_TRUE(open(told).indexIsCurrent);
  EXPECT_TRUE(told.boxesFirst);
  EXPECT_EQ(told.restarts, 0);
  EXPECT_EQ(told.changed, 0U);
}

TEST_F(DatasetIndexTest, TheFilesCountWhereLabelsHaveChanged) {
  ASSERT_TRUE(write());
  label(2, voc("cat", 9));
  label(4, voc("dog", 4));
  Told told;
  EXPECT_FALSE(open(told).indexIsCurrent);
  EXPECT_EQ(told.restarts, 0);
  EXPECT_EQ(told.changed, 2U);
}

TEST_F(DatasetIndexTest, OtherPicturesOrClassesBeginAnew) {
  ASSERT_TRUE(write());
  folder_.picture("JPEGImages/p2b.jpg");
  Told more;
  EXPECT_FALSE(open(more).indexIsCurrent);
  EXPECT_EQ(more.restarts, 1);
  ASSERT_TRUE(write());
  fs::remove(folder_ / "JPEGImages/p4.jpg");
  Told fewer;
  EXPECT_FALSE(open(fewer).indexIsCurrent);
  EXPECT_EQ(fewer.restarts, 1);
  ASSERT_TRUE(write());
  label(0, voc("horse", 6));  // which comes first now: the others' numbers move
  Told classes;
  EXPECT_FALSE(open(classes).indexIsCurrent);
  EXPECT_EQ(classes.restarts, 1);
  ASSERT_TRUE(write());
  label(2, voc("horse", 7));
  label(1, voc("horse", 7));
  label(3, voc("horse", 7));  // the last ones of their classes go
  Told gone;
  EXPECT_FALSE(open(gone).indexIsCurrent);
}

TEST_F(DatasetIndexTest, ADamagedForeignOrOldIndexIsNone) {
  ASSERT_TRUE(write());
  const std::string whole = readFile(index_);
  EXPECT_FALSE(readDatasetIndex(index_, folder_ / "JPEGImages"));
  EXPECT_FALSE(readDatasetIndex(cache_ / "absent", folder_.path()));
  const auto with = [&](std::string bytes) {
    std::ofstream(index_, std::ios::binary) << bytes;
    Told told;
    EXPECT_FALSE(told.restarts);
    open(told);
  };
  with("");
  with("no database at all");
  with(whole.substr(0, whole.size() / 2));
  // Any byte may be another: the files count in the end.
  for (std::size_t at = 0; at < whole.size(); at += 97) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x5a);
    with(bytes);
  }
  std::string old = whole;
  old[63] = 0;  // user_version
  std::ofstream(index_, std::ios::binary) << old;
  EXPECT_FALSE(readDatasetIndex(index_, folder_.path()));
  EXPECT_TRUE(write()) << "and it is made anew";
  EXPECT_TRUE(readDatasetIndex(index_, folder_.path()));
}

TEST_F(DatasetIndexTest, LiesInTheFolderOnlyWhereOneIsThere) {
  const fs::path cache = cache_.path();
  const fs::path outside = datasetIndexFile(folder_.path(), cache);
  EXPECT_EQ(outside.parent_path(), cache / "index");
  EXPECT_NE(datasetIndexFile(folder_ / "data.yaml", cache), outside);
  fs::create_directory(folder_ / ".boxwright");
  EXPECT_EQ(datasetIndexFile(folder_.path(), cache).parent_path(), folder_ / ".boxwright");
}

TEST_F(DatasetIndexTest, WhereItCannotBeWrittenNothingIsLeft) {
  std::ofstream(cache_ / "file") << "x";
  EXPECT_FALSE(
      writeDatasetIndex(cache_ / "file/index.sqlite", folder_.path(), openDataset(folder_.path())));
  ASSERT_TRUE(write());
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(
      writeDatasetIndex(index_, folder_.path(), openDataset(folder_.path()), stop.get_token()));
  EXPECT_TRUE(readDatasetIndex(index_, folder_.path())) << "the one before stays";
  EXPECT_EQ(std::distance(fs::directory_iterator(cache_.path()), fs::directory_iterator()), 2);
}

TEST_F(DatasetIndexTest, StoppedItHasWhatWasTold) {
  ASSERT_TRUE(write());
  label(0, voc("cat", 3));
  std::stop_source stop;
  Told told;
  const auto tell = told.sink.annotations;
  told.sink.progress = [&](double) { stop.request_stop(); };
  const IndexedOpening opening =
      openIndexed(folder_.path(), index_, stop.get_token(), told.sink, told.restart);
  EXPECT_FALSE(opening.indexIsCurrent);
  expectSame(told.dataset, opening.dataset);
}

TEST_F(DatasetIndexTest, AClassOfSeveralLinesHasNone) {
  Dataset dataset = openDataset(folder_.path());
  dataset.classes.at(0) = "cat\ndog";
  EXPECT_FALSE(writeDatasetIndex(index_, folder_.path(), dataset));
  EXPECT_FALSE(fs::exists(index_));
}

}  // namespace
}  // namespace boxwright
