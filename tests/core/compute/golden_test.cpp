// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "core/compute/backend.h"
#include "core/compute/reorg_map.h"
#include "tests/golden_file.h"

// The numbers of the reference program, on every backend, one block at a time.

namespace boxwright {
namespace {

struct Setting {
  std::string device;
  Precision precision;
  double tolerance;
};

Shape shapeOf(const nlohmann::json& shape) {
  return {shape.at(0), shape.at(1), shape.at(2), shape.at(3)};
}

void expectNear(const std::vector<double>& found, const std::vector<double>& expected,
                double tolerance, const std::string& what) {
  ASSERT_EQ(found.size(), expected.size()) << what;
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_NEAR(found[i], expected[i], tolerance * std::max(1.0, std::abs(expected[i])))
        << what << " " << i;
  }
}

/// One block on dense tensors, forward and backward.
class Bench {
 public:
  Bench(Backend& backend, const OpSpec& spec, const Shape& shape, Mode mode, Precision precision)
      : backend_(backend), precision_(precision) {
    const TensorSpec plain = backend.plainSpec(shape, precision);
    const OpContext context{mode, precision, 2, mode == Mode::Training ? &step : nullptr, "golden"};
    op_ = backend.prepare(spec, {&plain, 1}, context);
    input_ = {plain, take(plain.bytes)};
    gradient_ = {plain, take(plain.bytes)};
    tensors_.inputs = {&input_, 1};
    tensors_.inputGradients = {&gradient_, 1};
    tensors_.uses = {&use_, 1};
    tensors_.output = {op_->outputSpec(), take(op_->outputSpec().bytes)};
    tensors_.outputGradient = {op_->outputSpec(), take(op_->outputSpec().bytes)};
    tensors_.saved = take(op_->savedBytes());
    tensors_.scratch = take(op_->scratchBytes());
  }

  std::vector<double> forward(const std::vector<double>& input) {
    put(input, input_);
    op_->forward(tensors_);
    return get(tensors_.output);
  }
  std::vector<double> backward(const std::vector<double>& delta) {
    put(delta, tensors_.outputGradient);
    op_->backward(tensors_);
    return get(gradient_);
  }

  StepNumbers step;

 private:
  void* take(std::size_t bytes) {
    memory_.push_back(backend_.allocate(bytes));
    return memory_.back().get();
  }
  void put(const std::vector<double>& values, const Tensor& tensor) {
    if (precision_ == Precision::Float64) {
      backend_.upload64(values, tensor);
    } else {
      backend_.upload(std::vector<float>(values.begin(), values.end()), tensor);
    }
  }
  std::vector<double> get(const Tensor& tensor) {
    std::vector<double> values(tensor.spec.shape.count());
    if (precision_ == Precision::Float64) {
      backend_.download64(tensor, values);
    } else {
      std::vector<float> single(values.size());
      backend_.download(tensor, single);
      values.assign(single.begin(), single.end());
    }
    return values;
  }

  Backend& backend_;
  Precision precision_;
  std::unique_ptr<Op> op_;
  std::vector<std::shared_ptr<void>> memory_;
  Tensor input_, gradient_;
  GradientUse use_ = GradientUse::Write;
  OpTensors tensors_;
};

class Golden : public testing::TestWithParam<Setting> {
 protected:
  Golden() : backend(openBackend(GetParam().device, 2)) {}

  std::shared_ptr<Parameter> parameter(const std::vector<int>& dimensions,
                                       const std::vector<double>& values) const {
    auto made = makeParameter(*backend, dimensions, true, GetParam().precision);
    writeParameter(*backend, *made, made->master, values);
    return made;
  }
  std::vector<double> master(const std::shared_ptr<Parameter>& p) const {
    return readParameter(*backend, *p, p->master);
  }

  void checkBatchNorm(BatchNormForm form, const char* fields);

