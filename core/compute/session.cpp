// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/session.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/compute/layer_parameters.h"
#include "core/compute/memory_plan.h"

namespace boxwright {
namespace {

/// One tensor of the graph and where it lies in the arena.
struct Slot {
  TensorSpec spec;
  int producer = -1;         ///< node, -1: the network's input
  std::vector<int> readers;  ///< nodes, in order
  bool needsGradient = false;
  int layer = -1;
  void* data = nullptr;
  void* gradient = nullptr;
};

struct Node {
  std::unique_ptr<Op> op;
  int layer = -1;
  std::string name;
  std::vector<int> inputs;  ///< slots
  int output = -1;
  bool learns = false;  ///< runs backward
  void* saved = nullptr;
  void* forwardScratch = nullptr;  ///< memory of one call each
  void* backwardScratch = nullptr;
  // What a call needs, made once.
  std::vector<Tensor> inputTensors, inputGradients;
  std::vector<GradientUse> uses;
  OpTensors tensors;
  std::string traced;  ///< what a trace calls it
};

/// A part of a step, which the device is given as one piece once it is known to run again.
struct Part {
  std::unique_ptr<Recording> recording;
  int runs = 0;
};

OpSpec specOf(const LayerKind& kind) {
  if (const auto* pool = std::get_if<MaxPoolLayer>(&kind)) return MaxPoolBlock{*pool};
  if (std::holds_alternative<RouteLayer>(kind)) return ConcatBlock{};
  if (const auto* reorg = std::get_if<ReorgLayer>(&kind)) return ReorgBlock{*reorg};
  if (std::holds_alternative<AveragePoolLayer>(kind)) return AveragePoolBlock{};
  if (const auto* softmax = std::get_if<SoftmaxLayer>(&kind)) return SoftmaxBlock{*softmax};
  if (const auto* shortcut = std::get_if<ShortcutLayer>(&kind))
    return AddBlock{shortcut->activation};
  throw Error("No block for this layer");
}

/// The layer for readers of a trace, the same at every input size.
std::string tracedName(const Network& network, int index) {
  if (index < 0) return "output";
  const Layer& layer = network.layers[static_cast<std::size_t>(index)];
  std::string name = nameOf(network, layer);
  if (const auto* convolution = std::get_if<ConvolutionLayer>(&layer.kind)) {
    const std::string side = std::to_string(convolution->size);
    name += " " + side + "x" + side + ", " + std::to_string(layer.input.channels) + " to " +
            std::to_string(layer.output.channels);
  }
  return name;
}

}  // namespace

struct Session::Plan {
  Backend* backend = nullptr;
  Parameters* parameters = nullptr;  ///< training
  SessionOptions options;
  Precision precision;
  int width = 0, height = 0;
  StepNumbers step;
  std::vector<Slot> slots;
  std::vector<Node> nodes;
  std::vector<int> slotOfLayer;
  std::shared_ptr<void> arena;
  std::size_t arenaBytes = 0;
  std::pmr::vector<float> head;
  std::vector<double> head64;
  bool recordable = false;
  Part forwardPart, backwardPart;

  Plan(Backend& device, const SessionOptions& wanted)
      : backend(&device),
        options(wanted),
        precision(wanted.precision.value_or(device.precision())),
        head(device.hostMemory()) {}

  bool training() const { return options.mode == Mode::Training; }

  OpContext context(std::string name) const {
    return {options.mode, precision, options.threads, training() ? &step : nullptr,
            std::move(name)};
  }

  int addSlot(TensorSpec spec, int producer, int layer) {
    Slot slot;
    slot.spec = std::move(spec);
    slot.producer = producer;
    slot.layer = layer;
    slots.push_back(std::move(slot));
    return static_cast<int>(slots.size()) - 1;
  }

