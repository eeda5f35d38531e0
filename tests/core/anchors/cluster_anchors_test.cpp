// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/anchors/cluster_anchors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <regex>
#include <set>
#include <sstream>
#include <tuple>

#include "core/anchors/hand_picked.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/geometry/iou.h"
#include "tests/golden_file.h"

namespace boxwright {
namespace {

std::vector<Size> sizesOf(const nlohmann::json& array) {
  const std::vector<double> values = goldenValues(array);
  std::vector<Size> sizes;
  for (std::size_t i = 0; i < values.size(); i += 2)
    sizes.push_back({values[i], values[i + 1]});
  return sizes;
}

/// Boxes of `kinds` shapes with a spread, as fractions: much small, little large.
std::vector<Size> randomSizes(std::size_t count, std::uint64_t seed) {
  RandomStream random(seed, "box sizes");
  std::vector<Size> sizes;
  for (std::size_t i = 0; i < count; ++i) {
    const double side = std::exp(random.uniform(std::log(0.03), std::log(0.8)));
    const double aspect = std::exp(0.5 * random.normal());
    sizes.push_back({std::min(1.0, side * aspect), std::min(1.0, side / aspect)});
  }
  return sizes;
}

TEST(MeanBestIou, EqualsTheGoldenScores) {
  int tried = 0;
  for (const nlohmann::json& golden : goldenCases("anchors.json")) {
    if (golden.at("kind") != "score") continue;
    ++tried;
    std::vector<Size> anchors = sizesOf(golden.at("anchors_cells"));
    const double cells = golden.at("cells");
    for (Size& anchor : anchors)
      anchor = {anchor.width / cells, anchor.height / cells};
    const std::vector<Size> boxes = sizesOf(golden.at("boxes"));
    std::vector<int> best;
    EXPECT_NEAR(golden.at("mean_best_iou").get<double>(), meanBestIou(boxes, anchors, &best), 1e-6);
    const std::vector<double> expected = goldenValues(golden.at("best_index"));
    const std::vector<double> ious = goldenValues(golden.at("best_iou"));
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      EXPECT_EQ(static_cast<int>(expected[i]), best[i]);
      EXPECT_NEAR(ious[i], sizeIou(boxes[i], anchors[best[i]]), 1e-6);
    }
  }
  EXPECT_EQ(3, tried);
  EXPECT_EQ(0, meanBestIou({}, {}));
}

TEST(ClusterAnchors, FindsPlantedClusters) {
  int tried = 0;
  for (const nlohmann::json& golden : goldenCases("anchors.json")) {
    if (golden.at("kind") != "planted") continue;
    for (const ClusterUpdate update : {ClusterUpdate::Mean, ClusterUpdate::Median}) {
      ++tried;
      const std::string kind = update == ClusterUpdate::Mean ? "mean" : "median";
      ClusterOptions options;
      options.k = golden.at("k");
      options.update = update;
      const std::vector<Size> boxes = sizesOf(golden.at("boxes"));
      const AnchorSet set = clusterAnchors(boxes, options);
      std::vector<Size> expected = sizesOf(golden.at(kind + "_centres"));
      // The best round is kept, and no centres of the group score less than the planted ones.
      EXPECT_NEAR(golden.at("mean_best_iou_of_" + kind + "_centres").get<double>(), set.meanIou,
                  1e-5);
      ASSERT_EQ(expected.size(), set.anchors.size());
      for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_NEAR(expected[i].width * 13, set.anchors[i].width, 1e-5) << kind;
        EXPECT_NEAR(expected[i].height * 13, set.anchors[i].height, 1e-5) << kind;
      }
      const std::vector<double> labels = goldenValues(golden.at("labels"));
      for (std::size_t i = 0; i < labels.size(); ++i) {
        EXPECT_EQ(static_cast<int>(labels[i]), set.assignment[i]);
      }
    }
  }
  EXPECT_EQ(4, tried);
}

/// k-means' own measure by brute force: of all splits of the boxes into two, the highest mean IOU
/// of boxes with the mean of their own part.
double bestOfAllSplits(const std::vector<Size>& boxes) {
  double best = 0;
  for (unsigned split = 1; split < (1U << (boxes.size() - 1)); ++split) {
    Size sums[2];
    int members[2] = {0, 0};
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      const unsigned side = split >> i & 1U;
      sums[side].width += boxes[i].width;
      sums[side].height += boxes[i].height;
      ++members[side];
    }
    double total = 0;
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      const unsigned side = split >> i & 1U;
      total +=
          sizeIou(boxes[i], {sums[side].width / members[side], sums[side].height / members[side]});
    }
    best = std::max(best, total / static_cast<double>(boxes.size()));
  }
  return best;
}

