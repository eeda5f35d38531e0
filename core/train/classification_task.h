// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/train/read_ahead.h"
#include "core/train/training_task.h"

namespace boxwright {

/// Learning to tell pictures of a whole apart: one class a picture as truth, softmax cross-entropy
/// on the logits, top-1 and top-5.
class ClassificationTask : public TrainingTask {
 public:
  /// Finds the run's training and validation pictures and their classes.
  ClassificationTask(const TaskContext& context, const Network& network);

  std::vector<LoaderPicture> takePictures() override;
  std::size_t epochPictures() const override { return trainingPictures_; }
  std::size_t validationPictures() const override { return validation_.size(); }
  std::vector<std::string> takeNotes() override;
  void beginHead(Network&) const override {}
  void setUpLoader(LoaderSettings& settings, int largestSide) const override;
  std::vector<std::string> advice(const std::vector<LoaderPicture>& pictures,
                                  const Network& network) const override;
  LossParts loss(const AnsweredBatch& answered, const RecipeNumbers& numbers,
                 std::span<float> gradient) override;
  std::optional<ValidationEvent> measure(Model model, Parameters& lender,
                                         const std::stop_token& stop, std::size_t atMost) override;
  double merit(const ValidationEvent& validation) const override;
  std::string meritName() const override { return "top-1"; }
  EndEvent endEvent(double bestMerit) const override;
  std::vector<std::string> takeFaults() override { return faults_.take(); }

 private:
  const TaskContext context_;
  int classes_ = 0;
  double temperature_ = 1;
  std::shared_ptr<const ClassTree> classTree_;  ///< null without one
  std::size_t trainingPictures_ = 0;
  std::vector<LoaderPicture> pictures_;
  std::vector<std::size_t> validation_;  ///< indices into the dataset
  std::vector<double> classWeights_;     ///< empty: all alike
  std::vector<std::string> notes_;
  FaultList faults_;
};

}  // namespace boxwright
