// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/ablation_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace boxwright {
namespace {

using Json = nlohmann::ordered_json;
using Range = AblationRow::Range;

std::size_t faulty(const AblationRow& row) {
  return static_cast<std::size_t>(
      std::count_if(row.trials.begin(), row.trials.end(),
                    [](const AblationTrial& trial) { return !trial.fault.empty(); }));
}

/// What a row cannot say by numbers.
std::string remarkOf(const AblationResult& result, std::size_t index) {
  const AblationRow& row = result.rows[index];
  if (!row.step.missing.empty()) return "not shown: " + row.step.missing;
  if (row.trials.empty()) return "not trained yet";
  std::string text = verdictText(result.verdict(index));
  if (faulty(row) > 0)
    text += fmt::format("{}{} of {} diverged", text.empty() ? "" : "; ", faulty(row),
                        row.trials.size());
  return text;
}

std::string percent(double share) {
  return fmt::format("{:.1f}", 100 * share);
}

std::string rangeText(const std::optional<Range>& range) {
  if (!range) return "-";
  return percent(range->least) + " to " + percent(range->most);
}

Json toJson(const std::optional<Range>& range) {
  if (!range) return nullptr;
  return {{"mean", range->mean}, {"least", range->least}, {"most", range->most}};
}

}  // namespace

std::string markdownOf(const AblationResult& result) {
  std::string text = fmt::format(
      "{}, input {}, {} a training, seeds: {}; mAP50 and recall on {} pictures of split {}.\n\n",
      result.model, result.size, result.budget, result.seeds, result.pictures, result.split);
  text +=
      "| | mAP50 % | range | recall % | boxes a picture | grid | mean IOU of the anchors % | "
      "beside "
      "the row before |\n|---|---|---|---|---|---|---|---|\n";
  for (std::size_t i = 0; i < result.rows.size(); ++i) {
    const AblationRow& row = result.rows[i];
    const std::optional<Range> map50 = row.map50(), recall = row.recall();
    text += fmt::format(
        "| {} | {} | {} | {} | {} | {} | {} | {} |\n", row.step.name,
        map50 ? percent(map50->mean) : "-", rangeText(map50), recall ? percent(recall->mean) : "-",
        map50 ? std::to_string(row.boxes) : "-", map50 ? fmt::format("{0}x{0}", row.cells) : "-",
        row.priorIou ? percent(*row.priorIou) : "-", remarkOf(result, i));
  }
  text +=
      "\nEach row has the ideas of the rows above it. Range: the lowest and highest mAP50 of the "
      "seeds; rows whose ranges overlap are not distinguishable. Recall: objects that some "
      "detection of confidence .005 and more finds at IOU .5.\n";
  return text;
}

std::string csvOf(const AblationResult& result) {
  std::string text =
      "step,name,seeds,diverged,map50,map50_least,map50_most,recall,boxes,grid,anchor_iou,"
      "verdict\n";
  for (std::size_t i = 0; i < result.rows.size(); ++i) {
    const AblationRow& row = result.rows[i];
    const std::optional<Range> map50 = row.map50(), recall = row.recall();
    const auto number = [](bool there, double value) {
      return there ? fmt::format("{:.6f}", value) : std::string();
    };
    text += fmt::format(
        "{},\"{}\",{},{},{},{},{},{},{},{},{},\"{}\"\n", row.step.key, row.step.name,
        row.trials.size(), faulty(row), number(map50.has_value(), map50 ? map50->mean : 0),
        number(map50.has_value(), map50 ? map50->least : 0),
        number(map50.has_value(), map50 ? map50->most : 0),
        number(recall.has_value(), recall ? recall->mean : 0),
        map50 ? std::to_string(row.boxes) : "", map50 ? std::to_string(row.cells) : "",
        number(row.priorIou.has_value(), row.priorIou.value_or(0)), remarkOf(result, i));
  }
  return text;
}

std::string jsonOf(const AblationResult& result) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < result.rows.size(); ++i) {
    const AblationRow& row = result.rows[i];
    Json trials = Json::array();
    for (const AblationTrial& trial : row.trials) {
      Json entry = {{"seed", trial.seed}};
      if (trial.fault.empty()) {
        entry["updates"] = trial.updates;
        entry["map50"] = trial.map50;
        entry["recall"] = trial.recall;
      } else {
        entry["diverged"] = trial.fault;
      }
      trials.push_back(std::move(entry));
    }
    const bool known = row.map50().has_value();
    rows.push_back({{"step", row.step.key},
                    {"name", row.step.name},
                    {"ideas", ideaValues(row.step.ideas)},
                    {"map50", toJson(row.map50())},
                    {"recall", toJson(row.recall())},
                    {"inputSize", known ? Json(row.inputSize) : Json(nullptr)},
                    {"grid", known ? Json(row.cells) : Json(nullptr)},
                    {"boxes", known ? Json(row.boxes) : Json(nullptr)},
                    {"anchorMeanIou", row.priorIou ? Json(*row.priorIou) : Json(nullptr)},
                    {"verdict", verdictText(result.verdict(i))},
                    {"missing", row.step.missing.empty() ? Json(nullptr) : Json(row.step.missing)},
                    {"trials", std::move(trials)}});
  }
  const Json document = {{"model", result.model},     {"size", result.size},
                         {"budget", result.budget},   {"seeds", result.seeds},
                         {"split", result.split},     {"pictures", result.pictures},
                         {"stopped", result.stopped}, {"rows", std::move(rows)}};
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace boxwright