/// Eight boxes around two shapes.
std::vector<Size> twoShapes(std::uint64_t seed) {
  RandomStream random(seed, "two shapes");
  std::vector<Size> sizes;
  const auto spread = [&] { return std::exp(0.25 * random.normal()); };
  for (int i = 0; i < 8; ++i) {
    const Size shape = i < 4 ? Size{0.1, 0.15} : Size{0.4, 0.3};
    sizes.push_back({shape.width * spread(), shape.height * spread()});
  }
  return sizes;
}

/// Not below brute force; above it where a box gains from the other part's centre.
bool reachesBruteForce(const std::vector<Size>& boxes) {
  ClusterOptions options;
  options.k = 2;
  options.restarts = 30;
  return clusterAnchors(boxes, options).meanIou > bestOfAllSplits(boxes) - 1e-6;
}

TEST(ClusterAnchors, EqualsBruteForceOnEightBoxes) {
  int withoutShape = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    EXPECT_TRUE(reachesBruteForce(twoShapes(seed))) << seed;
    withoutShape += reachesBruteForce(randomSizes(8, seed));
  }
  EXPECT_GE(withoutShape, 190);  // boxes of no two shapes at all: a search may miss the best split
}

TEST(ClusterAnchors, DoesNotDependOnThreads) {
  const std::vector<Size> boxes = randomSizes(100000, 7);  // several chunks
  for (const ClusterUpdate update : {ClusterUpdate::Mean, ClusterUpdate::Median}) {
    ClusterOptions options;
    options.k = 6;
    options.restarts = 1;
    options.update = update;
    const AnchorSet one = clusterAnchors(boxes, options);
    for (const int threads : {2, 3, 8}) {
      options.threads = threads;
      const AnchorSet other = clusterAnchors(boxes, options);
      EXPECT_EQ(one.anchors, other.anchors);
      EXPECT_EQ(one.rounds, other.rounds);
      EXPECT_EQ(one.assignment, other.assignment);
      EXPECT_EQ(one.meanIou, other.meanIou);
    }
  }
}

TEST(ClusterAnchors, IsAFunctionOfTheSeed) {
  const std::vector<Size> boxes = randomSizes(500, 2);
  ClusterOptions options;
  options.k = 7;
  options.restarts = 1;
  const AnchorSet first = clusterAnchors(boxes, options);
  EXPECT_EQ(first.rounds, clusterAnchors(boxes, options).rounds);
  options.seed = 2;
  EXPECT_NE(first.rounds, clusterAnchors(boxes, options).rounds);
}

TEST(ClusterAnchors, KeepsTheBestRoundAndTellsItsRounds) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const std::vector<Size> boxes = randomSizes(300, seed);
    ClusterOptions options;
    options.k = 5;
    options.seed = seed;
    const AnchorSet set = clusterAnchors(boxes, options);
    EXPECT_EQ(static_cast<std::size_t>(set.iterations), set.rounds.size());
    EXPECT_NEAR(*std::max_element(set.rounds.begin(), set.rounds.end()), set.meanIou, 1e-6);
    EXPECT_TRUE(std::is_sorted(set.anchors.begin(), set.anchors.end(),
                               [](const Size& a, const Size& b) { return a.area() < b.area(); }));
    std::vector<Size> fractions;
    for (const Size& a : set.anchors)
      fractions.push_back({a.width / 13, a.height / 13});
    EXPECT_NEAR(set.meanIou, meanBestIou(boxes, fractions), 1e-12);
  }
}

TEST(ClusterAnchors, AnchorsAreCellsOfTheInputSize) {
  const std::vector<Size> boxes = randomSizes(200, 3);
  ClusterOptions options;
  const AnchorSet at416 = clusterAnchors(boxes, options);
  options.inputSize = 608;
  const AnchorSet at608 = clusterAnchors(boxes, options);
  for (std::size_t i = 0; i < at416.anchors.size(); ++i) {
    EXPECT_NEAR(at416.anchors[i].width / 13 * 19, at608.anchors[i].width, 1e-9);
  }
  EXPECT_EQ(at416.meanIou, at608.meanIou);
}

