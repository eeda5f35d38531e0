// SPDX-License-Identifier: GPL-3.0-or-later
//
// A head that is brought in parts.
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/compute/cuda/cuda_backend.h"
#include "core/compute/cuda/plane_copies.h"
#include "core/compute/session.h"
#include "tests/core/compute/cuda/host_device.h"

namespace boxwright {
namespace {

std::vector<float> drawn(std::size_t count, const char* purpose) {
  RandomStream random(3, purpose);
  std::vector<float> values(count);
  for (float& value : values)
    value = static_cast<float>(random.normal());
  return values;
}

Network pair() {
  std::vector<Problem> problems;
  Network network = buildNetwork(
      parseCfg("[net]\nwidth=32\nheight=32\nchannels=3\n"
               "[convolutional]\nbatch_normalize=1\nfilters=8\nsize=3\nstride=4\npad=1\n"
               "activation=leaky\n"
               "[convolutional]\nfilters=21\nsize=1\nactivation=linear\n",
               "pair.cfg", problems),
      problems);
  initialiseWeights(network, 1);
  return network;
}

class PlaneCopies : public testing::TestWithParam<Precision> {
 protected:
  static constexpr int kBatch = 3;

  /// Heads and, after them, what was learned in two steps, where these planes alone are brought.
  std::vector<float> learned(const std::vector<std::vector<std::int32_t>>& planes,
                             const std::vector<float>& gradient) const {
    const auto backend = makeCudaBackend(std::make_unique<cuda::HostDevice>(true), GetParam());
    EXPECT_TRUE(backend->bringsPlanes());
    Network network = pair();
    Parameters parameters(*backend, network, true);
    SessionOptions options;
    options.batch = kBatch;
    Session session(parameters, network, options);
    const std::size_t plane = session.headShape().h * session.headShape().w;
    std::vector<float> all;
    for (const std::vector<std::int32_t>& own : planes) {
      session.forward(drawn(std::size_t(kBatch) * 3 * 32 * 32, "input"), own);
      for (const std::int32_t number : planes.back()) {
        const auto from = session.head().begin() + std::ptrdiff_t(number * plane);
        all.insert(all.end(), from, from + std::ptrdiff_t(plane));
      }
      session.backward(gradient, own);
      parameters.update({0.1, 0.9, 0, kBatch});
    }
    parameters.download(network);
    for (const Layer& layer : network.layers)
      all.insert(all.end(), layer.weights.weights.begin(), layer.weights.weights.end());
    return all;
  }
};

TEST_P(PlaneCopies, AreAllThatAStepNeeds) {
  const std::size_t plane = 64, count = std::size_t(kBatch) * 21;
  // Other ones each step, and more and fewer of them.
  const std::vector<std::int32_t> first = {0, 1, 5, 20, 21, 40, 41, 62}, second = {1, 5, 21, 62};
  std::vector<float> gradient = drawn(count * plane, "gradient");
  const auto only = [&](const std::vector<std::int32_t>& planes) {
    std::vector<float> zeros(gradient.size());
    for (const std::int32_t number : planes)
      std::copy_n(gradient.begin() + std::ptrdiff_t(number * plane), plane,
                  zeros.begin() + std::ptrdiff_t(number * plane));
    return zeros;
  };
  EXPECT_EQ(learned({second, second}, gradient), learned({{}, second}, only(second)));
  EXPECT_EQ(learned({first, second}, only(second)), learned({second, second}, gradient));
  EXPECT_NE(learned({second, second}, gradient), learned({first, second}, gradient));
}

INSTANTIATE_TEST_SUITE_P(In, PlaneCopies, testing::Values(Precision::Float32, Precision::BFloat16),
                         [](const auto& parameter) {
                           return std::string(nameOf(parameter.param));
                         });

TEST(Planes, GoOverInSeveralPiecesWhereTheyAreMany) {
  constexpr std::size_t kEach = 100, kCount = 100000;  // of which a piece has 83,886
  cuda::HostDevice device(true);
  cuda::PlaneCopies copies(device);
  std::vector<std::int32_t> planes;
  std::vector<float> values(kEach * kCount), expected(values.size(), -1);
  for (std::size_t plane = 0; plane < kCount; ++plane) {
    const bool wanted = plane % 50 != 3;
    if (wanted) planes.push_back(static_cast<std::int32_t>(plane));
    for (std::size_t i = plane * kEach; i < (plane + 1) * kEach; ++i) {
      values[i] = static_cast<float>(i % 9973);
      if (wanted) expected[i] = values[i];
    }
  }
  const auto bytes = values.size() * sizeof(float);
  const auto there = device.allocate(bytes), other = device.allocate(bytes);
  device.upload(values.data(), there.get(), bytes);
  std::vector<float> host(values.size(), -1);
  copies.download(static_cast<const float*>(there.get()), planes, kEach, host);
  EXPECT_EQ(host, expected);
  device.upload(std::vector<float>(values.size(), -1).data(), other.get(), bytes);
  copies.upload(values, planes, kEach, static_cast<float*>(other.get()));
  device.download(other.get(), host.data(), bytes);
  EXPECT_EQ(host, expected);
}

TEST(Planes, AreNotAskedOfADeviceThatGainsNothing) {
  const auto backend = openBackend("reference", 1);
  EXPECT_FALSE(backend->bringsPlanes());
}

}  // namespace
}  // namespace boxwright
