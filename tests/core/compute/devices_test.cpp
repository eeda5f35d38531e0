// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <string>

#include "core/base/error.h"
#include "core/compute/device_list.h"
#include "core/compute/parallel.h"
#include "tests/error_of.h"

namespace boxwright {
namespace {

TEST(Devices, AreListedInOrderOfPreference) {
  const std::vector<DeviceInfo> devices = listDevices();
  ASSERT_EQ(devices.size(), 2U);
  EXPECT_EQ(devices[0].name, "cpu");
  EXPECT_EQ(devices[1].name, "reference");
  for (const DeviceInfo& device : devices) {
    EXPECT_TRUE(device.available);
    EXPECT_TRUE(device.reason.empty());
    EXPECT_GT(device.memoryBytes, std::size_t(1) << 28);
  }
  EXPECT_EQ(devices[0].kind.rfind("oneDNN ", 0), 0U) << devices[0].kind;
}

TEST(Devices, AutoIsTheFirst) {
  EXPECT_EQ(openBackend("auto", 1)->info().name, "cpu");
  EXPECT_EQ(openBackend("reference", 1)->info().name, "reference");
}

std::unique_ptr<Backend> opensNot(int) {
  throw Error("there is no such card", "slot 1", "put one in");
}
std::unique_ptr<Backend> opensReference(int threads) {
  return openBackend("reference", threads);
}

TEST(Devices, OneThatDoesNotOpenIsListedWithItsReasonAndPassedOver) {
  const DeviceEntry entries[] = {{"card", opensNot}, {"reference", opensReference}};
  const std::vector<DeviceInfo> devices = listDevices(entries);
  ASSERT_EQ(devices.size(), 2U);
  EXPECT_EQ(devices[0].name, "card");
  EXPECT_FALSE(devices[0].available);
  EXPECT_NE(devices[0].reason.find("no such card"), std::string::npos);
  EXPECT_TRUE(devices[1].available);
  EXPECT_EQ(openBackend(entries, "auto", 1)->info().name, "reference");
  EXPECT_THROW(openBackend(entries, "card", 1), Error);
  const DeviceEntry none[] = {{"card", opensNot}};
  const std::string message = errorOf([&] { openBackend(none, "auto", 1); });
  EXPECT_NE(message.find("card: there is no such card"), std::string::npos) << message;
}

TEST(Devices, AnUnknownNameIsRefusedWithTheList) {
  try {
    openBackend("tpu", 1);
    FAIL() << "opened";
  } catch (const Error& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("tpu"), std::string::npos) << text;
    EXPECT_NE(text.find("auto, cpu, reference"), std::string::npos) << text;
  }
}

TEST(Devices, CudaIsSaidToBeAbsent) {
  for (const char* name : {"cuda", "cuda:1"}) {
    try {
      openBackend(name, 1);
      FAIL() << "opened";
    } catch (const Error& error) {
      EXPECT_EQ(error.problem(), "CUDA is not in this build");
    }
  }
}

TEST(Devices, AnAllocationBeyondTheMachineIsAnError) {
  for (const char* name : {"cpu", "reference"}) {
    const auto backend = openBackend(name, 1);
    EXPECT_THROW(backend->allocate(backend->info().memoryBytes * 4), Error);
    EXPECT_THROW(backend->allocate(SIZE_MAX - 100), Error);
  }
}

TEST(Devices, TheCpuRefusesFloat64) {
  const auto backend = openBackend("cpu", 1);
  EXPECT_THROW(backend->plainSpec({1, 1, 1, 1}, Precision::Float64), Error);
  const TensorSpec input = backend->plainSpec({1, 4, 4, 4}, Precision::Float32);
  const OpContext context{Mode::Inference, Precision::Float64, 1, nullptr, "layer 7"};
  try {
    backend->prepare(MaxPoolBlock{{2, 2, 1}}, {&input, 1}, context);
    FAIL() << "prepared";
  } catch (const Error& error) {
    EXPECT_EQ(error.where(), "layer 7");
  }
}

TEST(ParallelFor, RunsEveryTaskOnceWhateverTheThreads) {
  for (const int threads : {1, 2, 5}) {
    const ComputeScope scope(threads);
    std::vector<int> counts(1000);
    parallelFor(counts.size(), [&](std::size_t i) { counts[i] += 1; });
    for (const int count : counts)
      ASSERT_EQ(count, 1);
  }
}

TEST(ComputeScope, RestoresDenormals) {
  volatile float tiny = 1e-40F;
  {
    const ComputeScope scope(1);
#if defined(__SSE__)
    EXPECT_EQ(tiny * 1.0F, 0.0F);
#endif
  }
  EXPECT_GT(tiny * 1.0F, 0.0F);
}

}  // namespace
}  // namespace boxwright