  int addNode(const OpSpec& spec, const std::vector<int>& inputs, int layer, std::string name,
              bool hasParameters) {
    std::vector<TensorSpec> specs;
    bool learns = hasParameters;
    const int index = static_cast<int>(nodes.size());
    for (const int input : inputs) {
      Slot& slot = slots[static_cast<std::size_t>(input)];
      specs.push_back(slot.spec);
      slot.readers.push_back(index);
      learns = learns || slot.needsGradient;
    }
    Node node;
    node.op = backend->prepare(spec, specs, context(name));
    node.layer = layer;
    node.name = std::move(name);
    node.inputs = inputs;
    node.learns = learns && training();
    node.output = addSlot(node.op->outputSpec(), index, layer);
    slots[static_cast<std::size_t>(node.output)].needsGradient = node.learns;
    nodes.push_back(std::move(node));
    return nodes.back().output;
  }

  /// The max-pool behind convolution `index` where it is its only reader and the backend gains by
  /// doing both in one.
  const MaxPoolLayer* joinedPool(const Network& network, int index) const {
    const auto next = static_cast<std::size_t>(index) + 1;
    if (!training() || options.keepAll || next >= network.layers.size()) return nullptr;
    const auto* pool = std::get_if<MaxPoolLayer>(&network.layers[next].kind);
    const auto& convolution = std::get<ConvolutionLayer>(network.layers[next - 1].kind);
    if (!pool || !backend->joinsPool(convolution, *pool)) return nullptr;
    if (network.layers[next].stopBackward) return nullptr;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
      const std::vector<int>& inputs = network.layers[i].inputs;
      const auto readers = std::count(inputs.begin(), inputs.end(), index);
      if (readers != (i == next ? 1 : 0)) return nullptr;
    }
    return pool;
  }

