// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/cuda/plan_chooser.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/base/error.h"
#include "core/compute/cuda/kernels.h"

namespace boxwright::cuda {
namespace {

/// Of one convolution, where another way needs less: it is taken from what a larger batch could
/// use.
constexpr std::size_t kMostWorkspace = std::size_t(1) << 30;

void leaveOutTheGreedy(std::vector<Way>& ways) {
  const auto needsMuch = [](const Way& way) {
    return way.convolution->workspaceBytes() > kMostWorkspace;
  };
  if (!std::all_of(ways.begin(), ways.end(), needsMuch)) std::erase_if(ways, needsMuch);
}

[[noreturn]] void throwNone(const char* what, const std::string& name) {
  throw Error(what, name, "choose the precision float32, or another device");
}

}  // namespace

std::shared_ptr<Convolution> PlanChooser::kept(const std::string& name,
                                               const ConvolutionCall& call) {
  const std::optional<std::string> text = store_.read(name);
  if (!text) return nullptr;
  try {
    return ways_.read(*text, call).convolution;
  } catch (const Error&) {
    return nullptr;  // of another version, or damaged: it is chosen anew
  }
}

std::shared_ptr<Convolution> PlanChooser::choose(const ConvolutionCall& call) {
  // A call with eight real channels has the same text, and ours is not for it.
  const std::string name = text(call) + (isOfPictures(call) ? "-pictures" : "");
  if (const auto found = known_.find(name); found != known_.end()) return found->second;
  if (std::shared_ptr<Convolution> before = kept(name, call)) return known_[name] = before;

  std::vector<Way> ways = ways_.all(call);
  const auto isOurs = [](const Way& way) { return way.isOurs; };
  // The convolution alone and a pass behind it are to be had, too: ours does not win unopposed.
  if (call.finishes && std::all_of(ways.begin(), ways.end(), isOurs)) return known_[name] = nullptr;
  if (ways.empty()) throwNone("cuDNN has no way to compute a convolution on this card", name);
  leaveOutTheGreedy(ways);

  const std::vector<Trial> trials = ways_.tried(ways, call);
  std::optional<std::size_t> best;
  bool isFull = false, othersRan = false;
  for (std::size_t k = 0; k < trials.size(); ++k) {
    isFull = isFull || trials[k].isFull;
    if (!trials[k].seconds) continue;
    othersRan = othersRan || !ways[k].isOurs;
    if (!best || *trials[k].seconds < *trials[*best].seconds) best = k;
  }
  if (call.finishes && !othersRan && !isFull) return known_[name] = nullptr;
  if (!best && !isFull) throwNone("no way to compute a convolution works on this card", name);
  const Way& chosen = ways[best.value_or(0)];
  // There may be room for all the next time.
  if (isFull) return chosen.convolution;
  store_.write(name, chosen.text);
  return known_[name] = chosen.convolution;
}

}  // namespace boxwright::cuda
