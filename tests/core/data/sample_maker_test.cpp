// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/sample_maker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/open_dataset.h"
#include "core/data/sample_scene.h"
#include "core/data/sample_shapes.h"
#include "core/taxonomy/class_tree.h"
#include "tests/core/data/dataset_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

std::map<std::string, std::string> bytesOf(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      files[fs::relative(entry.path(), folder).string()] = readFile(entry.path());
    }
  }
  return files;
}

TEST(SampleMaker, WritesTheSameBytesForTheSameSeedAndOthersForAnother) {
  DatasetFolder folder;
  makeSampleDataset(folder / "a", {.images = 24, .seed = 5});
  makeSampleDataset(folder / "b", {.images = 24, .seed = 5});
  makeSampleDataset(folder / "c", {.images = 24, .seed = 6});
  const auto a = bytesOf(folder / "a");
  EXPECT_EQ(a.size(), 24U * 2 + 3 + 1);
  EXPECT_EQ(a, bytesOf(folder / "b"));
  EXPECT_NE(a, bytesOf(folder / "c"));
}

TEST(SampleMaker, ClassFoldersHoldEveryShapeInEverySplit) {
  DatasetFolder folder;
  const SampleOptions options{.kind = SampleKind::Classes, .images = 16 * 8 + 3, .seed = 5};
  makeSampleDataset(folder / "a", options);
  makeSampleDataset(folder / "b", options);
  EXPECT_EQ(bytesOf(folder / "a"), bytesOf(folder / "b"));
  const Dataset d = openDataset(folder / "a");
  EXPECT_EQ(d.format, "class-folders");
  EXPECT_TRUE(d.problems.empty()) << problemsOf(d);
  EXPECT_EQ(d.pictures.size(), 131U);
  ASSERT_EQ(d.classes.size(), std::size_t(kSampleShapes));
  for (const auto& [name, least] : {std::pair("train", 6), {"val", 1}, {"test", 1}}) {
    std::map<int, int> counts;
    for (const std::size_t i : d.splits.at(name))
      ++counts[d.pictures[i].annotation->imageClasses.at(0)];
    EXPECT_EQ(counts.size(), std::size_t(kSampleShapes)) << name;
    for (const auto& [id, count] : counts)
      EXPECT_GE(count, least) << name << " " << d.classes[static_cast<std::size_t>(id)];
  }
}

TEST(SampleMaker, TaxonomyTeachesTheBoxesOfSomeShapesAndAsksForAll) {
  DatasetFolder folder;
  const SampleOptions options{.kind = SampleKind::Taxonomy, .images = 80, .seed = 5};
  makeSampleDataset(folder / "a", options);
  makeSampleDataset(folder / "b", options);
  EXPECT_EQ(bytesOf(folder / "a"), bytesOf(folder / "b"));
  const Dataset d = openDataset(folder / "a/shapes.combined.json");
  EXPECT_TRUE(d.problems.empty()) << problemsOf(d);
  EXPECT_EQ(d.pictures.size(), 240U);
  ASSERT_NE(d.classTree, nullptr);
  const ClassTree& tree = *d.classTree;
  EXPECT_EQ(tree.size(), 4 + kSampleShapes);
  EXPECT_EQ(tree.leafCount(), kSampleShapes);
  EXPECT_EQ(tree.groups().front().count, 4);
  std::map<std::string, std::set<int>> boxed, whole;
  for (const auto& [split, members] : d.splits) {
    for (const std::size_t i : members) {
      const Annotation& annotation = *d.pictures[i].annotation;
      for (const Box& box : annotation.boxes)
        boxed[split].insert(box.classId);
      for (const int id : annotation.imageClasses)
        whole[split].insert(id);
    }
  }
  EXPECT_EQ(boxed["train"].size(), 6U);
  EXPECT_TRUE(std::includes(boxed["train"].begin(), boxed["train"].end(), boxed["val"].begin(),
                            boxed["val"].end()));
  EXPECT_GE(boxed["test"].size(), 12U);
  EXPECT_EQ(whole["train"].size(), std::size_t(kSampleShapes));
  for (const int node : whole["train"])
    EXPECT_TRUE(tree.isLeaf(node));
  // Three families have shapes with boxes, the fourth has none.
  std::set<int> families;
  for (const int node : boxed["train"])
    families.insert(tree.parentOf(node));
  EXPECT_EQ(families.size(), 3U);
}

