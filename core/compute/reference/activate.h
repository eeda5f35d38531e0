// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>

#include "core/network/network.h"

namespace boxwright::reference {

/// Spec section 3: leaky has slope .1 at and below zero, relu 0.
template <typename T>
T activate(Activation activation, T x) {
  switch (activation) {
    case Activation::Linear:
      return x;
    case Activation::Leaky:
      return x > 0 ? x : static_cast<T>(0.1) * x;
    case Activation::Logistic:
      return 1 / (1 + std::exp(-x));
    case Activation::Relu:
      return x > 0 ? x : 0;
  }
  return x;
}

/// The derivative from the activated value y.
template <typename T>
T activationSlope(Activation activation, T y) {
  switch (activation) {
    case Activation::Linear:
      return 1;
    case Activation::Leaky:
      return y > 0 ? static_cast<T>(1) : static_cast<T>(0.1);
    case Activation::Logistic:
      return y * (1 - y);
    case Activation::Relu:
      return y > 0 ? static_cast<T>(1) : static_cast<T>(0);
  }
  return 1;
}

}  // namespace boxwright::reference
