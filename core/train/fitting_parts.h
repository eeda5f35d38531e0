// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/compute/session.h"

namespace boxwright {

/// The least number of equal parts of a batch, `least` or more, with which an update fits into the
/// memory of a device, which is taken to see and given back; 0: not even one picture at a time
/// fits. `network`: with weights. `options`: of its training sessions at the largest input size.
/// `average`: one of the weights is kept.
int fittingParts(Backend& backend, Network network, SessionOptions options, int batch, bool average,
                 int least = 1);

}  // namespace boxwright