  void build(const Network& network,
             const std::function<ConvolutionParameters(int)>& parametersOf) {
    width = options.width > 0 ? options.width : network.net.width;
    height = options.height > 0 ? options.height : network.net.height;
    if (width <= 0 || height <= 0 || options.batch <= 0) {
      throw Error("A session needs a size and a batch of at least 1", network.file);
    }
    const Shape inputShape{options.batch, network.net.channels, height, width};
    addSlot(backend->plainSpec(inputShape, precision), -1, -1);
    const int frozen = training() ? lastFrozenLayer(network) : -1;
    int last = 0;
    int joined = -1;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
      const Layer& layer = network.layers[i];
      const int index = static_cast<int>(i);
      if (std::holds_alternative<RegionLayer>(layer.kind)) break;
      std::vector<int> inputs;
      for (const int from : layer.inputs) {
        inputs.push_back(from < 0 ? 0 : slotOfLayer.at(static_cast<std::size_t>(from)));
      }
      if (inputs.empty()) throw Error("A layer without input", layerName(network, index));
      const bool passes =
          std::holds_alternative<CostLayer>(layer.kind) ||
          (std::holds_alternative<RouteLayer>(layer.kind) && inputs.size() == 1) ||
          (std::holds_alternative<DropoutLayer>(layer.kind) && (!training() || index <= frozen));
      if (passes) {
        slotOfLayer.push_back(inputs.front());
        last = inputs.front();
        continue;
      }
      const std::string name = layerName(network, index);
      if (joined == index) {  // this max-pool is in the convolution before it
        slotOfLayer.push_back(last);
        continue;
      }
      if (const auto* convolution = std::get_if<ConvolutionLayer>(&layer.kind)) {
        ConvolutionBlock block{
            *convolution,        options.batchNorm,
            parametersOf(index), slots[static_cast<std::size_t>(inputs.front())].needsGradient,
            std::nullopt,        index <= frozen};
        if (const MaxPoolLayer* pool = joinedPool(network, index)) {
          block.pool = *pool;
          joined = index + 1;
        }
        last = addNode(block, inputs, index, name, index > frozen);
      } else if (const auto* dropout = std::get_if<DropoutLayer>(&layer.kind)) {
        const std::uint64_t seed = options.seed * 0x9e3779b97f4a7c15ULL + i;
        last = addNode(DropoutBlock{dropout->probability, seed}, inputs, index, name, false);
      } else {
        last = addNode(specOf(layer.kind), inputs, index, name, false);
      }
      if (index <= frozen) {
        nodes.back().learns = false;
        slots[static_cast<std::size_t>(last)].needsGradient = false;
      }
      slotOfLayer.push_back(last);
    }
    addNode(OutputBlock{}, {last}, -1, "output", false);
    for (Node& node : nodes)
      node.traced = tracedName(network, node.layer);
    placeTensors();
    recordable = !options.trace && std::all_of(nodes.begin(), nodes.end(), [](const Node& node) {
      return node.op->isRecordable();
    });
  }

  /// Finds every buffer's life in the schedule (forward of node i at step i, its backward at step
  /// 2N-1-i), lays them out in one arena and makes the argument lists of all calls.
  void placeTensors() {
    const int count = static_cast<int>(nodes.size());
    const int end = 2 * count;
    const auto backwardStep = [&](int node) { return 2 * count - 1 - node; };
    std::vector<Lifetime> lives;
    std::vector<void**> places;
    const auto add = [&](std::size_t bytes, int first, int lastStep, void** place) {
      if (bytes == 0) return;
      lives.push_back({bytes, first, lastStep});
      places.push_back(place);
    };
    for (Slot& slot : slots) {
      int lastStep = slot.producer;
      for (const int reader : slot.readers) {
        const Node& node = nodes[static_cast<std::size_t>(reader)];
        const bool again = node.learns && node.op->backwardReadsInputs();
        lastStep = std::max(lastStep, again ? backwardStep(reader) : reader);
      }
      if (slot.producer >= 0) {
        const Node& node = nodes[static_cast<std::size_t>(slot.producer)];
        if (node.learns && node.op->backwardReadsOutput()) {
          lastStep = std::max(lastStep, backwardStep(slot.producer));
        }
      }
      const bool isInput = slot.producer < 0, isHead = slot.readers.empty();
      if (options.keepAll || isHead || (isInput && options.repeatable)) lastStep = end;
      add(slot.spec.bytes, std::max(0, slot.producer), lastStep, &slot.data);
      if (slot.needsGradient) {
        const bool stays = isHead && options.repeatable;
        const int first = stays ? 0 : isHead ? count : backwardStep(slot.readers.back());
        add(slot.spec.bytes, first, stays ? end : backwardStep(slot.producer), &slot.gradient);
      }
    }
    for (int i = 0; i < count; ++i) {
      Node& node = nodes[static_cast<std::size_t>(i)];
      add(node.op->scratchBytes(), i, i, &node.forwardScratch);
      if (node.learns)
        add(node.op->scratchBytes(), backwardStep(i), backwardStep(i), &node.backwardScratch);
      add(node.op->savedBytes(), i, node.learns ? backwardStep(i) : i, &node.saved);
    }

    const MemoryPlan plan = planMemory(lives);
    arenaBytes = plan.bytes;
    if (parameters)
      arena = parameters->activationMemory(plan.bytes);
    else if (options.lender)
      arena = options.lender->lendActivationMemory(plan.bytes);
    if (!arena) {
      arena = backend->allocate(plan.bytes);
      options.lender = nullptr;
    }
    for (std::size_t k = 0; k < places.size(); ++k) {
      *places[k] = static_cast<char*>(arena.get()) + plan.offsets[k];
    }
    std::vector<char> hasGradient(slots.size(), 0);
    for (int i = count - 1; i >= 0; --i) {
      Node& node = nodes[static_cast<std::size_t>(i)];
      // A branch that does not reach the head gets no gradient and has none to give.
      const bool isHead = i == count - 1;
      if (!isHead && !hasGradient[static_cast<std::size_t>(node.output)]) node.learns = false;
      for (const int input : node.inputs) {
        const auto at = static_cast<std::size_t>(input);
        const Slot& slot = slots[at];
        node.inputTensors.push_back({slot.spec, slot.data});
        node.inputGradients.push_back({slot.spec, slot.gradient});
        if (!slot.needsGradient || !node.learns) {
          node.uses.push_back(GradientUse::None);
        } else {
          node.uses.push_back(hasGradient[at] ? GradientUse::Add : GradientUse::Write);
          hasGradient[at] = 1;
        }
      }
      const Slot& out = slots[static_cast<std::size_t>(node.output)];
      node.tensors.inputs = node.inputTensors;
      node.tensors.output = {out.spec, out.data};
      node.tensors.outputGradient = {out.spec, out.gradient};
      node.tensors.inputGradients = node.inputGradients;
      node.tensors.uses = node.uses;
      node.tensors.saved = node.saved;
    }
  }

  /// The first time op by op, which prepares what is prepared but once; then as recorded, where
  /// the device gains by it.
  void run(Part& part, const std::function<void()>& work) const {
    if (recordable && part.runs++ == 1) part.recording = backend->record(work);
    if (part.recording) {
      part.recording->run();
    } else {
      work();
    }
    backend->wait();
  }

  void runForward() {
    if (parameters) parameters->stepOwner_ = this;
    if (options.lender) options.lender->stepOwner_ = this;
    if (training()) backend->stepBegins(step);
    const Trace::Span all(options.trace, "forward");
    run(forwardPart, [this] {
      for (Node& node : nodes) {
        const Trace::Span span(options.trace, node.traced);
        node.tensors.scratch = node.forwardScratch;
        node.op->forward(node.tensors);
        if (options.trace) backend->wait();
      }
    });
  }

  void runBackward() {
    const Trace::Span all(options.trace, "backward");
    run(backwardPart, [this] {
      for (std::size_t i = nodes.size(); i-- > 0;) {
        Node& node = nodes[i];
        if (!node.learns) continue;
        const Trace::Span span(options.trace, node.traced);
        node.tensors.scratch = node.backwardScratch;
        node.op->backward(node.tensors);
        if (options.trace) backend->wait();
      }
    });
    parameters->stepOwner_ = nullptr;  // what forward saved is used up
  }

  void checkStep() const {
    if (!training()) throw Error("This session only infers: it has no backward");
    if (parameters->stepOwner_ != this) {
      throw Error("Backward without a forward of the same session before it");
    }
  }

  void checkRepeatable() const {
    if (!options.repeatable) throw Error("This session does not keep what it was given");
  }

  void checkSize(std::size_t found, std::size_t expected, const char* what) const {
    if (found == expected) return;
    throw Error(std::string(what) + " has " + std::to_string(found) + " numbers where " +
                std::to_string(expected) + " belong");
  }

  const Slot& headSlot() const { return slots.back(); }
  Tensor inputTensor() const { return {slots.front().spec, slots.front().data}; }
};

