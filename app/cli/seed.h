// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>

namespace boxwright::cli {

/// A whole number that a seed can be; CLI11 itself turns -1 into a large one.
inline CLI::Validator seedNumber() {
  return {[](std::string& text) {
            std::uint64_t value = 0;
            const char* const end = text.data() + text.size();
            const auto read = std::from_chars(text.data(), end, value);
            return read.ec == std::errc() && read.ptr == end
                       ? std::string()
                       : "a whole number from 0 up is wanted, not " + text;
          },
          "0.."};
}

}  // namespace boxwright::cli