TEST(SampleMaker, RefusesAFolderThatHoldsAnything) {
  DatasetFolder folder;
  folder.text("full/keep.txt", "precious");
  folder.text("file", "precious");
  EXPECT_THROW(makeSampleDataset(folder / "full", {.images = 2}), Error);
  EXPECT_THROW(makeSampleDataset(folder / "file", {.images = 2}), Error);
  EXPECT_THROW(makeSampleDataset(folder / "new", {.images = 0}), Error);
  EXPECT_EQ(bytesOf(folder.path()).size(), 2U);
  fs::create_directories(folder / "empty");
  makeSampleDataset(folder / "empty", {.images = 2});
  EXPECT_TRUE(fs::exists(folder / "empty/labels.txt"));
}

TEST(SampleMaker, LeavesNothingWhenStopped) {
  DatasetFolder folder;
  std::stop_source source;
  double last = 0;
  makeSampleDataset(folder / "stopped", {.images = 400}, source.get_token(), [&](double value) {
    last = value;
    source.request_stop();
  });
  EXPECT_LT(last, 0.5);
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(SampleMaker, IsADatasetWithoutFaults) {
  DatasetFolder folder;
  makeSampleDataset(folder / "s", {.images = 100, .seed = 2});
  const Dataset d = openDataset(folder / "s", {.format = "", .decodeAll = true});
  EXPECT_EQ(d.format, "voc");
  EXPECT_TRUE(d.problems.empty()) << problemsOf(d);
  ASSERT_EQ(d.classes.size(), static_cast<std::size_t>(kSampleClasses));
  EXPECT_EQ(d.splits.at("train").size(), 70U);
  EXPECT_EQ(d.splits.at("val").size(), 12U);
  EXPECT_EQ(d.splits.at("test").size(), 18U);
  double smallest = 1e9;
  double largest = 0;
  int truncated = 0, occluded = 0;
  for (const Picture& picture : d.pictures) {
    EXPECT_GE(picture.width, 320);
    EXPECT_GE(picture.height, 240);
    for (const Box& box : picture.annotation->boxes) {
      smallest = std::min({smallest, box.rect.width(), box.rect.height()});
      largest = std::max(
          largest, std::max(box.rect.width() / picture.width, box.rect.height() / picture.height));
      truncated += box.truncated;
      occluded += box.occluded;
    }
  }
  EXPECT_LT(smallest, 25);
  EXPECT_GT(largest, 0.5);
  EXPECT_LE(largest, 0.85);
  EXPECT_GT(truncated, 5);
  EXPECT_GT(occluded, 5);
}

/// Colours of a box, four steps a channel, as shares.
using Histogram = std::array<double, 64>;

Histogram histogramOf(const Image& image, const Rect& rect) {
  Histogram h{};
  for (int y = static_cast<int>(rect.top); y < static_cast<int>(rect.bottom); ++y) {
    for (int x = static_cast<int>(rect.left); x < static_cast<int>(rect.right); ++x) {
      const std::uint8_t* p = image.at(x, y);
      h[static_cast<std::size_t>((p[0] >> 6) * 16 + (p[1] >> 6) * 4 + (p[2] >> 6))] += 1;
    }
  }
  for (double& value : h)
    value /= rect.area();
  return h;
}

TEST(SampleMaker, ClassesCannotBeToldByColourSizeOrPlace) {
  struct Example {
    int classId;
    Histogram histogram;
    Histogram shares;  ///< sorted: how much of the box is of how few colours, whatever they are
    std::array<double, 4> place;  ///< middle and size in the picture
  };
  std::vector<Example> examples;
  for (std::uint64_t number = 0; number < 200; ++number) {
    const SampleScene scene = paintSampleScene(11, number);
    for (const Box& box : scene.boxes) {
      const Histogram histogram = histogramOf(scene.image, box.rect);
      Histogram shares = histogram;
      std::sort(shares.begin(), shares.end());
      examples.push_back(
          {box.classId,
           histogram,
           shares,
           {box.rect.centreX() / scene.image.width, box.rect.centreY() / scene.image.height,
            2 * box.rect.width() / scene.image.width, 2 * box.rect.height() / scene.image.height}});
    }
  }
  ASSERT_GT(examples.size(), 500U);
  const std::size_t known = examples.size() * 3 / 4;
  // Nearest neighbour by the histograms' overlap and by place and size; and the 7 nearest by vote.
  const auto vote = [&](std::size_t i, std::size_t k, const auto& distance) {
    std::vector<std::pair<double, int>> near;
    for (std::size_t j = 0; j < known; ++j) {
      near.emplace_back(distance(examples[i], examples[j]), examples[j].classId);
    }
    std::partial_sort(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(k), near.end());
    std::array<int, kSampleClasses> votes{};
    for (std::size_t j = 0; j < k; ++j)
      ++votes[static_cast<std::size_t>(near[j].second)];
    return static_cast<int>(std::max_element(votes.begin(), votes.end()) - votes.begin());
  };
  const auto byColour = [](const Example& a, const Example& b) {
    double sum = 0;
    for (std::size_t k = 0; k < a.histogram.size(); ++k) {
      sum += std::abs(a.histogram[k] - b.histogram[k]);
    }
    return sum;
  };
  const auto byShares = [](const Example& a, const Example& b) {
    double sum = 0;
    for (std::size_t k = 0; k < a.shares.size(); ++k)
      sum += std::abs(a.shares[k] - b.shares[k]);
    return sum;
  };
  const auto byPlace = [](const Example& a, const Example& b) {
    double sum = 0;
    for (std::size_t k = 0; k < 4; ++k)
      sum += std::pow(a.place[k] - b.place[k], 2);
    return sum;
  };
  const auto accuracy = [&](std::size_t k, const auto& distance) {
    int right = 0;
    for (std::size_t i = known; i < examples.size(); ++i) {
      right += vote(i, k, distance) == examples[i].classId;
    }
    return static_cast<double>(right) / static_cast<double>(examples.size() - known);
  };
  const double colour = accuracy(7, byColour);
  EXPECT_LT(colour, 0.5);
  EXPECT_LT(accuracy(1, byColour), 0.5);
  EXPECT_LT(accuracy(7, byShares), 0.5);
  EXPECT_LT(accuracy(7, byPlace), 0.5);
  std::cout << "by colour " << colour << ", by shares " << accuracy(7, byShares) << ", by place "
            << accuracy(7, byPlace) << "\n";
  RecordProperty("colour_percent", static_cast<int>(100 * colour));
}

TEST(SampleShapes, AreSolidAndWithinTheirCircle) {
  for (int s = 0; s < kSampleShapes; ++s) {
    for (const double a : {0.0, 0.5, 1.0}) {
      int inside = 0;
      for (double y = -1.6; y <= 1.6; y += 0.05) {
        for (double x = -1.6; x <= 1.6; x += 0.05) {
          const double d = shapeDistance(static_cast<SampleShape>(s), {a, a, 1.0}, {x, y});
          if (d < 0) {
            ++inside;
            EXPECT_LT(std::hypot(x, y), 1.2) << s;
          }
        }
      }
      EXPECT_GT(inside, 100) << s;
    }
  }
}

}  // namespace
}  // namespace boxwright
