// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/detect/prepared_image.h"
#include "core/geometry/box.h"
#include "core/image/image.h"
#include "core/network/model.h"
#include "core/yolo/decode.h"
#include "core/yolo/region_head.h"

namespace boxwright {

class Backend;
class Parameters;
class Trace;

struct DetectorOptions {
  std::string device = "auto";
  std::string precision = "auto";  ///< as openBackend has it
  int threads = 1;
  int batch = 1;            ///< 0: as many as the device infers soonest (Backend::batchForMany)
  bool mayBeFewer = false;  ///< where a card has no memory for so many; always with 0
  int inputSize = 0;        ///< 0: the network's own
  Trace* trace = nullptr;   ///< takes the time of every stage and layer; must outlive the detector
  Parameters* lender = nullptr;  ///< of a training on the shared backend: see SessionOptions
};

struct DetectSettings {
  double threshold = 0.25;
  double nms = 0.45;
  std::size_t perClass = 100;
  TreeSettings tree = {};  ///< of a network over a class tree
};

/// Pictures to detections, with the same resize, decode and NMS everywhere. Made and used on one
/// thread. Throws Error where the model has no [region] head, its names do not fit its classes, the
/// input size does not fit or the device is not there.
class Detector {
 public:
  Detector(Model model, const DetectorOptions& options);
  /// Shares an open backend (validation during training); it must outlive the detector.
  Detector(Backend& backend, Model model, const DetectorOptions& options);
  ~Detector();

  const ClassNames& names() const;
  const Model& model() const;  ///< its weights have moved into the session
  int inputWidth() const;
  int inputHeight() const;
  int batch() const;
  std::string deviceName() const;
  /// Backend::report().
  std::vector<std::string> deviceReport() const;

  /// Detections in pixels of the picture, clipped to it, sorted by confidence.
  std::vector<Detection> detect(const Image& image, const DetectSettings& settings);
  /// Up to batch() pictures at once.
  std::vector<std::vector<Detection>> detect(std::span<const Image* const> images,
                                             const DetectSettings& settings);
  /// Resizes a picture by the model's rule. The only member that other threads may call as well.
  PreparedImage prepare(const Image& image) const;
  /// Up to batch() prepared pictures at once: the same result as from the pictures themselves.
  std::vector<std::vector<Detection>> detect(std::span<const PreparedImage* const> images,
                                             const DetectSettings& settings);
  /// Decode and NMS again over the last picture's head with other settings: sliders act at once
  /// without another forward pass.
  std::vector<Detection> redecode(const DetectSettings& settings);
  /// The same over picture `index` of the last detect().
  std::vector<Detection> redecode(std::size_t index, const DetectSettings& settings);
  /// What picture `index` of the last detect() shows as a whole, see wholePicture().
  std::vector<float> wholePicture(std::size_t index) const;
  /// The raw head of the last detect(), until the next one: batch() pictures, of which those beyond
  /// the ones given are of no use.
  HeadView<float> head() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace boxwright
