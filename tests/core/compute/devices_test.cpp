// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/compute/cuda/cuda_backend.h"
#include "core/compute/device_list.h"
#include "core/compute/device_name.h"
#include "tests/core/compute/cuda/host_device.h"
#include "tests/error_of.h"

namespace boxwright {
namespace {

TEST(Devices, AreListedInOrderOfPreference) {
  const std::vector<DeviceInfo> devices = listDevices();
  ASSERT_GE(devices.size(), 3U);
  EXPECT_EQ(devices.front().name, "cpu");
  EXPECT_EQ(devices[1].name, "cuda");
  EXPECT_EQ(devices.back().name, "reference");
  for (const DeviceInfo& device : devices) {
    const bool isCard = device.name.starts_with("cuda");
    EXPECT_TRUE(device.available || isCard) << device.name;
    EXPECT_EQ(device.available, device.reason.empty()) << device.name;
    EXPECT_TRUE(!device.available || device.memoryBytes > std::size_t(1) << 28) << device.name;
  }
  EXPECT_EQ(devices[0].kind.rfind("oneDNN ", 0), 0U) << devices[0].kind;
}

TEST(Devices, SayTheirPrecisionWhereTheyHaveSeveral) {
  EXPECT_EQ(nameWithPrecision(*openBackend("reference", 1)), "reference");
  for (const Precision precision : {Precision::Float32, Precision::BFloat16}) {
    const auto backend = makeCudaBackend(std::make_unique<cuda::HostDevice>(true), precision);
    EXPECT_EQ(nameWithPrecision(*backend), std::string("cuda in ") + nameOf(precision));
  }
  EXPECT_EQ(makeCudaBackend(std::make_unique<cuda::HostDevice>(true), {})->precision(),
            Precision::BFloat16)
      << "the first of them";
}

TEST(Devices, AutoIsTheFirstThatIsThere) {
  const std::vector<DeviceInfo> devices = listDevices();
  const auto first = std::find_if(devices.begin(), devices.end(),
                                  [](const DeviceInfo& device) { return device.available; });
  EXPECT_EQ(openBackend("auto", 1)->info().name, first->name);
  EXPECT_EQ(openBackend("reference", 1)->info().name, "reference");
}

std::unique_ptr<Backend> opensNot(const DeviceWish&) {
  throw Error("there is no such card", "slot 1", "put one in");
}
std::unique_ptr<Backend> opensReference(const DeviceWish& wish) {
  return openBackend("reference", wish.threads);
}

TEST(Devices, OneThatDoesNotOpenIsListedWithItsReasonAndPassedOver) {
  const DeviceEntry entries[] = {{"card", opensNot}, {"reference", opensReference}};
  const std::vector<DeviceInfo> devices = listDevices(entries);
  ASSERT_EQ(devices.size(), 2U);
  EXPECT_EQ(devices[0].name, "card");
  EXPECT_FALSE(devices[0].available);
  EXPECT_NE(devices[0].reason.find("no such card"), std::string::npos);
  EXPECT_TRUE(devices[1].available);
  EXPECT_EQ(openBackend(entries, "auto", {})->info().name, "reference");
  EXPECT_THROW(openBackend(entries, "card", {}), Error);
  const DeviceEntry none[] = {{"card", opensNot}};
  const std::string message = errorOf([&] { openBackend(none, "auto", {}); });
  EXPECT_NE(message.find("card: there is no such card"), std::string::npos) << message;
}

TEST(Devices, OneThatTellsWhatItIsIsListedWithoutBeingTakenIntoUse) {
  const auto tell = [] {
    return std::vector<DeviceInfo>{{"card", "a card", true, {}, 1}, {"card:1", "one more", true, {}, 1}};
  };
  const DeviceEntry entries[] = {{"card", opensNot, tell}};
  const std::vector<DeviceInfo> devices = listDevices(entries);
  ASSERT_EQ(devices.size(), 2U);
  EXPECT_TRUE(devices[0].available);
  EXPECT_EQ(devices[0].kind, "a card");
  EXPECT_EQ(devices[1].name, "card:1");
}

TEST(Devices, AnUnknownNameIsRefusedWithTheList) {
  try {
    openBackend("tpu", 1);
    FAIL() << "opened";
  } catch (const Error& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("tpu"), std::string::npos) << text;
    EXPECT_NE(text.find("auto, cpu, cuda, reference"), std::string::npos) << text;
  }
}

TEST(Devices, AMissingCardIsSaidToBeSo) {
  const std::string reason = errorOf([] { openBackend("cuda:4711", 1); });
  EXPECT_FALSE(reason.empty());
  EXPECT_EQ(reason.find("no such device"), std::string::npos) << reason;
  for (const char* const name : {"cuda:", "cuda:x", "cuda:1x", "cuda:-1"})
    EXPECT_NE(errorOf([&] { openBackend(name, 1); }).find("no such device"), std::string::npos);
  if (listDevices()[1].available) GTEST_SKIP() << "there is a card";
  EXPECT_EQ(errorOf([] { openBackend("cuda", 1); }), errorOf([] { openBackend("cuda:0", 1); }));
}

TEST(Devices, APrecisionThatADeviceLacksIsRefused) {
  EXPECT_EQ(openBackend("cpu", 1, "float32")->precision(), Precision::Float32);
  EXPECT_NE(errorOf([] { openBackend("cpu", 1, "bf16"); }).find("computes in float32, not in bf16"),
            std::string::npos);
  EXPECT_NE(errorOf([] { openBackend("cpu", 1, "fp8"); }).find("no such precision"),
            std::string::npos);
  EXPECT_EQ(precisionNames(), (std::vector<std::string>{"auto", "float32", "tf32", "bf16"}));
}

TEST(Devices, AnAllocationBeyondTheMachineIsAnError) {
  for (const char* name : {"cpu", "reference"}) {
    const auto backend = openBackend(name, 1);
    EXPECT_THROW(backend->allocate(backend->info().memoryBytes * 4), Error);
    EXPECT_THROW(backend->allocate(SIZE_MAX - 100), Error);
  }
}

/// Bytes of this process that are in memory.
std::size_t residentBytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t all = 0, resident = 0;
  file >> all >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

/// The kernel's flags of the mapping that holds `place`; empty where it does not say.
std::string flagsOf(const void* place) {
  std::ifstream file("/proc/self/smaps");
  const auto address = reinterpret_cast<std::uintptr_t>(place);
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::uintptr_t first = 0, end = 0;
    char dash = 0;
    if (words >> std::hex >> first >> dash >> end && dash == '-')
      inside = address >= first && address < end;
    if (inside && line.rfind("VmFlags:", 0) == 0) return line;
  }
  return {};
}

