// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/schedule.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include "core/base/error.h"
#include "core/base/random.h"

namespace boxwright {
namespace {

constexpr std::array<std::pair<const char*, RatePolicy>, 8> kPolicies{{
    {"constant", RatePolicy::Constant},
    {"step", RatePolicy::Step},
    {"exp", RatePolicy::Exp},
    {"poly", RatePolicy::Poly},
    {"random", RatePolicy::Random},
    {"sigmoid", RatePolicy::Sigmoid},
    {"steps", RatePolicy::Steps},
    {"cosine", RatePolicy::Cosine},
}};

double cosineRate(const Schedule& s, std::int64_t n) {
  if (s.maxBatches <= 0) return s.learningRate;  // the end is not known yet
  const double whole = static_cast<double>(std::max<std::int64_t>(1, s.maxBatches - s.burnIn));
  const double share = std::clamp(static_cast<double>(n - s.burnIn) / whole, 0.0, 1.0);
  const double half = 0.5 * (1 + std::cos(std::numbers::pi * share));
  return s.learningRate * (s.finalShare + (1 - s.finalShare) * half);
}

double stepsRate(const Schedule& s, std::int64_t n) {
  double rate = s.learningRate;
  for (std::size_t i = 0; i < s.steps.size() && i < s.scales.size(); ++i) {
    if (s.steps[i] > n) break;
    rate *= s.scales[i];
  }
  return rate;
}

}  // namespace

const char* ratePolicyName(RatePolicy policy) {
  for (const auto& [name, value] : kPolicies)
    if (value == policy) return name;
  return "constant";
}

RatePolicy ratePolicyOf(const std::string& name) {
  std::string known;
  for (const auto& [text, value] : kPolicies) {
    if (name == text) return value;
    known += known.empty() ? text : std::string(", ") + text;
  }
  throw Error("unknown learning rate policy \"" + name + "\"", {}, "use one of " + known);
}

Schedule scheduleOf(const NetSettings& net) {
  Schedule s;
  s.policy = ratePolicyOf(net.policy);
  s.learningRate = net.learningRate;
  s.burnIn = net.burnIn;
  s.power = net.power;
  s.maxBatches = net.maxBatches;
  s.step = net.step;
  s.scale = net.scale;
  s.gamma = net.gamma;
  s.steps = net.steps;
  s.scales = net.scales;
  return s;
}

double learningRateAt(const Schedule& s, std::int64_t n) {
  const double at = static_cast<double>(n);
  if (n < s.burnIn) return s.learningRate * std::pow(at / static_cast<double>(s.burnIn), s.power);
  switch (s.policy) {
    case RatePolicy::Constant:
      return s.learningRate;
    case RatePolicy::Step:
      return s.learningRate * std::pow(s.scale, std::floor(at / std::max(1.0, s.step)));
    case RatePolicy::Exp:
      return s.learningRate * std::pow(s.gamma, at);
    case RatePolicy::Poly:
      if (s.maxBatches <= 0) return s.learningRate;
      return s.learningRate *
             std::pow(std::max(0.0, 1 - at / static_cast<double>(s.maxBatches)), s.power);
    case RatePolicy::Random:
      return s.learningRate *
             std::pow(
                 RandomStream(s.seed, "learning rate", 0, static_cast<std::uint64_t>(n)).uniform(),
                 s.power);
    case RatePolicy::Sigmoid:
      return s.learningRate / (1 + std::exp(s.gamma * (at - s.step)));
    case RatePolicy::Steps:
      return stepsRate(s, n);
    case RatePolicy::Cosine:
      return cosineRate(s, n);
  }
  return s.learningRate;
}

}  // namespace boxwright
