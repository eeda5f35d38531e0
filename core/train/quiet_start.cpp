// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/quiet_start.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace boxwright {
namespace {

constexpr float kHeadShare = 0.1F;

}  // namespace

double bestConstantObjectness(const RegionLayer& region, double truths, double boxes,
                              double overlap) {
  const double objects = region.objectScale * truths;
  const double empty = region.noObjectScale * std::max(0.0, boxes - truths);
  return objects + empty > 0 ? objects * overlap / (objects + empty) : 0.5;
}

void quietHead(Network& network, double truthsPerPicture) {
  const RegionLayer region = network.region();
  Layer* head = nullptr;
  for (Layer& layer : network.layers)
    if (std::holds_alternative<ConvolutionLayer>(layer.kind)) head = &layer;
  if (!head || head->weights.weights.empty()) return;
  for (float& weight : head->weights.weights)
    weight *= kHeadShare;
  const double boxes = double(region.num) * head->output.width * head->output.height;
  const double objectness = std::clamp(
      bestConstantObjectness(region, truthsPerPicture, boxes, region.rescore ? 0.7 : 1.0), 0.01,
      0.5);
  const auto bias = static_cast<float>(std::log(objectness / (1 - objectness)));
  const auto set = [&](int box, int entry, float value) {
    const std::size_t channel = headChannel(region, box, entry);
    if (channel < head->weights.biases.size()) head->weights.biases[channel] = value;
  };
  for (int box = 0; box < region.num; ++box) {
    set(box, 4, bias);
    if (region.boxForm != BoxForm::Yolo) continue;
    // No anchor gives the box a place and a size: the middle of its cell, a quarter of each side
    // (its root is .5).
    for (int entry = 0; entry < 4; ++entry)
      set(box, entry, 0.5F);
  }
}

}  // namespace boxwright
