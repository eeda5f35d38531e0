// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/error.h"
#include "core/network/known_keys.h"
#include "core/network/layer_shape.h"
#include "core/network/network.h"

namespace boxwright {
namespace {

constexpr int kLargestSide = 65536;
constexpr int kLargestCount = 1 << 20;
constexpr std::uint64_t kLargestNetwork = std::uint64_t(1) << 30;  // floats; yolo9000 has 2^25.5

constexpr std::string_view kForeignActivations[] = {
    "elu",  "hardtan", "leaky_relu", "lhtan", "loggy", "mish", "plse",
    "ramp", "relie",   "selu",       "stair", "swish", "tanh",
};

/// Reads one section into a layer; what is wrong is said with layer, section, file and line.
class SectionReader {
 public:
  SectionReader(const Cfg& cfg, const CfgSection& section, std::string subject,
                std::vector<Problem>& problems)
      : cfg_(cfg), section_(section), subject_(std::move(subject)), problems_(problems) {}

  [[noreturn]] void fail(const std::string& what, const std::string& advice = {},
                         std::string_view key = {}) const {
    throw Error(subject_ + ": " + what, cfg_.file + ":" + std::to_string(lineOf(key)), advice);
  }
  void report(Severity severity, const std::string& what, std::string_view key = {}) const {
    problems_.push_back({cfg_.file, lineOf(key), severity, subject_ + ": " + what});
  }

  int integer(std::string_view key, int fallback, int least, int most) const {
    const int value = section_.integer(key, fallback);
    if (value < least || value > most) {
      fail(std::string(key) + "=" + std::to_string(value) + " is not between " +
               std::to_string(least) + " and " + std::to_string(most),
           {}, key);
    }
    return value;
  }
  int required(std::string_view key, int least, int most) const {
    if (!section_.find(key)) {
      fail("the key " + std::string(key) + " is missing", "add " + std::string(key) + "=");
    }
    return integer(key, 0, least, most);
  }
  /// Taken as Darknet does, but said.
  int defaulted(std::string_view key, int fallback, int least, int most) const {
    if (!section_.find(key)) {
      report(Severity::Warning,
             "the key " + std::string(key) + " is missing, taken as " + std::to_string(fallback));
    }
    return integer(key, fallback, least, most);
  }
  bool flag(std::string_view key) const { return section_.integer(key, 0) != 0; }
  double number(std::string_view key, double fallback) const {
    const double value = section_.number(key, fallback);
    if (!std::isfinite(value)) fail(std::string(key) + " is not a finite number", {}, key);
    return value;
  }
  std::vector<double> numbers(std::string_view key) const {
    std::vector<double> list = section_.numbers(key);
    for (const double value : list) {
      if (!std::isfinite(value))
        fail(std::string(key) + " holds what is no finite number", {}, key);
    }
    return list;
  }
  std::string text(std::string_view key) const { return section_.text(key, {}); }
  bool has(std::string_view key) const { return section_.find(key) != nullptr; }
  void refuse(std::string_view key) const {
    if (flag(key)) fail(std::string(key) + " is not supported", {}, key);
  }

  Activation activation(Activation fallback) const {
    const std::string* const name = section_.find("activation");
    if (!name) return fallback;
    if (*name == "linear") return Activation::Linear;
    if (*name == "leaky") return Activation::Leaky;
    if (*name == "logistic") return Activation::Logistic;
    if (*name == "relu") return Activation::Relu;
    for (const std::string_view foreign : kForeignActivations) {
      if (*name == foreign) {
        fail("activation=" + *name + " is not supported",
             "the YOLOv2 family uses leaky and linear; logistic and relu are there too",
             "activation");
      }
    }
    report(Severity::Warning, "the activation " + *name + " is unknown, taken as relu",
           "activation");
    return Activation::Relu;
  }

