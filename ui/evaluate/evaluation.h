// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/data/class_change.h"
#include "core/evaluate/evaluate_classifier.h"
#include "core/evaluate/evaluate_model.h"
#include "core/network/model.h"
#include "core/train/box_losses.h"
#include "ui/predictions.h"

namespace boxwright::ui {

/// What to evaluate, and on what. A value that a job can own.
struct EvaluationRequest {
  std::function<Model()> open;
  std::filesystem::path run;  ///< of the model; empty where it is three files
  QString model;              ///< its name, for people
  std::shared_ptr<const Dataset> dataset;
  ClassListPtr classes;  ///< the dataset's then
  Splits splits;         ///< of the dataset; those of the run come first
  std::string split;
  Protocol protocol = Protocol::Voc;
  std::string device = "auto", precision = "auto";  ///< as openBackend has them
  int inputSize = 0;                                ///< 0: the network's own
  DetectSettings detect = EvaluateOptions().detect;
};

/// What a model found in the pictures of a split, and what was asked for. Never changed once made.
struct Evaluation {
  EvaluationRequest request;
  /// Of a classifier every picture is one box as large as it, and so is its answer.
  std::vector<PictureResult> pictures;
  std::vector<std::size_t> indices;  ///< the dataset's picture of each of `pictures`
  std::vector<Problem> problems;
  ClassNames names;                 ///< the model's
  std::vector<int> datasetClasses;  ///< the dataset's id of each of them; -1: it has none
  bool splitOfRun = false;          ///< as the run was trained with
  int inputWidth = 0, inputHeight = 0;
  QString device;
  /// Of a run that recorded them: the labels that it found hard to learn, the hardest first.
  std::vector<SuspectLabel> suspects;
  std::shared_ptr<const ClassTree> classTree;   ///< of the model; null without one
  std::optional<TreeScore> tree;                ///< of a detector over it
  std::vector<std::vector<Detection>> answers;  ///< its answers, one a box; see EvaluateOutput
  std::optional<ClassifierOutput> classified;   ///< of a classifier
  /// Of each picture of the dataset: where it lies in `pictures`.
  std::unordered_map<std::size_t, std::size_t> placeOf;

  /// That this answer is right to that label: the same or, of a classifier over a tree, within it.
  bool isRight(int truth, int predicted) const;
  /// By whose colours and keys a class of the model is known to the dataset; else its own number.
  int shownClass(int classId) const;
};

/// Opens the models to see that they can be compared, before any is run. On a job's thread. Throws
/// Error where one of two is a classifier and the other is none, and where one cannot be opened.
void requireOneKind(const std::vector<EvaluationRequest>& requests);

/// Opens the model and runs it over the split: over the pictures of `like`, where it is given, so
/// that the two can be compared; they are of one kind. On a job's thread. Throws Error as
/// evaluateModel and evaluateClassifier.
Evaluation evaluate(const EvaluationRequest& request, const Evaluation* like, std::stop_token stop,
                    const std::function<void(double)>& progress);

/// A model's finds and what the scoring at one operating confidence says of them.
struct ScoredEvaluation {
  std::shared_ptr<const Evaluation> evaluation;
  std::shared_ptr<const DetailedScore> score;
  double confidence = 0;                            ///< operating
  std::shared_ptr<const TreeScore> tree = nullptr;  ///< at it; of a detector over a class tree
  /// Of each of score->boxes, where two models are compared: a fault that both make.
  std::vector<bool> shared;

  const JudgedBox& box(std::size_t index) const { return score->boxes[index]; }
  const PictureResult& pictureOf(const JudgedBox& box) const {
    return evaluation->pictures[box.picture];
  }
  /// The dataset's picture.
  std::size_t indexOf(const JudgedBox& box) const { return evaluation->indices[box.picture]; }
};

/// At an operating confidence; the same finds, nothing is run again. Any thread.
ScoredEvaluation scored(std::shared_ptr<const Evaluation> evaluation, double confidence);
/// The same for one model, or for two and what they share.
std::vector<ScoredEvaluation> scored(
    const std::vector<std::shared_ptr<const Evaluation>>& evaluations, double confidence);

/// What the model found, above the operating confidence, for other pages. Shares the evaluation.
Predictions predictionsOf(const ScoredEvaluation& model);

/// The protocol and its overlap in words.
QString protocolText(Protocol protocol);
/// "all pictures" or "the split “val”".
QString splitText(const std::string& split);

}  // namespace boxwright::ui
