// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

namespace boxwright {

/// A device has not the memory that is asked of it: with less of something it may.
class OutOfMemory : public Error {
 public:
  using Error::Error;
};

}  // namespace boxwright