  ConvolutionLayer convolution() const {
    ConvolutionLayer layer;
    layer.filters = defaulted("filters", 1, 1, kLargestCount);
    layer.size = defaulted("size", 1, 1, 1024);
    layer.stride = integer("stride", 1, 1, 1024);
    layer.padding = flag("pad") ? layer.size / 2 : integer("padding", 0, 0, 1024);
    layer.groups = integer("groups", 1, 1, kLargestCount);
    layer.batchNormalize = flag("batch_normalize");
    layer.activation = activation(Activation::Logistic);
    refuse("binary");
    refuse("xnor");
    refuse("flipped");
    return layer;
  }
  MaxPoolLayer maxPool() const {
    MaxPoolLayer layer;
    layer.stride = integer("stride", 1, 1, 1024);
    layer.size = integer("size", layer.stride, 1, 1024);
    layer.padding = integer("padding", layer.size - 1, 0, 2048);
    // Beyond this a window could lie wholly outside the picture.
    if ((layer.padding + 1) / 2 >= layer.size && layer.padding > 0) {
      fail("padding=" + std::to_string(layer.padding) + " is too large for size " +
               std::to_string(layer.size),
           {}, "padding");
    }
    return layer;
  }
  ReorgLayer reorg() const {
    refuse("flatten");
    refuse("extra");
    return {integer("stride", 1, 1, 1024), flag("reverse")};
  }
  SoftmaxLayer softmax() const {
    SoftmaxLayer layer;
    layer.groups = integer("groups", 1, 1, kLargestCount);
    layer.temperature = number("temperature", 1);
    if (layer.temperature <= 0) fail("temperature is not positive", {}, "temperature");
    refuse("spatial");
    layer.tree = text("tree");
    return layer;
  }
  DropoutLayer dropout() const {
    const double probability = number("probability", 0.5);
    if (probability < 0 || probability >= 1) {
      fail("probability is not in [0, 1)", {}, "probability");
    }
    return {probability};
  }
  ShortcutLayer shortcut() const {
    if (number("alpha", 1) != 1) fail("alpha other than 1 is not supported", {}, "alpha");
    if (number("beta", 1) != 1) fail("beta other than 1 is not supported", {}, "beta");
    return {activation(Activation::Linear)};
  }
  RegionLayer region() const {
    RegionLayer layer;
    layer.coords = integer("coords", 4, 4, 4);
    layer.classes = integer("classes", 20, 1, kLargestCount);
    layer.num = integer("num", 1, 1, 1024);
    layer.softmax = flag("softmax");
    layer.background = flag("background");
    layer.biasMatch = flag("bias_match");
    layer.rescore = flag("rescore");
    layer.random = flag("random");
    layer.threshold = number("thresh", 0.5);
    layer.jitter = number("jitter", 0.2);
    if (layer.jitter < 0 || layer.jitter >= 1) fail("jitter is not in [0, 1)", {}, "jitter");
    layer.coordScale = scale("coord_scale");
    layer.objectScale = scale("object_scale");
    layer.noObjectScale = scale("noobject_scale");
    layer.classScale = scale("class_scale");
    layer.maxTruths = integer("max", 30, 1, kLargestCount);
    layer.maxTruthsGiven = has("max");
    layer.tree = text("tree");
    layer.map = text("map");
    layer.boxForm = boxForm();
    if (layer.boxForm != BoxForm::Yolo) {
      readAnchors(layer);
    } else if (layer.background || !layer.tree.empty()) {
      fail("box_form=yolo has neither a background nor a class tree", {}, "box_form");
    } else if (has("anchors")) {
      report(Severity::Note, "box_form=yolo has no anchors: the list is ignored", "anchors");
    }
    return layer;
  }

  /// Layer indices as written, negative ones counted from layer `own`; each must lie before it.
  std::vector<int> layersBefore(std::string_view key, int own) const {
    std::vector<int> indices;
    for (const double value : numbers(key)) {
      const double index = std::trunc(value) + (value < 0 ? own : 0);
      if (index < 0 || index >= own) {
        const std::string range = own == 0
                                      ? "there is no layer before it"
                                      : "the layers before it are 0 to " + std::to_string(own - 1);
        const double shown = std::trunc(value);
        fail(
            "it names layer " +
                (std::abs(shown) < 1e9 ? std::to_string(int(shown)) : std::string("beyond range")) +
                ", but " + range,
            {}, key);
      }
      indices.push_back(int(index));
    }
    return indices;
  }

