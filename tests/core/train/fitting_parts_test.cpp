// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/fitting_parts.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "core/base/out_of_memory.h"
#include "core/network/cfg.h"
#include "tests/core/compute/passing_backend.h"

namespace boxwright {
namespace {

/// The reference with so much memory.
class Small : public PassingBackend {
 public:
  explicit Small(std::size_t bytes, bool isCard = false)
      : left_(std::make_shared<std::size_t>(bytes)), isCard_(isCard) {}

  DeviceInfo info() const override {
    DeviceInfo info = PassingBackend::info();
    info.isCard = isCard_;
    return info;
  }

  std::shared_ptr<void> allocate(std::size_t bytes) override {
    if (bytes > *left_) throw OutOfMemory("full");
    *left_ -= bytes;
    const std::shared_ptr<void> memory = PassingBackend::allocate(bytes);
    return {memory.get(), [memory, left = left_, bytes](void*) { *left += bytes; }};
  }

  std::size_t left() const { return *left_; }

 private:
  std::shared_ptr<std::size_t> left_;
  bool isCard_;
};

TrainingMemory memoryOf(bool average = false, std::vector<int> sides = {32}) {
  return {{.mode = Mode::Training}, std::move(sides), average};
}

Network makeNetwork() {
  std::vector<Problem> problems;
  Network network =
      buildNetwork(parseCfg("[net]\nwidth=32\nheight=32\nchannels=3\n"
                            "[convolutional]\nfilters=16\nsize=3\npad=1\nactivation=leaky\n"
                            "[convolutional]\nfilters=4\nsize=1\nactivation=linear\n",
                            "small.cfg", problems),
                   problems);
  initialiseWeights(network, 3);
  return network;
}

/// What a training of that many pictures at a time takes.
std::size_t bytesOf(const Network& network, int pictures, const TrainingMemory& memory) {
  constexpr std::size_t kMuch = std::size_t(1) << 30;
  Small device(kMuch);
  Parameters parameters(device, network, true);
  if (memory.average) parameters.keepAverage(withoutWeights(network));
  Network sized = withoutWeights(network);
  resizeNetwork(sized, memory.sides.back(), memory.sides.back());
  SessionOptions options = memory.options;
  options.batch = pictures;
  const Session session(parameters, sized, options);
  return kMuch - device.left();
}

TEST(FittingParts, AreAsFewAsTheMemoryAllows) {
  const Network network = makeNetwork();
  for (const TrainingMemory& memory : {memoryOf(), memoryOf(true), memoryOf(true, {32, 64})}) {
    for (const int pictures : {12, 6, 4, 3, 2, 1}) {
      Small device(bytesOf(network, pictures, memory), true);
      const std::size_t before = device.left();
      EXPECT_EQ(fittingParts(device, network, memory, 12), 12 / pictures);
      EXPECT_EQ(device.left(), before) << "it is given back";
      EXPECT_EQ(fittingParts(device, network, memory, 12, 7), 12) << "the least of seven or more";
    }
    Small device(bytesOf(network, 1, memory) - 1);
    EXPECT_THROW(fittingParts(device, network, memory, 12), NothingFits);
  }
  EXPECT_GT(bytesOf(network, 1, memoryOf(true)), bytesOf(network, 1, memoryOf()));
}

TEST(FittingParts, OnACardAllSidesAreTried) {
  EXPECT_EQ(triedSides(Small(0, true), {32, 64, 96}), (std::vector<int>{32, 64, 96}));
  EXPECT_EQ(triedSides(Small(0, false), {32, 64, 96}), (std::vector<int>{96}));
}

TEST(TryMemory, TellsEachSideAndWhatServesAll) {
  const Network network = makeNetwork();
  Small device(std::size_t(1) << 30);
  const std::size_t before = device.left();
  std::vector<int> told;
  const auto begins = [&](int side) {
    told.push_back(side);
    return true;
  };
  const std::size_t all = tryMemory(device, network, memoryOf(true, {32, 64, 96}), 2, begins);
  EXPECT_EQ(told, (std::vector<int>{32, 64, 96}));
  EXPECT_EQ(all, tryMemory(device, network, memoryOf(true, {96}), 2));
  EXPECT_GT(all, tryMemory(device, network, memoryOf(true, {64}), 2));
  EXPECT_EQ(tryMemory(device, network, memoryOf(), 2, [](int) { return false; }), 0U);
  EXPECT_EQ(device.left(), before);
}

}  // namespace
}  // namespace boxwright
