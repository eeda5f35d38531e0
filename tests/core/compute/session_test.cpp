// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/session.h"

#include <gtest/gtest.h>

#include <string>

#include "core/base/error.h"

namespace boxwright {
namespace {

Network chain(int layers) {
  std::string text = "[net]\nwidth=32\nheight=32\nchannels=3\n";
  for (int i = 0; i < layers; ++i) {
    text += "[convolutional]\nbatch_normalize=1\nfilters=16\nsize=3\npad=1\nactivation=leaky\n";
  }
  std::vector<Problem> problems;
  Network network = buildNetwork(parseCfg(text, "chain.cfg", problems), problems);
  initialiseWeights(network, 1);
  return network;
}

std::vector<float> ramp(std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = static_cast<float>(i % 97) / 97;
  return values;
}

TEST(Session, InferenceReusesTheMemoryOfActivations) {
  const auto backend = openBackend("cpu", 1);
  SessionOptions options;
  const Session few(*backend, fold(chain(4)), options);
  const Session many(*backend, fold(chain(12)), options);
  EXPECT_EQ(few.memoryBytes(), many.memoryBytes());
  options.keepAll = true;
  const Session kept(*backend, fold(chain(12)), options);
  EXPECT_GT(kept.memoryBytes(), 3 * many.memoryBytes());
}

TEST(Session, TheSameStepTwiceGivesTheSameNumbers) {
  const auto backend = openBackend("cpu", 2);
  const Network network = chain(3);
  std::vector<std::vector<float>> heads;
  for (int run = 0; run < 2; ++run) {
    Parameters parameters(*backend, network, true);
    SessionOptions options;
    options.batch = 3;
    options.threads = 2;
    Session session(parameters, network, options);
    const std::vector<float> input = ramp(3 * 3 * 32 * 32);
    for (int step = 0; step < 3; ++step) {
      session.forward(input);
      session.backward(ramp(session.head().size()));
      parameters.update({0.001, 0.9, 0.0005, 3});
    }
    heads.emplace_back(session.head().begin(), session.head().end());
  }
  EXPECT_EQ(heads[0], heads[1]);
}

TEST(Session, ARepeatableStepGivesTheSameAgainOnWhatLiesThere) {
  const auto backend = openBackend("cpu", 1);
  const Network network = chain(6);
  Parameters parameters(*backend, network, true);
  SessionOptions options;
  options.batch = 2;
  options.repeatable = true;
  Session session(parameters, network, options);
  session.forward(ramp(2 * 3 * 32 * 32));
  const std::vector<float> head(session.head().begin(), session.head().end());
  session.backward(ramp(head.size()));
  const Parameter& weights = *parameters.learned().front();
  const std::vector<double> once = readParameter(*backend, weights, weights.gradient);
  session.forwardAgain();
  EXPECT_EQ(std::vector<float>(session.head().begin(), session.head().end()), head);
  session.backwardAgain();
  const std::vector<double> twice = readParameter(*backend, weights, weights.gradient);
  for (std::size_t i = 0; i < once.size(); ++i)
    ASSERT_EQ(twice[i], 2 * once[i]) << i;
  options.repeatable = false;
  Session other(parameters, network, options);
  other.forward(ramp(2 * 3 * 32 * 32));
  EXPECT_THROW(other.forwardAgain(), Error);
}

TEST(Session, SizesShareOneMemoryWhenTheLargestComesFirst) {
  const auto backend = openBackend("cpu", 1);
  const Network network = chain(3);
  Parameters parameters(*backend, network, true);
  SessionOptions options;
  options.width = options.height = 64;
  Session large(parameters, network, options);
  const void* memory = parameters.activationMemory(1).get();
  options.width = options.height = 32;
  Session small(parameters, network, options);
  EXPECT_EQ(parameters.activationMemory(small.memoryBytes()).get(), memory);
  // The step of one session ends where another begins.
  large.forward(ramp(3 * 64 * 64));
  small.forward(ramp(3 * 32 * 32));
  EXPECT_THROW(large.backward(ramp(large.head().size())), Error);
  EXPECT_NO_THROW(small.backward(ramp(small.head().size())));
}

TEST(Session, InferenceBetweenTwoStepsLiesInTheMemoryOfTraining) {
  const auto backend = openBackend("cpu", 1);
  const Network network = chain(3);
  const std::vector<float> input = ramp(3 * 32 * 32);
  Session alone(*backend, fold(network), {});
  alone.forward(input);
  const std::vector<float> expected(alone.head().begin(), alone.head().end());

  Parameters parameters(*backend, network, true);
  Session training(parameters, network, {});
  const auto* memory = static_cast<const char*>(parameters.activationMemory(1).get());
  SessionOptions lent;
  lent.lender = &parameters;
  training.forward(input);
  {
    Session inference(*backend, fold(network), lent);
    inference.forward(input);
    const auto* head = reinterpret_cast<const char*>(inference.head().data());
    EXPECT_GE(head, memory);
    EXPECT_LT(head, memory + training.memoryBytes());
    EXPECT_EQ(std::vector<float>(inference.head().begin(), inference.head().end()), expected);
    EXPECT_THROW(training.backward(ramp(training.head().size())), Error);
  }
  EXPECT_THROW(training.backward(ramp(training.head().size())), Error);
  training.forward(input);
  EXPECT_NO_THROW(training.backward(ramp(training.head().size())));

  // What does not fit there has memory of its own, and leaves the step alone.
  lent.width = lent.height = 256;
  training.forward(input);
  Session large(*backend, fold(network), lent);
  large.forward(ramp(3 * 256 * 256));
  EXPECT_NO_THROW(training.backward(ramp(training.head().size())));
}

TEST(Session, AlienSizesAndMissingWeightsAreErrors) {
  const auto backend = openBackend("cpu", 1);
  SessionOptions options;
  Session session(*backend, fold(chain(2)), options);
  EXPECT_THROW(session.forward(ramp(10)), Error);
  EXPECT_THROW(session.backward(ramp(session.head().size())), Error);
  EXPECT_THROW(session.forward64(std::vector<double>(3 * 32 * 32)), Error);

  Network empty = chain(2);
  empty.layers[1].weights = {};
  try {
    Session bad(*backend, std::move(empty), options);
    FAIL() << "prepared";
  } catch (const Error& error) {
    EXPECT_NE(error.where().find("layer 1 [convolutional] of chain.cfg:"), std::string::npos)
        << error.what();
  }

  Parameters parameters(*backend, chain(2), true);
  EXPECT_THROW(parameters.setMomenta(ramp(5)), Error);
  Network other = chain(3);
  EXPECT_THROW(parameters.download(other), Error);
}

TEST(Session, ABatchThatDoesNotFitTheMachineIsAnError) {
  const auto backend = openBackend("cpu", 1);
  SessionOptions options;
  options.batch = 100000;
  options.width = options.height = 608;
  EXPECT_THROW(Session(*backend, fold(chain(2)), options), Error);
}

TEST(Session, ATraceNamesEveryLayer) {
  const auto backend = openBackend("cpu", 1);
  Trace trace;
  SessionOptions options;
  options.trace = &trace;
  Session session(*backend, fold(chain(2)), options);
  session.forward(ramp(3 * 32 * 32));
  session.forward(ramp(3 * 32 * 32));
  const std::vector<Trace::Line> lines = trace.lines();
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0].name, "forward");
  EXPECT_EQ(lines[1].name, "layer 0 [convolutional] 3x3, 3 to 16");
  EXPECT_EQ(lines[1].depth, 1);
  EXPECT_EQ(lines[1].calls, 2U);
  EXPECT_GT(lines[1].seconds, 0);
  EXPECT_EQ(lines[3].name, "output");
}

}  // namespace
}  // namespace boxwright