 private:
  int lineOf(std::string_view key) const {
    for (const CfgOption& option : section_.options) {
      if (option.key == key && option.line > 0) return option.line;
    }
    return section_.line;
  }
  BoxForm boxForm() const {
    const std::string name = has("box_form") ? text("box_form") : "direct";
    for (const BoxForm form : {BoxForm::Direct, BoxForm::Offsets, BoxForm::Yolo})
      if (name == boxFormName(form)) return form;
    // What it means to say cannot be guessed, and every box would lie elsewhere.
    fail("box_form=" + name + " is unknown", "direct, offsets or yolo", "box_form");
  }
  double scale(std::string_view key) const {
    const double value = number(key, 1);
    if (value < 0) fail(std::string(key) + " is negative", {}, key);
    return value;
  }
  void readAnchors(RegionLayer& layer) const {
    const std::vector<double> values = numbers("anchors");
    const std::size_t wanted = 2 * std::size_t(layer.num);
    if (has("anchors") && values.size() < wanted) {
      report(Severity::Warning,
             "num=" + std::to_string(layer.num) + " wants " + std::to_string(wanted) +
                 " anchor numbers, there are " + std::to_string(values.size()) +
                 ": the rest is 0.5",
             "anchors");
    } else if (values.size() > wanted) {
      report(Severity::Note,
             "the anchor list is longer than num=" + std::to_string(layer.num) +
                 ": the first are used",
             "anchors");
    }
    const auto at = [&](std::size_t i) { return i < values.size() ? values[i] : 0.5; };
    for (std::size_t i = 0; i < wanted; i += 2) {
      const Size anchor{at(i), at(i + 1)};
      if (!(anchor.width > 0 && anchor.height > 0)) {
        fail("anchor " + std::to_string(i / 2) + " is not positive",
             "anchors are widths and heights in cells", "anchors");
      }
      layer.anchors.push_back(anchor);
    }
  }

