// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/open_dataset.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <set>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "tests/core/data/dataset_folder.h"
#include "tests/error_of.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

std::string errorOpening(const fs::path& path, const OpenOptions& options = {}) {
  return errorOf([&] { openDataset(path, options); });
}

TEST(OpenDataset, RefusesInClearWords) {
  DatasetFolder folder;
  EXPECT_NE(errorOpening(folder / "absent").find("no such file or folder"), std::string::npos);
  EXPECT_NE(errorOpening(folder.path()).find("no pictures found"), std::string::npos);
  folder.text("notes.txt", "words");
  EXPECT_NE(errorOpening(folder.path()).find("no pictures found"), std::string::npos);
  EXPECT_NE(errorOpening(folder / "notes.txt").find("not a dataset"), std::string::npos);
  folder.picture("a.jpg");
  OpenOptions options;
  options.format = "pascal";
  EXPECT_NE(errorOpening(folder.path(), options).find("voc"), std::string::npos);
  options.format = "ultralytics";
  EXPECT_NE(errorOpening(folder.path(), options).find("data.yaml"), std::string::npos);
}

TEST(OpenDataset, TellsAnUnreadableFolder) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read every folder";
  DatasetFolder folder;
  folder.picture("a.jpg");
  folder.picture("closed/b.jpg");
  fs::permissions(folder / "closed", fs::perms::none);
  const Dataset d = openDataset(folder.path());
  EXPECT_EQ(d.pictures.size(), 1U);
  EXPECT_TRUE(hasProblem(d, "closed/", 0, "cannot be read")) << problemsOf(d);
  fs::permissions(folder.path(), fs::perms::none);
  EXPECT_NE(errorOpening(folder.path()).find("cannot open"), std::string::npos);
  fs::permissions(folder.path(), fs::perms::owner_all);
  fs::permissions(folder / "closed", fs::perms::owner_all);
}

TEST(OpenDataset, ANamedFileIsMeantWhateverLiesBesideIt) {
  DatasetFolder folder;
  folder.picture("images/a.jpg");
  folder.text("list.txt", "images/a.jpg\n");
  folder.text("two.names", "x\ny\n");
  folder.text("obj.data", "classes=2\ntrain=list.txt\nnames=two.names\n");
  folder.text("data.yaml", "train: images\nnames: [p, q, r]\n");
  const Dataset darknet = openDataset(folder / "obj.data");
  EXPECT_EQ(darknet.format, "darknet");
  EXPECT_EQ(darknet.classes, (ClassNames{"x", "y"}));
  EXPECT_EQ(openDataset(folder / "data.yaml").classes, (ClassNames{"p", "q", "r"}));
  // In capitals too; a folder of such a name is a folder.
  folder.text("CELLS.DATA", "classes=2\ntrain=list.txt\nnames=two.names\n");
  EXPECT_EQ(openDataset(folder / "CELLS.DATA").format, "darknet");
  folder.picture("photos.data/b.jpg");
  EXPECT_EQ(openDataset(folder / "photos.data").format, "images");
}

TEST(OpenDataset, BarePicturesAreUnlabelledAndHiddenOnesLeftOut) {
  DatasetFolder folder;
  folder.picture("b/x y.webp");
  folder.picture("a.PNG.png");
  folder.picture(".hidden/c.jpg");
  folder.picture(".c.jpg");
  fs::create_directory_symlink(folder.path(), folder / "b/loop");
  fs::create_symlink(folder / "gone.jpg", folder / "dangling.jpg");
  const Dataset d = openDataset(folder.path().string() + "/");
  EXPECT_EQ(d.format, "images");
  ASSERT_EQ(d.pictures.size(), 3U);
  EXPECT_EQ(d.pictures[0].path, "a.PNG.png");
  EXPECT_EQ(d.pictures[1].path, "b/x y.webp");
  EXPECT_EQ(d.pictures[1].annotation->state, LabelState::Unlabelled);
  EXPECT_EQ(d.pictures[1].width, 100);
  EXPECT_TRUE(hasProblem(d, "dangling.jpg", 0, "cannot open")) << problemsOf(d);
  EXPECT_EQ(d.problems.size(), 1U) << problemsOf(d);
}

