// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/check_backend.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <iomanip>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "core/compute/differences.h"

namespace boxwright {
namespace {

using Values = std::vector<double>;

/// How far an op's results are off; the worst of all times.
struct Difference {
  /// -1: never compared.
  double output = -1, statistics = -1, inputGradient = -1, parameterGradient = -1;
};

/// What all ops of a CheckBackend write into, in the order in which they were prepared.
struct Differences {
  bool areLengths = false;  ///< some are, of ops in less than float32
  std::vector<std::string> names;
  std::map<std::string, Difference> ofName;
};

std::string text(double share) {
  if (share < 0) return "-";
  if (share == 0) return "0";
  std::ostringstream out;
  out << std::scientific << std::setprecision(1) << share;
  return out.str();
}

std::string row(const std::string& name, std::size_t width,
                std::initializer_list<std::string> cells) {
  std::ostringstream out;
  out << std::left << std::setw(static_cast<int>(width)) << name << std::right;
  for (const std::string& cell : cells)
    out << std::setw(12) << cell;
  return out.str();
}

/// NaN is the largest.
void keepLargest(double& largest, double value) {
  if (std::isnan(value) || value > largest) largest = value;
}

bool isExact(Precision precision) {
  return precision == Precision::Float32 || precision == Precision::Float64;
}

Precision exactPrecision(const Backend& backend) {
  return backend.info().name == "reference" ? Precision::Float64 : backend.precision();
}

/// Tensors of one backend with their values on the host, in NCHW.
class Side {
 public:
  explicit Side(Backend& backend) : backend_(backend), precision_(exactPrecision(backend)) {}

  Backend& backend() const { return backend_; }
  Precision precision() const { return precision_; }
  std::shared_ptr<void> allocate(std::size_t bytes) {
    memory_.push_back(backend_.allocate(bytes));
    return memory_.back();
  }
  Tensor tensor(const TensorSpec& spec) { return {spec, allocate(spec.bytes).get()}; }

  void put(const Values& values, const Tensor& tensor) const {
    if (tensor.spec.precision == Precision::Float64) {
      backend_.upload64(values, tensor);
    } else {
      backend_.upload(std::vector<float>(values.begin(), values.end()), tensor);
    }
  }
  Values get(const Tensor& tensor) const { return valuesOf(backend_, tensor); }

  static Values valuesOf(Backend& backend, const Tensor& tensor) {
    Values values(tensor.spec.shape.count());
    if (tensor.spec.precision == Precision::Float64) {
      backend.download64(tensor, values);
    } else {
      std::vector<float> single(values.size());
      backend.download(tensor, single);
      values.assign(single.begin(), single.end());
    }
    return values;
  }

 private:
  Backend& backend_;
  Precision precision_;
  std::vector<std::shared_ptr<void>> memory_;
};

/// A parameter of the first backend and its copy on the second.
struct Twins {
  std::shared_ptr<Parameter> first, second;
};

class CheckedOp : public Op {
 public:
  CheckedOp(Backend& first, Backend& second, const OpSpec& spec, std::span<const TensorSpec> inputs,
            const OpContext& context, Differences& differences)
      : first_(first),
        side_(second),
        name_(context.name),
        precision_(context.precision),
        differences_(differences) {
    differences.areLengths = differences.areLengths || !isExact(context.precision);
    if (differences.ofName.emplace(name_, Difference()).second) differences.names.push_back(name_);
    op_ = first.prepare(spec, inputs, context);
    OpSpec twin = spec;
    if (auto* const block = std::get_if<ConvolutionBlock>(&twin)) copyParameters(*block, context);
    std::vector<TensorSpec> specs;
    for (const TensorSpec& input : inputs)
      specs.push_back(second.plainSpec(input.shape, side_.precision()));
    OpContext own = context;
    own.precision = side_.precision();
    check_ = second.prepare(twin, specs, own);
    for (const TensorSpec& input : specs) {
      inputs_.push_back(side_.tensor(input));
      if (context.mode == Mode::Training) gradients_.push_back(side_.tensor(input));
    }
    tensors_.inputs = inputs_;
    tensors_.inputGradients = gradients_;
    tensors_.output = side_.tensor(check_->outputSpec());
    if (context.mode == Mode::Training)
      tensors_.outputGradient = side_.tensor(check_->outputSpec());
    tensors_.saved = side_.allocate(check_->savedBytes()).get();
    tensors_.scratch = side_.allocate(check_->scratchBytes()).get();
  }

