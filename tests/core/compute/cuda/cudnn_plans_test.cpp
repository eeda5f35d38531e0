// SPDX-License-Identifier: GPL-3.0-or-later
//
// cuDNN has ways to compute what networks ask of it: asked without a card, of cards that are only
// described.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/compute/cuda/cudnn_graph.h"
#include "core/compute/cuda/kernels.h"
#include "core/network/network.h"

namespace boxwright::cuda {
namespace {

using Json = nlohmann::json;

/// What cuDNN asks of a card that is not there. From the vendor's data sheets.
Json cardOf(const std::string& name, int capability, int processors, int sharedOptIn,
            int sharedEach, int l2, int clockKHz, int memoryClockKHz, int threads, int blocks) {
  return {{"deviceVer", capability},
          {"deviceName", name},
          {"multiProcessorCount", processors},
          {"driverVer", 13000},
          {"cudaDeviceId", 0},
          {"totalGlobalMem", 16'000'000'000},
          {"maxGridSize", {2147483647, 65535, 65535}},
          {"maxBlockSize", {1024, 1024, 64}},
          {"regsPerBlock", 65536},
          {"warpSize", 32},
          {"smClockRateKHz", clockKHz},
          {"memClockRateKHz", memoryClockKHz},
          {"l2CacheSize", l2},
          {"maxSharedMemoryPerBlock", 49152},
          {"maxSharedMemoryPerBlockOptin", sharedOptIn},
          {"reservedSharedMemoryPerBlock", sharedEach},
          {"maxRegistersPerSM", 65536},
          {"pciDeviceId", 0},
          {"maxCtasPerSM", blocks},
          {"maxThreadsPerBlock", 1024},
          {"maxThreadsPerSM", threads},
          {"isTccDriver", 0},
          {"supportCoopLaunch", 1}};
}

struct Card {
  std::string name;
  Json json;
  bool tensorCores = true;  ///< for bf16 and tf32
};

std::vector<Card> cards() {
  return {
      {"Turing", cardOf("T4", 750, 40, 65536, 0, 4194304, 1590000, 5001000, 1024, 16), false},
      {"A100", cardOf("A100", 800, 108, 166912, 1024, 41943040, 1410000, 1215000, 2048, 32)},
      {"Ampere", cardOf("RTX 3090", 860, 82, 101376, 1024, 6291456, 1695000, 9751000, 1536, 16)},
      {"Ada", cardOf("RTX 4090", 890, 128, 101376, 1024, 75497472, 2520000, 10501000, 1536, 24)},
      {"Hopper", cardOf("H200", 900, 132, 232448, 1024, 62914560, 1980000, 3201000, 2048, 32)}};
}

Network networkOf(const char* name) {
  std::vector<Problem> problems;
  return buildNetwork(readCfg(findNetwork(name), problems), problems);
}

/// What the layers of a network ask for in inference and training.
std::vector<ConvolutionCall> callsOf(const Network& network, int batch, Precision precision) {
  using Kind = ConvolutionCall::Kind;
  std::vector<ConvolutionCall> calls;
  const auto add = [&](const ConvolutionCall& call) {
    if (std::find(calls.begin(), calls.end(), call) == calls.end()) calls.push_back(call);
  };
  for (const Layer& layer : network.layers) {
    const auto* const convolution = std::get_if<ConvolutionLayer>(&layer.kind);
    if (!convolution) continue;
    ConvolutionCall call;
    call.n = batch;
    call.channels = call.inputPitch = pitchOf(layer.input.channels);
    call.height = layer.input.height;
    call.width = layer.input.width;
    call.filters = call.outputPitch = pitchOf(layer.output.channels);
    call.outHeight = layer.output.height;
    call.outWidth = layer.output.width;
    call.size = convolution->size;
    call.stride = convolution->stride;
    call.padding = convolution->padding;
    call.precision = precision;
    for (const Kind kind : {Kind::Forward, Kind::InputGradient, Kind::WeightGradient}) {
      call.kind = kind;
      add(call);
    }
  }
  return calls;
}

class CudnnPlans : public testing::TestWithParam<Card> {
 protected:
  void SetUp() override {
    try {
      card_.emplace(describedCard(GetParam().json.dump()));
    } catch (const Error& error) {
      GTEST_SKIP() << "NOT CHECKED: " << error.what();
    }
  }
  PlanTarget target() const { return {nullptr, &*card_}; }

  std::optional<Descriptor> card_;
};

TEST_P(CudnnPlans, AreThereForWhatNetworksAsk) {
  for (const Precision precision :
       {Precision::Float32, Precision::TensorFloat32, Precision::BFloat16}) {
    if (precision != Precision::Float32 && !GetParam().tensorCores) continue;
    for (const char* const name : {"yolov2-nano", "yolov2-tiny-voc", "yolov2-voc"}) {
      for (const ConvolutionCall& call : callsOf(networkOf(name), 8, precision))
        EXPECT_FALSE(plansFor(graphOf(call, target()), call, target(), 1).empty())
            << name << ", " << nameOf(precision) << ": " << text(call);
    }
  }
}

TEST_P(CudnnPlans, ABiasAndAnActivationAreOneGraphWithTheConvolution) {
  // Whether a plan of it is to be had shows on a card alone: it is compiled there.
  for (ConvolutionCall call : callsOf(networkOf("yolov2-tiny-voc"), 8, Precision::Float32)) {
    if (call.kind != ConvolutionCall::Kind::Forward) continue;
    call.finishes = true;
    for (const Activation activation : {Activation::Linear, Activation::Leaky, Activation::Relu}) {
      call.activation = activation;
      EXPECT_NO_THROW(graphOf(call, target())) << text(call);
    }
  }
}

TEST_P(CudnnPlans, GoIntoATextAndBack) {
  ConvolutionCall call;
  call.n = 4;
  call.channels = call.inputPitch = 32;
  call.height = call.width = call.outHeight = call.outWidth = 26;
  call.filters = call.outputPitch = 64;
  call.size = 3;
  call.padding = 1;
  const std::vector<Descriptor> plans = plansFor(graphOf(call, target()), call, target(), 2);
  ASSERT_FALSE(plans.empty());
  const std::string kept = plans.front().text(CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION);
  const Descriptor again = planFrom(kept, target());
  EXPECT_EQ(again.number(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE),
            plans.front().number(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE));
  for (const std::string& damaged : {std::string(), kept.substr(0, kept.size() / 2)})
    EXPECT_THROW(planFrom(damaged, target()), Error);
}

INSTANTIATE_TEST_SUITE_P(Cards, CudnnPlans, testing::ValuesIn(cards()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace boxwright::cuda