Session::Session(Parameters& parameters, const Network& network, const SessionOptions& options)
    : plan_(std::make_unique<Plan>(parameters.backend(), options)) {
  plan_->parameters = &parameters;
  plan_->options.mode = Mode::Training;
  plan_->precision = parameters.precision();
  const ComputeScope scope(options.threads);
  plan_->build(network, [&](int index) { return parameters.of(index); });
}

Session::Session(Backend& backend, Network&& network, const SessionOptions& options)
    : plan_(std::make_unique<Plan>(backend, options)) {
  plan_->options.mode = Mode::Inference;
  const ComputeScope scope(options.threads);
  plan_->build(network, [&](int index) {
    ConvolutionParameters made =
        makeLayerParameters(backend, network, index, false, plan_->precision);
    network.layers[static_cast<std::size_t>(index)].weights = {};
    return made;
  });
}

Session::~Session() {
  if (!plan_) return;
  for (Parameters* const shared : {plan_->parameters, plan_->options.lender})
    if (shared && shared->stepOwner_ == plan_.get()) shared->stepOwner_ = nullptr;
}

Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

int Session::batch() const {
  return plan_->options.batch;
}
int Session::width() const {
  return plan_->width;
}
int Session::height() const {
  return plan_->height;
}
Shape Session::headShape() const {
  return plan_->headSlot().spec.shape;
}

