// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/network/known_keys.h"

#include <algorithm>
#include <array>
#include <span>

#include "core/network/cfg_number.h"

namespace boxwright {
namespace {

enum class Value { Integer, Number, Integers, Numbers, Text };

struct Key {
  std::string_view name;
  Value value;
};

// Spec section 1. Keys that Darknet parses and that have no meaning here are known all the same.
constexpr Key kNet[] = {
    {"batch", Value::Integer},
    {"subdivisions", Value::Integer},
    {"width", Value::Integer},
    {"height", Value::Integer},
    {"channels", Value::Integer},
    {"inputs", Value::Integer},
    {"learning_rate", Value::Number},
    {"momentum", Value::Number},
    {"decay", Value::Number},
    {"policy", Value::Text},
    {"burn_in", Value::Integer},
    {"power", Value::Number},
    {"max_batches", Value::Integer},
    {"steps", Value::Integers},
    {"scales", Value::Numbers},
    {"step", Value::Integer},
    {"scale", Value::Number},
    {"gamma", Value::Number},
    {"angle", Value::Number},
    {"aspect", Value::Number},
    {"saturation", Value::Number},
    {"exposure", Value::Number},
    {"hue", Value::Number},
    {"max_crop", Value::Integer},
    {"min_crop", Value::Integer},
    {"max_ratio", Value::Number},
    {"min_ratio", Value::Number},
    {"center", Value::Integer},
    {"random", Value::Integer},
    {"clip", Value::Number},
    {"adam", Value::Integer},
    {"B1", Value::Number},
    {"B2", Value::Number},
    {"eps", Value::Number},
    {"time_steps", Value::Integer},
    {"notruth", Value::Integer},
    {"input_rule", Value::Text},
    {"batch_norm_form", Value::Text},
    {"detection_size", Value::Integer},
};
constexpr Key kAnyLayer[] = {
    {"learning_rate", Value::Number}, {"dontload", Value::Integer},
    {"dontsave", Value::Integer},     {"dontloadscales", Value::Integer},
    {"numload", Value::Integer},      {"stopbackward", Value::Integer},
    {"onlyforward", Value::Integer},  {"truth", Value::Integer},
};
constexpr Key kConvolutional[] = {
    {"filters", Value::Integer},         {"size", Value::Integer},
    {"stride", Value::Integer},          {"pad", Value::Integer},
    {"padding", Value::Integer},         {"groups", Value::Integer},
    {"batch_normalize", Value::Integer}, {"activation", Value::Text},
    {"binary", Value::Integer},          {"xnor", Value::Integer},
    {"flipped", Value::Integer},         {"dot", Value::Number},
};
constexpr Key kMaxPool[] = {
    {"stride", Value::Integer},
    {"size", Value::Integer},
    {"padding", Value::Integer},
};
constexpr Key kRoute[] = {{"layers", Value::Integers}};
constexpr Key kReorg[] = {
    {"stride", Value::Integer},
    {"reverse", Value::Integer},
    {"flatten", Value::Integer},
    {"extra", Value::Integer},
};
constexpr Key kSoftmax[] = {
    {"groups", Value::Integer},  {"temperature", Value::Number}, {"tree", Value::Text},
    {"spatial", Value::Integer}, {"noloss", Value::Integer},
};
constexpr Key kRegion[] = {
    {"coords", Value::Integer},     {"classes", Value::Integer},
    {"num", Value::Integer},        {"softmax", Value::Integer},
    {"background", Value::Integer}, {"max", Value::Integer},
    {"jitter", Value::Number},      {"rescore", Value::Integer},
    {"thresh", Value::Number},      {"random", Value::Integer},
    {"coord_scale", Value::Number}, {"object_scale", Value::Number},
    {"class_scale", Value::Number}, {"noobject_scale", Value::Number},
    {"mask_scale", Value::Number},  {"bias_match", Value::Integer},
    {"tree", Value::Text},          {"map", Value::Text},
    {"anchors", Value::Numbers},    {"absolute", Value::Integer},
    {"log", Value::Integer},        {"sqrt", Value::Integer},
    {"classfix", Value::Integer},   {"box_form", Value::Text},
};
constexpr Key kCost[] = {
    {"type", Value::Text},
    {"scale", Value::Number},
    {"ratio", Value::Number},
    {"noobj", Value::Number},
};
constexpr Key kDropout[] = {{"probability", Value::Number}};
constexpr Key kShortcut[] = {
    {"from", Value::Integer},
    {"activation", Value::Text},
    {"alpha", Value::Number},
    {"beta", Value::Number},
};
constexpr Key kCrop[] = {
    {"crop_height", Value::Integer}, {"crop_width", Value::Integer}, {"flip", Value::Integer},
    {"angle", Value::Number},        {"saturation", Value::Number},  {"exposure", Value::Number},
    {"noadjust", Value::Integer},    {"shift", Value::Number},
};

struct Section {
  std::string_view name, alias;
  std::span<const Key> keys;
};
const std::array<Section, 12> kSections{{
    {"net", "network", kNet},
    {"convolutional", "conv", kConvolutional},
    {"maxpool", "max", kMaxPool},
    {"route", "", kRoute},
    {"reorg", "", kReorg},
    {"avgpool", "avg", {}},
    {"softmax", "soft", kSoftmax},
    {"region", "", kRegion},
    {"cost", "", kCost},
    {"dropout", "", kDropout},
    {"shortcut", "", kShortcut},
    {"crop", "", kCrop},
}};

const Key* findKey(std::span<const Key> keys, std::string_view name) {
  const auto found =
      std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.name == name; });
  return found == keys.end() ? nullptr : &*found;
}

