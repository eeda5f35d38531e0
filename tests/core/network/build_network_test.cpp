// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "tests/core/network/network_fixture.h"

namespace boxwright {
namespace {

const std::string kNet = "[net]\nwidth=32\nheight=32\nchannels=3\n";  // 4 lines
const std::string kConv = "[convolutional]\nfilters=8\nsize=3\npad=1\nactivation=leaky\n";

TEST(BuildNetwork, ReadsConvolutions) {
  const Network network = networkOf(
      kNet +
      "[conv]\nfilters=6\nsize=5\nstride=2\npad=1\ngroups=3\nbatch_normalize=1\nactivation=leaky\n"
      "[conv]\nfilters=4\nsize=1\npad=1\nactivation=linear\n"
      "[conv]\nfilters=4\nsize=3\npadding=2\nactivation=relu\n"
      "[conv]\nfilters=4\nsize=3\n");
  ASSERT_EQ(network.layers.size(), 4u);
  const auto& first = std::get<ConvolutionLayer>(network.layers[0].kind);
  EXPECT_EQ(first.padding, 2);
  EXPECT_EQ(first.groups, 3);
  EXPECT_TRUE(first.batchNormalize);
  EXPECT_EQ(network.layers[0].section, "convolutional");
  EXPECT_EQ(network.layers[0].line, 5);
  EXPECT_EQ(network.layers[0].inputs, std::vector<int>{-1});
  EXPECT_EQ(network.layers[0].input, (LayerShape{3, 32, 32}));
  EXPECT_EQ(network.layers[0].output, (LayerShape{6, 16, 16}));
  EXPECT_EQ(weightCountOf(network.layers[0]), 6u * 1 * 25);
  EXPECT_EQ(std::get<ConvolutionLayer>(network.layers[1].kind).padding, 0);  // pad=1 on 1x1 is 0
  EXPECT_EQ(network.layers[1].output, (LayerShape{4, 16, 16}));
  EXPECT_EQ(network.layers[2].output, (LayerShape{4, 18, 18}));
  EXPECT_EQ(network.layers[3].output, (LayerShape{4, 16, 16}));
  EXPECT_EQ(std::get<ConvolutionLayer>(network.layers[3].kind).activation, Activation::Logistic);
}

TEST(BuildNetwork, ReadsMaxPoolsAsTheReference) {
  const auto poolOf = [](int side, const std::string& keys) {
    return networkOf("[net]\nwidth=" + std::to_string(side) + "\nheight=" + std::to_string(side) +
                     "\nchannels=2\n[maxpool]\n" + keys)
        .layers[0]
        .output.width;
  };
  EXPECT_EQ(poolOf(5, "size=2\nstride=2\n"), 3);
  EXPECT_EQ(poolOf(6, "size=2\nstride=2\n"), 3);
  EXPECT_EQ(poolOf(13, "size=2\nstride=1\n"), 13);
  EXPECT_EQ(poolOf(13, "stride=2\n"), 7);  // size is the stride
  EXPECT_EQ(poolOf(13, "size=3\nstride=2\npadding=0\n"), 6);
}

TEST(BuildNetwork, ReadsEverySection) {
  const Network network = networkOf(kNet + kConv +                             // 0: 8x32x32
                                    "[dropout]\nprobability=.25\n"             // 1
                                    "[shortcut]\nfrom=-2\nactivation=leaky\n"  // 2: 1 + 0
                                    "[reorg]\nstride=2\n"                      // 3: 32x16x16
                                    "[reorg]\nstride=2\nreverse=1\n"           // 4: 8x32x32
                                    "[route]\nlayers=-1,0,-3\n"                // 5: 24x32x32
                                    "[max]\nsize=2\nstride=2\n"                // 6
                                    "[avg]\n"                                  // 7: 24x1x1
                                    "[soft]\ngroups=2\ntemperature=2\n"        // 8
                                    "[cost]\ntype=sse\n");                     // 9
  ASSERT_EQ(network.layers.size(), 10u);
  EXPECT_EQ(std::get<DropoutLayer>(network.layers[1].kind).probability, 0.25);
  EXPECT_EQ(network.layers[2].inputs, (std::vector<int>{1, 0}));
  EXPECT_EQ(std::get<ShortcutLayer>(network.layers[2].kind).activation, Activation::Leaky);
  EXPECT_EQ(network.layers[3].output, (LayerShape{32, 16, 16}));
  EXPECT_EQ(network.layers[4].output, (LayerShape{8, 32, 32}));
  EXPECT_EQ(network.layers[5].inputs, (std::vector<int>{4, 0, 2}));
  EXPECT_EQ(network.layers[5].output, (LayerShape{24, 32, 32}));
  EXPECT_EQ(network.layers[6].section, "maxpool");
  EXPECT_EQ(network.layers[7].output, (LayerShape{24, 1, 1}));
  EXPECT_EQ(std::get<SoftmaxLayer>(network.layers[8].kind).groups, 2);
  EXPECT_EQ(std::get<SoftmaxLayer>(network.layers[8].kind).temperature, 2);
  EXPECT_EQ(network.layers[9].output, (LayerShape{24, 1, 1}));
  EXPECT_EQ(network.regionLayer(), nullptr);
  EXPECT_NE(errorOf([&] { static_cast<void>(network.region()); }), "");
}

const std::string kHead = "[conv]\nfilters=14\nactivation=linear\n";

TEST(BuildNetwork, ReadsRegions) {
  const Network network =
      networkOf(kNet + kHead +
                "[region]\nclasses=2\nnum=2\nanchors=1,2,3,4,5,6\nmax=90\nrescore=1\nbackground=1\n"
                "thresh=.7\nabsolute=1\nlog=1\nsqrt=1\nclassfix=1\nmask_scale=1\n");
  const RegionLayer& region = network.region();
  EXPECT_EQ(region.anchors, (std::vector<Size>{{1, 2}, {3, 4}}));  // longer than num: the first
  EXPECT_EQ(region.maxTruths, 90);
  EXPECT_TRUE(region.maxTruthsGiven && region.rescore && region.background);
  EXPECT_FALSE(region.softmax || region.biasMatch || region.random);
  EXPECT_EQ(region.threshold, 0.7);
  const Network plain = networkOf(kNet + kHead + "[region]\nclasses=2\nnum=2\n");
  EXPECT_EQ(plain.region().anchors, (std::vector<Size>{{.5, .5}, {.5, .5}}));
  EXPECT_EQ(plain.region().threshold, 0.5);
  EXPECT_EQ(plain.region().objectScale, 1);
}

TEST(BuildNetwork, ReadsLayerAndNetKeys) {
  std::vector<Problem> problems;
  const Network network = networkOf(
      "[network]\nwidth=32\nheight=64\nchannels=1\nbatch=64\nsubdivisions=8\nangle=7\nhue=.1\n"
      "policy=sigmoid\nstep=500\ngamma=.25\nclip=1\nadam=0\ninput_rule=plain\n"
      "batch_norm_form=outside\n[conv]\nfilters=8\nsize=3\nlearning_rate=.5\nstopbackward=1\n"
      "dontload=1\ndontsave=1\ndontloadscales=1\n",
      &problems);
  EXPECT_TRUE(problems.empty()) << problems[0].what;
  EXPECT_EQ(network.net.height, 64);
  EXPECT_EQ(network.net.policy, "sigmoid");
  EXPECT_EQ(network.net.step, 500);
  EXPECT_EQ(network.net.angle, 7);
  const Layer& layer = network.layers[0];
  EXPECT_EQ(layer.learningRateMultiplier, 0.5);
  EXPECT_TRUE(layer.stopBackward && layer.dontLoad && layer.dontSave && layer.dontLoadScales);
}

struct Fault {
  std::string text;
  std::vector<std::string> says;  ///< each must be in the message
};

TEST(BuildNetwork, FaultsNameLayerSectionFileAndLine) {
  const std::string region = "[region]\nclasses=2\nnum=2\n";
  const std::vector<Fault> faults = {
      {"", {"test.cfg"}},
      {"# nothing\n", {"test.cfg"}},
      {"[net]\nwidth=32\nheight=32\nchannels=3\n", {"no layers", "test.cfg"}},
      {kConv, {"first section", "[convolutional]", "test.cfg:1"}},
      {"[net]\nheight=32\nchannels=3\n" + kConv, {"[net]", "width", "test.cfg:1"}},
      {"[net]\nwidth=32\nchannels=3\n" + kConv, {"[net]", "height", "test.cfg:1"}},
      {"[net]\nwidth=32\nheight=32\n" + kConv, {"[net]", "channels", "test.cfg:1"}},
      {"[net]\nwidth=0\nheight=32\nchannels=3\n" + kConv, {"width=0", "test.cfg:2"}},
      {"[net]\nwidth=-416\nheight=32\nchannels=3\n" + kConv, {"width=-416"}},
      {"[net]\nwidth=x\nheight=32\nchannels=3\n" + kConv, {"width=0"}},
      {"[net]\nwidth=99999999999\nheight=32\nchannels=3\n" + kConv, {"width=2147483647"}},
      {"[net]\nwidth=65536\nheight=65536\nchannels=3\n" + kConv, {"layer 0", "larger than"}},
      {kNet + "batch=0\n" + kConv, {"batch=0", "test.cfg:5"}},
      {kNet + "subdivisions=-1\n" + kConv, {"subdivisions"}},
      {kNet + "learning_rate=inf\n" + kConv, {"learning_rate"}},
      {kNet + "learning_rate=nan\n" + kConv, {"learning_rate"}},
      {kNet + "policy=steps\nsteps=1,2\nscales=.1\n" + kConv, {"2 steps", "1 scales"}},
      {kNet + "policy=steps\nsteps=1e300\nscales=.1\n" + kConv, {"steps"}},
      {kNet + kConv + "[upsample]\nstride=2\n", {"layer 1 [upsample]", "unknown", "test.cfg:10"}},
      {kNet + kConv + "[yolo]\n", {"layer 1 [yolo]"}},
      {kNet + kConv + "[crop]\n", {"layer 1 [crop]", "not supported", "test.cfg:10"}},
      {kNet + kConv + kNet, {"layer 1 [net]", "second"}},
      {kNet + "[conv]\nfilters=0\nsize=3\n", {"layer 0 [conv]", "filters=0", "test.cfg:6"}},
      {kNet + "[conv]\nfilters=-5\nsize=3\n", {"filters=-5"}},
      {kNet + "[conv]\nfilters=8\nsize=0\n", {"size=0"}},
      {kNet + "[conv]\nfilters=8\nsize=3\nstride=0\n", {"stride=0"}},
      {kNet + "[conv]\nfilters=8\nsize=3\npadding=-1\n", {"padding=-1"}},
      {kNet + "[conv]\nfilters=8\nsize=33\n", {"layer 0 [convolutional]", "window of 33"}},
      {kNet + "[conv]\nfilters=8\nsize=3\ngroups=2\n", {"groups=2"}},
      {kNet + "[conv]\nfilters=8\nsize=3\ngroups=0\n", {"groups=0"}},
      {kNet + "[conv]\nfilters=8\nsize=3\nactivation=mish\n", {"mish", "test.cfg:8"}},
      {kNet + "[conv]\nfilters=8\nsize=3\nxnor=1\n", {"xnor"}},
      {kNet + "[conv]\nfilters=8\nsize=3\nnumload=4\n", {"numload"}},
      {kNet + "[conv]\nfilters=1048576\nsize=1\n[conv]\nfilters=1048576\nsize=1\n", {"layer 0"}},
      {"[net]\nwidth=1\nheight=1\nchannels=3\n[conv]\nfilters=1048576\nsize=1\n[conv]\n"
       "filters=1048576\nsize=1\n",
       {"layer 1", "weights"}},
      {kNet + kConv + "[maxpool]\nsize=2\nstride=0\n", {"layer 1 [maxpool]", "stride=0"}},
      {kNet + kConv + "[maxpool]\nsize=2\nstride=2\npadding=9\n", {"padding=9"}},
      {kNet + kConv + "[maxpool]\nsize=64\npadding=0\n", {"window of 64"}},
      {kNet + "[route]\nlayers=-1\n", {"layer 0 [route]", "no layer before"}},
      {kNet + kConv + "[route]\n", {"layer 1 [route]", "layers", "test.cfg:10"}},
      {kNet + kConv + "[route]\nlayers=1\n", {"layer 1 [route]", "names layer 1", "test.cfg:11"}},
      {kNet + kConv + "[route]\nlayers=7\n", {"names layer 7"}},
      {kNet + kConv + "[route]\nlayers=-2\n", {"names layer -2"}},
      {kNet + kConv + "[route]\nlayers=,\n", {"names no layer"}},
      {kNet + kConv + "[route]\nlayers=1e30\n", {"layer 1 [route]"}},
      {kNet + kConv + "[route]\nlayers=nan\n", {"layer 1 [route]"}},
      {kNet + kConv + "[max]\nsize=2\nstride=2\n[route]\nlayers=-1,0\n",
       {"layer 2 [route]", "differ", "test.cfg:13"}},
      {kNet + kConv + "[reorg]\nstride=3\n", {"layer 1 [reorg]", "8 channels"}},
      {kNet + kConv + "[reorg]\nstride=0\n", {"stride=0"}},
      {kNet + kConv + "[reorg]\nstride=2\nflatten=1\n", {"flatten"}},
      {"[net]\nwidth=33\nheight=32\nchannels=4\n[reorg]\nstride=2\n",
       {"layer 0", "multiple of 32"}},
      {kNet + kConv + "[shortcut]\nactivation=linear\n", {"layer 1 [shortcut]", "from"}},
      {kNet + kConv + "[shortcut]\nfrom=1\n", {"names layer 1"}},
      {kNet + kConv + "[shortcut]\nfrom=0,0\n", {"one layer"}},
      {kNet + kConv + "[max]\nsize=2\nstride=2\n[shortcut]\nfrom=0\n", {"layer 2", "equal shapes"}},
      {kNet + kConv + "[shortcut]\nfrom=0\nalpha=2\n", {"alpha"}},
      {kNet + kConv + "[dropout]\nprobability=1\n", {"layer 1 [dropout]", "probability"}},
      {kNet + kConv + "[dropout]\nprobability=-.1\n", {"probability"}},
      {kNet + kConv + "[softmax]\ngroups=3\n", {"layer 1 [softmax]", "groups=3"}},
      {kNet + kConv + "[softmax]\ntemperature=0\n", {"temperature"}},
      {kNet + kConv + "[softmax]\nspatial=1\n", {"spatial"}},
      {kNet + kConv + region, {"layer 1 [region]", "8 channels", "filters=14", "test.cfg:10"}},
      {kNet + kHead + "[region]\nclasses=2\nnum=2\ncoords=5\n", {"coords=5"}},
      {kNet + kHead + "[region]\nclasses=0\nnum=2\n", {"classes=0"}},
      {kNet + kHead + "[region]\nclasses=2\nnum=0\n", {"num=0"}},
      {kNet + kHead + "[region]\nclasses=2\nnum=2\nanchors=1,2,3,0\n", {"anchor 1"}},
      {kNet + kHead + "[region]\nclasses=2\nnum=2\nanchors=1,2,3,-4\n", {"anchor 1"}},
      {kNet + kHead + "[region]\nclasses=2\nnum=2\nanchors=1,2,3,1e999\n", {"anchors"}},
      {kNet + kHead + "[region]\nclasses=2\nnum=2\njitter=1\n", {"jitter"}},
      {kNet + kHead + "[region]\nclasses=2\nnum=2\nobject_scale=-1\n", {"object_scale"}},
      {kNet + kHead + "[region]\nclasses=2\nnum=2\nmax=0\n", {"max=0"}},
      {kNet + kHead + region + kConv, {"layer 2", "last layer"}},
  };
  for (const Fault& fault : faults) {
    const std::string message = errorOf([&] { networkOf(fault.text); });
    EXPECT_NE(message, "") << "taken without an error:\n" << fault.text;
    for (const std::string& part : fault.says) {
      EXPECT_NE(message.find(part), std::string::npos) << message << "\nlacks " << part;
    }
    EXPECT_EQ(message.find('\n'), std::string::npos);
  }
}

TEST(BuildNetwork, UnknownThingsThatDarknetPassesOverAreProblems) {
  std::vector<Problem> problems;
  networkOf(kNet +
                "letter_box=1\n[conv]\nfilters=8x\nsize=3\nactivation=wavy\nshape=round\n"
                "[conv]\nsize=1\n",
            &problems);
  ASSERT_EQ(problems.size(), 5u);
  EXPECT_EQ(problems[0].line, 5);
  EXPECT_NE(problems[0].what.find("letter_box"), std::string::npos);
  EXPECT_EQ(problems[1].line, 7);  // filters=8x
  EXPECT_EQ(problems[2].line, 10);
  EXPECT_NE(problems[2].what.find("shape"), std::string::npos);
  EXPECT_EQ(problems[3].line, 9);
  EXPECT_NE(problems[3].what.find("relu"), std::string::npos);
  EXPECT_NE(problems[4].what.find("filters is missing, taken as 1"), std::string::npos);
  for (const Problem& problem : problems) {
    EXPECT_EQ(problem.file, "test.cfg");
    EXPECT_EQ(problem.severity, Severity::Warning);
  }
}

TEST(BuildNetwork, SaysWhenSubdivisionsExceedTheBatch) {
  std::vector<Problem> problems;
  const Network network = networkOf(kNet + "batch=1\nsubdivisions=8\n" + kConv, &problems);
  EXPECT_EQ(network.net.subdivisions, 1);
  EXPECT_EQ(problems.size(), 1u);
}

TEST(BuildNetwork, UnknownPolicyIsConstantAsInDarknet) {
  std::vector<Problem> problems;
  EXPECT_EQ(networkOf(kNet + "policy=cosine\n" + kConv, &problems).net.policy, "constant");
  EXPECT_EQ(problems.size(), 1u);
}

}  // namespace
}  // namespace boxwright
