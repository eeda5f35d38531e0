// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/detect/prepared_image.h"
#include "core/image/image.h"
#include "core/network/model.h"

namespace boxwright {

class Backend;
class Parameters;

struct ClassifierOptions {
  std::string device = "auto";
  std::string precision = "auto";  ///< as openBackend has it
  int threads = 1;
  int batch = 1;                 ///< 0: as many as suit many pictures
  bool mayBeFewer = false;       ///< where a card has no memory for so many; always with 0
  int inputSize = 0;             ///< 0: the network's own
  Parameters* lender = nullptr;  ///< of a training on the shared backend: see SessionOptions
};

/// The centred square of the picture, as wide as its shorter side (spec section 8's validation).
Image centreSquare(const Image& image);

/// Pictures to class probabilities. Made and used on one thread. Throws Error where the model is no
/// classifier, its names do not fit its classes or the device is not there.
class Classifier {
 public:
  Classifier(Model model, const ClassifierOptions& options);
  /// Shares an open backend (validation during training); it must outlive the classifier.
  Classifier(Backend& backend, Model model, const ClassifierOptions& options);
  ~Classifier();

  const ClassNames& names() const;
  const Model& model() const;  ///< its weights have moved into the session
  int inputWidth() const;
  int batch() const;
  std::string deviceName() const;
  /// Backend::report().
  std::vector<std::string> deviceReport() const;

  /// Crops and resizes a picture. The only member that other threads may call as well.
  PreparedImage prepare(const Image& image) const;
  /// Up to batch() prepared pictures at once: the probability of every class of each.
  std::vector<std::vector<float>> classify(std::span<const PreparedImage* const> images);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace boxwright
