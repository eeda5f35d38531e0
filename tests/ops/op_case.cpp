// SPDX-License-Identifier: GPL-3.0-or-later
#include "op_case.h"

#include <algorithm>
#include <bit>

#include "core/base/random.h"

namespace boxwright {
namespace {

ConvolutionBlock convolution(int filters, int size, int stride, int padding, int groups, bool norm,
                             Activation activation) {
  ConvolutionBlock block;
  block.layer = {filters, size, stride, padding, groups, norm, activation};
  return block;
}

OpCase convolutionCase(const std::string& name, const ConvolutionBlock& block, const Shape& input,
                       GradientUse use = GradientUse::Write) {
  OpCase opCase{name, block, {input}, {use}, false};
  std::get<ConvolutionBlock>(opCase.spec).inputNeedsGradient = use != GradientUse::None;
  return opCase;
}

OpCase poolCase(const std::string& name, const MaxPoolLayer& layer, const Shape& input,
                GradientUse use = GradientUse::Write) {
  return {name, MaxPoolBlock{layer}, {input}, {use}, false};
}

/// The layout that a convolution of this backend would leave a tensor of `shape` in.
TensorSpec producedSpec(Backend& backend, const Shape& shape, const OpContext& context) {
  const auto produce = [&](const TensorSpec& input, int filters, int size) {
    ConvolutionBlock block = convolution(filters, size, 1, size / 2, 1, false, Activation::Linear);
    block.parameters.weights =
        makeParameter(backend, {filters, input.shape.c, size, size}, true, context.precision);
    block.parameters.biases = makeParameter(backend, {filters}, true, context.precision);
    return backend.prepare(block, {&input, 1}, context)->outputSpec();
  };
  const TensorSpec picture = backend.plainSpec({shape.n, 3, shape.h, shape.w}, context.precision);
  return produce(produce(picture, 16, 3), shape.c, 1);
}

}  // namespace

std::vector<OpCase> opCases() {
  using enum Activation;
  std::vector<OpCase> cases;
  cases.push_back(convolutionCase("firstLayer", convolution(16, 3, 1, 1, 1, true, Leaky),
                                  {3, 3, 13, 11}, GradientUse::None));
  cases.push_back(
      convolutionCase("norm3x3", convolution(32, 3, 1, 1, 1, true, Leaky), {2, 16, 9, 7}));
  cases.push_back(convolutionCase("norm3x3Add", convolution(32, 3, 1, 1, 1, true, Leaky),
                                  {2, 16, 9, 7}, GradientUse::Add));
  cases.push_back(
      convolutionCase("norm1x1", convolution(64, 1, 1, 0, 1, true, Leaky), {3, 32, 5, 5}));
  cases.push_back(
      convolutionCase("normOddChannels", convolution(19, 3, 1, 1, 1, true, Leaky), {2, 5, 8, 10}));
  cases.push_back(
      convolutionCase("normSingle", convolution(1, 3, 1, 1, 1, true, Linear), {1, 1, 4, 6}));
  cases.push_back(
      convolutionCase("normRelu", convolution(24, 3, 1, 1, 1, true, Relu), {2, 24, 6, 6}));
  cases.push_back(
      convolutionCase("normLogistic", convolution(12, 3, 1, 1, 1, true, Logistic), {2, 8, 6, 5}));
  cases.push_back(
      convolutionCase("head125", convolution(125, 1, 1, 0, 1, false, Linear), {2, 32, 7, 7}));
  cases.push_back(convolutionCase("head125Add", convolution(125, 1, 1, 0, 1, false, Linear),
                                  {2, 32, 7, 7}, GradientUse::Add));
  cases.push_back(
      convolutionCase("leaky3x3", convolution(20, 3, 1, 1, 1, false, Leaky), {1, 10, 9, 9}));
  cases.push_back(
      convolutionCase("logistic", convolution(9, 1, 1, 0, 1, false, Logistic), {2, 7, 4, 4}));
  cases.push_back(
      convolutionCase("stride2", convolution(32, 3, 2, 1, 1, true, Leaky), {2, 16, 11, 8}));
  cases.push_back(
      convolutionCase("stride2Odd", convolution(17, 5, 2, 2, 1, true, Leaky), {1, 6, 12, 9}));
  cases.push_back(
      convolutionCase("noPadding", convolution(16, 3, 1, 0, 1, true, Leaky), {2, 16, 8, 6}));
  cases.push_back(
      convolutionCase("padded1x1", convolution(16, 1, 1, 1, 1, false, Leaky), {1, 16, 5, 6}));
  cases.push_back(
      convolutionCase("groups", convolution(32, 3, 1, 1, 2, true, Leaky), {2, 32, 7, 6}));
  cases.push_back(
      convolutionCase("depthwise", convolution(16, 3, 1, 1, 16, true, Leaky), {2, 16, 8, 8}));
  cases.push_back(
      convolutionCase("groupsOdd", convolution(12, 3, 1, 1, 3, false, Leaky), {1, 9, 6, 7}));
  cases.push_back(
      convolutionCase("size7", convolution(16, 7, 2, 3, 1, true, Leaky), {1, 3, 19, 21}));

  const auto joined = [&](const std::string& name, const ConvolutionBlock& block,
                          const Shape& input, GradientUse use) {
    cases.push_back(convolutionCase(name, block, input, use));
    cases.back().trainingOnly = true;
    std::get<ConvolutionBlock>(cases.back().spec).pool = MaxPoolLayer{2, 2, 1};
  };
  joined("joinedPool", convolution(32, 3, 1, 1, 1, true, Leaky), {2, 16, 12, 10},
         GradientUse::Write);
  joined("joinedPoolOdd", convolution(24, 3, 1, 1, 1, true, Leaky), {3, 16, 9, 7},
         GradientUse::Add);
  joined("joinedPoolFirst", convolution(16, 3, 1, 1, 1, true, Leaky), {2, 3, 14, 13},
         GradientUse::None);
  joined("joinedPoolLinear", convolution(19, 1, 1, 0, 1, true, Linear), {2, 5, 8, 9},
         GradientUse::Write);
  joined("joinedPoolRelu", convolution(16, 3, 1, 1, 1, true, Relu), {1, 16, 8, 6},
         GradientUse::Write);

  cases.push_back(poolCase("pool2x2", {2, 2, 1}, {2, 32, 12, 10}));
  cases.push_back(poolCase("pool2x2Odd", {2, 2, 1}, {3, 16, 9, 7}));
  cases.push_back(poolCase("pool2x2Add", {2, 2, 1}, {2, 16, 8, 8}, GradientUse::Add));
  cases.push_back(poolCase("pool2x2NoPadding", {2, 2, 0}, {2, 16, 9, 7}));
  cases.push_back(poolCase("pool2Stride1", {2, 1, 1}, {2, 16, 13, 13}));
  cases.push_back(poolCase("pool2Stride1Add", {2, 1, 1}, {2, 16, 5, 4}, GradientUse::Add));
  cases.push_back(poolCase("pool3Stride2", {3, 2, 2}, {2, 21, 9, 8}));
  cases.push_back(poolCase("pool3Tiles", {3, 3, 2}, {2, 16, 10, 8}));
  cases.push_back(poolCase("pool3TilesAdd", {3, 3, 2}, {1, 16, 8, 11}, GradientUse::Add));
  cases.push_back(poolCase("pool3Uncovered", {3, 3, 2}, {1, 16, 9, 11}));
  cases.push_back(poolCase("pool2Stride3", {2, 3, 1}, {1, 16, 11, 10}));
  cases.push_back(poolCase("pool5", {5, 1, 4}, {1, 8, 7, 6}));

  const Shape small{2, 16, 4, 6};
  cases.push_back({"concat", ConcatBlock{}, {{2, 32, 4, 6}, small}, {}, false});
  cases.push_back({"concatAdd",
                   ConcatBlock{},
                   {{2, 32, 4, 6}, small},
                   {GradientUse::Add, GradientUse::Write},
                   false});
  cases.push_back(
      {"concatOdd", ConcatBlock{}, {{2, 5, 4, 6}, {2, 19, 4, 6}, {2, 3, 4, 6}}, {}, false});
  cases.push_back({"concatOneWanted",
                   ConcatBlock{},
                   {small, small},
                   {GradientUse::None, GradientUse::Write},
                   false});
  cases.push_back({"reorg", ReorgBlock{{2, false}}, {{2, 64, 6, 8}}, {}, false});
  cases.push_back({"reorgAdd", ReorgBlock{{2, false}}, {{1, 16, 4, 4}}, {GradientUse::Add}, false});
  cases.push_back({"reorgOdd", ReorgBlock{{2, false}}, {{2, 12, 2, 6}}, {}, false});
  cases.push_back({"reorg3", ReorgBlock{{3, false}}, {{1, 9, 6, 3}}, {}, false});
  cases.push_back({"reorgReverse", ReorgBlock{{2, true}}, {{2, 16, 3, 5}}, {}, false});
  cases.push_back({"average", AveragePoolBlock{}, {{2, 35, 5, 3}}, {}, false});
  cases.push_back({"averageAdd", AveragePoolBlock{}, {{1, 16, 4, 4}}, {GradientUse::Add}, false});
  cases.push_back({"shortcut", AddBlock{Leaky}, {small, small}, {}, false});
  cases.push_back({"shortcutLogistic",
                   AddBlock{Logistic},
                   {{1, 7, 3, 3}, {1, 7, 3, 3}},
                   {GradientUse::Add, GradientUse::Write},
                   false});
  SoftmaxBlock softmax;
  cases.push_back({"softmax", softmax, {{3, 10, 1, 1}}, {}, false});
  softmax.layer.groups = 2;
  softmax.layer.temperature = 2.5;
  cases.push_back({"softmaxGroups", softmax, {{2, 6, 2, 2}}, {}, false});
  cases.push_back({"dropout", DropoutBlock{0.4, 77}, {{2, 19, 4, 3}}, {}, false});
  cases.push_back({"output", OutputBlock{}, {{2, 30, 5, 5}}, {}, false});
  cases.push_back({"outputAdd", OutputBlock{}, {{1, 16, 3, 3}}, {GradientUse::Add}, false});
  return cases;
}

std::vector<OpCase> winogradCases() {
  using enum Activation;
  return {
      convolutionCase("winogradTwo", convolution(72, 3, 1, 1, 1, true, Leaky), {1, 64, 7, 9}),
      convolutionCase("winogradTwoRelu", convolution(65, 3, 1, 1, 1, false, Relu), {2, 70, 8, 5}),
      convolutionCase("winogradTwoDeep", convolution(64, 3, 1, 1, 1, true, Leaky), {1, 300, 6, 4}),
      convolutionCase("winogradFour", convolution(72, 3, 1, 1, 1, true, Leaky), {2, 64, 27, 22}),
      convolutionCase("winogradFourLinear", convolution(64, 3, 1, 1, 1, false, Linear),
                      {1, 80, 27, 25}),
      convolutionCase("winogradBands", convolution(65, 3, 1, 1, 1, true, Leaky), {3, 64, 61, 57})};
}

std::vector<double> drawNumbers(std::size_t count, std::uint64_t seed, std::string_view purpose,
                                double scale, Precision precision) {
  RandomStream random(seed, purpose);
  std::vector<double> values(count);
  // Rounded, so that every backend starts from the same numbers.
  for (double& value : values) {
    auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(random.uniform(-scale, scale)));
    if (precision == Precision::BFloat16) bits &= 0xffff0000U;
    if (precision == Precision::TensorFloat32) bits &= 0xffffe000U;
    value = static_cast<double>(std::bit_cast<float>(bits));
  }
  return values;
}

