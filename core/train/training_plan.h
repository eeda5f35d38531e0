// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/network/network.h"
#include "core/train/input_size.h"
#include "core/train/recipe.h"
#include "core/train/run.h"

namespace boxwright {

/// How long a training is, in updates, when it validates, and how long that will take: asked for in
/// epochs or updates, or worked out from minutes once some updates have been timed. A value; one
/// thread.
class TrainingPlan {
 public:
  using Clock = std::chrono::steady_clock;
  /// How much of the time validation may take.
  static constexpr double kValidationShare = 0.15;

  struct Pictures {
    std::size_t training = 0, validation = 0;
  };
  /// The plan that run.json holds, or else the run's settings ask for. `run` must outlive it;
  /// minutes count from `start`.
  TrainingPlan(const Run& run, const NetSettings& net, const InputSizes& sizes, Pictures pictures,
               Clock::time_point start);

  /// Updates in all; 0 while not known.
  std::int64_t iterations() const { return planned_; }
  bool isDone(std::int64_t iteration) const { return planned_ > 0 && iteration >= planned_; }
  /// So many epochs beyond the plan, or beyond `iteration` where that is further.
  void addEpochs(int epochs, std::int64_t iteration);
  /// The recipe's numbers for this length.
  const RecipeNumbers& numbers() const { return numbers_; }
  /// The first update whose pictures are not varied; -1 where there is none.
  std::int64_t plainFrom() const;

  std::int64_t validateEvery() const { return validateEvery_; }  ///< epochs
  bool validationDue(std::int64_t iteration, std::int64_t lastValidation) const;

  /// An update at this input side took so long; a validation did.
  void updateTook(double seconds, int side);
  void validationTook(double seconds) { validationSeconds_ = seconds; }
  double updateSeconds() const { return recentSeconds_; }  ///< a running mean
  double secondsLeft(std::int64_t iteration) const;

  /// Whether enough updates have been timed to make iterations of the run's minutes.
  bool canFitMinutes(std::int64_t iteration) const;
  /// Makes them, where a validation takes so long, and says so in a sentence.
  std::string fitMinutes(std::int64_t iteration, double validationSeconds);

 private:
  double updatesBetweenValidations() const;
  void workOutNumbers();

  const Run& run_;
  NetSettings net_;
  InputSizes sizes_;
  Pictures pictures_;
  Clock::time_point start_;
  std::int64_t planned_ = 0;
  std::int64_t validateEvery_ = 1;
  RecipeNumbers numbers_;
  double timedSeconds_ = 0;  ///< of the updates that count for the speed, at the base size
  std::int64_t timedUpdates_ = 0, localUpdates_ = 0;
  double recentSeconds_ = 0;
  double validationSeconds_ = 0;  ///< of the last one
};

}  // namespace boxwright
