// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/network/cfg.h"
#include "core/network/model.h"
#include "core/network/network.h"

namespace boxwright {

/// A network that sees colours: a 64 x 64 input in 2 x 2 cells. A cell that holds anything red is
/// an object of class 0, anything green of class 1, black is nothing. Its box lies in the cell's
/// middle, half as wide and high as the cell. Made by weights that one can work out by hand.
inline Model colourModel(const std::vector<std::string>& names = {"red", "green"}) {
  std::vector<Problem> problems;
  Model model;
  model.network = buildNetwork(parseCfg("[net]\nwidth=64\nheight=64\nchannels=3\n"
                                        "[maxpool]\nsize=32\nstride=32\npadding=0\n"
                                        "[convolutional]\nfilters=7\nsize=1\nstride=1\n"
                                        "activation=linear\n"
                                        "[region]\nanchors=0.5,0.5\nclasses=2\ncoords=4\nnum=1\n"
                                        "softmax=1\n",
                                        "colours.cfg", problems),
                               problems);
  ConvolutionWeights& weights = model.network.layers[1].weights;
  weights.weights.assign(7 * 3, 0);
  weights.biases.assign(7, 0);
  weights.biases[4] = -6;
  weights.weights[4 * 3 + 0] = weights.weights[4 * 3 + 1] = 12;  // objectness from red and green
  weights.weights[5 * 3 + 0] = 8;                                // class 0 from red
  weights.weights[6 * 3 + 1] = 8;                                // class 1 from green
  model.names = names;
  model.inputRule = InputRule::Plain;
  model.title = "colours";
  return model;
}

}  // namespace boxwright