OpBench::OpBench(const OpCase& opCase, Backend& backend, Precision precision, Mode mode,
                 InputLayout layout, std::uint64_t seed, std::optional<Precision> numbers)
    : backend_(backend), precision_(precision), case_(opCase) {
  const Precision held = numbers.value_or(precision);
  step_.rollingMomentum = 0.75;
  step_.iteration = 3;
  const bool training = mode == Mode::Training;
  const OpContext context{mode, precision, 2, training ? &step_ : nullptr, opCase.name};
  if (auto* block = std::get_if<ConvolutionBlock>(&case_.spec)) {
    const ConvolutionLayer& layer = block->layer;
    const int channels = opCase.inputs[0].c / layer.groups;
    const auto make = [&](std::vector<int> dimensions, bool learns, const char* purpose,
                          double scale, double around) {
      auto parameter = makeParameter(backend, std::move(dimensions), training && learns, precision);
      std::vector<double> values = drawNumbers(parameter->count, seed, purpose, scale, held);
      for (double& value : values)
        value = static_cast<float>(value + around);
      writeParameter(backend, *parameter, parameter->master, values);
      (learns ? learned_ : statistics_).push_back(parameter);
      return parameter;
    };
    ConvolutionParameters& p = block->parameters;
    const double scale = 1.5 / std::max(1, channels * layer.size);
    p.weights = make({layer.filters, channels, layer.size, layer.size}, true, "weights", scale, 0);
    p.biases = make({layer.filters}, true, "biases", 0.5, 0);
    if (layer.batchNormalize) {
      p.scales = make({layer.filters}, true, "scales", 0.6, 1);
      p.rollingMean = make({layer.filters}, false, "mean", 0.3, 0);
      p.rollingVariance = make({layer.filters}, false, "variance", 0.4, 0.6);
    }
  }
  const auto allocate = [&](std::size_t bytes) {
    memory_.push_back(backend.allocate(bytes));
    return memory_.back().get();
  };
  for (std::size_t k = 0; k < opCase.inputs.size(); ++k) {
    const Shape& shape = opCase.inputs[k];
    inputSpecs_.push_back(layout == InputLayout::Plain ? backend.plainSpec(shape, precision)
                                                       : producedSpec(backend, shape, context));
    inputs_.push_back({inputSpecs_.back(), allocate(inputSpecs_.back().bytes)});
    inputGradients_.push_back({inputSpecs_.back(), allocate(inputSpecs_.back().bytes)});
    inputValues_.push_back(drawNumbers(shape.count(), seed + k, "input", 2, held));
    uses_.push_back(k < opCase.uses.size() ? opCase.uses[k] : GradientUse::Write);
  }
  op_ = backend.prepare(case_.spec, inputSpecs_, context);
  outputSpec_ = op_->outputSpec();
  tensors_.inputs = inputs_;
  tensors_.output = {outputSpec_, allocate(outputSpec_.bytes)};
  tensors_.outputGradient = {outputSpec_, allocate(outputSpec_.bytes)};
  tensors_.inputGradients = inputGradients_;
  tensors_.uses = uses_;
  tensors_.saved = allocate(op_->savedBytes());
  tensors_.scratch = allocate(op_->scratchBytes());
}

