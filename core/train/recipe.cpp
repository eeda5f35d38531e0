// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <variant>

#include "core/base/error.h"

namespace boxwright {
namespace {

using Entry =
    std::variant<double Recipe::*, bool Recipe::*, RatePolicy Recipe::*, CropRule Recipe::*>;

struct NamedEntry {
  const char* name;
  Entry entry;
  double least = 0, most = 1e12;
  /// What a run obeyed that was made before there was the entry; nothing: every run has it.
  std::optional<double> before = std::nullopt;
  std::optional<NetworkTask> only = std::nullopt;  ///< the task it means something to
};

constexpr NetworkTask kDetection = NetworkTask::Detection;
constexpr NetworkTask kClassification = NetworkTask::Classification;

/// The one table of names: adjusting, run.json and messages all go through it.
const std::vector<NamedEntry>& entries() {
  static const std::vector<NamedEntry> table{
      {"epochs", &Recipe::epochs, 0.001, 1e6},
      {"batch", &Recipe::batch, 1, 4096},
      {"subdivisions", &Recipe::subdivisions, 1, 4096},
      {"with_replacement", &Recipe::withReplacement},
      {"policy", &Recipe::policy, 0, static_cast<double>(RatePolicy::Cosine)},
      {"learning_rate", &Recipe::learningRate, 0, 100},
      {"final_share", &Recipe::finalShare, 0, 1},
      {"warm_up_epochs", &Recipe::warmUpEpochs, 0, 1e6},
      {"warm_up_updates", &Recipe::warmUpUpdates, 0, 1e9},
      {"warm_up_power", &Recipe::warmUpPower, 0, 20},
      {"first_drop", &Recipe::firstDrop, 0, 1},
      {"second_drop", &Recipe::secondDrop, 0, 1},
      {"momentum", &Recipe::momentum, 0, 0.9999},
      {"decay", &Recipe::decay, 0, 1},
      {"prior_epochs", &Recipe::priorEpochs, 0, 1e6, std::nullopt, kDetection},
      {"prior_images", &Recipe::priorImages, 0, 1e12, std::nullopt, kDetection},
      {"rolling_epochs", &Recipe::rollingEpochs, 0, 1e6},
      {"rolling_momentum", &Recipe::rollingMomentum, 0, 0.999999},
      {"darknet_exact", &Recipe::darknetExact, 0, 1, 0.0},
      {"average_epochs", &Recipe::averageEpochs, 0, 1e6},
      {"letterbox", &Recipe::crop, 0, 1, std::nullopt, kDetection},
      {"jitter", &Recipe::jitter, 0, 0.45, std::nullopt, kDetection},
      {"hue", &Recipe::hue, 0, 0.5},
      {"saturation", &Recipe::saturation, 0.01, 100},
      {"exposure", &Recipe::exposure, 0.01, 100},
      {"horizontal_flip", &Recipe::horizontalFlip},
      {"vertical_flip", &Recipe::verticalFlip},
      {"transpose", &Recipe::transpose, 0, 1, std::nullopt, kDetection},
      {"smallest_box", &Recipe::smallestBox, 0, 1, std::nullopt, kDetection},
      {"angle", &Recipe::angle, 0, 180, 0.0, kClassification},
      {"aspect", &Recipe::aspect, 0.1, 10, 1.0, kClassification},
      {"min_ratio", &Recipe::minRatio, 0.1, 10, 1.0, kClassification},
      {"max_ratio", &Recipe::maxRatio, 0.1, 10, 1.0, kClassification},
      {"plain_epochs", &Recipe::plainEpochs, 0, 1e6},
      {"rescore", &Recipe::rescore, 0, 1, std::nullopt, kDetection},
      {"two_minus_area", &Recipe::coordinateTwoMinusArea, 0, 1, std::nullopt, kDetection},
      {"coord_scale", &Recipe::coordScale, 0, 1e3, std::nullopt, kDetection},
      {"object_scale", &Recipe::objectScale, 0, 1e3, std::nullopt, kDetection},
      {"noobject_scale", &Recipe::noObjectScale, 0, 1e3, std::nullopt, kDetection},
      {"class_scale", &Recipe::classScale, 0, 1e3, std::nullopt, kDetection},
      {"thresh", &Recipe::ignoreThreshold, 0, 1, std::nullopt, kDetection},
      {"class_balance", &Recipe::classBalance, 0, 1, 0.0},
      {"quiet_start", &Recipe::quietStart, 0, 1, 0.0, kDetection},
      {"mix", &Recipe::mix, 0, 1000, 0.0, kDetection},
      {"whole_background", &Recipe::wholeBackground, 0, 1, 1.0, kDetection},
  };
  return table;
}

double read(const Recipe& recipe, const Entry& entry) {
  return std::visit([&](auto member) { return static_cast<double>(recipe.*member); }, entry);
}

void write(Recipe& recipe, const Entry& entry, double value) {
  if (const auto* number = std::get_if<double Recipe::*>(&entry)) {
    recipe.** number = value;
  } else if (const auto* flag = std::get_if<bool Recipe::*>(&entry)) {
    recipe.** flag = value != 0;
  } else if (const auto* policy = std::get_if<RatePolicy Recipe::*>(&entry)) {
    recipe.** policy = static_cast<RatePolicy>(static_cast<int>(value));
  } else if (const auto* crop = std::get_if<CropRule Recipe::*>(&entry)) {
    recipe.** crop = value != 0 ? CropRule::Letterbox : CropRule::Crop;
  }
}

/// From nothing, on hundreds to thousands of pictures: see README.md for what was measured.
Recipe smallRecipe() {
  Recipe r;
  r.name = "small";
  return r;
}

/// The paper's detector schedule with the cfgs' numbers (spec 6, 7, 13): drops after 60 and 90 of
/// 160 epochs, in proportion where the run is shorter or longer.
Recipe paperRecipe() {
  Recipe r;
  r.name = "paper";
  r.epochs = 160;
  r.batch = 64;
  r.subdivisions = 8;
  r.withReplacement = true;
  r.policy = RatePolicy::Steps;
  r.learningRate = 0.001;
  r.warmUpEpochs = 0;
  r.warmUpUpdates = 1000;
  r.warmUpPower = 4;
  r.priorImages = 12800;
  r.rollingMomentum = 0.99;
  r.averageEpochs = 0;
  r.jitter = 0.2;
  r.hue = 0.1;
  r.plainEpochs = 0;
  r.verticalFlip = false;
  r.rescore = true;
  r.classBalance = 0;
  r.quietStart = false;
  return r;
}

/// A classifier from nothing, on hundreds to thousands of pictures: see README.md.
Recipe smallClassifierRecipe() {
  Recipe r = smallRecipe();
  r.epochs = 60;
  r.batch = 16;
  r.learningRate = 0.02;
  r.hue = 0.05;
  r.saturation = 0.75;
  r.exposure = 0.75;
  r.classBalance = 0;
  return r;
}

/// The paper's classifier (spec 13) with darknet19.cfg's numbers: 160 epochs, rate .1 by a
/// polynomial of power 4.
Recipe paperClassifierRecipe() {
  Recipe r = paperRecipe();
  r.batch = 128;
  r.subdivisions = 8;
  r.policy = RatePolicy::Poly;
  r.learningRate = 0.1;
  r.saturation = 0.75;
  r.exposure = 0.75;
  r.minRatio = 0.5;
  r.maxRatio = 1.75;
  return r;
}

bool inRange(const NamedEntry& entry, double value) {
  return value >= entry.least && value <= entry.most;  // not so a NaN
}

std::string rangeText(const NamedEntry& entry) {
  return fmt::format("give a number from {} to {}", entry.least, entry.most);
}

/// As a cfg written for Darknet says.
Recipe cfgRecipe(const Network& network, NetworkTask task) {
  Recipe r = task == kDetection ? paperRecipe() : paperClassifierRecipe();
  const NetSettings& net = network.net;
  r.name = "cfg";
  r.batch = net.batch;
  r.subdivisions = net.subdivisions;
  r.policy = ratePolicyOf(net.policy);
  r.learningRate = net.learningRate;
  r.finalShare = 0;
  r.warmUpUpdates = net.burnIn;
  r.warmUpPower = net.power;
  r.momentum = net.momentum;
  r.decay = net.decay;
  r.hue = net.hue;
  // 0 would divide by itself; who writes it wants the colours left alone.
  r.saturation = net.saturation > 0 ? net.saturation : 1;
  r.exposure = net.exposure > 0 ? net.exposure : 1;
  r.angle = net.angle;
  r.aspect = net.aspect > 0 ? net.aspect : 1;
  r.minRatio = net.minRatio;
  r.maxRatio = net.maxRatio;
  if (const Layer* layer = network.regionLayer()) {
    const auto& region = std::get<RegionLayer>(layer->kind);
    r.jitter = region.jitter;
    r.rescore = region.rescore;
    r.coordScale = region.coordScale;
    r.objectScale = region.objectScale;
    r.noObjectScale = region.noObjectScale;
    r.classScale = region.classScale;
    r.ignoreThreshold = region.threshold;
  }
  for (const NamedEntry& entry : entries()) {
    if (const auto* number = std::get_if<double Recipe::*>(&entry.entry))
      r.** number = std::clamp(r.**number, entry.least, entry.most);
  }
  return r;
}

}  // namespace

std::vector<std::string> recipeNames() {
  return {"small", "paper", "cfg"};
}

Recipe findRecipe(const std::string& name, const Network& network) {
  const NetworkTask task = taskOf(network);
  if (name == "small") return task == kDetection ? smallRecipe() : smallClassifierRecipe();
  if (name == "paper") return task == kDetection ? paperRecipe() : paperClassifierRecipe();
  if (name == "cfg") return cfgRecipe(network, task);
  throw Error("no recipe is named \"" + name + "\"", {}, "use small, paper or cfg");
}

void adjust(Recipe& recipe, const std::string& assignment, std::optional<NetworkTask> task) {
  const std::size_t equals = assignment.find('=');
  const std::string name = assignment.substr(0, equals);
  for (const NamedEntry& entry : entries()) {
    if (name != entry.name) continue;
    if (entry.only && task && *entry.only != *task)
      throw Error(
          name + (*task == kDetection ? " is for classifiers, and this network finds boxes"
                                      : " is for detectors, and this network is a classifier"),
          {}, "leave it out");
    const std::string text = equals == std::string::npos ? "" : assignment.substr(equals + 1);
    if (std::holds_alternative<RatePolicy Recipe::*>(entry.entry)) {
      recipe.policy = ratePolicyOf(text);
      return;
    }
    char* end = nullptr;
    double value = std::strtod(text.c_str(), &end);
    bool read = !text.empty() && *end == '\0';
    if (text == "on" || text == "yes" || text == "true") value = 1, read = true;
    if (text == "off" || text == "no" || text == "false") value = 0, read = true;
    if (!read || !inRange(entry, value))
      throw Error("\"" + assignment + "\" is no value for " + name, {}, rangeText(entry));
    write(recipe, entry.entry, value);
    return;
  }
  throw Error("the recipe has nothing named \"" + name + "\"", {}, "there are " + recipeEntries());
}

std::string recipeEntries() {
  std::string names;
  for (const NamedEntry& entry : entries())
    names += names.empty() ? entry.name : std::string(", ") + entry.name;
  return names;
}

std::map<std::string, double> recipeValues(const Recipe& recipe) {
  std::map<std::string, double> values;
  for (const NamedEntry& entry : entries())
    values[entry.name] = read(recipe, entry.entry);
  return values;
}

void checkRecipe(const Recipe& recipe) {
  for (const NamedEntry& entry : entries()) {
    const double value = read(recipe, entry.entry);
    if (!inRange(entry, value))
      throw Error(fmt::format("{} of {} is out of range", entry.name, value), {}, rangeText(entry));
  }
}

void setRecipeValues(Recipe& recipe, const std::map<std::string, double>& values) {
  for (const NamedEntry& entry : entries()) {
    const auto found = values.find(entry.name);
    if (found != values.end()) {
      // Before it becomes a policy or a flag: what is beyond them cannot be turned into one.
      if (!inRange(entry, found->second))
        throw Error(fmt::format("the recipe has {} of {}", entry.name, found->second), {},
                    rangeText(entry));
      write(recipe, entry.entry, found->second);
    } else if (entry.before) {
      write(recipe, entry.entry, *entry.before);
    } else {
      throw Error(std::string("the recipe has no value of ") + entry.name, {},
                  "the run is damaged; start a new one");
    }
  }
}

RecipeNumbers workOut(const Recipe& r, std::size_t pictures, std::int64_t iterations,
                      const NetSettings& net, std::uint64_t seed) {
  RecipeNumbers numbers;
  const double count = static_cast<double>(std::max<std::size_t>(1, pictures));
  numbers.updatesPerEpoch = count / r.batch;
  const auto updates = [&](double epochs) {
    return static_cast<std::int64_t>(std::llround(epochs * numbers.updatesPerEpoch));
  };

  Schedule s;
  if (r.name == "cfg") {
    s = scheduleOf(net);
  } else if (iterations > 0) {
    const auto at = [&](double share) {
      return static_cast<int>(std::min(share * static_cast<double>(iterations), 2e9));
    };
    s.steps = {at(r.firstDrop), at(r.secondDrop)};
    s.scales = {0.1, 0.1};
  }
  s.policy = r.policy;
  s.learningRate = r.learningRate;
  s.finalShare = r.finalShare;
  s.power = r.warmUpPower;
  s.seed = seed;
  s.burnIn = static_cast<std::int64_t>(r.warmUpUpdates);
  // Never shorter than the 20 updates after which `--minutes` becomes a number of updates.
  if (s.burnIn == 0 && r.warmUpEpochs > 0)
    s.burnIn = std::max<std::int64_t>(20, updates(r.warmUpEpochs));
  s.maxBatches = iterations;
  numbers.schedule = s;

  numbers.priorImages = static_cast<std::uint64_t>(
      r.priorImages > 0 ? r.priorImages : std::llround(r.priorEpochs * count));
  const double miniBatches =
      std::max(1.0, r.rollingEpochs * numbers.updatesPerEpoch * r.subdivisions);
  numbers.rollingMomentum =
      r.rollingMomentum > 0 ? r.rollingMomentum : std::clamp(1 - 1 / miniBatches, 0.9, 0.99);
  if (r.averageEpochs > 0)
    numbers.averageDecay = 1 - 1 / std::max(2.0, r.averageEpochs * numbers.updatesPerEpoch);
  return numbers;
}

std::vector<std::string> describe(const Recipe& r, const RecipeNumbers& numbers,
                                  std::size_t pictures, NetworkTask task) {
  std::vector<std::string> lines;
  lines.push_back(fmt::format(
      "Recipe {}: {} training pictures, {} an update, {:.1f} updates an epoch; learning rate {} by "
      "policy {} after a warm-up of {} updates ({:.1f} epochs); momentum {}, decay {}.",
      r.name, pictures, r.batch, numbers.updatesPerEpoch, r.learningRate, ratePolicyName(r.policy),
      numbers.schedule.burnIn,
      static_cast<double>(numbers.schedule.burnIn) / numbers.updatesPerEpoch, r.momentum, r.decay));
  if (numbers.priorImages > 0)
    lines.push_back(
        fmt::format("Boxes are drawn to their anchors for the first {} pictures ({:.1f} epochs).",
                    numbers.priorImages,
                    static_cast<double>(numbers.priorImages) /
                        static_cast<double>(std::max<std::size_t>(1, pictures))));
  lines.push_back(fmt::format(
      "Rolling statistics have a momentum of {:.4f}{}.", numbers.rollingMomentum,
      numbers.averageDecay > 0
          ? fmt::format("; validation and the kept weights use a running average over {} epochs",
                        r.averageEpochs)
          : std::string()));
  if (r.darknetExact)
    lines.push_back(
        "Batch norm as Darknet's CPU code computes it (darknet_exact): variance over M - 1, "
        "sqrt(v) + 1e-6, a backward of its own, rolling statistics from 0.");
  const std::string plain = r.plainEpochs > 0
                                ? fmt::format("; the last {} epochs as they are", r.plainEpochs)
                                : std::string();
  std::string flips = r.horizontalFlip ? "mirrored left-right" : "not mirrored left-right";
  flips += r.verticalFlip ? ", turned upside down (vertical_flip, not wanted where up matters)"
                          : ", never upside down (vertical_flip=1 where up means nothing)";
  if (r.transpose) flips += ", rows and columns exchanged";
  if (r.classBalance > 0)
    lines.push_back(fmt::format(
        "Rare classes count more in learning (class_balance {}): the gradient is weighted by "
        "class; the loss that is shown is the unweighted one.",
        r.classBalance));
  if (task == kClassification) {
    lines.push_back(fmt::format(
        "Pictures are varied: turned by up to {} degrees, stretched by up to {:.2f}, the "
        "shorter side {} "
        "to {} of the input's, {}; hue {}, saturation {}, exposure {}{}.",
        r.angle, std::max(r.aspect, 1 / r.aspect), r.minRatio, r.maxRatio, flips, r.hue,
        r.saturation, r.exposure, plain));
    return lines;
  }
  lines.push_back(fmt::format(
      "Pictures are varied: {} by up to {:.0f} % of the side, {}; hue {}, saturation {}, exposure "
      "{}{}.",
      r.crop == CropRule::Crop ? "edges moved" : "shape and place (letterbox)", 100 * r.jitter,
      flips, r.hue, r.saturation, r.exposure, plain));
  return lines;
}

}  // namespace boxwright
