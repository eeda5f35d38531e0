// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/network/weights_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>

#include "core/base/atomic_file.h"
#include "core/base/random.h"
#include "tests/core/network/network_fixture.h"

namespace boxwright {
namespace {

/// The example of spec section 2: 1x8x8 input, BN conv n=2 k=3, conv n=3 k=1.
constexpr const char* kExample =
    "[net]\nwidth=8\nheight=8\nchannels=1\n"
    "[conv]\nfilters=2\nsize=3\nbatch_normalize=1\n"
    "[maxpool]\nsize=2\nstride=2\n"
    "[conv]\nfilters=3\nsize=1\n";

Network filled(std::string_view text = kExample, std::uint64_t seed = 1) {
  Network network = networkOf(text);
  initialiseWeights(network, seed);
  RandomStream random(seed, "weights test");
  for (Layer& layer : network.layers) {
    for (float& value : layer.weights.biases)
      value = float(random.normal());
    for (float& value : layer.weights.scales)
      value = float(random.normal());
    for (float& value : layer.weights.rollingMean)
      value = float(random.normal());
    for (float& value : layer.weights.rollingVariance)
      value = float(random.uniform(0, 2));
  }
  return network;
}

void expectSameWeights(const Network& a, const Network& b, std::size_t layers = 1000) {
  ASSERT_EQ(a.layers.size(), b.layers.size());
  for (std::size_t i = 0; i < std::min(layers, a.layers.size()); ++i) {
    const ConvolutionWeights &x = a.layers[i].weights, &y = b.layers[i].weights;
    EXPECT_EQ(x.weights, y.weights) << i;
    EXPECT_EQ(x.biases, y.biases) << i;
    EXPECT_EQ(x.scales, y.scales) << i;
    EXPECT_EQ(x.rollingMean, y.rollingMean) << i;
    EXPECT_EQ(x.rollingVariance, y.rollingVariance) << i;
  }
}

class WeightsFile : public testing::Test {
 protected:
  std::filesystem::path path(const char* name = "a.weights") const { return folder_.path() / name; }
  void write(const std::string& bytes) const {
    std::ofstream(path(), std::ios::binary).write(bytes.data(), std::streamsize(bytes.size()));
  }
  /// The Error of loading `bytes` into `network`, after checking that it was left as it was.
  std::string refused(const std::string& bytes, const Network& before, bool allowPartial = true) {
    write(bytes);
    Network network = before;
    const std::string message = errorOf([&] { loadWeights(path(), network, allowPartial); });
    expectSameWeights(network, before);
    EXPECT_EQ(network.seen, before.seen);
    return message;
  }
  std::string savedBytes(WeightsHeader header = WeightsHeader::Version2) const {
    saveWeights(path(), filled(), 7, header);
    return readFile(path());
  }
  TemporaryFolder folder_;
};

TEST_F(WeightsFile, HasTheSizeAndOrderOfTheSpec) {
  const Network network = filled();
  saveWeights(path(), network, 0x123456789ABCull);
  const std::string bytes = readFile(path());
  ASSERT_EQ(bytes.size(), 160u);
  std::int32_t version[3];
  std::memcpy(version, bytes.data(), 12);
  EXPECT_EQ(version[0], 0);
  EXPECT_EQ(version[1], 2);
  EXPECT_EQ(version[2], 0);
  std::uint64_t seen;
  std::memcpy(&seen, bytes.data() + 12, 8);
  EXPECT_EQ(seen, 0x123456789ABCull);
  const auto at = [&](std::size_t index) {
    float value;
    std::memcpy(&value, bytes.data() + 20 + 4 * index, 4);
    return value;
  };
  const ConvolutionWeights& first = network.layers[0].weights;
  EXPECT_EQ(at(0), first.biases[0]);
  EXPECT_EQ(at(2), first.scales[0]);
  EXPECT_EQ(at(4), first.rollingMean[0]);
  EXPECT_EQ(at(6), first.rollingVariance[0]);
  EXPECT_EQ(at(8), first.weights[0]);
  EXPECT_EQ(at(25), first.weights[17]);
  EXPECT_EQ(at(26), network.layers[2].weights.biases[0]);
  EXPECT_EQ(at(29), network.layers[2].weights.weights[0]);
  EXPECT_EQ(storedFloatsOf(network), 35u);
}

TEST_F(WeightsFile, RoundTripsWithBothHeaders) {
  for (const WeightsHeader header : {WeightsHeader::Version1, WeightsHeader::Version2}) {
    saveWeights(path(), filled(), 3000000000u, header);
    EXPECT_EQ(std::filesystem::file_size(path()),
              (header == WeightsHeader::Version1 ? 16u : 20u) + 140u);
    Network network = networkOf(kExample);
    const WeightsReport report = loadWeights(path(), network);
    expectSameWeights(network, filled());
    EXPECT_EQ(report.layersLoaded, 2);
    EXPECT_EQ(report.layersInNetwork, 2);
    EXPECT_EQ(report.leftoverBytes, 0u);
    EXPECT_EQ(report.seen, 3000000000u);
    EXPECT_EQ(network.seen, 3000000000u);
  }
}

TEST_F(WeightsFile, TakesTheHeaderRuleOfTheSpec) {
  const std::string floats = savedBytes().substr(20);
  struct Case {
    std::int32_t major, minor;
    bool wide;
  };
  for (const Case& version : {Case{0, 1, false}, Case{0, 2, true}, Case{1, 0, true},
                              Case{0, 0, false}, Case{1000, 2, false}, Case{0, 1001, false}}) {
    std::string bytes(12, '\0');
    std::memcpy(bytes.data(), &version.major, 4);
    std::memcpy(bytes.data() + 4, &version.minor, 4);
    const std::int32_t revision = 5;
    std::memcpy(bytes.data() + 8, &revision, 4);
    bytes += std::string("\x09\0\0\0\0\0\0\0", version.wide ? 8 : 4);
    write(bytes + floats);
    Network network = networkOf(kExample);
    EXPECT_EQ(loadWeights(path(), network).seen, 9u) << version.major << '.' << version.minor;
    expectSameWeights(network, filled());
  }
}

TEST_F(WeightsFile, EveryCutIsNamedAndChangesNothing) {
  const Network before = filled(kExample, 2);
  for (const WeightsHeader header : {WeightsHeader::Version1, WeightsHeader::Version2}) {
    const std::string whole = savedBytes(header);
    const std::size_t start = header == WeightsHeader::Version1 ? 16 : 20;
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const std::string cut = whole.substr(0, length);
      if (length == start + 4 * 26) continue;  // after the first convolution: a partial file
      const std::string message = refused(cut, before);
      EXPECT_NE(message.find("a.weights"), std::string::npos) << length;
      if (length > start && length < start + 4 * 26) {
        EXPECT_NE(message.find("layer 0 [convolutional]"), std::string::npos) << message;
      } else if (length > start) {
        EXPECT_NE(message.find("layer 2 [convolutional]"), std::string::npos) << message;
        EXPECT_NE(message.find("byte " + std::to_string(start + 104)), std::string::npos);
      }
    }
  }
}

TEST_F(WeightsFile, PartialFilesLoadWhereAllowed) {
  saveWeights(path(), filled(), 5, WeightsHeader::Version2, 1);
  EXPECT_EQ(std::filesystem::file_size(path()), 20u + 4 * 26);
  const Network before = filled(kExample, 2);
  Network network = before;
  const WeightsReport report = loadWeights(path(), network, true);
  EXPECT_EQ(report.layersLoaded, 1);
  expectSameWeights(network, filled(), 1);
  EXPECT_EQ(network.layers[2].weights.weights, before.layers[2].weights.weights);
  const std::string message = refused(readFile(path()), before, false);
  EXPECT_NE(message.find("1 of 2 convolutions"), std::string::npos) << message;
}

TEST_F(WeightsFile, FirstLayersReadsNoFurther) {
  savedBytes();
  const Network before = filled(kExample, 2);
  Network network = before;
  const WeightsReport report = loadWeights(path(), network, false, 1);
  EXPECT_EQ(report.layersLoaded, 1);
  EXPECT_EQ(report.leftoverBytes, 0u);
  expectSameWeights(network, filled(), 1);
  EXPECT_EQ(network.layers[2].weights.weights, before.layers[2].weights.weights);
}

TEST_F(WeightsFile, ClassifierPartialHasTheSizeOfThePublicFile) {
  Network network = shippedNetwork("darknet19");
  std::uint64_t floats = 0;
  for (int index = 0; index < 23; ++index) {
    const Layer& layer = network.layers[index];
    const auto* const convolution = std::get_if<ConvolutionLayer>(&layer.kind);
    if (convolution) floats += weightCountOf(layer) + 4u * convolution->filters;
  }
  EXPECT_EQ(floats, 19831776u);  // darknet19_448.conv.23, spec section 14
}

TEST_F(WeightsFile, LeftoverBytesAreCounted) {
  write(savedBytes() + "extra");
  Network network = networkOf(kExample);
  EXPECT_EQ(loadWeights(path(), network).leftoverBytes, 5u);
  expectSameWeights(network, filled());
}

TEST_F(WeightsFile, ValuesThatAreNoNumbersAreRefused) {
  const Network before = filled(kExample, 2);
  const std::string whole = savedBytes();
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
        -std::numeric_limits<float>::infinity()}) {
    for (std::size_t index = 0; index < 35; ++index) {
      std::string bytes = whole;
      std::memcpy(bytes.data() + 20 + 4 * index, &bad, 4);
      const std::string message = refused(bytes, before);
      EXPECT_NE(message.find(index < 26 ? "layer 0" : "layer 2"), std::string::npos) << message;
    }
  }
  std::string negative = whole;
  const float below = -0.5f;
  std::memcpy(negative.data() + 20 + 4 * 7, &below, 4);
  EXPECT_NE(refused(negative, before).find("variances"), std::string::npos);
}

