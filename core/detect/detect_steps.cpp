// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>
#include <utility>

#include "core/detect/live_detection.h"
#include "core/network/network_tree.h"

namespace boxwright {

MakeDetectSteps detectStepsFor(std::function<Model()> openModel, const DetectorOptions& options) {
  return [openModel = std::move(openModel), options] {
    const auto detector = std::make_shared<Detector>(openModel(), options);
    DetectSteps steps;
    steps.detect = [detector](const Image& image, const DetectSettings& settings) {
      return detector->detect(image, settings);
    };
    steps.redecode = [detector](const DetectSettings& settings) {
      return detector->redecode(settings);
    };
    steps.names = detector->names();
    steps.deviceName = detector->deviceName();
    steps.classTree = classTreeOf(detector->model().network);
    return steps;
  };
}

}  // namespace boxwright