TEST(OpenDataset, StagesTellEverythingOnceAndInOrder) {
  DatasetFolder folder;
  folder.picture("images/one.jpg");
  const std::string bytes = readFile(folder / "images/one.jpg");
  for (int i = 0; i < 700; ++i) {
    const std::string name = "p" + std::to_string(1000 + i);
    folder.text("images/" + name + ".jpg", bytes);
    folder.text("labels/" + name + ".txt", i % 7 ? "0 0.5 0.5 0.2 0.2\n" : "4 0.5 0.5 0.2 0.2\n");
  }
  std::vector<std::string> stages;
  std::vector<Picture> listed;
  std::vector<Picture> read;
  std::vector<Problem> problems;
  ClassNames classes;
  double progress = 0;
  OpenSink sink;
  sink.format = [&](const std::string& format, const fs::path& root, const ClassNames& names) {
    stages.push_back("format");
    EXPECT_EQ(format, "darknet");
    EXPECT_EQ(root, folder.path());
    EXPECT_GE(names.size(), classes.size());
    classes = names;
  };
  sink.pictures = [&](std::span<const Picture> batch) {
    stages.push_back("pictures");
    for (const Picture& picture : batch) {
      EXPECT_EQ(picture.annotation->state, LabelState::Unlabelled);
      EXPECT_EQ(picture.width, 0);
    }
    listed.insert(listed.end(), batch.begin(), batch.end());
  };
  sink.annotations = [&](std::size_t first, std::span<const Picture> batch) {
    stages.push_back("annotations");
    EXPECT_EQ(first, read.size());
    for (const Picture& picture : batch) {
      for (const Box& box : picture.annotation->boxes) {
        EXPECT_LT(box.classId, static_cast<int>(classes.size()));
      }
    }
    read.insert(read.end(), batch.begin(), batch.end());
  };
  sink.problems = [&](std::span<const Problem> batch) {
    problems.insert(problems.end(), batch.begin(), batch.end());
  };
  sink.progress = [&](double value) {
    EXPECT_GE(value, progress);
    progress = value;
  };
  const Dataset d = openDataset(folder.path(), {}, {}, sink);
  EXPECT_EQ(stages.at(0), "format");
  EXPECT_EQ(stages.at(1), "pictures");
  EXPECT_EQ(stages.back(), "annotations");
  ASSERT_EQ(listed.size(), 701U);
  ASSERT_EQ(read.size(), 701U);
  for (std::size_t i = 0; i < read.size(); ++i) {
    EXPECT_EQ(read[i].path, listed[i].path);
    EXPECT_EQ(read[i].annotation, d.pictures[i].annotation);
  }
  EXPECT_EQ(problems, d.problems);
  EXPECT_EQ(classes, d.classes);
  EXPECT_EQ(progress, 1);
}

TEST(OpenDataset, StopsEarlyWithWhatItHas) {
  DatasetFolder folder;
  folder.picture("one.jpg");
  const std::string bytes = readFile(folder / "one.jpg");
  for (int i = 0; i < 300; ++i)
    folder.text("p" + std::to_string(i) + ".jpg", bytes);
  std::stop_source source;
  OpenSink sink;
  sink.pictures = [&](std::span<const Picture>) { source.request_stop(); };
  const Dataset d = openDataset(folder.path(), {}, source.get_token(), sink);
  EXPECT_EQ(d.pictures.size(), 301U);
  EXPECT_EQ(d.pictures.back().width, 0);
  // Stopped before anything was listed, it is no fault of the folder.
  EXPECT_TRUE(openDataset(folder.path(), {}, source.get_token()).pictures.empty());
}

