// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/dataset.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/base/error.h"

namespace boxwright {
namespace {

Dataset labelled(std::size_t count) {
  Dataset d;
  d.root = "/data";
  d.classes = {"cat", "dog"};
  for (std::size_t i = 0; i < count; ++i) {
    Annotation annotation;
    annotation.state = LabelState::Labelled;
    Box box;
    box.id = 1;
    box.classId = static_cast<int>(i % 2);
    box.rect = {1, 2, 30, 40};
    annotation.boxes.push_back(box);
    d.pictures.push_back(
        {"p" + std::to_string(i) + ".jpg", 64, 64, std::make_shared<const Annotation>(annotation)});
  }
  return d;
}

std::set<std::string> names(const Dataset& d, const std::vector<std::size_t>& split) {
  std::set<std::string> out;
  for (const std::size_t i : split)
    out.insert(d.pictures[i].path);
  return out;
}

TEST(Splits, AreMadeBySeedInTheirShares) {
  const Dataset d = labelled(200);
  const Splits splits = splitsFor(d, 3);
  EXPECT_EQ(splits.at("test").size(), 30U);
  EXPECT_EQ(splits.at("val").size(), 30U);
  EXPECT_EQ(splits.at("train").size(), 140U);
  std::vector<std::size_t> all;
  for (const auto& [name, members] : splits) {
    EXPECT_TRUE(std::is_sorted(members.begin(), members.end()));
    all.insert(all.end(), members.begin(), members.end());
  }
  std::sort(all.begin(), all.end());
  for (std::size_t i = 0; i < all.size(); ++i)
    ASSERT_EQ(all[i], i);  // each picture once
  EXPECT_EQ(splitsFor(d, 3), splits);
  EXPECT_NE(splitsFor(d, 4), splits);
}

TEST(Splits, BarelyMoveWhenAPictureIsAdded) {
  const Dataset before = labelled(200);
  const Dataset after = labelled(201);
  const auto a = names(before, splitsFor(before, 3).at("train"));
  const auto b = names(after, splitsFor(after, 3).at("train"));
  std::vector<std::string> moved;
  std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(moved));
  EXPECT_LE(moved.size(), 3U);
}

TEST(Splits, LeaveOutUnlabelledPicturesAndKeepTheDatasetsOwn) {
  Dataset d = labelled(40);
  for (std::size_t i = 0; i < 10; ++i)
    d.pictures[i].annotation = std::make_shared<Annotation>();
  Splits splits = splitsFor(d, 1);
  for (const auto& [name, members] : splits) {
    for (const std::size_t i : members)
      EXPECT_GE(i, 10U) << name;
  }
  d.splits = {{"train", {10, 11, 12}}, {"val", {13, 14}}};
  EXPECT_EQ(splitsFor(d, 1), d.splits);
  d.splits = {{"train", {10, 11, 12, 13, 14, 15, 16, 17, 18, 19}}, {"test", {20, 21}}};
  splits = splitsFor(d, 1);
  EXPECT_EQ(splits.at("test"), (std::vector<std::size_t>{20, 21}));
  EXPECT_EQ(splits.at("val").size(), 2U);
  EXPECT_EQ(splits.at("train").size(), 8U);
  for (const std::size_t i : splits.at("val"))
    EXPECT_LT(i, 20U);
  d.splits = {{"test", {20, 21}}};
  splits = splitsFor(d, 1);
  EXPECT_EQ(splits.at("test").size(), 2U);
  EXPECT_EQ(splits.at("train").size() + splits.at("val").size(), 28U);
  d.splits = {{"trainval", {10, 11, 12, 13}}, {"val", {12, 13}}};
  EXPECT_EQ(splitsFor(d, 1).at("train"), (std::vector<std::size_t>{10, 11}));
}

TEST(Splits, OfTinyDatasetsLeaveSomethingToTrainOn) {
  for (std::size_t count = 1; count < 12; ++count) {
    const Splits splits = splitsFor(labelled(count), 9);
    EXPECT_GE(splits.at("train").size(), 1U) << count;
    if (count >= 2) {
      EXPECT_GE(splits.at("val").size(), 1U) << count;
    }
    if (count >= 4) {
      EXPECT_GE(splits.at("test").size(), 1U) << count;
    }
  }
}

TEST(Splits, AreFoundByNameOrNamed) {
  const Dataset d = labelled(10);
  const Splits splits = splitsFor(d, 1);
  EXPECT_EQ(picturesOfSplit(d, splits, "all").size(), 10U);
  EXPECT_EQ(picturesOfSplit(d, splits, "val"), splits.at("val"));
  try {
    picturesOfSplit(d, splits, "vall");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("all, test, train, val"), std::string::npos)
        << error.what();
  }
}

TEST(Fingerprint, ChangesWithPathsBoxesAndNamesOnly) {
  const Dataset d = labelled(5);
  const std::string print = fingerprint(d);
  EXPECT_EQ(print.size(), 16U);
  EXPECT_EQ(fingerprint(labelled(5)), print);
  Dataset moved = d;
  moved.root = "/elsewhere";
  EXPECT_EQ(fingerprint(moved), print);
  Dataset renamed = d;
  renamed.classes[0] = "cow";
  EXPECT_NE(fingerprint(renamed), print);
  Dataset shifted = d;
  Annotation annotation = *d.pictures[2].annotation;
  annotation.boxes[0].rect.left += 0.5;
  shifted.pictures[2].annotation = std::make_shared<const Annotation>(annotation);
  EXPECT_NE(fingerprint(shifted), print);
  Dataset path = d;
  path.pictures[1].path = "q.jpg";
  EXPECT_NE(fingerprint(path), print);
}

TEST(Statistics, CountBoxesPicturesAndStates) {
  Dataset d = labelled(5);
  Annotation negative;
  negative.state = LabelState::Negative;
  d.pictures.push_back({"n.jpg", 1, 1, std::make_shared<const Annotation>(negative)});
  d.pictures.push_back({"u.jpg", 1, 1, std::make_shared<const Annotation>()});
  Annotation twice = *d.pictures[0].annotation;
  twice.boxes.push_back(twice.boxes[0]);
  d.pictures[0].annotation = std::make_shared<const Annotation>(twice);
  const DatasetStatistics s = statisticsOf(d);
  EXPECT_EQ(s.images, 7U);
  EXPECT_EQ(s.boxes, 6U);
  EXPECT_EQ(s.labelled, 5U);
  EXPECT_EQ(s.negative, 1U);
  EXPECT_EQ(s.unlabelled, 1U);
  EXPECT_EQ(s.classes[0].boxes, 4U);
  EXPECT_EQ(s.classes[0].images, 3U);
  EXPECT_EQ(s.classes[1].boxes, 2U);
}

}  // namespace
}  // namespace boxwright