TEST(ClusterAnchors, MoreRestartsAreNeverWorse) {
  const std::vector<Size> boxes = randomSizes(400, 11);
  double before = 0;
  for (const int restarts : {1, 2, 4, 8, 16}) {
    ClusterOptions options;
    options.k = 9;
    options.restarts = restarts;
    const double now = clusterAnchors(boxes, options).meanIou;
    EXPECT_GE(now, before - 1e-7);
    before = now;
  }
}

TEST(ClusterAnchors, AsManyAnchorsAsSizesCoverAll) {
  std::vector<Size> boxes;
  for (int i = 1; i <= 7; ++i) {
    for (int copies = 0; copies < i; ++copies)
      boxes.push_back({0.1 * i, 0.9 / i});
  }
  ClusterOptions options;
  options.k = 7;
  EXPECT_NEAR(1, clusterAnchors(boxes, options).meanIou, 1e-6);
}

/// Lloyd's k-means with Euclidean distance, the best of as many restarts by its own measure.
std::vector<Size> euclideanAnchors(const std::vector<Size>& boxes, int k, int restarts) {
  std::vector<Size> best;
  double least = std::numeric_limits<double>::infinity();
  const auto squared = [](const Size& a, const Size& b) {
    return std::pow(a.width - b.width, 2) + std::pow(a.height - b.height, 2);
  };
  for (int restart = 0; restart < restarts; ++restart) {
    RandomStream random(1, "euclidean", std::uint64_t(restart));
    std::vector<Size> centres{boxes[random.index(boxes.size())]};
    std::vector<double> distance(boxes.size());
    const auto nearest = [&](const Size& box) {
      std::size_t which = 0;
      for (std::size_t c = 1; c < centres.size(); ++c) {
        if (squared(box, centres[c]) < squared(box, centres[which])) which = c;
      }
      return which;
    };
    while (centres.size() < std::size_t(k)) {
      double total = 0;
      for (std::size_t i = 0; i < boxes.size(); ++i) {
        total += distance[i] = squared(boxes[i], centres[nearest(boxes[i])]);
      }
      double left = random.uniform() * total;
      std::size_t i = 0;
      while (i + 1 < boxes.size() && left >= distance[i])
        left -= distance[i++];
      centres.push_back(boxes[i]);
    }
    double sum = 0, before = -1;
    for (int round = 0; round < 300 && sum != before; ++round) {
      before = sum;
      sum = 0;
      std::vector<Size> sums(centres.size());
      std::vector<double> members(centres.size());
      for (const Size& box : boxes) {
        const std::size_t c = nearest(box);
        sum += squared(box, centres[c]);
        sums[c].width += box.width;
        sums[c].height += box.height;
        ++members[c];
      }
      for (std::size_t c = 0; c < centres.size(); ++c) {
        if (members[c] > 0) centres[c] = {sums[c].width / members[c], sums[c].height / members[c]};
      }
    }
    if (sum < least) {
      least = sum;
      best = centres;
    }
  }
  return best;
}

TEST(ClusterAnchors, BeatsEuclideanOnSmallAndLargeBoxes) {
  for (const int k : {3, 5, 9}) {
    const std::vector<Size> boxes = randomSizes(2000, 17);
    ClusterOptions options;
    options.k = k;
    const double ours = clusterAnchors(boxes, options).meanIou;
    const double euclidean = meanBestIou(boxes, euclideanAnchors(boxes, k, 5));
    RecordProperty("ours_k" + std::to_string(k), std::to_string(ours));
    RecordProperty("euclidean_k" + std::to_string(k), std::to_string(euclidean));
    EXPECT_GT(ours, euclidean + 0.01) << "k " << k;
  }
}

/// The box sizes of bccd, read from its XML just far enough for this test; empty where it is
/// absent.
std::vector<Size> bccdSizes() {
  std::vector<Size> sizes;
  const char* const named = std::getenv("BOXWRIGHT_BCCD");
  if (named == nullptr) return sizes;
  const std::filesystem::path folder = named;
  if (!std::filesystem::is_directory(folder / "Annotations")) return sizes;
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "Annotations")) {
    files.insert(entry.path());
  }
  for (const std::filesystem::path& path : files) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    const std::string xml = text.str();
    const auto numbers = [&](const std::string& tag) {
      std::vector<double> found;
      const std::string open = "<" + tag + ">";
      for (std::size_t at = xml.find(open); at != std::string::npos; at = xml.find(open, at + 1)) {
        found.push_back(std::atof(xml.c_str() + at + open.size()));
      }
      return found;
    };
    const double width = numbers("width").at(0), height = numbers("height").at(0);
    const std::vector<double> left = numbers("xmin"), right = numbers("xmax");
    const std::vector<double> top = numbers("ymin"), bottom = numbers("ymax");
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (right[i] <= left[i] || bottom[i] <= top[i]) continue;
      sizes.push_back({(right[i] - left[i] + 1) / width, (bottom[i] - top[i] + 1) / height});
    }
  }
  return sizes;
}

