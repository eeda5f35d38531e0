// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "core/base/out_of_memory.h"
#include "core/compute/session.h"

namespace boxwright {

/// What a training asks of a device's memory.
struct TrainingMemory {
  SessionOptions options;  ///< of its sessions, but for batch and size
  std::vector<int> sides;  ///< of their inputs, ascending
  bool average = false;    ///< one of the weights is kept
};

/// The sides that are tried: on a card all, since ways to compute are chosen by time and those of a
/// smaller one may want more memory beside them; else the largest, which serves the others.
std::vector<int> triedSides(const Backend& backend, const std::vector<int>& sides);

/// Not even one picture at a time fits.
class NothingFits : public OutOfMemory {
 public:
  using OutOfMemory::OutOfMemory;
};

/// Makes the sessions of a network with weights one by one for so many pictures at a time, each in
/// the memory that is free, takes at the end what training takes, and gives all back. Returns the
/// bytes of Parameters::activationMemory that serve all of them; 0 where `begins`, which hears of
/// each side, says no. Throws OutOfMemory.
std::size_t tryMemory(Backend& backend, const Network& network, const TrainingMemory& wanted,
                      int pictures, const std::function<bool(int side)>& begins = {});

/// The least number of equal parts of a batch, `least` or more, with which an update fits. Throws
/// NothingFits where none does.
int fittingParts(Backend& backend, const Network& network, const TrainingMemory& wanted, int batch,
                 int least = 1);

}  // namespace boxwright