TEST_F(WeightsFile, OtherFilesAreRefused) {
  const Network before = filled(kExample, 2);
  EXPECT_NE(refused("", before).find("0 bytes"), std::string::npos);
  std::string picture = "\x89PNG\r\n\x1a\n";
  picture.resize(4000, 'x');
  EXPECT_NE(refused(picture, before).find("not a Darknet weights file"), std::string::npos);
  EXPECT_NE(refused(std::string(4000, '[') + "net]", before), "");
  Network network = before;
  EXPECT_NE(errorOf([&] { loadWeights(path("none.weights"), network); }), "");
  EXPECT_NE(errorOf([&] { loadWeights(folder_.path(), network); }).find("folder"),
            std::string::npos);
  EXPECT_NE(errorOf([&] { loadWeights("/dev/null", network); }), "");
}

TEST_F(WeightsFile, ObeysDontLoadDontLoadScalesAndDontSave) {
  const std::string keys =
      "[net]\nwidth=8\nheight=8\nchannels=1\n"
      "[conv]\nfilters=2\nsize=3\nbatch_normalize=1\ndontloadscales=1\n"
      "[conv]\nfilters=3\nsize=1\ndontload=1\n"
      "[conv]\nfilters=1\nsize=1\ndontsave=1\n";
  const Network source = filled(keys);
  saveWeights(path(), source, 0);
  // dontsave leaves the last out: 2*(4+9) and 3*(1+2) floats.
  ASSERT_EQ(std::filesystem::file_size(path()), 20u + 4 * (26 + 9));
  const Network before = filled(keys, 2);
  Network network = before;
  // Reading takes biases and weights of layer 0 (20 floats), skips layer 1, then layer 2 (4
  // floats).
  const WeightsReport report = loadWeights(path(), network, true);
  EXPECT_EQ(report.layersLoaded, 2);
  EXPECT_EQ(report.leftoverBytes, 4u * (35 - 24));
  EXPECT_EQ(network.layers[0].weights.biases, source.layers[0].weights.biases);
  EXPECT_EQ(network.layers[0].weights.scales, before.layers[0].weights.scales);
  EXPECT_EQ(network.layers[1].weights.weights, before.layers[1].weights.weights);
}