TEST(OpenDataset, FirstPicturesOfABigFolderComeAtOnce) {
  DatasetFolder folder;
  fs::create_directories(folder / "images");
  fs::create_directories(folder / "labels");
  for (int i = 0; i < 20000; ++i) {
    std::ofstream(folder / ("images/picture_" + std::to_string(i) + ".jpg"));
    std::ofstream(folder / ("labels/picture_" + std::to_string(i) + ".txt"));
  }
  std::stop_source source;
  OpenSink sink;
  // Processor time of this thread: a machine busy with other work does not count.
  const auto now = [] {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  };
  const double start = now();
  double seconds = -1;
  sink.pictures = [&](std::span<const Picture>) {
    seconds = now() - start;
    source.request_stop();
  };
  openDataset(folder.path(), {}, source.get_token(), sink);
  RecordProperty("milliseconds", static_cast<int>(seconds * 1000));
  EXPECT_GE(seconds, 0);
  EXPECT_LT(seconds, 0.3);
}

TEST(OpenDataset, DecodingAllFindsWhatHeadersDoNotTell) {
  DatasetFolder folder;
  folder.picture("good.png");
  folder.picture("spoilt.png", 64, 64);
  std::string bytes = readFile(folder / "spoilt.png");
  const std::size_t data = bytes.find("IDAT");
  for (std::size_t i = data + 10; i < data + 20 && i < bytes.size(); ++i)
    bytes[i] = '\x55';
  folder.text("spoilt.png", bytes);
  EXPECT_TRUE(openDataset(folder.path()).problems.empty());
  OpenOptions options;
  options.decodeAll = true;
  const Dataset d = openDataset(folder.path(), options);
  ASSERT_EQ(d.problems.size(), 1U) << problemsOf(d);
  EXPECT_EQ(d.problems[0].file, "spoilt.png");
}

/// The 364 blood cell pictures, where somebody says that they are.
fs::path bccd() {
  const char* const given = std::getenv("BOXWRIGHT_BCCD");
  return given == nullptr ? fs::path() : fs::path(given);
}

TEST(OpenDataset, BloodCellsAreAsTheyAreKnownToBe) {
  if (!fs::exists(bccd())) GTEST_SKIP() << "the blood cell pictures are not here (BOXWRIGHT_BCCD)";
  const Dataset d = openDataset(bccd());
  EXPECT_EQ(d.format, "voc");
  EXPECT_EQ(d.pictures.size(), 364U);
  EXPECT_EQ(d.classes, (ClassNames{"WBC", "RBC", "Platelets"}));
  const DatasetStatistics s = statisticsOf(d);
  // 4,888 in the files; two have no area.
  EXPECT_EQ(s.boxes, 4886U);
  EXPECT_EQ(s.classes[0].boxes, 372U);
  EXPECT_EQ(s.classes[1].boxes, 4153U);
  EXPECT_EQ(s.classes[2].boxes, 361U);
  EXPECT_EQ(s.labelled, 364U);
  ASSERT_EQ(d.problems.size(), 2U) << problemsOf(d);
  EXPECT_TRUE(hasProblem(d, "Annotations/BloodImage_00338.xml", 158, "no area")) << problemsOf(d);
  EXPECT_TRUE(hasProblem(d, "Annotations/BloodImage_00343.xml", 50, "no area")) << problemsOf(d);
  EXPECT_EQ(d.splits.at("train").size(), 205U);
  EXPECT_EQ(d.splits.at("val").size(), 87U);
  EXPECT_EQ(d.splits.at("test").size(), 72U);
  EXPECT_EQ(splitsFor(d, 7), d.splits);
  EXPECT_EQ(d.pictures[0].width, 640);
  EXPECT_EQ(d.pictures[0].annotation->boxes[0].rect, (Rect{259, 176, 491, 376}));
}

}  // namespace
}  // namespace boxwright