TEST(ClusterAnchors, BeatsEuclideanOnBccd) {
  const std::vector<Size> boxes = bccdSizes();
  if (boxes.empty()) GTEST_SKIP() << "bccd is not here (set BOXWRIGHT_BCCD)";
  EXPECT_EQ(4886U, boxes.size());  // of 4,888 two have no area
  for (const int k : {3, 5, 9}) {
    ClusterOptions options;
    options.k = k;
    const double ours = clusterAnchors(boxes, options).meanIou;
    const double euclidean = meanBestIou(boxes, euclideanAnchors(boxes, k, 5));
    EXPECT_GT(ours, euclidean) << "k " << k;
  }
}

TEST(AnchorCurve, HasThePointsOfItsClusterings) {
  const std::vector<Size> boxes = randomSizes(300, 5);
  ClusterOptions options;
  options.restarts = 3;
  int told = 0;
  const std::vector<CurvePoint> curve = anchorCurve(
      boxes, 6, options, {}, [&](const CurvePoint& point) { EXPECT_EQ(++told, point.k); });
  ASSERT_EQ(6U, curve.size());
  EXPECT_EQ(6, told);
  for (const CurvePoint& point : curve) {
    options.k = point.k;
    EXPECT_EQ(clusterAnchors(boxes, options).meanIou, point.meanIou);
    if (point.k > 1) {
      EXPECT_GT(point.meanIou, curve[point.k - 2].meanIou);
    }
  }
}

TEST(AnchorCurve, EndsWithTheDistinctSizes) {
  const std::vector<Size> boxes = {{.1, .1}, {.1, .1}, {.2, .3}, {.5, .5}};
  EXPECT_EQ(3U, anchorCurve(boxes, 9, {}).size());
  EXPECT_THROW(anchorCurve({}, 9, {}), Error);
}

TEST(AnchorCurve, StopsBetweenPoints) {
  std::stop_source stop;
  const std::vector<CurvePoint> curve =
      anchorCurve(randomSizes(300, 5), 6, {}, stop.get_token(), [&](const CurvePoint& point) {
        if (point.k == 2) stop.request_stop();
      });
  EXPECT_EQ(2U, curve.size());
}

TEST(ClusterAnchors, StoppedItReturnsWhatItHas) {
  std::stop_source stop;
  stop.request_stop();
  const AnchorSet set = clusterAnchors(randomSizes(300, 5), {}, stop.get_token());
  EXPECT_EQ(5U, set.anchors.size());
  EXPECT_EQ(1, set.iterations);
  EXPECT_GT(set.meanIou, 0);
}

TEST(ClusterAnchors, ProgressRisesToOne) {
  double last = 0;
  clusterAnchors(randomSizes(300, 5), {}, {}, [&](double share) {
    EXPECT_GE(share, last);
    last = share;
  });
  EXPECT_EQ(1, last);
}

std::string messageOf(const std::vector<Size>& sizes, const ClusterOptions& options = {}) {
  try {
    clusterAnchors(sizes, options);
  } catch (const Error& error) {
    EXPECT_FALSE(error.problem().empty());
    return error.what();
  }
  return "no error";
}

TEST(ClusterAnchors, RefusesWhatCannotBeClustered) {
  const auto expectWords = [](const std::string& message, const std::string& words) {
    EXPECT_NE(std::string::npos, message.find(words)) << message;
  };
  expectWords(messageOf({}), "label some pictures");
  expectWords(messageOf({{.1, .1}, {.2, 0}}), "box 2 of 2");
  expectWords(messageOf({{.1, -.1}}), "without area");
  expectWords(messageOf({{std::nan(""), .1}}), "finite");
  expectWords(messageOf({{.1, std::numeric_limits<double>::infinity()}}), "finite");
  expectWords(messageOf({{.1, .1}, {.1, .1}, {.2, .2}}), "choose k of at most 2");
  ClusterOptions options;
  options.k = 0;
  expectWords(messageOf({{.1, .1}}, options), "k of 1 or more");
}

