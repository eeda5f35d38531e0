// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/stream_url.h"

#include <algorithm>
#include <cstddef>

namespace boxwright {

bool isUrl(const std::string& source) {
  const std::size_t end = source.find("://");
  if (end == std::string::npos || end == 0) return false;
  return std::all_of(source.begin(), source.begin() + std::ptrdiff_t(end), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '-' || c == '.';
  });
}

std::string withoutPassword(const std::string& url) {
  const std::size_t start = url.find("://");
  if (start == std::string::npos) return url;
  const std::size_t host = start + 3;
  const std::size_t at = url.substr(0, url.find('/', host)).rfind('@');
  if (at == std::string::npos || at < host) return url;
  const std::size_t colon = url.find(':', host);
  if (colon == std::string::npos || colon > at) return url;
  return url.substr(0, colon) + ":***" + url.substr(at);
}

}  // namespace boxwright
