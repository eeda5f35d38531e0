// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/network/cfg_number.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

namespace boxwright {
namespace {

/// Where the number begins: after blanks and a plus sign (from_chars takes neither).
std::size_t numberStart(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && (text[at] == ' ' || (text[at] >= '\t' && text[at] <= '\r')))
    ++at;
  if (at + 1 < text.size() && text[at] == '+' && text[at + 1] != '-') ++at;
  return at;
}

}  // namespace

LeadingNumber leadingNumber(std::string_view text) {
  const std::size_t start = numberStart(text);
  const char* const first = text.data() + start;
  const char* const last = text.data() + text.size();
  double value = 0;
  const auto [end, code] = std::from_chars(first, last, value);
  if (code == std::errc::invalid_argument) return {};
  if (code == std::errc::result_out_of_range) {
    // from_chars does not say which way: a negative exponent is an underflow.
    const std::string_view digits(first, static_cast<std::size_t>(end - first));
    const std::size_t exponent = digits.find_first_of("eE");
    const bool tiny = exponent != std::string_view::npos
                          ? digits.substr(exponent + 1).starts_with('-')
                          : digits.find_first_of("123456789") > digits.find('.');
    value = tiny ? 0 : std::numeric_limits<double>::infinity();
    if (digits.starts_with('-')) value = -value;
  }
  return {value, static_cast<std::size_t>(end - text.data())};
}

LeadingInteger leadingInteger(std::string_view text) {
  const std::size_t start = numberStart(text);
  const char* const first = text.data() + start;
  int value = 0;
  const auto [end, code] = std::from_chars(first, text.data() + text.size(), value);
  if (code == std::errc::invalid_argument) return {};
  if (code == std::errc::result_out_of_range) {
    value = *first == '-' ? std::numeric_limits<int>::min() : std::numeric_limits<int>::max();
  }
  return {value, static_cast<std::size_t>(end - text.data())};
}

std::string numberText(double value) {
  char buffer[64];
  const double size = std::abs(value);
  const bool usual = size == 0 || (size >= 1e-7 && size < 1e15);
  const auto [end, code] =
      usual ? std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed)
            : std::to_chars(buffer, buffer + sizeof buffer, value);
  if (code != std::errc()) return std::to_string(value);
  return std::string(buffer, end);
}

}  // namespace boxwright
