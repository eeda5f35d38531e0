// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/train/box_losses.h"
#include "core/train/class_balance.h"
#include "core/train/training_task.h"
#include "core/train/validator.h"

namespace boxwright {

/// Learning to find objects: boxes as truths, the region loss of spec section 5, mAP50. Over a
/// class tree jointly with pictures of which the class alone is known (spec section 5.4), and their
/// top-1.
class DetectionTask : public TrainingTask {
 public:
  /// Reads the truths of the run's training and validation pictures.
  DetectionTask(const TaskContext& context, const RegionLayer& region);

  std::vector<LoaderPicture> takePictures() override;
  std::size_t epochPictures() const override { return epochPictures_; }
  std::size_t validationPictures() const override { return validator_->pictures(); }
  std::vector<std::string> takeNotes() override;
  void beginHead(Network& network) const override;
  void setUpLoader(LoaderSettings& settings, int largestSide) const override;
  std::vector<std::string> advice(const std::vector<LoaderPicture>& pictures,
                                  const Network& network) const override;
  std::vector<std::int32_t> planes(const TrainingBatch& batch, std::size_t first,
                                   int count) const override;
  LossParts loss(const AnsweredBatch& answered, const RecipeNumbers& numbers,
                 std::span<float> gradient) override;
  std::vector<float> gathered() const override { return boxLosses_.state(); }
  void restore(std::span<const float> state) override { boxLosses_.restore(state); }
  void writeGathered(const std::vector<LoaderPicture>& pictures) const override;
  std::optional<ValidationEvent> measure(Model model, Parameters& lender,
                                         const std::stop_token& stop, std::size_t atMost) override;
  double merit(const ValidationEvent& validation) const override { return validation.map50; }
  std::string meritName() const override { return "mAP50"; }
  EndEvent endEvent(double bestMerit) const override;
  std::vector<std::string> takeFaults() override { return validator_->takeFaults(); }
  std::vector<std::string> closingRemarks() const override;

 private:
  CoordinateWeight coordinateWeight() const;
  /// Reads the truths of the training pictures, those that can be learned.
  void takeTruths(const Dataset& dataset, const std::vector<std::size_t>& training);

  const Run& run_;
  const RegionLayer region_;
  std::vector<LoaderPicture> pictures_;
  std::vector<std::uint32_t> epoch_;  ///< LoaderSettings::epoch
  std::size_t epochPictures_ = 0;
  double truthsPerPicture_ = 0;
  ClassBalance balance_;
  std::vector<std::string> notes_;
  std::unique_ptr<Validator> validator_;
  std::size_t droppedTruths_ = 0;
  BoxLosses boxLosses_;
  std::vector<ObjectLoss> objects_;  ///< of one mini-batch
};

}  // namespace boxwright
