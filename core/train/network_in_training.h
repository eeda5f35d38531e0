// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <memory_resource>
#include <optional>
#include <vector>

#include "core/compute/backend.h"
#include "core/compute/session.h"
#include "core/compute/trace.h"
#include "core/network/model.h"
#include "core/network/network.h"
#include "core/train/batch_loader.h"
#include "core/train/checkpoint.h"
#include "core/train/fitting_parts.h"
#include "core/train/input_size.h"
#include "core/train/recipe.h"
#include "core/train/run.h"
#include "core/train/training_task.h"
#include "core/train/weight_average.h"
#include "core/yolo/region_loss.h"

namespace boxwright {

/// A run's network on the device that trains it: weights, momenta, their running average, and a
/// session for each input size. Owned and used by the thread that trains.
class NetworkInTraining {
 public:
  /// Reads the run's model.cfg, draws random weights and opens the device. `run` and `trace` must
  /// outlive it. Throws Error where the cfg is not the run's, or there is no such device.
  NetworkInTraining(const Run& run, int threads, Trace* trace, const DeviceChoice& on);

  /// The graph; with weights, those to begin with, only until begin().
  const Network& network() const { return network_; }
  Network& network() { return network_; }
  Backend& backend() const { return *backend_; }
  /// Once it has begun: lends its activation memory to a validation.
  Parameters& parameters() const { return *parameters_; }
  const InputSizes& sizes() const { return sizes_; }
  /// Pictures an update.
  int batch() const { return batch_; }

  /// Takes the memory of weights, momenta, average and sessions of all sizes, to see early whether
  /// it is there; `begins` as in tryMemory, and false where it said no. Throws OutOfMemory with the
  /// subdivisions that would fit, or NothingFits. `begun`: the run is to go on.
  bool reserve(bool begun, const std::function<bool(int side)>& begins);
  /// As few parts of an update as fit there, `least` or more. Throws NothingFits.
  int fittingParts(int least) const;
  /// Puts network()'s weights on the device, with the momenta and the average of `state`, which
  /// gives up its arrays; `averageDecay` of an update, 0: no average.
  void begin(Checkpoint& state, double averageDecay);
  /// The same with the weights of `state`, once it has begun.
  void goBack(Checkpoint& state, double averageDecay);
  /// Copies weights, momenta and the average into `state`, as large as all weights each.
  void copyInto(Checkpoint& state) const;

  /// One update from `batch`, counted in `state`. The loss is a sum over the pictures; nothing
  /// where it is no number any more, and then nothing is updated. `next`, where it is known, is
  /// brought to the device meanwhile: it must be what the next update learns from, unless
  /// forgetNext() comes first.
  std::optional<LossParts> learn(const TrainingBatch& batch, const TrainingBatch* next,
                                 TrainingTask& task, const RecipeNumbers& numbers,
                                 double learningRate, Checkpoint& state);
  void forgetNext() { backend_->uploadAhead({}); }
  /// No update was begun and not ended, as where memory ran out in it.
  bool isWhole() const { return isWhole_; }

  /// With the weights that are validated and kept: the running average where there is one.
  Network current() const;
  /// `network`, one of ours, with all that is needed to use it.
  Model modelOf(Network network) const;

 private:
  TrainingMemory memory() const;
  void upload(const Network& network, Checkpoint& state, double averageDecay);
  Session& sessionOf(int side);
  SessionOptions sessionOptions(int side) const;
  /// The pictures of one part of a batch.
  std::span<const float> inputOf(const TrainingBatch& batch, int part) const;
  std::optional<LossParts> learnPart(Session& session, const TrainingBatch& batch, int part,
                                     TrainingTask& task, const RecipeNumbers& numbers,
                                     Checkpoint& state);
  /// With the weights as they are now.
  Network learned() const;

  const Run& run_;
  const int threads_;
  Trace* const trace_;
  Network network_;
  InputRule inputRule_ = InputRule::Plain;
  BatchNormForm batchNorm_ = BatchNormForm::EpsilonInside;
  int detectionSize_ = 0;  ///< of validation, where it is not the network's own
  int batch_ = 1, subdivisions_ = 1;
  InputSizes sizes_;
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<Parameters> parameters_;
  std::map<int, Session> sessions_;
  std::optional<WeightAverage> average_;
  bool isWhole_ = true;
  std::size_t sessionBytes_ = 0;  ///< the most that a size needs, as far as it is known
  std::optional<std::pmr::vector<float>> gradient_;  ///< of the head, in the backend's memory
};

}  // namespace boxwright
