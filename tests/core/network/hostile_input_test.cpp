// SPDX-License-Identifier: GPL-3.0-or-later
// Damaged cfgs and weights, made at random but the same every time: nothing but Error may come out.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "core/base/atomic_file.h"
#include "core/base/random.h"
#include "core/network/model.h"
#include "core/network/weights_file.h"
#include "tests/core/network/network_fixture.h"

namespace boxwright {
namespace {

/// Reads, builds, writes and reads again; true when the text was taken.
bool survives(const std::string& text) {
  std::vector<Problem> problems;
  try {
    const Cfg cfg = parseCfg(text, "hostile.cfg", problems);
    Network network = buildNetwork(cfg, problems);
    EXPECT_EQ(network.layers.size() + 1, cfg.sections.size());
    for (const Layer& layer : network.layers) {
      EXPECT_GT(layer.output.channels, 0);
      EXPECT_GT(layer.output.height, 0);
      EXPECT_GT(layer.output.width, 0);
    }
    static_cast<void>(operationsOf(network) + storedFloatsOf(network));
    inputRuleOf(cfg);
    const Network again = buildNetwork(parseCfg(writeCfg(cfg), "again.cfg", problems), problems);
    EXPECT_EQ(storedFloatsOf(again), storedFloatsOf(network));
    try {
      resizeNetwork(network, 64, 96);
    } catch (const Error&) {
    }
    static_cast<void>(withHead(cfg, 3, {}, 320));
    return true;
  } catch (const Error& error) {
    EXPECT_GT(error.problem().size(), 5u);
    return false;
  }
}

std::vector<std::string> shippedTexts() {
  std::vector<std::string> texts;
  for (const std::string& name : shippedNetworks())
    texts.push_back(readFile(findNetwork(name)));
  return texts;
}

TEST(HostileCfg, MutationsOfTheShippedOnes) {
  const std::vector<std::string> texts = shippedTexts();
  ASSERT_GE(texts.size(), 6u);
  const char* const pieces[] = {"-1",
                                "0",
                                "99999999999",
                                "1e308",
                                "nan",
                                "=",
                                "[",
                                "]",
                                "\n",
                                "\n[net]\n",
                                "[route]\nlayers=",
                                "-9,",
                                "2147483647",
                                "[region]\n",
                                "\r",
                                "#",
                                "1048576",
                                ".5e-",
                                "groups=",
                                "stride=0\n",
                                "\xFF",
                                "[reorg]\n",
                                "65536"};
  int taken = 0;
  for (std::uint64_t round = 0; round < 4000; ++round) {
    RandomStream random(1, "hostile cfg", 0, round);
    std::string text = texts[random.index(texts.size())];
    for (std::uint64_t edits = 1 + random.index(4); edits > 0; --edits) {
      const std::size_t at = random.index(text.size() + 1);
      switch (random.index(6)) {
        case 0:
          text.insert(at, pieces[random.index(std::size(pieces))]);
          break;
        case 1:
          if (at < text.size()) text[at] = char(random.index(256));
          break;
        case 2:
          text.erase(at, random.index(40));
          break;
        case 3:  // a value becomes another
          if (const std::size_t equals = text.find('=', at); equals != std::string::npos) {
            const std::size_t end = text.find('\n', equals);
            text.replace(equals + 1, end - equals - 1, pieces[random.index(std::size(pieces))]);
          }
          break;
        case 4:  // a stretch of lines twice
          text.insert(at, text.substr(at, random.index(300)));
          break;
        default:
          if (random.index(8) == 0) text.resize(at);
          break;
      }
    }
    taken += survives(text);
    if (testing::Test::HasFailure()) FAIL() << "round " << round << ":\n" << text;
  }
  // Both ways are exercised: many changes are harmless, many are not.
  EXPECT_GT(taken, 400);
  EXPECT_LT(taken, 3600);
}

TEST(HostileCfg, CutAnywhere) {
  const std::string text = readFile(findNetwork("yolov2-nano"));
  for (std::size_t length = 0; length < text.size(); ++length)
    survives(text.substr(0, length));
}

TEST(HostileCfg, Garbage) {
  for (std::uint64_t round = 0; round < 500; ++round) {
    RandomStream random(1, "garbage cfg", 0, round);
    std::string text(random.index(2000), '\0');
    for (char& c : text)
      c = char(random.index(256));
    EXPECT_FALSE(survives(text));
    EXPECT_FALSE(survives("[net]\nwidth=32\nheight=32\nchannels=3\n[" + text));
  }
}

TEST(HostileCfg, VeryManyAndVeryLong) {
  std::string many = "[net]\nwidth=32\nheight=32\nchannels=3\n";
  for (int i = 0; i < 20000; ++i)
    many += "[dropout]\n";
  EXPECT_FALSE(survives(many));
  EXPECT_FALSE(survives("[net]\nwidth=" + std::string(1000000, '9') + "\nheight=32\nchannels=3\n"));
  EXPECT_FALSE(survives(std::string(3 << 20, '#')));
  // Keys are told apart without comparing each with each.
  std::string keys = "[net]\nwidth=32\nheight=32\nchannels=3\n";
  for (int i = 0; i < 100000; ++i)
    keys += "k" + std::to_string(i) + "=1\n";
  EXPECT_TRUE(survives(keys + "[conv]\nfilters=28\nsize=1\n[region]\nclasses=2\nnum=4\n"));
  // Routes that double the channels each time would overflow any counter.
  std::string doubling = "[net]\nwidth=32\nheight=32\nchannels=3\n[dropout]\n";
  for (int i = 0; i < 200; ++i)
    doubling += "[route]\nlayers=-1,-1\n";
  EXPECT_FALSE(survives(doubling));
}

TEST(HostileWeights, MutationsLoadOrAreRefused) {
  const std::string cfg =
      "[net]\nwidth=8\nheight=8\nchannels=1\n"
      "[conv]\nfilters=2\nsize=3\nbatch_normalize=1\n"
      "[conv]\nfilters=3\nsize=1\n";
  Network source = networkOf(cfg);
  initialiseWeights(source, 1);
  const TemporaryFolder folder;
  const auto path = folder.path() / "h.weights";
  saveWeights(path, source, 1);
  const std::string whole = readFile(path);
  int taken = 0;
  for (std::uint64_t round = 0; round < 2000; ++round) {
    RandomStream random(1, "hostile weights", 0, round);
    std::string bytes = whole;
    for (std::uint64_t edits = random.index(4); edits > 0; --edits) {
      bytes[random.index(bytes.size())] = char(random.index(256));
    }
    if (random.index(3) == 0) bytes.resize(random.index(bytes.size() + 20));
    std::ofstream(path, std::ios::binary | std::ios::trunc)
        .write(bytes.data(), std::streamsize(bytes.size()));
    Network network = networkOf(cfg);
    try {
      loadWeights(path, network, true);
      ++taken;
    } catch (const Error&) {
      EXPECT_TRUE(network.layers[0].weights.weights.empty());
    }
  }
  EXPECT_GT(taken, 200);
  EXPECT_LT(taken, 1800);
}

}  // namespace
}  // namespace boxwright
