// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "core/base/problem.h"
#include "core/geometry/box.h"
#include "core/network/cfg.h"

namespace boxwright {

class ClassTree;

/// Channels, height, width of one picture's activations.
struct LayerShape {
  int channels = 0, height = 0, width = 0;

  std::size_t count() const { return std::size_t(channels) * height * width; }
  bool operator==(const LayerShape&) const = default;
};

enum class Activation { Linear, Leaky, Logistic, Relu };

/// The two batch norms there are (spec sections 2 and 3). EpsilonInside, ours: divides by
/// sqrt(v + 1e-5) as GPUs, cuDNN and PyTorch do, and trains with the biased variance and the exact
/// gradient. EpsilonOutside, Darknet's CPU code ("darknet-exact"): divides by sqrt(v) + 1e-6, and
/// trains with the variance over M - 1 and a backward of its own, O(1/M) off the exact one.
enum class BatchNormForm { EpsilonInside, EpsilonOutside };

/// D(variance), by which batch norm divides.
double normaliser(BatchNormForm form, double variance);

/// What backward divides by where forward divided by `divisor`: the same, but in Darknet's CPU code
/// sqrt(v + 1e-5).
double gradientNormaliser(BatchNormForm form, double divisor);

struct ConvolutionLayer {
  int filters = 1, size = 1, stride = 1, padding = 0, groups = 1;
  bool batchNormalize = false;
  Activation activation = Activation::Logistic;
};
struct MaxPoolLayer {
  int size = 1, stride = 1, padding = 0;  ///< padding is the total (spec 1)
};
/// Channel concatenation of Layer::inputs in order; with one input it passes it through.
struct RouteLayer {};
struct ReorgLayer {
  int stride = 1;
  bool reverse = false;
};
struct AveragePoolLayer {};
struct SoftmaxLayer {
  int groups = 1;
  double temperature = 1;
  std::string tree;                            ///< file of a class tree, as the cfg says
  std::shared_ptr<const ClassTree> classTree;  ///< as RegionLayer's
};
struct DropoutLayer {
  double probability = 0.5;
};
struct ShortcutLayer {
  Activation activation = Activation::Linear;
};
struct CostLayer {};

/// How the entries of a head say a box ([region] box_form=, a key of ours; core/yolo/box_form.h).
enum class BoxForm {
  Direct,   ///< YOLOv2: the centre within its cell, the size as a share of an anchor
  Offsets,  ///< the RPN: the centre as an offset in anchors from its cell's centre
  Yolo,     ///< YOLO: no anchors, the roots of width and height, one class distribution a cell
};

struct RegionLayer {
  int classes = 20, num = 1, coords = 4;
  bool softmax = false, background = false, biasMatch = false, rescore = false, random = false;
  double threshold = 0.5, jitter = 0.2;
  double coordScale = 1, objectScale = 1, noObjectScale = 1, classScale = 1;
  int maxTruths = 30;
  bool maxTruthsGiven = false;  ///< the cfg names `max`
  BoxForm boxForm = BoxForm::Direct;
  std::vector<Size> anchors;  ///< `num` of them, in cells of the head's stride; none with Yolo
  std::string tree, map;      ///< files of a class tree and its map (YOLO9000), as the cfg says
  /// What they hold, once they are read (network_tree.h): the tree, whose nodes the classes are,
  /// null without one; and the node of each class of the dataset that the cfg is made for.
  std::shared_ptr<const ClassTree> classTree;
  std::vector<int> classMap;
};

using LayerKind =
    std::variant<ConvolutionLayer, MaxPoolLayer, RouteLayer, ReorgLayer, AveragePoolLayer,
                 SoftmaxLayer, DropoutLayer, ShortcutLayer, CostLayer, RegionLayer>;

/// Host weights of one convolution, empty until initialised or loaded. `weights` is OIHW
/// [filters][channels / groups][size][size]; the rest one value a filter.
struct ConvolutionWeights {
  std::vector<float> weights, biases;                       ///< biases are beta with batch norm
  std::vector<float> scales, rollingMean, rollingVariance;  ///< batch norm only
};

struct Layer {
  int line = 0;  ///< of its section in the cfg
  std::string section;
  LayerKind kind;
  std::vector<int> inputs;   ///< layer indices; -1 is the network's input
  LayerShape input, output;  ///< at the network's current size (input of a route: of its first)
  double learningRateMultiplier = 1;
  bool dontLoad = false, dontSave = false, dontLoadScales = false, stopBackward = false;
  ConvolutionWeights weights;  ///< convolutions only
};

/// [net]'s training settings (spec sections 1 and 6).
struct NetSettings {
  int batch = 1, subdivisions = 1;
  int width = 0, height = 0, channels = 3;
  double learningRate = 0.001, momentum = 0.9, decay = 0.0001;
  std::string policy = "constant";
  int burnIn = 0, maxBatches = 0;
  double power = 4, step = 1, scale = 1, gamma = 1;
  std::vector<int> steps;
  std::vector<double> scales;
  double angle = 0, aspect = 1, saturation = 1, exposure = 1, hue = 0;
  double minRatio = 1, maxRatio = 2;  ///< of the shorter side to the input's, for classifiers
};

/// What a network answers: boxes, or the class of the picture as a whole.
enum class NetworkTask { Detection, Classification };

/// A graph of layers with shapes and host weights: what a cfg means. Layer i is cfg section i + 1.
/// A value; not shared between threads while it changes.
struct Network {
  std::string file;
  NetSettings net;
  std::vector<Layer> layers;

