// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/compute/backend.h"
#include "core/data/dataset.h"
#include "core/network/model.h"
#include "core/train/batch_loader.h"
#include "core/train/picture_cache.h"
#include "core/train/quarantine.h"
#include "core/train/recipe.h"
#include "core/train/run.h"
#include "core/train/train_event.h"
#include "core/yolo/region_loss.h"

namespace boxwright {

class Parameters;

/// What a task may use while it lives: all of it outlives the task.
struct TaskContext {
  const Run& run;
  const Dataset& dataset;
  Backend& backend;
  PictureCache& cache;
  const Quarantine& quarantine;  ///< training pictures to leave alone
  int threads = 1;               ///< that compute
};

/// A mini-batch as the network answered it: the head's raw values after forward.
struct AnsweredBatch {
  const TrainingBatch& batch;
  std::size_t first = 0;        ///< its first picture's place in `batch`
  std::span<const float> head;  ///< NCHW
  std::uint64_t seen = 0;       ///< pictures learned from, including these
  Shape shape;                  ///< n: how many pictures it holds
  /// What of it was brought, and of the gradient is wanted (TrainingTask::planes); empty: all.
  std::span<const std::int32_t> planes = {};
};

/// What differs between the things a network can be trained for: which pictures serve and what is
/// true of them, the loss, and how well the network does on the validation pictures. The rest (how
/// many updates, at which rate, when to validate and to keep a checkpoint) is the trainer's. Used
/// on the training thread.
class TrainingTask {
 public:
  virtual ~TrainingTask() = default;

  /// The training pictures, handed out once.
  virtual std::vector<LoaderPicture> takePictures() = 0;
  /// How many make an epoch.
  virtual std::size_t epochPictures() const = 0;
  /// How many pictures validation looks at.
  virtual std::size_t validationPictures() const = 0;
  /// What was found while opening, in sentences, each told once.
  virtual std::vector<std::string> takeNotes() = 0;
  /// Makes the last layer of a random network ready to learn.
  virtual void beginHead(Network& network) const = 0;
  /// How the loader varies pictures whose longest input side is `largestSide`.
  virtual void setUpLoader(LoaderSettings& settings, int largestSide) const = 0;
  /// What will be hard to learn, in sentences, before the first update.
  virtual std::vector<std::string> advice(const std::vector<LoaderPicture>& pictures,
                                          const Network& network) const = 0;

  /// The planes of the head (lossPlanes) that the loss of `count` pictures of the batch, from the
  /// `first` on, reads, and outside of which its gradient is 0; empty: all.
  virtual std::vector<std::int32_t> planes(const TrainingBatch&, std::size_t /*first*/,
                                           int /*count*/) const {
    return {};
  }
  /// The loss of a mini-batch (a sum over its pictures) and, into `gradient` (as large as the
  /// head), its derivative; where the loss is no number the gradient may be anything.
  virtual LossParts loss(const AnsweredBatch& answered, const RecipeNumbers& numbers,
                         std::span<float> gradient) = 0;

  /// What it has gathered of the updates so far and a resume needs; `restore` takes it back, or
  /// begins anew where it is of other pictures.
  virtual std::vector<float> gathered() const { return {}; }
  virtual void restore(std::span<const float>) {}
  /// Writes it into the run's folder, for people. `pictures` are those of takePictures().
  virtual void writeGathered(const std::vector<LoaderPicture>&) const {}

  /// Measures `model` (weights not folded) on the first `atMost` validation pictures, in the
  /// activation memory of `lender`'s training: an event but for its iteration and epoch. Nothing
  /// when stopped midway.
  virtual std::optional<ValidationEvent> measure(Model model, Parameters& lender,
                                                 const std::stop_token& stop,
                                                 std::size_t atMost = SIZE_MAX) = 0;
  /// The one number by which of two validations the better is told (of equals, the lower loss).
  virtual double merit(const ValidationEvent& validation) const = 0;
  virtual std::string meritName() const = 0;
  /// The last event with the best merit there was, but for how it ended and its iteration.
  virtual EndEvent endEvent(double bestMerit) const = 0;
  /// Validation pictures that could not be read, or not wholly, in sentences: each once.
  virtual std::vector<std::string> takeFaults() = 0;
  /// What there is to say of the data once training is done, in sentences.
  virtual std::vector<std::string> closingRemarks() const { return {}; }
};

/// The task that `network` (the run's) is made for. Throws Error when the dataset has nothing to
/// train on.
std::unique_ptr<TrainingTask> openTask(const TaskContext& context, const Network& network);

}  // namespace boxwright