TEST_F(WeightsFile, SavingReplacesAtomically) {
  savedBytes();
  const std::string old = readFile(path());
  EXPECT_NE(errorOf([&] { saveWeights(path(), networkOf(kExample), 0); }).find("layer 0"),
            std::string::npos);
  EXPECT_EQ(readFile(path()), old);
  EXPECT_NE(errorOf([&] { saveWeights(path("no/such/a.weights"), filled(), 0); }), "");
  saveWeights(path(), filled(kExample, 2), 0);
  EXPECT_NE(readFile(path()), old);
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    ++files;
  }
  EXPECT_EQ(files, 1u);
}

/// A limit on file sizes makes write() fail in the middle, as a full disk does.
TEST_F(WeightsFile, AWriteThatFailsHalfwayKeepsTheOldFile) {
  const std::string old = savedBytes();
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  const auto oldHandler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{100, limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string message = errorOf([&] { saveWeights(path(), filled(kExample, 2), 0); });
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  std::signal(SIGXFSZ, oldHandler);
  EXPECT_NE(message.find("cannot write file"), std::string::npos) << message;
  EXPECT_EQ(readFile(path()), old);
  const std::filesystem::directory_iterator files(folder_.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);  // the temporary is gone
}

}  // namespace
}  // namespace boxwright
