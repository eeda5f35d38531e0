// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

namespace boxwright {

/// Tells when training has diverged: the loss has been over kFactor times its running median, and
/// over what the run began with, for kUpdates updates on end. Burn-in, other input sizes and single
/// bad batches do not come near that (README.md has the figures). A function of the losses alone.
class LossWatch {
 public:
  static constexpr float kFactor = 5;
  static constexpr int kUpdates = 20;

  /// Takes the loss of the next update; true when training has diverged.
  bool diverged(double loss);
  /// The loss is too high now: no state to go back to.
  bool suspicious() const { return high_ > 0; }
  /// What it calls usual: the running median; 0 at first.
  float usual() const;

  /// All that it knows, for checkpoints, and back; empty: nothing yet.
  std::vector<float> state() const;
  void restore(std::span<const float> state);

 private:
  float start_ = 0;  ///< the median of the first losses
  int high_ = 0;     ///< updates on end that were too high
  std::vector<float> recent_;
};

}  // namespace boxwright
