// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace boxwright::cli {

/// A number from 0 to 1; CLI::Range lets "nan" pass.
inline CLI::Validator fraction() {
  return {[](std::string& text) {
            double value = 0;
            const bool fits = CLI::detail::lexical_cast(text, value) && value >= 0 && value <= 1;
            return fits ? std::string() : "a number from 0 to 1 is wanted, not " + text;
          },
          "0..1"};
}

}  // namespace boxwright::cli