  const Layer* regionLayer() const;  ///< the last layer where it is [region], else null
  RegionLayer& region();             ///< throws Error when there is none
  const RegionLayer& region() const;
  std::uint64_t seen = 0;  ///< images trained on, from the weights file
};

/// Detection with [region] at the end, Classification with [softmax] (but for [cost]). Throws Error
/// for any other network.
NetworkTask taskOf(const Network& network);

/// How many classes the network tells apart: by [region], or by the values of [softmax]; 0 where it
/// has neither.
int classCountOf(const Network& network);

/// Builds the graph; unknown keys become Problems; an unknown section, a missing key, a value out
/// of range or a shape that does not fit throws Error naming layer, section, file and line. No
/// weights are made.
Network buildNetwork(const Cfg& cfg, std::vector<Problem>& problems);

/// Takes off the layers at the end that a loss does without: [softmax], whose logits it takes, and
/// [cost]. ([region] no session runs.)
void cutToHead(Network& network);

/// The largest side of the input that training, evaluation and detection may ask for.
inline constexpr int kLargestInput = 4096;

/// The same graph without its weights, for those who look at it only; never holds a second copy.
Network withoutWeights(const Network& network);

/// How many layers, of all kinds, two networks begin with alike: their weights fit each other.
int sharedLayers(const Network& a, const Network& b);

/// Recomputes every shape for another input size. Throws Error when it does not fit and leaves the
/// network as it was.
void resizeNetwork(Network& network, int width, int height);

/// Spec section 3's random start, a pure function of (network, seed).
void initialiseWeights(Network& network, std::uint64_t seed);

/// "direct", "offsets", "yolo": as box_form= says it.
const char* boxFormName(BoxForm form);

/// The channels that [region] wants before it, and the channel of entry `entry` (0 tx, 1 ty, 2 tw,
/// 3 th, 4 to, 5.. classes) of box `box`. With BoxForm::Yolo the classes follow all boxes and are
/// the same for each.
std::int64_t headChannels(const RegionLayer& region);
std::size_t headChannel(const RegionLayer& region, int box, int entry);

/// Input pixels to a cell of the last layer: 32 for the YOLOv2 family, 64 for YOLO's grid.
int strideOf(const Network& network);

/// 2 * multiply-adds of the convolutions for one picture (spec 14), stored floats (rolling
/// statistics included) and learned parameters (without them).
std::uint64_t operationsOf(const Network& network);
std::uint64_t storedFloatsOf(const Network& network);
std::uint64_t parametersOf(const Network& network);

/// The number of weights (without biases and batch norm) of a convolution; 0 for other layers.
std::size_t weightCountOf(const Layer& layer);

/// Batch norm folded into weights and biases (in double): what inference compiles. Dropout and cost
/// become routes of one input in their place, so that layer indices hold. A pure function; the
/// second form folds in place without a second copy of the weights. Throws Error naming a
/// convolution that has no weights yet.
Network fold(const Network& network, BatchNormForm form = BatchNormForm::EpsilonInside);
Network fold(Network&& network, BatchNormForm form = BatchNormForm::EpsilonInside);

/// "yolov2.cfg:123" and "layer 4 [convolutional]": how messages name a layer.
std::string placeOf(const Network& network, const Layer& layer);
std::string nameOf(const Network& network, const Layer& layer);

}  // namespace boxwright