std::vector<double> OpBench::forward() {
  for (std::size_t k = 0; k < inputs_.size(); ++k)
    put(inputValues_[k], inputs_[k]);
  backend_.stepBegins(step_);
  op_->forward(tensors_);
  backend_.wait();
  return get(tensors_.output);
}

void OpBench::backward(const std::vector<double>& outputGradient, double already) {
  for (const Tensor& gradient : inputGradients_) {
    put(std::vector<double>(gradient.spec.shape.count(), already), gradient);
  }
  put(outputGradient, tensors_.outputGradient);
  op_->backward(tensors_);
  backend_.wait();
}

std::vector<double> OpBench::inputGradient(std::size_t k) {
  return get(inputGradients_[k]);
}

std::vector<std::vector<double>> OpBench::parameterGradients() {
  std::vector<std::vector<double>> values;
  for (const auto& p : learned_)
    values.push_back(readParameter(backend_, *p, p->gradient));
  return values;
}

std::vector<std::vector<double>> OpBench::rolling() {
  std::vector<std::vector<double>> values;
  for (const auto& p : statistics_)
    values.push_back(readParameter(backend_, *p, p->master));
  return values;
}

std::vector<std::vector<double>> OpBench::masters() {
  std::vector<std::vector<double>> values;
  for (const auto& p : learned_)
    values.push_back(readParameter(backend_, *p, p->master));
  return values;
}

void OpBench::setMaster(std::size_t index, const std::vector<double>& values) {
  writeParameter(backend_, *learned_[index], learned_[index]->master, values);
}

void OpBench::update(const UpdateRule& rule) {
  for (const auto& p : learned_)
    backend_.update(*p, rule);
}

void OpBench::put(const std::vector<double>& values, const Tensor& tensor) {
  if (precision_ == Precision::Float64) {
    backend_.upload64(values, tensor);
  } else {
    backend_.upload(std::vector<float>(values.begin(), values.end()), tensor);
  }
}

std::vector<double> OpBench::get(const Tensor& tensor) {
  std::vector<double> values(tensor.spec.shape.count());
  if (precision_ == Precision::Float64) {
    backend_.download64(tensor, values);
    return values;
  }
  std::vector<float> single(values.size());
  backend_.download(tensor, single);
  values.assign(single.begin(), single.end());
  return values;
}

}  // namespace boxwright