TEST(Devices, MemoryThatWasHandedOutIsReallyThere) {
  constexpr std::size_t kBytes = std::size_t(96) << 20;
  for (const char* name : {"cpu", "reference"}) {
    const auto backend = openBackend(name, 2);
    const std::size_t before = residentBytes();
    const auto memory = backend->allocate(kBytes + 5000);
    EXPECT_GE(residentBytes(), before + kBytes - (std::size_t(4) << 20)) << name;
    const auto* const bytes = static_cast<const char*>(memory.get());
    EXPECT_TRUE(std::all_of(bytes, bytes + kBytes + 5000, [](char c) { return c == 0; })) << name;
    const std::string flags = flagsOf(memory.get());
    EXPECT_TRUE(flags.empty() || flags.find(" hg") != std::string::npos) << name << flags;
  }
}

/// The most bytes of this process that were in memory since the last call; 0 where that is unknown.
std::size_t peakBytes() {
  std::size_t kilobytes = 0;
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.rfind("VmHWM:", 0) == 0) kilobytes = std::stoul(line.substr(6));
  return std::ofstream("/proc/self/clear_refs") << "5" << std::flush ? 1024 * kilobytes : 0;
}

TEST(Devices, WhatIsCopiedToMeasureCopyingIsThere) {
  // Two threads copy 32 MB each: 64 MB are written, and 64 MB read.
  const auto backend = openBackend("cpu", 2);
  const std::size_t before = residentBytes();
  if (peakBytes() == 0) GTEST_SKIP() << "this system does not tell the peak of a process";
  backend->measureCeilings();
  EXPECT_GE(peakBytes(), before + (std::size_t(120) << 20));
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
