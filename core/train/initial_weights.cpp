// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/initial_weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <system_error>
#include <variant>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/network/cfg.h"
#include "core/network/weights_file.h"

namespace boxwright {

namespace {

namespace fs = std::filesystem;

/// The network that weights in a run's folder are of; nothing for any other file.
std::optional<Network> networkOfRun(const fs::path& weights) {
  const fs::path folder = fs::absolute(weights).lexically_normal().parent_path();
  const fs::path cfg = folder.parent_path() / "model.cfg";
  std::error_code code;
  if (folder.filename() != "weights" || !fs::is_regular_file(cfg, code)) return std::nullopt;
  std::vector<Problem> problems;
  return buildNetwork(readCfg(cfg, problems), problems);
}

/// Where the layers before the head end: at the last convolution.
int headOf(const Network& network) {
  int head = 0;
  for (std::size_t i = 0; i < network.layers.size(); ++i)
    if (std::holds_alternative<ConvolutionLayer>(network.layers[i].kind))
      head = static_cast<int>(i);
  return head;
}

std::uint64_t floatsOf(const Layer& layer) {
  const auto* convolution = std::get_if<ConvolutionLayer>(&layer.kind);
  if (!convolution) return 0;
  return weightCountOf(layer) +
         std::uint64_t(convolution->filters) * (convolution->batchNormalize ? 4 : 1);
}

/// Refuses a file without a cfg that ends within a layer before `first`: what it holds up to there
/// need not be this network's either.
void checkEnd(const Network& network, std::uint64_t floats, int first, const std::string& init) {
  for (int i = 0; i < first; ++i) {
    const Layer& layer = network.layers[static_cast<std::size_t>(i)];
    const std::uint64_t wanted = floatsOf(layer);
    if (floats == 0) return;
    if (floats < wanted)
      throw Error(fmt::format("the weights are of another network: {}, which has {} numbers, is "
                              "left with {}",
                              nameOf(network, layer), wanted, floats),
                  init,
                  "say how many layers both networks begin with: of darknet19's in "
                  "yolov2 23, of darknet-nano's in yolov2-nano 11");
    floats -= wanted;
  }
}

/// How many layers to read; -1: all.
int layersToRead(const Network& network, const fs::path& file, const std::string& init) {
  const std::uint64_t floats = floatsInWeights(file);
  // Only a file of just as many numbers is of the same classes and anchors.
  if (floats == storedFloatsOf(network)) return -1;
  if (const std::optional<Network> source = networkOfRun(file)) {
    const int shared = std::min(sharedLayers(*source, network), headOf(network));
    if (shared == 0)
      throw Error("the run's network and this one do not begin alike", init,
                  "give weights of the same family of networks");
    return shared;
  }
  const int head = headOf(network);
  checkEnd(network, floats, head, init);
  return head;
}

}  // namespace

std::string loadInitialWeights(Network& network, const std::string& init, int layers) {
  const fs::path file = pathFromUtf8(init);
  const int first = layers >= 0 ? layers : layersToRead(network, file, init);
  const WeightsReport report = loadWeights(file, network, true, first);
  if (report.layersLoaded == 0)
    throw Error("the weights file gives no layer of this network", init,
                "give weights of the same network");
  int wanted = 0;  // convolutions among the layers asked for
  for (int i = 0; i < std::min<int>(first, static_cast<int>(network.layers.size())); ++i)
    wanted +=
        std::holds_alternative<ConvolutionLayer>(network.layers[static_cast<std::size_t>(i)].kind);
  // A partial file may hold fewer than were asked for.
  const int last = report.layersLoaded < wanted
                       ? report.lastLayer
                       : std::min<int>(first, static_cast<int>(network.layers.size())) - 1;
  const std::string which = first > 0 ? fmt::format("layers 0 to {}, ", last) : std::string();
  return fmt::format(
      "{} of {} convolutions start from {} ({}trained on {} pictures); the others start at random. "
      "Pictures are counted from 0 again.",
      report.layersLoaded, report.layersInNetwork, init, which, report.seen);
}

}  // namespace boxwright