  const Cfg& cfg_;
  const CfgSection& section_;
  std::string subject_;
  std::vector<Problem>& problems_;
};

NetSettings readNet(const SectionReader& reader) {
  NetSettings net;
  net.batch = reader.integer("batch", 1, 1, kLargestCount);
  net.subdivisions = reader.integer("subdivisions", 1, 1, kLargestCount);
  if (net.subdivisions > net.batch) {
    reader.report(Severity::Warning, "subdivisions is larger than batch, taken as batch",
                  "subdivisions");
    net.subdivisions = net.batch;
  }
  net.width = reader.required("width", 1, kLargestSide);
  net.height = reader.required("height", 1, kLargestSide);
  net.channels = reader.required("channels", 1, kLargestSide);
  // Shares win over pixels; the defaults are Darknet's (spec 1).
  const double width = net.width;
  net.maxRatio = reader.number("max_ratio", reader.number("max_crop", 2 * width) / width);
  net.minRatio = reader.number("min_ratio", reader.number("min_crop", width) / width);
  net.learningRate = reader.number("learning_rate", 0.001);
  net.momentum = reader.number("momentum", 0.9);
  net.decay = reader.number("decay", 0.0001);
  net.policy = reader.has("policy") ? reader.text("policy") : "constant";
  bool known = false;
  for (const std::string_view policy :
       {"constant", "step", "exp", "poly", "steps", "sigmoid", "random"}) {
    known = known || net.policy == policy;
  }
  if (!known) {
    reader.report(Severity::Warning, "the policy " + net.policy + " is unknown, taken as constant",
                  "policy");
    net.policy = "constant";
  }
  constexpr int most = std::numeric_limits<int>::max();
  net.burnIn = reader.integer("burn_in", 0, 0, most);
  net.maxBatches = reader.integer("max_batches", 0, 0, most);
  net.power = reader.number("power", 4);
  net.step = reader.number("step", 1);
  net.scale = reader.number("scale", 1);
  net.gamma = reader.number("gamma", 1);
  for (const double step : reader.numbers("steps")) {
    if (std::abs(step) > most) reader.fail("steps holds a number beyond range", {}, "steps");
    net.steps.push_back(int(step));
  }
  net.scales = reader.numbers("scales");
  if (net.policy == "steps" && (net.steps.empty() || net.steps.size() != net.scales.size())) {
    reader.fail("policy=steps wants as many scales as steps: " + std::to_string(net.steps.size()) +
                    " steps, " + std::to_string(net.scales.size()) + " scales",
                {}, "steps");
  }
  net.angle = reader.number("angle", 0);
  net.aspect = reader.number("aspect", 1);
  net.saturation = reader.number("saturation", 1);
  net.exposure = reader.number("exposure", 1);
  net.hue = reader.number("hue", 0);
  return net;
}

LayerKind readKind(const SectionReader& reader, const std::string& name) {
  if (name == "convolutional") return reader.convolution();
  if (name == "maxpool") return reader.maxPool();
  if (name == "route") return RouteLayer{};
  if (name == "reorg") return reader.reorg();
  if (name == "avgpool") return AveragePoolLayer{};
  if (name == "softmax") return reader.softmax();
  if (name == "region") return reader.region();
  if (name == "cost") return CostLayer{};
  if (name == "dropout") return reader.dropout();
  if (name == "shortcut") return reader.shortcut();
  if (name == "crop") {
    reader.fail("this section is not supported", "remove it: pictures come at the input size");
  }
  reader.fail("a second [net] section", "a cfg has one network");
}

std::vector<int> readInputs(const SectionReader& reader, const LayerKind& kind, int index) {
  if (std::holds_alternative<RouteLayer>(kind)) {
    if (!reader.has("layers")) {
      reader.fail("the key layers is missing", "name the layers to join, as in layers=-1,8");
    }
    std::vector<int> inputs = reader.layersBefore("layers", index);
    if (inputs.empty()) reader.fail("layers names no layer", {}, "layers");
    if (inputs.size() > 1024) reader.fail("layers names too many layers", {}, "layers");
    return inputs;
  }
  if (std::holds_alternative<ShortcutLayer>(kind)) {
    if (!reader.has("from")) {
      reader.fail("the key from is missing", "name the layer to add, as in from=-3");
    }
    const std::vector<int> from = reader.layersBefore("from", index);
    if (from.size() != 1) reader.fail("from does not name one layer", {}, "from");
    return {index - 1, from.front()};
  }
  return {index - 1};
}

}  // namespace

Network buildNetwork(const Cfg& cfg, std::vector<Problem>& problems) {
  if (cfg.sections.empty()) {
    throw Error("the cfg holds no section", cfg.file, "a cfg begins with [net]");
  }
  const CfgSection& first = cfg.sections.front();
  if (sectionNamed(first.name) != "net") {
    throw Error("the first section is [" + first.name + "], not [net]",
                cfg.file + ":" + std::to_string(first.line));
  }
  if (cfg.sections.size() == 1) {
    throw Error("the cfg has no layers", cfg.file, "sections after [net] are the layers");
  }
  if (cfg.sections.size() > 10000) {
    throw Error("the cfg has more than 10,000 sections", cfg.file);
  }
  Network network;
  network.file = cfg.file;
  checkKeys(cfg, first, "net", problems);
  network.net = readNet(SectionReader(cfg, first, "[net]", problems));
  network.layers.reserve(cfg.sections.size() - 1);
  std::uint64_t floats = 0;
  for (std::size_t i = 1; i < cfg.sections.size(); ++i) {
    const CfgSection& section = cfg.sections[i];
    const int index = int(i) - 1;
    const std::string subject = "layer " + std::to_string(index) + " [" + section.name + "]";
    const SectionReader reader(cfg, section, subject, problems);
    const std::optional<std::string> name = sectionNamed(section.name);
    if (!name) {
      reader.fail("unknown section",
                  "the YOLOv2 family has convolutional, maxpool, route, reorg, avgpool, softmax, "
                  "region, cost, dropout and shortcut");
    }
    if (network.regionLayer()) reader.fail("[region] must be the last layer");
    checkKeys(cfg, section, *name, problems);
    Layer layer;
    layer.line = section.line;
    layer.section = *name;
    layer.kind = readKind(reader, *name);
    layer.inputs = readInputs(reader, layer.kind, index);
    layer.learningRateMultiplier = reader.number("learning_rate", 1);
    layer.dontLoad = reader.flag("dontload");
    layer.dontSave = reader.flag("dontsave");
    layer.dontLoadScales = reader.flag("dontloadscales");
    layer.stopBackward = reader.flag("stopbackward");
    reader.refuse("numload");
    network.layers.push_back(std::move(layer));
    shapeLayer(network, network.layers.size() - 1);
    floats += weightCountOf(network.layers.back());
    if (floats > kLargestNetwork) {
      reader.fail("the network has more than " + std::to_string(kLargestNetwork) + " weights here");
    }
  }
  return network;
}

}  // namespace boxwright
