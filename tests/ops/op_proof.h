// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "op_case.h"

namespace boxwright {

/// One comparison with the reference; right where `difference` is at most `limit` (and a number).
struct Finding {
  std::string what;
  double difference = 0, limit = 0;

  bool isRight() const { return difference <= limit; }
};

/// A case on a backend against the reference in float64, which starts from the same numbers.
/// Float32 is measured by the largest error, as a share of the largest number expected; tf32 and
/// bf16 by the length of the error, as a share of that of what is expected: where values are
/// rounded to less, a few come to lie beyond an activation's kink, and are quite others.
std::vector<Finding> proveInference(const OpCase& opCase, Backend& backend, Precision precision,
                                    InputLayout layout);
/// Two steps: forward, backward of two mini-batches whose gradients add, update.
std::vector<Finding> proveTraining(const OpCase& opCase, Backend& backend, Precision precision,
                                   InputLayout layout);

/// Whether a case asks of training what this backend is never asked.
bool isAskedOf(const OpCase& opCase, const Backend& backend);

}  // namespace boxwright