void Session::forward(std::span<const float> input, std::span<const std::int32_t> planes) {
  const ComputeScope scope(plan_->options.threads);
  plan_->checkSize(input.size(), plan_->slots.front().spec.shape.count(), "The input");
  plan_->backend->upload(input, plan_->inputTensor());
  plan_->runForward();
  const Tensor head{plan_->headSlot().spec, plan_->headSlot().data};
  if (!plan_->backend->hostView(head)) {
    plan_->head.resize(head.spec.shape.count());
    if (planes.empty())
      plan_->backend->download(head, plan_->head);
    else
      plan_->backend->downloadPlanes(head, planes, plan_->head);
  }
}

void Session::forwardAgain() {
  const ComputeScope scope(plan_->options.threads);
  plan_->checkRepeatable();
  plan_->runForward();
}

void Session::backwardAgain() {
  const ComputeScope scope(plan_->options.threads);
  plan_->checkRepeatable();
  plan_->checkStep();
  plan_->runBackward();
}

bool Session::isRecorded() const {
  return plan_->forwardPart.recording && (!plan_->training() || plan_->backwardPart.recording);
}

std::span<const float> Session::head() const {
  const Tensor head{plan_->headSlot().spec, plan_->headSlot().data};
  if (const float* view = plan_->backend->hostView(head)) return {view, head.spec.shape.count()};
  return plan_->head;
}

void Session::backward(std::span<const float> headGradient, std::span<const std::int32_t> planes) {
  const ComputeScope scope(plan_->options.threads);
  const Slot& head = plan_->headSlot();
  plan_->checkStep();
  plan_->checkSize(headGradient.size(), head.spec.shape.count(), "The head's gradient");
  if (!head.needsGradient) return;
  const Tensor gradient{head.spec, head.gradient};
  if (planes.empty())
    plan_->backend->upload(headGradient, gradient);
  else
    plan_->backend->uploadPlanes(headGradient, planes, gradient);
  plan_->runBackward();
}

void Session::forward64(std::span<const double> input) {
  const ComputeScope scope(plan_->options.threads);
  plan_->checkSize(input.size(), plan_->slots.front().spec.shape.count(), "The input");
  plan_->backend->upload64(input, plan_->inputTensor());
  plan_->runForward();
  const Tensor head{plan_->headSlot().spec, plan_->headSlot().data};
  plan_->head64.resize(head.spec.shape.count());
  plan_->backend->download64(head, plan_->head64);
}

std::span<const double> Session::head64() const {
  return plan_->head64;
}

void Session::backward64(std::span<const double> headGradient) {
  const ComputeScope scope(plan_->options.threads);
  const Slot& head = plan_->headSlot();
  plan_->checkStep();
  plan_->checkSize(headGradient.size(), head.spec.shape.count(), "The head's gradient");
  if (!head.needsGradient) return;
  plan_->backend->upload64(headGradient, {head.spec, head.gradient});
  plan_->runBackward();
}

StepNumbers& Session::step() {
  return plan_->step;
}

std::vector<float> Session::layerOutput(int index) const {
  if (!plan_->options.keepAll) throw Error("This session does not keep its layers' outputs");
  const Slot& slot =
      plan_
          ->slots[static_cast<std::size_t>(plan_->slotOfLayer.at(static_cast<std::size_t>(index)))];
  std::vector<float> values(slot.spec.shape.count());
  plan_->backend->download({slot.spec, slot.data}, values);
  return values;
}

Shape Session::layerShape(int index) const {
  const int slot = plan_->slotOfLayer.at(static_cast<std::size_t>(index));
  return plan_->slots[static_cast<std::size_t>(slot)].spec.shape;
}

std::size_t Session::memoryBytes() const {
  return plan_->arenaBytes;
}

}  // namespace boxwright
