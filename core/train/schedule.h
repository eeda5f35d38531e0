// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/network/network.h"

namespace boxwright {

/// Darknet's policies (spec section 6), and a half cosine from the rate to nothing at maxBatches.
enum class RatePolicy { Constant, Step, Exp, Poly, Random, Sigmoid, Steps, Cosine };

/// The name as a cfg writes it ("steps"), and back; an unknown name throws Error listing those
/// there are.
const char* ratePolicyName(RatePolicy policy);
RatePolicy ratePolicyOf(const std::string& name);

/// How the learning rate runs over the updates. A value.
struct Schedule {
  RatePolicy policy = RatePolicy::Constant;
  double learningRate = 0.001;
  std::int64_t burnIn = 0;      ///< below this n: learningRate * (n / burnIn) ^ power
  double power = 4;             ///< of burn-in, poly and random
  std::int64_t maxBatches = 0;  ///< poly and cosine
  double step = 1, scale = 1, gamma = 1;
  std::vector<int> steps;
  std::vector<double> scales;
  double finalShare = 0;   ///< cosine: the share of the rate that is left at maxBatches
  std::uint64_t seed = 0;  ///< of the random policy
};

/// The schedule that a cfg's [net] asks for.
Schedule scheduleOf(const NetSettings& net);

/// The rate of update n (the first is 1), spec section 6; `steps` are compared as signed numbers.
double learningRateAt(const Schedule& schedule, std::int64_t n);

}  // namespace boxwright
