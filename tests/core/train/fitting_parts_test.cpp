// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/fitting_parts.h"

#include <gtest/gtest.h>

#include "core/base/out_of_memory.h"
#include "core/network/cfg.h"
#include "tests/core/compute/passing_backend.h"

namespace boxwright {
namespace {

/// The reference with so much memory.
class Small : public PassingBackend {
 public:
  explicit Small(std::size_t bytes) : left_(std::make_shared<std::size_t>(bytes)) {}

  std::shared_ptr<void> allocate(std::size_t bytes) override {
    if (bytes > *left_) throw OutOfMemory("full");
    *left_ -= bytes;
    const std::shared_ptr<void> memory = PassingBackend::allocate(bytes);
    return {memory.get(), [memory, left = left_, bytes](void*) { *left += bytes; }};
  }

  std::size_t left() const { return *left_; }

 private:
  std::shared_ptr<std::size_t> left_;
};

const SessionOptions kSmallInput{.width = 32, .height = 32};

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
std::size_t bytesOf(const Network& network, int pictures) {
  constexpr std::size_t kMuch = std::size_t(1) << 30;
  Small device(kMuch);
  Parameters parameters(device, network, true);
  SessionOptions options = kSmallInput;
  options.batch = pictures;
  const Session session(parameters, network, options);
  return kMuch - device.left();
}

TEST(FittingParts, AreAsFewAsTheMemoryAllows) {
  const Network network = makeNetwork();
  for (const int pictures : {12, 6, 4, 3, 2, 1}) {
    Small device(bytesOf(network, pictures));
    const std::size_t before = device.left();
    EXPECT_EQ(fittingParts(device, network, kSmallInput, 12, false), 12 / pictures);
    EXPECT_EQ(device.left(), before) << "it is given back";
    EXPECT_EQ(fittingParts(device, network, kSmallInput, 12, false, 7), 12)
        << "the least of seven or more";
  }
  Small device(bytesOf(network, 1) - 1);
  EXPECT_EQ(fittingParts(device, network, kSmallInput, 12, false), 0);
}

}  // namespace
}  // namespace boxwright