  std::unique_ptr<Backend> backend;
};

TEST_P(Golden, Reorg) {
  for (const auto& golden : goldenCases("reorg.json")) {
    SCOPED_TRACE(golden.at("name").get<std::string>());
    const Shape in = shapeOf(golden.at("input_shape"));
    Bench bench(*backend, ReorgBlock{{golden.at("stride").get<int>(), false}}, in, Mode::Training,
                GetParam().precision);
    std::vector<double> count(in.count());
    for (std::size_t i = 0; i < count.size(); ++i)
      count[i] = static_cast<double>(i);
    EXPECT_EQ(bench.forward(count), goldenValues(golden.at("forward")));
    EXPECT_EQ(bench.backward(count), goldenValues(golden.at("backward")));
  }
}

TEST_P(Golden, MaxPool) {
  for (const auto& golden : goldenCases("maxpool.json")) {
    SCOPED_TRACE(golden.at("name").get<std::string>());
    const MaxPoolLayer layer{golden.at("size"), golden.at("stride"), golden.at("padding")};
    Bench bench(*backend, MaxPoolBlock{layer}, shapeOf(golden.at("input").at("shape")),
                Mode::Training, GetParam().precision);
    expectNear(bench.forward(goldenValues(golden.at("input"))), goldenValues(golden.at("output")),
               1e-6, "output");
    expectNear(bench.backward(goldenValues(golden.at("delta_output"))),
               goldenValues(golden.at("delta_input")), 1e-6, "input gradient");
  }
}

// A convolution that copies its input (1x1, the unit matrix) leaves batch norm alone to be seen.
// Both forms: ours ("exact") and that of Darknet's CPU code ("reference").
void Golden::checkBatchNorm(BatchNormForm form, const char* fields) {
  for (const auto& golden : goldenCases("batchnorm.json")) {
    SCOPED_TRACE(golden.at("name").get<std::string>() + ", " + fields);
    const Shape shape = shapeOf(golden.at("shape"));
    const auto channels = static_cast<std::size_t>(shape.c);
    std::vector<double> unit(channels * channels);
    for (std::size_t c = 0; c < channels; ++c)
      unit[c * channels + c] = 1;
    ConvolutionBlock block;
    block.batchNorm = form;
    block.layer = {shape.c, 1, 1, 0, 1, true, Activation::Linear};
    block.parameters.weights = parameter({shape.c, shape.c, 1, 1}, unit);
    block.parameters.biases = parameter({shape.c}, goldenValues(golden.at("beta")));
    block.parameters.scales = parameter({shape.c}, goldenValues(golden.at("gamma")));
    const std::vector<double> zeros(channels);
    block.parameters.rollingMean = parameter({shape.c}, zeros);
    block.parameters.rollingVariance = parameter({shape.c}, zeros);
    // The goldens of Darknet's form are its own float numbers, good to 1e-5.
    const bool ours = form == BatchNormForm::EpsilonInside;
    const double tolerance = ours ? GetParam().tolerance : std::max(1e-5, GetParam().tolerance);
    Bench bench(*backend, block, shape, Mode::Training, GetParam().precision);
    bench.step.rollingMomentum = 0.99;
    std::vector<double> scaleSum(channels);
    std::vector<double> biasSum(channels);
    for (const auto& batch : golden.at("batches")) {
      const auto& wanted = batch.at(fields);
      expectNear(bench.forward(goldenValues(batch.at("input"))), goldenValues(wanted.at("output")),
                 tolerance, "output");
      expectNear(master(block.parameters.rollingMean), goldenValues(wanted.at("rolling_mean")),
                 tolerance, "rolling mean");
      expectNear(master(block.parameters.rollingVariance),
                 goldenValues(wanted.at("rolling_variance")), tolerance, "rolling variance");
      expectNear(bench.backward(goldenValues(batch.at("delta_output"))),
                 goldenValues(wanted.at("dx")), tolerance, "dx");
      const std::vector<double> scales = goldenValues(wanted.at("dgamma"));
      const std::vector<double> biases = goldenValues(wanted.at("dbeta"));
      for (std::size_t c = 0; c < channels; ++c) {
        scaleSum[c] += scales[c];
        biasSum[c] += biases[c];
      }
      const Parameter& gamma = *block.parameters.scales;
      const Parameter& beta = *block.parameters.biases;
      expectNear(readParameter(*backend, gamma, gamma.gradient), scaleSum, 10 * tolerance,
                 "dgamma, summed");
      expectNear(readParameter(*backend, beta, beta.gradient), biasSum, 10 * tolerance,
                 "dbeta, summed");
    }
    Bench inference(*backend, block, shape, Mode::Inference, GetParam().precision);
    const auto& last = golden.at("inference");
    expectNear(inference.forward(goldenValues(last.at("input"))),
               goldenValues(last.at(std::string(fields) + "_output")), 10 * tolerance, "inference");
  }
}

TEST_P(Golden, BatchNorm) {
  checkBatchNorm(BatchNormForm::EpsilonInside, "exact");
}
TEST_P(Golden, BatchNormOfDarknetsCpuCode) {
  checkBatchNorm(BatchNormForm::EpsilonOutside, "reference");
}

TEST_P(Golden, Optimiser) {
  const double tolerance = std::max(2e-6, GetParam().tolerance);
  for (const auto& golden : goldenCases("optimiser.json")) {
    SCOPED_TRACE(golden.at("name").get<std::string>());
    const int steps = static_cast<int>(golden.at("learning_rates").at("data").size());
    const int parts = golden.at("subdivisions");
    UpdateRule rule;
    rule.momentum = golden.at("momentum");
    rule.decay = golden.at("decay");
    rule.batch = golden.at("batch_per_step").get<int>() * parts;
    const std::vector<double> rates = goldenValues(golden.at("learning_rates"));
    const auto check = [&](const std::string& name, const std::string& updates, bool weights) {
      if (!golden.at("initial").contains(name)) return;
      const std::vector<double> initial = goldenValues(golden.at("initial").at(name));
      const int count = static_cast<int>(initial.size());
      auto learned =
          parameter(weights ? std::vector<int>{count, 1, 1, 1} : std::vector<int>{count}, initial);
      learned->rateMultiplier = golden.at("learning_rate_multiplier");
      EXPECT_EQ(learned->decayed, weights);
      const std::vector<double> gradients = goldenValues(golden.at("gradients").at(name));
      const std::vector<double> after = goldenValues(golden.at("after").at(name));
      const std::vector<double> momenta = goldenValues(golden.at("after").at(updates));
      for (int step = 0; step < steps; ++step) {
        std::vector<double> sum(initial.size());
        for (int part = 0; part < parts; ++part) {
          for (std::size_t i = 0; i < sum.size(); ++i) {
            // The golden's are negative gradients.
            sum[i] -= gradients[static_cast<std::size_t>(step * parts + part) * sum.size() + i];
          }
        }
        writeParameter(*backend, *learned, learned->gradient, sum);
        rule.learningRate = rates[static_cast<std::size_t>(step)];
        backend->update(*learned, rule);
        const auto row = [&](const std::vector<double>& all) {
          const auto start = all.begin() + step * count;
          return std::vector<double>(start, start + count);
        };
        expectNear(master(learned), row(after), tolerance, name);
        expectNear(readParameter(*backend, *learned, learned->momentum), row(momenta), tolerance,
                   updates);
      }
    };
    check("weights", "weight_updates", true);
    check("biases", "bias_updates", false);
    check("scales", "scale_updates", false);
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, Golden,
                         testing::Values(Setting{"reference", Precision::Float64, 2e-6},
                                         Setting{"reference", Precision::Float32, 5e-6},
                                         Setting{"cpu", Precision::Float32, 2e-5}),
                         [](const auto& test) {
                           return test.param.device +
                                  (test.param.precision == Precision::Float64 ? "64" : "32");
                         });

}  // namespace
}  // namespace boxwright
