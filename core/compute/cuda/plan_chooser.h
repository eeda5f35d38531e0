// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/compute/cuda/convolution_call.h"
#include "core/compute/cuda/plan_store.h"

namespace boxwright::cuda {

/// One way to compute a convolution.
struct Way {
  std::string text;  ///< that it is kept as
  bool isOurs = false;
  std::shared_ptr<Convolution> convolution;
};

/// What came of trying one; neither: it will not do here.
struct Trial {
  std::optional<double> seconds;
  bool isFull = false;  ///< there was no memory for it
};

/// The ways there are on a card.
class Ways {
 public:
  virtual ~Ways() = default;
  /// The one that was kept as this text. Throws Error where it is of another card or version.
  virtual Way read(const std::string& text, const ConvolutionCall& call) = 0;
  /// All, the most promising first, and ours, if there is one, last. None, or ours alone: nothing
  /// else computes the call; throws Error with why where the convolution alone is asked for and
  /// there is none at all.
  virtual std::vector<Way> all(const ConvolutionCall& call) = 0;
  /// Runs each in turn.
  virtual std::vector<Trial> tried(const std::vector<Way>& ways, const ConvolutionCall& call) = 0;
};

/// Chooses how a convolution is computed: as it was before, by what is known or kept on disk, else
/// by the fastest way. `ways` must outlive it.
class PlanChooser {
 public:
  PlanChooser(Ways& ways, PlanStore store) : ways_(ways), store_(std::move(store)) {}

  /// As Device::prepare.
  std::shared_ptr<Convolution> choose(const ConvolutionCall& call);

 private:
  std::shared_ptr<Convolution> kept(const std::string& name, const ConvolutionCall& call);

  Ways& ways_;
  PlanStore store_;
  std::map<std::string, std::shared_ptr<Convolution>> known_;  ///< by what they are kept as
};

}  // namespace boxwright::cuda
