// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/ideas.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "core/base/error.h"
#include "core/geometry/conversion.h"
#include "core/network/cfg_variants.h"

namespace boxwright {
namespace {

constexpr std::array kPriorNames = {"on", "hand-picked", "euclidean"};
constexpr std::array kMultiScaleNames = {"recipe", "on", "off"};

using Switch = std::variant<bool Ideas::*, Priors Ideas::*, MultiScale Ideas::*>;

struct Idea {
  IdeaRow row;
  Switch member;
};

/// The one table of ideas: the command line, the Train page and run.json all go through it.
const std::vector<Idea>& table() {
  const std::vector<std::string> onOff{"on", "off"};
  static const std::vector<Idea> ideas{
      {{"batch-norm", onOff, "Batch normalisation",
        "Every convolution's output is brought to mean 0 and variance 1. Off: a bias only, and "
        "learning is slower and less stable."},
       &Ideas::batchNorm},
      {{"anchors", onOff, "Anchors and a finer grid",
        "Each cell says boxes as shares of anchors, each with its own classes. Off: YOLO's head: "
        "one pooling more, two boxes a cell without anchors, one class distribution a cell."},
       &Ideas::anchors},
      {{"dimension-clusters",
        {kPriorNames.begin(), kPriorNames.end()},
        "Dimension clusters",
        "Anchors are clustered from the training boxes by 1 - IOU. Hand-picked: three areas by "
        "three shapes. Euclidean: clustered by plain distance."},
       &Ideas::priors},
      {{"direct-location", onOff, "Direct location prediction",
        "A box's centre stays in its cell. Off: it is an offset in anchors, as in the RPN, and may "
        "lie anywhere."},
       &Ideas::directLocation},
      {{"passthrough", onOff, "Fine-grained features",
        "The layer of twice the resolution reaches the head beside the last one. Off: the last one "
        "alone."},
       &Ideas::passthrough},
      {{"multi-scale",
        {kMultiScaleNames.begin(), kMultiScaleNames.end()},
        "Multi-scale training",
        "Another input size every 10 updates. Off: one size. Recipe: only where the recipe is cfg "
        "and the cfg says random=1."},
       &Ideas::multiScale},
      {{"high-resolution-detector", onOff, "High-resolution detector",
        "Validation and detection at an input 128 pixels larger than in training (416: 544). Off: "
        "at the same size."},
       &Ideas::highResolutionDetector},
  };
  return ideas;
}

std::string valueOf(const Ideas& ideas, const Switch& member) {
  if (const auto* flag = std::get_if<bool Ideas::*>(&member)) return ideas.**flag ? "on" : "off";
  if (const auto* scale = std::get_if<MultiScale Ideas::*>(&member))
    return kMultiScaleNames[static_cast<std::size_t>(ideas.**scale)];
  return kPriorNames[static_cast<std::size_t>(ideas.*std::get<Priors Ideas::*>(member))];
}

template <typename Names>
std::optional<std::size_t> placeOf(const Names& names, std::string_view value) {
  const auto found = std::find(names.begin(), names.end(), value);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

/// False where the idea has no such value. "off" is the first thing that stands in an idea's place.
bool setValue(Ideas& ideas, const Switch& member, std::string_view value) {
  if (const auto* flag = std::get_if<bool Ideas::*>(&member)) {
    if (value != "on" && value != "off") return false;
    ideas.** flag = value == "on";
    return true;
  }
  if (const auto* scale = std::get_if<MultiScale Ideas::*>(&member)) {
    const std::optional<std::size_t> place = placeOf(kMultiScaleNames, value);
    if (place) ideas.** scale = static_cast<MultiScale>(*place);
    return place.has_value();
  }
  const std::optional<std::size_t> place =
      placeOf(kPriorNames, value == "off" ? std::string_view("hand-picked") : value);
  if (place) ideas.*std::get<Priors Ideas::*>(member) = static_cast<Priors>(*place);
  return place.has_value();
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words)
    text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

const std::vector<IdeaRow>& ideaRows() {
  static const std::vector<IdeaRow> rows = [] {
    std::vector<IdeaRow> all;
    for (const Idea& idea : table())
      all.push_back(idea.row);
    return all;
  }();
  return rows;
}

void setIdea(Ideas& ideas, const std::string& assignment) {
  const std::size_t equals = assignment.find('=');
  const std::string name = assignment.substr(0, equals);
  std::vector<std::string> names;
  for (const Idea& idea : table()) {
    names.push_back(idea.row.name);
    if (idea.row.name != name) continue;
    const std::string value =
        equals == std::string::npos ? std::string() : assignment.substr(equals + 1);
    if (!setValue(ideas, idea.member, value))
      throw Error("\"" + assignment + "\" is no value of an idea", {},
                  name + " takes " + joined(idea.row.values));
    return;
  }
  throw Error("no idea is named \"" + name + "\"", {}, "there are " + joined(names));
}

std::map<std::string, std::string> ideaValues(const Ideas& ideas) {
  std::map<std::string, std::string> values;
  for (const Idea& idea : table())
    values[idea.row.name] = valueOf(ideas, idea.member);
  return values;
}

void setIdeaValues(Ideas& ideas, const std::map<std::string, std::string>& values) {
  for (const Idea& idea : table()) {
    const auto found = values.find(idea.row.name);
    if (found != values.end()) setIdea(ideas, found->first + "=" + found->second);
  }
}

std::vector<std::string> departures(const Ideas& ideas) {
  const Ideas defaults;
  Ideas compared = ideas;
  if (compared.multiScale == MultiScale::Off) compared.multiScale = MultiScale::AsRecipe;
  std::vector<std::string> lines;
  for (const Idea& idea : table()) {
    const std::string value = valueOf(compared, idea.member);
    if (value != valueOf(defaults, idea.member)) lines.push_back(idea.row.title + ": " + value);
  }
  return lines;
}

int inputSizeFor(const Ideas& ideas, int size) {
  const int stride = ideas.anchors ? kHeadStride : 2 * kHeadStride;
  return (size + stride - 1) / stride * stride;
}

Cfg applyIdeas(Cfg cfg, const Ideas& ideas, std::vector<std::string>& notes) {
  if (!ideas.passthrough) {
    if (std::optional<Cfg> plain = withoutPassthrough(cfg))
      cfg = std::move(*plain);
    else
      notes.push_back("The network has no passthrough to take out.");
  }
  if (!ideas.batchNorm) cfg = withoutBatchNorm(std::move(cfg));
  if (!ideas.anchors)
    cfg = withYoloHead(cfg);
  else if (!ideas.directLocation)
    cfg = withAnchorOffsets(std::move(cfg));
  return cfg;
}

}  // namespace boxwright
