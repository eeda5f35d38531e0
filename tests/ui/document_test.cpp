// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dataset_document.h"

#include <gtest/gtest.h>

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <filesystem>
#include <memory>
#include <string>

#include "tests/ui/gui_application.h"
#include "tests/ui/small_dataset.h"

namespace boxwright::ui {
namespace {

TEST(DatasetDocument, OpensInStagesAndAgreesWithTheWhole) {
  const QTemporaryDir folder;
  makeSmallDataset(folder.path());
  DatasetDocument document;
  int pictures = 0, annotated = 0;
  bool annotationsBeforePictures = false;
  QObject::connect(&document, &DatasetDocument::picturesAdded, &document,
                   [&](int first, int count) {
                     EXPECT_EQ(first, pictures);
                     pictures += count;
                   });
  QObject::connect(&document, &DatasetDocument::annotationsChanged, &document,
                   [&](int first, int count) {
                     annotationsBeforePictures |= first + count > pictures;
                     annotated += count;
                   });
  QSignalSpy opened(&document, &DatasetDocument::opened);
  document.open(folder.path().toStdString());
  EXPECT_TRUE(document.isOpening());
  ASSERT_TRUE(waitFor([&] { return opened.count() == 1; }));
  EXPECT_EQ(pictures, 12);
  EXPECT_EQ(annotated, 12);
  EXPECT_FALSE(annotationsBeforePictures);
  EXPECT_FALSE(document.isOpening());
  EXPECT_EQ(document.dataset().format, "voc");

  const DatasetStatistics counted = document.statistics();
  const DatasetStatistics whole = statisticsOf(*document.snapshot());
  EXPECT_EQ(counted.images, whole.images);
  EXPECT_EQ(counted.boxes, whole.boxes);
  EXPECT_EQ(counted.labelled, whole.labelled);
  EXPECT_EQ(counted.negative, whole.negative);
  EXPECT_EQ(counted.unlabelled, whole.unlabelled);
  ASSERT_EQ(counted.classes.size(), whole.classes.size());
  for (std::size_t i = 0; i < whole.classes.size(); ++i) {
    EXPECT_EQ(counted.classes[i].boxes, whole.classes[i].boxes);
    EXPECT_EQ(counted.classes[i].images, whole.classes[i].images);
  }
  EXPECT_EQ(counted.boxes, 24U);
  EXPECT_EQ(counted.unlabelled, 1U);
  EXPECT_EQ(counted.negative, 1U);

  ASSERT_GE(document.dataset().problems.size(), 1U);
  int noArea = -1;
  for (std::size_t i = 0; i < document.dataset().problems.size(); ++i) {
    if (document.dataset().problems[i].file.find("picture_05") != std::string::npos) {
      noArea = static_cast<int>(i);
    }
  }
  ASSERT_GE(noArea, 0);
  const int picture = document.pictureOfProblem(noArea);
  ASSERT_GE(picture, 0);
  EXPECT_NE(document.dataset().pictures[static_cast<std::size_t>(picture)].path.find("picture_05"),
            std::string::npos);
  EXPECT_EQ(document.splitOf(document.indexOf(document.dataset().pictures[3].path)), "val");
  EXPECT_EQ(document.indexOf("not/there.jpg"), -1);
  EXPECT_EQ(document.snapshot(), document.snapshot());
}

TEST(DatasetDocument, APictureLiesWhereItIsFromTheFirstMomentOn) {
  const QTemporaryDir folder;
  makeSmallDataset(folder.path() + QStringLiteral("/VOCdevkit/VOC2012"));
  DatasetDocument document;
  std::vector<std::filesystem::path> seen;
  QObject::connect(&document, &DatasetDocument::picturesAdded, &document,
                   [&](int first, int count) {
                     for (int i = first; i < first + count; ++i)
                       seen.push_back(document.dataset().absolutePath(static_cast<std::size_t>(i)));
                   });
  document.open((folder.path() + QStringLiteral("/VOCdevkit")).toStdString());
  ASSERT_TRUE(waitFor([&] { return document.isOpen() && !document.isOpening(); }));
  ASSERT_EQ(seen.size(), 12U);
  for (const std::filesystem::path& path : seen)
    EXPECT_TRUE(std::filesystem::exists(path)) << path;
}

TEST(DatasetDocument, AProblemIsThatOfItsOwnLabelWhereNamesAreEqual) {
  const QTemporaryDir folder;
  const Image image(40, 30);
  for (const char* split : {"train", "val"}) {
    const auto path = [&](const char* kind, const char* suffix) {
      return QStringLiteral("%1/%2/%3/same.%4")
          .arg(folder.path(), QLatin1String(kind), QLatin1String(split), QLatin1String(suffix));
    };
    QDir().mkpath(QFileInfo(path("images", "jpg")).path());
    writeImage(std::filesystem::path(path("images", "jpg").toStdString()), image);
    writeText(path("labels", "txt"), "0 0.5 0.5 0.2 nonsense\n");
  }
  writeText(folder.path() + QStringLiteral("/labels/train/orphan.txt"), "0 0.5 0.5 0.2 0.2\n");
  writeText(folder.path() + QStringLiteral("/data.yaml"),
            "train: images/train\nval: images/val\nnames: [one]\n");
  DatasetDocument document;
  document.open(folder.path().toStdString());
  ASSERT_TRUE(waitFor([&] { return document.isOpen() && !document.isOpening(); }));
  const auto shown = [&](const std::string& file) -> std::string {
    const auto& problems = document.dataset().problems;
    for (std::size_t i = 0; i < problems.size(); ++i) {
      if (problems[i].file != file) continue;
      const int picture = document.pictureOfProblem(static_cast<int>(i));
      return picture < 0 ? "none"
                         : document.dataset().pictures[static_cast<std::size_t>(picture)].path;
    }
    return "no such problem";
  };
  EXPECT_EQ(shown("labels/train/same.txt"), "images/train/same.jpg");
  EXPECT_EQ(shown("labels/val/same.txt"), "images/val/same.jpg");
  EXPECT_EQ(shown("labels/train/orphan.txt"), "none");
}

TEST(DatasetDocument, WhatWasStoppedHalfWayIsNotTheWhole) {
  const QTemporaryDir folder;
  makeSmallDataset(folder.path());
  DatasetDocument document;
  QSignalSpy opened(&document, &DatasetDocument::opened);
  document.open(folder.path().toStdString());
  document.job().cancel();
  ASSERT_TRUE(waitFor([&] { return opened.count() == 1; }));
  EXPECT_TRUE(document.isPartial());
  const std::filesystem::path again = document.path();
  document.open(again);
  ASSERT_TRUE(waitFor([&] { return opened.count() == 2; }));
  EXPECT_FALSE(document.isPartial());
  EXPECT_EQ(document.pictureCount(), 12);
}

TEST(DatasetDocument, OpeningAnotherDropsTheFirst) {
  const QTemporaryDir first, second;
  makeSmallDataset(first.path());
  makeSmallDataset(second.path());
  QFile::remove(second.path() + QStringLiteral("/JPEGImages/picture_11.jpg"));
  DatasetDocument document;
  QSignalSpy opened(&document, &DatasetDocument::opened);
  document.open(first.path().toStdString());
  document.open(second.path().toStdString());
  ASSERT_TRUE(waitFor([&] { return opened.count() >= 1; }));
  QTest::qWait(150);
  EXPECT_EQ(opened.count(), 1);
  EXPECT_EQ(document.pictureCount(), 11);
  EXPECT_EQ(document.path(), std::filesystem::path(second.path().toStdString()));
  document.close();
  EXPECT_FALSE(document.isOpen());
  EXPECT_EQ(document.pictureCount(), 0);
}

TEST(DatasetDocument, SaysWhyItCannotBeOpened) {
  DatasetDocument document;
  JobError seen;
  QObject::connect(&document, &DatasetDocument::failed, &document,
                   [&](const JobError& error) { seen = error; });
  document.open("/nowhere/at all");
  ASSERT_TRUE(waitFor([&] { return !seen.problem.isEmpty(); }));
  EXPECT_FALSE(document.isOpen());
  EXPECT_TRUE((seen.problem + seen.where).contains(QStringLiteral("/nowhere/at all")));
  EXPECT_FALSE(seen.advice.isEmpty());
}

/// `count` pictures of Ultralytics' layout with a box each, linked from one.
void makeManyPictures(const QString& folder, int count) {
  namespace fs = std::filesystem;
  const fs::path root = folder.toStdString();
  fs::create_directories(root / "images");
  fs::create_directories(root / "labels");
  writeImage(root / "seed.png", Image(40, 30));
  writeText(folder + QStringLiteral("/data.yaml"),
            "path: .\ntrain: images\nval: images\nnames: [a, b]\n");
  for (int i = 0; i < count; ++i) {
    const std::string name = std::to_string(100000 + i);
    fs::create_hard_link(root / "seed.png", root / "images" / (name + ".png"));
    writeText(QString::fromStdString((root / "labels" / (name + ".txt")).string()),
              QByteArray::number(i % 2) + " 0.5 0.5 0.5 0.5\n");
  }
}

TEST(DatasetDocument, ShowsAtOnceWhatItKnowsAndThenWhatTheFilesSay) {
  const QTemporaryDir folder;
  constexpr int count = 2100;
  makeManyPictures(folder.path(), count);
  const std::filesystem::path file = (folder.path() + QStringLiteral("/data.yaml")).toStdString();
  DatasetDocument document;
  std::size_t boxesAtFirst = 0;
  int changed = 0, resets = 0;
  QObject::connect(&document, &DatasetDocument::picturesAdded, &document, [&](int first, int) {
    if (first == 0) boxesAtFirst = document.statistics().boxes;
  });
  QObject::connect(&document, &DatasetDocument::annotationsChanged, &document,
                   [&](int, int some) { changed += some; });
  QObject::connect(&document, &DatasetDocument::reset, &document, [&] { ++resets; });
  const auto open = [&] {
    boxesAtFirst = 0;
    changed = resets = 0;
    document.open(file);
    ASSERT_TRUE(waitFor([&] { return !document.isOpening(); }));
    // Its index is being kept.
    ASSERT_TRUE(waitFor([&] { return Jobs::instance().threads() == 0; }));
    const DatasetStatistics whole = statisticsOf(*document.snapshot());
    EXPECT_EQ(document.statistics().boxes, whole.boxes);
    EXPECT_EQ(document.statistics().classes[1].boxes, whole.classes[1].boxes);
    EXPECT_EQ(document.statistics().images, whole.images);
  };
  open();
  EXPECT_EQ(boxesAtFirst, 0U);
  EXPECT_EQ(changed, count);
  EXPECT_FALSE(QFile::exists(folder.path() + QStringLiteral("/.boxwright")));

  open();
  EXPECT_GT(boxesAtFirst, 0U);
  EXPECT_EQ(changed, 0);
  EXPECT_EQ(resets, 1);

  writeText(folder.path() + QStringLiteral("/labels/100007.txt"), "0 0.5 0.5 0.25 0.25\n");
  open();
  EXPECT_GT(boxesAtFirst, 0U);
  EXPECT_EQ(changed, 1);
  EXPECT_EQ(document.dataset().pictures[7].annotation->boxes[0].classId, 0);

  std::filesystem::remove((folder.path() + QStringLiteral("/images/100003.png")).toStdString());
  open();
  EXPECT_EQ(resets, 2) << "other pictures: all anew";
  EXPECT_EQ(document.pictureCount(), count - 1);

  // What is edited is known the next time, too.
  Edit edit;
  edit.pictures.push_back(
      {0, document.dataset().pictures[0].annotation, std::make_shared<const Annotation>()});
  document.edit(std::move(edit));
  document.close();
  ASSERT_TRUE(waitFor([&] { return Jobs::instance().threads() == 0; }));
  writeText(folder.path() + QStringLiteral("/labels/100000.txt"), "nonsense\n");
  open();
  EXPECT_EQ(changed, 1) << "the label file has other bytes";
  EXPECT_TRUE(document.isUnlabelled(0));
}

}  // namespace
}  // namespace boxwright::ui
