// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/yolo/region_loss.h"
#include "tests/golden_tree.h"

namespace boxwright {

/// [region] as a golden case of region_loss.json or boxes.json says it.
inline RegionLayer regionOf(const nlohmann::json& golden) {
  RegionLayer region;
  region.classes = golden.at("classes");
  region.num = golden.at("num");
  region.softmax = golden.at("softmax") != 0;
  region.background = golden.at("background") != 0;
  region.biasMatch = golden.value("bias_match", 1) != 0;
  region.rescore = golden.value("rescore", 1) != 0;
  region.threshold = golden.at("thresh");
  region.coordScale = golden.value("coord_scale", 1.0);
  region.objectScale = golden.value("object_scale", 1.0);
  region.noObjectScale = golden.value("noobject_scale", 1.0);
  region.classScale = golden.value("class_scale", 1.0);
  const std::vector<double> anchors = goldenValues(golden.at("anchors"));
  for (std::size_t i = 0; i < anchors.size(); i += 2) {
    region.anchors.push_back({anchors[i], anchors[i + 1]});
  }
  return region;
}

template <typename T>
std::vector<T> valuesOf(const nlohmann::json& array) {
  const std::vector<double> values = goldenValues(array);
  return std::vector<T>(values.begin(), values.end());
}

template <typename T>
HeadView<T> headOf(const nlohmann::json& golden, const std::vector<T>& values) {
  return {values.data(),        golden.value("batch", 1), golden.at("num"),
          golden.at("classes"), golden.at("height"),      golden.at("width")};
}

/// The truth rows as Darknet's loader would leave them: a list ends at the first x of 0, and class
/// ids go through the case's `map`.
inline BatchTruths truthsOf(const nlohmann::json& golden) {
  BatchTruths truths(golden.at("batch").get<std::size_t>());
  std::vector<bool> ended(truths.size());
  const std::vector<double> rows = goldenValues(golden.at("truths"));
  for (std::size_t i = 0; i + 6 <= rows.size(); i += 6) {
    const auto picture = static_cast<std::size_t>(rows[i]);
    if (rows[i + 1] == 0) ended[picture] = true;
    if (ended[picture]) continue;
    auto classId = static_cast<int>(rows[i + 5]);
    const bool classOnly = rows[i + 1] > 100000;  // its class is the network's own already
    if (golden.contains("map") && !classOnly) {
      const nlohmann::json& map = golden.at("map");
      classId = (map.is_array() ? map : map.at("data")).at(classId);
    }
    truths[picture].push_back(
        {{rows[i + 1], rows[i + 2], rows[i + 3], rows[i + 4]}, classId, -1, classOnly});
  }
  return truths;
}

inline LossSettings settingsOf(const nlohmann::json& golden) {
  LossSettings settings;
  settings.seen = golden.at("seen");
  settings.coordinateWeight = golden.at("coord_weight") == "plain" ? CoordinateWeight::Plain
                                                                   : CoordinateWeight::TwoMinusArea;
  settings.classOnlyForm = golden.value("class_only_objectness", "") == "delta 0"
                               ? ClassOnlyForm::Late
                               : ClassOnlyForm::Early;
  return settings;
}

/// One GoogleTest case a golden case, named after it.
struct NamedGolden {
  std::string name;
  nlohmann::json golden;
  std::shared_ptr<const ClassTree> tree;  ///< of the file; null without one
};

inline void PrintTo(const NamedGolden& named, std::ostream* out) {
  *out << named.name;
}

inline std::vector<NamedGolden> namedGoldens(const std::string& file,
                                             const std::string& kind = {}) {
  std::vector<NamedGolden> cases;
  for (const nlohmann::json& golden : goldenCases(file)) {
    if (!kind.empty() && golden.at("kind") != kind) continue;
    cases.push_back({golden.at("name"), golden, nullptr});
  }
  return cases;
}

/// Those of region_tree.json, over its tree.
inline std::vector<NamedGolden> treeGoldens() {
  const auto tree =
      std::make_shared<const ClassTree>(treeOf(goldenFile("region_tree.json").at("tree")));
  std::vector<NamedGolden> cases = namedGoldens("region_tree.json");
  for (NamedGolden& named : cases)
    named.tree = tree;
  return cases;
}

}  // namespace boxwright