bool isWhole(Value kind, std::string_view text) {
  if (kind == Value::Text) return true;
  const bool list = kind == Value::Integers || kind == Value::Numbers;
  const bool integer = kind == Value::Integer || kind == Value::Integers;
  for (;;) {
    const std::size_t comma = list ? text.find(',') : std::string_view::npos;
    const std::string_view item = text.substr(0, comma);
    const std::size_t used = integer ? leadingInteger(item).used : leadingNumber(item).used;
    // "10." is whole enough for a whole number, an empty list item is left out.
    const bool whole = used == item.size() && used > 0;
    const bool point = integer && used > 0 && used + 1 == item.size() && item.back() == '.';
    if (!whole && !point && !(list && item.empty())) return false;
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

std::string shortened(const std::string& text) {
  return text.size() <= 40 ? text : text.substr(0, 40) + "...";
}

}  // namespace

std::optional<std::string> sectionNamed(std::string_view name) {
  for (const Section& section : kSections) {
    if (name == section.name || (!section.alias.empty() && name == section.alias)) {
      return std::string(section.name);
    }
  }
  return std::nullopt;
}

void checkKeys(const Cfg& cfg, const CfgSection& section, const std::string& canonicalName,
               std::vector<Problem>& problems) {
  const auto found = std::find_if(kSections.begin(), kSections.end(), [&](const Section& known) {
    return known.name == canonicalName;
  });
  if (found == kSections.end()) return;
  for (const CfgOption& option : section.options) {
    const Key* key = findKey(found->keys, option.key);
    if (!key && canonicalName != "net") key = findKey(kAnyLayer, option.key);
    const std::string subject = "[" + section.name + "]: " + shortened(option.key);
    if (!key) {
      problems.push_back({cfg.file, option.line, Severity::Warning,
                          subject + " is not a key of this section, ignored"});
    } else if (!isWhole(key->value, option.value)) {
      problems.push_back({cfg.file, option.line, Severity::Warning,
                          subject + "=" + shortened(option.value) +
                              " is not a number throughout: only the leading part is read, "
                              "nothing is read as 0"});
    }
  }
}

}  // namespace boxwright
