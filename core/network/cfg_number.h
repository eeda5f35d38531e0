// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace boxwright {

/// The number that a cfg value begins with, as C's atof reads it (blanks skipped, one sign, the
/// longest decimal number, "inf" and "nan"), but independent of the locale. `used` counts the
/// characters taken; 0 means that there was no number and the value is 0.
struct LeadingNumber {
  double value = 0;
  std::size_t used = 0;
};
LeadingNumber leadingNumber(std::string_view text);

/// The same for whole numbers, as atoi reads them; held to the range of int where atoi is
/// undefined.
struct LeadingInteger {
  int value = 0;
  std::size_t used = 0;
};
LeadingInteger leadingInteger(std::string_view text);

/// The shortest decimal text that reads back as the same double, without exponent for usual sizes.
std::string numberText(double value);

}  // namespace boxwright
