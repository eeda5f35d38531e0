// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace boxwright {

/// Whether SOURCE is a URL ("scheme://…").
bool isUrl(const std::string& source);

/// The URL without a password in it, for messages.
std::string withoutPassword(const std::string& url);

}  // namespace boxwright