TEST(ClusterAnchors, TakesExtremeButDistinctSizes) {
  ClusterOptions options;
  options.k = 2;
  const AnchorSet wide = clusterAnchors(std::vector<Size>{{1e-30, 1e-30}, {1e30, 1e30}}, options);
  EXPECT_EQ(2U, wide.anchors.size());
  // Too close for float to tell their IOU from 1.
  const AnchorSet close =
      clusterAnchors(std::vector<Size>{{0.1, 0.1}, {0.1, 0.1000001}, {0.1, 0.1}}, options);
  EXPECT_NEAR(1, close.meanIou, 1e-6);
}

TEST(HandPickedAnchors, AreThreeAreasByThreeShapes) {
  const std::vector<Size> anchors = handPickedAnchors(600);
  ASSERT_EQ(anchors.size(), 9U);
  const double sides[3] = {128, 256, 512}, ratios[3] = {0.5, 1, 2};
  for (std::size_t i = 0; i < 9; ++i) {
    EXPECT_NEAR(anchors[i].area() * 32 * 32, sides[i / 3] * sides[i / 3], 1e-6);
    EXPECT_NEAR(anchors[i].height / anchors[i].width, ratios[i % 3], 1e-12);
  }
  // Another input size shows the same share of the picture.
  EXPECT_NEAR(handPickedAnchors(416)[4].width / 13, anchors[4].width * 32 / 600, 1e-12);
}

TEST(EuclideanAnchors, FindClustersThatAreFarApartAndLeaveThemByTheLeastSquares) {
  std::vector<Size> sizes;
  RandomStream random(4, "euclidean");
  for (int i = 0; i < 300; ++i) {
    const double middle = 0.1 + 0.35 * (i % 3);
    sizes.push_back({middle + random.uniform(-.02, .02), middle + random.uniform(-.02, .02)});
  }
  ClusterOptions options;
  options.k = 3;
  options.inputSize = 32;
  options.distance = ClusterDistance::Euclidean;
  const AnchorSet set = clusterAnchors(sizes, options);
  ASSERT_EQ(set.anchors.size(), 3U);
  for (int c = 0; c < 3; ++c) {
    EXPECT_NEAR(set.anchors[static_cast<std::size_t>(c)].width, 0.1 + 0.35 * c, 0.005);
    EXPECT_NEAR(set.anchors[static_cast<std::size_t>(c)].height, 0.1 + 0.35 * c, 0.005);
  }
  EXPECT_NEAR(set.meanIou, meanBestIou(sizes, set.anchors), 1e-12);
  EXPECT_EQ(clusterAnchors(sizes, options).anchors, set.anchors);
}

TEST(EuclideanAnchors, ReachALowerMeanIouThanTheirOwnDistance) {
  const std::vector<Size> sizes = randomSizes(2000, 6);
  ClusterOptions options;
  const double own = clusterAnchors(sizes, options).meanIou;
  options.distance = ClusterDistance::Euclidean;
  const double euclidean = clusterAnchors(sizes, options).meanIou;
  EXPECT_GT(own, euclidean + 0.01);
  EXPECT_GT(euclidean, 0.4);
}

TEST(MeasureAnchors, SaysWhatAnchorsOfElsewhereReach) {
  const std::vector<Size> sizes = randomSizes(500, 8);
  const AnchorSet set = clusterAnchors(sizes, {});
  const AnchorSet again = measureAnchors(set.anchors, sizes, 416);
  EXPECT_NEAR(again.meanIou, set.meanIou, 1e-9);
  EXPECT_EQ(again.assignment, set.assignment);
  EXPECT_LT(measureAnchors(handPickedAnchors(416), sizes, 208).meanIou, set.meanIou);
}

TEST(EuclideanAnchors, RefuseWhatTheOtherDistanceRefuses) {
  ClusterOptions options;
  options.distance = ClusterDistance::Euclidean;
  EXPECT_THROW(clusterAnchors({}, options), Error);
  const std::vector<Size> same(9, Size{0.2, 0.3});
  EXPECT_THROW(clusterAnchors(same, options), Error);
}

}  // namespace
}  // namespace boxwright
