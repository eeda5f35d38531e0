// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/check_backend.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "core/compute/cuda/cuda_backend.h"
#include "core/compute/session.h"
#include "core/network/cfg.h"
#include "tests/core/compute/cuda/host_device.h"
#include "tests/core/compute/passing_backend.h"
#include "tests/error_of.h"

namespace boxwright {
namespace {

constexpr const char* kCfg = R"([net]
width=32
height=32
channels=3
[convolutional]
batch_normalize=1
filters=8
size=3
pad=1
activation=leaky
[maxpool]
size=2
stride=2
[convolutional]
filters=6
size=1
activation=linear
[route]
layers=-1,-2
[convolutional]
filters=4
size=1
activation=logistic
)";

Network makeNetwork() {
  std::vector<Problem> problems;
  Network network = buildNetwork(parseCfg(kCfg, "small.cfg", problems), problems);
  initialiseWeights(network, 3);
  return network;
}

/// A step on the device, and what it says then.
std::vector<std::string> reportOfAStep(Backend& backend) {
  const Network network = makeNetwork();
  Parameters parameters(backend, network, true);
  SessionOptions options;
  options.batch = 2;
  options.mode = Mode::Training;
  Session session(parameters, network, options);
  std::vector<float> input(2 * 3 * 32 * 32);
  for (std::size_t i = 0; i < input.size(); ++i)
    input[i] = static_cast<float>(i * 7919 % 1000) / 1000;
  for (int step = 0; step < 2; ++step) {
    session.forward(input);
    session.backward(std::vector<float>(session.headShape().count(), 0.01F));
    parameters.update({0.1, 0.9, 0.0005, 2});
  }
  return backend.report();
}

TEST(CheckBackend, FindsTheCpuToBeRight) {
  // The other way round the cpu's packed copies must follow what the reference learns.
  for (const char* const devices : {"check:cpu,reference", "check:reference,cpu"}) {
    const auto backend = openBackend(devices, 2);
    EXPECT_EQ(backend->info().name, devices);
    const std::vector<std::string> report = reportOfAStep(*backend);
    ASSERT_EQ(report.size(), 2U + 6U) << "a head, its copy out, and what lies before";
    for (std::size_t i = 2; i < report.size(); ++i)
      for (const char* const much : {"e+", "e-01", "e-02", "e-03", "nan"})
        EXPECT_EQ(report[i].find(much), std::string::npos) << report[i];
    EXPECT_NE(report[2].find("convolutional"), std::string::npos) << report[2];
  }
}

/// One whose convolutions are off by a hundredth.
class Off : public PassingBackend {
 public:
  std::unique_ptr<Op> prepare(const OpSpec& spec, std::span<const TensorSpec> inputs,
                              const OpContext& context) override {
    return std::make_unique<OffOp>(PassingBackend::prepare(spec, inputs, context),
                                   std::holds_alternative<ConvolutionBlock>(spec));
  }

 private:
  class OffOp : public Op {
   public:
    OffOp(std::unique_ptr<Op> op, bool off) : op_(std::move(op)), off_(off) {}
    TensorSpec outputSpec() const override { return op_->outputSpec(); }
    std::size_t scratchBytes() const override { return op_->scratchBytes(); }
    std::size_t savedBytes() const override { return op_->savedBytes(); }
    void forward(OpTensors& tensors) override {
      op_->forward(tensors);
      auto* const values = static_cast<float*>(tensors.output.data);
      if (off_)
        std::for_each_n(values, tensors.output.spec.shape.count(), [](float& v) { v *= 1.01F; });
    }
    void backward(OpTensors& tensors) override { op_->backward(tensors); }

   private:
    std::unique_ptr<Op> op_;
    bool off_;
  };
};

TEST(CheckBackend, NamesTheOpThatIsWrong) {
  const auto backend = makeCheckBackend(std::make_unique<Off>(), openBackend("reference", 1));
  const std::vector<std::string> report = reportOfAStep(*backend);
  for (std::size_t i = 2; i < report.size(); ++i)
    EXPECT_EQ(
        report[i].find("e-02") != std::string::npos || report[i].find("e-03") != std::string::npos,
        report[i].find("convolutional") != std::string::npos)
        << report[i] << ": only where it is, since each op gets what it should";
}

TEST(CheckBackend, MeasuresByLengthsInLessThanFloat32) {
  const auto backend = makeCheckBackend(
      makeCudaBackend(std::make_unique<cuda::HostDevice>(true), Precision::BFloat16),
      openBackend("reference", 1));
  const std::vector<std::string> report = reportOfAStep(*backend);
  EXPECT_NE(report[0].find("lengths"), std::string::npos) << report[0];
  std::istringstream words(report[2]);
  std::vector<std::string> cells;
  for (std::string word; words >> word;)
    cells.push_back(word);
  const double output = std::stod(cells.at(cells.size() - 4));
  EXPECT_GT(output, 1e-4) << report[2];
  EXPECT_LT(output, 1e-2) << report[2];
}

TEST(CheckBackend, NeedsTwoDevices) {
  for (const char* const device : {"check:", "check:cpu", "check:cpu,", "check:,cpu"})
    EXPECT_NE(errorOf([&] { openBackend(device, 1); }).find("name both"), std::string::npos)
        << device;
  EXPECT_NE(errorOf([] { openBackend("check:cpu,tpu", 1); }).find("tpu"), std::string::npos);
}

}  // namespace
}  // namespace boxwright
