// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/base/error.h"

namespace boxwright {

/// The message of the Error that `run` throws; empty when it throws none.
template <typename Run>
std::string errorOf(Run run) {
  try {
    run();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace boxwright
