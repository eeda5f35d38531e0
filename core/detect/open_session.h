// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "core/compute/session.h"

namespace boxwright {

/// An inference session of a folded network for options.batch pictures at a time, or, where the
/// memory of a card does not do and there may be fewer, for half of them, a quarter, …
std::unique_ptr<Session> openSession(Backend& backend, Network folded, SessionOptions options,
                                     bool mayBeFewer);

}  // namespace boxwright
