// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/base/atomic_file.h"
#include "core/network/model.h"
#include "core/network/weights_file.h"
#include "tests/temporary_folder.h"

namespace boxwright {

/// Darknet's three files of a small detector, with statistics that batch norm's forms tell apart.
class SmallModel {
 public:
  SmallModel() {
    writeFileAtomically(cfg(),
                        "[net]\nwidth=64\nheight=96\nchannels=3\ninput_rule=plain\n"
                        "[conv]\nfilters=8\nsize=3\nstride=2\npad=1\nbatch_normalize=1\n"
                        "activation=leaky\n"
                        "[conv]\nfilters=14\nsize=1\nactivation=linear\n"
                        "[region]\nclasses=2\nnum=2\nanchors=1,1,2,2.5\nsoftmax=1\n");
    writeFileAtomically(names(), "leaf\nst\xC3\xA4m \"x\"\n");
    std::vector<Problem> problems;
    Network network = buildNetwork(readCfg(cfg(), problems), problems);
    initialiseWeights(network, 4);
    ConvolutionWeights& first = network.layers[0].weights;
    for (std::size_t filter = 0; filter < first.scales.size(); ++filter) {
      first.rollingVariance[filter] = filter == 0 ? 0.F : 1e-6F * float(filter * filter * filter);
      first.rollingMean[filter] = 0.1F * float(filter) - 0.3F;
      first.biases[filter] = 0.2F - 0.1F * float(filter);
    }
    saveWeights(weights(), network, 4321);
  }
  std::filesystem::path cfg() const { return folder_ / "small.cfg"; }
  std::filesystem::path weights() const { return folder_ / "small.weights"; }
  std::filesystem::path names() const { return folder_ / "small.names"; }
  const TemporaryFolder& folder() const { return folder_; }
  Model open() const { return openModel(cfg(), weights(), names()); }

 private:
  TemporaryFolder folder_;
};

}  // namespace boxwright
