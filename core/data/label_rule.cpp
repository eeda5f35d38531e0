// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/label_rule.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <system_error>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/data/voc_layout.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

constexpr std::array<LabelRule, 4> kRules = {LabelRule::Beside, LabelRule::Ultralytics,
                                             LabelRule::AlexeyAB, LabelRule::Pjreddie};
constexpr std::size_t kLooked = 1000;

void replaceAll(std::string& text, std::size_t from, std::string_view what, std::string_view with) {
  for (std::size_t at = from; (at = text.find(what, at)) != std::string::npos; at += with.size())
    text.replace(at, what.size(), with);
}

/// `stem` from its own part on, as the rule turns it.
std::string turned(LabelRule rule, std::string stem, std::size_t from) {
  switch (rule) {
    case LabelRule::Beside:
      break;
    case LabelRule::Ultralytics: {
      const std::size_t at = stem.rfind("/images/");
      if (at != std::string::npos && at >= from) stem.replace(at, 8, "/labels/");
      break;
    }
    case LabelRule::AlexeyAB:
      for (const char* part : {"train2014", "val2014", "train2017", "val2017"})
        replaceAll(stem, from, std::string("/images/") + part + "/",
                   std::string("/labels/") + part + "/");
      replaceAll(stem, from, "/JPEGImages/", "/labels/");
      break;
    case LabelRule::Pjreddie: {
      // The name of the file is turned as well.
      replaceAll(stem, from, "images", "labels");
      replaceAll(stem, from, "JPEGImages", "labels");
      break;
    }
  }
  return stem;
}

bool isFile(const std::string& path) {
  std::error_code ignored;
  return fs::is_regular_file(pathFromUtf8(path), ignored);
}

}  // namespace

std::span<const LabelRule> labelRules() {
  return kRules;
}

std::string labelRuleName(LabelRule rule) {
  switch (rule) {
    case LabelRule::Ultralytics:
      return "ultralytics";
    case LabelRule::AlexeyAB:
      return "alexeyab";
    case LabelRule::Pjreddie:
      return "pjreddie";
    case LabelRule::Beside:
      break;
  }
  return "hank-ai";
}

std::optional<LabelRule> labelRuleFrom(std::string_view name) {
  for (const LabelRule rule : kRules) {
    if (labelRuleName(rule) == name) return rule;
  }
  return std::nullopt;
}

std::string labelRuleText(LabelRule rule) {
  switch (rule) {
    case LabelRule::Ultralytics:
      return "in labels/ for images/ (Ultralytics' rule)";
    case LabelRule::AlexeyAB:
      return "in labels/ for JPEGImages/ or COCO's images/ (AlexeyAB's Darknet)";
    case LabelRule::Pjreddie:
      return "in labels for images and JPEGImages anywhere in the path (pjreddie's Darknet)";
    case LabelRule::Beside:
      break;
  }
  return "beside the pictures (hank-ai's Darknet)";
}

std::string labelPathBy(LabelRule rule, const fs::path& root, std::string_view picture) {
  std::string around = utf8(root.parent_path());
  if (!around.ends_with('/')) around += '/';
  const std::size_t from = picture.starts_with(around) ? around.size() - 1 : 0;
  return turned(rule, withoutExtension(picture), from) + ".txt";
}

LabelRule labelRuleOf(const Dataset& dataset, LabelRule otherwise) {
  std::array<std::size_t, kRules.size()> found{};
  const std::size_t count = dataset.pictures.size();
  const std::size_t step = std::max<std::size_t>(1, count / kLooked);
  bool ready = false;
  for (std::size_t i = 0; i < count; i += step) {
    const std::string picture = utf8(dataset.absolutePath(i));
    std::map<std::string, bool> there;  // rules mostly agree
    for (std::size_t k = 0; k < kRules.size(); ++k) {
      const std::string label = labelPathBy(kRules[k], dataset.root, picture);
      const auto known = there.find(label);
      found[k] +=
          known != there.end() ? known->second : there.emplace(label, isFile(label)).first->second;
      std::error_code ignored;
      if (kRules[k] == LabelRule::Ultralytics && there.size() > 1 && !ready)
        ready = fs::is_directory(pathFromUtf8(label).parent_path(), ignored);
    }
  }
  const auto most = std::max_element(found.begin(), found.end());
  if (*most == 0) return ready ? LabelRule::Ultralytics : otherwise;
  return kRules[static_cast<std::size_t>(most - found.begin())];
}

}  // namespace boxwright