  TensorSpec outputSpec() const override { return op_->outputSpec(); }
  std::size_t scratchBytes() const override { return op_->scratchBytes(); }
  std::size_t savedBytes() const override { return op_->savedBytes(); }
  bool backwardReadsInputs() const override { return op_->backwardReadsInputs(); }
  bool backwardReadsOutput() const override { return op_->backwardReadsOutput(); }
  bool isRecordable() const override { return false; }

  void forward(OpTensors& tensors) override {
    for (const Twins& twins : parameters_) {
      writeParameter(side_.backend(), *twins.second, twins.second->master,
                     readParameter(first_, *twins.first, twins.first->master));
      // A step of nothing: what the backend has packed of it is as it is now.
      if (twins.second->gradient) side_.backend().update(*twins.second, {});
    }
    for (std::size_t k = 0; k < inputs_.size(); ++k)
      side_.put(Side::valuesOf(first_, tensors.inputs[k]), inputs_[k]);
    op_->forward(tensors);
    check_->forward(tensors_);
    first_.wait();
    side_.backend().wait();
    keepLargest(difference().output,
                shareOf(Side::valuesOf(first_, tensors.output), side_.get(tensors_.output)));
    if (gradients_.empty()) return;  // inference
    for (const Twins& twins : parameters_)
      if (!twins.second->gradient)
        keepLargest(difference().statistics,
                    shareOf(readParameter(first_, *twins.first, twins.first->master),
                            readParameter(side_.backend(), *twins.second, twins.second->master)));
  }

  void backward(OpTensors& tensors) override {
    uses_.assign(tensors.uses.begin(), tensors.uses.end());
    tensors_.uses = uses_;
    side_.put(Side::valuesOf(first_, tensors.outputGradient), tensors_.outputGradient);
    for (std::size_t k = 0; k < uses_.size(); ++k)
      if (uses_[k] == GradientUse::Add)
        side_.put(Side::valuesOf(first_, tensors.inputGradients[k]), gradients_[k]);
    std::vector<Values> before;
    for (const Twins& twins : parameters_) {
      before.push_back(gradientOf(first_, *twins.first));
      if (twins.second->gradient)
        writeParameter(side_.backend(), *twins.second, twins.second->gradient,
                       Values(twins.second->count));
    }
    op_->backward(tensors);
    check_->backward(tensors_);
    first_.wait();
    side_.backend().wait();
    for (std::size_t k = 0; k < uses_.size(); ++k)
      if (uses_[k] != GradientUse::None)
        keepLargest(
            difference().inputGradient,
            shareOf(Side::valuesOf(first_, tensors.inputGradients[k]), side_.get(gradients_[k])));
    for (std::size_t k = 0; k < parameters_.size(); ++k) {
      if (before[k].empty()) continue;
      Values added = gradientOf(first_, *parameters_[k].first);
      for (std::size_t i = 0; i < added.size(); ++i)
        added[i] -= before[k][i];
      keepLargest(difference().parameterGradient,
                  shareOf(added, gradientOf(side_.backend(), *parameters_[k].second)));
    }
  }

 private:
  static Values gradientOf(Backend& backend, const Parameter& parameter) {
    return parameter.gradient ? readParameter(backend, parameter, parameter.gradient) : Values();
  }
  Difference& difference() const { return differences_.ofName[name_]; }
  double shareOf(const Values& found, const Values& expected) const {
    return isExact(precision_) ? largestShare(found, expected) : lengthShare(found, expected);
  }

  void copyParameters(ConvolutionBlock& block, const OpContext& context) {
    ConvolutionParameters& p = block.parameters;
    for (std::shared_ptr<Parameter>* const place :
         {&p.weights, &p.biases, &p.scales, &p.rollingMean, &p.rollingVariance}) {
      if (!*place) continue;
      const std::shared_ptr<Parameter> first = *place;
      const bool learns = context.mode == Mode::Training && first->gradient;
      *place = makeParameter(side_.backend(), first->dimensions, learns, side_.precision());
      writeParameter(side_.backend(), **place, (*place)->master,
                     readParameter(first_, *first, first->master));
      parameters_.push_back({first, *place});
    }
  }

  Backend& first_;
  Side side_;  ///< the second
  std::string name_;
  Precision precision_;  ///< the first's
  Differences& differences_;
  std::unique_ptr<Op> op_, check_;
  std::vector<Twins> parameters_;
  std::vector<Tensor> inputs_, gradients_;
  std::vector<GradientUse> uses_;
  OpTensors tensors_;
};

class CheckBackend : public Backend {
 public:
  CheckBackend(std::unique_ptr<Backend> first, std::unique_ptr<Backend> second)
      : first_(std::move(first)), second_(std::move(second)) {}

  DeviceInfo info() const override {
    DeviceInfo info = first_->info();
    const DeviceInfo other = second_->info();
    info.name = "check:" + info.name + "," + other.name;
    info.kind += ", beside " + other.kind;
    info.isCard = false;  // the other may want the cores
    return info;
  }
  Precision precision() const override { return first_->precision(); }
  std::shared_ptr<void> allocate(std::size_t bytes) override { return first_->allocate(bytes); }
  std::unique_ptr<Op> prepare(const OpSpec& spec, std::span<const TensorSpec> inputs,
                              const OpContext& context) override {
    return std::make_unique<CheckedOp>(*first_, *second_, spec, inputs, context, differences_);
  }
  TensorSpec plainSpec(const Shape& shape, Precision precision) const override {
    return first_->plainSpec(shape, precision);
  }
  std::pmr::memory_resource* hostMemory() override { return first_->hostMemory(); }
  void uploadAhead(std::span<const float> host) override { first_->uploadAhead(host); }
  void upload(std::span<const float> host, const Tensor& tensor) override {
    first_->upload(host, tensor);
  }
  void download(const Tensor& tensor, std::span<float> host) override {
    first_->download(tensor, host);
  }
  const float* hostView(const Tensor& tensor) const override { return first_->hostView(tensor); }
  void stepBegins(const StepNumbers& numbers) override {
    first_->stepBegins(numbers);
    second_->stepBegins(numbers);
  }
  void update(Parameter& parameter, const UpdateRule& rule) override {
    first_->update(parameter, rule);
  }
  void moveAverage(Parameter& parameter, float share) override {
    first_->moveAverage(parameter, share);
  }
  void wait() override { first_->wait(); }

  std::vector<std::string> report() const override {
    std::size_t width = 0;
    for (const std::string& name : differences_.names)
      width = std::max(width, name.size());
    std::vector<std::string> lines = {
        info().name + (differences_.areLengths
                           ? ": the lengths of differences, as shares of those of what is expected"
                           : ": the largest differences, as shares of the largest number expected"),
        row("", width, {"output", "statistics", "inputs", "parameters"})};
    for (const std::string& name : differences_.names) {
      const Difference& d = differences_.ofName.at(name);
      lines.push_back(row(
          name, width,
          {text(d.output), text(d.statistics), text(d.inputGradient), text(d.parameterGradient)}));
    }
    return lines;
  }

 private:
  std::unique_ptr<Backend> first_, second_;
  Differences differences_;
};

}  // namespace

std::unique_ptr<Backend> makeCheckBackend(std::unique_ptr<Backend> first,
                                          std::unique_ptr<Backend> second) {
  return std::make_unique<CheckBackend>(std::move(first), std::move(second));
}

}  // namespace boxwright
